/** What can be done about bills that a format cannot carry, and of which of them the row is. */
import type { Bill } from '../core/bill.js';
import type { JournalEntry } from '../core/journal.js';
import type { CellHints, CellPlace } from './machine-cells.js';

/** @param caller who has a name of its own for an affiliate: `QuickBooks` */
export const billHints = (caller: string): CellHints => ({
  text:
    `Say how ${caller} calls the affiliate: \`payrun settings set accounts.affiliate.<id> NAME\`; what is issued ` +
    'keeps the name that it was issued with.',
  code:
    'What is issued keeps its number: leave it out with a range, --run or --currency, and enter it by hand. ' +
    'invoice.pattern and credit-note.pattern make other numbers from then on.',
});

/** `INV-2026-000001 of aff_1`; nothing of the sum of a month. */
export function ofWhom({
  affiliateId,
  ...document
}: Pick<Bill, 'number' | 'affiliateId'> | JournalEntry): Pick<CellPlace, 'of'> {
  if (affiliateId === null) return {};
  const number = 'number' in document ? document.number : (document.invoiceNumber ?? document.id);
  return { of: `${number} of ${affiliateId}` };
}
