/** Looking at affiliates: who they are, what they have, and when they get paid. */
import type { Affiliate, AffiliateDetails, AffiliateStatus, Balance } from '../core/affiliate.js';
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { NOT_YET_PAID, type Payout } from '../core/payout.js';
import type { Skip, SkipReason } from '../core/plan.js';
import { scheduledRequest, slotToRun } from '../core/schedule.js';
import { listAffiliateChanges, type AffiliateChange } from '../store/affiliate-changes.js';
import { findAffiliate, listAffiliates as list } from '../store/affiliates.js';
import type { Reader } from '../store/ledger.js';
import { listPayouts } from '../store/payouts.js';
import { lastPaymentDays } from '../store/statement.js';
import { balancesOf, holdsOf, type HeldOnDay } from './balances.js';
import { Book } from './book.js';
import { resolveAffiliate } from './find-affiliate.js';
import { preview } from './generate.js';
import { scheduleFacts } from './schedule.js';
import type { Work } from './work.js';

export type { AffiliateChange };

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

/** What he has in one currency, and what the next payout waits for. Amounts in minor units. */
export interface ShownBalance extends Balance {
  /** The next three days on which something comes off its hold. */
  readonly holds: readonly HeldOnDay[];
  /** What is on hold for longer than that. */
  readonly heldLater: bigint;
  /** The minimum that applies to him; null where none does. */
  readonly minimum: bigint | null;
  /** What of the minimum is not available yet, zero once it is reached; null where none applies. */
  readonly missing: bigint | null;
  /** The day of the last payment; null where nothing was paid. */
  readonly lastPaidOn: CalendarDate | null;
}

/** One affiliate, and the answer to "when do I get paid?". */
export interface ShownAffiliate {
  readonly affiliate: AffiliateDetails;
  readonly balances: readonly ShownBalance[];
  readonly nextPayout: {
    /**
     * The slot of the next scheduled run; null without a schedule, and then the estimates are for today.
     * A past one is due and was not run yet.
     */
    readonly on: CalendarDate | null;
    readonly isOverdue: boolean;
    readonly estimates: readonly Estimate[];
  };
  /** His payouts whose money has not arrived yet. */
  readonly pending: readonly Payout[];
  /** What was changed of him, the latest first. */
  readonly changes: readonly AffiliateChange[];
}

const SHOWN_HOLDS = 3;
const SHOWN_CHANGES = 10;

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
    const on = slotToRun(await scheduleFacts(reader, book));
    return {
      affiliate,
      balances: await shownBalances(reader, book, affiliate),
      nextPayout: {
        on,
        isOverdue: on !== null && on < book.today,
        estimates: await estimates(reader, work, id, on ?? book.today),
      },
      pending: await listPayouts(reader, { affiliateId: id, statuses: NOT_YET_PAID }),
      changes: await listAffiliateChanges(reader, id, SHOWN_CHANGES),
    };
  });
}

async function shownBalances(reader: Reader, book: Book, affiliate: Affiliate): Promise<ShownBalance[]> {
  const { id } = affiliate;
  const rules = await book.rules(reader);
  const holds = await holdsOf(reader, rules, id);
  const lastPaid = await lastPaymentDays(reader, id);
  return ((await balancesOf(reader, rules, id)).get(id) ?? []).map((balance) => {
    const { currency, available } = balance;
    const days = holds.get(currency) ?? [];
    const minimum = minimumOf(affiliate, currency, book);
    return {
      ...balance,
      holds: days.slice(0, SHOWN_HOLDS),
      heldLater: days.slice(SHOWN_HOLDS).reduce((sum, { amount }) => sum + amount, 0n),
      minimum,
      missing: minimum === null ? null : minimum > available ? minimum - available : 0n,
      lastPaidOn: lastPaid.get(currency) ?? null,
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
  const { plan } = await preview(reader, work, scheduledRequest(on, affiliateId), false);
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

function minimumOf(affiliate: Affiliate, currency: CurrencyCode, book: Book): bigint | null {
  const own = affiliate.minimumCurrency === currency ? affiliate.minimum : null;
  const minimum = own ?? book.minimums.get(currency) ?? 0n;
  return minimum > 0n ? minimum : null;
}
