/** Reconciling a payment batch with what the provider says became of its payments. */
import { createHash } from 'node:crypto';
import { ConflictError, UsageError } from '../core/errors.js';
import type { PaymentBatch } from '../core/payment.js';
import type { Payout } from '../core/payout.js';
import {
  reconcile,
  type Reconciliation,
  type ResultFile,
  type Settlement,
  type Unmatched,
} from '../core/reconciliation.js';
import { openInput } from '../host/input-file.js';
import { readPaymentResults } from '../imports/payment-results.js';
import { builtInLayout, layoutOfMap, type ResultFormat } from '../imports/result-layout.js';
import { refuseEarlierIssue } from '../store/documents.js';
import { earlierSendings } from '../store/earlier-sendings.js';
import type { Reader, Writer } from '../store/ledger.js';
import { recordBatchStep } from '../store/payments.js';
import { takeStep } from '../store/payout-steps.js';
import { standingsOf } from '../store/payouts.js';
import { Book } from './book.js';
import { readMapFile } from './map-file.js';
import { batchWithItems } from './payments.js';
import { write, type Work } from './work.js';

const STEPS = 3;

export interface ReconcileInput {
  /** The batch by its id. */
  readonly batch: string;
  /** The provider's file, or `-` for standard input. */
  readonly path: string;
  readonly stdin: NodeJS.ReadableStream;
  /** Null is the format of the batch's method. */
  readonly format: ResultFormat | null;
  /** The file that describes the columns; null where the titles are the known ones. */
  readonly mapPath: string | null;
}

/** A provider's file, read for one batch. */
export interface Results {
  /** By its id. */
  readonly batch: string;
  readonly path: string;
  readonly format: ResultFormat;
  readonly file: ResultFile;
  /** Of the file's bytes, in hexadecimal digits. */
  readonly sha256: string;
}

export interface Reconciled {
  /** As it stands afterwards. */
  readonly batch: PaymentBatch;
  /** Those that were changed, as they are now. */
  readonly payouts: readonly Payout[];
  readonly settlements: readonly Settlement[];
  readonly unchanged: number;
  readonly unmatched: readonly Unmatched[];
}

/**
 * Reads the provider's file, without a lock on the ledger.
 * @throws UsageError, NotFoundError for a batch that is not there; InvalidDataError for a file or a map that
 * cannot be understood; what `openInput` throws
 */
export async function readResults(work: Work, input: ReconcileInput): Promise<Results> {
  const { path, mapPath } = input;
  if (path === '-' && mapPath === '-')
    throw new UsageError('The file and its map cannot both come from a pipe.');
  const { batch, book } = await work.ledger.read(async (reader) => ({
    ...(await batchWithItems(reader, input.batch)),
    book: await Book.read(reader, work.now),
  }));
  const { method } = batch;
  const format = input.format ?? (method === 'paypal' || method === 'wise' ? method : 'csv');
  const mark = book.setting('export.paypal.decimal-mark') === ',' ? ',' : '.';
  const layout =
    mapPath === null
      ? builtInLayout(format, mark)
      : layoutOfMap(await readMapFile(mapPath, input.stdin), mapPath);
  work.progress(1, STEPS, 'reading the file');
  const hash = createHash('sha256');
  const name = path === '-' ? 'standard input' : path;
  const chunks = hashed(await openInput(path, input.stdin), (chunk) => hash.update(chunk));
  const file = await readPaymentResults(chunks, layout, { name, zone: book.zone });
  return { batch: batch.id, path, format, file, sha256: hash.digest('hex') };
}

async function* hashed(bytes: AsyncIterable<Buffer>, take: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    take(chunk);
    yield chunk;
  }
}

type Compared = Reconciliation & Pick<Reconciled, 'batch'> & { readonly number: bigint };

async function compare(reader: Reader, { batch: id, file }: Results, book: Book): Promise<Compared> {
  const { number, batch, items } = await batchWithItems(reader, id);
  const { createdOn } = batch;
  const earlier = await earlierSendings(reader, number);
  return { number, batch, ...reconcile(items, file, { createdOn, today: book.today, earlier }) };
}

/**
 * What would change, for looking at it first: only reads. The batch is as it stands, the payouts as they
 * would be. @throws NotFoundError when there is no such batch
 */
