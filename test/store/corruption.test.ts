import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { verifyAudit } from '../../src/app/audit.js';
import { verify } from '../../src/app/verify.js';
import { openLedger } from '../../src/store/open.js';
import { withConnection } from '../../src/store/sqlite.js';
import { CHECK_NAMES, CHECK_RULES, runCheck, type CheckResult } from '../../src/store/verify.js';
import { richLedger } from './rich-ledger.js';
import { ledgerFolder, tamper, type SampleLedger } from './sample-ledger.js';

let folder: string;
let sound: SampleLedger;
let path: string;

beforeAll(async () => {
  sound = await richLedger();
  await sound.ledger.close();
  folder = await ledgerFolder();
  path = join(folder, 'ledger.db');
});

afterAll(async () => {
  await sound.remove();
  await rm(folder, { recursive: true });
});

/** What every check finds in the sound ledger after something was done to it behind its back. */
async function foundAfter(damage: () => void): Promise<CheckResult[]> {
  for (const suffix of ['-wal', '-shm']) await rm(path + suffix, { force: true });
  await copyFile(sound.path, path);
  damage();
  const ledger = await openLedger(path, { waitMs: 1000 });
  try {
    return await ledger.read(async (reader) => {
      const results: CheckResult[] = [];
      for (const name of CHECK_NAMES) results.push(await runCheck(reader, name));
      return results;
    });
  } finally {
    await ledger.close();
  }
}

/** SQL that is run as it is; other damage leaves the triggers as they were. */
function schemaDamage(sql: string): void {
  withConnection(path, 'write', (connection) => {
    connection.unsafeMode(true);
    connection.exec(sql);
  });
}

const numberOf = (id: string): string => `(SELECT number FROM commissions WHERE id = '${id}')`;
const invoice = (sequence: number): string => `INV-2026-${String(sequence).padStart(6, '0')}`;
const payoutOf = (sequence: number): string =>
  `(SELECT number FROM payouts WHERE invoice_number = '${invoice(sequence)}')`;

const insertStep = (sequence: number, step: number, status: string): string => `
  INSERT INTO payout_history (payout, step, number, at, "by", os_user, status, on_day)
  VALUES (${payoutOf(sequence)}, ${step}, (SELECT max(number) + 1 FROM payout_history), '2026-11-22T12:00:00.000Z', 'kim', 'kim', '${status}', '2026-11-22')`;

const insertItem = (id: string, affiliateId: string): string => `
  INSERT INTO open_items SELECT '${affiliateId}', currency, number, amount, 'approved', available_on, earned_on,
    campaign, corrects FROM commissions WHERE id = '${id}'`;

const open = (id: string, set: string): string =>
  `UPDATE open_items SET ${set} WHERE commission = ${numberOf(id)}`;
const commission = (id: string, set: string): string => `UPDATE commissions SET ${set} WHERE id = '${id}'`;
const payout = (sequence: number, set: string): string =>
  `UPDATE payouts SET ${set} WHERE number = ${payoutOf(sequence)}`;
const step = (sequence: number, number: number, set: string): string =>
  `UPDATE payout_history SET ${set} WHERE payout = ${payoutOf(sequence)} AND step = ${number}`;
const said = (key: string, value: string): string => `said = json_set(said, '$.${key}', '${value}')`;

const BEFORE = '2026-01-01T12:00:00.000Z';
/** Makes the invoice of 24 November one of 1 January, in every place that says so. */
const MOVED_INVOICE = `
  UPDATE documents SET issued_on = '2026-01-01' WHERE number LIKE 'F%';
  UPDATE payouts SET issued_on = '2026-01-01', from_on = NULL, to_on = '2026-11-30' WHERE number = 13;
  UPDATE runs SET created_on = '2026-01-01', as_of = '2026-01-01', created_at = '${BEFORE}', from_on = NULL,
    to_on = '2026-11-30' WHERE number = 11;
  UPDATE payout_history SET at = '${BEFORE}', on_day = '2026-01-01' WHERE payout = 13;
  UPDATE commissions SET available_on = '2026-01-01' WHERE id = 'c50'`;

/** The steps after number 2 close up, and no export has seen more than there are. */
const WITHOUT_STEP_2 = `
  UPDATE payout_history SET number = -number WHERE number > 2;
  UPDATE payout_history SET number = -number - 1 WHERE number < 0;
  UPDATE exports SET steps_to = steps_to - 1`;

const item = (batch: number, sequence: number, set: string): string =>
  `UPDATE payment_items SET ${set} WHERE batch = ${batch} AND payout = ${payoutOf(sequence)}`;
const change = (number: number, set: string): string =>
  `UPDATE commission_changes SET ${set} WHERE number = ${number}`;
const batchStep = (from: number, number: number, to: string): string => `
  INSERT INTO payment_batch_history SELECT ${to}, verb, on_day, reason, reference, payouts, at, "by", os_user
  FROM payment_batch_history WHERE batch = ${from} AND step = ${number}`;

