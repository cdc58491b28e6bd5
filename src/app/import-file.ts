/**
 * What every import of a canonical file shares: reading the rows into the staging of the ledger without
 * holding its lock, refusing the whole file when a row is bad, and writing refused rows beside it (SPEC
 * section 8).
 */
import { createHash, type Hash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { ConflictError, InvalidDataError } from '../core/errors.js';
import type { ImportCounts, Rejection } from '../core/import.js';
import { rejectedCsv, type RejectedRow } from '../exports/rejected-csv.js';
import { writeFileAtomically } from '../host/atomic-file.js';
import { openInput } from '../host/input-file.js';
import { readCsv, UnreadableFileError, type CsvRecord } from '../imports/csv.js';
import { readHeader, type ColumnSet, type Header } from '../imports/header.js';
import type { Reader, Writer } from '../store/ledger.js';
import {
  countRefusals,
  eachRefusal,
  insertRefusals,
  listRefusals,
  type RefusedRow,
} from '../store/refusals.js';
import type { Book } from './book.js';
import type { Work } from './work.js';

/** How many findings are listed where not all are asked for. */
const LISTED = 100;
/** Progress is told every so many rows. */
const PROGRESS_ROWS = 20_000;
export const IMPORT_STEPS = 4;

/** What is imported, and how. */
export interface ImportInput {
  /** A path, or `-` for standard input. */
  readonly path: string;
  readonly stdin: NodeJS.ReadableStream;
  /** Imports the good rows and writes the bad ones to `rejectedPath`. */
  readonly skipInvalid: boolean;
  /**
   * Where refused rows go; null where none are written: without `skipInvalid`, and in a dry run from
   * stdin.
   */
  readonly rejectedPath: string | null;
  /** Checks and counts everything and writes nothing. */
  readonly dryRun: boolean;
  /** Answers every finding instead of the first hundred. */
  readonly everyFinding: boolean;
  /**
   * Takes the refusal of a file with more findings than are listed, page by page, so that a million of them
   * need no memory. The refusal itself is thrown afterwards, with the first of them as details.
   */
  readonly tellRefusal?: (refusal: InvalidDataError, findings: AsyncIterable<Rejection[]>) => Promise<void>;
}

/** What every import answers. */
export interface Imported {
  readonly counts: ImportCounts;
  /** The rows below the header. */
  readonly rows: number;
  /** By line; all of them or the first hundred, as was asked. `counts.rejected` is the whole number. */
  readonly rejections: readonly Rejection[];
  /** Where the refused rows are now; null where none were written. */
  readonly rejectedFile: string | null;
  /** A file of that name from an earlier import, which this one had no reason to replace. */
  readonly staleRejectedFile: string | null;
  /** Columns of the file that payrun does not know and did not look at. */
  readonly unknownColumns: readonly string[];
  /** The SHA-256 of the file in hexadecimal where the answer is kept under a key; else null. */
  readonly digest: string | null;
}

/** A row as it is staged, or why it is refused. */
export type RowReading<Row> =
  { readonly ok: true; readonly row: Row } | { readonly ok: false; readonly rejection: Rejection };

/** One kind of canonical file: its columns, what a row means, and where it is staged. */
export interface FileFormat<Column extends string, Row> {
  readonly columns: ColumnSet<Column>;
  /** The cells are kept with the row where it may have to be written back. */
  readonly readRow: (
    record: CsvRecord,
    header: Header<Column>,
    cells: readonly string[] | null,
  ) => RowReading<Row>;
  readonly stage: (staging: Writer, rows: readonly Row[]) => Promise<void>;
}

/** A file that was read to its end, or to where it cannot be read on. */
export interface StagedFile<Column extends string> {
  readonly header: Header<Column>;
  readonly rows: number;
  /** The rest of the file is unknown, so it is refused as a whole, whatever else is asked. */
  readonly unreadable: boolean;
  /** The SHA-256 of its bytes where the answer is kept, in hexadecimal; else null. */
  readonly digest: string | null;
}

/**
 * Reads the file into the staging tables. Bad rows are gathered there too.
 * @throws InvalidDataError when its first line cannot be understood; what opening a file throws
 */
export async function stageFile<Column extends string, Row>(
  staging: Writer,
  input: ImportInput,
  format: FileFormat<Column, Row>,
  work: Pick<Work, 'progress' | 'once'>,
): Promise<StagedFile<Column>> {
  const keepsCells = input.skipInvalid && input.rejectedPath !== null;
  const hash = work.once === undefined ? null : createHash('sha256');
  let header: Header<Column> | undefined;
  let rows = 0;
  let told = 0;
  try {
    for await (const batch of readCsv(hashed(await openInput(input.path, input.stdin), hash))) {
      const records = header === undefined ? batch.slice(1) : batch;
      header ??= understand(batch[0], format.columns, input.path);
      rows += records.length;
      await stageRecords(staging, records, header, format, keepsCells);
      if (rows - told < PROGRESS_ROWS) continue;
      told = rows;
      work.progress(1, IMPORT_STEPS, `${rows.toLocaleString('en')} rows read`);
    }
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    if (header === undefined) throw refusalOf(input.path, [error.rejection]);
    await insertRefusals(staging, [{ rejection: error.rejection, cells: null }]);
    return { header, rows, unreadable: true, digest: null };
  }
  header ??= understand(undefined, format.columns, input.path);
  return { header, rows, unreadable: false, digest: hash?.digest('hex') ?? null };
}

async function* hashed(bytes: AsyncIterable<Buffer>, hash: Hash | null): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    hash?.update(chunk);
    yield chunk;
  }
}

