/** Making a payment batch: its payouts are on their way, and its files are there, or nothing happened. */
import { createHash } from 'node:crypto';
import { ConflictError, InterruptedError, PayrunError, UsageError } from '../core/errors.js';
import { exactJson } from '../core/exact-json.js';
import { batchId, batchNumber, type PaymentBatch } from '../core/payment.js';
import { checkTarget } from '../host/atomic-file.js';
import { FileDrafts, fileNames } from '../host/file-draft.js';
import { fileDigest } from '../host/input-file.js';
import { interruptible } from '../host/interruption.js';
import { outputPath } from '../host/output-path.js';
import { refuseEarlierIssue } from '../store/documents.js';
import type { Writer } from '../store/ledger.js';
import { findBatch, insertBatch, type BatchFacts } from '../store/payments.js';
import { takeStep } from '../store/payout-steps.js';
import { Book } from './book.js';
import { leftOutHints } from './left-out.js';
import {
  paymentsOf,
  planPayments,
  type LeftOut,
  type NotMeant,
  type PaymentPlan,
  type PaymentRequest,
} from './plan-payments.js';
import { write, type Work } from './work.js';

/** Where the files go. */
export interface PaymentPlace {
  /** A file, or a folder that is there. */
  readonly out: string;
  /** Replace files that are there. */
  readonly overwrite: boolean;
}

/** A file of a batch as it was written. Minor units; `sha256` in hexadecimal digits. */
export interface PaymentFileTold {
  readonly path: string;
  /** The number of its payments. */
  readonly rows: number;
  readonly sha256: string;
  readonly currency: string;
  readonly amount: bigint;
}

export interface CreatedPayments {
  /** Null where there was nothing to pay. */
  readonly batch: PaymentBatch | null;
  readonly files: readonly PaymentFileTold[];
  readonly leftOut: readonly LeftOut[];
  readonly notMeant: NotMeant;
}

/** A batch as it was made just now. */
export interface MadePayments extends CreatedPayments {
  /** Files of an earlier time that stand beside those of the batch as if they belonged to them. */
  readonly leftOver: readonly string[];
}

/** `B-000001-paypal.csv`: what a batch is called in a folder. */
export function paymentFileName(batch: string, method: string, extension: string): string {
  return `${batch}-${method}.${extension}`;
}

async function targetOf({ order, method, extension }: PaymentPlan, { out }: PaymentPlace): Promise<string> {
  if (out === '-') {
    throw new UsageError('A payment file cannot go to standard output.', {
      hint: 'Name a file or a folder: a file that was half read would be half a payment.',
    });
  }
  return outputPath(out, paymentFileName(order.batch, method, extension));
}

/** @throws ConflictError naming everything that is left out, where the order is strict */
function refuseLeftOut({ strict }: PaymentRequest, { leftOut }: PaymentPlan): void {
  const counting = leftOut.filter(({ counts }) => counts);
  const [first] = counting;
  if (!strict || first === undefined) return;
  const what =
    counting.length === 1
      ? `${first.invoiceNumber}: ${first.message}`
      : `${counting.length} payouts would be left out`;
  throw new ConflictError(`Nothing was paid: ${what}.`, {
    hint: leftOutHints(counting).join('\n'),
    details: counting.map(({ invoiceNumber, affiliateId, reason, message }) => ({
      ...{ invoiceNumber, affiliateId, reason },
      message: `${invoiceNumber}: ${message}`,
    })),
  });
}

/**
 * What would be paid, and nothing is written.
 * @param place where the files would go; null in a dry run
 * @throws what `planPayments` throws; ConflictError where the order is strict and something is left out, or a
 * file is there already; NotFoundError when the folder is not there
 */
export async function previewPayments(
  work: Work,
  request: PaymentRequest,
  place: PaymentPlace | null,
): Promise<PaymentPlan> {
  const plan = await work.ledger.read((reader) => planPayments(reader, work, request));
  refuseLeftOut(request, plan);
  if (place !== null) {
    const names = fileNames(await targetOf(plan, place), Math.max(plan.files.length, 1));
    for (const name of names) await checkTarget(name, { overwrite: place.overwrite });
  }
  return plan;
}

/** @throws ConflictError when what would be paid is not what was looked at */
function refuseMoved(expected: PaymentPlan, found: PaymentPlan): void {
  const told = (plan: PaymentPlan): string => exactJson([plan.order.batch, paymentsOf(plan)]);
  if (told(expected) === told(found)) return;
  throw new ConflictError('What would be paid has changed since it was looked at; nothing was paid.', {
    hint: 'Ask again to see what it is now.',
  });
}

/** Puts the files on the disk, without their names. */
async function draft(plan: PaymentPlan, place: PaymentPlace): Promise<FileDrafts> {
  const drafts = await FileDrafts.begin(await targetOf(plan, place), { overwrite: place.overwrite });
  try {
    for (const [index, { content }] of plan.files.entries()) await drafts.write(index + 1, content);
    await drafts.finish();
    await drafts.check();
  } catch (error) {
    await drafts.discard();
    throw error;
  }
  return drafts;
}

