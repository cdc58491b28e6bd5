/** Accounting files: what they hold, in which format, where they go, and the record of each. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
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
import { outputPath } from '../host/output-path.js';
import {
  earlierExports,
  insertExport,
  readMarks,
  type EarlierExports,
  type Marks,
} from '../store/exports.js';
import type { Reader } from '../store/ledger.js';
import { findRun } from '../store/runs.js';
import { Book } from './book.js';
import { piecesOf, type Content, type Told } from './export-content.js';
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
  /**
   * Cells that got an apostrophe in front lest a spreadsheet runs them; the same text is counted once, and
   * once in `first`.
   */
  readonly guarded: {
    readonly count: number;
    readonly texts: number;
    readonly first: readonly GuardedCell[];
  };
  /** Text cells that could not stand as they were; the same text is counted once, and once in `first`. */
  readonly changed: {
    readonly count: number;
    readonly texts: number;
    readonly first: readonly ChangedCell[];
  };
  readonly notes: readonly string[];
}

export interface ExportedFiles extends Omit<Exported, 'id'> {
  /** Null where nothing was exported because there is nothing new. */
  readonly id: string | null;
  /** The file that stays as it is then, and the last export that counts, if there was one; else null. */
  readonly unchanged: { readonly path: string; readonly since: EarlierExports['last'] } | null;
  /** Files of an earlier export of the same name that is not among these, and still there. */
  readonly leftOver: readonly string[];
  readonly files: readonly (ExportedFile & { readonly path: string })[];
}

/** So many guarded or changed cells are named. */
const SHOWN_GUARDED = 5;

/** The cells of a file that were guarded, each text once. */
export class GuardedCells {
  readonly #texts = new Set<string>();
  readonly #first: GuardedCell[] = [];
  #count = 0;

