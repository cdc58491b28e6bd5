/** The commands of a world: what is asked of payrun, one after the other. */
import fc from 'fast-check';
import type { AffiliateStatus, CommissionStatus as Status } from './facts.js';
import type { Verb } from './model.js';
import { CURRENCIES, often, rawRow, type RawRow, type WorldRow } from './rows.js';

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

/**
 * Which payouts are meant: some of those with which the verb can be done, some of all, or those of a run,
 * counted from the last one.
 */
export type Pick =
  { readonly payouts: readonly number[]; readonly fitting: boolean } | { readonly run: number };

/** Among which commissions one is picked; where there is none, among all. */
export type Among = 'any' | 'unpaid' | 'paid' | 'freed' | 'corrected' | 'corrections' | 'added';

/** How the source changes an amount: by its own first word, its last, or not at all. */
export type NewAmount = 'same' | 'half' | 'more' | 'nothing' | 'first';

/** What the source says now of a commission that it gave before. */
export interface Say {
  readonly commission: number;
  readonly among: Among;
  readonly status: Status | 'same';
  readonly amount: NewAmount;
}

/** People who give commands; the last one is the first, written otherwise. */
export type Person = 'kim' | 'lee' | ' KIM';

export type Step =
  | { readonly do: 'record'; readonly rows: readonly WorldRow[] }
  | { readonly do: 'pass'; readonly hours: number }
  | { readonly do: 'policy'; readonly value: 'manual' | 'after-hold' }
  | { readonly do: 'approval'; readonly value: 'none' | 'required' | 'two-person' }
  | { readonly do: 'minimum'; readonly currency: string; readonly amount: bigint | null }
  /** The source, or an operator, gives an affiliate a status. */
  | {
      readonly do: 'affiliate';
      readonly affiliate: number;
      readonly status: AffiliateStatus;
      readonly by: 'source' | 'operator';
    }
  | { readonly do: 'say'; readonly says: readonly Say[] }
  /** The files of last night once more. */
  | { readonly do: 'importAgain' }
  | {
      readonly do: 'decide';
      readonly verb: 'approve' | 'reject';
      readonly among: Among;
      readonly commissions: readonly number[];
    }
  | {
      readonly do: 'adjust';
      /** The affiliate and the currency are those of this commission. */
      readonly like: number;
      readonly among: Among;
      readonly kind: 'bonus' | 'adjustment' | 'clawback';
      readonly amount: bigint;
      /** From today; null leaves it open. */
      readonly days: number | null;
    }
  | { readonly do: 'preview'; readonly ask: Ask }
  | {
      readonly do: 'generate';
      readonly ask: Ask;
      readonly planId: 'none' | 'fresh' | 'last';
      readonly by: Person;
    }
  | { readonly do: 'again' }
  | {
      readonly do: 'change';
      readonly verb: Verb;
      readonly pick: Pick;
      readonly by: Person;
      /** Days before today; null leaves the day open. */
      readonly daysAgo: number | null;
      readonly reference: string | null;
      readonly includeCorrected: boolean;
    }
  | { readonly do: 'redo'; readonly pick: Pick; readonly by: Person }
  | { readonly do: 'schedule'; readonly frequency: 'off' | 'weekly' | 'monthly' }
  | { readonly do: 'scheduleRun'; readonly by: Person };

/** A step before its rows have ids. */
export type RawStep =
  Exclude<Step, { do: 'record' }> | { readonly do: 'record'; readonly raw: readonly RawRow[] };

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

const person = often<Person>([4, 'kim'], [2, 'lee'], [1, ' KIM']);
const among = often<Among>(
  [2, 'any'],
  [2, 'unpaid'],
  [5, 'paid'],
  [3, 'freed'],
  [3, 'corrected'],
  [1, 'corrections'],
  [1, 'added'],
);
const picks = fc.array(fc.nat(30), { minLength: 1, maxLength: 3 });
const pick: fc.Arbitrary<Pick> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ payouts: picks, fitting: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.record({ payouts: picks, fitting: fc.constant(false) }) },
  { weight: 2, arbitrary: fc.record({ run: fc.nat(10) }) },
);

