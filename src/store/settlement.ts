/**
 * Commissions that turn out to be paid outside payrun although they were on a payout here. What such a
 * commission came to with its corrections is what was paid there, so its unpaid corrections are settled
 * with it: netting them from later earnings would take them twice.
 */
import type { CalendarDate } from '../core/calendar.js';
import { isOnLivePayout } from './corrections.js';
import type { Writer } from './ledger.js';
import { openItems } from './open-items.js';

const CREATE = `
  CREATE TEMP TABLE settling (commission INTEGER PRIMARY KEY, status_by TEXT NOT NULL)`;

const WITH_CORRECTIONS = `
  INSERT INTO temp.settling (commission, status_by)
  SELECT correction.number, settling.status_by
  FROM temp.settling AS settling
  CROSS JOIN commissions AS correction ON correction.corrects = settling.commission
  WHERE correction.origin = 'correction' AND correction.status IN ('pending', 'approved')
    AND NOT ${isOnLivePayout('correction.number')}
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

const CREATE_UNSETTLING = `
  CREATE TEMP TABLE unsettling (commission INTEGER PRIMARY KEY, status TEXT NOT NULL)`;

const THEIR_CORRECTIONS = `
  INSERT INTO temp.unsettling (commission, status)
  SELECT correction.number, 'approved'
  FROM temp.unsettling AS unsettling
  CROSS JOIN commissions AS correction ON correction.corrects = unsettling.commission
  WHERE correction.origin = 'correction' AND correction.status = 'settled'`;

const RECORD_UNSETTLED = `
  INSERT INTO commission_changes (commission, changed_at, changed_on, changed_by, status_before, status_after,
    amount_before, amount_after, reason)
  SELECT commission.number, :at, :on, :by, commission.status, unsettling.status, commission.amount,
    commission.amount, :reason
  FROM temp.unsettling AS unsettling
  CROSS JOIN commissions AS commission ON commission.number = unsettling.commission`;

const UNSETTLE = `
  UPDATE commissions SET status = (
    SELECT unsettling.status FROM temp.unsettling AS unsettling WHERE unsettling.commission = commissions.number)
  WHERE number IN (SELECT commission FROM temp.unsettling)`;

const REOPEN = `
  ${openItems('number IN (SELECT commission FROM temp.unsettling) AND amount <> 0')}
  ON CONFLICT DO UPDATE SET status = excluded.status`;

/**
 * Takes back that what a query selects was settled: it and the corrections that were settled with it are
 * open items again.
 * @param select selects `commission` and `status`; each is settled, or came back as pending before
 */
export async function unsettle(writer: Writer, select: string, settlement: Settlement): Promise<void> {
  const { on, at, by, reason } = settlement;
  await writer.run('DROP TABLE IF EXISTS temp.unsettling');
  await writer.run(CREATE_UNSETTLING);
  await writer.run(`INSERT INTO temp.unsettling (commission, status) ${select}`);
  await writer.run(THEIR_CORRECTIONS);
  await writer.run(RECORD_UNSETTLED, { at, on, by, reason });
  await writer.run(UNSETTLE);
  await writer.run(REOPEN);
}