/** Each damage with the one check that must see it, and what the problem is about. */
// prettier-ignore
const damages: readonly [check: string, damage: string, subject: string, sql: string][] = [
  ['sqlite_integrity', 'a value that a constraint forbids', 'file', "PRAGMA ignore_check_constraints = ON; UPDATE affiliates SET minimum = -1, minimum_currency = 'USD' WHERE id = 'aff_3'"],
  ['foreign_keys', 'a commission of nobody', 'commissions', commission('c7', `affiliate_id = 'nobody', ${said('affiliate_id', 'nobody')}`)],
  ['foreign_keys', 'a change of a commission that is not there', 'commission_changes', "INSERT INTO commission_changes (commission, changed_at, changed_on, changed_by, status_before, status_after, amount_before, amount_after, reason) SELECT 999, changed_at, changed_on, changed_by, 'pending', 'approved', 1, 1, 'f' FROM commission_changes WHERE number = 1"],
  ['foreign_keys', 'a slot that gave way to one that is not there', 'schedule_slots', "UPDATE schedule_slots SET superseded_by = '2026-12-28' WHERE due_on = '2026-11-23'"],
  ['rows_gapless', 'a change that was taken out', 'commission_changes', 'DELETE FROM commission_changes WHERE number = 1'],
  ['rows_gapless', 'two affiliates whose beginning was taken out', 'affiliate_changes', 'DELETE FROM affiliate_changes WHERE number IN (2, 3)'],
  ['rows_gapless', 'a setting that was taken out', 'settings', 'DELETE FROM settings WHERE number = 3'],
  ['rows_gapless', 'an idempotency key that was taken out', 'idempotency_keys', 'DELETE FROM idempotency_keys WHERE number = 1'],
  ['rows_gapless', 'a commission that was taken out', 'commissions', "DELETE FROM commissions WHERE id = 'c6'"],
  ['rows_gapless', 'an export that was taken out', 'exports', 'UPDATE exports SET number = 2'],
  ['rows_gapless', 'a row before the first', 'idempotency_keys', 'UPDATE idempotency_keys SET number = 0 WHERE number = 1'],
  ['texts_parse', 'what the source said of a commission', 'c70', commission('c70', "said = '{'")],
  ['texts_parse', 'what the source said of an affiliate', 'aff_3', "UPDATE affiliates SET said = 'x' WHERE id = 'aff_3'"],
  ['texts_parse', 'the request of a run', 'R-000002', "UPDATE runs SET request = '' WHERE number = 2"],
  ['texts_parse', 'the options under a key', 'november', "UPDATE idempotency_keys SET typed = '[' WHERE number = 1"],
  ['texts_parse', 'the answer under a key', 'again', "UPDATE idempotency_keys SET answer = '{]' WHERE number = 2"],
  ['texts_parse', 'an answer that cannot be inflated', 'again', "UPDATE idempotency_keys SET answer = 'deflated:eJx' WHERE number = 2"],
  ['texts_parse', 'an answer that is no JSON when it is inflated', 'again', `UPDATE idempotency_keys SET answer = 'deflated:${deflateSync('{]').toString('base64')}' WHERE number = 2`],
  ['texts_parse', 'the files of an export', 'E-000001', "UPDATE exports SET files = '[{'"],
  ['texts_parse', 'where a payout was to go', 'step 1 of payout 9', step(9, 1, "pay_to = 'x'")],
  ['texts_parse', 'the details of a payment', 'payout 8 in B-000002', item(2, 8, "details = ''")],
  ['days_exist', 'a day on which no bank pays', 'B-000002', "UPDATE payment_batches SET execution_on = '2026-12-32' WHERE number = 2"],
  ['days_exist', 'an export on a day before it was made', 'E-000001', "UPDATE exports SET exported_on = '2026-12-12'"],
  ['days_exist', 'a day that no calendar has', 'c7', commission('c7', "available_on = '2026-02-30'")],
  ['days_exist', 'a day of a setting', 'hold.days', "UPDATE settings SET set_on = '2026-13-01' WHERE number = 8"],
  ['days_exist', 'an instant that is none', 'november', "UPDATE idempotency_keys SET at = 'yesterday' WHERE number = 1"],
  ['days_exist', 'an instant in another form', 'again', "UPDATE idempotency_keys SET at = '2026-11-24T12:00:00Z' WHERE number = 2"],
  ['days_exist', 'a day of earning that is not the one given', 'c7', commission('c7', "earned_on = '2026-10-16'")],
  ['days_exist', 'a day of earning that it was nowhere on earth', 'c7', commission('c7', "earned_at = '2026-10-13T12:00:00Z'")],
  ['days_exist', 'a change on a day before it was recorded', 'change 8', "UPDATE commission_changes SET changed_on = '2026-11-20' WHERE number = 8"],
  ['days_exist', 'a change of an affiliate on a day to come', 'change 7', "UPDATE affiliate_changes SET changed_on = '2026-11-24' WHERE number = 7"],
  ['money_in_bounds', 'a sale of sixteen digits', 'c7', commission('c7', 'sale_amount = 1000000000000000')],
  ['money_in_bounds', 'a minimum of sixteen digits', 'aff_3', "UPDATE affiliates SET minimum = 1000000000000000, minimum_currency = 'USD' WHERE id = 'aff_3'"],
  ['money_in_bounds', 'a minimum in no currency', 'aff_3', "UPDATE affiliates SET minimum = 1, minimum_currency = 'XQX' WHERE id = 'aff_3'"],
  ['money_in_bounds', 'a commission in no currency', 'c7', commission('c7', `currency = 'XQX', ${said('currency', 'XQX')}`)],
  ['money_in_bounds', 'an affiliate who is paid in no currency', 'aff_3', "UPDATE affiliates SET currency = 'XQX' WHERE id = 'aff_3'"],
  ['money_in_bounds', 'a commission that was in no currency', 'change 9', change(9, "currency_before = 'XQX'")],
  ['settings_known', 'a value that a setting does not take', 'hold.days', "UPDATE settings SET value = 'soon' WHERE number = 8"],
  ['settings_known', 'a value that is written otherwise', 'hold.days', "UPDATE settings SET value = '014' WHERE number = 8"],
  ['settings_known', 'a setting that nobody knows', 'hold.weeks', "UPDATE settings SET key = 'hold.weeks' WHERE number = 8"],
  ['settings_known', 'a ledger without a time zone', 'timezone', "UPDATE settings SET key = 'company.name' WHERE key = 'timezone'"],
  ['payout_equals_lines', 'a line of another amount', invoice(2), `UPDATE payout_lines SET amount = 999 WHERE commission = ${numberOf('c1')}`],
  ['payout_equals_lines', 'a payout of another line count', invoice(2), `${payout(2, 'commissions = 2')}; UPDATE run_totals SET commissions = 3 WHERE run = 1 AND currency = 'USD'`],
  ['payout_equals_lines', 'a commission that was edited after it was paid', invoice(2), commission('c1', 'amount = 1001')],
  ['payout_equals_lines', 'a line of another affiliate', invoice(2), commission('c1', "affiliate_id = 'aff_2'")],
  ['payout_equals_lines', 'a line of another currency', invoice(2), commission('c1', "currency = 'EUR'")],
  ['one_live_payout', 'a commission on two live payouts', 'c1', `UPDATE payout_lines SET commission = ${numberOf('c1')}, released_on = '2026-11-22' WHERE payout = ${payoutOf(4)}; ${commission('c4', "status = 'rejected'")}`],
  ['one_live_payout', 'a released line of a live payout', invoice(2), `UPDATE payout_lines SET released_on = '2026-11-22' WHERE commission = ${numberOf('c1')}; ${insertItem('c1', 'aff_1')}`],
  ['one_live_payout', 'an unreleased line of a void payout', invoice(3), `UPDATE payout_lines SET released_on = NULL WHERE commission = ${numberOf('c3')}`],
  ['one_live_payout', 'a line released on another day than that of the void', invoice(3), `UPDATE payout_lines SET released_on = '2026-11-23' WHERE commission = ${numberOf('c3')}`],
  ['lines_were_payable', 'a paid commission that is not approved', 'c1', commission('c1', "status = 'pending'")],
  ['lines_were_payable', 'a credit that was not available yet', 'c1', commission('c1', "available_on = '2026-12-01'")],
  ['lines_were_payable', 'a credit that was earned after the range', 'c1', commission('c1', "earned_on = '2026-11-01', earned_at = '2026-11-01'")],
  ['lines_were_payable', 'a credit that was earned before the range', 'c1', commission('c1', "earned_on = '2026-09-30', earned_at = '2026-09-30'")],
  ['lines_were_payable', 'a credit of another campaign', 'c-p', commission('c-p', "campaign = 'q'")],
  ['lines_were_payable', 'a debit that was earned after its run', 'c2~1', commission('c2~1', "earned_on = '2027-01-01', earned_at = '2027-01-01', available_on = '2027-01-01'")],
  ['history_agrees', 'a history that ends elsewhere', invoice(2), insertStep(2, 2, 'processing')],
  ['history_agrees', 'a step that no command takes', invoice(2), `${insertStep(2, 2, 'paid')}; ${payout(2, "status = 'paid', paid_on = '2026-11-22'")}`],
  ['history_agrees', 'a step that is missing', invoice(2), `${insertStep(2, 3, 'processing')}; ${payout(2, "status = 'processing'")}`],
  ['history_agrees', 'a payment without a day', invoice(2), `${insertStep(2, 2, 'processing')}; ${insertStep(2, 3, 'paid')}; ${payout(2, "status = 'paid'")}`],
  ['history_agrees', 'a day of payment of what is not paid', invoice(2), payout(2, "paid_on = '2026-11-22'")],
  ['history_agrees', 'a history that does not begin with open', invoice(3), step(3, 1, "status = 'approved'")],
  ['history_agrees', 'no history', invoice(2), `DELETE FROM payout_history WHERE payout = ${payoutOf(2)}; ${WITHOUT_STEP_2}`],
  ['history_agrees', 'a status once more that nobody said yes to', invoice(11), insertStep(11, 5, 'returned')],
  ['steps_agree', 'a first step at another instant than its run', invoice(2), step(2, 1, `at = '2026-11-24T12:00:00.000Z'`)],
  ['steps_agree', 'a first step on another day than its payout', invoice(2), step(2, 1, "on_day = '2026-11-21'")],
  ['steps_agree', 'a step before the issue', invoice(9), step(9, 2, "on_day = '2026-11-21'")],
  ['steps_agree', 'a step after it was recorded', invoice(9), step(9, 2, "on_day = '2026-11-24'")],
  ['steps_agree', 'a step without a day', invoice(9), step(9, 2, 'on_day = NULL')],
  ['steps_agree', 'a return before the payment', invoice(11), step(11, 3, "on_day = '2026-11-23'")],
  ['steps_agree', 'another day of payment', invoice(7), payout(7, "paid_on = '2026-11-23'")],
  ['steps_agree', 'a void on another day', invoice(3), step(3, 2, "on_day = '2026-11-23'")],
  ['steps_agree', 'another reference of what is paid', invoice(7), payout(7, "reference = 'B1'")],
  ['steps_agree', 'a reference of what came back', invoice(11), payout(11, "reference = 'B5'")],
  ['history_numbers', 'a step without a number', invoice(4), step(4, 2, 'number = NULL')],
  ['history_numbers', 'a number that is left out', invoice(13), step(13, 2, 'number = 43')],
  ['history_numbers', 'steps that are numbered in another order', invoice(4), 'UPDATE payout_history SET number = -30 WHERE number = 30; UPDATE payout_history SET number = 30 WHERE number = 32; UPDATE payout_history SET number = 32 WHERE number = -30'],
  ['history_numbers', 'a step that had seen less than the one before', invoice(13), step(13, 2, 'changes_before = 3')],
  ['history_numbers', 'a step that had seen a change that is not there', invoice(13), step(13, 2, 'changes_before = 99')],
  ['handovers_agree', 'a payment by another method than the handover', invoice(4), step(4, 3, "method = 'wise'")],
  ['handovers_agree', 'a payment in a batch that was handed over in none', invoice(7), step(7, 3, 'batch = 1')],
  ['handovers_agree', 'a handover by another method than that of its batch', invoice(8), "UPDATE payment_batches SET method = 'wise' WHERE number = 2"],
  ['handovers_agree', 'an approval with a method', invoice(8), step(8, 2, "method = 'paypal'")],
  ['handovers_agree', 'an issue that does not say where the money was to go', invoice(9), step(9, 1, 'pay_to = NULL')],
  ['handovers_agree', 'a handover that says yes to where the money goes', invoice(9), step(9, 2, "pay_to = '[]'")],
  ['redo_agrees', 'a payout in the place of a live one', invoice(6), payout(6, `replaces = ${payoutOf(2)}`)],
  ['redo_agrees', 'a payout in the place of one of somebody else', invoice(6), payout(6, `replaces = ${payoutOf(3)}`)],
  ['redo_agrees', 'a payout in the place of itself', invoice(5), `${payout(6, 'replaces = NULL')}; ${payout(5, 'replaces = number')}`],
  ['redo_agrees', 'a payout with another override than the one before', invoice(6), 'UPDATE runs SET override_minimum = 1 WHERE number = 4'],
  ['redo_agrees', 'a payout on another day than the void', 'F2026-aff_5-0001', "UPDATE payouts SET replaces = 12 WHERE invoice_number LIKE 'F%'"],
  ['payouts_of_run', 'a run of another day', invoice(4), "UPDATE runs SET created_on = '2026-11-23' WHERE number = 2"],
  ['payouts_of_run', 'a run as of a day to come', 'R-000002', "UPDATE runs SET as_of = '2026-11-23' WHERE number = 2"],
  ['payouts_of_run', 'a run for somebody else', invoice(4), "UPDATE runs SET affiliate_id = 'aff_2' WHERE number = 2"],
  ['payouts_of_run', 'a run in another currency', invoice(6), "UPDATE runs SET currency = 'USD' WHERE number = 4"],
  ['payouts_of_run', 'a run of another range', invoice(4), "UPDATE runs SET from_on = '2026-09-01' WHERE number = 2"],
  ['payouts_of_run', 'a run without a payout', 'R-000013', "INSERT INTO runs (number, kind, from_on, to_on, as_of, override_minimum, created_at, created_on, created_by, os_user, request) SELECT 13, kind, from_on, to_on, as_of, override_minimum, created_at, created_on, created_by, os_user, request FROM runs WHERE number = 1"],
  ['payouts_of_run', 'payouts in another order', invoice(4), `${payout(4, 'run = 1')}; UPDATE run_totals SET payouts = 3, commissions = 3, amount = 2500 WHERE run = 1 AND currency = 'USD'; DELETE FROM run_totals WHERE run = 2`],
  ['run_totals_agree', 'another total', 'R-000001', "UPDATE run_totals SET amount = amount + 1 WHERE run = 1 AND currency = 'USD'"],
  ['run_totals_agree', 'a missing total', 'R-000002', 'DELETE FROM run_totals WHERE run = 2'],
  ['run_totals_agree', 'a total of a currency that was not paid', 'R-000002', "INSERT INTO run_totals VALUES (2, 'JPY', 1, 1, 1)"],
  ['slots_agree', 'a slot on a day that is none', '2026-12-14', "UPDATE schedule_slots SET frequency = 'monthly' WHERE due_on = '2026-12-14'"],
  ['slots_agree', 'a slot of a setting that is no schedule', '2026-12-14', "UPDATE schedule_slots SET setting = 1 WHERE due_on = '2026-12-14'"],
  ['slots_agree', 'a slot that was recorded before its day', '2026-12-21', "UPDATE schedule_slots SET due_on = '2026-12-21' WHERE due_on = '2026-12-14'"],
  ['slots_agree', 'a slot that a manual run paid', '2026-12-07', "UPDATE runs SET kind = 'manual' WHERE kind = 'scheduled'"],
  ['slots_agree', 'a slot whose run left something out', '2026-12-07', "UPDATE runs SET override_minimum = 1 WHERE kind = 'scheduled'"],
  ['slots_agree', 'a scheduled run without a slot', 'R-000012', "UPDATE schedule_slots SET outcome = 'nothing', run = NULL WHERE outcome = 'paid'"],
  ['slots_agree', 'a slot that gave way to one that gave way', '2026-11-23', "UPDATE schedule_slots SET superseded_by = '2026-11-30' WHERE due_on = '2026-11-23'"],
  ['numbers_gapless', 'a series that has taken more numbers than it holds', 'INV-2026-{SEQ}', "UPDATE number_series SET last = 14 WHERE series LIKE 'INV%'"],
  ['numbers_gapless', 'a gap in a series', 'INV-2026-{SEQ}', "UPDATE documents SET sequence = 15 WHERE number = 'INV-2026-000013'; UPDATE number_series SET last = 15 WHERE series LIKE 'INV%'"],
  ['numbers_gapless', 'a number that is dated before the one before it', invoice(4), `UPDATE documents SET issued_on = '2026-11-21' WHERE payout = ${payoutOf(4)}`],
  ['numbers_gapless', 'an invoice that is registered under another number', invoice(2), `UPDATE documents SET number = 'X' WHERE payout = ${payoutOf(2)}`],
  ['numbers_gapless', 'a void payout whose credit note is another', invoice(3), "UPDATE documents SET number = 'X' WHERE number = 'CN-2026-000001'"],
  ['numbers_gapless', 'a credit note of another day', invoice(12), "UPDATE documents SET issued_on = '2026-11-23' WHERE number = 'CN-2026-000003'"],
  ['numbers_gapless', 'a live payout with a credit note', invoice(2), `INSERT INTO documents VALUES ('CN-2026-000004', 'credit_note', 'CN-2026-{SEQ}', 4, '2026-11-22', ${payoutOf(2)}); UPDATE number_series SET last = 4 WHERE series LIKE 'CN%'`],
  ['numbers_gapless', 'a number that is not the one of its place in the series', invoice(99), `UPDATE documents SET number = '${invoice(99)}' WHERE payout = ${payoutOf(4)}; ${payout(4, `invoice_number = '${invoice(99)}'`)}`],
  ['numbers_of_pattern', 'a number of a pattern that nobody set', 'F2026-aff_5-0001', "UPDATE settings SET value = 'G{YYYY}-{AFFILIATE}-{SEQ:4}' WHERE number = 5"],
  ['numbers_of_pattern', 'a number with the parts of another day', 'F2026-aff_5-0001', "UPDATE settings SET value = 'F{YY}-{AFFILIATE}-{SEQ:4}' WHERE number = 5"],
  ['issue_days_ascend', 'an invoice of another series that is dated before the one before it', 'F2026-aff_5-0001', MOVED_INVOICE],
  ['open_items_agree', 'an unpaid commission that is no open item', 'c5', `DELETE FROM open_items WHERE commission = ${numberOf('c5')}`],
  ['open_items_agree', 'an open item of another amount', 'c5', open('c5', 'amount = 701')],
  ['open_items_agree', 'an open item of another status', 'c5', open('c5', "status = 'approved'")],
  ['open_items_agree', 'an open item that is available on another day', 'c5', open('c5', "available_on = '2026-01-01'")],
  ['open_items_agree', 'an open item that was earned on another day', 'c5', open('c5', "earned_on = '2026-01-01'")],
  ['open_items_agree', 'an open item of another campaign', 'c5', open('c5', "campaign = 'spring'")],
  ['open_items_agree', 'an open item that takes something else back', 'c5', open('c5', `corrects = ${numberOf('c1')}`)],
  ['open_items_agree', 'an open item that is on a live payout', 'c1', insertItem('c1', 'aff_1')],
  ['open_items_agree', 'an open item that is rejected', 'c7', insertItem('c7', 'aff_1')],
  ['open_items_agree', 'an open item twice, under another affiliate', 'c5', insertItem('c5', 'aff_1')],
  ['links_agree', 'a debit that takes back what is of somebody else', 'd30', `${commission('d30', `corrects = ${numberOf('c1')}`)}; ${open('d30', `corrects = ${numberOf('c1')}`)}`],
  ['links_agree', 'a debit that takes itself back', 'd30', `${commission('d30', 'corrects = number')}; ${open('d30', 'corrects = commission')}`],
  ['links_agree', 'a correction of another kind', 'c2~2', commission('c2~2', "kind = 'bonus'")],
  ['links_agree', 'a correction that is held', 'c2~1', commission('c2~1', "available_on = '2026-12-24'")],
  ['made_ids_gapless', 'a correction of another number', 'c2~7', commission('c2~2', "id = 'c2~7'")],
  ['made_ids_gapless', 'an adjustment of another number', 'ADJ~000009', commission('ADJ~000002', "id = 'ADJ~000009'")],
  ['made_ids_gapless', 'an id of a source with a tilde', 'c~7', commission('c7', "id = 'c~7'")],
  ['commissions_as_said', 'what the source said of a paid commission', 'c1', commission('c1', said('amount', '10.01'))],
  ['commissions_as_said', 'what the source said of a corrected one', 'c2', commission('c2', said('amount', '9.00'))],
  ['commissions_as_said', 'an unpaid commission that was edited everywhere', 'c5', `${commission('c5', 'amount = 701')}; ${open('c5', 'amount = 701')}`],
  ['commissions_as_said', 'a rejection by the source of what was paid, without a correction', 'c1', commission('c1', said('status', 'rejected'))],
  ['commissions_as_said', 'a rejection by an operator of what was paid, without a correction', 'c4', commission('c4', "decided = 'rejected'")],
  ['commissions_as_said', 'a commission of another affiliate than its source said', 'c7', commission('c7', "affiliate_id = 'aff_2'")],
  ['commissions_as_said', 'a commission of another kind than its source said', 'c7', commission('c7', "kind = 'bonus'")],
  ['commissions_as_said', 'a correction that is still due although its original was paid elsewhere', 'c40', `${commission('c40~1', "status = 'approved'")}; ${insertItem('c40~1', 'aff_5')}; UPDATE commission_changes SET status_after = 'approved' WHERE number = 5`],
  ['decisions_stand', 'a rejection that does not count', 'c14', commission('c14', "decided = 'rejected'")],
  ['decisions_stand', 'an approval that does not count', 'c15', commission('c15', "decided = 'approved'")],
  ['commission_changes_agree', 'a change that begins elsewhere', 'c14', "UPDATE commission_changes SET status_before = 'pending' WHERE number = 7"],
  ['commission_changes_agree', 'a change that ends elsewhere than what stands', 'c15', "UPDATE commission_changes SET status_after = 'settled' WHERE number = 8"],
  ['commission_changes_agree', 'a change to another amount', 'c15', 'UPDATE commission_changes SET amount_after = 121 WHERE number = 8'],
  ['commission_changes_agree', 'a status that no change led to', 'ADJ~000001', `${commission('ADJ~000001', "status = 'pending'")}; ${open('ADJ~000001', "status = 'pending'")}`],
  ['moves_agree', 'a move from where it is', 'd80', change(9, "affiliate_before = 'aff_3'")],
  ['moves_agree', 'a move from another day that is the same', 'd80', change(9, "earned_before = '2026-10-20'")],
  ['moves_agree', 'a move from nobody', 'd80', change(9, "affiliate_before = 'nobody'")],
  ['moves_agree', 'a move from an original that is not there', 'd80', change(10, 'corrects_before = 99')],
  ['moves_agree', 'a change before there was what it changed', 'd80', change(9, 'commissions_before = 3')],
  ['payment_items_agree', 'a payment of another amount', invoice(6), `${item(4, 6, 'amount = amount + 1')}; UPDATE payment_files SET amount = amount + 1 WHERE batch = 4`],
  ['payment_items_agree', 'a payment that failed, of a payout that is paid', invoice(4), item(1, 4, "outcome = 'failed'")],
  ['payment_items_agree', 'a payment that is under way, of a payout that came back', invoice(8), item(2, 8, 'outcome = NULL, outcome_on = NULL')],
  ['payment_items_agree', 'a payment that ended, of a payout that is on its way', invoice(13), item(4, 13, "outcome = 'paid', outcome_on = '2026-12-14'")],
  ['payment_items_agree', 'a payment of another day', invoice(4), item(1, 4, "outcome_on = '2026-12-13'")],
  ['payment_items_agree', 'a handover by a batch without the payout', invoice(9), step(9, 2, "batch = 1, method = 'paypal'")],
  ['payment_items_agree', 'a payout in a batch that did not hand it over', invoice(13), step(13, 2, 'batch = NULL')],
  ['payment_files_agree', 'a file with other bytes', 'B-000001', "UPDATE payment_files SET content = replace(content, 'ł', 'l') WHERE batch = 1 AND file = 1"],
  ['payment_files_agree', 'a file of more payouts', 'B-000004', 'UPDATE payment_files SET payouts = 3 WHERE batch = 4'],
  ['payment_files_agree', 'a file in another currency', 'B-000004', "UPDATE payment_files SET currency = 'USD' WHERE batch = 4"],
  ['payment_files_agree', 'a file that was taken out', 'B-000001', 'UPDATE payment_files SET file = 3 WHERE batch = 1 AND file = 2; UPDATE payment_items SET file = 3 WHERE batch = 1 AND file = 2'],
  ['payment_batches_agree', 'a batch of more payouts than it has', 'B-000001', 'UPDATE payment_batch_history SET payouts = 9 WHERE batch = 1'],
  ['payment_batches_agree', 'a batch without a history', 'B-000002', 'DELETE FROM payment_batch_history WHERE batch = 2'],
  ['payment_batches_agree', 'a step that was taken out', 'B-000003', 'UPDATE payment_batch_history SET step = 3 WHERE batch = 3 AND step = 2'],
  ['payment_batches_agree', 'a batch that was made twice', 'B-000001', batchStep(1, 1, '1, 2')],
  ['payment_batches_agree', 'a batch that was cancelled twice', 'B-000003', batchStep(3, 2, '3, 3')],
  ['payment_batches_agree', 'a cancelled batch that is under way', 'B-000004', batchStep(3, 2, '4, 2')],
  ['payment_batches_agree', 'a cancelled payment of a batch that is not', 'B-000001', item(1, 6, "outcome = 'cancelled'")],
  ['exports_agree', 'an export that had seen steps that are not there', 'E-000001', 'UPDATE exports SET steps_to = 99'],
  ['exports_agree', 'an export without files', 'E-000001', "UPDATE exports SET files = '[]'"],
  ['exports_agree', 'a file without a digest', 'E-000001', "UPDATE exports SET files = json_remove(files, '$[0].sha256')"],
  ['exports_agree', 'a range that ends before it begins', 'E-000001', "UPDATE exports SET from_on = '2026-12-01'"],
  ['affiliate_changes_agree', 'a change that begins elsewhere', 'aff_2', "UPDATE affiliate_changes SET value_before = 'Zoe' WHERE number = 7"],
  ['affiliate_changes_agree', 'a name that no change led to', 'aff_2', "UPDATE affiliates SET name = 'Zoe' WHERE id = 'aff_2'"],
  ['affiliate_changes_agree', 'a status that was lifted without a word', 'aff_2', "UPDATE affiliates SET status = 'active' WHERE id = 'aff_2'"],
  ['affiliate_changes_agree', 'a beginning of somebody else', 'aff_1', "UPDATE affiliate_changes SET value_after = 'aff_9' WHERE number = 1"],
  ['audit_chain', 'a row that was changed', 'audit 9', "UPDATE audit SET request = '{}' WHERE number = 9"],
  ['audit_chain', 'a row that was removed', 'audit 9', 'DELETE FROM audit WHERE number = 9'],
  ['audit_chain', 'a row that was inserted', 'audit 73', "INSERT INTO audit SELECT 73, at, actor, os_user, command, request, result, previous, 'f' FROM audit WHERE number = 72"],
  ['audit_covers', 'a change of a commission', 'c15', "UPDATE commission_changes SET changed_at = '2026-11-22T12:00:00.001Z' WHERE number = 8"],
  ['audit_covers', 'a change of an affiliate by another account', 'aff_2', "UPDATE affiliate_changes SET os_user = 'lee' WHERE number = 7"],
  ['audit_covers', 'a setting by somebody else', 'hold.days', "UPDATE settings SET set_by = 'lee' WHERE number = 8"],
  ['audit_covers', 'a commission', 'c7', commission('c7', "recorded_at = '2026-11-22T12:00:00.001Z'")],
  ['audit_covers', 'an affiliate', 'aff_3', "UPDATE affiliates SET recorded_at = '2026-11-22T12:00:00.001Z' WHERE id = 'aff_3'"],
  ['audit_covers', 'a step of a payout', invoice(9), step(9, 2, "at = '2026-11-22T12:00:00.001Z'")],
  ['audit_covers', 'a run and its payouts', 'R-000012', "UPDATE runs SET created_by = 'lee' WHERE number = 12; UPDATE payout_history SET \"by\" = 'lee' WHERE payout = 14"],
  ['audit_covers', 'a payment batch', 'B-000001', "UPDATE payment_batches SET created_by = 'lee' WHERE number = 1; UPDATE payment_batch_history SET \"by\" = 'lee' WHERE batch = 1"],
  ['audit_covers', 'a step of a payment batch', 'B-000003', "UPDATE payment_batch_history SET \"by\" = 'lee' WHERE batch = 3 AND step = 2"],
  ['audit_covers', 'an export', 'E-000001', "UPDATE exports SET exported_by = 'lee'"],
  ['audit_covers', 'a slot', '2026-12-14', "UPDATE schedule_slots SET recorded_by = 'lee' WHERE due_on = '2026-12-14'"],
];

