/** Random ledgers and sequences of commands: the worlds in which payrun is held against the model. */
import fc from 'fast-check';
import type { AffiliateStatus } from './facts.js';
import {
  at,
  CLOCK_CHANGES,
  CURRENCIES,
  dateIn,
  MOST,
  often,
  rawRow,
  Rows,
  ZONES,
  type WorldAffiliate,
  type WorldRow,
} from './rows.js';
import { step, type Step } from './steps.js';
import { closing, sequel, story, unattended } from './stories.js';

const BASES = [...CLOCK_CHANGES, '2026-01-31', '2026-02-28', '2026-12-31'];

/** Ids whose order differs between bytes, UTF-16 and letters, or with what replacements would misread. */
const AFFILIATE_IDS = ['aff_2', 'aff_10', 'AFF_3', 'zoë', '\u{1f600}x', '\uff5ex', "o'hara", 'a$&{MM}', 'b%'];

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
  /** What each row came to when its source gave it first. */
  readonly firstAmounts: ReadonlyMap<string, bigint>;
  readonly steps: readonly Step[];
}

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
    story,
    sequel,
    steps: fc.array(step, { minLength: 2, maxLength: 6, size: 'max' }),
    closing,
    unattended,
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
    const steps = [...raw.story, ...raw.steps, ...raw.sequel, ...raw.closing, ...raw.unattended].map(
      (one): Step => {
        if (one.do === 'pass') now += one.hours * 3_600_000;
        return one.do === 'record' ? { do: 'record', rows: rows.add(one.raw, dateIn('UTC', now)) } : one;
      },
    );
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
      firstAmounts: new Map(rows.all.map(({ id, amount }) => [id, amount])),
      steps,
    };
  });
