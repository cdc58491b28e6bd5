/**
 * Lists of any length: JSON as a stream, tables page by page, so that memory stays flat. A terminal gets one
 * table through the pager.
 */
import { JsonListStream } from '../json-stream.js';
import { printTable, type Cell, type Column } from '../table.js';
import type { Terminal } from '../terminal.js';

/** A terminal shows this many rows; nobody reads more. A table elsewhere starts again after as many. */
const ROWS_AT_ONCE = 5000;

/** How a list is told. */
export interface ListForm<Item> {
  /** The key of the list in JSON. */
  readonly key: string;
  readonly json: (item: Item) => Record<string, unknown>;
  readonly columns: readonly Column[];
  readonly cells: (item: Item) => readonly Cell[];
  /** What is said in place of an empty table: what there is not, and what to do about it. */
  readonly empty: { readonly sentence: string; readonly next: string };
  /** How a terminal gets to see less. */
  readonly narrower: string;
  /** Is shown every item, then answers what stands below the table, and what can be done next. */
  readonly summary?: {
    readonly add: (item: Item) => void;
    readonly text: () => string;
    readonly next?: () => string;
  };
}

/** Hands over the items in pages, one page after the other. */
export type Pages<Item> = (use: (page: readonly Item[]) => Promise<void>) => Promise<void>;

/** Prints everything that `pages` hands over. */
export async function printList<Item>(
  terminal: Terminal,
  form: ListForm<Item>,
  pages: Pages<Item>,
): Promise<void> {
  if (terminal.json) {
    const stream = new JsonListStream(terminal, form.key);
    await pages((page) => stream.write(page.map(form.json)));
    await stream.end();
  } else {
    await printRows(terminal, form, pages);
  }
}

async function printRows<Item>(terminal: Terminal, form: ListForm<Item>, pages: Pages<Item>): Promise<void> {
  let rows: (readonly Cell[])[] = [];
  let count = 0;
  const printed = async (): Promise<void> => {
    await printTable(terminal, { columns: form.columns, rows });
    rows = [];
    // Lets a slow reader catch up before the next table is laid out.
    await terminal.write('');
  };
  await pages(async (page) => {
    for (const item of page) {
      form.summary?.add(item);
      count += 1;
      if (terminal.outputIsTerminal && count > ROWS_AT_ONCE) continue;
      rows.push(form.cells(item));
      if (rows.length >= ROWS_AT_ONCE && !terminal.outputIsTerminal) await printed();
    }
  });
  if (count === 0) {
    terminal.print(form.empty.sentence);
    terminal.note(form.empty.next);
    return;
  }
  if (rows.length > 0) await printed();
  const below = form.summary?.text() ?? '';
  if (below !== '') terminal.print(`\n${below}`);
  if (terminal.outputIsTerminal && count > ROWS_AT_ONCE) {
    const all = count.toLocaleString('en-US');
    terminal.note(`These are the first ${ROWS_AT_ONCE} of ${all}. ${form.narrower}`);
  }
  const next = form.summary?.next?.() ?? '';
  if (next !== '') terminal.note(next);
}
