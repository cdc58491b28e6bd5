/**
 * The invariants of a ledger, each re-derived from the facts by SQL. A check answers how much it looked at
 * and names every problem that it found.
 */
import { STEPS } from '../core/payout.js';
import type { Reader } from './ledger.js';

/** One problem that a check found: what it is about, and a sentence. */
export interface Problem {
  readonly subject: string;
  readonly message: string;
}

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly checked: number;
  readonly problems: readonly Problem[];
}

interface Check {
  readonly name: string;
  /** What holds when the check is clean, in words. */
  readonly rule: string;
  /** Counts what is looked at. */
  readonly count: string;
  /** One row per problem: `subject` and `message`. */
  readonly problems: string;
}

const PAYOUT_EQUALS_LINES: Check = {
  name: 'payout_equals_lines',
  rule: 'The amount and the line count of every payout are those of its lines; a line of a live payout has the amount, the affiliate and the currency of its commission.',
  count: 'SELECT count(*) AS checked FROM payouts',
  problems: `
    SELECT payout.invoice_number AS subject,
      payout.invoice_number || ' is ' || payout.amount || ' over ' || payout.commissions || ' lines, but its lines are '
        || coalesce(lines.amount, 0) || ' over ' || coalesce(lines.count, 0) || ' (minor units)' AS message
    FROM payouts AS payout
    LEFT JOIN (SELECT payout, sum(amount) AS amount, count(*) AS count FROM payout_lines GROUP BY payout) AS lines
      ON lines.payout = payout.number
    WHERE payout.amount IS NOT lines.amount OR payout.commissions IS NOT lines.count
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' has a line that differs from its commission '
      || commission.id
    FROM payout_lines AS line
    CROSS JOIN payouts AS payout ON payout.number = line.payout
    CROSS JOIN commissions AS commission ON commission.number = line.commission
    WHERE line.released_on IS NULL
      AND (line.amount <> commission.amount OR commission.affiliate_id <> payout.affiliate_id
        OR commission.currency <> payout.currency)`,
};

const ONE_LIVE_PAYOUT: Check = {
  name: 'one_live_payout',
  rule: 'No commission is on two live payouts; the lines of a void payout are released, those of a live one are not.',
  count: 'SELECT count(*) AS checked FROM payout_lines',
  problems: `
    SELECT commission.id AS subject, commission.id || ' is on ' || count(*) || ' live payouts' AS message
    FROM payout_lines AS line NOT INDEXED
    CROSS JOIN payouts AS payout ON payout.number = line.payout AND payout.status <> 'void'
    CROSS JOIN commissions AS commission ON commission.number = line.commission
    GROUP BY line.commission HAVING count(*) > 1
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' is ' || payout.status || ', but '
      || count(*) || ' of its lines are ' || iif(payout.status = 'void', 'not released', 'released')
    FROM payout_lines AS line NOT INDEXED
    CROSS JOIN payouts AS payout ON payout.number = line.payout
    WHERE (payout.status = 'void') <> (line.released_on IS NOT NULL)
    GROUP BY payout.number`,
};

const OPEN_ITEMS_AGREE: Check = {
  name: 'open_items_agree',
  rule: 'Every commission that is not zero, pending or approved and on no live payout is an open item exactly once, and nothing else is.',
  count: 'SELECT count(*) AS checked FROM commissions',
  problems: `
    WITH due AS (
      SELECT commission.* FROM commissions AS commission
      WHERE commission.amount <> 0 AND commission.status IN ('pending', 'approved')
        AND NOT EXISTS (
          SELECT 1 FROM payout_lines AS line
          CROSS JOIN payouts AS payout ON payout.number = line.payout AND payout.status <> 'void'
          WHERE line.commission = commission.number AND line.released_on IS NULL))
    SELECT due.id AS subject, due.id || ' is unpaid, but it is no open item' AS message
    FROM due LEFT JOIN open_items AS item ON item.affiliate_id = due.affiliate_id
      AND item.currency = due.currency AND item.commission = due.number
    WHERE item.commission IS NULL
    UNION ALL
    SELECT due.id, due.id || ' is an open item that differs from its commission'
    FROM due CROSS JOIN open_items AS item ON item.affiliate_id = due.affiliate_id
      AND item.currency = due.currency AND item.commission = due.number
    WHERE (item.amount, item.status, item.available_on, item.earned_on) IS NOT
        (due.amount, due.status, due.available_on, due.earned_on)
      OR item.campaign IS NOT due.campaign OR item.corrects IS NOT due.corrects
    UNION ALL
    SELECT coalesce(commission.id, item.commission), coalesce(commission.id, 'commission ' || item.commission)
      || ' is an open item, but it is not unpaid'
    FROM open_items AS item LEFT JOIN commissions AS commission ON commission.number = item.commission
    WHERE NOT EXISTS (
      SELECT 1 FROM due WHERE due.number = item.commission AND due.affiliate_id = item.affiliate_id
        AND due.currency = item.currency)`,
};

