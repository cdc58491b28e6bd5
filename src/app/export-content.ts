/** What an accounting file holds: rows, bills or journal entries, read page by page. */
import type { Bill } from '../core/bill.js';
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { assertBalanced, entryOf } from '../core/journal.js';
import { formatAmount } from '../core/money.js';
import type { GuardedCell } from '../exports/csv.js';
import type { AccountingFormat, ExportPiece, FormatContext } from '../exports/format.js';
import { linesCsv, type LineExportRow } from '../exports/lines-csv.js';
import type { ChangedCell } from '../exports/machine-cells.js';
import { payoutsCsv, type PayoutExportRow } from '../exports/payouts-csv.js';
import { runId } from '../core/run.js';
import { affiliateNames } from '../store/affiliates.js';
import { eachBill } from '../store/bills.js';
import type { EarlierExport } from '../store/exports.js';
import { eachJournalFact } from '../store/journal.js';
import type { Reader } from '../store/ledger.js';
import {
  eachLineForExport,
  eachPayoutForExport,
  exportedAndVoidSince,
  type LineForExport,
  type PayoutFilter,
  type PayoutForExport,
} from '../store/payouts.js';
import type { Book } from './book.js';
import { contextOf, type FormatInfo } from './export-formats.js';

/** Who is told of what had to be changed. */
export interface Told {
  /** So many more rows, documents or entries were read. */
  read(rows: number): void;
  guarded(cell: GuardedCell): void;
  changed(cell: ChangedCell): void;
  note(sentence: string): void;
}

/** What is asked for; the range is inclusive, null does not matter. */
export interface Content {
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  readonly run: bigint | null;
  readonly currency: CurrencyCode | null;
  /** What these exports had is left out. */
  readonly except: readonly EarlierExport[];
  /** Which one this is among exports of news; null where it is the first, or of everything. */
  readonly part: number | null;
}

interface Asked {
  readonly book: Book;
  readonly format: FormatInfo;
  readonly what: Content;
  readonly told: Told;
}

/** The pieces of the files, in their order. @throws what the format throws */
export async function* piecesOf(reader: Reader, asked: Asked): AsyncGenerator<ExportPiece> {
  const { format, what, told, book } = asked;
  if (format.load === null) {
    yield* genericPieces(reader, asked);
    return;
  }
  const context = contextOf(format.name, book, {
    range: { from: what.from, to: what.to },
    part: what.part,
    run: what.run === null ? null : runId(what.run),
    affiliates: () => affiliateNames(reader),
    changed: (cell) => {
      told.changed(cell);
    },
    note: (sentence) => {
      told.note(sentence);
    },
  });
  yield* accountingPieces(reader, await format.load(), asked, context);
}

function accountingPieces(
  reader: Reader,
  format: AccountingFormat,
  { what, told }: Pick<Asked, 'what' | 'told'>,
  context: FormatContext,
): AsyncGenerator<ExportPiece> {
  async function* bills(): AsyncGenerator<readonly Bill[]> {
    for await (const page of eachBill(reader, what)) {
      told.read(page.length);
      yield page;
    }
  }
  if (format.source === 'bills') return format.write({ each: bills }, context);
  const detail = format.detail(context);
  async function* entries(): AsyncGenerator<ReturnType<typeof entryOf>[]> {
    for await (const facts of eachJournalFact(reader, { ...what, detail })) {
      const page = facts.map(entryOf);
      assertBalanced(page);
      told.read(page.length);
      yield page;
    }
  }
  return format.write({ each: entries }, context);
}

async function* genericPieces(
  reader: Reader,
  { book, format, what, told }: Asked,
): AsyncGenerator<ExportPiece> {
  const counted = { rows: 0 };
  const filter: PayoutFilter = {
    ...(what.from === null ? {} : { from: what.from }),
    ...(what.to === null ? {} : { to: what.to }),
    ...(what.run === null ? {} : { run: what.run }),
    ...(what.currency === null ? {} : { currency: what.currency }),
    ...(what.except.length === 0 ? {} : { notIn: what.except }),
  };
  const voided = await exportedAndVoidSince(reader, filter);
  if (voided.length > 0) {
    told.note(
      `Exported before and void since: ${voided.join(', ')}. A row a payout cannot say that again; ` +
        'without --new-only they are there with their credit notes.',
    );
  }
  async function* rows<Row, Written>(
    pages: AsyncIterable<readonly Row[]>,
    written: (row: Row, book: Book) => Written,
  ): AsyncGenerator<Written[]> {
    for await (const page of pages) {
      counted.rows += page.length;
      told.read(page.length);
      yield page.map((row) => written(row, book));
    }
  }
  const options = {
    eol: '\n' as const,
    onGuarded: (cell: GuardedCell) => {
      told.guarded(cell);
    },
  };
  const text =
    format.rows === 'payouts'
      ? payoutsCsv(rows(eachPayoutForExport(reader, filter), payoutRow), options)
      : linesCsv(rows(eachLineForExport(reader, filter), lineRow), options);
  for await (const content of text) {
    yield { file: 1, content, rows: counted.rows };
    counted.rows = 0;
  }
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