/** What was asked for, as the record has it. */
function wordsOf({ selection, ...request }: PaymentRequest): Readonly<Record<string, unknown>> {
  const { of: selected, ...which } = selection;
  return { ...(selected === 'due' || selected === 'approved' ? { selected } : which), ...request };
}

async function storeBatch(
  writer: Writer,
  request: PaymentRequest,
  plan: PaymentPlan,
  { names, ...facts }: BatchFacts & { readonly names: readonly string[] },
): Promise<readonly string[]> {
  const { number, method, order } = plan;
  const { format, executionOn } = order;
  const files = plan.files.map((file) => ({
    ...file,
    sha256: createHash('sha256').update(file.content, 'utf8').digest('hex'),
  }));
  await insertBatch(writer, {
    number,
    method,
    format,
    executionOn,
    typed: { ...wordsOf(request), files: names },
    files,
    ...facts,
  });
  await takeStep(writer, {
    ...facts,
    invoiceNumbers: paymentsOf(plan).map(({ invoiceNumber }) => invoiceNumber),
    status: 'processing',
    reason: null,
    reference: batchId(number),
    batch: { number, method },
  });
  return files.map(({ sha256 }) => sha256);
}

/** The batch is there whatever happens to its files now, and they can be written again. */
async function takeNames(drafts: FileDrafts, batch: string): Promise<void> {
  try {
    await drafts.take();
    await drafts.settle();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PayrunError(
      error instanceof PayrunError ? error.code : 'unexpected',
      `The batch ${batch} was made, but not all of its files could be written: ${why}`,
      { hint: `Write them again: payrun payments write ${batch} --out FILE`, cause: error },
    );
  }
}

/**
 * Makes a batch in one transaction. Its files are on the disk before that is committed and take their names
 * after it: no file has a name whose batch is not recorded. Nothing to pay leaves nothing behind.
 * @param expected the plan that was looked at before; another one is refused
 * @throws as `previewPayments`; ConflictError when it is not what was looked at, or when the clock was set
 * back; InterruptedError by a signal before it was made; PayrunError naming the batch when it was made and a
 * file could not take its name
 */
export async function createPayments(
  work: Work,
  request: PaymentRequest,
  place: PaymentPlace,
  expected?: PaymentPlan,
): Promise<MadePayments> {
  const making: Making = { work, request, place, expected };
  try {
    const interrupted = new InterruptedError('Interrupted; nothing was paid and no file was written.');
    const created = await interruptible((signal) => makeBatch(making, signal), interrupted);
    const { drafts } = making;
    if (drafts === undefined || created.batch === null) return { ...created, leftOver: [] };
    await takeNames(drafts, created.batch.id);
    return { ...created, leftOver: await drafts.leftOver() };
  } finally {
    await making.drafts?.discard();
  }
}

/** A batch in the making, and its files that have no names yet. */
interface Making {
  readonly work: Work;
  readonly request: PaymentRequest;
  readonly place: PaymentPlace;
  readonly expected: PaymentPlan | undefined;
  drafts?: FileDrafts;
}

/** A signal is heeded until the transaction ends; what it has come to then is rolled back. */
async function makeBatch(making: Making, signal: AbortSignal): Promise<CreatedPayments> {
  const { work, request, place, expected } = making;
  const typed = { ...wordsOf(request), out: place.out };
  return write(work, { command: 'payments create', request: typed }, async (writer) => {
    signal.throwIfAborted();
    const plan = await planPayments(writer, work, request);
    refuseLeftOut(request, plan);
    if (expected !== undefined) refuseMoved(expected, plan);
    const { leftOut, notMeant, files } = plan;
    if (files.length === 0) {
      const nothing: CreatedPayments = { batch: null, files: [], leftOut, notMeant };
      return { result: nothing, changed: false };
    }
    const { today } = await Book.read(writer, work.now);
    await refuseEarlierIssue(writer, today);
    const { actor: by, osUser } = work;
    const facts = { on: today, at: work.now.toISOString(), by, osUser };
    signal.throwIfAborted();
    making.drafts = await draft(plan, place);
    const names = making.drafts.names();
    const digests = await storeBatch(writer, request, plan, { ...facts, names });
    const told = files.map(({ currency, payments }, index) => ({
      ...{ path: names[index] ?? '', rows: payments.length, sha256: digests[index] ?? '', currency },
      amount: payments.reduce((sum, { amount }) => sum + amount, 0n),
    }));
    const batch = (await findBatch(writer, plan.number)) ?? null;
    const result = { batch, files: told, leftOut, notMeant };
    signal.throwIfAborted();
    return { result, changed: true, request: { batch: plan.order.batch, ...typed } };
  });
}

/**
 * Which files of a batch that an earlier call made are not there with their bytes, by their paths: that call
 * was killed before they took their names, or they were moved. Of a batch that was cancelled none is missed.
 */
export async function missingFiles(
  work: Work,
  { batch, files }: CreatedPayments,
): Promise<readonly string[]> {
  if (batch === null) return [];
  const now = await work.ledger.read((reader) => findBatch(reader, batchNumber(batch.id)));
  if (now?.status === 'cancelled') return [];
  const digests = await Promise.all(files.map(({ path }) => fileDigest(path)));
  return files.filter(({ sha256 }, index) => digests[index] !== sha256).map(({ path }) => path);
}
