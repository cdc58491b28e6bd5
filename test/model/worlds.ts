/** Random ledgers and sequences of commands: the worlds in which the engine is held against the model. */
import fc from 'fast-check';

export const ZONES = [
  'Pacific/Auckland',
  'America/Los_Angeles',
  'Europe/Berlin',
  'Pacific/Kiritimati',
  'UTC',
] as const;

/** Currencies with 0, 2, 2 and 3 decimals. */
export const DECIMALS: Readonly<Record<string, number>> = { JPY: 0, USD: 2, EUR: 2, BHD: 3 };
const CURRENCIES = Object.keys(DECIMALS);

/** Days on which the clocks of one of the zones change, and ends of months and years. */
export const CLOCK_CHANGES = [
  '2026-03-08',
  '2026-03-29',
  '2026-04-05',
  '2026-09-27',
  '2026-10-25',
  '2026-11-01',
];
const BASES = [...CLOCK_CHANGES, '2026-01-31', '2026-02-28', '2026-12-31'];

/** Ids whose order differs between bytes, UTF-16 and letters, or with what replacements would misread. */
const AFFILIATE_IDS = ['aff_2', 'aff_10', 'AFF_3', 'zoë', '\u{1f600}x', '\uff5ex', "o'hara", 'a$&{MM}', 'b%'];

export type Status = 'pending' | 'approved' | 'rejected' | 'settled';
export type AffiliateStatus = 'active' | 'paused' | 'blocked' | 'departed';

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

/** A day near to one that matters: that of the nth commission, moved by a few days. */
export interface Near {
  readonly commission: number;
  readonly days: number;
}

export interface Ask {
  /** Null drops the beginning of the range, as `--include-earlier` does. */
  readonly from: Near | null;
  /** Null is today. */
  readonly to: Near | null;
  /** Null is the default, today. */
  readonly asOf: Near | null;
  readonly affiliate: number | null;
  readonly campaign: string | null;
  readonly overrideMinimum: boolean;
}

export type Step =
  | { readonly do: 'record'; readonly rows: readonly WorldRow[] }
  | { readonly do: 'pass'; readonly hours: number }
  | { readonly do: 'policy'; readonly value: 'manual' | 'after-hold' }
  | { readonly do: 'minimum'; readonly currency: string; readonly amount: bigint | null }
  | { readonly do: 'affiliate'; readonly affiliate: number; readonly status: AffiliateStatus }
  /** The source says another status, of any commission or of one that is on a live payout. */
  | { readonly do: 'say'; readonly commission: number; readonly paid: boolean; readonly status: Status }
  | { readonly do: 'preview'; readonly ask: Ask }
  | { readonly do: 'generate'; readonly ask: Ask; readonly planId: 'none' | 'fresh' | 'last' }
  | { readonly do: 'again' }
  | { readonly do: 'void'; readonly payouts: readonly number[] }
  | { readonly do: 'voidRun'; readonly run: number };

export interface World {
  readonly zone: string;
  /** The instant of the first command. */
  readonly start: number;
  readonly holdDays: number;
  readonly invoicePattern: string;
  readonly creditNotePattern: string;
  readonly minimums: readonly { readonly currency: string; readonly amount: bigint }[];
  readonly affiliates: readonly WorldAffiliate[];
  readonly rows: readonly WorldRow[];
  readonly steps: readonly Step[];
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
const MOST = 999_999_999_999_999n;

const often = <T>(...choices: (readonly [weight: number, value: T])[]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const size = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(1n, 500n, 1000n, 2500n, 5000n) },
  { weight: 2, arbitrary: fc.bigInt(1n, 20_000n) },
  { weight: 1, arbitrary: fc.constant(MOST) },
);

interface RawRow {
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

const rawRow: fc.Arbitrary<RawRow> = fc.record({
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

const near: fc.Arbitrary<Near> = fc.record({
  commission: fc.nat(50),
  days: often([6, 0], [2, 1], [2, -1], [2, 20], [1, -20], [2, 50]),
});

const maybe = <T>(weightOfNull: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: weightOfNull, arbitrary: fc.constant(null) }, { weight: 2, arbitrary });

const ask: fc.Arbitrary<Ask> = fc.record({
  from: maybe(4, near),
  to: maybe(6, near),
  asOf: maybe(4, near),
  affiliate: maybe(5, fc.nat(20)),
  campaign: often<string | null>([7, null], [1, 'spring'], [1, 'autumn']),
  overrideMinimum: often([3, false], [1, true]),
});

type RawStep = Exclude<Step, { do: 'record' }> | { readonly do: 'record'; readonly raw: readonly RawRow[] };

const step: fc.Arbitrary<RawStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('generate' as const),
      ask,
      planId: often<'none' | 'fresh' | 'last'>([4, 'none'], [1, 'fresh'], [2, 'last']),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('preview' as const), ask }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('void' as const),
      payouts: fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('voidRun' as const), run: fc.nat(10) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), hours: fc.nat(24 * 40) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      raw: fc.array(rawRow, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('policy' as const),
      value: often<'manual' | 'after-hold'>([1, 'manual'], [2, 'after-hold']),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('minimum' as const),
      currency: fc.constantFrom(...CURRENCIES),
      amount: fc.constantFrom(null, 0n, 1000n, 5000n),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('affiliate' as const),
      affiliate: fc.nat(20),
      status: often<AffiliateStatus>([3, 'active'], [1, 'paused'], [1, 'blocked'], [1, 'departed']),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      commission: fc.nat(50),
      paid: often([2, true], [1, false]),
      status: often<Status>([3, 'approved'], [1, 'pending'], [3, 'rejected'], [2, 'settled']),
    }),
  },
);

