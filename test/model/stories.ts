/** What happens one after the other where the order matters: the situations of the day, played at random. */
import fc from 'fast-check';
import type { AffiliateStatus } from './facts.js';
import type { Verb } from './model.js';
import { rawRow } from './rows.js';
import type { Among, Ask, NewAmount, Pick, RawStep, Say, Step } from './steps.js';

const everything: Ask = {
  from: null,
  to: null,
  asOf: null,
  affiliate: null,
  campaign: null,
  overrideMinimum: false,
};
const paying = (what: Partial<Ask>): fc.Arbitrary<RawStep> =>
  fc.constant({ do: 'generate', planId: 'none', by: 'kim', ask: { ...everything, ...what } });
const payAll = paying({});
const payAsSeen: fc.Arbitrary<RawStep> = fc.constant({
  do: 'generate',
  planId: 'last',
  by: 'kim',
  ask: everything,
});
const lookAtAll: fc.Arbitrary<RawStep> = fc.constant({ do: 'preview', ask: everything });
const payWhatever = paying({ overrideMinimum: true });
/** The affiliate of what is earned the day after the range hears that it is out of it. */
const askUntilTheDayBefore: fc.Arbitrary<RawStep> = fc
  .record({ commission: fc.nat(50), affiliate: fc.nat(3) })
  .map(({ commission, affiliate }) => ({
    do: 'preview',
    ask: { ...everything, to: { commission, days: -1 }, affiliate },
  }));
const payCampaign = paying({ campaign: 'spring', overrideMinimum: true });
const payRange = fc
  .nat(50)
  .chain((commission) => paying({ from: { commission, days: 1 }, overrideMinimum: true }));
const payAsOf = fc.nat(50).chain((commission) => paying({ asOf: { commission, days: 0 } }));

const record: fc.Arbitrary<RawStep> = fc.record({
  do: fc.constant('record' as const),
  raw: fc.array(rawRow, { minLength: 3, maxLength: 10, size: 'max' }),
});

/** A pick of its own, or the same each time, so that several steps mean the same one. */
type Choice = fc.Arbitrary<number>;
const anyOf: Choice = fc.nat(50);
const theFirst: Choice = fc.constant(0);
const theLast: Choice = fc.constant(-1);

const sayOf = (
  which: Among,
  status: Say['status'],
  amount: NewAmount,
  choice: Choice = anyOf,
): fc.Arbitrary<RawStep> =>
  choice.map((commission) => ({ do: 'say', says: [{ commission, among: which, status, amount }] }));
/** The source takes back its approval of what is on payouts, as far as a dozen goes. */
const callPending: fc.Arbitrary<RawStep> = fc.constant({
  do: 'say',
  says: Array.from({ length: 12 }, (_, place) => {
    return { commission: -1 - place, among: 'paid', status: 'pending', amount: 'same' } as const;
  }),
});
const decideOn = (verb: 'approve' | 'reject', which: Among, choice: Choice = anyOf): fc.Arbitrary<RawStep> =>
  choice.map((commission) => ({ do: 'decide', verb, among: which, commissions: [commission] }));
const statusOf = (
  status: AffiliateStatus,
  by: 'source' | 'operator',
  choice: Choice = anyOf,
): fc.Arbitrary<RawStep> => choice.map((affiliate) => ({ do: 'affiliate', affiliate, status, by }));

const pass = (hours: number): fc.Arbitrary<RawStep> => fc.constant({ do: 'pass', hours });
const importAgain: fc.Arbitrary<RawStep> = fc.constant({ do: 'importAgain' });
const schedule: fc.Arbitrary<RawStep> = fc
  .constantFrom('weekly' as const, 'monthly' as const, 'off' as const)
  .map((frequency) => ({ do: 'schedule', frequency }));
const runSchedule: fc.Arbitrary<RawStep> = fc.constant({ do: 'scheduleRun', by: 'kim' });
const afterHold: fc.Arbitrary<RawStep> = fc.constant({ do: 'policy', value: 'after-hold' });
const approval = (value: 'required' | 'two-person'): fc.Arbitrary<RawStep> =>
  fc.constant({ do: 'approval', value });

/** Of the last run, as it comes: whatever stands in the way of one stands in the way of all. */
const lastRun = fc.constant<Pick>({ run: 0 });
const runBefore = fc.constant<Pick>({ run: 1 });

