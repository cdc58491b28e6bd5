/** Short numbers and words of journal entries, for programs that know a journal by them. */
import { createHash } from 'node:crypto';
import { PAYOUT_KINDS, type JournalEntry, type JournalKind } from '../core/journal.js';

/** Of sums of a month, and of what became of a payout, after its invoice number. */
const LETTERS: Readonly<Record<JournalKind, string>> = {
  earned: 'EA',
  clawed_back: 'CB',
  amended: 'AM',
  rejected: 'RJ',
  reinstated: 'RI',
  settled: 'SE',
  issued: 'IS',
  voided: 'VO',
  paid: 'PA',
  returned: 'RE',
};

const DIGEST_HEX_DIGITS = 10;
const DIGEST_DIGITS = 8;

/** Whether an entry is the sum of a month and not of one affiliate. */
export const isMonthly = ({ affiliateId }: JournalEntry): boolean => affiliateId === null;

/**
 * The number of an entry: the same in every export, and another in the next export of news, unless it is
 * about a payout, which happens once. An issued payout has its invoice number and a void one that of its
 * credit note; `INV-2026-000001-P3` was paid in the third step of its life. What accrued has its day and
 * eight characters of a digest of the entry's id, `A261031-0V5N2KQ1`; the sum of a month has its last day,
 * `20261031-EUR-PAW`.
 * @param part as in `FormatContext`
 */
export function entryNumber(entry: JournalEntry, part: number | null): string {
  const { kind, invoiceNumber, creditNoteNumber, step, postingDate, currency, method } = entry;
  const suffix = part === null ? '' : `-${part}`;
  const day = postingDate.replaceAll('-', '');
  if (isMonthly(entry)) {
    return `${day}-${currency}-${LETTERS[kind]}${method?.slice(0, 1).toUpperCase() ?? ''}${suffix}`;
  }
  if (invoiceNumber === null) return `A${day.slice(2)}-${digest(entry.id)}${suffix}`;
  if (kind === 'issued') return invoiceNumber;
  if (kind === 'voided' && creditNoteNumber !== null) return creditNoteNumber;
  return `${invoiceNumber}-${LETTERS[kind].slice(0, 1)}${step}`;
}

/**
 * The id of an entry as it stands. What accrued on a day may be told in parts, in one export of news after
 * the other, and each part needs an id of its own.
 * @param part as in `FormatContext`
 */
export function idInPart({ id, invoiceNumber }: JournalEntry, part: number | null): string {
  return part === null || invoiceNumber !== null ? id : `${id}/${part}`;
}

function digest(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex').slice(0, DIGEST_HEX_DIGITS);
  return Number.parseInt(hex, 16).toString(32).toUpperCase().padStart(DIGEST_DIGITS, '0');
}

/** What happened, when in a sum of a month, and how it was paid: `Payout paid 2026-10 (wise)`. */
export function monthWords({ words, postingDate, method }: JournalEntry): string {
  return `${words} ${postingDate.slice(0, 7)}${method === null ? '' : ` (${method})`}`;
}

/** How many commissions, or the payment's reference: `12 commissions`, `3 payouts`, `reference TX-1`. */
export function countWords({ kind, count, reference, invoiceNumber }: JournalEntry): string {
  if (invoiceNumber !== null) return reference === null ? invoiceNumber : `reference ${reference}`;
  const what = PAYOUT_KINDS.includes(kind) ? 'payout' : 'commission';
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
