/**
 * The rows that an import refused, as they were given, each with the reason: to be mended and imported
 * again.
 */
import type { Rejection } from '../core/import.js';
import { csvLines } from './csv.js';

/** A refused row with the cells as they stood in the file. */
export interface RejectedRow {
  readonly cells: readonly string[];
  readonly rejection: Rejection;
}

const REASON_COLUMNS = ['payrun_line', 'payrun_column', 'payrun_code', 'payrun_reason'] as const;

/**
 * The file's text in pieces. Cells are not guarded against formulas: an apostrophe in front would become
 * part of an id or an amount when the file is imported again. A row that has too few or too many cells
 * keeps them, so that it is refused again until somebody mends it. Reasons from an earlier round are
 * dropped.
 *
 * @param header the first line of the refused file, as given
 */
export async function* rejectedCsv(
  header: readonly string[],
  batches: AsyncIterable<readonly RejectedRow[]>,
): AsyncGenerator<string> {
  const kept = header.map(
    (title) => !(REASON_COLUMNS as readonly string[]).includes(title.trim().toLowerCase()),
  );
  const withoutReasons = (cells: readonly string[]): readonly string[] =>
    cells.length === header.length ? cells.filter((_, position) => kept[position]) : cells;
  yield csvLines([[...withoutReasons(header), ...REASON_COLUMNS]], '\n');
  for await (const batch of batches) {
    const lines = batch.map(({ cells, rejection }) => [
      ...withoutReasons(cells),
      rejection.line.toString(),
      rejection.column ?? '',
      rejection.code,
      rejection.message,
    ]);
    if (lines.length > 0) yield csvLines(lines, '\n');
  }
}
