/** Runs, and the payouts that a run makes: the statements that turn an engine's answer into rows. */
import type { CalendarDate } from '../core/calendar.js';
import type { NumberSeries } from '../core/numbering.js';
import type { CurrencyTotal, RunRequest } from '../core/plan.js';
import { runId, type Run, type RunKind } from '../core/run.js';
import { recordChanges } from './commission-changes.js';
import { registerDocuments, takeNumbers } from './documents.js';
import type { Engine } from './eligibility.js';
import type { Reader, Writer } from './ledger.js';
import { lastChange, nextStep, payTo } from './payout-steps.js';

const INSERT_RUN = `
  INSERT INTO runs (number, kind, from_on, to_on, as_of, affiliate_id, campaign, override_minimum,
    created_at, created_on, created_by, os_user, request, currency, job)
  VALUES (:number, :kind, :from, :to, :asOf, :affiliateId, :campaign, :overrideMinimum,
    :createdAt, :createdOn, :createdBy, :osUser, :request, :currency, :job)`;

/** Job ids have leading zeros; one with more digits is later than any with fewer. */
const LAST_JOB = 'SELECT job FROM runs WHERE job IS NOT NULL ORDER BY length(job) DESC, job DESC LIMIT 1';

/** The payouts of a plan wait for their numbers in the order in which they are made. */
const WAIT_FOR_NUMBERS = `
  INSERT INTO temp.waiting (payout, affiliate_id, currency)
  SELECT :before + row_number() OVER (ORDER BY affiliate_id, currency), affiliate_id, currency
  FROM temp.plan WHERE outcome = 'payout'`;

const INSERT_PAYOUTS = `
  INSERT INTO payouts (number, run, invoice_number, affiliate_id, currency, amount, commissions, status,
    issued_on, from_on, to_on, affiliate_name, email, company, country, vat_number, address_line1,
    address_line2, city, region, postal_code)
  SELECT waiting.payout, :run, numbered.number, plan.affiliate_id, plan.currency, plan.eligible_amount,
    plan.eligible_count, 'open', :issuedOn, :from, :to, affiliate.name, affiliate.email, affiliate.company,
    affiliate.country, affiliate.vat_number, affiliate.address_line1, affiliate.address_line2, affiliate.city,
    affiliate.region, affiliate.postal_code
  FROM temp.waiting AS waiting
  CROSS JOIN temp.numbered AS numbered ON numbered.payout = waiting.payout
  CROSS JOIN temp.plan AS plan
    ON plan.affiliate_id = waiting.affiliate_id AND plan.currency = waiting.currency
  CROSS JOIN affiliates AS affiliate ON affiliate.id = waiting.affiliate_id
  ORDER BY waiting.payout`;

const INSERT_FIRST_STEPS = `
  INSERT INTO payout_history (payout, step, number, changes_before, at, "by", os_user, status, reason, on_day, pay_to)
  SELECT waiting.payout, 1, ${nextStep('waiting.payout')}, ${lastChange}, :at, :by, :osUser, 'open', NULL, :on, coalesce(:payTo, ${payTo('affiliate')})
  FROM temp.waiting AS waiting CROSS JOIN affiliates AS affiliate ON affiliate.id = waiting.affiliate_id
  ORDER BY waiting.payout`;

const DIFFERS_FROM_LINES = `
  SELECT payout.invoice_number FROM payouts AS payout NOT INDEXED
  WHERE payout.number > :before AND (payout.amount, payout.commissions) IS NOT (
    SELECT sum(line.amount), count(*) FROM payout_lines AS line WHERE line.payout = payout.number)
  LIMIT 1`;

/** Being put on a payout records what the approval policy approved. */
const RECORD_APPROVALS = `
  UPDATE commissions SET status = 'approved', status_by = 'policy'
  WHERE number IN (
    SELECT item.commission FROM payout_lines AS line
    CROSS JOIN payouts AS payout NOT INDEXED ON payout.number = line.payout
    CROSS JOIN open_items AS item ON item.affiliate_id = payout.affiliate_id
      AND item.currency = payout.currency AND item.commission = line.commission
    WHERE line.payout > :before AND item.status = 'pending')`;

/** The open item says all that the history asks for, so the commission itself is not read. */
const RECORD_APPROVAL_CHANGES = recordChanges({
  from: `
    FROM (
      SELECT item.commission AS number, item.status, item.amount
      FROM payout_lines AS line
      CROSS JOIN payouts AS payout NOT INDEXED ON payout.number = line.payout
      CROSS JOIN open_items AS item ON item.affiliate_id = payout.affiliate_id
        AND item.currency = payout.currency AND item.commission = line.commission
      WHERE line.payout > :before AND item.status = 'pending') AS commission`,
  status: "'approved'",
  reason: "'approval policy'",
});

const SHRINK_OPEN_ITEMS = `
  DELETE FROM open_items WHERE (affiliate_id, currency, commission) IN (
    SELECT payout.affiliate_id, payout.currency, line.commission
    FROM payouts AS payout NOT INDEXED CROSS JOIN payout_lines AS line ON line.payout = payout.number
    WHERE payout.number > :before)`;

const INSERT_TOTALS = `
  INSERT INTO run_totals (run, currency, payouts, commissions, amount)
  SELECT run, currency, count(*), sum(commissions), sum(amount) FROM payouts NOT INDEXED WHERE number > :before
  GROUP BY run, currency`;

