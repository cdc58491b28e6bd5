/** What a payment batch would pay: which payouts, to whom, and which are left out for what reason. */
import { addDays, type CalendarDate } from '../core/calendar.js';
import { NotFoundError, UsageError } from '../core/errors.js';
import {
  batchId,
  type LeftOutReason,
  type Payment,
  type PaymentFileContent,
  type PaymentFormat,
  type PaymentMethod,
  type PaymentOrder,
  type PaymentProblem,
  type PaymentWriter,
  type ReferencedPayment,
} from '../core/payment.js';
import {
  decide,
  TRANSITIONS,
  type PayoutChange,
  type PayoutStanding,
  type PayoutStatus,
  type RefusalReason,
} from '../core/payout.js';
import { runNumber } from '../core/run.js';
import type { Reader } from '../store/ledger.js';
import {
  nextBatchNumber,
  paymentCandidates,
  payoutsOfMethod,
  type PaymentCandidate,
} from '../store/payments.js';
import { listPayouts, standingsOf } from '../store/payouts.js';
import { findRun } from '../store/runs.js';
import { Book } from './book.js';
import { changeOf } from './change-payouts.js';
import { orderOf, paymentFormat, writerOf } from './payment-formats.js';
import type { Work } from './work.js';

/** Which payouts: those that are due, of them the approved ones, all of a run, or just these. */
export type PaymentSelection =
  | { readonly of: 'due' | 'approved' }
  | { readonly of: 'run'; readonly run: string }
  | { readonly of: 'named'; readonly invoiceNumbers: readonly string[] };

/** What is asked for; null is the default. */
export interface PaymentRequest {
  readonly method: PaymentMethod;
  readonly format: PaymentFormat | null;
  readonly selection: PaymentSelection;
  /** The day on which the money is to move; null is today. */
  readonly executionOn: CalendarDate | null;
  /** Pay nothing where something is left out. */
  readonly strict: boolean;
  /** Also pay what was corrected since it was made. */
  readonly includeCorrected: boolean;
}

/** A payout that is not paid, and keeps its status. */
export interface LeftOut {
  readonly invoiceNumber: string;
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly currency: string;
  /** In minor units. */
  readonly amount: bigint;
  readonly reason: LeftOutReason;
  /** Half a sentence: `the IBAN is mistyped`. */
  readonly message: string;
  /** Whether it stands in the way of a strict order: what a run has for other methods does not. */
  readonly counts: boolean;
}

/** What of the method the order did not mean. */
export interface NotMeant {
  /** Failed or returned: they are sent again when they are named. */
  readonly cameBack: number;
  /** Due to affiliates who have no payout method, so that no order means them. */
  readonly withoutMethod: number;
}

/** What would be paid, in the order of the files. */
export interface PaymentPlan {
  readonly order: PaymentOrder;
  /** The number that the batch gets if nobody makes another one before. */
  readonly number: bigint;
  readonly method: PaymentMethod;
  /** Of the names of its files. */
  readonly extension: string;
  readonly files: readonly PaymentFileContent[];
  readonly leftOut: readonly LeftOut[];
  readonly notMeant: NotMeant;
}

/** All that a plan pays. */
export function paymentsOf({ files }: Pick<PaymentPlan, 'files'>): ReferencedPayment[] {
  return files.flatMap(({ payments }) => payments);
}

/** Further ahead a day is a slip of the pen. */
const FURTHEST_DAYS = 366;

/** @throws UsageError for a day on which no bank carries it out */
function executionDay(book: Book, asked: CalendarDate | null): CalendarDate {
  const { today } = book;
  if (asked === null || (today <= asked && asked <= addDays(today, FURTHEST_DAYS))) return asked ?? today;
  const what = asked < today ? 'lies in the past' : 'is more than a year ahead';
  throw new UsageError(`The execution date ${asked} ${what}: today is ${today}.`, {
    hint: `Give --execution-date a day from ${today} to ${addDays(today, FURTHEST_DAYS)}.`,
  });
}

interface Selected {
  readonly invoiceNumbers: readonly string[];
  readonly notMeant: NotMeant;
}

const ALL_MEANT: NotMeant = { cameBack: 0, withoutMethod: 0 };

/** @throws NotFoundError when the run or a payout is not there */
async function select(reader: Reader, { selection, method }: PaymentRequest): Promise<Selected> {
  if (selection.of === 'named') {
    const invoiceNumbers = [...new Set(selection.invoiceNumbers.map((text) => text.trim()))];
    return { invoiceNumbers, notMeant: ALL_MEANT };
  }
  if (selection.of === 'run') {
    const number = runNumber(selection.run);
    if ((await findRun(reader, number)) === undefined) {
      throw new NotFoundError(`There is no run ${selection.run}.`, { hint: 'See `payrun runs list`.' });
    }
    const payouts = await listPayouts(reader, { run: number, statuses: TRANSITIONS.process.from });
    return { invoiceNumbers: payouts.map(({ invoiceNumber }) => invoiceNumber), notMeant: ALL_MEANT };
  }
  // What is open where an approval is required is meant, too: it is left out with its reason.
  const statuses: readonly PayoutStatus[] = selection.of === 'due' ? ['open', 'approved'] : ['approved'];
  const cameBack = await payoutsOfMethod(reader, method, ['failed', 'returned']);
  const withoutMethod = await payoutsOfMethod(reader, null, statuses);
  return {
    invoiceNumbers: await payoutsOfMethod(reader, method, statuses),
    notMeant: { cameBack: cameBack.length, withoutMethod: withoutMethod.length },
  };
}

