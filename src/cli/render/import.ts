/** What the two imports answer, as JSON and as text. */
import type { Imported } from '../../app/import-file.js';
import { safeText } from '../safe-text.js';
import type { Terminal } from '../terminal.js';

/** Findings listed in text below an import that went through all the same. */
const LISTED = 100;

/** The keys that both imports share (SPEC section 8). */
export function importJson(imported: Imported, dryRun: boolean): Record<string, unknown> {
  const { counts, rows, rejections, rejectedFile, unknownColumns } = imported;
  return { imported: counts, rows, rejections, rejectedFile, unknownColumns, dryRun };
}

/** "10 new, 2 changed": what happened to the rows, without what happened to none. */
export function countsLine(imported: Imported, dryRun: boolean): string {
  const { counts, rows } = imported;
  const parts = (['new', 'changed', 'unchanged', 'corrected', 'rejected'] as const)
    .filter((what) => counts[what] > 0)
    .map((what) => `${counts[what].toLocaleString('en')} ${what}`);
  const written = dryRun ? ' Nothing was written: this was a dry run.' : '';
  if (rows === 0) return `0 rows: the file has a header and nothing below it.${written}`;
  return `${parts.join(', ')} (${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}).${written}`;
}

/** Warnings that both imports share, after the answer. */
export function warnOfImport(terminal: Terminal, imported: Imported): void {
  const { unknownColumns, rejections, counts, rejectedFile, staleRejectedFile } = imported;
  if (unknownColumns.length > 0) {
    const names = unknownColumns.map((name) => safeText(name)).join(', ');
    terminal.warn(`payrun does not know and did not look at: ${names}`);
  }
  if (counts.rejected > 0 && !terminal.json) {
    const lines = rejections
      .slice(0, LISTED)
      .map(({ line, column, value, message }) =>
        safeText(
          [`line ${line}`, ...(column === null ? [] : [column]), JSON.stringify(value)].join(', ') +
            `: ${message}`,
        ),
      );
    const more = counts.rejected - lines.length;
    const rest = more > 0 ? [`... and ${more} more; --json lists them all.`] : [];
    terminal.warn([`Not imported: ${counts.rejected} of the rows.`, ...lines, ...rest].join('\n  '));
  }
  if (rejectedFile !== null) {
    terminal.note(
      `They were written to ${safeText(rejectedFile)} with their reasons: mend them there and import that file.`,
    );
  }
  if (staleRejectedFile !== null) {
    terminal.note(
      `${safeText(staleRejectedFile)} is from an earlier import; this time nothing was rejected.`,
    );
  }
}

/** Up to ten of a longer list, and how many there are besides. */
export function firstOf(items: readonly string[], count: number): string {
  const shown = items.slice(0, 10).map((item) => safeText(item));
  return count > shown.length ? `${shown.join(', ')} and ${count - shown.length} more` : shown.join(', ');
}
