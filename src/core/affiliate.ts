/** Affiliates: who gets paid. */
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';
import { formatAmount } from './money.js';
import { isRoutingNumber } from './routing-number.js';

export const AFFILIATE_STATUSES = ['active', 'paused', 'blocked', 'departed'] as const;
export type AffiliateStatus = (typeof AFFILIATE_STATUSES)[number];

/** What operators do to an affiliate, and the status that it leads to from any other. */
export const AFFILIATE_VERBS = {
  pause: 'paused',
  block: 'blocked',
  activate: 'active',
  depart: 'departed',
} as const satisfies Readonly<Record<string, AffiliateStatus>>;
export type AffiliateVerb = keyof typeof AFFILIATE_VERBS;

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

/** What can be said of an affiliate, each by the name of its column in a canonical file, in that order. */
export const AFFILIATE_FIELDS = [
  'name',
  'email',
  'status',
  'currency',
  'minimum_payout',
  'payout_method',
  'payout_account',
  'payout_name',
  'payout_bic',
  'country',
  'vat_number',
  'company',
  'address_line1',
  'address_line2',
  'city',
  'region',
  'postal_code',
] as const;
export type AffiliateField = (typeof AFFILIATE_FIELDS)[number];

/** Where the money goes: a change of one of these is a change of all. */
export const PAYMENT_FIELDS = [
  'payout_method',
  'payout_account',
  'payout_name',
  'payout_bic',
] as const satisfies readonly AffiliateField[];

type TextKey = Exclude<keyof AffiliateDetails, 'id' | 'minimum' | 'minimumCurrency'>;

/** Where each field stands; the minimum alone takes two places. */
export const AFFILIATE_KEYS: Readonly<Record<Exclude<AffiliateField, 'minimum_payout'>, TextKey>> = {
  name: 'name',
  email: 'email',
  status: 'status',
  currency: 'currency',
  payout_method: 'payoutMethod',
  payout_account: 'payoutAccount',
  payout_name: 'payoutName',
  payout_bic: 'payoutBic',
  country: 'country',
  vat_number: 'vatNumber',
  company: 'company',
  address_line1: 'addressLine1',
  address_line2: 'addressLine2',
  city: 'city',
  region: 'region',
  postal_code: 'postalCode',
};

/** What a masked account has in the place of what is left out. No account number has it. */
export const MASK = '…';

const ONE_EMAIL = /^[^@]+@[^@]+$/;

/** An account of at least so many characters shows both its ends, a shorter one at most its end. */
const BOTH_ENDS_FROM = 14;
const END_FROM = 7;

/** What an account at a US bank shows at most of its end, and what it never shows. */
const MOST_OF_END = 4;
const ALWAYS_HIDDEN = 2;

/** At the end of an account at a US bank. */
const KIND = /[/:-]*(checking|savings)$/i;

/** `021000021/123456`; a hyphen or a space may also be one of an account's own. */
const WITH_ROUTING = /^[0-9]{9}[/:]/;
const PERHAPS_WITH_ROUTING = /^[0-9]{9}[- ]/;

/**
 * An account as a screen or a history may show it: enough to recognise it, too little to use it. Spaces only
 * group it and do not count. Of an account at a US bank, `ROUTING/ACCOUNT[/KIND]`, the bank and the kind are
 * no secret.
 */
export function maskedAccount(account: string): string {
  const compact = account.replaceAll(' ', '');
  if (ONE_EMAIL.test(compact)) {
    return `${Array.from(compact)[0] ?? ''}${MASK}${compact.slice(compact.indexOf('@'))}`;
  }
  const kind = KIND.exec(compact)?.[1];
  const shownKind = kind === undefined ? '' : `/${kind.toLowerCase()}`;
  const number = compact.replace(KIND, '');
  const routing = number.slice(0, 9);
  if (WITH_ROUTING.test(number) || (PERHAPS_WITH_ROUTING.test(account) && isRoutingNumber(routing))) {
    return `${routing}/${MASK}${endOf(number.slice(9).replace(/^[/:-]+/, ''))}${shownKind}`;
  }
  if (kind !== undefined) return `${MASK}${endOf(number)}${shownKind}`;
  const characters = Array.from(compact);
  if (characters.length < END_FROM) return MASK;
  if (characters.length < BOTH_ENDS_FROM) return `${MASK}${characters.slice(-3).join('')}`;
  return `${characters.slice(0, 4).join('')}${MASK}${characters.slice(-4).join('')}`;
}

/** The end of an account at a US bank; nothing of one so short that its end would be all of it. */
function endOf(account: string): string {
  const characters = Array.from(account);
  if (characters.length <= MOST_OF_END) return '';
  return characters.slice(-Math.min(MOST_OF_END, characters.length - ALWAYS_HIDDEN)).join('');
}

/** A field as it may be shown, null where it is empty: the account masked, a minimum with its currency. */
export function shownField(affiliate: AffiliateDetails, field: AffiliateField): string | null {
  if (field === 'minimum_payout') {
    const { minimum, minimumCurrency } = affiliate;
    if (minimum === null || minimumCurrency === null) return null;
    return `${formatAmount(minimum, minimumCurrency)} ${minimumCurrency}`;
  }
  const value = affiliate[AFFILIATE_KEYS[field]];
  return field === 'payout_account' && value !== null ? maskedAccount(value) : value;
}

/** The fields in which two states of an affiliate differ. */
export function changedFields(before: AffiliateDetails, after: AffiliateDetails): AffiliateField[] {
  return AFFILIATE_FIELDS.filter((field) =>
    field === 'minimum_payout'
      ? before.minimum !== after.minimum || before.minimumCurrency !== after.minimumCurrency
      : before[AFFILIATE_KEYS[field]] !== after[AFFILIATE_KEYS[field]],
  );
}

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
