/** Adding a bonus, an adjustment or a clawback by hand, approved at once (SPEC section 8). */
import type { Affiliate } from '../core/affiliate.js';
import type { CalendarDate } from '../core/calendar.js';
import { signFits, type Commission, type CommissionKind } from '../core/commission.js';
import { UsageError } from '../core/errors.js';
import { parseAmount } from '../core/money.js';
import { namedPeriod } from '../core/period.js';
import type { SkipReason } from '../core/plan.js';
import { insertAdjustment } from '../store/adjustments.js';
import { findCommission } from '../store/commissions.js';
import { Engine } from '../store/eligibility.js';
import type { Reader } from '../store/ledger.js';
import { Book } from './book.js';
import { resolveAffiliate } from './find-affiliate.js';
import { write, type Work } from './work.js';

export const ADJUSTMENT_KINDS = ['bonus', 'adjustment', 'clawback'] as const;
export type AdjustmentKind = (typeof ADJUSTMENT_KINDS)[number];

/** What is added, as it was typed. */
export interface AdjustInput {
  /** Id, e-mail or exact name. */
  readonly affiliate: string;
  /** A plain decimal in the currency. */
  readonly amount: string;
  readonly currency: string;
  readonly kind: AdjustmentKind;
  /** Today where it is null. */
  readonly earnedOn: CalendarDate | null;
  readonly reason: string;
}

export interface Adjusted {
  readonly commission: Commission;
  readonly affiliate: Affiliate;
  /** The words after `payrun generate` that pay it. */
  readonly payWords: readonly string[];
  /** The first day on which a run takes it. */
  readonly payableOn: CalendarDate;
  /** Whether that day is still to come. */
  readonly isLater: boolean;
  /** What that run would pay him in this currency, in minor units; null where it would pay nothing. */
  readonly payable: bigint | null;
  /** Why it would pay nothing; null where it would pay. */
  readonly whyNot: SkipReason | null;
}

const SIGN: Readonly<Record<'bonus' | 'clawback', string>> = {
  bonus: 'A bonus is above zero. What is taken back is a clawback: --kind clawback.',
  clawback: 'A clawback is below zero, such as -20.00. What is given is a bonus: --kind bonus.',
};

/**
 * The amount in minor units.
 * @throws UsageError when it is none of this currency, is zero, or has the wrong sign for its kind
 */
export function adjustmentAmount(
  text: string,
  currency: string,
  kind: Exclude<CommissionKind, 'sale'>,
): bigint {
  const parsed = parseAmount(text, currency);
  if (!parsed.ok) throw new UsageError(parsed.message);
  if (parsed.minor === 0n) throw new UsageError('An adjustment of zero adjusts nothing.');
  if (kind !== 'adjustment' && !signFits(kind, parsed.minor)) throw new UsageError(SIGN[kind]);
  return parsed.minor;
}

/**
 * Adds a commission of the operator's own. It is approved, available from the day it counts as earned, and
 * paid or netted by the next run that asks for that day.
 * @throws UsageError when the amount, the sign or the reason will not do, or the affiliate is not just one;
 * NotFoundError when he is not there
 */
export async function adjust(work: Work, input: AdjustInput): Promise<Adjusted> {
  const { currency, kind } = input;
  const reason = input.reason.trim();
  if (reason === '') throw new UsageError('An adjustment needs a reason: the affiliate will ask for it.');
  const amount = adjustmentAmount(input.amount, currency, kind);
  return write(work, { command: 'adjust', request: input }, async (writer) => {
    const affiliate = await resolveAffiliate(writer, input.affiliate, 'refused');
    const book = await Book.read(writer, work.now);
    const earnedOn = input.earnedOn ?? book.today;
    const at = work.now.toISOString();
    const affiliateId = affiliate.id;
    const id = await insertAdjustment(writer, { affiliateId, kind, currency, amount, earnedOn, reason, at });
    const commission = await findCommission(writer, id);
    if (commission === undefined) throw new Error(`${id} is not there.`);
    const result = { commission, affiliate, ...(await nextRun(writer, book, commission)) };
    return { result, changed: true };
  });
}

/** What the run would pay that takes it, and how that run is asked for: everything earned up to then. */
async function nextRun(
  reader: Reader,
  book: Book,
  { affiliateId, currency, earnedOn }: Commission,
): Promise<Pick<Adjusted, 'payWords' | 'payableOn' | 'isLater' | 'payable' | 'whyNot'>> {
  const month = namedPeriod('this-month', book.today);
  const beyond = earnedOn > month.to;
  const payableOn = earnedOn > book.today ? earnedOn : book.today;
  const request = {
    from: null,
    to: beyond ? earnedOn : month.to,
    asOf: payableOn,
    affiliateId,
    campaign: null,
    overrideMinimum: false,
    currency,
  };
  const { payouts, skipped } = await Engine.preview(reader, request, await book.rules(reader)).answer();
  const decisive: readonly SkipReason[] = [
    'affiliate_blocked',
    'affiliate_paused',
    'negative_balance',
    'below_minimum',
  ];
  const whyNot = skipped.find(({ reason }) => decisive.includes(reason))?.reason ?? null;
  const payWords = [
    ...['--affiliate', affiliateId],
    ...(beyond ? ['--from', earnedOn, '--to', earnedOn] : ['--period', 'this-month']),
    '--include-earlier',
    ...(whyNot === 'below_minimum' ? ['--override-minimum'] : []),
  ];
  const isLater = payableOn > book.today;
  return { payWords, payableOn, isLater, payable: payouts[0]?.amount ?? null, whyNot };
}