/** One or two with which it can be done. */
const fitting: fc.Arbitrary<Pick> = fc.record({
  payouts: fc.array(fc.nat(30), { minLength: 1, maxLength: 2 }),
  fitting: fc.constant(true),
});

const oneOfAll = fc.constant<Pick>({ payouts: [-1], fitting: true });

type HowChanged = Partial<Omit<Extract<Step, { do: 'change' }>, 'do' | 'verb' | 'pick'>>;
const plainly = (verb: Verb, which: fc.Arbitrary<Pick>, how: HowChanged = {}): fc.Arbitrary<RawStep> =>
  which.map((one) => ({
    do: 'change',
    verb,
    pick: one,
    by: 'kim',
    daysAgo: null,
    reference: null,
    includeCorrected: false,
    ...how,
  }));
const redoThose = (which: fc.Arbitrary<Pick>): fc.Arbitrary<RawStep> =>
  which.map((one) => ({ do: 'redo', pick: one, by: 'kim' }));

/** For the affiliate of the last of them. */
const adjustBy = (kind: 'bonus' | 'clawback', amount: bigint, which: Among): fc.Arbitrary<RawStep> =>
  fc.constant({ do: 'adjust', like: -1, among: which, kind, amount, days: null });

const deductAnywhere = fc.nat(50).map((like): RawStep => ({
  do: 'adjust',
  like,
  among: 'unpaid',
  kind: 'clawback',
  amount: -1n,
  days: null,
}));

const forecast: fc.Arbitrary<RawStep> = fc.record({
  do: fc.constant('preview' as const),
  ask: fc.record({
    from: fc.constant(null),
    to: fc.option(fc.record({ commission: fc.nat(50), days: fc.constant(60) }), { freq: 2 }),
    asOf: fc.record({ commission: fc.nat(50), days: fc.constantFrom(30, 60) }),
    affiliate: fc.constant(null),
    campaign: fc.constant(null),
    overrideMinimum: fc.constant(false),
  }),
});

const voidOneOf = fc.oneof(plainly('void', lastRun), plainly('void', runBefore));

/** A correction is netted, or paid, by the run after that of its original, which is void then. */
const nettedAndFreed: readonly fc.Arbitrary<RawStep>[] = [
  payAll,
  fc.oneof(sayOf('paid', 'same', 'half', theLast), sayOf('paid', 'same', 'more', theLast)),
  adjustBy('bonus', 20_000n, 'corrected'),
  payAll,
  plainly('void', runBefore),
];

