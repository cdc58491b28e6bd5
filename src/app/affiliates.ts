/** Looking at affiliates: who they are, what they have, and when they get paid. */
import type { Affiliate, AffiliateDetails, AffiliateStatus, Balance } from '../core/affiliate.js';
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { nextSlot, type ScheduleFrequency } from '../core/period.js';
import { NOT_YET_PAID, type Payout } from '../core/payout.js';
import type { Skip, SkipReason } from '../core/plan.js';
import { findAffiliate, listAffiliates as list } from '../store/affiliates.js';
import type { Reader } from '../store/ledger.js';
import { listPayouts } from '../store/payouts.js';
import { balancesOf } from './balances.js';
import { Book } from './book.js';
import { resolveAffiliate } from './find-affiliate.js';
import { preview } from './generate.js';
import type { Work } from './work.js';

export interface ListedAffiliate {
  readonly affiliate: Affiliate;
  /** By currency; empty where he never had anything. */
  readonly balances: readonly Balance[];
}

/** Affiliates by id with their balances; of one status where it is given. */
export async function listAffiliates(work: Work, status?: AffiliateStatus): Promise<ListedAffiliate[]> {
  return work.ledger.read(async (reader) => {
    const book = await Book.read(reader, work.now);
    const balances = await balancesOf(reader, await book.rules(reader), null);
    const affiliates = (await list(reader)).filter((one) => status === undefined || one.status === status);
    return affiliates.map((affiliate) => ({ affiliate, balances: balances.get(affiliate.id) ?? [] }));
  });
}

/** What the next scheduled run would pay him in one currency. */
export interface Estimate {
  readonly currency: CurrencyCode;
  /** In minor units; 0 where nothing would be paid. */
  readonly amount: bigint;
  /** Why nothing would be paid; null where something would. */
  readonly reason: SkipReason | null;
}

/** One affiliate, and the answer to "when do I get paid?". */
export interface ShownAffiliate {
  readonly affiliate: AffiliateDetails;
  readonly balances: readonly Balance[];
  readonly nextPayout: {
    /** The day of the next scheduled run; null without a schedule, and then the estimates are for today. */
    readonly on: CalendarDate | null;
    readonly estimates: readonly Estimate[];
  };
  /**
   * The minimum that applies to him in each currency of his balances, in minor units; absent where none
   * does.
   */
  readonly minimums: ReadonlyMap<CurrencyCode, bigint>;
  /** His payouts whose money has not arrived yet. */
  readonly pending: readonly Payout[];
}

/**
 * One affiliate with everything that there is to say.
 * @throws NotFoundError when none fits; UsageError, listing the candidates, when several do
 */
export async function showAffiliate(work: Work, text: string): Promise<ShownAffiliate> {
  return work.ledger.read(async (reader) => {
    const { id } = await resolveAffiliate(reader, text, 'accepted');
    const affiliate = await findAffiliate(reader, id);
    if (affiliate === undefined) throw new Error(`${id} was found and is not there.`);
    const book = await Book.read(reader, work.now);
    const balances = (await balancesOf(reader, await book.rules(reader), id)).get(id) ?? [];
    const on = nextSlot(book.setting('schedule.frequency') as ScheduleFrequency, book.today);
    return {
      affiliate,
      balances,
      nextPayout: { on, estimates: await estimates(reader, work, id, on ?? book.today) },
      minimums: minimumsOf(affiliate, balances, book),
      pending: await listPayouts(reader, { affiliateId: id, statuses: NOT_YET_PAID }),
    };
  });
}

/** Asks the engine what a scheduled run on that day would pay him. */
async function estimates(
  reader: Reader,
  work: Work,
  affiliateId: string,
  on: CalendarDate,
): Promise<Estimate[]> {
  const request = { from: null, to: on, asOf: on, affiliateId, campaign: null, overrideMinimum: false };
  const { plan } = await preview(reader, work, request, false);
  const found = new Map<CurrencyCode, Estimate>();
  for (const { currency, reason } of mostTelling(plan.skipped)) {
    if (!found.has(currency)) found.set(currency, { currency, amount: 0n, reason });
  }
  for (const { currency, amount } of plan.payouts) found.set(currency, { currency, amount, reason: null });
  return [...found.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/**
 * The reasons, the one that answers "why not?" best first: what stops him altogether, then what stops the
 * part that is due, then what the rest waits for.
 */
const TELLING: readonly SkipReason[] = [
  'affiliate_blocked',
  'affiliate_paused',
  'below_minimum',
  'negative_balance',
  'on_hold',
  'not_approved',
  'out_of_range',
];

function mostTelling(skipped: readonly Skip[]): Skip[] {
  return TELLING.flatMap((reason) => skipped.filter((skip) => skip.reason === reason));
}

function minimumsOf(
  affiliate: Affiliate,
  balances: readonly Balance[],
  book: Book,
): ReadonlyMap<CurrencyCode, bigint> {
  const minimums = new Map<CurrencyCode, bigint>();
  for (const { currency } of balances) {
    const own = affiliate.minimumCurrency === currency ? affiliate.minimum : null;
    const minimum = own ?? book.minimums.get(currency) ?? 0n;
    if (minimum > 0n) minimums.set(currency, minimum);
  }
  return minimums;
}
