/**
 * Cells of files that another program reads. An apostrophe in front would become a part of a supplier's name
 * there, so what a spreadsheet could take for a formula is taken away in front, and every change is told;
 * what a format cannot carry at all is refused with its row and column (FORMATS.md section 5).
 */
import { InvalidDataError } from '../core/errors.js';

/** Where a cell stands: `row` counts from 1 below the header, over all the files of an export. */
export interface CellPlace {
  readonly row: number;
  readonly column: string;
  /** What the row is about, in words: `INV-2026-000001 of aff_1`. */
  readonly of?: string;
}

/** A text cell that could not stand as it was. */
export interface ChangedCell extends Omit<CellPlace, 'of'> {
  readonly value: string;
  readonly written: string;
}

/** A cell that a format cannot carry. */
export interface CellProblem extends CellPlace {
  readonly value: string;
  readonly message: string;
}

export interface TextRules {
  /** Longer text is cut, in characters. */
  readonly maxLength?: number;
  /** One character that the format can carry; all of Unicode if not given. */
  readonly allowed?: RegExp;
  /** Whether it may be empty. */
  readonly isRequired?: boolean;
  /** Characters that would end the field, such as `;`: each becomes a space. */
  readonly separators?: RegExp;
}

/** What can be done about what was refused. */
export interface CellHints {
  readonly text: string;
  readonly code: string;
}

/** So many values are named in the message; every cell is in its details. */
const NAMED = 5;
/** As long as a value is shown. */
const SHOWN_CHARACTERS = 60;

/** The same words as those in which a detail is shown, so that it is not shown again. */
function problemText({ row, column, of, value, message }: CellProblem, count: number): string {
  const where = `row ${row}${of === undefined ? '' : ` (${of})`}, ${column}`;
  const often = count === 1 ? '' : ` (in ${count} cells)`;
  return `${where}, ${JSON.stringify(value.slice(0, SHOWN_CHARACTERS))}: ${message}${often}`;
}

/** The cells of each value that is wrong in the same way. */
function byValue(problems: readonly CellProblem[]): CellProblem[][] {
  const found = new Map<string, CellProblem[]>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.value, problem.message]);
    const same = found.get(key);
    if (same === undefined) found.set(key, [problem]);
    else same.push(problem);
  }
  return [...found.values()];
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;
const SPACES = /\s+/gu;
const FORMULA_START = /^[=+\-@\uff1d\uff0b\uff0d\uff20\s]+/u;

/** Makes the cells of one export, remembers what it could not make, and refuses at the end. */
export class MachineCells {
  readonly #kinds = new Set<'text' | 'code'>();
  readonly #problems: CellProblem[] = [];

  /** @param told is told of each text that had to be changed; null where nobody is to hear of it */
  constructor(private readonly told: { changed(cell: ChangedCell): void } | null) {}

  /**
   * Text as the other program can take it: in one line, with single spaces, with no formula in front, not
   * longer than allowed.
   */
  text(value: string | null, place: CellPlace, rules: TextRules = {}): string {
    const said = value ?? '';
    const spaced = rules.separators === undefined ? said : said.replace(rules.separators, ' ');
    const plain = spaced.replace(INVISIBLE, ' ').replace(SPACES, ' ').trim().replace(FORMULA_START, '');
    const { allowed } = rules;
    // Smaller sets than Unicode have a letter and its accent as one character only.
    const characters = Array.from(allowed === undefined ? plain : plain.normalize('NFC'));
    const { maxLength = characters.length } = rules;
    const text = characters.slice(0, maxLength).join('').trim();
    const bad = allowed === undefined ? undefined : Array.from(text).find((one) => !allowed.test(one));
    if (bad !== undefined) {
      this.#kinds.add('text');
      this.refuse(place, said, `the format has no character ${JSON.stringify(bad)}`);
      return '';
    }
    if (text === '' && rules.isRequired === true) {
      this.#kinds.add('text');
      this.refuse(
        place,
        said,
        said === '' ? 'it is empty' : 'nothing of it is left that the format can carry',
      );
    }
    const { row, column } = place;
    if (text !== said) this.told?.changed({ row, column, value: said, written: text });
    return text;
  }

  /** What identifies something is never changed: it fits, or it is refused and empty. `form` in words. */
  code(value: string, place: CellPlace, pattern: RegExp, form: string): string {
    if (pattern.test(value)) return value;
    this.#kinds.add('code');
    this.refuse(place, value, `it must be ${form}`);
    return '';
  }

  /** Remembers a cell that cannot be written. */
  refuse(place: CellPlace, value: string, message: string): void {
    this.#problems.push({ ...place, value, message });
  }

  /**
   * @throws InvalidDataError naming the values that could not be written, each by the first row and column in
   * which it stands; its details name every cell
   */
  finish(
    hint:
      string | CellHints = 'Change it where it comes from, for an affiliate with `payrun affiliates edit`.',
  ): void {
    if (this.#problems.length === 0) return;
    const values = byValue(this.#problems);
    const first = values
      .slice(0, NAMED)
      .flatMap(([problem, ...same]) =>
        problem === undefined ? [] : [problemText(problem, same.length + 1)],
      );
    const more = values.length > NAMED ? `; and ${values.length - NAMED} more` : '';
    throw new InvalidDataError(
      `The format cannot carry everything; no file was written. ${first.join('; ')}${more}.`,
      {
        hint: typeof hint === 'string' ? hint : [...this.#kinds].map((kind) => hint[kind]).join(' '),
        details: this.#problems,
      },
    );
  }
}
