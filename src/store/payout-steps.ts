/** What becomes of payouts: each step with its history, taking one back, and what stands in its place. */
import type { PayoutMethod } from '../core/affiliate.js';
import type { CalendarDate } from '../core/calendar.js';
import type { NumberSeries } from '../core/numbering.js';
import type { PayoutStatus } from '../core/payout.js';
import { recordChanges } from './commission-changes.js';
import { hasCorrection } from './corrections.js';
import { registerDocuments, takeNumbers } from './documents.js';
import type { Writer } from './ledger.js';
import { openItems } from './open-items.js';
import { settle } from './settlement.js';

/**
 * A payment that begins has the reference it is given; one that came back leaves neither day nor reference on
 * the payout, only in its history.
 */
const TAKE_STEP = `
  UPDATE payouts SET status = :status,
    paid_on = CASE :status WHEN 'paid' THEN :on WHEN 'returned' THEN NULL ELSE paid_on END,
    reference = CASE :status WHEN 'processing' THEN :reference WHEN 'paid' THEN coalesce(:reference, reference)
      WHEN 'returned' THEN NULL ELSE reference END
  WHERE invoice_number IN (SELECT value FROM json_each(:invoiceNumbers))`;

/** SQL of the place of a new step among those of all payouts, where several are recorded in this order. */
export const nextStep = (order: string): string => `
  (SELECT coalesce(max(number), 0) FROM payout_history) + row_number() OVER (ORDER BY ${order})`;

/** SQL of the last change of a commission so far. */
export const lastChange = '(SELECT coalesce(max(number), 0) FROM commission_changes)';

/** SQL of where an affiliate's money goes, as a step that says yes to it keeps it. */
export const payTo = (affiliate: string): string => `
  json_array(${affiliate}.payout_method, ${affiliate}.payout_account, ${affiliate}.payout_name,
    ${affiliate}.payout_bic)`;

/** SQL of what the last step says by which the payout was handed over. */
const handedOver = (column: 'method' | 'batch'): string => `(
  SELECT before.${column} FROM payout_history AS before
  WHERE before.payout = payout.number AND before.status = 'processing' ORDER BY before.step DESC LIMIT 1)`;

const RECORD_TAKEN = `
  INSERT INTO payout_history (payout, step, number, changes_before, at, "by", os_user, status, reason, on_day, reference, method,
    batch, pay_to)
  SELECT payout.number,
    1 + (SELECT max(step) FROM payout_history AS step WHERE step.payout = payout.number),
    ${nextStep('wanted.key')}, ${lastChange}, :at, :by, :osUser, payout.status, :reason, :on,
    CASE WHEN payout.status IN ('processing', 'paid') THEN payout.reference
      WHEN payout.status IN ('failed', 'returned') THEN :reference END,
    CASE WHEN payout.status = 'processing' THEN coalesce(:method, affiliate.payout_method)
      WHEN payout.status IN ('paid', 'failed', 'returned') THEN ${handedOver('method')} END,
    CASE WHEN payout.status = 'processing' THEN :batch
      WHEN payout.status IN ('paid', 'failed', 'returned') THEN ${handedOver('batch')} END,
    iif(payout.status = 'approved', ${payTo('affiliate')}, NULL)
  FROM json_each(:invoiceNumbers) AS wanted
  CROSS JOIN payouts AS payout ON payout.invoice_number = wanted.value
  CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id`;

/** SQL of whether a step says yes to payment details that were changed, and leaves the status. */
export const APPROVES_AGAIN = `(step.pay_to IS NOT NULL AND step.status IN ('failed', 'returned'))`;

const RECORD_APPROVED_AGAIN = `
  INSERT INTO payout_history (payout, step, number, changes_before, at, "by", os_user, status, reason, on_day, pay_to)
  SELECT payout.number,
    1 + (SELECT max(step) FROM payout_history AS step WHERE step.payout = payout.number),
    ${nextStep('wanted.key')}, ${lastChange}, :at, :by, :osUser, payout.status, :reason, :on, ${payTo('affiliate')}
  FROM json_each(:invoiceNumbers) AS wanted
  CROSS JOIN payouts AS payout ON payout.invoice_number = wanted.value
  CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id`;

