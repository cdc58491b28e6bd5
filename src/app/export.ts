/** Accounting files: what they hold, in which format, where they go, and the record of each. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
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
import { templateOf, type TemplateFiles } from './export-template.js';
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

/** What was told: how many rows, which cells had to be changed, and what else is to be known. */
export interface Exported {
  /** Its id, such as `E-000001`. */
  readonly id: string;
  readonly rows: number;
  /** Cells that got an apostrophe in front lest a spreadsheet runs them. */
  readonly guarded: { readonly count: number; readonly first: readonly GuardedCell[] };
  /** Text cells that could not stand as they were; the same text is counted once, and once in `first`. */
  readonly changed: {
    readonly count: number;
    readonly texts: number;
    readonly first: readonly ChangedCell[];
  };
  readonly notes: readonly string[];
}

export interface ExportedFiles extends Exported {
  /** Files of an earlier export of the same name that is not among these, and still there. */
  readonly leftOver: readonly string[];
  readonly files: readonly (ExportedFile & { readonly path: string })[];
}

/** So many guarded or changed cells are named. */
export const SHOWN_GUARDED = 5;

/** What one export is counted by while it goes by. */
class Telling implements Told {
  readonly #guarded: GuardedCell[] = [];
  readonly #changed: ChangedCell[] = [];
  readonly #changedTexts = new Set<string>();
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
    const text = JSON.stringify([cell.column, cell.value, cell.written]);
    if (this.#changedTexts.has(text)) return;
    this.#changedTexts.add(text);
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
      changed: { count: this.#changedCount, texts: this.#changedTexts.size, first: this.#changed },
      notes: [...this.#notes],
    };
  }
}

/** A format as it was asked for. */
interface AskedFormat extends FormatInfo {
  /** The digest of the template that is filled; null for every other format. */
  readonly template: string | null;
}

/** @throws UsageError as `formatOf`; what `templateOf` throws */
async function formatAsked({ format: name, template }: ExportRequest): Promise<AskedFormat> {
  const format = formatOf(name);
  if (format.name !== 'template') return { ...format, template: null };
  const read = await templateOf(template);
  return { ...format, load: () => Promise.resolve(read.format), template: read.digest };
}

/** What was read, and how far the facts went then. */
interface Read {
  readonly template: string | null;
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
  format: AskedFormat,
  told: Telling,
  use: (piece: ExportPiece) => Promise<void>,
): Promise<Read> {
  return work.ledger.read(async (reader) => {
    const earlier = await earlierExports(reader, format.name, format.template);
    const marks = await readMarks(reader);
    const what = {
      ...{ from: request.range.from, to: request.range.to, run: await runOf(reader, request) },
      ...{ currency: request.currency, except: request.newOnly ? earlier : [] },
      part: request.newOnly && earlier.length > 0 ? earlier.length + 1 : null,
    };
    const book = await Book.read(reader, work.now);
    for await (const piece of piecesOf(reader, { book, format, what, told })) {
      told.count(piece);
      await use(piece);
    }
    return { template: format.template, marks, last: earlier.at(-1)?.number ?? 0n };
  });
}

/**
 * Records an export in one transaction, at the end of which the files take their names.
 * @throws ConflictError when somebody else exported news of the format meanwhile
 */
async function record(
  work: Work,
  request: ExportRequest,
  { template, marks, last }: Read,
  { files, take }: { readonly files: readonly ExportedFile[]; readonly take?: () => Promise<void> },
): Promise<string> {
  const { format, range, currency, newOnly } = request;
  const { id } = await write(work, { command: 'export', request: { ...request, files } }, async (writer) => {
    const earlier = await earlierExports(writer, format, template);
    if (newOnly && (earlier.at(-1)?.number ?? 0n) !== last) {
      const what = take === undefined ? 'throw away what you got from this one' : 'nothing was written';
      throw new ConflictError(`Another export of ${format} was made meanwhile; ${what}.`, {
        hint: 'Ask again: what the other one had is left out then.',
      });
    }
    const book = await Book.read(writer, work.now);
    const { now, actor, osUser } = work;
    const run = request.run === null ? null : runNumber(request.run);
    const made = { format, template, ...range, run, currency, newOnly, marks, files };
    const by = { at: now.toISOString(), on: book.today, by: actor, osUser };
    const result = { id: await insertExport(writer, { ...made, ...by }) };
    await take?.();
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
  const format = await formatAsked(request);
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
  // Whether somebody read it to its end is told by the system only when it gets its turn.
  await setImmediate();
  await write('');
  const file = { path: null, rows: told.rows[0] ?? 0, sha256: hash.digest('hex') };
  const id = await record(work, request, read, { files: [file] });
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
  const format = await formatAsked(request);
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
      return { ...told.told(id), files, leftOver: await drafts.leftOver() };
    } finally {
      await drafts.discard();
    }
  }, new InterruptedError('Interrupted; no file was written.'));
}

/** A job that is killed between its files and its answer has left by which bytes each is known. */
function noteInJob(
  { ledger, job }: Work,
  files: readonly (ExportedFile & { readonly path: string })[],
  written: readonly { readonly bytes: number }[],
): void {
  if (job === undefined) return;
  const noted = files.map((file, place) => ({ ...file, bytes: written[place]?.bytes ?? 0 }));
  JobsFolder.beside(ledger.path).find(job)?.write('file.json', { files: noted });
}

/** `payouts-2026-10.csv`, `lines-2026-Q3-USD.csv`, `payouts-R-000001.csv`, `EXTF_datev-2026-10.csv`. */
export function fileName({
  format,
  range,
  run,
  currency,
}: Pick<ExportRequest, 'format' | 'range' | 'run' | 'currency'>): string {
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
