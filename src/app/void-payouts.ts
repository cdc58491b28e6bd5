/** Taking payouts back: their lines are eligible again, each gets a credit note (SPEC section 7). */
import { ConflictError, NotFoundError, UsageError } from '../core/errors.js';
import { TRANSITIONS, type Payout } from '../core/payout.js';
import { runNumber } from '../core/run.js';
import { refuseEarlierIssue } from '../store/documents.js';
import type { Reader } from '../store/ledger.js';
import { findPayout, listPayouts, voidPayouts } from '../store/payouts.js';
import { findRun } from '../store/runs.js';
import { Book } from './book.js';
import { write, type Work } from './work.js';

/** Which payouts are meant: by invoice number, or all of a run. */
export interface PayoutSelection {
  readonly invoiceNumbers: readonly string[];
  readonly run: string | null;
}

export interface Voided {
  /** The payouts as they are now, in the order asked for. */
  readonly payouts: readonly Payout[];
  /** Those that were not void before. */
  readonly voided: readonly Payout[];
}

/**
 * The payouts that are meant, each once.
 * @throws NotFoundError naming the first that is not there; UsageError when neither or both ways are used
 */
export async function selectPayouts(reader: Reader, selection: PayoutSelection): Promise<Payout[]> {
  const { invoiceNumbers, run } = selection;
  if ((run === null) === (invoiceNumbers.length === 0)) {
    throw new UsageError('Say which payouts: invoice numbers, or --run R, not both.');
  }
  if (run !== null) {
    const number = runNumber(run);
    if ((await findRun(reader, number)) === undefined) {
      throw new NotFoundError(`There is no run ${run}.`, { hint: 'See `payrun runs list`.' });
    }
    return listPayouts(reader, { run: number });
  }
  const payouts: Payout[] = [];
  for (const invoiceNumber of new Set(invoiceNumbers.map((text) => text.trim()))) {
    const payout = await findPayout(reader, invoiceNumber);
    if (payout === undefined) {
      throw new NotFoundError(`There is no payout ${invoiceNumber}.`, { hint: 'See `payrun payouts list`.' });
    }
    payouts.push(payout);
  }
  return payouts;
}

/** The payouts that are meant, as they stand. Throws as `selectPayouts`. */
export async function findSelected(work: Work, selection: PayoutSelection): Promise<Payout[]> {
  return work.ledger.read((reader) => selectPayouts(reader, selection));
}

/** The payouts that can be taken back, for choosing one. */
export async function voidablePayouts(work: Work): Promise<Payout[]> {
  return work.ledger.read((reader) => listPayouts(reader, { statuses: TRANSITIONS.void.from }));
}

/** Those that would change. @throws ConflictError naming every payout that stands in the way. */
export function toBeVoided(payouts: readonly Payout[]): Payout[] {
  const waiting = payouts.filter((payout) => payout.status !== TRANSITIONS.void.to);
  const allowed: readonly string[] = TRANSITIONS.void.from;
  const inTheWay = waiting.filter((payout) => !allowed.includes(payout.status));
  if (inTheWay.length > 0) {
    const named = inTheWay.slice(0, 10).map(({ invoiceNumber, status }) => `${invoiceNumber} is ${status}`);
    throw new ConflictError(`Nothing was voided: ${named.join(', ')}.`, {
      hint: 'A payout whose money is on its way or has arrived cannot be voided.',
      details: inTheWay.map(({ invoiceNumber, status }) => ({ invoiceNumber, status })),
    });
  }
  return waiting;
}

/**
 * Voids payouts, all or none. One that is void already changes nothing and takes no second credit note.
 * @throws NotFoundError, UsageError as `selectPayouts`; ConflictError when one cannot be voided or the
 * clock was set back
 */
export async function voidSelected(work: Work, selection: PayoutSelection, reason: string): Promise<Voided> {
  const request = { command: 'payouts void', request: { ...selection, reason } };
  return write(work, request, async (writer) => {
    const payouts = await selectPayouts(writer, selection);
    const waiting = toBeVoided(payouts);
    if (waiting.length > 0) {
      const book = await Book.read(writer, work.now);
      await refuseEarlierIssue(writer, book.today);
      await voidPayouts(writer, {
        invoiceNumbers: waiting.map((payout) => payout.invoiceNumber),
        reason,
        on: book.today,
        at: work.now.toISOString(),
        by: work.actor,
        osUser: work.osUser,
        series: book.series('credit-note'),
      });
    }
    const now: Payout[] = [];
    for (const { invoiceNumber } of payouts) {
      const payout = await findPayout(writer, invoiceNumber);
      if (payout !== undefined) now.push(payout);
    }
    return { result: { payouts: now, voided: waiting }, changed: waiting.length > 0 };
  });
}