/** Damage of the schema itself; such SQL is run as it is. */
// prettier-ignore
const schemaDamages: readonly [damage: string, subject: string, sql: string][] = [
  ['a trigger that is missing', 'payouts_stay', 'DROP TRIGGER payouts_stay'],
  ['a trigger that does nothing', 'payouts_stay', 'DROP TRIGGER payouts_stay; CREATE TRIGGER payouts_stay BEFORE DELETE ON payouts WHEN 0 BEGIN SELECT 1; END'],
  ['a trigger that is not of payrun', 'helps', 'CREATE TRIGGER helps AFTER INSERT ON payouts BEGIN SELECT 1; END'],
  ['an index that is missing', 'live_lines', 'DROP INDEX live_lines'],
  ['an index that is no longer unique', 'live_lines', 'DROP INDEX live_lines; CREATE INDEX live_lines ON payout_lines (commission) WHERE released_on IS NULL'],
  ['a table that is not of payrun', 'notes', 'CREATE TABLE notes (text)'],
  ['a column that is not of payrun', 'payouts', 'ALTER TABLE payouts ADD COLUMN note TEXT'],
  ['a constraint that is gone', 'payout_lines', "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (amount <> 0)', '') WHERE name = 'payout_lines'"],
];

const complaints = (results: readonly CheckResult[]) =>
  results.filter(({ ok }) => !ok).map(({ name }) => name);

