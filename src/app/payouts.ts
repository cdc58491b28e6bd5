/** Looking at payouts. */
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { NotFoundError } from '../core/errors.js';
import {
  NOT_YET_PAID,
  type Payee,
  type Payout,
  type PayoutApproval,
  type PayoutLine,
  type PayoutStatus,
  type PayoutStep,
} from '../core/payout.js';
import { runNumber } from '../core/run.js';
import type { Reader } from '../store/ledger.js';
import { pendingWays, sentOf, waysOf, type PayoutWay } from '../store/payments.js';
import { eachPayout, findPayout, historyOf, linesOf, payeeOf, type PayoutFilter } from '../store/payouts.js';
import { findRun } from '../store/runs.js';
import { Book } from './book.js';
import { resolveAffiliate } from './find-affiliate.js';
import type { Work } from './work.js';

/** Which payouts, as asked for; what is absent does not matter. Dates filter the issue date. */
export interface PayoutQuery {
  readonly statuses?: readonly PayoutStatus[];
  readonly run?: string;
  /** Id, e-mail, name, or a part that fits just one. */
  readonly affiliate?: string;
  readonly currency?: CurrencyCode;
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
  /** Only those whose lines were corrected since they were made. */
  readonly corrected?: boolean;
  /** Only those whose payment details were changed since they were made or approved. */
  readonly detailsChanged?: boolean;
}

/**
 * The query with the run and the affiliate looked up.
 * @throws NotFoundError, UsageError when one is not there
 */
async function filterOf(reader: Reader, query: PayoutQuery): Promise<PayoutFilter> {
  const { run, affiliate, ...rest } = query;
  const number = run === undefined ? undefined : runNumber(run);
  if (number !== undefined && (await findRun(reader, number)) === undefined) {
    throw new NotFoundError(`There is no run ${run ?? ''}.`, { hint: 'See `payrun runs list`.' });
  }
  const one = affiliate === undefined ? undefined : await resolveAffiliate(reader, affiliate, 'accepted');
  return {
    ...rest,
    ...(number === undefined ? {} : { run: number }),
    ...(one === undefined ? {} : { affiliateId: one.id }),
  };
}

/**
 * Hands over the payouts by issue date, then number, in pages of one snapshot.
 * @throws NotFoundError when the run or the affiliate is not there; UsageError when the affiliate is not
 * just one
 */
export async function withPayouts(
  work: Work,
  query: PayoutQuery,
  use: (page: readonly Payout[]) => Promise<void>,
): Promise<void> {
  await work.ledger.read(async (reader) => {
    for await (const page of eachPayout(reader, await filterOf(reader, query))) await use(page);
  });
}

/** Whether payouts need an approval before they are paid. */
export async function payoutApproval(work: Work): Promise<PayoutApproval> {
  return work.ledger.read(
    async (reader) => (await Book.read(reader, work.now)).setting('approval.payouts') as PayoutApproval,
  );
}

/** Hands over the payouts whose money has not arrived yet. */
export async function withPending(
  work: Work,
  use: (page: readonly Payout[]) => Promise<void>,
): Promise<void> {
  return withPayouts(work, { statuses: NOT_YET_PAID }, use);
}

/** By which ways what is not yet paid would be paid, or is under way; each way once. */
export async function waysOfPending(work: Work): Promise<PayoutWay[]> {
  return work.ledger.read((reader) => pendingWays(reader));
}

/** By which ways these payouts would be paid now, or are under way. */
export async function waysOfPayouts(
  work: Work,
  payouts: readonly Pick<Payout, 'invoiceNumber'>[],
): Promise<(PayoutWay & { readonly invoiceNumber: string })[]> {
  const numbers = payouts.map(({ invoiceNumber }) => invoiceNumber);
  return work.ledger.read((reader) => waysOf(reader, numbers));
}

/** A payout with all that is known of it. */
export interface ShownPayout {
  readonly payout: Payout;
  readonly payee: Payee;
  readonly lines: readonly PayoutLine[];
  /** The last payment batch that it was in, and the account to which, whole; null where it was in none. */
  readonly sent: { readonly batch: string; readonly account: string } | null;
  /** From `open` on. */
  readonly history: readonly PayoutStep[];
}

/** One payout. @throws NotFoundError when there is none of that number */
export async function showPayout(work: Work, invoiceNumber: string): Promise<ShownPayout> {
  return work.ledger.read(async (reader) => {
    const payout = await findPayout(reader, invoiceNumber.trim());
    if (payout === undefined) {
      throw new NotFoundError(`There is no payout ${invoiceNumber}.`, { hint: 'See `payrun payouts list`.' });
    }
    return {
      payout,
      payee: await payeeOf(reader, payout.invoiceNumber),
      lines: await linesOf(reader, payout.invoiceNumber),
      sent: await sentOf(reader, payout.invoiceNumber),
      history: await historyOf(reader, payout.invoiceNumber),
    };
  });
}
