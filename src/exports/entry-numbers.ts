/** Short numbers and words of journal entries, for programs that know a journal by them. */
import { PAYOUT_KINDS, type JournalEntry, type JournalKind } from '../core/journal.js';
import { runNumber } from '../core/run.js';
import type { FormatContext } from './format.js';
import { shortDigest } from './short-digest.js';

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

const DIGEST_LENGTH = 8;

/** What was asked for, as far as sums depend on it. */
type Asked = Pick<FormatContext, 'part' | 'run'>;

/** Whether an entry is the sum of a month and not of one affiliate. */
export const isMonthly = ({ affiliateId }: JournalEntry): boolean => affiliateId === null;

/**
 * The number of an entry: the same in every export, and another in the next export of news, unless it is
 * about a payout, which happens once. An issued payout has its invoice number and a void one that of its
 * credit note; `INV-2026-000001-P3` was paid in the third step of its life. What accrued has its day and
 * eight characters of a digest of the entry's id, `A261031-0V5N2KQ1`; the sum of a month has its last day,
 * `20261031-EUR-PAW`, and of one run its number, `261031-EUR-PAW-R12`: QuickBooks keeps 21 characters.
 */
export function entryNumber(entry: JournalEntry, { part, run }: Asked): string {
  const { kind, invoiceNumber, creditNoteNumber, step, postingDate, currency, method } = entry;
  const suffix = part === null ? '' : `-${part}`;
  const day = postingDate.replaceAll('-', '');
  if (isMonthly(entry)) {
    const what = `${currency}-${LETTERS[kind]}${method?.slice(0, 1).toUpperCase() ?? ''}`;
    return `${run === null ? day : day.slice(2)}-${what}${run === null ? '' : `-R${runNumber(run)}`}${suffix}`;
  }
  if (invoiceNumber === null) return `A${day.slice(2)}-${shortDigest(entry.id, DIGEST_LENGTH)}${suffix}`;
  if (kind === 'issued') return invoiceNumber;
  if (kind === 'voided' && creditNoteNumber !== null) return creditNoteNumber;
  return `${invoiceNumber}-${LETTERS[kind].slice(0, 1)}${step}`;
}

/**
 * The id of an entry as it stands. What accrued on a day may be told in parts, in one export of news after
 * the other, and each part needs an id of its own; so do the sums of a month of each run.
 */
export function idInPart(entry: JournalEntry, { part, run }: Asked): string {
  const { id, invoiceNumber } = entry;
  const ofRun = run !== null && isMonthly(entry) ? `/${run}` : '';
  return part === null || invoiceNumber !== null ? id + ofRun : `${id}${ofRun}/${part}`;
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
