/**
 * Commissions that turn out to be paid outside payrun although they were on a payout here. What such a
 * commission came to with its corrections is what was paid there, so payrun itself is to pay nothing for it:
 * its unpaid corrections are settled with it, since netting them from later earnings would take them twice,
 * and what live payouts hold of its corrections is given back by one more.
 */
import type { CalendarDate } from '../core/calendar.js';
import { lastCorrectionId, recordChanges } from './commission-changes.js';
import { insertCorrections, isOnLivePayout } from './corrections.js';
import type { Writer } from './ledger.js';
import { closeItems, openItems } from './open-items.js';

/** `due` is what is still to be added to those corrections that were paid, so that they come to nothing. */
const CREATE = `
  CREATE TEMP TABLE settling (
    commission INTEGER PRIMARY KEY, status_by TEXT NOT NULL, due INTEGER NOT NULL DEFAULT 0, kept INTEGER)`;

const FIND_DUE = `
  UPDATE temp.settling SET due = coalesce((
    SELECT -sum(line.amount)
    FROM commissions AS correction
    CROSS JOIN payout_lines AS line ON line.commission = correction.number AND line.released_on IS NULL
    WHERE correction.corrects = settling.commission AND correction.origin = 'correction'), 0)`;

const unpaidCorrections = (original: string): string => `
  correction.corrects = ${original} AND correction.origin = 'correction'
    AND correction.status IN ('pending', 'approved') AND NOT ${isOnLivePayout('correction.number')}`;

/** An unpaid correction that gives back just that, as one does whose payout was void, goes on doing so. */
const KEEP = `
  UPDATE temp.settling SET kept = (
    SELECT min(correction.number) FROM commissions AS correction
    WHERE ${unpaidCorrections('settling.commission')} AND correction.amount = settling.due)
  WHERE due <> 0`;

const WITH_CORRECTIONS = `
  INSERT INTO temp.settling (commission, status_by)
  SELECT correction.number, settling.status_by
  FROM temp.settling AS settling
  CROSS JOIN commissions AS correction ON ${unpaidCorrections('settling.commission')}
  WHERE correction.number IS NOT settling.kept
  ON CONFLICT DO NOTHING`;

const SETTLING = `
  FROM temp.settling AS settling CROSS JOIN commissions AS commission ON commission.number = settling.commission`;

const RECORD = recordChanges({
  from: `${SETTLING} WHERE commission.status <> 'settled'`,
  status: "'settled'",
  reason: ':reason',
});

const SETTLE = `
  UPDATE commissions SET status = 'settled', status_by = (
    SELECT settling.status_by FROM temp.settling AS settling WHERE settling.commission = commissions.number)
  WHERE number IN (SELECT commission FROM temp.settling)`;

const CLOSE = closeItems('temp.settling');

const COUNT_DUE = 'SELECT count(*) AS count FROM temp.settling WHERE due <> 0 AND kept IS NULL';

/** One line holds at most 15 digits; what several have taken may need several. */
const ONE_LINE = 'max(-999999999999999, min(999999999999999, due))';

const NEEDED = `
  SELECT commission AS position, commission, ${ONE_LINE} AS amount
  FROM temp.settling WHERE due <> 0 AND kept IS NULL`;

const RECORD_CORRECTED = recordChanges({
  from: `${SETTLING} WHERE settling.due <> 0 AND settling.kept IS NULL`,
  reason: `:reason || ': corrected by ' || ${lastCorrectionId('commission.number')}`,
});

const DEDUCT = `UPDATE temp.settling SET due = due - ${ONE_LINE}`;

export interface Settlement {
  readonly on: CalendarDate;
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/**
 * Settles what a query selects and takes it off the open items: payrun pays nothing for it and its
 * corrections from then on. What is settled already is looked at again, because a correction was freed.
 * @param select selects `commission` and `status_by`; none of them is on a live payout or a correction
 * @returns how many of them needed a correction for it
 */
export async function settle(writer: Writer, select: string, settlement: Settlement): Promise<number> {
  const { on, at, by, reason } = settlement;
  await writer.run('DROP TABLE IF EXISTS temp.settling');
  await writer.run(CREATE);
  await writer.run(`INSERT INTO temp.settling (commission, status_by) ${select}`);
  await writer.run(FIND_DUE);
  await writer.run(KEEP);
  await writer.run(WITH_CORRECTIONS);
  await writer.run(RECORD, { at, on, by, reason });
  await writer.run(SETTLE);
  await writer.run(CLOSE);
  return giveBack(writer, settlement);
}

async function giveBack(writer: Writer, { on, at, by, reason }: Settlement): Promise<number> {
  const countDue = async (): Promise<number> =>
    Number((await writer.get<{ count: bigint }>(COUNT_DUE))?.count ?? 0n);
  const evened = await countDue();
  for (let due = evened; due > 0; due = await countDue()) {
    await insertCorrections(writer, NEEDED, { today: on, at, statusBy: 'source' });
    await writer.run(RECORD_CORRECTED, { at, on, by, reason });
    await writer.run(DEDUCT);
  }
  return evened;
}

const CREATE_UNSETTLING = `
  CREATE TEMP TABLE unsettling (commission INTEGER PRIMARY KEY, status TEXT NOT NULL)`;

const THEIR_CORRECTIONS = `
  INSERT INTO temp.unsettling (commission, status)
  SELECT correction.number, 'approved'
  FROM temp.unsettling AS unsettling
  CROSS JOIN commissions AS correction ON correction.corrects = unsettling.commission
  WHERE correction.origin = 'correction' AND correction.status = 'settled'`;

const RECORD_UNSETTLED = recordChanges({
  from: `
    FROM temp.unsettling AS unsettling
    CROSS JOIN commissions AS commission ON commission.number = unsettling.commission`,
  status: 'unsettling.status',
  reason: ':reason',
});

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
