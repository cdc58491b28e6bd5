/**
 * The CSV of PayPal Payouts on the web: no header, one payout a line, by position (FORMATS.md 2.1). The
 * upload has no guard against a file that is sent twice; payrun's batches are that guard.
 */
import type { CurrencyCode } from '../core/currencies.js';
import { UsageError } from '../core/errors.js';
import { formatAmount } from '../core/money.js';
import type { Payment, PaymentOrder, PaymentProblem, PaymentWriter } from '../core/payment.js';
import { csvLines } from './csv.js';
import { byCurrency, isEmail, textProblem } from './payment-cells.js';
import { shortReference } from './payment-reference.js';

const MAX_ROWS = 5000;
const MAX_EMAIL = 127;
const MAX_CUSTOMER_ID = 30;
const MAX_NOTE = 400;
const NOTE_INVOICE = '{INVOICE}';
const WALLET = 'PAYPAL';
/** The id of an account at PayPal, which it takes in the place of an e-mail address. */
const PAYER_ID = /^[A-Z0-9]{13}$/;
/** PayPal takes no decimals of these, though ISO 4217 gives two of them two. */
const WHOLE_ONLY: ReadonlySet<CurrencyCode> = new Set(['HUF', 'JPY', 'TWD']);

const noteOf = (invoiceNumber: string, order: PaymentOrder): string =>
  Array.from(order.setting('note').replaceAll(NOTE_INVOICE, invoiceNumber).trim())
    .slice(0, MAX_NOTE)
    .join('');

/** The amount without its decimals; null where they are not zero and PayPal takes none. */
function amountText({ amount, currency }: Payment): string | null {
  const text = formatAmount(amount, currency);
  if (!WHOLE_ONLY.has(currency)) return text;
  const [whole = '', decimals = ''] = text.split('.');
  return /^0*$/.test(decimals) ? whole : null;
}

function check(order: PaymentOrder): void {
  const problem = textProblem(order.setting('note').trim());
  if (problem === null) return;
  throw new UsageError(`The note to payees ${problem}.`, {
    hint: 'Change it: payrun settings set export.paypal.note "Payout {INVOICE}"',
  });
}

function problem(payment: Payment, order: PaymentOrder): PaymentProblem | null {
  const account = payment.account?.trim() ?? '';
  if (account === '')
    return { reason: 'missing_account', message: 'there is no e-mail address of a PayPal account' };
  if (!PAYER_ID.test(account) && !isEmail(account, MAX_EMAIL)) {
    const message = `the account is no e-mail address of at most ${MAX_EMAIL} characters and no PayPal id`;
    return { reason: 'bad_email', message };
  }
  if (amountText(payment) === null) {
    return { reason: 'amount_limit', message: `PayPal takes no decimals in ${payment.currency}` };
  }
  const note = textProblem(noteOf(payment.invoiceNumber, order));
  return note === null
    ? null
    : { reason: 'bad_characters', message: `the note with its invoice number ${note}` };
}

export const paypal: PaymentWriter = {
  extension: 'csv',
  check,
  problem,
  reference: (payment) => shortReference(payment.invoiceNumber, MAX_CUSTOMER_ID),
  files: (payments, order) =>
    byCurrency(payments, MAX_ROWS).map(({ currency, payments: some }) => {
      const lines = some.map((payment) => [
        payment.account?.trim() ?? '',
        (amountText(payment) ?? '').replace('.', order.setting('decimal-mark')),
        currency,
        payment.reference,
        noteOf(payment.invoiceNumber, order),
        WALLET,
      ]);
      return { currency, content: csvLines(lines, '\r\n'), payments: some };
    }),
};