describe('a ledger with something of everything', () => {
  test('passes every check, and each looked at something', async () => {
    const results = await foundAfter(() => undefined);
    expect(results.flatMap(({ problems }) => problems)).toEqual([]);
    expect(results.filter(({ checked }) => checked === 0).map(({ name }) => name)).toEqual([]);
  });
});

describe('damage is seen by the check that covers it, and by no other', () => {
  const expectOnly = (results: readonly CheckResult[], check: string, subject: string): void => {
    expect(complaints(results)).toEqual([check]);
    const problems = results.flatMap((result) => result.problems);
    expect(problems.map((problem) => problem.subject)).toContain(subject);
    for (const { message } of problems) expect(message.length).toBeGreaterThan(14);
  };

  test.each(damages)('%s: %s', async (check, _damage, subject, sql) => {
    expectOnly(
      await foundAfter(() => {
        tamper(path, sql);
      }),
      check,
      subject,
    );
  });

  test.each(schemaDamages)('schema_as_made: %s', async (_damage, subject, sql) => {
    expectOnly(
      await foundAfter(() => {
        schemaDamage(sql);
      }),
      'schema_as_made',
      subject,
    );
  });
});

test('a reference of several columns is seen, too', async () => {
  const results = await foundAfter(() => {
    tamper(path, 'UPDATE payment_items SET file = 9 WHERE batch = 2');
  });
  expect(complaints(results)).toEqual(['foreign_keys', 'payment_files_agree']);
  expect(results.flatMap(({ problems }) => problems)[0]).toEqual({
    subject: 'payment_items',
    message: 'the row of payment_items with batch 2, payout 8, file 9 refers to no row of payment_files',
  });
});

