/** Payment files were sent to a provider and are no answer of one: nothing of them is paid yet. */
import { plain } from './result-layout.js';

/** The columns of the generic list; who adds one of the status has made an answer of it. */
const BANK_LIST = ['reference', 'payee', 'account', 'amount', 'currency', 'executiondate', 'affiliateid'];
const WISE_BATCH = ['recipientemail', 'paymentreference', 'receivertype', 'targetcurrency'];
const PAYPAL_COLUMNS = 6;
const PAYPAL_WALLET = /^(paypal|venmo)$/i;
const NACHA_HEADER = /^101[ 0-9].{90}\r?$/m;

/** Whether a file by its beginning is one for a bank's own machines: in XML, or ACH. */
export function isSentText(beginning: string): boolean {
  return /<CstmrCdtTrfInitn|pain\.001\./.test(beginning) || NACHA_HEADER.test(beginning);
}

/** Whether a file by its first row is a list of payments to be made. */
export function isSentTable(cells: readonly string[]): boolean {
  const titles = cells.map(plain);
  const has = (all: readonly string[]): boolean => all.every((title) => titles.includes(title));
  if ((has(BANK_LIST) || has(WISE_BATCH)) && !titles.includes('status')) return true;
  const [, amount = '', currency = ''] = cells;
  return (
    cells.length === PAYPAL_COLUMNS &&
    PAYPAL_WALLET.test(cells[PAYPAL_COLUMNS - 1] ?? '') &&
    /^[0-9]+(?:[.,][0-9]+)?$/.test(amount) &&
    /^[A-Z]{3}$/.test(currency)
  );
}
