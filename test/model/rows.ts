/** Rows as sources give them, and the days that matter to them. */
import fc from 'fast-check';
import type { AffiliateStatus, CommissionStatus as Status } from './facts.js';

export const ZONES = [
  'Pacific/Auckland',
  'America/Los_Angeles',
  'Europe/Berlin',
  'Pacific/Kiritimati',
  'UTC',
] as const;

/** Currencies with 0, 2, 2 and 3 decimals. */
export const DECIMALS: Readonly<Record<string, number>> = { JPY: 0, USD: 2, EUR: 2, BHD: 3 };
export const CURRENCIES = Object.keys(DECIMALS);

/** Days on which the clocks of one of the zones change, and ends of months and years. */
export const CLOCK_CHANGES = [
  '2026-03-08',
  '2026-03-29',
  '2026-04-05',
  '2026-09-27',
  '2026-10-25',
  '2026-11-01',
];
export interface WorldAffiliate {
  readonly id: string;
  readonly name: string;
  readonly status: AffiliateStatus;
  readonly own: { readonly amount: bigint; readonly currency: string } | null;
}

/** One row as a source gives it. */
export interface WorldRow {
  readonly id: string;
  readonly affiliateId: string;
  readonly earnedAt: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly kind: 'sale' | 'bonus' | 'adjustment' | 'clawback';
  readonly status: Status | null;
  readonly availableOn: string | null;
  readonly campaign: string | null;
  readonly corrects: string | null;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar date of an instant in a zone, asked of Intl each time. */
export function dateIn(zone: string, epochMs: number): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(zone, format);
  }
  return format.format(epochMs);
}

/** Days are moved in UTC, where each has 24 hours. */
export function moveDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The first second of a day in a zone, found by halving. */
function midnight(zone: string, date: string): number {
  const utc = Date.parse(`${date}T00:00:00Z`) / 1000;
  let low = utc - 15 * 3600;
  let high = utc + 15 * 3600;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (dateIn(zone, middle * 1000) >= date) high = middle;
    else low = middle + 1;
  }
  return low * 1000;
}

/** One amount has at most 15 digits. */
export const MOST = 999_999_999_999_999n;

export const often = <T>(...choices: (readonly [weight: number, value: T])[]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const size = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(1n, 500n, 1000n, 2500n, 5000n) },
  { weight: 2, arbitrary: fc.bigInt(1n, 20_000n) },
  { weight: 1, arbitrary: fc.constant(MOST) },
);

export interface RawRow {
  readonly affiliate: number;
  readonly currency: number;
  readonly sign: 1n | -1n | 0n;
  readonly size: bigint;
  readonly kind: number;
  readonly status: Status | null;
  readonly daysBefore: number;
  /** Null is a bare date; else seconds from the first second of the day. */
  readonly second: number | null;
  readonly offset: '' | '+05:30' | '-08:00';
  readonly availableAfter: number | null;
  readonly campaign: string | null;
  readonly link: number | null;
}

export const rawRow: fc.Arbitrary<RawRow> = fc.record({
  affiliate: fc.nat(20),
  currency: fc.nat(20),
  sign: often<1n | -1n | 0n>([12, 1n], [5, -1n], [1, 0n]),
  size,
  kind: fc.nat(20),
  status: often<Status | null>([10, 'approved'], [3, 'pending'], [2, null], [1, 'rejected'], [1, 'settled']),
  daysBefore: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -5, max: 60 })),
  second: often<number | null>([3, null], [2, -1], [2, 0], [1, 1], [1, 9000], [3, 43_200]),
  offset: often<'' | '+05:30' | '-08:00'>([4, ''], [1, '+05:30'], [1, '-08:00']),
  availableAfter: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: -2, max: 45 }) },
  ),
  campaign: often<string | null>([3, null], [2, 'spring'], [1, 'autumn']),
  link: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: fc.nat(50) }),
});

export const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('Nothing to choose from.');
  return found;
};

function earnedAt(raw: RawRow, zone: string, base: string): string {
  const date = moveDays(base, -raw.daysBefore);
  if (raw.second === null) return date;
  const instant = midnight(zone, date) + raw.second * 1000;
  if (raw.offset === '') return new Date(instant).toISOString().replace('.000Z', 'Z');
  const minutes = raw.offset === '+05:30' ? 330 : -480;
  return new Date(instant + minutes * 60_000).toISOString().slice(0, 19) + raw.offset;
}

/** Adds rows in order; a debit takes back a credit that was recorded before it, paid or not. */
export class Rows {
  readonly all: WorldRow[] = [];

  constructor(
    private readonly zone: string,
    private readonly affiliateIds: readonly string[],
    private readonly currencies: readonly string[],
  ) {}

  add(list: readonly RawRow[], base: string): WorldRow[] {
    return list.map((raw) => {
      const row = this.#row(raw, base);
      this.all.push(row);
      return row;
    });
  }

  #row(raw: RawRow, base: string): WorldRow {
    const affiliateId = at(this.affiliateIds, raw.affiliate);
    const currency = at(this.currencies, raw.currency);
    const amount = raw.sign * raw.size;
    const kinds =
      amount < 0n
        ? (['clawback', 'adjustment'] as const)
        : (['sale', 'sale', 'bonus', 'adjustment'] as const);
    const earned = earnedAt(raw, this.zone, base);
    const earnedOn = earned.length === 10 ? earned : dateIn(this.zone, Date.parse(earned));
    const originals = this.all.filter(
      (one) => one.affiliateId === affiliateId && one.currency === currency && one.amount >= 0n,
    );
    const link = amount < 0n && originals.length > 0 ? raw.link : null;
    return {
      id: `c${this.all.length + 1}`,
      affiliateId,
      earnedAt: earned,
      amount,
      currency,
      kind: at(kinds, raw.kind),
      status: raw.status,
      availableOn: raw.availableAfter === null ? null : moveDays(earnedOn, raw.availableAfter),
      campaign: raw.campaign,
      corrects: link === null ? null : at(originals, link).id,
    };
  }
}