test('every check has at least one such damage, and docs/checks.md tells its rule', async () => {
  const covered = new Set(['schema_as_made', ...damages.map(([check]) => check)]);
  expect([...covered].sort()).toEqual([...CHECK_NAMES].sort());
  const page = (await readFile(new URL('../../docs/checks.md', import.meta.url), 'utf8')).replace(
    /\s+/g,
    ' ',
  );
  const untold = [...CHECK_RULES].filter(
    ([name, rule]) => !page.includes(`\`${name}\``) || !page.includes(rule),
  );
  expect(untold.map(([name]) => name)).toEqual([]);
});

test('every problem is named, not only the first', async () => {
  const results = await foundAfter(() => {
    tamper(path, "DELETE FROM open_items WHERE status = 'pending'");
  });
  expect(results.flatMap(({ problems }) => problems.map(({ subject }) => subject)).sort()).toEqual([
    'c5',
    'c70',
  ]);
});

test('the audit log of a ledger without a time zone is proved all the same', async () => {
  for (const suffix of ['-wal', '-shm']) await rm(path + suffix, { force: true });
  await copyFile(sound.path, path);
  tamper(path, "UPDATE settings SET key = 'company.name' WHERE key = 'timezone'");
  const ledger = await openLedger(path, { waitMs: 1000 });
  try {
    const { ok, head } = await verifyAudit({ ...sound.work, ledger }, null);
    expect([ok, head?.timezone]).toEqual([true, 'UTC']);
  } finally {
    await ledger.close();
  }
});

describe('a check that cannot be made to its end has found a problem', () => {
  test.each([
    [
      'a sum that leaves 64 bits',
      () => {
        tamper(path, `UPDATE payout_lines SET amount = 9000000000000000000 WHERE payout = 14`);
      },
      'payout_equals_lines',
    ],
    [
      'a table that is missing',
      () => {
        schemaDamage('PRAGMA foreign_keys = OFF; DROP TABLE number_series');
      },
      'numbers_gapless',
    ],
  ])('%s', async (_damage, damage, check) => {
    for (const suffix of ['-wal', '-shm']) await rm(path + suffix, { force: true });
    await copyFile(sound.path, path);
    damage();
    const ledger = await openLedger(path, { waitMs: 1000 });
    try {
      const { ok, checks } = await verify({ ...sound.work, ledger }, [check]);
      expect(ok).toBe(false);
      expect(checks[0]?.problems[0]?.message).toContain('the check could not be made to its end: ');
    } finally {
      await ledger.close();
    }
  });
});
