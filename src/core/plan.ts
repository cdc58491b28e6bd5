/**
 * What a run would pay and skip, and why: the types that the one engine answers with (SPEC sections 4 and
 * 5).
 */
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';

/**
 * Why an unpaid commission is in no payout, in the order in which the reasons are tried.
 * `already_in_payout` is told only when one affiliate was asked for.
 */
export type SkipReason =
  | 'affiliate_blocked'
  | 'affiliate_paused'
  | 'out_of_range'
  | 'not_approved'
  | 'on_hold'
  | 'earned_earlier'
  | 'negative_balance'
  | 'below_minimum'
  | 'already_in_payout';

/** What a run is asked for. All dates are inclusive calendar days in the book time zone. */
export interface RunRequest {
  /** First earned day that is paid; null takes everything up to `to`. */
  readonly from: CalendarDate | null;
  readonly to: CalendarDate;
  /** The eligibility cut-off: holds that end on this day have ended. */
  readonly asOf: CalendarDate;
  readonly affiliateId: string | null;
  readonly campaign: string | null;
  readonly overrideMinimum: boolean;
  /** Only what is owed in this currency, as a redone payout asks; absent asks for every currency. */
  readonly currency?: CurrencyCode;
}

/** One payout that a plan holds. `amount` in minor units is exactly the sum of its lines. */
export interface PlannedPayout {
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly currency: CurrencyCode;
  readonly amount: bigint;
  /** The number of its lines. */
  readonly commissions: number;
}

/** What one affiliate is not paid in one currency, for one reason. */
export interface Skip {
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly currency: CurrencyCode;
  readonly reason: SkipReason;
  readonly amount: bigint;
  readonly commissions: number;
  /** For `below_minimum`: the minimum that applies, in minor units. */
  readonly minimum?: bigint;
  /** For `on_hold`: the first day on which a part of it becomes available. */
  readonly nextAvailableOn?: CalendarDate;
  /** For `already_in_payout`: the payouts that hold it. */
  readonly invoiceNumbers?: readonly string[];
}

/** What is paid in one currency. Currencies are never added together. */
export interface CurrencyTotal {
  readonly currency: CurrencyCode;
  readonly payouts: number;
  readonly commissions: number;
  readonly amount: bigint;
}

/** The answer of the engine, ordered by affiliate id (UTF-8 bytes), currency and reason. */
export interface Plan {
  readonly request: RunRequest;
  readonly totals: readonly CurrencyTotal[];
  readonly payouts: readonly PlannedPayout[];
  readonly skipped: readonly Skip[];
}
