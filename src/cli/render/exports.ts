/** Exports for programs and for people. */
import { rangeName } from '../../app/export.js';
import type { ExportRecord } from '../../core/export.js';
import type { Column } from '../table.js';

export function exportJson(one: ExportRecord): Record<string, unknown> {
  const { id, format, from, to, runId, currency, newOnly, counts, exportedAt, exportedBy, files } = one;
  return {
    ...{ id, format, from, to, runId, currency, newOnly, counts, exportedAt, exportedBy },
    files: files.map(({ path, rows, sha256 }) => ({ path, rows, sha256 })),
  };
}

export const EXPORT_COLUMNS: readonly Column[] = [
  { title: 'Export', fixed: true },
  { title: 'Made', fixed: true },
  { title: 'By', spare: 2 },
  { title: 'Format', fixed: true },
  { title: 'What' },
  { title: 'Rows', align: 'right' },
  { title: 'Files', spare: 1 },
];

export function exportRow(one: ExportRecord): string[] {
  const { id, exportedOn, exportedBy, format, files } = one;
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  return [id, exportedOn, exportedBy, format, whatText(one), String(rows), filesText(files)];
}

/** `2026-10, EUR, new`; `everything`; of what was only looked at `2026-Q3, a look`. */
function whatText({ from, to, runId, currency, newOnly, counts }: ExportRecord): string {
  const range =
    rangeName(from, to)
      ?.replace(/^(to|from)-/, '$1 ')
      .replace('-to-', ' to ') ?? null;
  const said = [runId ?? range, currency].filter((part) => part !== null);
  const which = said.length === 0 ? ['everything'] : said;
  return [...which, ...(newOnly ? ['new'] : []), ...(counts ? [] : ['a look'])].join(', ');
}

/** The first by its path, and how many more; of a path what follows its last folder. */
function filesText(files: ExportRecord['files']): string {
  const [first] = files;
  if (first === undefined) return '';
  const name = first.path === null ? 'stdout' : (/[^/\\]+$/.exec(first.path)?.[0] ?? first.path);
  return files.length === 1 ? name : `${name} and ${files.length - 1} more`;
}
