/** The header line of a canonical CSV file: which known column stands where. */
import type { Rejection } from '../core/import.js';
import type { CsvRecord } from './csv.js';

/** The columns that payrun adds to a file of refused rows; they come back with it and mean nothing. */
const OWN_PREFIX = 'payrun_';

/**
 * The columns that one kind of file may have, in the order in which they are documented, checked and
 * compared.
 */
export interface ColumnSet<Column extends string> {
  readonly columns: readonly Column[];
  readonly required: readonly Column[];
}

/** A header that was understood. */
export interface Header<Column extends string> {
  /** The cells as given, for writing refused rows back. */
  readonly cells: readonly string[];
  /** Where each known column stands; -1 where the file has none. */
  readonly index: Readonly<Record<Column, number>>;
  /** Which known columns the file has. */
  readonly has: Readonly<Record<Column, boolean>>;
  /** The columns that payrun does not know, as given; they are ignored. */
  readonly unknown: readonly string[];
}

export type HeaderReading<Column extends string> =
  | { readonly ok: true; readonly header: Header<Column> }
  | { readonly ok: false; readonly rejections: readonly Rejection[] };

/**
 * Matches the cells of the first record with the known columns, whatever their order, case and surrounding
 * spaces. A missing required column is `missing`, a known column that stands there twice `bad_value`, both
 * on its line.
 *
 * @param record the first record of the file; undefined for an empty file
 */
export function readHeader<Column extends string>(
  record: CsvRecord | undefined,
  known: ColumnSet<Column>,
): HeaderReading<Column> {
  const line = record?.line ?? 1;
  const cells = record?.cells ?? [];
  const index = Object.fromEntries(known.columns.map((column) => [column, -1])) as Record<Column, number>;
  const rejections: Rejection[] = [];
  const unknown: string[] = [];
  cells.forEach((cell, position) => {
    const name = cell.trim().toLowerCase();
    const column = known.columns.find((candidate) => candidate === name);
    if (column === undefined) {
      if (name !== '' && !name.startsWith(OWN_PREFIX)) unknown.push(cell.trim());
    } else if (index[column] >= 0) {
      const message = `The column ${column} is there twice. Keep one of them.`;
      rejections.push({ line, column, value: cell, code: 'bad_value', message });
    } else {
      index[column] = position;
    }
  });
  const found = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  for (const column of known.required) {
    if (index[column] >= 0 || found.length === 0) continue;
    const message = `The file has no column ${column}; its first line names ${found.slice(0, 30).join(', ')}.`;
    rejections.push({ line, column, value: '', code: 'missing', message });
  }
  if (found.length === 0) {
    const message = `The file is empty; its first line must name the columns, at least ${known.required.join(', ')}.`;
    rejections.push({ line, column: known.required[0] ?? null, value: '', code: 'missing', message });
  }
  if (rejections.length > 0) return { ok: false, rejections };
  const has = Object.fromEntries(known.columns.map((column) => [column, index[column] >= 0]));
  return { ok: true, header: { cells, index, has: has as Record<Column, boolean>, unknown } };
}
