/** Tables for people: no borders, amounts on their decimal point; the door of cli-table3. */

import { createRequire } from 'node:module';
import Table from 'cli-table3';
import { safeText } from './safe-text.js';
import type { Terminal } from './terminal.js';

// The library's own measure of columns (wide characters take two), so that its layout and ours agree.
const { strlen } = createRequire(import.meta.url)('cli-table3/src/utils.js') as {
  strlen: (text: string) => number;
};

/**
 * A column. One without `align`, `money` or `fixed` holds long text and may be shortened on a narrow
 * terminal.
 */
export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Amounts: on the right, with the decimal points below each other. */
  readonly money?: boolean;
  /** Ids, numbers of documents and dates: never shortened. */
  readonly fixed?: boolean;
  /** Left out, the highest first, where even the shortened table is wider than the terminal. */
  readonly spare?: number;
}

/** A cell: a text, or one with a colour (such as `terminal.red`). Texts are made safe here. */
export type Cell = string | { readonly text: string; readonly style: (text: string) => string };

/** A table to be shown. */
export interface TableContent {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** A last row under a rule, such as the totals. */
  readonly footer?: readonly Cell[];
}

/** Where a table goes: without a width nothing is ever shortened. */
export interface TableLayout {
  readonly width?: number;
  readonly headStyle?: (text: string) => string;
  /** From how many lines on the table is padded without the library; for the test that compares the two. */
  readonly longFrom?: number;
}

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

const gap = '  ';
/** A text column is not shortened below this many columns of the screen. */
const narrowest = 10;
/**
 * The library takes 0.1 ms for a row: two seconds for the payouts of a large programme. Tables longer than
 * this are padded here, to the same result (a test compares them).
 */
const longTable = 500;

function measure(text: string): number {
  // Nearly every cell is ASCII, and the full measure is some thirty times slower.
  return /^[\x20-\x7e]*$/.test(text) ? text.length : strlen(text);
}

function cellText(cell: Cell | undefined): string {
  return safeText(cell === undefined || typeof cell === 'string' ? (cell ?? '') : cell.text);
}

/**
 * As much of the text as fits, and an ellipsis. Between characters as people count them: the library's own
 * cut goes through the middle of an emoji.
 */
function cut(text: string, width: number): string {
  let kept = '';
  for (const { segment } of characters.segment(text)) {
    if (measure(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** A text cut to a width, wide characters counted as two; never shorter than a few words need. */
export function shortened(text: string, width: number): string {
  const room = Math.max(width, 2 * narrowest);
  const safe = safeText(text);
  return measure(safe) > room ? cut(safe, room) : safe;
}

/** The decimals of an amount with its point: what has to line up. */
function decimals(amount: string): number {
  const point = amount.lastIndexOf('.');
  return point === -1 ? 0 : amount.length - point;
}

/**
 * All cells as safe texts, amounts padded behind so that their points line up when they stand on the
 * right.
 */
function cellTexts(columns: readonly Column[], lines: readonly (readonly Cell[])[]): string[][] {
  const texts = lines.map((line) => columns.map((_column, index) => cellText(line[index])));
  for (const [index, column] of columns.entries()) {
    if (column.money !== true) {
      continue;
    }
    const most = texts.reduce((found, line) => Math.max(found, decimals(line[index] ?? '')), 0);
    for (const line of texts) {
      const amount = line[index] ?? '';
      line[index] = amount === '' ? '' : amount + ' '.repeat(most - decimals(amount));
    }
  }
  return texts;
}

function mayShrink(column: Column): boolean {
  return column.align === undefined && column.money !== true && column.fixed !== true;
}

/** Takes columns of the screen from the widest text column, one by one, until the table fits or cannot. */
function fittedWidths(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, each) => sum + each, 0) + gap.length * (columns.length - 1) - width;
  while (excess > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const least = Math.max(narrowest, measure(column.title));
      const current = widths[index] ?? 0;
      if (mayShrink(column) && current > least && current > (widths[widest] ?? 0)) {
        widest = index;
      }
    }
    if (widest === -1) {
      break;
    }
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

const edges = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
] as const;
const sides = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'] as const;
const noBorders = Object.fromEntries([...edges, ...sides].map((name) => [name, '']));

/** How narrow a table can get, in columns of the screen. */
function leastWidth(content: TableContent): number {
  const { columns, rows, footer } = content;
  const texts = cellTexts(columns, footer === undefined ? rows : [...rows, footer]);
  return columns.reduce((sum, column, index) => {
    const title = measure(column.title);
    const natural = texts.reduce((most, line) => Math.max(most, measure(line[index] ?? '')), title);
    const width = mayShrink(column) ? Math.min(natural, Math.max(narrowest, title)) : natural;
    return sum + width + (index === 0 ? 0 : gap.length);
  }, 0);
}

/** The table without the columns that a narrow terminal has no room for, and their titles. */
export function withoutSpare(
  content: TableContent,
  width: number,
): { fitting: TableContent; left: string[] } {
  let fitting = content;
  const left: string[] = [];
  while (leastWidth(fitting) > width) {
    const { columns, rows, footer } = fitting;
    const most = columns.reduce((found, { spare = 0 }) => Math.max(found, spare), 0);
    const out = columns.findIndex(({ spare }) => spare === most);
    if (most === 0) break;
    left.push(columns[out]?.title ?? '');
    fitting = {
      columns: columns.toSpliced(out, 1),
      rows: rows.map((row) => row.toSpliced(out, 1)),
      ...(footer === undefined ? {} : { footer: footer.toSpliced(out, 1) }),
    };
  }
  return { fitting, left };
}

/** A table as text, one line a row, without a line end after the last. */
export function renderTable(content: TableContent, layout: TableLayout = {}): string {
  const { columns, rows, footer } = content;
  const given = footer === undefined ? rows : [...rows, footer];
  const texts = cellTexts(columns, given);
  const titles = columns.map((column) => column.title);
  const natural = columns.map((column, index) =>
    texts.reduce(
      (most, line) => Math.max(most, measure(line[index] ?? '')),
      Math.max(1, measure(column.title)),
    ),
  );
  const widths = layout.width === undefined ? natural : fittedWidths(columns, natural, layout.width);
  const styled = texts.map((line, row) =>
    line.map((text, index) => {
      const width = widths[index] ?? 0;
      const fitted = (natural[index] ?? 0) > width && measure(text) > width ? cut(text, width) : text;
      const cell = given[row]?.[index];
      return typeof cell === 'object' ? cell.style(fitted) : fitted;
    }),
  );
  const head = titles.map(layout.headStyle ?? ((title) => title));
  const body = footer === undefined ? styled : styled.slice(0, -1);
  const total = footer === undefined ? [] : [widths.map((width) => '-'.repeat(width)), ...styled.slice(-1)];
  const right = columns.map((column) => column.align === 'right' || column.money === true);
  const grid = { lines: [head, ...body, ...total], widths, right };
  return laidOut(grid, layout.longFrom ?? longTable);
}

/** A text in lines of at most a width, between words where there are any. */
export function brokenText(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && measure(current) + 1 + measure(word) <= width) {
      current += ` ${word}`;
      continue;
    }
    if (current !== '') lines.push(current);
    current = '';
    for (const { segment } of characters.segment(word)) {
      if (measure(current + segment) > width) {
        lines.push(current);
        current = '';
      }
      current += segment;
    }
  }
  return [...lines, current];
}

