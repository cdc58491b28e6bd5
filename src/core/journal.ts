/**
 * Double entry: which facts of the ledger become journal entries, and between which accounts. Nothing is
 * stored: entries are derived from the facts whenever they are asked for.
 */
import type { AccountRole } from './accounts.js';
import type { PayoutMethod } from './affiliate.js';
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';
import { IntegrityError } from './errors.js';
import { formatAmount } from './money.js';

interface Booking {
  readonly debit: AccountRole;
  readonly credit: AccountRole;
  /** What happened, as an entry tells it. */
  readonly words: string;
}

/**
 * Where each fact is booked, in the order in which the facts of one day stand. The amount of an accrual is
 * signed: what is taken back is a negative expense.
 */
export const BOOKINGS = {
  earned: { debit: 'expense', credit: 'accrued', words: 'Commissions earned' },
  clawed_back: { debit: 'expense', credit: 'accrued', words: 'Commissions clawed back' },
  amended: { debit: 'expense', credit: 'accrued', words: 'Commissions amended' },
  rejected: { debit: 'expense', credit: 'accrued', words: 'Commissions rejected' },
  reinstated: { debit: 'expense', credit: 'accrued', words: 'Commissions reinstated' },
  settled: { debit: 'expense', credit: 'accrued', words: 'Commissions settled elsewhere' },
  issued: { debit: 'accrued', credit: 'payable', words: 'Payout issued' },
  paid: { debit: 'payable', credit: 'bank', words: 'Payout paid' },
  returned: { debit: 'bank', credit: 'payable', words: 'Payout returned' },
  voided: { debit: 'payable', credit: 'accrued', words: 'Payout voided' },
} as const satisfies Readonly<Record<string, Booking>>;

export type JournalKind = keyof typeof BOOKINGS;
export const JOURNAL_KINDS = Object.keys(BOOKINGS) as readonly JournalKind[];

/** The facts of payouts; the others accrue commissions. */
export const PAYOUT_KINDS: readonly JournalKind[] = ['issued', 'voided', 'paid', 'returned'];

/**
 * What happened, summed up for one day (or one month), affiliate and currency; of a payout alone. Amounts in
 * minor units, dates in the book zone.
 */
export interface JournalFact {
  readonly kind: JournalKind;
  /** The day in whose books it stands: the document date, for every period is open (SPEC section 2). */
  readonly postingDate: CalendarDate;
  readonly currency: CurrencyCode;
  readonly amount: bigint;
  /** How many commissions accrued, or on how many payouts. */
  readonly count: number;
  /** Null in the sum of a month. */
  readonly affiliateId: string | null;
  /** As he was at issue where it is about a payout, else as he is. */
  readonly affiliateName: string | null;
  /** Of the payout; null where it is about commissions, or in the sum of a month. */
  readonly invoiceNumber: string | null;
  readonly creditNoteNumber: string | null;
  readonly runId: string | null;
  /** How it was paid, where it was and that is known. */
  readonly method: PayoutMethod | null;
  /** The bank's word for the payment. */
  readonly reference: string | null;
  /** The step in the life of the payout, from 1; 0 where it is about commissions or in the sum of a month. */
  readonly step: number;
}

export interface JournalLine {
  readonly role: AccountRole;
  /** In minor units; a debit is positive, a credit negative. */
  readonly amount: bigint;
}

export interface JournalEntry extends JournalFact {
  /** By which the entry is known: the same in every export. */
  readonly id: string;
  /** What happened, in words: `Payout issued`. */
  readonly words: string;
  /** The debit first. */
  readonly lines: readonly [JournalLine, JournalLine];
}

/** The entry of a fact. */
export function entryOf(fact: JournalFact): JournalEntry {
  const { debit, credit, words } = BOOKINGS[fact.kind];
  const lines = [
    { role: debit, amount: fact.amount },
    { role: credit, amount: -fact.amount },
  ] as const;
  return { ...fact, id: entryId(fact), words, lines };
}

/** `INV-2026-000001`, `CN-2026-000001`, `INV-2026-000001/paid-3`, `earned/2026-10-31/EUR/aff_1`. */
function entryId(fact: JournalFact): string {
  const { kind, invoiceNumber, creditNoteNumber, step, postingDate, currency, affiliateId } = fact;
  if (invoiceNumber === null) {
    const parts = [kind, postingDate, currency, ...(affiliateId === null ? [] : [affiliateId])];
    return [...parts, ...(fact.method === null ? [] : [fact.method])].join('/');
  }
  if (kind === 'issued') return invoiceNumber;
  if (kind === 'voided' && creditNoteNumber !== null) return creditNoteNumber;
  return `${invoiceNumber}/${kind}-${step}`;
}

/**
 * What proves a journal while it goes by: every entry comes to nothing in its currency.
 * @throws IntegrityError naming the first that does not
 */
export function assertBalanced(entries: readonly JournalEntry[]): void {
  for (const { id, currency, lines } of entries) {
    const sum = lines.reduce((total, line) => total + line.amount, 0n);
    if (sum !== 0n) {
      throw new IntegrityError(
        `The entry ${id} does not balance: it is out by ${formatAmount(sum, currency)} ${currency}.`,
        { hint: 'Nothing was written. Run `payrun verify`.' },
      );
    }
  }
}
