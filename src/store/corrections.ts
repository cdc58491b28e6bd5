/**
 * Corrections: lines that make an original and what corrects it come to what is owed now (SPEC section 3).
 * Imports and decisions of operators add them here and nowhere else; none is ever edited.
 */
import type { CalendarDate } from '../core/calendar.js';
import type { TakenBackTwice } from '../core/commission.js';
import type { Reader, SqlParameters, Writer } from './ledger.js';
import { openItems } from './open-items.js';

/** The sum of the corrections of a commission, null where it has none. Minor units. */
export const correctionsSum = (original: string): string => `(
  SELECT sum(correction.amount) FROM commissions AS correction
  WHERE correction.corrects = ${original} AND correction.origin = 'correction'
    AND correction.status <> 'rejected')`;

/** Whether a commission is on a live payout. */
export const isOnLivePayout = (commission: string): string => `
  EXISTS (SELECT 1 FROM payout_lines AS line WHERE line.commission = ${commission} AND line.released_on IS NULL)`;

/** Whether a commission has a correction. */
export const hasCorrection = (original: string): string => `
  EXISTS (SELECT 1 FROM commissions AS correction
    WHERE correction.corrects = ${original} AND correction.origin = 'correction')`;

const insert = (needed: string): string => `
  INSERT INTO commissions (id, affiliate_id, kind, status, status_by, currency, amount, earned_at, earned_on,
    available_on, campaign, corrects, description, origin, recorded_at)
  SELECT original.id || '~' || (1 + (SELECT count(*) FROM commissions AS earlier
      WHERE earlier.corrects = original.number AND earlier.origin = 'correction')),
    original.affiliate_id, iif(needed.amount < 0, 'clawback', 'adjustment'), 'approved', :statusBy,
    original.currency, needed.amount, :today, :today, :today, original.campaign, original.number,
    'Correction of ' || original.id, 'correction', :at
  FROM (${needed}) AS needed CROSS JOIN commissions AS original ON original.number = needed.commission
  WHERE needed.amount <> 0 ORDER BY needed.position`;

const OPEN = openItems('number > :before');

export interface CorrectionFacts {
  readonly today: CalendarDate;
  readonly at: string;
  readonly statusBy: 'source' | 'operator';
}

/**
 * Adds a correction for each that is needed, as an open item.
 * @param needed selects `position`, `commission` and `amount` (minor units), each commission once
 */
export async function insertCorrections(
  writer: Writer,
  needed: string,
  facts: CorrectionFacts,
): Promise<void> {
  const { today, at, statusBy } = facts;
  const before = await lastCommission(writer);
  await writer.run(insert(needed), { today, at, statusBy });
  await writer.run(OPEN, { before });
}

/** The number of the commission that was added last, 0 where there is none. */
export async function lastCommission(reader: Reader): Promise<bigint> {
  const row = await reader.get<{ last: bigint | null }>('SELECT max(number) AS last FROM commissions');
  return row?.last ?? 0n;
}

/** A commission that is an open item, with those of its corrections that are. */
const UNPAID_TOGETHER = `
  SELECT commission.id AS id, item.amount + coalesce((
      SELECT sum(linked.amount)
      FROM open_items AS linked CROSS JOIN commissions AS correction ON correction.number = linked.commission
      WHERE linked.affiliate_id = item.affiliate_id AND linked.currency = item.currency
        AND linked.corrects = item.commission AND correction.origin = 'correction'), 0) AS amount
  FROM json_each(:ids) AS wanted
  CROSS JOIN commissions AS commission ON commission.id = wanted.value
  CROSS JOIN open_items AS item ON item.affiliate_id = commission.affiliate_id
    AND item.currency = commission.currency AND item.commission = commission.number
  ORDER BY wanted.key`;

/**
 * What is to be paid for each of these ids, its unpaid corrections included, in minor units of its currency.
 * What is not unpaid is left out.
 */
export async function unpaidTogether(reader: Reader, ids: readonly string[]): Promise<Map<string, bigint>> {
  const rows = await reader.all<{ id: string; amount: bigint }>(UNPAID_TOGETHER, {
    ids: JSON.stringify(ids),
  });
  return new Map(rows.map(({ id, amount }) => [id, amount]));
}

/**
 * A credit that a debit of its source takes back and that was corrected besides. One that is rejected and on
 * no payout is owed to nobody, and so is its debit.
 */
const takenBackTwice = (candidates: string): string => `
  SELECT original.id AS id, (
      SELECT debit.id FROM commissions AS debit
      WHERE debit.corrects = original.number AND debit.origin <> 'correction' AND debit.amount < 0
        AND debit.status <> 'rejected'
      ORDER BY debit.number DESC LIMIT 1) AS by
  FROM (SELECT DISTINCT commission FROM (${candidates})) AS candidate
  CROSS JOIN commissions AS original ON original.number = candidate.commission
  WHERE original.amount > 0 AND original.status <> 'rejected' AND by IS NOT NULL
    AND original.amount + (SELECT sum(line.amount) FROM commissions AS line
      WHERE line.corrects = original.number AND line.status <> 'rejected') < 0
  ORDER BY original.number`;

/**
 * Those that are taken back by more than they were.
 * @param candidates selects `commission` of what may be
 */
export async function listTakenBackTwice(
  reader: Reader,
  candidates: string,
  parameters: SqlParameters = {},
): Promise<TakenBackTwice[]> {
  return reader.all<TakenBackTwice>(takenBackTwice(candidates), parameters);
}
