/** What becomes of a payment batch as a whole: everything was paid, or its file was never sent. */
import type { CalendarDate } from '../core/calendar.js';
import { ConflictError, IntegrityError, UsageError } from '../core/errors.js';
import type { PaymentBatch, PaymentItem } from '../core/payment.js';
import type { Payout } from '../core/payout.js';
import { refuseEarlierIssue } from '../store/documents.js';
import type { Reader, Writer } from '../store/ledger.js';
import { cancelPayments, fileNamesOf, findBatch, recordBatchStep } from '../store/payments.js';
import { takeStep } from '../store/payout-steps.js';
import { standingsOf } from '../store/payouts.js';
import { Book } from './book.js';
import { batchWithItems } from './payments.js';
import { write, type Work } from './work.js';

/** What a batch has come to. */
export interface SettledBatch {
  readonly batch: PaymentBatch;
  /** The payouts that were changed, as they are now. */
  readonly payouts: readonly Payout[];
  /** Those of which something was known already. */
  readonly ended: readonly PaymentItem[];
  /** The names under which its files were written first; empty where that was not recorded. */
  readonly files: readonly string[];
}

export interface ConfirmInput {
  readonly batch: string;
  /** The day on which the money left; null is today. */
  readonly date: CalendarDate | null;
  /** The bank's word for it; without one the payouts keep the id of the batch. */
  readonly reference: string | null;
}

/** What would be confirmed or cancelled: what is under way, and what has ended. */
export interface LookedAtBatch {
  readonly batch: PaymentBatch;
  readonly underWay: readonly PaymentItem[];
  readonly ended: readonly PaymentItem[];
}

type Found = LookedAtBatch & { readonly number: bigint };

async function look(reader: Reader, id: string): Promise<Found> {
  const { number, batch, items } = await batchWithItems(reader, id);
  const underWay = items.filter(({ outcome }) => outcome === null);
  const odd = underWay.find(({ status }) => status !== 'processing');
  if (odd !== undefined) {
    const what = `${odd.invoiceNumber} is ${odd.status}, and ${batch.id} has it under way`;
    throw new IntegrityError(`${what}; nothing was changed.`, { hint: 'Run `payrun verify`.' });
  }
  return { number, batch, underWay, ended: items.filter(({ outcome }) => outcome !== null) };
}

/** @throws UsageError when the day is not one on which the batch can have been paid */
function paidOn(book: Book, { createdOn, id }: PaymentBatch, date: CalendarDate | null): CalendarDate {
  const { today } = book;
  if (date === null || (createdOn <= date && date <= today)) return date ?? today;
  throw new UsageError(
    `${id} was made on ${createdOn} and today is ${today}; ${date} does not lie between.`,
    {
      hint: 'Give the day on which the money left with --date.',
    },
  );
}

/**
 * What was said before counts: another day or reference would be lost without a word. What was given no
 * reference has that of the batch.
 */
function refuseOtherwise(found: Found, { date, reference }: ConfirmInput): void {
  const other = found.ended.find(
    ({ outcome, outcomeOn, outcomeReference }) =>
      outcome === 'paid' &&
      ((date !== null && date !== outcomeOn) ||
        (reference !== null && reference !== (outcomeReference ?? found.batch.id))),
  );
  if (other === undefined) return;
  const { invoiceNumber, outcomeOn } = other;
  const how = `with reference ${other.outcomeReference ?? found.batch.id}`;
  throw new ConflictError(
    `Nothing was confirmed: ${invoiceNumber} was paid on ${outcomeOn ?? 'another day'} ${how}.`,
    { hint: `What was said first stands. See: payrun payments show ${found.batch.id}` },
  );
}

function refuseCancelled({ id, status }: PaymentBatch): void {
  if (status !== 'cancelled') return;
  throw new ConflictError(`Nothing was confirmed: the batch ${id} was cancelled.`, {
    hint: 'If its file was sent after all, mark what was paid: payrun payouts pay N',
  });
}

/** What a confirmation would mark as paid. Throws as `confirmPayments`. */
export async function previewConfirm(work: Work, input: ConfirmInput): Promise<LookedAtBatch> {
  return work.ledger.read(async (reader) => (await confirmable(reader, work, input)).found);
}

async function confirmable(
  reader: Reader,
  work: Work,
  input: ConfirmInput,
): Promise<{ found: Found; book: Book; on: CalendarDate }> {
  const book = await Book.read(reader, work.now);
  const found = await look(reader, input.batch);
  refuseCancelled(found.batch);
  const on = paidOn(book, found.batch, input.date);
  if (found.underWay.length === 0) refuseOtherwise(found, input);
  return { found, book, on };
}