const payAll: fc.Arbitrary<RawStep> = fc.constant({
  do: 'generate',
  planId: 'none',
  ask: { from: null, to: null, asOf: null, affiliate: null, campaign: null, overrideMinimum: false },
});
const record: fc.Arbitrary<RawStep> = fc.record({
  do: fc.constant('record' as const),
  raw: fc.array(rawRow, { minLength: 3, maxLength: 10, size: 'max' }),
});
const sayOfPaid = (status: Status): fc.Arbitrary<RawStep> =>
  fc.record({
    do: fc.constant('say' as const),
    commission: fc.nat(50),
    paid: fc.constant(true),
    status: fc.constant(status),
  });
const afterHold: fc.Arbitrary<RawStep> = fc.constant({ do: 'policy', value: 'after-hold' });
const voidFirstRun: fc.Arbitrary<RawStep> = fc.constant({ do: 'voidRun', run: 0 });

const forecast: fc.Arbitrary<RawStep> = fc.record({
  do: fc.constant('preview' as const),
  ask: fc.record({
    from: fc.constant(null),
    to: maybe(1, fc.record({ commission: fc.nat(50), days: fc.constant(60) })),
    asOf: fc.record({ commission: fc.nat(50), days: fc.constantFrom(30, 60) }),
    affiliate: fc.constant(null),
    campaign: fc.constant(null),
    overrideMinimum: fc.constant(false),
  }),
});

/** Worlds often begin with what makes the rest interesting: something is paid, or the policy approves. */
const opening: fc.Arbitrary<readonly RawStep[]> = fc.oneof(
  fc.constant([]),
  fc.tuple(afterHold),
  fc.tuple(payAll, record),
  fc.tuple(afterHold, payAll, record),
  fc.tuple(payAll, sayOfPaid('rejected'), record),
  fc.tuple(payAll, sayOfPaid('rejected'), voidFirstRun, record),
  fc.tuple(payAll, sayOfPaid('settled'), voidFirstRun, record),
);

interface RawAffiliate {
  readonly status: AffiliateStatus;
  readonly own: bigint | 'total' | null;
  readonly currency: number;
}

const rawAffiliate: fc.Arbitrary<RawAffiliate> = fc.record({
  status: often<AffiliateStatus>([6, 'active'], [1, 'departed'], [1, 'paused'], [1, 'blocked']),
  own: often<bigint | 'total' | null>([4, null], [2, 0n], [2, 1000n], [1, 6000n], [1, 'total']),
  currency: fc.nat(20),
});

const at = <T>(list: readonly T[], index: number): T => {
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
class Rows {
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

export const world: fc.Arbitrary<World> = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    base: fc.constantFrom(...BASES),
    startHours: fc.nat(24 * 50),
    holdDays: fc.constantFrom(0, 3, 14, 30),
    patterns: fc.constantFrom(
      ['INV-{YYYY}-{SEQ:6}', 'CN-{YYYY}-{SEQ:6}'] as const,
      ['INV-{YYYY}-{SEQ:6}', 'INV-{YYYY}-{SEQ:4}'] as const,
      ['D{MM}{YY}-{SEQ:2}', 'D{MM}{YY}-{SEQ:2}'] as const,
      ['{AFFILIATE}/{SEQ}/{YY}{MM}', 'CN-{YYYY}-{SEQ:6}'] as const,
    ),
    minimums: fc.array(
      fc.record({
        currency: fc.constantFrom(...CURRENCIES),
        amount: fc.constantFrom(0n, 1000n, 2500n, 5000n),
      }),
      { minLength: 1, maxLength: 4, size: 'max' },
    ),
    ids: fc.shuffledSubarray(AFFILIATE_IDS, { minLength: 1, maxLength: 4 }),
    affiliates: fc.array(rawAffiliate, { minLength: 4, maxLength: 4 }),
    currencies: fc.shuffledSubarray(CURRENCIES, { minLength: 1, maxLength: 3 }),
    rows: fc.array(rawRow, { minLength: 1, maxLength: 18, size: 'max' }),
    opening,
    steps: fc.array(step, { minLength: 3, maxLength: 8, size: 'max' }),
    closing: fc.tuple(payAll, record, forecast),
  })
  .map((raw): World => {
    const { zone, base, holdDays, currencies } = raw;
    const [invoicePattern, creditNotePattern] = raw.patterns;
    const rows = new Rows(zone, raw.ids, currencies);
    const first = rows.add(raw.rows, base);
    const affiliates = raw.ids.map((id, index): WorldAffiliate => {
      const { status, own, currency: choice } = at(raw.affiliates, index);
      const currency = choice % 5 === 0 ? at(CURRENCIES, choice) : at(currencies, choice);
      const his = first.filter((row) => row.affiliateId === id && row.currency === currency);
      const total = his.filter((row) => row.status === 'approved').reduce((sum, row) => sum + row.amount, 0n);
      const amount = own === 'total' ? total : own;
      return {
        id,
        name: `Name of ${id}`,
        status,
        own: amount === null || amount < 0n || amount > MOST ? null : { amount, currency },
      };
    });
    const start = Date.parse(`${base}T06:00:00Z`) + raw.startHours * 3_600_000;
    let now = start;
    const steps = [...raw.opening, ...raw.steps, ...raw.closing].map((one): Step => {
      if (one.do === 'pass') now += one.hours * 3_600_000;
      return one.do === 'record' ? { do: 'record', rows: rows.add(one.raw, dateIn('UTC', now)) } : one;
    });
    const minimums = [...new Map(raw.minimums.map((one) => [one.currency, one])).values()];
    return {
      zone,
      start,
      holdDays,
      invoicePattern,
      creditNotePattern,
      minimums,
      affiliates,
      rows: first,
      steps,
    };
  });