export interface NewRun {
  readonly kind: RunKind;
  /** The background job that makes it. */
  readonly job: string | null;
  readonly request: RunRequest;
  readonly issuedOn: CalendarDate;
  readonly at: string;
  readonly by: string;
  readonly osUser: string;
  /** The request as it was typed, for the record. */
  readonly typed: unknown;
  /** Where the money was to go when somebody last said yes to it, for a redo; else null: as things stand. */
  readonly payTo: string | null;
  readonly series: NumberSeries;
  readonly recordApprovals: boolean;
  readonly progress: (step: number, of: number, label: string) => void;
}

const nextNumber = async (writer: Writer, table: 'runs' | 'payouts'): Promise<bigint> =>
  ((await writer.get<{ last: bigint | null }>(`SELECT max(number) AS last FROM ${table}`))?.last ?? 0n) + 1n;

/**
 * Stores what the engine answered: the run, its payouts with their numbers and first step, their lines, the
 * open items that are gone, the totals. The engine must have been begun on the same Writer, and must pay
 * something.
 * @throws ConflictError when an invoice number is taken or a sum leaves 64 bits.
 */
export async function storeRun(writer: Writer, engine: Engine, run: NewRun): Promise<string> {
  const number = await nextNumber(writer, 'runs');
  const before = (await nextNumber(writer, 'payouts')) - 1n;
  const { request, issuedOn, at, by, osUser } = run;
  run.progress(2, 6, 'numbers');
  await writer.run(INSERT_RUN, {
    number,
    kind: run.kind,
    from: request.from,
    to: request.to,
    asOf: request.asOf,
    affiliateId: request.affiliateId,
    campaign: request.campaign,
    overrideMinimum: request.overrideMinimum ? 1n : 0n,
    createdAt: at,
    createdOn: issuedOn,
    createdBy: by,
    osUser,
    request: JSON.stringify(run.typed),
    currency: request.currency ?? null,
    job: run.job,
  });
  await writer.run('DROP TABLE IF EXISTS temp.waiting');
  await writer.run(
    'CREATE TEMP TABLE waiting (payout INTEGER PRIMARY KEY, affiliate_id TEXT NOT NULL, currency TEXT NOT NULL)',
  );
  await writer.run(WAIT_FOR_NUMBERS, { before });
  await takeNumbers(writer, run.series, 'invoice');
  run.progress(3, 6, 'payouts');
  await writer.run(INSERT_PAYOUTS, { run: number, issuedOn, from: request.from, to: request.to });
  await writer.run(INSERT_FIRST_STEPS, { at, by, osUser, on: issuedOn, payTo: run.payTo });
  await registerDocuments(writer, { kind: 'invoice', issuedOn });
  run.progress(4, 6, 'lines');
  await engine.storeLines(writer, before);
  run.progress(5, 6, 'open items');
  if (run.recordApprovals) {
    await writer.run(RECORD_APPROVAL_CHANGES, { before, at, on: issuedOn, by });
    await writer.run(RECORD_APPROVALS, { before });
  }
  await writer.run(SHRINK_OPEN_ITEMS, { before });
  run.progress(6, 6, 'totals');
  await writer.run(INSERT_TOTALS, { before });
  const differing = await writer.get<{ invoice_number: string }>(DIFFERS_FROM_LINES, { before });
  if (differing !== undefined) throw new Error(`${differing.invoice_number} would differ from its lines.`);
  return runId(number);
}

const RUNS = `
  SELECT run.number, run.kind, run.job, run.from_on, run.to_on, run.as_of, run.affiliate_id, run.campaign,
    run.override_minimum, run.currency, run.created_at, run.created_by,
    (SELECT json_group_array(json_array(total.currency, total.payouts, total.commissions,
        CAST(total.amount AS TEXT)) ORDER BY total.currency)
      FROM run_totals AS total WHERE total.run = run.number) AS totals
  FROM runs AS run`;

interface RunRow {
  readonly number: bigint;
  readonly kind: RunKind;
  readonly job: string | null;
  readonly from_on: string | null;
  readonly to_on: string;
  readonly as_of: string;
  readonly affiliate_id: string | null;
  readonly campaign: string | null;
  readonly override_minimum: bigint;
  readonly currency: string | null;
  readonly created_at: string;
  readonly created_by: string;
  readonly totals: string;
}

/** Every run, the first one first. */
export async function listRuns(reader: Reader): Promise<Run[]> {
  return (await reader.all<RunRow>(`${RUNS} ORDER BY run.number`)).map(runOf);
}

/** One run, or undefined where there is none of that number. */
export async function findRun(reader: Reader, number: bigint): Promise<Run | undefined> {
  const row = await reader.get<RunRow>(`${RUNS} WHERE run.number = :number`, { number });
  return row === undefined ? undefined : runOf(row);
}

function runOf(row: RunRow): Run {
  const totals = JSON.parse(row.totals) as [string, number, number, string][];
  return {
    id: runId(row.number),
    kind: row.kind,
    job: row.job,
    request: {
      from: row.from_on,
      to: row.to_on,
      asOf: row.as_of,
      affiliateId: row.affiliate_id,
      campaign: row.campaign,
      overrideMinimum: row.override_minimum === 1n,
      ...(row.currency === null ? {} : { currency: row.currency }),
    },
    createdAt: row.created_at,
    createdBy: row.created_by,
    totals: totals.map(([currency, payouts, commissions, amount]): CurrencyTotal => ({
      currency,
      payouts,
      commissions,
      amount: BigInt(amount),
    })),
  };
}

/** The background job with the highest number of all that made a run; null where none did. */
export async function lastJob(reader: Reader): Promise<string | null> {
  return (await reader.get<{ job: string }>(LAST_JOB))?.job ?? null;
}
