/** Looking at payment batches, and writing their files again. */
import { createHash } from 'node:crypto';
import {
  ConflictError,
  IntegrityError,
  InterruptedError,
  NotFoundError,
  UsageError,
} from '../core/errors.js';
import {
  batchNumber,
  type BatchStatus,
  type BatchStep,
  type PaymentBatch,
  type PaymentFileFacts,
  type PaymentItem,
} from '../core/payment.js';
import { FileDrafts } from '../host/file-draft.js';
import { interruptible } from '../host/interruption.js';
import { outputPath } from '../host/output-path.js';
import type { Reader } from '../store/ledger.js';
import {
  batchHistoryOf,
  contentOf,
  filesOf,
  findBatch,
  itemsOf,
  listBatches,
  recordBatchStep,
  sentAgain,
} from '../store/payments.js';
import { Book } from './book.js';
import { paymentFileName, type PaymentFileTold, type PaymentPlace } from './create-payments.js';
import { writerOf } from './payment-formats.js';
import { write, type Work } from './work.js';

/** The batches, the first one first; of one status if it is given. */
export async function listPayments(
  { ledger }: Pick<Work, 'ledger'>,
  status: BatchStatus | null,
): Promise<PaymentBatch[]> {
  return ledger.read((reader) => listBatches(reader, status));
}

/** A batch with all that is known of it. */
export interface ShownBatch {
  readonly batch: PaymentBatch;
  readonly items: readonly PaymentItem[];
  readonly files: readonly PaymentFileFacts[];
  readonly history: readonly BatchStep[];
  /** The last later batch in which a payout went out again, by invoice number. */
  readonly again: ReadonlyMap<string, string>;
}

/** A batch with its payouts, in a snapshot of the caller's. @throws NotFoundError, UsageError for the id */
export async function batchWithItems(
  reader: Reader,
  id: string,
): Promise<Pick<ShownBatch, 'batch' | 'items'> & { readonly number: bigint }> {
  const number = batchNumber(id);
  const batch = await findBatch(reader, number);
  if (batch === undefined) {
    throw new NotFoundError(`There is no payment batch ${id}.`, { hint: 'See `payrun payments list`.' });
  }
  return { number, batch, items: await itemsOf(reader, number) };
}

/** One batch. @throws NotFoundError when there is none of that id, UsageError when it is no id */
export async function showBatch(work: Work, id: string): Promise<ShownBatch> {
  return work.ledger.read(async (reader) => {
    const { number, batch, items } = await batchWithItems(reader, id);
    return {
      ...{ batch, items },
      files: await filesOf(reader, number),
      history: await batchHistoryOf(reader, number),
      again: await sentAgain(reader, number),
    };
  });
}

export interface WrittenBatch {
  readonly batch: PaymentBatch;
  readonly files: readonly PaymentFileTold[];
  /** How many of its payments are no longer under way: to send the file again would pay them twice. */
  readonly ended: number;
  /** Files of an earlier time that stand beside these as if they belonged to them. */
  readonly leftOver: readonly string[];
}

/** @throws ConflictError when the batch was cancelled: its file is not to be sent */
function refuseCancelled({ id, status }: PaymentBatch): void {
  if (status !== 'cancelled') return;
  throw new ConflictError(`The batch ${id} was cancelled: its file is not written again.`, {
    hint: 'Its payouts go into a new one: payrun payments create',
  });
}

/** @throws IntegrityError when the bytes are not those that were written first */
async function bytesOf(reader: Reader, number: bigint, id: string, facts: PaymentFileFacts): Promise<string> {
  const content = await contentOf(reader, number, facts.file);
  const sha256 = createHash('sha256')
    .update(content ?? '', 'utf8')
    .digest('hex');
  if (content !== undefined && sha256 === facts.sha256) return content;
  throw new IntegrityError(
    `File ${facts.file} of ${id} is not what was written first; nothing was written.`,
    {
      hint: 'Run `payrun verify`, and go back to the last good backup.',
    },
  );
}

/**
 * Writes the files of a batch again, byte for byte, and records it.
 * @throws NotFoundError when the batch or the folder is not there; ConflictError when it was cancelled, or a
 * file is there already; IntegrityError when the stored bytes are damaged; InterruptedError by a signal
 */
export async function writeBatch(work: Work, id: string, place: PaymentPlace): Promise<WrittenBatch> {
  const { out, overwrite } = place;
  if (out === '-') {
    throw new UsageError('A payment file cannot go to standard output.', {
      hint: 'Name a file or a folder: a file that was half read would be half a payment.',
    });
  }
  const { batch, files } = await showBatch(work, id);
  refuseCancelled(batch);
  const { extension } = await writerOf(batch.format);
  const target = await outputPath(out, paymentFileName(batch.id, batch.method, extension));
  return interruptible(async (signal) => {
    const drafts = await FileDrafts.begin(target, { overwrite, signal });
    try {
      for (const facts of files) {
        const number = batchNumber(batch.id);
        await drafts.write(
          facts.file,
          await work.ledger.read((reader) => bytesOf(reader, number, batch.id, facts)),
        );
      }
      await drafts.finish();
      await drafts.check();
      const written = await recordWritten(work, batch.id, files, drafts);
      await drafts.settle();
      return { ...written, leftOver: await drafts.leftOver() };
    } finally {
      await drafts.discard();
    }
  }, new InterruptedError('Interrupted; no file was written.'));
}

/** Records it in one transaction, at the end of which the files take their names. */
async function recordWritten(
  work: Work,
  id: string,
  files: readonly PaymentFileFacts[],
  drafts: FileDrafts,
): Promise<Omit<WrittenBatch, 'leftOver'>> {
  const names = drafts.names();
  const request = { batch: id, files: names };
  return write(work, { command: 'payments write', request }, async (writer) => {
    const { number, batch, items } = await batchWithItems(writer, id);
    refuseCancelled(batch);
    const { today } = await Book.read(writer, work.now);
    const step = { batch: number, verb: 'written', reason: null, reference: null } as const;
    const facts = { on: today, at: work.now.toISOString(), by: work.actor, osUser: work.osUser };
    await recordBatchStep(writer, { ...step, payouts: items.length, ...facts });
    const told = files.map(({ payouts, sha256, currency, amount }, index) => ({
      ...{ path: names[index] ?? '', rows: payouts, sha256, currency, amount },
    }));
    await drafts.take();
    const ended = items.filter(({ outcome }) => outcome !== null).length;
    return { result: { batch, files: told, ended }, changed: true };
  });
}
