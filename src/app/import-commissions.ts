/** Importing commissions: all rows or none, compared with what their source said last (SPEC section 3). */
import { addDays, type CalendarDate } from '../core/calendar.js';
import type { NotSettled, TakenBackTwice } from '../core/commission.js';
import { currenciesLike } from '../core/currencies.js';
import { COMMISSION_COLUMNS, readCommission, type CommissionColumn } from '../imports/commissions-csv.js';
import { checkStaged } from '../store/commission-checks.js';
import { mergeStaged, notSettledByImport, takenBackTwiceByImport } from '../store/commission-import.js';
import {
  beginStaging,
  endStaging,
  stageCommissions,
  type CommissionMerge,
  type StagedCommission,
} from '../store/commission-staging.js';
import type { Writer } from '../store/ledger.js';
import {
  findPossibleDuplicates,
  listPossibleDuplicates,
  type PossibleDuplicate,
} from '../store/possible-duplicates.js';
import { Book } from './book.js';
import {
  IMPORT_STEPS,
  listedIn,
  refuseBadFile,
  refuseMovedSettings,
  stageFile,
  writeRejected,
  type FileFormat,
  type Imported,
  type ImportInput,
  type StagedFile,
} from './import-file.js';
import { write, type Done, type Work } from './work.js';

export interface CommissionImportInput extends ImportInput {
  /** Rows earned up to this day were paid outside payrun. */
  readonly settledUntil: CalendarDate | null;
}

export interface CommissionsImported extends Imported {
  /** All of them or the first hundred, as was asked. */
  readonly possibleDuplicates: readonly PossibleDuplicate[];
  readonly possibleDuplicateCount: number;
  /** What is taken back by more than it was since this import. */
  readonly takenBackTwice: readonly TakenBackTwice[];
  /** What `settledUntil` did not settle, because it is on a payout here; all or the first hundred. */
  readonly notSettled: readonly NotSettled[];
  readonly notSettledCount: number;
}

/** The settings by which rows are read. */
const READ_BY = ['timezone', 'currency', 'hold.days'];

/**
 * Imports a canonical file of commissions.
 * @throws InvalidDataError when a row is bad (with `skipInvalid`: when the file cannot be read on);
 * NotFoundError when the file is not there; ConflictError when settings changed while it was read; what
 * writing the refused rows throws. Nothing is imported then.
 */
export async function importCommissions(
  work: Work,
  input: CommissionImportInput,
): Promise<CommissionsImported> {
  const book = await work.ledger.read((reader) => Book.read(reader, work.now));
  const format = formatOf(book);
  let file: StagedFile<CommissionColumn> | undefined;
  const stage = async (staging: Writer): Promise<void> => {
    await beginStaging(staging);
    file = await stageFile(staging, input, format, work);
    await endStaging(staging);
  };
  const { path, skipInvalid, settledUntil } = input;
  return write(
    work,
    { command: 'import commissions', request: { path, skipInvalid, settledUntil } },
    async (writer) => {
      if (file === undefined) throw new Error('The file was not staged.');
      refuseMovedSettings(book, await Book.read(writer, work.now), READ_BY);
      return merge(writer, work, { input, file, book });
    },
    { stage, dryRun: input.dryRun },
  );
}

/** A hold is counted from the day earned by the setting as it is now, and fixed with the import. */
function formatOf(book: Book): FileFormat<CommissionColumn, StagedCommission> {
  const context = { zone: book.zone, ledgerCurrency: book.currency };
  const { holdDays } = book;
  return {
    columns: COMMISSION_COLUMNS,
    readRow: (record, header, cells) => {
      const reading = readCommission(record, header, context);
      if (!reading.ok) return reading;
      const { row } = reading;
      return { ok: true, row: { row, heldUntil: addDays(row.earnedOn, holdDays), cells } };
    },
    stage: stageCommissions,
  };
}

interface Merging {
  readonly input: CommissionImportInput;
  readonly file: StagedFile<CommissionColumn>;
  readonly book: Book;
}

async function merge(
  writer: Writer,
  work: Work,
  { input, file, book }: Merging,
): Promise<Done<CommissionsImported>> {
  const merging: CommissionMerge = {
    has: file.header.has,
    sameDecimals: currenciesLike(book.currency),
    today: book.today,
    at: work.now.toISOString(),
    by: work.actor,
    settledUntil: input.settledUntil,
  };
  work.progress(2, IMPORT_STEPS, 'checking against the ledger');
  const rejected = await checkStaged(writer, merging);
  await refuseBadFile(writer, input, file);
  work.progress(3, IMPORT_STEPS, 'writing to the ledger');
  const counts = { ...(await mergeStaged(writer, merging)), rejected };
  work.progress(4, IMPORT_STEPS, 'looking for rows that are there twice');
  const possibleDuplicateCount = await findPossibleDuplicates(writer);
  const listed = listedIn(input, work);
  const result: CommissionsImported = {
    counts,
    rows: file.rows,
    possibleDuplicates: await listPossibleDuplicates(writer, listed),
    possibleDuplicateCount,
    takenBackTwice: await takenBackTwiceByImport(writer),
    ...(await notSettledByImport(writer, input.settledUntil, listed)),
    unknownColumns: file.header.unknown,
    digest: file.digest,
    ...(await writeRejected(writer, work, input, file)),
  };
  const changed = counts.new + counts.changed + counts.corrected > 0;
  return { result, changed, recorded: { counts, rows: file.rows } };
}
