/** The warnings about cells that are not what they were in the ledger. */
import type { Exported } from '../../app/export.js';
import { safeText } from '../safe-text.js';
import type { Terminal } from '../terminal.js';

/** @param first the first of them, by which they are found */
export function warnOfGuarded(terminal: Terminal, { count, first }: Exported['guarded']): void {
  if (count === 0) return;
  const places = first.map(({ row, column }) => `row ${row} ${column}`).join(', ');
  const more = count > first.length ? ', ...' : '';
  const cells = count === 1 ? '1 cell looks' : `${count} cells look`;
  terminal.warn(`${cells} like a formula and got an apostrophe in front: ${places}${more}.`);
}

/** @param first the first of them, by which they are found */
export function warnOfChanged(terminal: Terminal, { count, first }: Exported['changed']): void {
  if (count === 0) return;
  const cells = first.map(
    ({ row, column, value, written }) =>
      `row ${row} ${column} "${safeText(value)}" is "${safeText(written)}"`,
  );
  const more = count > first.length ? `, and ${count - first.length} more` : '';
  const what = count === 1 ? '1 text was' : `${count} texts were`;
  terminal.warn(`${what} changed so that the other program can read the file: ${cells.join(', ')}${more}.`);
}
