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

/** What an import moves a commission by, besides its status and amount: `earned` is the day. */
export const MOVABLE = ['affiliate', 'currency', 'earned', 'corrects'] as const;

/** From where to where a commission was moved: ids, a currency or a day; null is the id of nothing. */
export interface CommissionMove {
  readonly what: (typeof MOVABLE)[number];
  readonly before: string | null;
  readonly after: string | null;
}

/** One change of a commission since it came in. Amounts in minor units of the currency that it had then. */
export interface CommissionChange {
  readonly at: string;
  readonly by: string;
  readonly statusBefore: CommissionStatus;
  readonly statusAfter: CommissionStatus;
  readonly amountBefore: bigint;
  readonly amountAfter: bigint;
  readonly currencyBefore: CurrencyCode;
  readonly currencyAfter: CurrencyCode;
  readonly moved: readonly CommissionMove[];
  readonly reason: string;
}

/**
 * Whose word stands, and what that is where the status cannot say it: what an operator decided, or that the
 * source rejects what was paid.
 */
export interface DecidedBy {
  readonly by: 'source' | 'operator' | 'policy';
  readonly decided: 'approved' | 'rejected' | null;
}

/** A commission that is taken back by more than it was, and the last debit of its source that does so. */
export interface TakenBackTwice {
  readonly id: string;
  readonly by: string;
}

/** A commission that was said to be paid elsewhere, and the live payout here that it is on. */
export interface NotSettled {
  readonly commissionId: string;
  readonly invoiceNumber: string;
}

/** A commission as one row of a file gives it. What the row leaves open is null. */
export interface SaidCommission {
  readonly line: number;
  readonly id: string;
  readonly affiliateId: string;
  /** ISO 8601 UTC, or the bare date that was given. */
  readonly earnedAt: string;
  readonly earnedOn: CalendarDate;
  /** Minor units of `currency`. */
  readonly amount: bigint;
  /** The amount as the file gives it, for telling what is wrong with it. */
  readonly amountGiven: string;
  /** The row's, else the ledger's. */
  readonly currency: CurrencyCode;
  /** The row's, else `sale`. */
  readonly kind: CommissionKind;
  readonly status: CommissionStatus | null;
  readonly availableOn: CalendarDate | null;
  readonly campaign: string | null;
  readonly orderId: string | null;
  /** The id of the commission that a debit takes back. */
  readonly corrects: string | null;
  /** Minor units of `currency`. */
  readonly saleAmount: bigint | null;
  readonly description: string | null;
  /**
   * What the source said, as a JSON object of normalised strings in the order of the columns, without `id`.
   * An empty cell is null and an absent column no key, so that it applies to what was said before as a
   * merge patch (RFC 7396).
   */
  readonly said: string;
}