const say: fc.Arbitrary<Say> = fc.record({
  commission: fc.nat(50),
  among,
  status: often<Status | 'same'>(
    [3, 'same'],
    [2, 'approved'],
    [1, 'pending'],
    [3, 'rejected'],
    [1, 'settled'],
  ),
  amount: often<NewAmount>([3, 'same'], [3, 'half'], [2, 'more'], [1, 'nothing'], [2, 'first']),
});

const changeBy = (verbs: fc.Arbitrary<Verb>, which: fc.Arbitrary<Pick>): fc.Arbitrary<RawStep> =>
  fc.record({
    do: fc.constant('change' as const),
    verb: verbs,
    pick: which,
    by: person,
    daysAgo: often<number | null>([6, null], [2, 0], [1, 1], [1, 20], [1, -1]),
    reference: often<string | null>([3, null], [2, 'T-1'], [1, 'T-2']),
    includeCorrected: often([4, false], [1, true]),
  });

const aVerb = often<Verb>(
  [3, 'approve'],
  [2, 'process'],
  [4, 'pay'],
  [2, 'fail'],
  [2, 'return'],
  [3, 'void'],
);

const decision: fc.Arbitrary<RawStep> = fc.record({
  do: fc.constant('decide' as const),
  verb: often<'approve' | 'reject'>([1, 'approve'], [1, 'reject']),
  among,
  commissions: fc.array(fc.nat(50), { minLength: 1, maxLength: 3 }),
});

const adjustment: fc.Arbitrary<RawStep> = fc.record({
  do: fc.constant('adjust' as const),
  like: fc.nat(50),
  among,
  kind: often<'bonus' | 'adjustment' | 'clawback'>([1, 'bonus'], [2, 'adjustment'], [2, 'clawback']),
  amount: fc.constantFrom(1n, 500n, 2500n, -1n, -1000n, -5000n),
  days: often<number | null>([3, null], [1, -40], [1, 3]),
});

const generation: fc.Arbitrary<RawStep> = fc.record({
  do: fc.constant('generate' as const),
  ask,
  planId: often<'none' | 'fresh' | 'last'>([4, 'none'], [1, 'fresh'], [2, 'last']),
  by: person,
});

const redo: fc.Arbitrary<RawStep> = fc.record({ do: fc.constant('redo' as const), pick, by: person });

const rules: fc.Arbitrary<RawStep> = fc.oneof(
  fc.record({
    do: fc.constant('policy' as const),
    value: often<'manual' | 'after-hold'>([1, 'manual'], [2, 'after-hold']),
  }),
  fc.record({
    do: fc.constant('minimum' as const),
    currency: fc.constantFrom(...CURRENCIES),
    amount: fc.constantFrom(null, 0n, 1000n, 5000n),
  }),
  fc.record({
    do: fc.constant('approval' as const),
    value: often<'none' | 'required' | 'two-person'>([1, 'none'], [1, 'required'], [1, 'two-person']),
  }),
);

export const step: fc.Arbitrary<RawStep> = fc.oneof(
  { weight: 8, arbitrary: generation },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('preview' as const), ask }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const) }) },
  { weight: 9, arbitrary: changeBy(aVerb, pick) },
  { weight: 3, arbitrary: redo },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), hours: fc.nat(24 * 40) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      raw: fc.array(rawRow, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 3, arbitrary: rules },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('affiliate' as const),
      affiliate: fc.nat(20),
      status: often<AffiliateStatus>([3, 'active'], [1, 'paused'], [1, 'blocked'], [1, 'departed']),
      by: often<'source' | 'operator'>([1, 'source'], [1, 'operator']),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      says: fc.array(say, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 5, arbitrary: decision },
  { weight: 3, arbitrary: adjustment },
  { weight: 1, arbitrary: fc.constant({ do: 'importAgain' as const }) },
);
