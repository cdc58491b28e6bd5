/**
 * How an import of commissions changes the ledger (SPEC section 3). Rows are staged in a TEMP table
 * without a lock, checked there by SQL against the ledger, then merged in one transaction. Each commission
 * keeps in `said` the row that its source gave last: a row is compared with that, not with what stands.
 */
import type { CalendarDate } from '../core/calendar.js';
import type { CommissionKind, CommissionStatus } from '../core/commission.js';
import type { ImportCounts } from '../core/import.js';
import type { Reader, SqlValue, Writer } from './ledger.js';
import { countRefusals, createRefusals, refuseDuplicateIds, refuseStaged } from './refusals.js';
import { settle } from './settlement.js';

const CREATE_STAGED = `
  CREATE TEMP TABLE staged (
    position INTEGER PRIMARY KEY, line INTEGER NOT NULL, id TEXT NOT NULL, affiliate_id TEXT NOT NULL,
    earned_at TEXT NOT NULL, earned_on TEXT NOT NULL, amount INTEGER NOT NULL, amount_given TEXT NOT NULL,
    currency TEXT NOT NULL, kind TEXT NOT NULL, status TEXT, available_on TEXT, held_until TEXT NOT NULL,
    campaign TEXT, order_id TEXT, corrects TEXT, sale_amount INTEGER, description TEXT, said TEXT NOT NULL,
    cells TEXT, refused INTEGER NOT NULL DEFAULT 0)`;

