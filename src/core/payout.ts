/** The life of a payout: its statuses, and which verb leads from which to which (SPEC section 7). */
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';

export const PAYOUT_STATUSES = [
  'open',
  'approved',
  'processing',
  'paid',
  'failed',
  'returned',
  'void',
] as const;

export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];

/** The statuses of a payout whose money has not arrived and may still. */
export const NOT_YET_PAID: readonly PayoutStatus[] = ['open', 'approved', 'processing', 'failed', 'returned'];

interface Transition {
  readonly from: readonly PayoutStatus[];
  readonly to: PayoutStatus;
}

/** The transition table. Being in the target status already is no transition and changes nothing. */
export const TRANSITIONS = {
  void: { from: ['open', 'approved', 'failed', 'returned'], to: 'void' },
} as const satisfies Record<string, Transition>;

/** What is known of a payout. Amounts in minor units; dates in the book zone, the range inclusive. */
export interface Payout {
  readonly invoiceNumber: string;
  readonly runId: string;
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly currency: CurrencyCode;
  readonly amount: bigint;
  /** The number of its lines. */
  readonly commissions: number;
  readonly status: PayoutStatus;
  readonly issuedOn: CalendarDate;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate;
  readonly paidOn: CalendarDate | null;
  readonly reference: string | null;
  readonly voidedOn: CalendarDate | null;
  readonly creditNoteNumber: string | null;
}

/** One line of a payout: a commission, at the amount at which it was put on the payout. */
export interface PayoutLine {
  readonly commissionId: string;
  readonly kind: string;
  readonly earnedOn: CalendarDate;
  readonly amount: bigint;
  readonly description: string | null;
}

/** One step in the life of a payout. */
export interface PayoutStep {
  readonly at: string;
  readonly by: string;
  readonly status: PayoutStatus;
  readonly reason: string | null;
}

/** Who the payout was issued to, as the affiliate was at issue. */
export interface Payee {
  readonly name: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly country: string | null;
  readonly vatNumber: string | null;
  readonly address: readonly string[];
}
