/** Accounting files: which payouts they hold, in which columns, and where they go. */
import { endOfMonth, endOfQuarter, endOfYear, type CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { InterruptedError, NotFoundError } from '../core/errors.js';
import type { JobFileNote } from '../core/job.js';
import { formatAmount } from '../core/money.js';
import { runId, runNumber } from '../core/run.js';
import type { GuardedCell } from '../exports/csv.js';
import { linesCsv, type LineExportRow } from '../exports/lines-csv.js';
import { payoutsCsv, type PayoutExportRow } from '../exports/payouts-csv.js';
import { writeFileAtomically, type WrittenFile } from '../host/atomic-file.js';
import { interruptible } from '../host/interruption.js';
import { JobsFolder } from '../host/job-folder.js';
import { outputPath } from '../host/output-path.js';
import type { Reader } from '../store/ledger.js';
import {
  eachLineForExport,
  eachPayoutForExport,
  type LineForExport,
  type PayoutFilter,
  type PayoutForExport,
} from '../store/payouts.js';
import { findRun } from '../store/runs.js';
import { Book } from './book.js';
import type { Work } from './work.js';

export type ExportFormat = 'payouts' | 'lines';

/** What to export; null does not matter. The range goes by issue date, both ends included. */
export interface ExportRequest {
  readonly format: ExportFormat;
  readonly range: { readonly from: CalendarDate | null; readonly to: CalendarDate | null };
  readonly run: string | null;
  readonly currency: CurrencyCode | null;
}

/** What was told: how many rows, and which cells got an apostrophe in front lest a spreadsheet runs them. */
export interface Exported {
  readonly rows: number;
  readonly guarded: { readonly count: number; readonly first: readonly GuardedCell[] };
}

export interface ExportedFile extends Exported {
  readonly path: string;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** So many guarded cells are named. */
export const SHOWN_GUARDED = 5;

/** One export under way: the text in pieces, and what is counted while it is read to its end. */
class Export {
  rows = 0;
  #guarded = 0;
  readonly #first: GuardedCell[] = [];

  constructor(
    private readonly reader: Reader,
    private readonly book: Book,
    private readonly format: ExportFormat,
    private readonly filter: PayoutFilter,
  ) {}

  text(): AsyncGenerator<string> {
    const options = {
      eol: '\n' as const,
      onGuarded: (cell: GuardedCell) => {
        this.#guarded += 1;
        if (this.#first.length < SHOWN_GUARDED) this.#first.push(cell);
      },
    };
    return this.format === 'payouts'
      ? payoutsCsv(this.#payouts(), options)
      : linesCsv(this.#lines(), options);
  }

  told(): Exported {
    return { rows: this.rows, guarded: { count: this.#guarded, first: this.#first } };
  }

  async *#payouts(): AsyncGenerator<PayoutExportRow[]> {
    for await (const page of eachPayoutForExport(this.reader, this.filter)) {
      this.rows += page.length;
      yield page.map((payout) => payoutRow(payout, this.book));
    }
  }

  async *#lines(): AsyncGenerator<LineExportRow[]> {
    for await (const page of eachLineForExport(this.reader, this.filter)) {
      this.rows += page.length;
      yield page.map((line) => lineRow(line, this.book));
    }
  }
}

async function begin(reader: Reader, work: Work, request: ExportRequest): Promise<Export> {
  const { format, range, run, currency } = request;
  const number = run === null ? null : runNumber(run);
  if (number !== null && (await findRun(reader, number)) === undefined) {
    throw new NotFoundError(`There is no run ${run ?? ''}.`, { hint: 'See `payrun runs list`.' });
  }
  const filter = {
    ...(range.from === null ? {} : { from: range.from }),
    ...(range.to === null ? {} : { to: range.to }),
    ...(number === null ? {} : { run: number }),
    ...(currency === null ? {} : { currency }),
  };
  return new Export(reader, await Book.read(reader, work.now), format, filter);
}

/**
 * Hands the file's text to `write` in pieces; the same bytes whenever the same is asked of the same ledger.
 * @throws NotFoundError when the run is not there
 */
export async function exportTo(
  work: Work,
  request: ExportRequest,
  write: (piece: string) => Promise<void>,
): Promise<Exported> {
  return work.ledger.read(async (reader) => {
    const running = await begin(reader, work, request);
    for await (const piece of running.text()) await write(piece);
    return running.told();
  });
}

/**
 * Writes the same to a file, whole or not at all; in a folder it gets a name of its own.
 * @param place a file, or a folder; `overwrite` replaces a file that is there
 * @throws ConflictError when the file is there already; NotFoundError when the run or the folder is not
 * there; InterruptedError when a signal ended it
 */
export async function exportFile(
  work: Work,
  request: ExportRequest,
  place: { readonly out: string; readonly overwrite: boolean },
): Promise<ExportedFile> {
  const target = await outputPath(place.out, fileName(request));
  return work.ledger.read(async (reader) => {
    const running = await begin(reader, work, request);
    const { path, sha256 } = await interruptible((signal) => {
      const announce = (file: WrittenFile): void => {
        noteInJob(work, { ...file, rows: running.rows });
      };
      const { overwrite } = place;
      return writeFileAtomically(target, running.text(), { overwrite, signal, announce });
    }, new InterruptedError('Interrupted; no file was written.'));
    return { ...running.told(), path, sha256 };
  });
}

/** A job that is killed between its file and its answer has left by which bytes the file is known. */
function noteInJob({ ledger, job }: Work, file: JobFileNote): void {
  if (job === undefined) return;
  JobsFolder.beside(ledger.path).find(job)?.write('file.json', file);
}

/** `payouts-2026-10.csv`, `lines-2026-Q3-USD.csv`, `payouts-R-000001.csv`, `payouts.csv`. */
export function fileName({ format, range, run, currency }: ExportRequest): string {
  const parts = [
    format,
    rangeName(range.from, range.to),
    run === null ? null : runId(runNumber(run)),
    currency,
  ];
  return `${parts.filter((part) => part !== null).join('-')}.csv`;
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

function payoutRow(payout: PayoutForExport, book: Book): PayoutExportRow {
  return {
    ...payout,
    issueDate: payout.issuedOn,
    amount: formatAmount(payout.amount, payout.currency),
    periodFrom: payout.from,
    periodTo: payout.to,
    commissions: String(payout.commissions),
    ...accounts(book),
  };
}

function lineRow(line: LineForExport, book: Book): LineExportRow {
  return {
    ...line,
    issueDate: line.issuedOn,
    amount: formatAmount(line.amount, line.currency),
    periodFrom: line.from,
    periodTo: line.to,
    ...accounts(book),
  };
}

function accounts(book: Book): { readonly expenseAccount: string; readonly payableAccount: string } {
  return {
    expenseAccount: book.setting('accounts.expense'),
    payableAccount: book.setting('accounts.payable'),
  };
}