/** What stands in the way of the payout itself; all else there is about its status. */
const OF_THE_PAYOUT: ReadonlyMap<RefusalReason, LeftOutReason> = new Map([
  ['approval_required', 'approval_required'],
  ['affiliate_blocked', 'affiliate_blocked'],
  ['affiliate_paused', 'affiliate_paused'],
  ['corrected_since', 'corrected_since'],
]);

/** Beside the affiliate's id and name these words do. */
const OF_THE_AFFILIATE: ReadonlyMap<LeftOutReason, string> = new Map([
  ['affiliate_blocked', 'the affiliate is blocked'],
  ['affiliate_paused', 'the affiliate is paused'],
]);

/** Why this payout cannot be in the batch, null where it can. */
function standingProblem(
  standing: PayoutStanding,
  { batch, method }: PaymentCandidate,
  asked: { readonly method: PaymentMethod; readonly change: PayoutChange },
): PaymentProblem | null {
  const { payout } = standing;
  const { invoiceNumber, status } = payout;
  if (batch !== null) return { reason: 'in_batch', message: `is under way in ${batch}` };
  const verdict = decide(standing, asked.change);
  if (verdict.outcome === 'already') return { reason: 'wrong_status', message: `is ${status} already` };
  const refusal = verdict.outcome === 'refused' ? verdict.refusal : null;
  if (refusal?.reason === 'wrong_status') return { reason: 'wrong_status', message: `is ${status}` };
  if (method !== asked.method) {
    const message = method === null ? 'the affiliate has no payout method' : `is paid by ${method}`;
    return { reason: 'other_method', message };
  }
  if (refusal !== null) {
    const reason = OF_THE_PAYOUT.get(refusal.reason) ?? 'wrong_status';
    return {
      reason,
      message: OF_THE_AFFILIATE.get(reason) ?? refusal.message.slice(invoiceNumber.length + 1),
    };
  }
  if (payout.detailsChanged) {
    return {
      reason: 'details_changed',
      message: 'the payment details were changed after the payout was made or approved',
    };
  }
  return null;
}

/** Refuses files that are not just the payments that were handed over: a bug of a format. */
function assertWhole(payments: readonly ReferencedPayment[], files: readonly PaymentFileContent[]): void {
  const told = (list: readonly Payment[]): string =>
    JSON.stringify(
      list.map(({ invoiceNumber, currency, amount }) => [invoiceNumber, currency, String(amount)]).sort(),
    );
  const written = files.flatMap((file) => file.payments);
  const isOfOne = files.every((file) => file.payments.every(({ currency }) => currency === file.currency));
  if (!isOfOne || told(written) !== told(payments)) {
    throw new Error('The payment files would not be the payments of the batch.');
  }
}

interface Checked {
  readonly payments: readonly ReferencedPayment[];
  readonly leftOut: readonly LeftOut[];
}

async function checkEach(
  reader: Reader,
  request: PaymentRequest,
  invoiceNumbers: readonly string[],
  { order, writer, change }: { order: PaymentOrder; writer: PaymentWriter; change: PayoutChange },
): Promise<Checked> {
  const standings = await standingsOf(reader, invoiceNumbers);
  const candidates = await paymentCandidates(reader, invoiceNumbers);
  const found = new Set(standings.map(({ payout }) => payout.invoiceNumber));
  const missing = invoiceNumbers.find((invoiceNumber) => !found.has(invoiceNumber));
  if (missing !== undefined) {
    throw new NotFoundError(`There is no payout ${missing}.`, { hint: 'See `payrun payouts list`.' });
  }
  const isNamed = request.selection.of === 'named';
  const payments: ReferencedPayment[] = [];
  const leftOut: LeftOut[] = [];
  for (const [place, candidate] of candidates.entries()) {
    const standing = standings[place];
    if (standing === undefined) throw new Error('A payout without its standing.');
    const { payment } = candidate;
    const asked = { method: request.method, change };
    const problem = standingProblem(standing, candidate, asked) ?? writer.problem(payment, order);
    if (problem === null) {
      payments.push({ ...payment, reference: writer.reference(payment, order) });
      continue;
    }
    const { invoiceNumber, affiliateId, currency, amount } = payment;
    const { affiliateName } = standing.payout;
    const counts = isNamed || problem.reason !== 'other_method';
    leftOut.push({ invoiceNumber, affiliateId, affiliateName, currency, amount, ...problem, counts });
  }
  return { payments, leftOut };
}

/**
 * Decides what a batch pays, from the payment details of now.
 * @throws NotFoundError when the run or a payout is not there; UsageError for a format or day that cannot be,
 * and where a setting is missing without which the file cannot be written
 */
export async function planPayments(
  reader: Reader,
  work: Pick<Work, 'now' | 'actor'>,
  request: PaymentRequest,
): Promise<PaymentPlan> {
  const book = await Book.read(reader, work.now);
  const { method, includeCorrected } = request;
  const format = paymentFormat(book, method, request.format);
  const number = await nextBatchNumber(reader);
  const executionOn = executionDay(book, request.executionOn);
  const order = orderOf(book, {
    ...{ id: batchId(number), method, format, createdAt: work.now, executionOn },
  });
  const asked = { verb: 'process', date: null, reference: null, includeCorrected } as const;
  const change = changeOf(book, work, asked);
  const { invoiceNumbers, notMeant } = await select(reader, request);
  const writer = await writerOf(format);
  const { extension } = writer;
  const plan = { order, number, method, extension, notMeant };
  if (invoiceNumbers.length === 0) return { ...plan, files: [], leftOut: [] };
  writer.check(order);
  const { payments, leftOut } = await checkEach(reader, request, invoiceNumbers, { order, writer, change });
  const files = payments.length === 0 ? [] : writer.files(payments, order);
  assertWhole(payments, files);
  return { ...plan, files, leftOut };
}
