/**
 * What the rows of every canonical file have in common: counting cells, closed sets, refusals, what was
 * said.
 */
import type { Rejection, RejectionCode } from '../core/import.js';
import { inSmallLetters } from '../core/letters.js';
import type { CsvRecord } from './csv.js';
import type { Header } from './header.js';

/**
 * A longer value is cut in a refusal, so that a cell of megabytes does not become a message of megabytes.
 */
const SHOWN_LENGTH = 200;
const MAX_ID_LENGTH = 200;

/** Nobody sees these, or they turn what stands beside them: two ids would look alike. */
const unseenCharacter = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

/**
 * Refuses a row that has not as many cells as the header: a separator inside an unquoted cell shifts all
 * that follow. Empty cells behind the last column are no exception: an unquoted `1,234.50` before an empty
 * last cell would be read as 1.
 */
export function cellCountProblem(record: CsvRecord, expected: number): Rejection | null {
  const { cells, line } = record;
  if (cells.length === expected) return null;
  const message =
    `The row has ${cells.length} cells and the header ${expected}. ` +
    'Check for a missing separator, or for one inside a cell that is not quoted.';
  return { line, column: null, value: shown(cells.slice(0, 50).join(',')), code: 'bad_value', message };
}

/** A closed set whose members are found by their text, in any case. */
export class ClosedSet<Member extends string> {
  readonly members: readonly Member[];
  readonly #byText: ReadonlyMap<string, Member>;

  constructor(members: readonly Member[]) {
    this.members = members;
    this.#byText = new Map(members.map((member) => [member, member]));
  }

  find(text: string): Member | undefined {
    return this.#byText.get(text) ?? this.#byText.get(inSmallLetters(text));
  }
}

/** A JSON text for a cell, quickly for the many that need no escaping. */
export function cellJson(text: string | null): string {
  if (text === null) return 'null';
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
}

// eslint-disable-next-line no-control-regex -- JSON escapes them
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/;

/** What a row is refused for. */
interface CellProblem<Column extends string> {
  readonly column: Column;
  readonly code: RejectionCode;
  readonly message: string;
}

/** One row being read, with the first thing found wrong; the caller asks in the order of the columns. */
export class RowReader<Column extends string> {
  problem: CellProblem<Column> | null = null;
  readonly #record: CsvRecord;
  readonly #index: Readonly<Record<Column, number>>;

  constructor(record: CsvRecord, header: Header<Column>) {
    this.#record = record;
    this.#index = header.index;
  }

  /** The cell of a column without surrounding spaces; empty if the file has no such column. */
  cell(column: Column): string {
    const position = this.#index[column];
    return position < 0 ? '' : (this.#record.cells[position] ?? '').trim();
  }

  /** A text cell, null if empty. NUL ends a text in other programs, so it is refused. */
  text(column: Column): string | null {
    const cell = this.cell(column);
    if (cell === '') return null;
    if (cell.includes('\0')) this.say(column, 'bad_value', `The ${column} holds a NUL character; remove it.`);
    return cell;
  }

  /** A cell that must not be empty. */
  required(column: Column): string {
    const text = this.text(column);
    if (text === null) this.say(column, 'missing', `The ${column} is empty; every row needs one.`);
    return text ?? '';
  }

  /** An id: short, and without characters that nobody sees. */
  id(column: Column): string {
    const id = this.required(column);
    if (id.length > MAX_ID_LENGTH) {
      const message = `The ${column} has ${id.length} characters; at most ${MAX_ID_LENGTH} are allowed.`;
      this.say(column, 'bad_value', message);
    }
    if (unseenCharacter.test(id)) {
      const message = `The ${column} holds a character that nobody sees (a tab or a line break, say); remove it.`;
      this.say(column, 'bad_value', message);
    }
    return id;
  }

  /** The member of a closed set, null if the cell is empty or, which is then said, anything else. */
  member<Member extends string>(column: Column, set: ClosedSet<Member>, code: RejectionCode): Member | null {
    const cell = this.cell(column);
    if (cell === '') return null;
    const member = set.find(cell);
    if (member !== undefined) return member;
    const message = `"${cell.slice(0, 40)}" is no ${column}. Use ${set.members.join(', ')}, or leave it empty.`;
    this.say(column, code, message);
    return null;
  }

  /** Keeps what is said first. */
  say(column: Column, code: RejectionCode, message: string): void {
    this.problem ??= { column, code, message };
  }

  /** The refusal of the row, with the value as the file gives it. */
  refusal(problem: CellProblem<Column>): Rejection {
    const { column, code, message } = problem;
    const value = shown(this.#record.cells[this.#index[column]] ?? '');
    return { line: this.#record.line, column, value, code, message };
  }
}

function shown(value: string): string {
  return value.length <= SHOWN_LENGTH ? value : `${value.slice(0, SHOWN_LENGTH)}…`;
}
