/**
 * How an import of commissions changes the ledger (SPEC section 3). Rows were staged without a lock
 * (`commission-staging.ts`) and checked against the ledger (`commission-checks.ts`); here they are merged,
 * in the same transaction. Each commission keeps in `said` the row that its source gave last: a row is
 * compared with that, not with what stands.
 */
import type { CalendarDate } from '../core/calendar.js';
import type { NotSettled, TakenBackTwice } from '../core/commission.js';
import type { ImportCounts } from '../core/import.js';
import { lastCorrectionId, recordChanges } from './commission-changes.js';
import type { CommissionColumns, CommissionMerge } from './commission-staging.js';
import { insertCorrections, lastCommission, listTakenBackTwice } from './corrections.js';
import type { Reader, Writer } from './ledger.js';
import { closeItems, openItems } from './open-items.js';
import { settle, unsettle } from './settlement.js';

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

const OPEN_NEW = openItems(`number > :before AND amount <> 0 AND status IN ('pending', 'approved')`);

/** What an unpaid commission becomes: a row of typed columns, so that each rule is said once. */
const CREATE_CHANGED = `
  CREATE TEMP TABLE changed (
    commission INTEGER PRIMARY KEY, affiliate_id TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
    status_by TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL, earned_at TEXT NOT NULL,
    earned_on TEXT NOT NULL, available_on TEXT NOT NULL, campaign TEXT, order_id TEXT, sale_amount INTEGER,
    description TEXT, clears_corrects INTEGER NOT NULL, corrects_before INTEGER)`;

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
      earned_on, available_on, campaign, order_id, sale_amount, description, clears_corrects, corrects_before)
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
      campaign, order_id, sale_amount, description, clears_corrects, corrects_before
    FROM (
      SELECT known.commission, known.settles, staged.affiliate_id, staged.kind, ${status} AS status,
        existing.status AS status_before, existing.status_by, staged.currency, staged.amount,
        staged.earned_at, staged.earned_on, staged.held_until,
        known.merged ->> '$.available_on' AS given_available_on,
        existing.available_on AS available_before,
        existing.earned_on = staged.earned_on AND existing.kind = staged.kind
          AND existing.said ->> '$.available_on' IS NULL AS keeps_available_on,
        ${kept('campaign')} AS campaign, ${kept('order_id')} AS order_id, ${kept('sale_amount')} AS sale_amount,
        ${kept('description')} AS description, ${has.corrects ? 'staged.corrects IS NULL' : '0'} AS clears_corrects,
        existing.corrects AS corrects_before
      FROM temp.known AS known
      CROSS JOIN temp.staged AS staged ON staged.position = known.position
      CROSS JOIN commissions AS existing ON existing.number = known.commission
      WHERE NOT known.locked AND (NOT known.same OR known.settles))`;
};

const RECORD_CHANGES = recordChanges({
  from: `
    FROM temp.changed AS changed CROSS JOIN commissions AS commission ON commission.number = changed.commission
    WHERE (commission.status, commission.amount, commission.affiliate_id, commission.currency,
      commission.earned_on)
      IS NOT (changed.status, changed.amount, changed.affiliate_id, changed.currency, changed.earned_on)`,
  status: 'changed.status',
  amount: 'changed.amount',
  moved: {
    affiliate: 'iif(commission.affiliate_id IS changed.affiliate_id, NULL, commission.affiliate_id)',
    currency: 'iif(commission.currency IS changed.currency, NULL, commission.currency)',
    earned: 'iif(commission.earned_on IS changed.earned_on, NULL, commission.earned_on)',
  },
  reason: "'import'",
});

/** Known only when the links of the file are made, for an original may stand further down in it. */
const RECORD_LINKS = recordChanges({
  from: `
    FROM temp.changed AS changed CROSS JOIN commissions AS commission ON commission.number = changed.commission
    WHERE commission.corrects IS NOT changed.corrects_before`,
  moved: { corrects: 'coalesce(changed.corrects_before, 0)' },
  reason: "'import: another original'",
});

const CLOSE_CHANGED = closeItems('temp.changed');

const UPDATE_CHANGED = `
  UPDATE commissions SET
    (affiliate_id, kind, status, status_by, currency, amount, earned_at, earned_on, available_on, campaign,
      order_id, sale_amount, description, corrects, decided) = (
    SELECT changed.affiliate_id, changed.kind, changed.status, changed.status_by, changed.currency,
      changed.amount, changed.earned_at, changed.earned_on, changed.available_on, changed.campaign,
      changed.order_id, changed.sale_amount, changed.description,
      iif(changed.clears_corrects, NULL, commissions.corrects),
      iif(changed.status_by = 'operator' AND changed.status <> 'settled', commissions.decided, NULL)
    FROM temp.changed AS changed WHERE changed.commission = commissions.number)
  WHERE number IN (SELECT commission FROM temp.changed)`;

const REOPEN_CHANGED = openItems(
  `number IN (SELECT commission FROM temp.changed) AND amount <> 0 AND status IN ('pending', 'approved')`,
);

const CORRECTIONS_NEEDED = `
  SELECT position, commission, correction AS amount FROM temp.known WHERE correction <> 0`;

/** What was paid keeps status and amount, so its history names the correction. */
const RECORD_CORRECTED = recordChanges({
  from: `
    FROM temp.known AS known CROSS JOIN commissions AS commission ON commission.number = known.commission
    WHERE known.correction <> 0
    ORDER BY known.position`,
  reason: `'import: corrected by ' || ${lastCorrectionId('commission.number')}`,
});

/** A source that begins to reject overrides the approval of an operator. */
const OVERRIDE_APPROVALS = `
  UPDATE commissions SET decided = NULL WHERE decided = 'approved' AND number IN (
    SELECT existing.number
    FROM temp.known AS known CROSS JOIN commissions AS existing ON existing.number = known.commission
    WHERE NOT known.same AND known.merged ->> '$.status' = 'rejected'
      AND existing.said ->> '$.status' IS NOT 'rejected')`;

/** One that has a correction but is on no payout any more was paid elsewhere after all. */
const SETTLES_LOCKED = `
  known.locked AND NOT known.live AND (known.settles OR (NOT known.same AND known.merged ->> '$.status' = 'settled'))`;

const SETTLED_LOCKED = `
  SELECT existing.number AS commission,
    iif(existing.said ->> '$.status' = 'settled', 'source', 'operator') AS status_by
  FROM temp.known AS known CROSS JOIN commissions AS existing ON existing.number = known.commission
  WHERE ${SETTLES_LOCKED} AND existing.status IN ('pending', 'approved')`;

/**
 * Their status is what their source says now. What is rejected comes to nothing with its corrections, which
 * no approval must hold back: they may give back what was netted.
 */
const REOPENED_LOCKED = `
  SELECT known.commission AS commission,
    iif('rejected' IN (known.merged ->> '$.status', existing.decided), 'approved',
      known.merged ->> '$.status') AS status
  FROM temp.known AS known CROSS JOIN commissions AS existing ON existing.number = known.commission
  WHERE known.reopens`;

/**
 * What may be taken back by more than it was since this import: what was corrected, and what a new or changed
 * debit takes back.
 */
const MAYBE_TAKEN_BACK_TWICE = `
  SELECT commission FROM temp.known WHERE correction < 0
  UNION ALL
  SELECT debit.corrects
  FROM temp.staged AS staged CROSS JOIN commissions AS debit ON debit.id = staged.id
  WHERE staged.refused = 0 AND staged.corrects IS NOT NULL AND debit.corrects IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM temp.known AS known WHERE known.position = staged.position AND known.same)`;

/** What is on a payout here is not settled by the operator's word; what is rejected would not be anyway. */
const NOT_SETTLED = `
  FROM temp.known AS known
  CROSS JOIN temp.staged AS staged ON staged.position = known.position
  CROSS JOIN commissions AS existing ON existing.number = known.commission
  CROSS JOIN payout_lines AS line ON line.commission = known.commission AND line.released_on IS NULL
  CROSS JOIN payouts AS payout ON payout.number = line.payout
  WHERE known.live AND staged.earned_on <= :settledUntil AND existing.decided IS NOT 'rejected'
    AND known.merged ->> '$.status' IS NOT 'rejected'`;

const LIST_NOT_SETTLED = `
  SELECT existing.id AS commissionId, payout.invoice_number AS invoiceNumber ${NOT_SETTLED}
  ORDER BY known.position LIMIT :limit`;

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
  const before = await lastCommission(writer);
  await writer.run('DROP TABLE IF EXISTS temp.changed');
  await writer.run(CREATE_CHANGED);
  await writer.run(changedRows(merge.has));
  await writer.run(RECORD_CHANGES, { at, on: today, by });
  await writer.run(CLOSE_CHANGED);
  await writer.run(UPDATE_CHANGED);
  await writer.run(INSERT_NEW, { at, settledUntil });
  if (merge.has.corrects) await writer.run(LINK_ORIGINALS);
  if (merge.has.corrects) await writer.run(RECORD_LINKS, { at, on: today, by });
  await writer.run(OPEN_NEW, { before });
  await writer.run(REOPEN_CHANGED);
  await writer.run(OVERRIDE_APPROVALS);
  await writer.run(REMEMBER_SAID);
  const evened = await settle(writer, SETTLED_LOCKED, { on: today, at, by, reason: 'import' });
  await unsettle(writer, REOPENED_LOCKED, { on: today, at, by, reason: 'import' });
  await insertCorrections(writer, CORRECTIONS_NEEDED, { today, at, statusBy: 'source' });
  await writer.run(RECORD_CORRECTED, { at, on: today, by });
  return countMerged(writer, evened);
}

/**
 * What is taken back by more than it was because of the import that was merged last: by a debit of the
 * source, and by a correction besides.
 */
export async function takenBackTwiceByImport(reader: Reader): Promise<TakenBackTwice[]> {
  return listTakenBackTwice(reader, MAYBE_TAKEN_BACK_TWICE);
}

/**
 * What the import that was merged last did not settle although it was earned by that day: it is on a live
 * payout here. In the order of the file.
 * @param limit the first so many; null for all
 */
export async function notSettledByImport(
  reader: Reader,
  settledUntil: CalendarDate | null,
  limit: number | null,
): Promise<{ readonly notSettled: NotSettled[]; readonly notSettledCount: number }> {
  if (settledUntil === null) return { notSettled: [], notSettledCount: 0 };
  const notSettled = await reader.all<NotSettled>(LIST_NOT_SETTLED, {
    settledUntil,
    limit: BigInt(limit ?? -1),
  });
  const row = await reader.get<{ count: bigint }>(`SELECT count(*) AS count ${NOT_SETTLED}`, {
    settledUntil,
  });
  return { notSettled, notSettledCount: Number(row?.count ?? 0n) };
}

/** @param evened how many of those that are settled now needed a correction for it */
async function countMerged(reader: Reader, evened: number): Promise<Omit<ImportCounts, 'rejected'>> {
  const row = await reader.get<Record<'new' | 'changed' | 'unchanged' | 'corrected', bigint>>(COUNT);
  return {
    new: Number(row?.new ?? 0n),
    changed: Number(row?.changed ?? 0n) - evened,
    unchanged: Number(row?.unchanged ?? 0n),
    corrected: Number(row?.corrected ?? 0n) + evened,
  };
}