const STAGE = `
  INSERT INTO temp.staged (line, id, affiliate_id, earned_at, earned_on, amount, amount_given, currency, kind,
    status, available_on, held_until, campaign, order_id, corrects, sale_amount, description, said, cells)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** What a row of a file says of a commission. Amounts in minor units of its currency. */
export interface SaidCommission {
  readonly line: number;
  readonly id: string;
  readonly affiliateId: string;
  readonly earnedAt: string;
  readonly earnedOn: CalendarDate;
  readonly amount: bigint;
  /** The amount as the file gives it. */
  readonly amountGiven: string;
  readonly currency: string;
  readonly kind: CommissionKind;
  readonly status: CommissionStatus | null;
  readonly availableOn: CalendarDate | null;
  readonly campaign: string | null;
  readonly orderId: string | null;
  readonly corrects: string | null;
  readonly saleAmount: bigint | null;
  readonly description: string | null;
  /** The same as JSON, for comparing it with what the source says another time. */
  readonly said: string;
}

export interface StagedCommission {
  readonly row: SaidCommission;
  /** The day on which a hold that begins when it was earned would end. */
  readonly heldUntil: CalendarDate;
  /** The cells as given, where refused rows are to be written back. */
  readonly cells: readonly string[] | null;
}

/** Which of the optional columns the file has; what is absent changes nothing on an existing commission. */
export interface CommissionColumns {
  readonly currency: boolean;
  readonly status: boolean;
  readonly kind: boolean;
  readonly available_on: boolean;
  readonly campaign: boolean;
  readonly order_id: boolean;
  readonly corrects: boolean;
  readonly sale_amount: boolean;
  readonly description: boolean;
}

export interface CommissionMerge {
  readonly has: CommissionColumns;
  /** The currencies that have as many decimals as the ledger's. */
  readonly sameDecimals: readonly string[];
  readonly today: CalendarDate;
  readonly at: string;
  readonly by: string;
  /** Rows earned up to this day were paid elsewhere. */
  readonly settledUntil: CalendarDate | null;
}

export async function beginStaging(staging: Writer): Promise<void> {
  await createRefusals(staging);
  await staging.run('DROP TABLE IF EXISTS temp.staged');
  await staging.run(CREATE_STAGED);
}

export async function stageCommissions(staging: Writer, rows: readonly StagedCommission[]): Promise<void> {
  const values = rows.map(({ row, heldUntil, cells }): SqlValue[] => [
    BigInt(row.line),
    row.id,
    row.affiliateId,
    row.earnedAt,
    row.earnedOn,
    row.amount,
    row.amountGiven,
    row.currency,
    row.kind,
    row.status,
    row.availableOn,
    heldUntil,
    row.campaign,
    row.orderId,
    row.corrects,
    row.saleAmount,
    row.description,
    row.said,
    cells === null ? null : JSON.stringify(cells),
  ]);
  await staging.runMany(STAGE, values);
}

export async function endStaging(staging: Writer): Promise<void> {
  await staging.run('CREATE INDEX temp.staged_by_id ON staged (id)');
}

const UNKNOWN_AFFILIATES = `
  SELECT position, 'affiliate_id' AS "column", affiliate_id AS value, 'unknown_affiliate' AS code,
    'There is no affiliate ' || affiliate_id || '. Import the affiliates first: payrun import affiliates FILE.'
      AS message
  FROM temp.staged
  WHERE NOT EXISTS (SELECT 1 FROM affiliates WHERE affiliates.id = staged.affiliate_id)`;

const LIVE = `
  EXISTS (SELECT 1 FROM payout_lines AS line
    WHERE line.commission = existing.number AND line.released_on IS NULL)`;

/** What makes a commission locked: a live payout, or a correction that stands beside it. */
const LOCKED = `(${LIVE}
  OR EXISTS (SELECT 1 FROM commissions AS correction
    WHERE correction.corrects = existing.number AND correction.origin = 'correction'))`;

/**
 * How the staged rows meet the ledger. `merged` is what the source says now, columns it did not give
 * included.
 */
const CREATE_KNOWN = `
  CREATE TEMP TABLE known (
    position INTEGER PRIMARY KEY, commission INTEGER NOT NULL UNIQUE, merged TEXT NOT NULL,
    same INTEGER NOT NULL, locked INTEGER NOT NULL, live INTEGER NOT NULL,
    settles INTEGER NOT NULL DEFAULT 0, correction INTEGER NOT NULL DEFAULT 0)`;

/**
 * An equal row is left alone, so nothing more is asked of it; most rows of a nightly file are equal to the
 * letter. The LIMITs keep SQLite from copying an expression into every place that uses it.
 */
const FIND_KNOWN = `
  INSERT INTO temp.known (position, commission, merged, same, locked, live)
  SELECT position, number, iif(idle, '{}', merged), same, iif(idle, 0, ${LOCKED}), iif(idle, 0, ${LIVE})
  FROM (
    SELECT position, number, merged, merged IS before AS same, merged IS before AND NOT settling AS idle
    FROM (
      SELECT position, number, settling, before, iif(exact, before, json_patch(before, said)) AS merged
      FROM (
        SELECT staged.position, existing.number, staged.said, existing.said IS staged.said AS exact,
          coalesce(staged.earned_on <= :settledUntil, 0) AS settling,
          iif(existing.said IS staged.said, existing.said, json_patch('{}', coalesce(existing.said, '{}'))) AS before
        FROM temp.staged AS staged CROSS JOIN commissions AS existing ON existing.id = staged.id
        WHERE staged.refused = 0
        LIMIT -1)
      LIMIT -1)
    LIMIT -1) AS existing`;

/** A locked commission keeps its affiliate, currency and kind. */
const lockedField = (column: 'affiliate_id' | 'currency' | 'kind'): string => `
  SELECT known.position, '${column}' AS "column", staged.${column} AS value, 'locked_field' AS code,
    staged.id || ' is on a payout or has a correction: its ${column.replace('_id', '')} stays ' || existing.${column}
      || '. Give the row back as it was; what was paid is corrected by its amount.' AS message
  FROM temp.known AS known
  CROSS JOIN temp.staged AS staged ON staged.position = known.position
  CROSS JOIN commissions AS existing ON existing.number = known.commission
  WHERE known.locked AND staged.${column} <> existing.${column}`;

/** Without a kind column an existing commission keeps its kind, and the sign must fit that. */
const SIGN_OF_KEPT_KIND = `
  SELECT staged.position, 'amount' AS "column", staged.amount_given AS value, 'wrong_sign' AS code,
    'The sign does not fit a ' || coalesce(existing.kind, 'sale') || '. '
      || 'What an affiliate owes back is a clawback or an adjustment: give the kind.' AS message
  FROM temp.staged AS staged LEFT JOIN commissions AS existing ON existing.id = staged.id
  WHERE CASE coalesce(existing.kind, 'sale')
    WHEN 'clawback' THEN staged.amount >= 0 WHEN 'adjustment' THEN 0 ELSE staged.amount < 0 END`;

/**
 * Without a currency column the amount was read with the decimals of the ledger's; the kept one may have
 * others.
 */
const CURRENCY_NOT_GIVEN = `
  SELECT staged.position, 'currency' AS "column", '' AS value, 'bad_currency' AS code,
    staged.id || ' is in ' || existing.currency || ', but the file has no column currency. Add the column.'
      AS message
  FROM temp.staged AS staged CROSS JOIN commissions AS existing ON existing.id = staged.id
  WHERE existing.currency NOT IN (SELECT value FROM json_each(:sameDecimals))`;

/** What a column that the file lacks says of a commission that is there already: what stands. */
const keepStanding = (column: 'currency' | 'kind'): string => `
  UPDATE temp.staged SET ${column} = coalesce(
    (SELECT existing.${column} FROM commissions AS existing WHERE existing.id = staged.id), ${column})`;

/** A debit takes back a credit of the same affiliate and currency, in the ledger or in the same file. */
const UNKNOWN_ORIGINALS = `
  SELECT position, 'corrects' AS "column", corrects AS value, 'bad_value' AS code,
    CASE
      WHEN corrects = id THEN 'A commission cannot correct itself.'
      WHEN affiliate IS NULL THEN 'There is no commission ' || corrects
        || '. Import it first, or leave the cell empty to take the debit back from whatever is earned next.'
      WHEN amount < 0 THEN corrects || ' is a debit itself; name the credit that is taken back.'
      ELSE corrects || ' belongs to another affiliate or currency.'
    END AS message
  FROM (
    SELECT staged.position, staged.id, staged.corrects, staged.affiliate_id, staged.currency,
      coalesce(beside.affiliate_id, existing.affiliate_id) AS affiliate,
      coalesce(beside.currency, existing.currency) AS original_currency,
      coalesce(beside.amount, existing.amount) AS amount
    FROM temp.staged AS staged
    LEFT JOIN temp.staged AS beside ON beside.id = staged.corrects AND beside.refused = 0
    LEFT JOIN commissions AS existing ON existing.id = staged.corrects
    WHERE staged.corrects IS NOT NULL AND staged.refused = 0)
  WHERE corrects = id OR affiliate IS NULL OR affiliate <> affiliate_id OR original_currency <> currency
    OR amount < 0`;

/**
 * A commission that debits take back cannot go to another affiliate or currency without them. Where the
 * file has a column for it, a debit may also let go of it.
 */
const leftBehind = (has: CommissionColumns): string => `
  SELECT staged.position, iif(existing.affiliate_id <> staged.affiliate_id, 'affiliate_id', 'currency') AS "column",
    iif(existing.affiliate_id <> staged.affiliate_id, staged.affiliate_id, staged.currency) AS value,
    'locked_field' AS code,
    debit.id || ' takes ' || staged.id || ' back, and it is of another affiliate or currency. Change both rows.'
      AS message
  FROM temp.known AS known
  CROSS JOIN temp.staged AS staged ON staged.position = known.position
  CROSS JOIN commissions AS existing ON existing.number = known.commission
  CROSS JOIN commissions AS debit ON debit.corrects = existing.number
  WHERE NOT known.same
    AND (existing.affiliate_id <> staged.affiliate_id OR existing.currency <> staged.currency)
    AND NOT EXISTS (
      SELECT 1 FROM temp.staged AS beside
      WHERE beside.id = debit.id AND beside.refused = 0 AND (
        (beside.affiliate_id, beside.currency) = (staged.affiliate_id, staged.currency)
        ${has.corrects ? 'OR beside.corrects IS NOT staged.id' : ''}))
  GROUP BY staged.position`;

/** Without the column a debit that is there already still takes back what it took back. */
const KEEP_LINKS = `
  UPDATE temp.staged SET corrects = original.id
  FROM temp.known AS known
  CROSS JOIN commissions AS existing ON existing.number = known.commission
  CROSS JOIN commissions AS original ON original.number = existing.corrects
  WHERE staged.position = known.position AND NOT known.same`;

/**
 * Original + corrections = what the source says now: 0 if rejected, else its amount. What an operator
 * rejected since it was released is owed to nobody, whatever its source says.
 */
const NEEDED_CORRECTIONS = `
  UPDATE temp.known SET correction = (
    SELECT CASE WHEN NOT known.live AND existing.status = 'rejected' THEN 0
      ELSE iif(known.merged ->> '$.status' = 'rejected', 0, staged.amount) - existing.amount - coalesce((
        SELECT sum(correction.amount) FROM commissions AS correction
        WHERE correction.corrects = existing.number AND correction.origin = 'correction'
          AND correction.status <> 'rejected'), 0) END
    FROM temp.staged AS staged CROSS JOIN commissions AS existing
    WHERE staged.position = known.position AND existing.number = known.commission)
  WHERE locked AND NOT same AND merged ->> '$.status' IS NOT 'settled'`;

/** From almost the largest debit to almost the largest credit is more than one line holds. */
const CORRECTION_TOO_LARGE = `
  SELECT known.position, 'amount' AS "column", staged.amount_given AS value, 'amount_too_large' AS code,
    staged.id || ' is on a payout or has a correction, and the correction would have more than 15 digits. '
      || 'Change the amount in two steps.' AS message
  FROM temp.known AS known CROSS JOIN temp.staged AS staged ON staged.position = known.position
  WHERE abs(known.correction) > 999999999999999`;

/**
 * Checks the staged rows against each other and the ledger, marks the bad ones, and finds those already
 * there.
 * @returns how many rows are refused, those refused while reading included
 */
export async function checkStaged(writer: Writer, merge: CommissionMerge): Promise<number> {
  await refuseDuplicateIds(writer);
  await refuseStaged(writer, UNKNOWN_AFFILIATES);
  if (!merge.has.kind) {
    await refuseStaged(writer, SIGN_OF_KEPT_KIND);
    await writer.run(keepStanding('kind'));
  }
  if (!merge.has.currency) {
    await refuseStaged(writer, CURRENCY_NOT_GIVEN, { sameDecimals: JSON.stringify(merge.sameDecimals) });
    await writer.run(keepStanding('currency'));
  }
  await writer.run('DROP TABLE IF EXISTS temp.known');
  await writer.run(CREATE_KNOWN);
  await writer.run(FIND_KNOWN, { settledUntil: merge.settledUntil });
  await refuseStaged(writer, lockedField('affiliate_id'));
  await refuseStaged(writer, lockedField('currency'));
  await refuseStaged(writer, lockedField('kind'));
  await writer.run(NEEDED_CORRECTIONS);
  await refuseStaged(writer, CORRECTION_TOO_LARGE);
  if (!merge.has.corrects) await writer.run(KEEP_LINKS);
  // A refused original refuses its debits, and so on: until nothing more is refused.
  for (let before = -1, now = await countRefusals(writer); now > before;) {
    await refuseStaged(writer, leftBehind(merge.has));
    await refuseStaged(writer, UNKNOWN_ORIGINALS);
    before = now;
    now = await countRefusals(writer);
  }
  await writer.run(
    'DELETE FROM temp.known WHERE position IN (SELECT position FROM temp.staged WHERE refused = 1)',
  );
  return countRefusals(writer);
}

const STATUS_OF_NEW = `
  CASE
    WHEN staged.status IS NOT 'rejected' AND staged.earned_on <= :settledUntil THEN 'settled'
    ELSE coalesce(staged.status, iif(staged.kind = 'sale', 'pending', 'approved'))
  END`;

/** The day from which a credit is available; debits are never held. */
const AVAILABLE_ON = `
  coalesce(staged.available_on, iif(staged.kind = 'sale', staged.held_until, staged.earned_on))`;

const INSERT_NEW = `
  INSERT INTO commissions (id, affiliate_id, kind, status, status_by, currency, amount, earned_at, earned_on,
    available_on, campaign, order_id, sale_amount, description, origin, said, recorded_at)
  SELECT staged.id, staged.affiliate_id, staged.kind, ${STATUS_OF_NEW},
    iif(staged.status IS NOT 'settled' AND ${STATUS_OF_NEW} = 'settled', 'operator', 'source'),
    staged.currency, staged.amount, staged.earned_at, staged.earned_on, ${AVAILABLE_ON},
    staged.campaign, staged.order_id, staged.sale_amount, staged.description, 'source', staged.said, :at
  FROM temp.staged AS staged
  WHERE staged.refused = 0 AND staged.position NOT IN (SELECT position FROM temp.known)
  ORDER BY staged.position`;

/** After the inserts, because the original may stand further down in the same file. */
const LINK_ORIGINALS = `
  UPDATE commissions SET corrects = (
    SELECT original.number FROM temp.staged AS staged CROSS JOIN commissions AS original ON original.id = staged.corrects
    WHERE staged.id = commissions.id AND staged.refused = 0)
  WHERE number IN (
    SELECT own.number FROM temp.staged AS staged CROSS JOIN commissions AS own ON own.id = staged.id
    WHERE staged.corrects IS NOT NULL AND staged.refused = 0
      AND NOT EXISTS (SELECT 1 FROM temp.known AS known
        WHERE known.position = staged.position AND (known.locked OR known.same)))`;

const OPEN_NEW = `
  INSERT INTO open_items (affiliate_id, currency, commission, amount, status, available_on, earned_on, campaign,
    corrects)
  SELECT affiliate_id, currency, number, amount, status, available_on, earned_on, campaign, corrects
  FROM commissions
  WHERE number > :before AND amount <> 0 AND status IN ('pending', 'approved')
  ORDER BY affiliate_id, currency, number`;

/** What an unpaid commission becomes: a row of typed columns, so that each rule is said once. */
const CREATE_CHANGED = `
  CREATE TEMP TABLE changed (
    commission INTEGER PRIMARY KEY, affiliate_id TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
    status_by TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL, earned_at TEXT NOT NULL,
    earned_on TEXT NOT NULL, available_on TEXT NOT NULL, campaign TEXT, order_id TEXT, sale_amount INTEGER,
    description TEXT, clears_corrects INTEGER NOT NULL)`;

/**
 * Who decides the status. An operator's rejection stands until an operator approves again; a source's
 * rejection overrides an operator's approval; a source that says the same as before decides nothing.
 */
const STATUS_OF_CHANGED = `
  CASE
    WHEN existing.status_by = 'operator' AND existing.status IN ('rejected', 'settled') THEN existing.status
    WHEN known.settles THEN 'settled'
    WHEN staged.status IS NULL OR staged.status IS existing.said ->> '$.status' THEN existing.status
    WHEN existing.status_by = 'operator' AND existing.status = 'approved' AND staged.status = 'pending'
      THEN 'approved'
    ELSE staged.status
  END`;

const changedRows = (has: CommissionColumns): string => {
  const kept = (column: 'campaign' | 'order_id' | 'sale_amount' | 'description'): string =>
    has[column] ? `staged.${column}` : `existing.${column}`;
  const status = has.status
    ? STATUS_OF_CHANGED
    : `iif(known.settles AND NOT (existing.status_by = 'operator' AND existing.status = 'rejected'), 'settled',
        existing.status)`;
  return `
    INSERT INTO temp.changed (commission, affiliate_id, kind, status, status_by, currency, amount, earned_at,
      earned_on, available_on, campaign, order_id, sale_amount, description, clears_corrects)
    SELECT commission, affiliate_id, kind, status,
      CASE WHEN settles AND status = 'settled' AND status_before <> 'settled' THEN 'operator'
        WHEN status = status_before THEN status_by ELSE 'source' END,
      currency, amount, earned_at, earned_on,
      CASE
        WHEN given_available_on IS NOT NULL THEN given_available_on
        WHEN keeps_available_on THEN available_before
        WHEN kind = 'sale' THEN held_until
        ELSE earned_on
      END,
      campaign, order_id, sale_amount, description, clears_corrects
    FROM (
      SELECT known.commission, known.settles, staged.affiliate_id, staged.kind, ${status} AS status,
        existing.status AS status_before, existing.status_by, staged.currency, staged.amount,
        staged.earned_at, staged.earned_on, staged.held_until,
        known.merged ->> '$.available_on' AS given_available_on,
        existing.available_on AS available_before,
        existing.earned_on = staged.earned_on AND existing.kind = staged.kind
          AND existing.said ->> '$.available_on' IS NULL AS keeps_available_on,
        ${kept('campaign')} AS campaign, ${kept('order_id')} AS order_id, ${kept('sale_amount')} AS sale_amount,
        ${kept('description')} AS description, ${has.corrects ? 'staged.corrects IS NULL' : '0'} AS clears_corrects
      FROM temp.known AS known
      CROSS JOIN temp.staged AS staged ON staged.position = known.position
      CROSS JOIN commissions AS existing ON existing.number = known.commission
      WHERE NOT known.locked AND (NOT known.same OR known.settles))`;
};

/** An existing row is settled where the operator says up to which day everything was paid elsewhere. */
const MARK_SETTLED = `
  UPDATE temp.known SET settles = 1
  WHERE NOT live AND position IN (
    SELECT staged.position FROM temp.known AS known
    CROSS JOIN temp.staged AS staged ON staged.position = known.position
    CROSS JOIN commissions AS existing ON existing.number = known.commission
    WHERE staged.earned_on <= :settledUntil AND existing.status IN ('pending', 'approved')
      AND known.merged ->> '$.status' IS NOT 'rejected')`;

const RECORD_CHANGES = `
  INSERT INTO commission_changes (commission, changed_at, changed_on, changed_by, status_before, status_after,
    amount_before, amount_after, reason)
  SELECT existing.number, :at, :today, :by, existing.status, changed.status, existing.amount, changed.amount,
    'import'
  FROM temp.changed AS changed CROSS JOIN commissions AS existing ON existing.number = changed.commission
  WHERE existing.status <> changed.status OR existing.amount <> changed.amount`;

const CLOSE_CHANGED = `
  DELETE FROM open_items WHERE (affiliate_id, currency, commission) IN (
    SELECT existing.affiliate_id, existing.currency, existing.number
    FROM temp.changed AS changed CROSS JOIN commissions AS existing ON existing.number = changed.commission)`;

const UPDATE_CHANGED = `
  UPDATE commissions SET
    (affiliate_id, kind, status, status_by, currency, amount, earned_at, earned_on, available_on, campaign,
      order_id, sale_amount, description, corrects) = (
    SELECT changed.affiliate_id, changed.kind, changed.status, changed.status_by, changed.currency,
      changed.amount, changed.earned_at, changed.earned_on, changed.available_on, changed.campaign,
      changed.order_id, changed.sale_amount, changed.description,
      iif(changed.clears_corrects, NULL, commissions.corrects)
    FROM temp.changed AS changed WHERE changed.commission = commissions.number)
  WHERE number IN (SELECT commission FROM temp.changed)`;

const REOPEN_CHANGED = `
  INSERT INTO open_items (affiliate_id, currency, commission, amount, status, available_on, earned_on, campaign,
    corrects)
  SELECT affiliate_id, currency, number, amount, status, available_on, earned_on, campaign, corrects
  FROM commissions
  WHERE number IN (SELECT commission FROM temp.changed) AND amount <> 0 AND status IN ('pending', 'approved')
  ORDER BY affiliate_id, currency, number`;

const INSERT_CORRECTIONS = `
  INSERT INTO commissions (id, affiliate_id, kind, status, status_by, currency, amount, earned_at, earned_on,
    available_on, campaign, corrects, description, origin, recorded_at)
  SELECT original.id || '~' || (1 + (SELECT count(*) FROM commissions AS earlier
      WHERE earlier.corrects = original.number AND earlier.origin = 'correction')),
    original.affiliate_id, iif(known.correction < 0, 'clawback', 'adjustment'), 'approved', 'source',
    original.currency, known.correction, :today, :today, :today, original.campaign, original.number,
    'Correction of ' || original.id, 'correction', :at
  FROM temp.known AS known CROSS JOIN commissions AS original ON original.number = known.commission
  WHERE known.correction <> 0 ORDER BY known.position`;

/** One that has a correction but is on no payout any more was paid elsewhere after all. */
const SETTLES_LOCKED = `
  known.locked AND NOT known.live AND (known.settles OR (NOT known.same AND known.merged ->> '$.status' = 'settled'))`;

const SETTLED_LOCKED = `
  SELECT existing.number AS commission,
    iif(existing.said ->> '$.status' = 'settled', 'source', 'operator') AS status_by
  FROM temp.known AS known CROSS JOIN commissions AS existing ON existing.number = known.commission
  WHERE ${SETTLES_LOCKED} AND existing.status IN ('pending', 'approved')`;

const REMEMBER_SAID = `
  UPDATE commissions SET said = (
    SELECT known.merged FROM temp.known AS known WHERE known.commission = commissions.number)
  WHERE number IN (SELECT commission FROM temp.known WHERE NOT same)`;

const COUNT = `
  SELECT
    (SELECT count(*) FROM temp.staged WHERE refused = 0) - count(*) AS new,
    count(CASE WHEN correction = 0 AND (NOT same OR settles) THEN 1 END) AS changed,
    count(CASE WHEN correction = 0 AND same AND NOT settles THEN 1 END) AS unchanged,
    count(CASE WHEN correction <> 0 THEN 1 END) AS corrected
  FROM temp.known`;

/** Merges the rows that were not refused and counts what became of them. `checkStaged` came before. */
export async function mergeStaged(
  writer: Writer,
  merge: CommissionMerge,
): Promise<Omit<ImportCounts, 'rejected'>> {
  const { today, at, by, settledUntil } = merge;
  const before = (await writer.get<{ last: bigint | null }>('SELECT max(number) AS last FROM commissions'))
    ?.last;
  if (settledUntil !== null) await writer.run(MARK_SETTLED, { settledUntil });
  await writer.run('DROP TABLE IF EXISTS temp.changed');
  await writer.run(CREATE_CHANGED);
  await writer.run(changedRows(merge.has));
  await writer.run(RECORD_CHANGES, { at, today, by });
  await writer.run(CLOSE_CHANGED);
  await writer.run(UPDATE_CHANGED);
  await writer.run(INSERT_NEW, { at, settledUntil });
  const inserted = { before: before ?? 0n };
  if (merge.has.corrects) await writer.run(LINK_ORIGINALS);
  await writer.run(REMEMBER_SAID);
  await settle(writer, SETTLED_LOCKED, { on: today, at, by, reason: 'import' });
  await writer.run(INSERT_CORRECTIONS, { at, today });
  await writer.run(OPEN_NEW, inserted);
  await writer.run(REOPEN_CHANGED);
  return countMerged(writer);
}

async function countMerged(reader: Reader): Promise<Omit<ImportCounts, 'rejected'>> {
  const row = await reader.get<Record<'new' | 'changed' | 'unchanged' | 'corrected', bigint>>(COUNT);
  return {
    new: Number(row?.new ?? 0n),
    changed: Number(row?.changed ?? 0n),
    unchanged: Number(row?.unchanged ?? 0n),
    corrected: Number(row?.corrected ?? 0n),
  };
}
