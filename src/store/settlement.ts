/**
 * Commissions that turn out to be paid outside payrun although they were on a payout here. What such a
 * commission came to with its corrections is what was paid there, so its unpaid corrections are settled
 * with it: netting them from later earnings would take them twice.
 */
import type { CalendarDate } from '../core/calendar.js';
import type { Writer } from './ledger.js';

const CREATE = `
  CREATE TEMP TABLE settling (commission INTEGER PRIMARY KEY, status_by TEXT NOT NULL)`;

const WITH_CORRECTIONS = `
  INSERT INTO temp.settling (commission, status_by)
  SELECT correction.number, settling.status_by
  FROM temp.settling AS settling
  CROSS JOIN commissions AS correction ON correction.corrects = settling.commission
  WHERE correction.origin = 'correction' AND correction.status IN ('pending', 'approved')
    AND NOT EXISTS (SELECT 1 FROM payout_lines AS line
      WHERE line.commission = correction.number AND line.released_on IS NULL)
  ON CONFLICT DO NOTHING`;

const RECORD = `
  INSERT INTO commission_changes (commission, changed_at, changed_on, changed_by, status_before, status_after,
    amount_before, amount_after, reason)
  SELECT commission.number, :at, :on, :by, commission.status, 'settled', commission.amount, commission.amount,
    :reason
  FROM temp.settling AS settling CROSS JOIN commissions AS commission ON commission.number = settling.commission
  WHERE commission.status <> 'settled'`;

const SETTLE = `
  UPDATE commissions SET status = 'settled', status_by = (
    SELECT settling.status_by FROM temp.settling AS settling WHERE settling.commission = commissions.number)
  WHERE number IN (SELECT commission FROM temp.settling)`;

const CLOSE = `
  DELETE FROM open_items WHERE (affiliate_id, currency, commission) IN (
    SELECT commission.affiliate_id, commission.currency, commission.number
    FROM temp.settling AS settling CROSS JOIN commissions AS commission ON commission.number = settling.commission)`;

export interface Settlement {
  readonly on: CalendarDate;
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/**
 * Settles what a query selects, with its unpaid corrections, and takes it off the open items.
 * @param select selects `commission` and `status_by`; none of them is on a live payout
 */
export async function settle(writer: Writer, select: string, settlement: Settlement): Promise<void> {
  const { on, at, by, reason } = settlement;
  await writer.run('DROP TABLE IF EXISTS temp.settling');
  await writer.run(CREATE);
  await writer.run(`INSERT INTO temp.settling (commission, status_by) ${select}`);
  await writer.run(WITH_CORRECTIONS);
  await writer.run(RECORD, { at, on, by, reason });
  await writer.run(SETTLE);
  await writer.run(CLOSE);
}