const NUMBERS_GAPLESS: Check = {
  name: 'numbers_gapless',
  rule: 'In every series the numbers run from 1 without a gap in the order of issue, and each says its place; every payout has its invoice number, every void one its credit note.',
  count: 'SELECT count(*) AS checked FROM documents',
  problems: `
    SELECT number_series.series AS subject, 'the series ' || number_series.series || ' has taken '
      || number_series.last || ' numbers, but holds ' || count(documents.number) || ' up to '
      || coalesce(max(documents.sequence), 0) AS message
    FROM number_series LEFT JOIN documents ON documents.series = number_series.series
    GROUP BY number_series.series
    HAVING number_series.last IS NOT count(documents.number)
      OR number_series.last IS NOT max(documents.sequence)
    UNION ALL
    SELECT document.number, document.number || ' is dated before the number before it'
    FROM documents AS document
    CROSS JOIN documents AS earlier
      ON earlier.series = document.series AND earlier.sequence = document.sequence - 1
    WHERE document.issued_on < earlier.issued_on
    UNION ALL
    SELECT number, number || ' is not number ' || sequence || ' of the series ' || series
    FROM (
      SELECT number, sequence, series, substr(series, 1, instr(series, '{SEQ}') - 1) AS prefix,
        substr(series, instr(series, '{SEQ}') + 5) AS suffix
      FROM documents
      -- An affiliate's own id may hold the placeholder; then the text says nothing.
      WHERE length(series) - length(replace(series, '{SEQ}', '')) = 5)
    WHERE substr(number, length(number) - length(suffix) + 1) <> suffix OR substr(number, 1, length(prefix)) <> prefix
      OR CAST(substr(number, length(prefix) + 1, length(number) - length(prefix) - length(suffix)) AS INTEGER)
        <> sequence
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' is not registered as an invoice of its date'
    FROM payouts AS payout LEFT JOIN documents AS document
      ON document.payout = payout.number AND document.kind = 'invoice'
    WHERE document.number IS NOT payout.invoice_number OR document.issued_on IS NOT payout.issued_on
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' is ' || payout.status || ' and its credit note is '
      || coalesce(document.number, 'missing')
    FROM payouts AS payout LEFT JOIN documents AS document
      ON document.payout = payout.number AND document.kind = 'credit_note'
    WHERE document.number IS NOT payout.credit_note_number OR document.issued_on IS NOT payout.voided_on
      OR (payout.status = 'void') <> (document.number IS NOT NULL)`,
};

const RUN_TOTALS_AGREE: Check = {
  name: 'run_totals_agree',
  rule: 'The totals of every run are those of its payouts.',
  count: 'SELECT count(*) AS checked FROM runs',
  problems: `
    SELECT printf('R-%06d', run.number) AS subject,
      printf('R-%06d', run.number) || ' has totals that differ from its payouts' AS message
    FROM runs AS run
    WHERE (SELECT json_group_array(json_array(currency, payouts, commissions, amount) ORDER BY currency)
        FROM run_totals WHERE run_totals.run = run.number)
      <> (SELECT json_group_array(json_array(currency, payouts, commissions, amount) ORDER BY currency)
        FROM (SELECT currency, count(*) AS payouts, sum(commissions) AS commissions, sum(amount) AS amount
          FROM payouts WHERE payouts.run = run.number GROUP BY currency))`,
};

/** The transition table of `core/payout.ts` as rows. */
const STEP_ROWS = STEPS.map(([from, to]) => `('${from}', '${to}')`).join(', ');

