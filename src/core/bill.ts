/** Bills: a payout as an accounting system books it, and the credit note that takes it back. */
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';
import type { PayoutStatus } from './payout.js';

/** One document. Dates in the book zone, the range inclusive; the payee as he was at issue. */
export interface Bill {
  readonly kind: 'bill' | 'credit_note';
  /** The invoice number, or that of the credit note. */
  readonly number: string;
  /** Of the payout; what a credit note takes back. */
  readonly invoiceNumber: string;
  /** The day on which this document was issued. */
  readonly date: CalendarDate;
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly country: string | null;
  readonly vatNumber: string | null;
  readonly addressLines: readonly string[];
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly currency: CurrencyCode;
  /** In minor units; positive also in a credit note. */
  readonly amount: bigint;
  /** The number of lines of the payout. */
  readonly commissions: number;
  /** Of the payout now. */
  readonly status: PayoutStatus;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate;
  readonly runId: string;
}

/** `Affiliate commissions 2026-10-01 to 2026-10-31`, `Credit note for INV-2026-000001`. */
export function billWords({ kind, invoiceNumber, from, to }: Bill): string {
  if (kind === 'credit_note') return `Credit note for ${invoiceNumber}`;
  return from === null ? `Affiliate commissions to ${to}` : `Affiliate commissions ${from} to ${to}`;
}