export async function previewReconciliation(work: Work, results: Results): Promise<Reconciled> {
  return work.ledger.read(async (reader) => {
    work.progress(2, STEPS, 'comparing with the batch');
    const book = await Book.read(reader, work.now);
    const { batch, settlements, unchanged, unmatched } = await compare(reader, results, book);
    const numbers = settlements.map(({ item }) => item.invoiceNumber);
    const standings = await standingsOf(reader, numbers);
    const stepsOf = new Map(settlements.map(({ item, steps }) => [item.invoiceNumber, steps]));
    const payouts = standings.map(({ payout }) =>
      (stepsOf.get(payout.invoiceNumber) ?? []).reduce<Payout>(afterStep, payout),
    );
    return { batch, payouts, settlements, unchanged, unmatched };
  });
}

/** What `takeStep` makes of a payout. */
function afterStep(payout: Payout, { status, on, reference }: Step): Payout {
  if (status === 'paid') return { ...payout, status, paidOn: on, reference: reference ?? payout.reference };
  return status === 'failed' ? { ...payout, status } : { ...payout, status, paidOn: null, reference: null };
}

/**
 * Marks each payout of a batch as the provider's file says where reference, currency and amount all match.
 * Nothing is asked of the affiliate or of corrections: the money has left. The same file again changes
 * nothing.
 * @param expected what was looked at before; anything else is refused
 * @throws NotFoundError when there is no such batch; ConflictError when what would change is not what was
 * looked at, or when the clock was set back
 */
export async function reconcilePayments(
  work: Work,
  results: Results,
  options: { readonly expected?: readonly Settlement[] | undefined } = {},
): Promise<Reconciled> {
  const { expected } = options;
  const { path, format, sha256, batch: id } = results;
  const request = { batch: id, path, format, sha256 };
  return write(work, { command: 'payments reconcile', request }, async (writer) => {
    work.progress(2, STEPS, 'comparing with the batch');
    const book = await Book.read(writer, work.now);
    const { number, settlements, unchanged, unmatched } = await compare(writer, results, book);
    if (expected !== undefined && told(expected) !== told(settlements)) {
      throw new ConflictError('What would change is not what was looked at any more; nothing was changed.', {
        hint: 'Ask again to see what it is now.',
      });
    }
    if (settlements.length > 0) {
      work.progress(3, STEPS, 'marking the payouts');
      await refuseEarlierIssue(writer, book.today);
      await settle(writer, work, book, { number, settlements });
    }
    const numbers = settlements.map(({ item }) => item.invoiceNumber);
    const payouts = (await standingsOf(writer, numbers)).map(({ payout }) => payout);
    const { batch } = await batchWithItems(writer, id);
    const result = { batch, payouts, settlements, unchanged, unmatched };
    const changed = payouts.map(({ invoiceNumber, status }) => [invoiceNumber, status]);
    return { result, changed: settlements.length > 0, recorded: { changed, unmatched: unmatched.length } };
  });
}

const told = (settlements: readonly Settlement[]): string =>
  JSON.stringify(settlements.map(({ item, steps }) => [item.invoiceNumber, steps]));

type Step = Settlement['steps'][number];

/** Takes the steps, to be paid before to come back; payouts of which the file says the same go together. */
async function settle(
  writer: Writer,
  work: Work,
  book: Book,
  { number, settlements }: { readonly number: bigint; readonly settlements: readonly Settlement[] },
): Promise<void> {
  const facts = { at: work.now.toISOString(), by: work.actor, osUser: work.osUser };
  for (const status of ['paid', 'failed', 'returned'] as const) {
    const alike = new Map<string, { readonly step: Step; readonly invoiceNumbers: string[] }>();
    for (const { item, steps } of settlements) {
      const step = steps.find((one) => one.status === status);
      if (step === undefined) continue;
      const key = JSON.stringify(step);
      const group = alike.get(key);
      if (group === undefined) alike.set(key, { step, invoiceNumbers: [item.invoiceNumber] });
      else group.invoiceNumbers.push(item.invoiceNumber);
    }
    for (const { step, invoiceNumbers } of alike.values()) {
      await takeStep(writer, { ...facts, ...step, invoiceNumbers });
    }
  }
  await recordBatchStep(writer, {
    ...facts,
    ...{ batch: number, verb: 'reconciled', on: book.today, reason: null, reference: null },
    payouts: settlements.length,
  });
}
