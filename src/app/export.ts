/** Accounting files: what they hold, in which format, where they go, and the record of each. */
import { createHash } from 'node:crypto';
import { endOfMonth, endOfQuarter, endOfYear, type CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { ConflictError, InterruptedError, NotFoundError, UsageError } from '../core/errors.js';
import type { ExportedFile } from '../core/export.js';
import { runId, runNumber } from '../core/run.js';
import type { GuardedCell } from '../exports/csv.js';
import type { ExportPiece } from '../exports/format.js';
import type { ChangedCell } from '../exports/machine-cells.js';
import { FileDrafts } from '../host/file-draft.js';
import { interruptible } from '../host/interruption.js';
import { JobsFolder } from '../host/job-folder.js';
import { outputPath } from '../host/output-path.js';
import { earlierExports, insertExport, readMarks, type Marks } from '../store/exports.js';
import type { Reader } from '../store/ledger.js';
import { findRun } from '../store/runs.js';
import { Book } from './book.js';
import { piecesOf, type Told } from './export-content.js';
import { formatOf, type FormatInfo } from './export-formats.js';
import { write, type Work } from './work.js';

/**
 * What to export; null does not matter. The range is inclusive: by issue date, for a journal by posting date.
 */
export interface ExportRequest {
  readonly format: string;
  readonly range: { readonly from: CalendarDate | null; readonly to: CalendarDate | null };
  readonly run: string | null;
  readonly currency: CurrencyCode | null;
  /** Leave out what earlier exports of the format had. */
  readonly newOnly: boolean;
  /** The header row of the user's own file, and what its names mean; for the format `template` only. */
  readonly template: TemplateFiles | null;
}

/** Paths, as typed. */
export interface TemplateFiles {
  readonly template: string;
  readonly map: string | null;
}

/** What was told: how many rows, which cells had to be changed, and what else is to be known. */
export interface Exported {
  /** Its id, such as `E-000001`. */
  readonly id: string;
  readonly rows: number;
  /** Cells that got an apostrophe in front lest a spreadsheet runs them. */
  readonly guarded: { readonly count: number; readonly first: readonly GuardedCell[] };
  /** Text cells that the other program could not have taken as they were. */
  readonly changed: { readonly count: number; readonly first: readonly ChangedCell[] };
  readonly notes: readonly string[];
}

export interface ExportedFiles extends Exported {
  readonly files: readonly (ExportedFile & { readonly path: string })[];
}

/** So many guarded or changed cells are named. */
export const SHOWN_GUARDED = 5;

/** What one export is counted by while it goes by. */
class Telling implements Told {
  readonly #guarded: GuardedCell[] = [];
  readonly #changed: ChangedCell[] = [];
  readonly #notes = new Set<string>();
  #guardedCount = 0;
  #changedCount = 0;
  /** By file, from 1. */
  readonly rows: number[] = [];

  count({ file, rows }: ExportPiece): void {
    while (this.rows.length < file) this.rows.push(0);
    this.rows[file - 1] = (this.rows[file - 1] ?? 0) + rows;
  }

  guarded(cell: GuardedCell): void {
    this.#guardedCount += 1;
    if (this.#guarded.length < SHOWN_GUARDED) this.#guarded.push(cell);
  }

  changed(cell: ChangedCell): void {
    this.#changedCount += 1;
    if (this.#changed.length < SHOWN_GUARDED) this.#changed.push(cell);
  }

  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  told(id: string): Exported {
    return {
      id,
      rows: this.rows.reduce((sum, rows) => sum + rows, 0),
      guarded: { count: this.#guardedCount, first: this.#guarded },
      changed: { count: this.#changedCount, first: this.#changed },
      notes: [...this.#notes],
    };
  }
}

/** What was read, and how far the facts went then. */
interface Read {
  readonly marks: Marks;
  /** The last earlier export of the format, 0 for none. */
  readonly last: bigint;
}

/** @throws NotFoundError when the run is not there */
async function runOf(reader: Reader, { run }: ExportRequest): Promise<bigint | null> {
  const number = run === null ? null : runNumber(run);
  if (number !== null && (await findRun(reader, number)) === undefined) {
    throw new NotFoundError(`There is no run ${run ?? ''}.`, { hint: 'See `payrun runs list`.' });
  }
  return number;
}

/** Hands every piece of the export to `use`, from one snapshot. */
async function readPieces(
  work: Work,
  request: ExportRequest,
  format: FormatInfo,
  told: Telling,
  use: (piece: ExportPiece) => Promise<void>,
): Promise<Read> {
  return work.ledger.read(async (reader) => {
    const earlier = await earlierExports(reader, format.name);
    const marks = await readMarks(reader);
    const what = {
      ...{ from: request.range.from, to: request.range.to, run: await runOf(reader, request) },
      ...{ currency: request.currency, except: request.newOnly ? earlier : [] },
      part: request.newOnly && earlier.length > 0 ? earlier.length + 1 : null,
      template: request.template,
    };
    const book = await Book.read(reader, work.now);
    for await (const piece of piecesOf(reader, { book, format, what, told })) {
      told.count(piece);
      await use(piece);
    }
    return { marks, last: earlier.at(-1)?.number ?? 0n };
  });
}

/**
 * Records an export in one transaction, at the end of which the files take their names.
 * @throws ConflictError when somebody else exported news of the format meanwhile
 */
async function record(
  work: Work,
  request: ExportRequest,
  { marks, last }: Read,
  { files, take }: { readonly files: readonly ExportedFile[]; readonly take: () => Promise<void> },
): Promise<string> {
  const { format, range, currency, newOnly } = request;
  const { id } = await write(work, { command: 'export', request: { ...request, files } }, async (writer) => {
    const earlier = await earlierExports(writer, format);
    if (newOnly && (earlier.at(-1)?.number ?? 0n) !== last) {
      throw new ConflictError(`Another export of ${format} was made meanwhile; nothing was written.`, {
        hint: 'Ask again: what it had is left out then.',
      });
    }
    const book = await Book.read(writer, work.now);
    const { now, actor, osUser } = work;
    const run = request.run === null ? null : runNumber(request.run);
    const made = { format, ...range, run, currency, newOnly, marks, files };
    const by = { at: now.toISOString(), on: book.today, by: actor, osUser };
    const result = { id: await insertExport(writer, { ...made, ...by }) };
    await take();
    return { result, changed: true };
  });
  return id;
}

/**
 * Hands the file's content to `write` in pieces; the same bytes whenever the same is asked of the same
 * ledger. It is gone through twice, so that nothing is written of what would be refused.
 * @throws NotFoundError when the run is not there; UsageError when it needs several files; what the format
 * throws; ConflictError as `record`
 */
export async function exportTo(
  work: Work,
  request: ExportRequest,
  write: (piece: string | Uint8Array) => Promise<void>,
): Promise<Exported> {
  work.ledger.refuseReadOnly();
  const format = formatOf(request.format);
  if (format.load !== null) {
    const first = new Telling();
    await readPieces(work, request, format, first, ({ file }) => {
      if (file > 1) {
        throw new UsageError(`The format ${format.name} needs several files for this; stdout is one.`, {
          hint: 'Give --out FILE: it becomes FILE-1, FILE-2 and so on. Or ask for less.',
        });
      }
      return Promise.resolve();
    });
  }
  const told = new Telling();
  const hash = createHash('sha256');
  const read = await readPieces(work, request, format, told, async ({ content }) => {
    hash.update(content);
    await write(content);
  });
  const file = { path: null, rows: told.rows[0] ?? 0, sha256: hash.digest('hex') };
  const id = await record(work, request, read, { files: [file], take: () => Promise.resolve() });
  return told.told(id);
}

/**
 * Writes the same to a file, whole or not at all; in a folder it gets a name of its own, and what must be
 * split becomes `x-1.csv`, `x-2.csv` and so on.
 * @param place a file, or a folder; `overwrite` replaces a file that is there
 * @throws ConflictError when a file is there already; NotFoundError when the run or the folder is not there;
 * InterruptedError when a signal ended it; what the format throws; ConflictError as `record`
 */
export async function exportFile(
  work: Work,
  request: ExportRequest,
  place: { readonly out: string; readonly overwrite: boolean },
): Promise<ExportedFiles> {
  work.ledger.refuseReadOnly();
  const format = formatOf(request.format);
  const target = await outputPath(place.out, fileName(request));
  const told = new Telling();
  return interruptible(async (signal) => {
    const drafts = await FileDrafts.begin(target, { overwrite: place.overwrite, signal });
    try {
      const read = await readPieces(work, request, format, told, ({ file, content }) =>
        drafts.write(file, content),
      );
      const written = await drafts.finish();
      await drafts.check();
      const files = drafts.names().map((path, file) => ({
        ...{ path, rows: told.rows[file] ?? 0, sha256: written[file]?.sha256 ?? '' },
      }));
      const take = async (): Promise<void> => {
        noteInJob(work, files, written);
        await drafts.take();
      };
      const id = await record(work, request, read, { files, take });
      return { ...told.told(id), files };
    } finally {
      await drafts.discard();
    }
  }, new InterruptedError('Interrupted; no file was written.'));
}

/** A job that is killed between its file and its answer has left by which bytes the file is known. */
function noteInJob(
  { ledger, job }: Work,
  files: readonly (ExportedFile & { readonly path: string })[],
  written: readonly { readonly bytes: number }[],
): void {
  const [first] = files;
  if (job === undefined || first === undefined) return;
  const bytes = written[0]?.bytes ?? 0;
  JobsFolder.beside(ledger.path)
    .find(job)
    ?.write('file.json', { ...first, bytes });
}

/** `payouts-2026-10.csv`, `lines-2026-Q3-USD.csv`, `payouts-R-000001.csv`, `EXTF_datev-2026-10.csv`. */
export function fileName({ format, range, run, currency }: ExportRequest): string {
  const { fileStem, extension } = formatOf(format);
  const parts = [
    fileStem ?? format,
    rangeName(range.from, range.to),
    run === null ? null : runId(runNumber(run)),
    currency,
  ];
  return `${parts.filter((part) => part !== null).join('-')}.${extension}`;
}

/** A range as a part of a file's name: `2026-10`, `2026-Q3`; null where there is none. */
export function rangeName(from: CalendarDate | null, to: CalendarDate | null): string | null {
  if (from === null) return to === null ? null : `to-${to}`;
  if (to === null) return `from-${from}`;
  const [year = '', month = ''] = from.split('-');
  if (from.endsWith('-01-01') && to === endOfYear(from)) return year;
  const quarter = { '01': 'Q1', '04': 'Q2', '07': 'Q3', '10': 'Q4' }[month];
  if (quarter !== undefined && from.endsWith('-01') && to === endOfQuarter(from)) return `${year}-${quarter}`;
  if (from.endsWith('-01') && to === endOfMonth(from)) return `${year}-${month}`;
  return from === to ? from : `${from}-to-${to}`;
}