  add(cell: GuardedCell): void {
    this.#count += 1;
    const text = JSON.stringify([cell.column, cell.value]);
    if (this.#texts.has(text)) return;
    this.#texts.add(text);
    if (this.#first.length < SHOWN_GUARDED) this.#first.push(cell);
  }

  get told(): Exported['guarded'] {
    return { count: this.#count, texts: this.#texts.size, first: this.#first };
  }
}

/** What one export is counted by while it goes by. */
class Telling implements Told {
  readonly #guarded = new GuardedCells();
  readonly #changed: ChangedCell[] = [];
  readonly #changedTexts = new Set<string>();
  readonly #notes = new Set<string>();
  #changedCount = 0;
  #read = 0;
  /** By file, from 1. */
  readonly rows: number[] = [];

  /** @param progress is told how many rows, documents or entries were read */
  constructor(private readonly progress: (read: number) => void) {}

  get rowsInAll(): number {
    return this.rows.reduce((sum, rows) => sum + rows, 0);
  }

  read(rows: number): void {
    this.#read += rows;
    this.progress(this.#read);
  }

  count({ file, rows }: ExportPiece): void {
    while (this.rows.length < file) this.rows.push(0);
    this.rows[file - 1] = (this.rows[file - 1] ?? 0) + rows;
  }

  guarded(cell: GuardedCell): void {
    this.#guarded.add(cell);
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
      rows: this.rowsInAll,
      guarded: this.#guarded.told,
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

/** One state of the ledger, of which an export is made. */
interface Snapshot {
  readonly reader: Reader;
  readonly earlier: EarlierExports;
  readonly marks: Marks;
  readonly what: Content;
  readonly book: Book;
  readonly format: AskedFormat;
}

/** @throws NotFoundError when the run is not there */
async function runOf(reader: Reader, { run }: ExportRequest): Promise<bigint | null> {
  const number = run === null ? null : runNumber(run);
  if (number !== null && (await findRun(reader, number)) === undefined) {
    throw new NotFoundError(`There is no run ${run ?? ''}.`, { hint: 'See `payrun runs list`.' });
  }
  return number;
}

/** @throws NotFoundError when the run is not there */
async function snapshotOf(
  reader: Reader,
  { now }: Work,
  request: ExportRequest,
  format: AskedFormat,
): Promise<Snapshot> {
  const earlier = await earlierExports(reader, format.name, format.template);
  const marks = await readMarks(reader);
  const what = {
    ...{ from: request.range.from, to: request.range.to, run: await runOf(reader, request) },
    ...{ currency: request.currency, except: request.newOnly ? earlier.had : [] },
    part: request.newOnly && earlier.count > 0 ? earlier.count + 1 : null,
  };
  return { reader, earlier, marks, what, book: await Book.read(reader, now), format };
}

/** Hands every piece of the export to `use`. */
async function eachPiece(
  { reader, book, format, what }: Snapshot,
  told: Telling,
  use: (piece: ExportPiece) => Promise<void>,
): Promise<void> {
  told.read(0);
  for await (const piece of piecesOf(reader, { book, format, what, told })) {
    told.count(piece);
    await use(piece);
  }
}

/** What is recorded of an export, and what goes with it. */
interface Recorded {
  readonly snapshot: Pick<Snapshot, 'earlier' | 'marks' | 'format' | 'what'>;
  readonly files: readonly ExportedFile[];
  /** Whether exports of news leave out what it had. */
  readonly counts: boolean;
  /** Gives the files their names. */
  readonly take?: () => Promise<void>;
}

/**
 * Records an export in one transaction, at the end of which the files take their names.
 * @param answer what the export tells, by its id
 * @throws ConflictError when somebody else exported news of the format meanwhile
 */
async function record<Answer>(
  work: Work,
  request: ExportRequest,
  { snapshot, files, counts, take }: Recorded,
  answer: (id: string) => Answer,
): Promise<Answer> {
  const { range, currency, newOnly } = request;
  const { marks, format, what: read } = snapshot;
  const { name, template } = format;
  return write(work, { command: 'export', request: { ...request, files } }, async (writer) => {
    const { last } = await earlierExports(writer, name, template);
    if (newOnly && last?.id !== snapshot.earlier.last?.id) {
      const what = take === undefined ? 'throw away what you got from this one' : 'nothing was written';
      throw new ConflictError(`Another export of ${name} was made meanwhile; ${what}.`, {
        hint: 'Ask again: what the other one had is left out then.',
      });
    }
    const book = await Book.read(writer, work.now);
    const { now, actor, osUser } = work;
    const made = { format: name, template, ...range, run: read.run, currency, newOnly, counts, marks, files };
    const by = { at: now.toISOString(), on: book.today, by: actor, osUser };
    const id = await insertExport(writer, { ...made, ...by });
    await take?.();
    return { result: answer(id), changed: true, recorded: { id } };
  });
}

function refuseSecondFile({ file }: ExportPiece, { name }: AskedFormat): void {
  if (file === 1) return;
  throw new UsageError(`The format ${name} needs several files for this; stdout is one.`, {
    hint: 'Give --out FILE: it becomes FILE-1, FILE-2 and so on. Or ask for less.',
  });
}

/**
 * Hands the file's content to `write` in pieces; the same bytes whenever the same is asked of the same
 * ledger. It is gone through twice, in one state of the ledger, so that nothing is written of what would be
 * refused.
 * @param counts whether exports of news leave out what it had; false where somebody only looks
 * @throws NotFoundError when the run is not there; UsageError when it needs several files; what the format
 * throws; ConflictError as `record`
 */
export async function exportTo(
  work: Work,
  request: ExportRequest,
  write: (piece: string | Uint8Array) => Promise<void>,
  { counts }: { readonly counts: boolean } = { counts: true },
): Promise<Exported> {
  work.ledger.refuseReadOnly();
  const format = await formatAsked(request);
  const steps = format.load === null ? 2 : 3;
  const told = new Telling(readingIn(work, steps - 1, steps));
  const hash = createHash('sha256');
  const snapshot = await work.ledger.read(async (reader) => {
    const read = await snapshotOf(reader, work, request, format);
    if (format.load !== null) {
      await eachPiece(read, new Telling(readingIn(work, 1, steps)), (piece) => {
        refuseSecondFile(piece, format);
        return Promise.resolve();
      });
    }
    await eachPiece(read, told, async (piece) => {
      refuseSecondFile(piece, format);
      hash.update(piece.content);
      await write(piece.content);
    });
    return read;
  });
  // Whether somebody read it to its end is told by the system only when it gets its turn.
  await setImmediate();
  await write('');
  work.progress(steps, steps, 'the record');
  const file = { path: null, rows: told.rowsInAll, sha256: hash.digest('hex') };
  return record(work, request, { snapshot, files: [file], counts }, (id) => told.told(id));
}

/**
 * Writes the same to a file, whole or not at all; in a folder it gets a name of its own, and what must be
 * split becomes `x-1.csv`, `x-2.csv` and so on. Should its record fail, what was there before is there again.
 * Where only news are wanted, none are there, and the file is, it stays as it is.
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
  const told = new Telling(readingIn(work, 1, 2));
  return interruptible(async (signal) => {
    const { snapshot, drafts, target } = await work.ledger.read(async (reader) => {
      const read = await snapshotOf(reader, work, request, format);
      const path = await outputPath(place.out, fileName(request, read.earlier.count));
      noteName(path, format, told);
      const begun = await FileDrafts.begin(path, { overwrite: place.overwrite, signal });
      try {
        await eachPiece(read, told, ({ file, content }) => begun.write(file, content));
      } catch (error) {
        await begun.discard();
        throw error;
      }
      return { snapshot: read, drafts: begun, target: path };
    });
    try {
      if (request.newOnly && told.rowsInAll === 0 && (await isFile(target))) {
        return await leaveAsItIs(work, { path: target, since: snapshot.earlier.last }, told);
      }
      const written = await drafts.finish();
      await drafts.check();
      const files = drafts.names().map((path, file) => ({
        ...{ path, rows: told.rows[file] ?? 0, sha256: written[file]?.sha256 ?? '' },
      }));
      work.progress(2, 2, 'the record');
      const recorded = { snapshot, files, counts: true, take: () => drafts.take() };
      const answer = (id: string): ExportedFiles => {
        return { ...told.told(id), files, unchanged: null, leftOver: [] };
      };
      const exported = await record(work, request, recorded, answer).catch(async (error: unknown) => {
        await drafts.undo();
        throw error;
      });
      await drafts.settle();
      return { ...exported, leftOver: await drafts.leftOver() };
    } finally {
      await drafts.discard();
    }
  }, new InterruptedError('Interrupted; no file was written.'));
}

function noteName(path: string, { mustBegin }: AskedFormat, told: Telling): void {
  if (mustBegin === undefined || basename(path).startsWith(mustBegin)) return;
  told.note(
    `The name of the file must begin with ${mustBegin}, such as ${mustBegin}${basename(path)}, or the program that ` +
      'imports it does not see it.',
  );
}

/** There is nothing new: nothing is recorded but, under an idempotency key, the answer. */
async function leaveAsItIs(
  work: Work,
  unchanged: NonNullable<ExportedFiles['unchanged']>,
  told: Telling,
): Promise<ExportedFiles> {
  const result = { ...told.told(''), id: null, files: [], leftOver: [], unchanged };
  if (work.once === undefined) return result;
  return write(work, { command: 'export', request: {} }, () => Promise.resolve({ result, changed: false }));
}

const isFile = (place: string): Promise<boolean> =>
  stat(place).then(
    (found) => found.isFile(),
    () => false,
  );

/** Tells how many rows, documents or entries of the ledger were read. */
function readingIn({ progress }: Work, step: number, of: number): (read: number) => void {
  return (read) => {
    progress(step, of, read === 0 ? 'the ledger' : `${read.toLocaleString('en-US')} read`);
  };
}

/**
 * `payouts-2026-10.csv`, `lines-2026-Q3-USD.csv`, `payouts-R-000001.csv`, `EXTF_datev-2026-10.csv`; of news
 * `payouts-2026-10-news-3.csv`, so that those of tonight are not in the way of those of tomorrow.
 * @param earlier how many exports of the format count so far
 */
export function fileName(
  {
    format,
    range,
    run,
    currency,
    newOnly,
  }: Pick<ExportRequest, 'format' | 'range' | 'run' | 'currency' | 'newOnly'>,
  earlier: number,
): string {
  const { fileStem, extension } = formatOf(format);
  const parts = [
    fileStem ?? format,
    rangeName(range.from, range.to),
    run === null ? null : runId(runNumber(run)),
    currency,
    newOnly ? `news-${earlier + 1}` : null,
  ];
  return `${parts.filter((part) => part !== null).join('-')}.${extension}`;
}

/** The name that an export would get in a folder now. @throws as `exportFile`, of its template */
export async function nameInFolder(work: Work, request: ExportRequest): Promise<string> {
  if (!request.newOnly) return fileName(request, 0);
  const { name, template } = await formatAsked(request);
  const { count } = await work.ledger.read((reader) => earlierExports(reader, name, template));
  return fileName(request, count);
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
