/**
 * Writes CSV; the only door of csv-stringify. Spreadsheets run a cell that looks like a formula, so cells
 * are treated by the kind of their column: text that comes from outside is guarded, what payrun itself
 * formats is verified and never touched. (The library's own guard would turn the amount -12.50 into text.)
 */
import { stringify } from 'csv-stringify/sync';

/**
 * What a column holds. `amount`, `integer` and `date` are payrun's own formats; `code` is payrun's own word
 * or number (a status, an account); everything that somebody typed somewhere is `text`.
 */
export type CsvColumnKind = 'text' | 'amount' | 'date' | 'code' | 'integer';

export interface CsvColumn {
  readonly title: string;
  readonly kind: CsvColumnKind;
}

/** A cell is empty when null. */
export type CsvCell = string | null;

/**
 * A text cell that got an apostrophe in front, lest a spreadsheet runs it. `row` counts from 1 below the
 * header.
 */
export interface GuardedCell {
  readonly row: number;
  readonly column: string;
  readonly value: string;
}

export interface CsvOptions {
  readonly eol: '\n' | '\r\n';
  /** Begin with a byte order mark, by which Excel knows UTF-8. Accounting imports refuse it. */
  readonly bom?: boolean;
  /** Is told of each guarded cell. */
  readonly onGuarded?: (cell: GuardedCell) => void;
}

const OWN_FORMATS = {
  amount: /^-?\d+(?:\.\d+)?$/,
  integer: /^-?\d+$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
} as const;

/** Nothing that a spreadsheet could take for a formula or a person for a gap. */
const PLAIN_CODE = /^[\p{L}\p{N}][^\p{Cc}\u2028\u2029]*$/u;
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]+/gu;
const FORMULA_START = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/**
 * The header line and the rows, as text in pieces, one a batch. Rows have as many cells as there are
 * columns.
 *
 * @throws Error when a cell of payrun's own format has another form: that is a bug, and a wrong figure
 * never leaves
 */
export async function* writeCsv(
  columns: readonly CsvColumn[],
  batches: AsyncIterable<readonly (readonly CsvCell[])[]>,
  options: CsvOptions,
): AsyncGenerator<string> {
  const mark = options.bom === true ? '\ufeff' : '';
  yield mark + csvLines([columns.map((column) => column.title)], options.eol);
  let row = 0;
  for await (const batch of batches) {
    const lines = batch.map((cells) => {
      row += 1;
      return columns.map((column, position) => safeCell(cells[position] ?? null, column, row, options));
    });
    if (lines.length > 0) yield csvLines(lines, options.eol);
  }
}

/** Lines as they are, with the quotes that CSV needs; no guard. */
export function csvLines(lines: readonly (readonly string[])[], eol: '\n' | '\r\n', delimiter = ','): string {
  // A semicolon is the separator of spreadsheets in half of Europe, so it is quoted like a comma.
  return stringify([...lines], { delimiter, record_delimiter: eol, eof: true, quoted_match: /;/ });
}

function safeCell(cell: CsvCell, column: CsvColumn, row: number, options: CsvOptions): string {
  if (cell === null || cell === '') return '';
  const { kind, title } = column;
  if (kind === 'code' && PLAIN_CODE.test(cell)) return cell;
  if (kind === 'amount' || kind === 'integer' || kind === 'date') {
    if (OWN_FORMATS[kind].test(cell)) return cell;
    throw new Error(`Row ${row}, column ${title}: ${JSON.stringify(cell)} is no ${kind}.`);
  }
  const text = cell.replace(CONTROL_CHARACTERS, ' ').trim();
  const safe = guarded(text);
  if (safe !== text) options.onGuarded?.({ row, column: title, value: cell });
  return safe;
}

/** The text, with an apostrophe in front where a spreadsheet would take it for a formula. */
export function guarded(text: string): string {
  return FORMULA_START.test(text) ? `'${text}` : text;
}