async function stageRecords<Column extends string, Row>(
  staging: Writer,
  records: readonly CsvRecord[],
  header: Header<Column>,
  format: FileFormat<Column, Row>,
  keepsCells: boolean,
): Promise<void> {
  const good: Row[] = [];
  const bad: RefusedRow[] = [];
  for (const record of records) {
    const cells = keepsCells ? record.cells : null;
    const reading = format.readRow(record, header, cells);
    if (reading.ok) good.push(reading.row);
    else bad.push({ rejection: reading.rejection, cells });
  }
  await format.stage(staging, good);
  if (bad.length > 0) await insertRefusals(staging, bad);
}

function understand<Column extends string>(
  first: CsvRecord | undefined,
  columns: ColumnSet<Column>,
  path: string,
): Header<Column> {
  const reading = readHeader(first, columns);
  if (!reading.ok) throw refusalOf(path, reading.rejections);
  return reading.header;
}

/** The file as a sentence names it. */
const named = (path: string): string => (path === '-' ? 'standard input' : path);

function refusalOf(path: string, rejections: readonly Rejection[]): InvalidDataError {
  return new InvalidDataError(`Nothing was imported: ${named(path)} cannot be read.`, {
    details: rejections,
    hint: 'Mend the file and import it again.',
  });
}

/**
 * Refuses the whole file when a row is bad and bad rows are not to be skipped, or when it cannot be read on.
 * @throws InvalidDataError with the findings as details
 */
export async function refuseBadFile(
  reader: Reader,
  input: ImportInput,
  file: StagedFile<string>,
): Promise<void> {
  const rejected = await countRefusals(reader);
  if (rejected === 0 || (input.skipInvalid && !file.unreadable)) return;
  const { tellRefusal } = input;
  const details = await listRefusals(reader, input.everyFinding && tellRefusal === undefined ? null : LISTED);
  const bad = rejected === 1 ? 'one bad row' : `${rejected} bad rows`;
  const of = file.unreadable ? `and cannot be read to its end` : `among ${file.rows}`;
  const untold = details.length < rejected && tellRefusal === undefined;
  const shown = untold ? ` The first ${details.length} are listed; --json lists all.` : '';
  const refusal = new InvalidDataError(
    `Nothing was imported: ${named(input.path)} has ${bad} ${of}.${shown}`,
    {
      details,
      hint: file.unreadable
        ? 'Mend the file and import it again.'
        : 'Mend the rows and import the file again, or import only the good ones with --skip-invalid.',
    },
  );
  if (tellRefusal !== undefined && details.length < rejected) await tellRefusal(refusal, findings(reader));
  throw refusal;
}

async function* findings(reader: Reader): AsyncGenerator<Rejection[]> {
  for await (const page of eachRefusal(reader)) yield page.map(({ rejection }) => rejection);
}

/** How many findings an answer lists; null is all. One that is kept may be asked for again in full. */
export function listedIn(input: Pick<ImportInput, 'everyFinding'>, work: Pick<Work, 'once'>): number | null {
  return input.everyFinding || work.once !== undefined ? null : LISTED;
}

/** Writes the refused rows, if there are any, before the commit: when that fails, nothing was imported. */
export async function writeRejected(
  reader: Reader,
  work: Pick<Work, 'once'>,
  input: ImportInput,
  file: StagedFile<string>,
): Promise<Pick<Imported, 'rejections' | 'rejectedFile' | 'staleRejectedFile'>> {
  const rejections = await listRefusals(reader, listedIn(input, work));
  const path = input.dryRun ? null : input.rejectedPath;
  if (path === null) return { rejections, rejectedFile: null, staleRejectedFile: null };
  if (rejections.length > 0) {
    await writeFileAtomically(path, rejectedCsv(file.header.cells, refusedRows(reader)), { overwrite: true });
    return { rejections, rejectedFile: path, staleRejectedFile: null };
  }
  // Somebody may be mending it, so it is named and not removed.
  const stale = await access(path).then(
    () => path,
    () => null,
  );
  return { rejections, rejectedFile: null, staleRejectedFile: stale };
}

async function* refusedRows(reader: Reader): AsyncGenerator<RejectedRow[]> {
  for await (const page of eachRefusal(reader)) {
    yield page.map(({ rejection, cells }) => ({ rejection, cells: cells ?? [] }));
  }
}

/**
 * Rows were read by the settings as they stood before the lock was taken.
 * @throws ConflictError when one of them was changed meanwhile
 */
export function refuseMovedSettings(before: Book, now: Book, keys: readonly string[]): void {
  const moved = keys.filter((key) => before.setting(key) !== now.setting(key));
  if (moved.length === 0) return;
  throw new ConflictError(`Nothing was imported: ${moved.join(', ')} was changed while the file was read.`, {
    hint: 'Run the same command again.',
  });
}