/** @throws ConflictError when what is under way is not what was looked at */
function refuseMoved(expected: LookedAtBatch | undefined, found: Found): void {
  const told = ({ underWay }: LookedAtBatch): string =>
    JSON.stringify(underWay.map(({ invoiceNumber }) => invoiceNumber));
  if (expected === undefined || told(expected) === told(found)) return;
  throw new ConflictError(`${found.batch.id} has changed since it was looked at; nothing was changed.`, {
    hint: 'Ask again to see what it is now.',
  });
}

async function settled(writer: Writer, found: Found): Promise<SettledBatch> {
  const standings = await standingsOf(
    writer,
    found.underWay.map(({ invoiceNumber }) => invoiceNumber),
  );
  return {
    batch: (await findBatch(writer, found.number)) ?? found.batch,
    payouts: standings.map(({ payout }) => payout),
    ended: found.ended,
    files: await fileNamesOf(writer, found.number),
  };
}

/**
 * Marks everything of a batch that is under way as paid, whatever is known of its affiliates by now: the
 * money has left. Again it changes nothing.
 * @param expected what was looked at before; another state is refused
 * @throws NotFoundError, UsageError for the id; UsageError for a day before the batch or after today;
 * ConflictError when it was cancelled, was paid on another day or with another reference, or is not what was
 * looked at
 */
export async function confirmPayments(
  work: Work,
  input: ConfirmInput,
  expected?: LookedAtBatch,
): Promise<SettledBatch> {
  return write(work, { command: 'payments confirm', request: input }, async (writer) => {
    const { found, book, on } = await confirmable(writer, work, input);
    refuseMoved(expected, found);
    const { number, underWay } = found;
    if (underWay.length > 0) {
      await refuseEarlierIssue(writer, book.today);
      const facts = { on, at: work.now.toISOString(), by: work.actor, osUser: work.osUser, reason: null };
      const { reference } = input;
      const invoiceNumbers = underWay.map(({ invoiceNumber }) => invoiceNumber);
      await takeStep(writer, { ...facts, invoiceNumbers, status: 'paid', reference });
      const step = { batch: number, verb: 'confirmed', reference, payouts: underWay.length } as const;
      await recordBatchStep(writer, { ...facts, ...step });
    }
    const request = { ...input, batch: found.batch.id };
    return { result: await settled(writer, found), changed: underWay.length > 0, request };
  });
}

export interface CancelInput {
  readonly batch: string;
  readonly reason: string;
}

/** @throws ConflictError when something of the batch was paid: then its file was sent */
function refuseSent({ batch, ended }: Found): void {
  const sent = ended.find(({ outcome }) => outcome === 'paid' || outcome === 'returned');
  if (sent === undefined) return;
  throw new ConflictError(
    `Nothing was cancelled: ${sent.invoiceNumber} of ${batch.id} was paid, so its file was sent.`,
    {
      hint:
        'Say what became of the rest: payrun payments reconcile, payrun payments confirm, or ' +
        'payrun payouts fail N',
    },
  );
}

/** What a cancellation would take back. Throws as `cancelBatch`. */
export async function previewCancel(work: Work, input: CancelInput): Promise<LookedAtBatch> {
  return work.ledger.read(async (reader) => {
    const found = await look(reader, input.batch);
    refuseSent(found);
    return found;
  });
}

/**
 * Takes back a batch whose file was never sent: its payouts are failed and can be paid anew, and its file is
 * not written again. Again it changes nothing.
 * @param expected what was looked at before; another state is refused
 * @throws NotFoundError, UsageError for the id; ConflictError when something of it was paid, or it is not
 * what was looked at
 */
export async function cancelBatch(
  work: Work,
  input: CancelInput,
  expected?: LookedAtBatch,
): Promise<SettledBatch> {
  return write(work, { command: 'payments cancel', request: input }, async (writer) => {
    const found = await look(writer, input.batch);
    refuseSent(found);
    refuseMoved(expected, found);
    const { number, batch, underWay } = found;
    const changed = batch.status !== 'cancelled';
    if (changed) {
      const { today: on } = await Book.read(writer, work.now);
      await refuseEarlierIssue(writer, on);
      const { reason } = input;
      const facts = { on, at: work.now.toISOString(), by: work.actor, osUser: work.osUser };
      // Before the step: what a step to failed finds under way it would call failed.
      await cancelPayments(writer, number, on);
      const invoiceNumbers = underWay.map(({ invoiceNumber }) => invoiceNumber);
      const why = `${batch.id} cancelled: ${reason}`;
      await takeStep(writer, { ...facts, invoiceNumbers, status: 'failed', reference: null, reason: why });
      const step = { batch: number, verb: 'cancelled', reason, reference: null } as const;
      await recordBatchStep(writer, { ...facts, ...step, payouts: underWay.length });
    }
    return { result: await settled(writer, found), changed, request: { ...input, batch: batch.id } };
  });
}
