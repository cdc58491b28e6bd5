/** Affiliates: who gets paid. */
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';

export const AFFILIATE_STATUSES = ['active', 'paused', 'blocked', 'departed'] as const;
export type AffiliateStatus = (typeof AFFILIATE_STATUSES)[number];

export const PAYOUT_METHODS = ['paypal', 'wise', 'sepa', 'ach', 'manual'] as const;
export type PayoutMethod = (typeof PAYOUT_METHODS)[number];

/** What lists tell of an affiliate. */
export interface Affiliate {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly status: AffiliateStatus;
  readonly currency: CurrencyCode | null;
  /** His own minimum payout, in minor units of `minimumCurrency`; null where the programme's applies. */
  readonly minimum: bigint | null;
  readonly minimumCurrency: CurrencyCode | null;
  readonly payoutMethod: PayoutMethod | null;
}

/** Where an affiliate's money goes, and his address and tax data. */
export interface PayeeData {
  readonly payoutAccount: string | null;
  readonly payoutName: string | null;
  readonly payoutBic: string | null;
  /** Two capital letters. */
  readonly country: string | null;
  readonly vatNumber: string | null;
  readonly company: string | null;
  readonly addressLine1: string | null;
  readonly addressLine2: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
}

/** Everything that is known of an affiliate. */
export interface AffiliateDetails extends Affiliate, PayeeData {}

/** What an affiliate has in one currency, in minor units. */
export interface Balance {
  readonly currency: CurrencyCode;
  /** Eligible lines today without a range, debits included, whatever his status. */
  readonly available: bigint;
  readonly onHold: bigint;
  readonly notApproved: bigint;
  /** On live payouts that are not paid yet. */
  readonly inPayouts: bigint;
  readonly paid: bigint;
  readonly nextAvailableOn: CalendarDate | null;
}
