/** Commissions: their kinds, their statuses, and the signs that a kind allows (SPEC section 3). */
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';

export const COMMISSION_KINDS = ['sale', 'bonus', 'adjustment', 'clawback'] as const;
export type CommissionKind = (typeof COMMISSION_KINDS)[number];

export const COMMISSION_STATUSES = ['pending', 'approved', 'rejected', 'settled'] as const;
export type CommissionStatus = (typeof COMMISSION_STATUSES)[number];

/** `sale` and `bonus` are not negative, `clawback` is negative, `adjustment` is either. */
export function signFits(kind: CommissionKind, amount: bigint): boolean {
  switch (kind) {
    case 'sale':
    case 'bonus':
      return amount >= 0n;
    case 'clawback':
      return amount < 0n;
    case 'adjustment':
      return true;
  }
}

/** What is known of a commission. Amount in minor units of its currency; dates in the book zone. */
export interface Commission {
  readonly id: string;
  readonly affiliateId: string;
  readonly kind: CommissionKind;
  readonly status: CommissionStatus;
  readonly earnedOn: CalendarDate;
  readonly availableOn: CalendarDate;
  readonly amount: bigint;
  readonly currency: CurrencyCode;
  readonly campaign: string | null;
  readonly orderId: string | null;
  /** The id of the commission that it takes back or corrects. */
  readonly corrects: string | null;
  /** The live payout that it is on. */
  readonly invoiceNumber: string | null;
  readonly description: string | null;
}