/**
 * What a payment in a batch has come to, when its payout has. The plus signs keep the planner from looking
 * through everything that was ever sent.
 */
const END_PAYMENTS = `
  UPDATE payment_items SET outcome = :status, outcome_on = :on,
    outcome_reference = coalesce(:reference, outcome_reference)
  WHERE payout IN (
      SELECT payout.number FROM json_each(:invoiceNumbers) AS wanted
      CROSS JOIN payouts AS payout ON payout.invoice_number = wanted.value)
    AND (+outcome IS NULL OR (+outcome = 'paid' AND :status = 'returned'))`;

const REPLACE = `
  UPDATE payouts SET replaces = (SELECT old.number FROM payouts AS old WHERE old.invoice_number = :old)
  WHERE invoice_number = :new`;

/** The payouts to be voided are in TEMP table `waiting`; their lines become open items again. */
const RELEASE_LINES = `
  UPDATE payout_lines SET released_on = :on
  WHERE released_on IS NULL AND payout IN (SELECT payout FROM temp.waiting)`;

/**
 * What the source called settled while the payout was live is settled now that it is not. What was settled
 * before and has a correction among the lines is to come to nothing without that line.
 */
const CALLED_SETTLED = `
  SELECT commission.number AS commission, 'source' AS status_by
  FROM temp.waiting AS waiting
  CROSS JOIN payout_lines AS line ON line.payout = waiting.payout
  CROSS JOIN commissions AS commission ON commission.number = line.commission
  WHERE commission.said ->> '$.status' = 'settled'
  UNION
  SELECT original.number, original.status_by
  FROM temp.waiting AS waiting
  CROSS JOIN payout_lines AS line ON line.payout = waiting.payout
  CROSS JOIN commissions AS correction ON correction.number = line.commission
  CROSS JOIN commissions AS original ON original.number = correction.corrects
  WHERE correction.origin = 'correction' AND original.status = 'settled'`;

/**
 * What its source alone approved, and called pending while the payout was live, follows its source again now
 * that it is unpaid. What was corrected stays as it is.
 */
const CALLED_PENDING = `
  SELECT commission.number AS commission
  FROM temp.waiting AS waiting
  CROSS JOIN payout_lines AS line ON line.payout = waiting.payout
  CROSS JOIN commissions AS commission ON commission.number = line.commission
  WHERE commission.status = 'approved' AND commission.status_by = 'source' AND commission.decided IS NULL
    AND commission.said ->> '$.status' = 'pending' AND NOT ${hasCorrection('commission.number')}`;

const RECORD_PENDING = recordChanges({
  from: `
    FROM (${CALLED_PENDING}) AS called
    CROSS JOIN commissions AS commission ON commission.number = called.commission
    ORDER BY commission.number`,
  status: "'pending'",
  reason: "'pending by the source; released by the void'",
});

const MAKE_PENDING = `
  UPDATE commissions SET status = 'pending' WHERE number IN (${CALLED_PENDING})`;

const REOPEN_ITEMS = openItems(`status IN ('pending', 'approved') AND number IN (
    SELECT line.commission
    FROM temp.waiting AS waiting CROSS JOIN payout_lines AS line ON line.payout = waiting.payout)`);

const VOID = `
  UPDATE payouts SET status = 'void', voided_on = :on,
    credit_note_number = (SELECT number FROM temp.numbered WHERE numbered.payout = payouts.number)
  WHERE number IN (SELECT payout FROM temp.waiting)`;

const RECORD_STEP = `
  INSERT INTO payout_history (payout, step, number, changes_before, at, "by", os_user, status, reason, on_day)
  SELECT payout, 1 + (SELECT max(step) FROM payout_history AS step WHERE step.payout = waiting.payout),
    ${nextStep('payout')}, ${lastChange}, :at, :by, :osUser, 'void', :reason, :on
  FROM temp.waiting AS waiting`;

