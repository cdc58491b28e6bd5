/** The generic list of payments, for a bank's own import or for whoever types them: one row a payment. */
import { compactCode, IBAN_PROBLEMS, ibanProblem } from '../core/iban.js';
import { formatAmount } from '../core/money.js';
import type { Payment, PaymentOrder, PaymentProblem, PaymentWriter } from '../core/payment.js';
import { csvLines } from './csv.js';
import { byCurrency, nameProblem, textProblem } from './payment-cells.js';
import { shortReference } from './payment-reference.js';

const MAX_REFERENCE = 35;

const COLUMNS = [
  'reference',
  'payee',
  'account',
  'bic',
  'amount',
  'currency',
  'execution_date',
  'invoice_number',
  'affiliate_id',
  'country',
] as const;

const cell = (text: string | null): string => text?.trim() ?? '';

function problem(payment: Payment, { method }: PaymentOrder): PaymentProblem | null {
  const account = cell(payment.account);
  // What is paid by hand may go over the counter.
  if (account === '' && method !== 'manual') {
    return { reason: 'missing_account', message: 'there is no account' };
  }
  const inAccount = textProblem(account);
  if (inAccount !== null) return { reason: 'bad_account', message: `the account ${inAccount}` };
  const wrong = method === 'sepa' ? ibanProblem(compactCode(account)) : null;
  if (wrong !== null) return { reason: 'bad_iban', message: IBAN_PROBLEMS[wrong] };
  const inBic = textProblem(cell(payment.bic));
  if (inBic !== null) return { reason: 'bad_bic', message: `the BIC ${inBic}` };
  const inIds = textProblem(payment.invoiceNumber) ?? textProblem(payment.affiliateId);
  if (inIds !== null) {
    return { reason: 'bad_characters', message: `the invoice number or the affiliate's id ${inIds}` };
  }
  return nameProblem(payment.payee);
}

export const bankCsv: PaymentWriter = {
  extension: 'csv',
  check: () => undefined,
  problem,
  reference: ({ invoiceNumber }) => shortReference(invoiceNumber, MAX_REFERENCE),
  files: (payments, { executionOn }) =>
    byCurrency(payments, Math.max(payments.length, 1)).map(({ currency, payments: some }) => {
      const lines = some.map((payment) => [
        payment.reference,
        payment.payee.trim(),
        cell(payment.account),
        cell(payment.bic),
        formatAmount(payment.amount, currency),
        currency,
        executionOn,
        payment.invoiceNumber,
        payment.affiliateId,
        cell(payment.country),
      ]);
      return { currency, content: csvLines([COLUMNS, ...lines], '\n'), payments: some };
    }),
};
