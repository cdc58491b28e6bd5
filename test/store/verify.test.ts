import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CHECK_NAMES, CHECK_RULES, runCheck } from '../../src/store/verify.js';
import { SampleLedger } from './sample-ledger.js';

let sample: SampleLedger;

/**
 * Three live payouts of aff_1, a void one of aff_2, one of aff_3 that was redone, open items, a rejected
 * line, and a zero.
 */
beforeEach(async () => {
  sample = await SampleLedger.create();
  await sample.commissions(
    { id: 'c1', amount: 1000n },
    { id: 'c2', amount: 1000n, currency: 'EUR' },
    { id: 'c3', amount: 500n, affiliateId: 'aff_2' },
  );
  await sample.generate();
  await sample.commissions(
    { id: 'c4', amount: 1000n },
    { id: 'c5', amount: 700n, affiliateId: 'aff_3', status: 'pending' },
    { id: 'c6', amount: 0n },
    { id: 'c7', amount: 900n, status: 'rejected' },
  );
  await sample.generate({ affiliateId: 'aff_1' });
  await sample.void('INV-2026-000003');
  await sample.commissions({ id: 'c8', amount: 300n, affiliateId: 'aff_3', currency: 'EUR' });
  await sample.generate({ affiliateId: 'aff_3' });
  await sample.redo('INV-2026-000005');
});

afterEach(async () => {
  await sample.remove();
});

const numberOf = (id: string): string => `(SELECT number FROM commissions WHERE id = '${id}')`;
const payoutOf = (invoice: number): string =>
  `(SELECT number FROM payouts WHERE invoice_number = 'INV-2026-00000${invoice}')`;

const insertStep = (invoice: number, step: number, status: string): string => `
  INSERT INTO payout_history (payout, step, at, "by", os_user, status, on_day)
  VALUES (${payoutOf(invoice)}, ${step}, '2026-11-22', 'kim', 'kim', '${status}', '2026-11-22')`;

const insertItem = (id: string, affiliateId: string): string => `
  INSERT INTO open_items SELECT '${affiliateId}', currency, number, amount, 'approved', available_on, earned_on,
    campaign, corrects FROM commissions WHERE id = '${id}'`;

describe('a ledger that was made by the program', () => {
  test('passes every check, and each says what it looked at and what it proves', async () => {
    const results = await sample.ledger.read(async (reader) =>
      Promise.all(CHECK_NAMES.map((name) => runCheck(reader, name))),
    );
    expect(results.map(({ name, ok, problems }) => ({ name, ok, problems }))).toEqual(
      CHECK_NAMES.map((name) => ({ name, ok: true, problems: [] })),
    );
    expect(results.every(({ checked }) => checked > 0)).toBe(true);
    expect([...CHECK_RULES.keys()].sort()).toEqual([...CHECK_NAMES].sort());
    const { checked } = await sample.ledger.read((reader) => runCheck(reader, 'payout_equals_lines'));
    expect(checked).toBe(6);
  });
});

