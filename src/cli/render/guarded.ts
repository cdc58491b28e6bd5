/** The warning about cells of a CSV file that a spreadsheet might have run. */
import type { Exported } from '../../app/export.js';
import type { Terminal } from '../terminal.js';

/** @param first the first of them, by which they are found */
export function warnOfGuarded(terminal: Terminal, { count, first }: Exported['guarded']): void {
  if (count === 0) return;
  const places = first.map(({ row, column }) => `row ${row} ${column}`).join(', ');
  const more = count > first.length ? ', ...' : '';
  const cells = count === 1 ? '1 cell looks' : `${count} cells look`;
  terminal.warn(`${cells} like a formula and got an apostrophe in front: ${places}${more}.`);
}