const HISTORY_AGREES: Check = {
  name: 'history_agrees',
  rule: 'The history of every payout begins with open, goes on only by transitions that there are, and ends with its status; a payout has a day of payment exactly when it is paid.',
  count: 'SELECT count(*) AS checked FROM payouts',
  problems: `
    SELECT payout.invoice_number AS subject,
      payout.invoice_number || ' is ' || payout.status || ', but its history says '
        || coalesce((SELECT status FROM payout_history WHERE payout = payout.number ORDER BY step DESC LIMIT 1),
          'nothing') AS message
    FROM payouts AS payout
    WHERE payout.status IS NOT (
        SELECT status FROM payout_history AS step WHERE step.payout = payout.number ORDER BY step DESC LIMIT 1)
      OR 'open' IS NOT (
        SELECT status FROM payout_history AS step WHERE step.payout = payout.number AND step.step = 1)
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' went from ' || coalesce(before.status, 'nothing')
      || ' to ' || step.status || ', which no command does'
    FROM payout_history AS step
    CROSS JOIN payouts AS payout ON payout.number = step.payout
    LEFT JOIN payout_history AS before ON before.payout = step.payout AND before.step = step.step - 1
    WHERE step.step > 1 AND (before.status IS NULL OR (before.status, step.status) NOT IN (VALUES ${STEP_ROWS}))
    UNION ALL
    SELECT invoice_number, invoice_number || ' is ' || status || ', but its day of payment is '
      || coalesce(paid_on, 'missing')
    FROM payouts WHERE (status = 'paid') <> (paid_on IS NOT NULL)`,
};

const REDO_AGREES: Check = {
  name: 'redo_agrees',
  rule: 'A payout that replaces another is of the same affiliate and currency and was made after it, and the other is void.',
  count: 'SELECT count(*) AS checked FROM payouts WHERE replaces IS NOT NULL',
  problems: `
    SELECT payout.invoice_number AS subject, payout.invoice_number || ' replaces ' || other.invoice_number
      || ', which is ' || CASE
        WHEN other.status <> 'void' THEN other.status
        WHEN other.number >= payout.number THEN 'not older'
        ELSE 'of another affiliate or currency' END AS message
    FROM payouts AS payout CROSS JOIN payouts AS other ON other.number = payout.replaces
    WHERE payout.replaces IS NOT NULL AND (other.status <> 'void' OR other.number >= payout.number
      OR other.affiliate_id <> payout.affiliate_id OR other.currency <> payout.currency)`,
};

const SQL_CHECKS: readonly Check[] = [
  PAYOUT_EQUALS_LINES,
  ONE_LIVE_PAYOUT,
  OPEN_ITEMS_AGREE,
  NUMBERS_GAPLESS,
  RUN_TOTALS_AGREE,
  HISTORY_AGREES,
  REDO_AGREES,
];

/** The names of all checks, in the order in which they run. */
export const CHECK_NAMES: readonly string[] = [
  'sqlite_integrity',
  'foreign_keys',
  ...SQL_CHECKS.map((check) => check.name),
];

/** What each check proves, in words. */
export const CHECK_RULES: ReadonlyMap<string, string> = new Map([
  ['sqlite_integrity', "SQLite's own check of the file: pages, indexes, constraints."],
  ['foreign_keys', 'Every reference between tables leads somewhere.'],
  ...SQL_CHECKS.map((check) => [check.name, check.rule] as const),
]);

/** Runs one check on one snapshot. */
export async function runCheck(reader: Reader, name: string): Promise<CheckResult> {
  if (name === 'sqlite_integrity') return integrity(reader);
  if (name === 'foreign_keys') return foreignKeys(reader);
  const check = SQL_CHECKS.find((one) => one.name === name);
  if (check === undefined) throw new Error(`There is no check ${name}.`);
  const counted = await reader.get<{ checked: bigint }>(check.count);
  return resultOf(name, counted?.checked ?? 0n, await reader.all<Problem>(check.problems));
}

async function integrity(reader: Reader): Promise<CheckResult> {
  const rows = await reader.all<{ integrity_check: string }>('PRAGMA integrity_check');
  const pages = await reader.get<{ page_count: bigint }>('PRAGMA page_count');
  const problems = rows
    .filter((row) => row.integrity_check !== 'ok')
    .map((row) => ({ subject: 'file', message: row.integrity_check }));
  return resultOf('sqlite_integrity', pages?.page_count ?? 0n, problems);
}

async function foreignKeys(reader: Reader): Promise<CheckResult> {
  const rows = await reader.all<{ table: string; rowid: bigint | null; parent: string }>(
    'PRAGMA foreign_key_check',
  );
  const tables = await reader.get<{ count: bigint }>(
    "SELECT count(*) AS count FROM sqlite_schema WHERE type = 'table'",
  );
  const problems = rows.map((row) => ({
    subject: row.table,
    message: `a row of ${row.table}${row.rowid === null ? '' : ` (${row.rowid})`} refers to no row of ${row.parent}`,
  }));
  return resultOf('foreign_keys', tables?.count ?? 0n, problems);
}

function resultOf(name: string, checked: bigint, problems: readonly Problem[]): CheckResult {
  return { name, ok: problems.length === 0, checked: Number(checked), problems };
}