/** What a step in the life of payouts leaves behind: on which day, and who recorded it when and why. */
export interface StepFacts {
  readonly on: CalendarDate;
  readonly at: string;
  readonly by: string;
  readonly osUser: string;
  readonly reason: string | null;
}

/**
 * Takes payouts to a status and writes the step into their history. The caller has checked that each may go
 * there; to void them is `voidPayouts`.
 */
export async function takeStep(
  writer: Writer,
  step: StepFacts & {
    readonly invoiceNumbers: readonly string[];
    readonly status: Exclude<PayoutStatus, 'open' | 'void'>;
    /**
     * Of the payment; a null keeps the one of a payment that is on its way. That of a failure or a return
     * stands in the history alone.
     */
    readonly reference: string | null;
    /** The payment batch by which they are handed over, and how it pays. */
    readonly batch?: { readonly number: bigint; readonly method: PayoutMethod };
  },
): Promise<void> {
  const { on, at, by, osUser, reason, status, reference, batch } = step;
  const invoiceNumbers = JSON.stringify(step.invoiceNumbers);
  await writer.run(TAKE_STEP, { invoiceNumbers, status, reference, on });
  const handover = { batch: batch?.number ?? null, method: batch?.method ?? null };
  await writer.run(RECORD_TAKEN, { invoiceNumbers, on, at, by, osUser, reason, reference, ...handover });
  if (status === 'paid' || status === 'failed' || status === 'returned') {
    await writer.run(END_PAYMENTS, { invoiceNumbers, status, on, reference });
  }
}

/** Writes into the history of payouts that their money may go where it goes now; their status stays. */
export async function approveDetails(
  writer: Writer,
  step: StepFacts & { readonly invoiceNumbers: readonly string[] },
): Promise<void> {
  const { on, at, by, osUser, reason } = step;
  const invoiceNumbers = JSON.stringify(step.invoiceNumbers);
  await writer.run(RECORD_APPROVED_AGAIN, { invoiceNumbers, on, at, by, osUser, reason });
}

/** Notes that one payout was made in the place of a void one. */
export async function recordReplacement(
  writer: Writer,
  replacement: { readonly old: string; readonly new: string },
): Promise<void> {
  await writer.run(REPLACE, { ...replacement });
}

export interface Voiding extends StepFacts {
  readonly invoiceNumbers: readonly string[];
  readonly reason: string;
  readonly series: NumberSeries;
}

/**
 * Takes payouts back: releases their lines, gives each a credit note number in the order of the invoices, and
 * puts what was released among the open items again. The caller has checked that each may be voided.
 */
export async function voidPayouts(writer: Writer, voiding: Voiding): Promise<void> {
  const { on, at, by, osUser, reason } = voiding;
  await writer.run('DROP TABLE IF EXISTS temp.waiting');
  await writer.run(
    'CREATE TEMP TABLE waiting (payout INTEGER PRIMARY KEY, affiliate_id TEXT NOT NULL, currency TEXT NOT NULL)',
  );
  await writer.run(
    `INSERT INTO temp.waiting (payout, affiliate_id, currency)
     SELECT number, affiliate_id, currency FROM payouts
     WHERE invoice_number IN (SELECT value FROM json_each(:invoiceNumbers))`,
    { invoiceNumbers: JSON.stringify(voiding.invoiceNumbers) },
  );
  await takeNumbers(writer, voiding.series, 'credit_note');
  await writer.run(RELEASE_LINES, { on });
  await settle(writer, CALLED_SETTLED, { on, at, by, reason: 'settled by the source; released by the void' });
  await writer.run(RECORD_PENDING, { on, at, by });
  await writer.run(MAKE_PENDING);
  await writer.run(REOPEN_ITEMS);
  await writer.run(VOID, { on });
  await writer.run(RECORD_STEP, { at, by, osUser, reason, on });
  await registerDocuments(writer, { kind: 'credit_note', issuedOn: on });
}