/** Each damage with the one check that must see it, and what the problem is about. */
// prettier-ignore
const damages: readonly [check: string, damage: string, subject: string, sql: string][] = [
  ['payout_equals_lines', 'a line of another amount', 'INV-2026-000002', `UPDATE payout_lines SET amount = 999 WHERE commission = ${numberOf('c1')}`],
  ['payout_equals_lines', 'a payout of another line count', 'INV-2026-000002', `UPDATE payouts SET commissions = 2 WHERE number = ${payoutOf(2)}; UPDATE run_totals SET commissions = 3 WHERE run = 1 AND currency = 'USD'`],
  ['payout_equals_lines', 'a commission that was edited after it was paid', 'INV-2026-000002', "UPDATE commissions SET amount = 1001 WHERE id = 'c1'"],
  ['payout_equals_lines', 'a line of another affiliate', 'INV-2026-000002', "UPDATE commissions SET affiliate_id = 'aff_2' WHERE id = 'c1'"],
  ['payout_equals_lines', 'a line of another currency', 'INV-2026-000002', "UPDATE commissions SET currency = 'EUR' WHERE id = 'c1'"],
  ['one_live_payout', 'a commission on two live payouts', 'c1', `DROP INDEX live_lines; UPDATE payout_lines SET commission = ${numberOf('c1')} WHERE payout = ${payoutOf(4)}; UPDATE commissions SET status = 'rejected' WHERE id = 'c4'`],
  ['one_live_payout', 'a released line of a live payout', 'INV-2026-000002', `UPDATE payout_lines SET released_on = '2026-11-22' WHERE commission = ${numberOf('c1')}; ${insertItem('c1', 'aff_1')}`],
  ['one_live_payout', 'an unreleased line of a void payout', 'INV-2026-000003', `UPDATE payout_lines SET released_on = NULL WHERE commission = ${numberOf('c3')}`],
  ['open_items_agree', 'an unpaid commission that is no open item', 'c5', `DELETE FROM open_items WHERE commission = ${numberOf('c5')}`],
  ['open_items_agree', 'an open item of another amount', 'c5', `UPDATE open_items SET amount = 701 WHERE commission = ${numberOf('c5')}`],
  ['open_items_agree', 'an open item of another status', 'c5', `UPDATE open_items SET status = 'approved' WHERE commission = ${numberOf('c5')}`],
  ['open_items_agree', 'an open item that is available on another day', 'c5', `UPDATE open_items SET available_on = '2026-01-01' WHERE commission = ${numberOf('c5')}`],
  ['open_items_agree', 'an open item that was earned on another day', 'c5', `UPDATE open_items SET earned_on = '2026-01-01' WHERE commission = ${numberOf('c5')}`],
  ['open_items_agree', 'an open item of another campaign', 'c5', `UPDATE open_items SET campaign = 'spring' WHERE commission = ${numberOf('c5')}`],
  ['open_items_agree', 'an open item that takes something else back', 'c5', `UPDATE open_items SET corrects = ${numberOf('c1')} WHERE commission = ${numberOf('c5')}`],
  ['open_items_agree', 'an open item that is on a live payout', 'c1', insertItem('c1', 'aff_1')],
  ['open_items_agree', 'an open item that is rejected', 'c7', insertItem('c7', 'aff_1')],
  ['open_items_agree', 'an open item twice, under another affiliate', 'c5', insertItem('c5', 'aff_1')],
  ['numbers_gapless', 'a series that has taken more numbers than it holds', 'INV-2026-{SEQ}', "UPDATE number_series SET last = 5 WHERE series LIKE 'INV%'"],
  ['numbers_gapless', 'a gap in a series', 'INV-2026-{SEQ}', `UPDATE documents SET sequence = 7 WHERE payout = ${payoutOf(6)} AND kind = 'invoice'; UPDATE number_series SET last = 7 WHERE series LIKE 'INV%'`],
  ['numbers_gapless', 'a number that is dated before the one before it', 'INV-2026-000004', `UPDATE documents SET issued_on = '2026-11-21' WHERE payout = ${payoutOf(4)}; UPDATE payouts SET issued_on = '2026-11-21' WHERE number = ${payoutOf(4)}`],
  ['numbers_gapless', 'an invoice that is registered under another number', 'INV-2026-000002', `UPDATE documents SET number = 'X' WHERE payout = ${payoutOf(2)}`],
  ['numbers_gapless', 'a void payout whose credit note is another', 'INV-2026-000003', "UPDATE documents SET number = 'X' WHERE number = 'CN-2026-000001'"],
  ['numbers_gapless', 'a credit note of another day', 'INV-2026-000003', "UPDATE payouts SET voided_on = '2026-11-23' WHERE status = 'void'"],
  ['numbers_gapless', 'a live payout with a credit note', 'INV-2026-000002', `INSERT INTO documents VALUES ('CN-2026-000003', 'credit_note', 'CN-2026-{SEQ}', 3, '2026-11-22', ${payoutOf(2)}); UPDATE number_series SET last = 3 WHERE series LIKE 'CN%'`],
  ['numbers_gapless', 'a number that is not the one of its place in the series', 'INV-2026-000007', `UPDATE documents SET number = 'INV-2026-000007' WHERE payout = ${payoutOf(4)}; UPDATE payouts SET invoice_number = 'INV-2026-000007' WHERE number = ${payoutOf(4)}`],
  ['run_totals_agree', 'another total', 'R-000001', "UPDATE run_totals SET amount = amount + 1 WHERE run = 1 AND currency = 'USD'"],
  ['run_totals_agree', 'a missing total', 'R-000002', 'DELETE FROM run_totals WHERE run = 2'],
  ['run_totals_agree', 'a total of a currency that was not paid', 'R-000002', "INSERT INTO run_totals VALUES (2, 'JPY', 1, 1, 1)"],
  ['history_agrees', 'a history that ends elsewhere', 'INV-2026-000002', insertStep(2, 2, 'processing')],
  ['history_agrees', 'a step that no command takes', 'INV-2026-000002', `${insertStep(2, 2, 'paid')}; UPDATE payouts SET status = 'paid', paid_on = '2026-11-22' WHERE number = ${payoutOf(2)}`],
  ['history_agrees', 'a step that is missing', 'INV-2026-000002', `${insertStep(2, 3, 'processing')}; UPDATE payouts SET status = 'processing' WHERE number = ${payoutOf(2)}`],
  ['history_agrees', 'a payment without a day', 'INV-2026-000002', `${insertStep(2, 2, 'processing')}; ${insertStep(2, 3, 'paid')}; UPDATE payouts SET status = 'paid' WHERE number = ${payoutOf(2)}`],
  ['history_agrees', 'a day of payment of what is not paid', 'INV-2026-000002', `UPDATE payouts SET paid_on = '2026-11-22' WHERE number = ${payoutOf(2)}`],
  ['history_agrees', 'a history that does not begin with open', 'INV-2026-000003', `UPDATE payout_history SET status = 'approved' WHERE payout = ${payoutOf(3)} AND step = 1`],
  ['history_agrees', 'no history', 'INV-2026-000002', `DELETE FROM payout_history WHERE payout = ${payoutOf(2)}`],
  ['redo_agrees', 'a payout in the place of a live one', 'INV-2026-000006', `UPDATE payouts SET replaces = ${payoutOf(2)} WHERE number = ${payoutOf(6)}`],
  ['redo_agrees', 'a payout in the place of one of somebody else', 'INV-2026-000006', `UPDATE payouts SET replaces = ${payoutOf(3)} WHERE number = ${payoutOf(6)}`],
  ['redo_agrees', 'a payout in the place of itself', 'INV-2026-000005', `UPDATE payouts SET replaces = NULL WHERE number = ${payoutOf(6)}; UPDATE payouts SET replaces = number WHERE number = ${payoutOf(5)}`],
  ['foreign_keys', 'a commission of nobody', 'commissions', "UPDATE commissions SET affiliate_id = 'nobody' WHERE id = 'c7'"],
  ['foreign_keys', 'a change of a commission that is not there', 'commission_changes', "INSERT INTO commission_changes VALUES (1, 999, 'a', 'b', 'c', 'd', 'e', 1, 1, 'f')"],
  ['sqlite_integrity', 'a value that a constraint forbids', 'file', "PRAGMA ignore_check_constraints = ON; UPDATE affiliates SET minimum = -1, minimum_currency = 'USD' WHERE id = 'aff_3'"],
];

describe('damage is seen by the check that covers it, and by no other', () => {
  test.each(damages)('%s: %s', async (check, _damage, subject, sql) => {
    sample.tamper(sql);
    expect(await sample.complaints()).toEqual([check]);
    const { problems } = await sample.ledger.read((reader) => runCheck(reader, check));
    expect(problems.map((problem) => problem.subject)).toContain(subject);
    for (const { message } of problems) expect(message.length).toBeGreaterThan(20);
  });

  test('every check has at least one such damage', () => {
    expect([...new Set(damages.map(([check]) => check))].sort()).toEqual([...CHECK_NAMES].sort());
  });
});

test('every problem is named, not only the first', async () => {
  sample.tamper('DELETE FROM open_items');
  const { problems } = await sample.ledger.read((reader) => runCheck(reader, 'open_items_agree'));
  expect(problems.map((problem) => problem.subject).sort()).toEqual(['c3', 'c5']);
});
