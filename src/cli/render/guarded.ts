/** The warnings about cells that are not what they were in the ledger. */
import type { Exported } from '../../app/export.js';
import { shortened } from '../table.js';
import type { Terminal } from '../terminal.js';

/** @param first the first of them, by which they are found */
export function warnOfGuarded(terminal: Terminal, { count, first }: Exported['guarded']): void {
  if (count === 0) return;
  const places = first.map(({ row, column }) => `row ${row} ${column}`).join(', ');
  const more = count > first.length ? ', ...' : '';
  const cells = count === 1 ? '1 cell looks' : `${count} cells look`;
  terminal.warn(`${cells} like a formula and got an apostrophe in front: ${places}${more}.`);
}

/** A text of which somebody may have written a novel. */
const SHOWN_CHARACTERS = 40;

/** @param first the first cell of each text, by which it is found; the same text in many rows is one */
export function warnOfChanged(terminal: Terminal, { count, texts, first }: Exported['changed']): void {
  if (count === 0) return;
  const cells = first.map(
    ({ row, column, value, written }) =>
      `${column} "${shortened(value, SHOWN_CHARACTERS)}" is "${shortened(written, SHOWN_CHARACTERS)}" (row ${row})`,
  );
  const more = texts > first.length ? `, and ${texts - first.length} more` : '';
  const what = texts === 1 ? '1 text was' : `${texts} texts were`;
  const where = count > texts ? `, in ${count} cells` : '';
  terminal.warn(
    `${what} changed so that the other program can read the file${where}: ${cells.join(', ')}${more}.`,
  );
}
