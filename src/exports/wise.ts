/**
 * The CSV of Wise batch payments (FORMATS.md 2.2): one template for payees by e-mail, one for accounts by
 * IBAN, each in files of its own, one target currency a file. The amount is what arrives.
 */
import { compactCode, IBAN_PROBLEMS, ibanProblem } from '../core/iban.js';
import { formatAmount } from '../core/money.js';
import type {
  Payment,
  PaymentFileContent,
  PaymentOrder,
  PaymentProblem,
  PaymentWriter,
  ReferencedPayment,
} from '../core/payment.js';
import { csvLines } from './csv.js';
import { byCurrency, isEmail, nameProblem } from './payment-cells.js';
import { shortReference } from './payment-reference.js';

const MAX_ROWS = 1000;
const MAX_EMAIL = 254;
const MAX_REFERENCE = 35;
const MAX_REFERENCE_GBP = 18;

/** Renamed columns make an upload fail. */
const EMAIL_COLUMNS = [
  'name',
  'recipientEmail',
  'paymentReference',
  'receiverType',
  'amountCurrency',
  'amount',
  'sourceCurrency',
  'targetCurrency',
] as const;
const IBAN_COLUMNS = [...EMAIL_COLUMNS, 'IBAN'] as const;

const accountOf = ({ account }: Payment): string => account?.trim() ?? '';
const isByEmail = (payment: Payment): boolean => accountOf(payment).includes('@');

function problem(payment: Payment): PaymentProblem | null {
  const account = accountOf(payment);
  if (account === '') {
    return { reason: 'missing_account', message: 'there is no account: an e-mail address or an IBAN' };
  }
  if (isByEmail(payment)) {
    if (!isEmail(account, MAX_EMAIL))
      return { reason: 'bad_email', message: 'the account is no e-mail address' };
  } else if (!/^[A-Za-z]{2}[0-9]{2}/.test(account)) {
    const message =
      'the account is neither an IBAN nor an e-mail address, the two that a file for Wise can name';
    return { reason: 'bad_account', message };
  } else {
    const wrong = ibanProblem(compactCode(account));
    if (wrong !== null) return { reason: 'bad_iban', message: IBAN_PROBLEMS[wrong] };
  }
  return nameProblem(payment.payee);
}

/** Wise writes to the payee where it knows his address; a payment by IBAN needs none. */
function emailCell(payment: Payment): string {
  if (isByEmail(payment)) return accountOf(payment);
  const email = payment.email?.trim() ?? '';
  return isEmail(email, MAX_EMAIL) ? email : '';
}

function lineOf(payment: ReferencedPayment, order: PaymentOrder): string[] {
  const source = order.setting('source-currency');
  return [
    payment.payee.trim(),
    emailCell(payment),
    payment.reference,
    payment.isCompany ? 'INSTITUTION' : 'PERSON',
    'target',
    formatAmount(payment.amount, payment.currency),
    source === '' ? payment.currency : source,
    payment.currency,
  ];
}

function filesOf(
  payments: readonly ReferencedPayment[],
  order: PaymentOrder,
  columns: readonly string[],
  bank: (payment: Payment) => readonly string[],
): PaymentFileContent[] {
  return byCurrency(payments, MAX_ROWS).map(({ currency, payments: some }) => {
    const lines = some.map((payment) => [...lineOf(payment, order), ...bank(payment)]);
    return { currency, content: csvLines([columns, ...lines], '\r\n'), payments: some };
  });
}

export const wise: PaymentWriter = {
  extension: 'csv',
  check: () => undefined,
  problem,
  reference: ({ invoiceNumber, currency }) =>
    shortReference(invoiceNumber, currency === 'GBP' ? MAX_REFERENCE_GBP : MAX_REFERENCE),
  files: (payments, order) => {
    const byEmail = payments.filter((payment) => isByEmail(payment));
    const byIban = payments.filter((payment) => !isByEmail(payment));
    return [
      ...filesOf(byEmail, order, EMAIL_COLUMNS, () => []),
      ...filesOf(byIban, order, IBAN_COLUMNS, (payment) => [compactCode(accountOf(payment))]),
    ];
  },
};
