/** The warnings about cells that are not what they were in the ledger. */
import type { Exported } from '../../app/export.js';
import { shortened } from '../table.js';
import type { Terminal } from '../terminal.js';

/** A text of which somebody may have written a novel. */
const SHOWN_CHARACTERS = 40;

/** @param first the first cell of each text, by which it is found; the same text in many rows is one */
export function warnOfGuarded(terminal: Terminal, { count, texts, first }: Exported['guarded']): void {
  if (count === 0) return;
  const cells = first.map(
    ({ row, column, value }) => `${column} "${shortened(value, SHOWN_CHARACTERS)}" (row ${row})`,
  );
  const more = texts > first.length ? `, and ${texts - first.length} more` : '';
  const what = texts === 1 ? '1 text looks' : `${texts} texts look`;
  const where = count > texts ? `, in ${count} cells` : '';
  terminal.warn(`${what} like a formula and got an apostrophe in front${where}: ${cells.join(', ')}${more}.`);
}

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