const stories: readonly fc.Arbitrary<readonly RawStep[]>[] = [
  fc.tuple(askUntilTheDayBefore, askUntilTheDayBefore),
  fc.tuple(afterHold),
  fc.tuple(payAll, record),
  fc.tuple(afterHold, payAll, plainly('pay', lastRun), record),
  fc.tuple(deductAnywhere, payAsOf, record),
  fc.tuple(lookAtAll, adjustBy('bonus', 20_000n, 'any'), payAsSeen),
  fc.tuple(deductAnywhere, deductAnywhere, payCampaign, record),
  fc.tuple(afterHold, payCampaign, redoThose(lastRun)),
  // Refunded after it was paid, whole or in part, and said again.
  fc.tuple(
    payAll,
    plainly('pay', fitting),
    sayOf('paid', 'rejected', 'same'),
    record,
    decideOn('reject', 'corrected'),
  ),
  fc.tuple(
    payAll,
    plainly('pay', fitting),
    sayOf('paid', 'same', 'half'),
    payAll,
    sayOf('corrected', 'same', 'half'),
  ),
  fc.tuple(payAll, sayOf('paid', 'rejected', 'same'), payAll, sayOf('corrected', 'approved', 'same')),
  // Refunded while it is open.
  fc.tuple(payAll, sayOf('paid', 'same', 'half'), plainly('process', lastRun), redoThose(lastRun)),
  fc.tuple(payAll, sayOf('paid', 'rejected', 'same'), plainly('pay', lastRun), redoThose(fitting)),
  fc.tuple(payAll, sayOf('paid', 'same', 'half'), plainly('pay', lastRun, { includeCorrected: true })),
  fc.tuple(payAll, sayOf('paid', 'rejected', 'same'), plainly('void', lastRun), record),
  fc.tuple(payAll, sayOf('paid', 'settled', 'same'), plainly('void', lastRun), record),
  fc.tuple(payAll, sayOf('paid', 'pending', 'same'), plainly('void', lastRun), payAll),
  fc.tuple(payAll, callPending, redoThose(lastRun)),
  fc.tuple(
    payAll,
    plainly('void', lastRun),
    sayOf('freed', 'pending', 'same', theLast),
    decideOn('approve', 'freed', theLast),
    payAll,
    plainly('void', lastRun),
  ),
  fc.tuple(afterHold, payAll, plainly('void', lastRun), payAll),
  fc.tuple(
    payAll,
    sayOf('paid', 'same', 'half', theLast),
    plainly('void', lastRun),
    sayOf('corrected', 'settled', 'same', theLast),
    fc.oneof(sayOf('corrected', 'approved', 'same', theLast), sayOf('corrected', 'pending', 'more', theLast)),
    sayOf('corrected', 'approved', 'same', theLast),
  ),
  // What is netted of it is given back when it turns out to be paid elsewhere, whatever is void then.
  fc.tuple(
    ...nettedAndFreed,
    sayOf('corrected', 'settled', 'same', theLast),
    payWhatever,
    voidOneOf,
    payWhatever,
  ),
  fc.tuple(
    ...nettedAndFreed,
    sayOf('corrected', 'settled', 'same', theLast),
    plainly('void', lastRun),
    sayOf('corrected', 'approved', 'half', theLast),
  ),
  fc.tuple(
    ...nettedAndFreed,
    sayOf('corrected', 'settled', 'same', theLast),
    sayOf('corrected', 'pending', 'same', theLast),
    fc.oneof(sayOf('corrected', 'rejected', 'same', theLast), decideOn('reject', 'corrected', theLast)),
    payWhatever,
  ),
  fc.tuple(
    ...nettedAndFreed.slice(0, -1),
    sayOf('corrected', 'settled', 'same', theLast),
    plainly('void', runBefore),
    sayOf('corrected', 'approved', 'same', theLast),
    payWhatever,
  ),
  // More than was said before, after a void: the correction goes with what it corrects.
  fc.tuple(payAll, sayOf('paid', 'same', 'more'), plainly('void', lastRun), payAll),
  // Operators and the source, one after the other.
  fc.tuple(
    payAll,
    plainly('pay', fitting),
    decideOn('reject', 'paid'),
    sayOf('corrected', 'pending', 'half'),
  ),
  fc.tuple(payAll, sayOf('paid', 'rejected', 'same'), decideOn('approve', 'corrected'), importAgain),
  fc.tuple(
    payAll,
    decideOn('reject', 'paid', theLast),
    decideOn('approve', 'corrected', theLast),
    sayOf('corrected', 'rejected', 'same', theLast),
  ),
  fc.tuple(
    payAll,
    decideOn('reject', 'paid', theLast),
    plainly('void', lastRun),
    decideOn('reject', 'corrected', theLast),
    fc.oneof(importAgain, decideOn('approve', 'corrected', theLast)),
  ),
  fc.tuple(
    payAll,
    decideOn('reject', 'paid', theLast),
    plainly('void', lastRun),
    sayOf('corrected', 'same', 'half', theLast),
  ),
  fc.tuple(
    payAll,
    sayOf('paid', 'same', 'half', theLast),
    adjustBy('bonus', 20_000n, 'corrected'),
    payAll,
    plainly('void', runBefore),
    decideOn('reject', 'freed', theLast),
  ),
  fc.tuple(adjustBy('bonus', 20_000n, 'any'), payAll, decideOn('reject', 'added', theLast)),
  fc.tuple(
    statusOf('departed', 'source', theFirst),
    statusOf('paused', 'operator', theFirst),
    statusOf('active', 'source', theFirst),
  ),
  // The money goes out, comes back and goes out again.
  fc.tuple(payAll, plainly('pay', fitting), plainly('return', fitting), plainly('pay', fitting)),
  fc.tuple(
    record,
    payWhatever,
    plainly('process', lastRun),
    plainly('fail', lastRun),
    plainly('pay', lastRun),
  ),
  fc.tuple(
    payAll,
    plainly('process', lastRun, { reference: 'T-1' }),
    pass(72),
    plainly('pay', fitting, { daysAgo: 1 }),
  ),
  fc.tuple(payAll, plainly('pay', lastRun), plainly('return', lastRun), plainly('void', fitting)),
  fc.tuple(payAll, plainly('void', fitting), plainly('pay', lastRun)),
  fc.tuple(
    payAll,
    plainly('pay', fitting, { reference: 'T-1' }),
    plainly('pay', lastRun, { reference: 'T-2' }),
    plainly('pay', lastRun),
  ),
  fc.tuple(
    payAll,
    plainly('process', lastRun, { reference: 'T-1' }),
    plainly('process', lastRun, { reference: 'T-2' }),
    plainly('process', lastRun),
    plainly('fail', fitting, { reference: 'T-2' }),
  ),
  fc.tuple(
    payAll,
    plainly('pay', lastRun),
    pass(72),
    plainly('return', lastRun, { reference: 'T-2' }),
    fc.oneof(plainly('pay', lastRun, { daysAgo: 1 }), plainly('process', lastRun, { daysAgo: 1 })),
    plainly('process', lastRun, { daysAgo: 0 }),
  ),
  fc.tuple(payAll, redoThose(lastRun), record, redoThose(runBefore)),
  fc.tuple(payAll, redoThose(oneOfAll), redoThose(runBefore)),
  fc.tuple(payAll, plainly('void', oneOfAll), plainly('approve', lastRun)),
  fc.tuple(payAll, plainly('void', fitting), redoThose(fitting), redoThose(runBefore)),
  fc.tuple(payCampaign, adjustBy('bonus', 20_000n, 'paid'), redoThose(lastRun)),
  fc.tuple(payRange, redoThose(lastRun)),
  fc.tuple(record, payRange, record, redoThose(lastRun)),
  fc.tuple(payAll, plainly('void', lastRun), plainly('void', lastRun), payAll),
  // Nobody is paid who should not be, and not without the approval that it needs.
  fc.tuple(
    record,
    payWhatever,
    statusOf('blocked', 'operator', theFirst),
    statusOf('blocked', 'operator', theLast),
    plainly('pay', lastRun),
  ),
  fc.tuple(payAll, statusOf('paused', 'source'), plainly('approve', lastRun)),
  fc.tuple(
    approval('two-person'),
    payAll,
    plainly('approve', lastRun),
    plainly('approve', fitting, { by: 'lee' }),
  ),
  fc.tuple(
    approval('two-person'),
    payAll,
    plainly('approve', fitting, { by: 'lee' }),
    plainly('approve', lastRun, { by: ' KIM' }),
    plainly('pay', fitting),
  ),
  fc.tuple(approval('required'), payAll, plainly('pay', lastRun), plainly('approve', fitting)),
  // A debt that takes several runs.
  fc.tuple(
    payAll,
    adjustBy('clawback', -5000n, 'paid'),
    payAll,
    payAll,
    adjustBy('bonus', 2500n, 'paid'),
    payAll,
    adjustBy('bonus', 20_000n, 'paid'),
  ),
];

/** What makes the rest interesting: something is paid, refunded, taken back, in an order that matters. */
export const story = fc.oneof(...stories);

/** What has come meanwhile, and a story of that. */
export const sequel = fc.tuple(record, story).map(([first, rest]) => [first, ...rest]);

const someNights = fc.nat(24 * 45).chain(pass);

/** Nobody is there: the schedule pays, late or in time, what has come since. */
const nights: fc.Arbitrary<readonly RawStep[]> = fc.tuple(
  fc.oneof({ weight: 3, arbitrary: schedule }, { weight: 1, arbitrary: runSchedule }),
  someNights,
  fc.oneof({ weight: 3, arbitrary: runSchedule }, { weight: 1, arbitrary: schedule }),
  fc.oneof(record, payAll, plainly('void', lastRun)),
  someNights,
  runSchedule,
);

/** Some worlds go on with nobody there. */
export const unattended = fc.oneof(
  { weight: 2, arbitrary: fc.constant<readonly RawStep[]>([]) },
  { weight: 1, arbitrary: nights },
);

export const closing: fc.Arbitrary<readonly RawStep[]> = fc.tuple(payAll, record, forecast);