/** The table at a width, long texts going on in the next line instead of being cut: for what is sent away. */
export function renderBrokenTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const texts = cellTexts(columns, rows);
  const natural = columns.map(({ title }, index) =>
    texts.reduce((most, line) => Math.max(most, measure(line[index] ?? '')), measure(title)),
  );
  const widths = fittedWidths(columns, natural, width);
  const broken = rows.flatMap((row, place) => {
    const cells = columns.map((column, index) =>
      mayShrink(column) ? brokenText(texts[place]?.[index] ?? '', widths[index] ?? 0) : [row[index] ?? ''],
    );
    const height = cells.reduce((most, pieces) => Math.max(most, pieces.length), 1);
    return Array.from({ length: height }, (_, line) => cells.map((pieces) => pieces[line] ?? ''));
  });
  return renderTable({ columns, rows: broken });
}

interface Grid {
  readonly lines: readonly (readonly string[])[];
  readonly widths: readonly number[];
  readonly right: readonly boolean[];
}

function laidOutByLibrary({ lines, widths, right }: Grid): string {
  const table = new Table({
    chars: { ...noBorders, middle: gap },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: [...widths],
    colAligns: right.map((isRight) => (isRight ? 'right' : 'left')),
  });
  table.push(...lines.map((line) => [...line]));
  return table.toString();
}

function laidOutHere({ lines, widths, right }: Grid): string {
  const padded = (text: string, index: number): string => {
    const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - measure(text)));
    return right[index] === true ? padding + text : text + padding;
  };
  return lines.map((line) => line.map(padded).join(gap)).join('\n');
}

function laidOut(grid: Grid, longFrom: number): string {
  const text = grid.lines.length > longFrom ? laidOutHere(grid) : laidOutByLibrary(grid);
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Prints a table: fitted to a terminal and paged where it is long, whole and plain anywhere else. */
export async function printTable(terminal: Terminal, content: TableContent): Promise<void> {
  if (!terminal.outputIsTerminal) {
    await terminal.page(renderTable(content));
    return;
  }
  const { width } = terminal;
  const { fitting, left } = withoutSpare(content, width);
  await terminal.page(renderTable(fitting, { width, headStyle: (title) => terminal.bold(title) }));
  if (left.length > 0) {
    terminal.note(`A wider terminal also shows: ${left.join(', ')}.`);
  }
}
