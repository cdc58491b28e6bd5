/**
 * A list of amounts to tick, with the sums of what is ticked per currency below; the door of @inquirer/core.
 * The checkbox of inquirer itself shows no sums. It is asked through `pick` in `prompts.ts` alone.
 */

import {
  createPrompt,
  isDownKey,
  isEnterKey,
  isSpaceKey,
  isUpKey,
  makeTheme,
  useKeypress,
  usePrefix,
  useState,
  type KeypressEvent,
} from '@inquirer/core';
import { sumsByCurrency } from './render/money.js';
import { wrapped } from './safe-text.js';
import { shortened } from './table.js';

/** One row to tick. Its texts are safe to show. */
export interface PickRow {
  readonly name: string;
  readonly currency: string;
  /** In minor units. */
  readonly amount: bigint;
  readonly description?: string;
}

/** What is asked. The size of the screen is read on each drawing, for a window may change it. */
export interface PickQuestion {
  readonly message: string;
  readonly rows: readonly PickRow[];
  /** Which rows are ticked from the start, row by row. */
  readonly ticked: readonly boolean[];
  readonly atLeastOne: boolean;
  /** In columns. */
  readonly width: () => number;
  /** In lines; 0 where it is not known. */
  readonly height: () => number;
}

interface State {
  /** Row by row. */
  readonly ticked: readonly boolean[];
  /** The row that the cursor is on. */
  readonly active: number;
}

const PAGE_ROWS = 12;
/** Lines that are not rows: message, description, totals, problem, keys, each of which may take two. */
const OTHER_LINES = 8;
/** Columns before a name, for cursor and box, and one behind it, as a full line would be broken. */
const OTHER_COLUMNS = 7;

const theme = makeTheme();
const KEYS = 'up/down move, space choose, a all or none, i invert, Enter done';
const NOTHING_CHOSEN = 'Choose at least one, or press Ctrl-C.';

function ticksAfter(key: KeypressEvent, { ticked, active }: State): readonly boolean[] {
  if (key.ctrl) return ticked;
  if (isSpaceKey(key)) return ticked.with(active, ticked[active] !== true);
  if (key.name === 'i') return ticked.map((one) => !one);
  if (key.name !== 'a') return ticked;
  const all = ticked.some((one) => !one);
  return ticked.map(() => all);
}

function rowAfter(key: KeypressEvent, { ticked, active }: State, page: number): number {
  const last = ticked.length - 1;
  if (isUpKey(key)) return Math.max(0, active - 1);
  if (isDownKey(key)) return Math.min(last, active + 1);
  if (key.name === 'pageup') return Math.max(0, active - page);
  if (key.name === 'pagedown') return Math.min(last, active + page);
  if (key.name === 'home') return 0;
  return key.name === 'end' ? last : active;
}

/** `3 of 40 chosen: EUR 20.00, USD 1,234.50`. */
function totals(rows: readonly PickRow[], ticked: readonly boolean[]): string {
  const chosen = rows.filter((_, index) => ticked[index] === true);
  const sums = sumsByCurrency(chosen);
  const count = `${chosen.length.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')} chosen`;
  return sums === '' ? count : `${count}: ${sums}`;
}

/** The rows around the cursor, which stays in the middle where the list goes on above and below. */
function pageOf(question: PickQuestion, { ticked, active }: State, page: number): string[] {
  const { rows, width } = question;
  const first = Math.max(0, Math.min(active - Math.floor(page / 2), rows.length - page));
  return rows.slice(first, first + page).map(({ name }, index) => {
    const row = first + index;
    const line = `[${ticked[row] === true ? 'x' : ' '}] ${shortened(name, width() - OTHER_COLUMNS)}`;
    return row === active ? theme.style.highlight(`> ${line}`) : `  ${line}`;
  });
}

/** Asks it; answers which rows are ticked, row by row. */
export const checkboxWithTotals = createPrompt<readonly boolean[], PickQuestion>((question, done) => {
  const { message, rows, atLeastOne, width, height } = question;
  const [status, setStatus] = useState('idle');
  const [state, setState] = useState<State>({ ticked: question.ticked, active: 0 });
  const [isRefused, setRefused] = useState(false);
  const prefix = usePrefix({ status });
  const room = height() === 0 ? PAGE_ROWS : Math.max(1, height() - OTHER_LINES);
  const page = Math.min(PAGE_ROWS, room, rows.length);
  useKeypress((key, line) => {
    // What was typed collects in the line of the library otherwise, and moves its cursor.
    line.clearLine(0);
    if (!isEnterKey(key)) {
      setRefused(false);
      setState({ ticked: ticksAfter(key, state), active: rowAfter(key, state, page) });
    } else if (atLeastOne && !state.ticked.includes(true)) {
      setRefused(true);
    } else {
      setStatus('done');
      done(state.ticked);
    }
  });
  const head = `${prefix} ${theme.style.message(message, status)}`;
  const sums = wrapped(totals(rows, state.ticked), width() - 1);
  if (status === 'done') return `${head} ${theme.style.answer(sums)}`;
  const { description } = rows[state.active] ?? {};
  const below = [
    ...pageOf(question, state, page),
    ...(description === undefined ? [] : [theme.style.help(wrapped(description, width() - 1))]),
    sums,
    ...(isRefused ? [theme.style.error(NOTHING_CHOSEN)] : []),
    theme.style.help(wrapped(KEYS, width() - 1)),
  ];
  return [head, below.join('\n')];
});
