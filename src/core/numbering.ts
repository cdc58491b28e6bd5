/**
 * Document numbers: the patterns of invoices and credit notes (SPEC section 6). Everything but `{SEQ}` names
 * the series; the store counts within a series, in the transaction that needs the number.
 */
import type { CalendarDate } from './calendar.js';
import { UsageError } from './errors.js';

export const DEFAULT_INVOICE_PATTERN = 'INV-{YYYY}-{SEQ:6}';
export const DEFAULT_CREDIT_NOTE_PATTERN = 'CN-{YYYY}-{SEQ:6}';

/** A pattern that has been checked: what stands before and after its one `{SEQ}`. */
export interface NumberPattern {
  readonly text: string;
  readonly before: string;
  readonly after: string;
  /** The least number of digits; a higher number takes more. */
  readonly width: number;
}

/** One gapless series: a pattern with the parts of an issue date filled in; `{AFFILIATE}` is still there. */
export interface NumberSeries {
  readonly prefix: string;
  readonly suffix: string;
  readonly width: number;
}

const MAX_PATTERN_LENGTH = 60;
const MAX_WIDTH = 12;
const SEQUENCE = /\{SEQ(?::([0-9]{1,2}))?\}/;
const KNOWN =
  'The placeholders are {YYYY}, {YY}, {MM}, {AFFILIATE} and {SEQ:6}; an example is INV-{YYYY}-{SEQ:6}.';

/**
 * Checks a pattern: exactly one `{SEQ}` (or `{SEQ:n}`, at least n digits wide), `{MM}` only with a year, only
 * known placeholders, and between `{SEQ}` and any other placeholder a literal that is not a digit, so that no
 * two numbers of a pattern can be the same text.
 *
 * @throws UsageError with a sentence that says what is wrong.
 */
export function parsePattern(text: string): NumberPattern {
  if (text.length > MAX_PATTERN_LENGTH)
    throw refused(text, `is longer than ${MAX_PATTERN_LENGTH} characters`);
  const sequences = text.match(/\{SEQ[^{}]*\}/g) ?? [];
  if (sequences.length === 0) throw refused(text, 'has no {SEQ}, so its numbers would all be the same');
  if (sequences.length > 1) throw refused(text, 'has more than one {SEQ}');

  const match = SEQUENCE.exec(text);
  const width = Number(match?.[1] ?? 1);
  if (match === null || width < 1 || width > MAX_WIDTH) {
    throw refused(text, `has a width of {SEQ} that is not a number from 1 to ${MAX_WIDTH}`);
  }
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  checkLiterals(text, before + after);
  checkPlaceholders(text, before, after);
  return { text, before, after, width };
}

/** The series of a document issued on this day; `{AFFILIATE}` is left for each payout to fill in. */
export function seriesOf(pattern: NumberPattern, issuedOn: CalendarDate): NumberSeries {
  const fill = (part: string): string =>
    part
      .replaceAll('{YYYY}', issuedOn.slice(0, 4))
      .replaceAll('{YY}', issuedOn.slice(2, 4))
      .replaceAll('{MM}', issuedOn.slice(5, 7));
  return { prefix: fill(pattern.before), suffix: fill(pattern.after), width: pattern.width };
}

/**
 * Whether some number of one pattern can be the same text as a number of the other in another series.
 * Patterns that differ in nothing but the width of `{SEQ}` share one series and do not clash.
 */
export function patternsClash(one: NumberPattern, other: NumberPattern): boolean {
  if (one.before === other.before && one.after === other.after) return false;
  const left = symbolsOf(one);
  const right = symbolsOf(other);
  // Walks both patterns at once, over every pair of places that a common text could lead to.
  const waiting: (readonly [number, number])[] = [[0, 0]];
  const seen = new Set<string>();
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const [i, j] = place;
    if (seen.has(`${i},${j}`)) continue;
    seen.add(`${i},${j}`);
    const a = left[i];
    const b = right[j];
    if (a === undefined && b === undefined) return true;
    // A repeated symbol may also be done with.
    if (a?.repeats === true) waiting.push([i + 1, j]);
    if (b?.repeats === true) waiting.push([i, j + 1]);
    if (a === undefined || b === undefined || !mayMeet(a.set, b.set)) continue;
    for (const nextI of a.repeats ? [i] : [i + 1]) {
      for (const nextJ of b.repeats ? [j] : [j + 1]) waiting.push([nextI, nextJ]);
    }
  }
  return false;
}

/** One character of a number: itself, any digit, or any at all; once, or any number of times (also none). */
interface PatternSymbol {
  readonly set: string;
  readonly repeats: boolean;
}

const ANY_DIGIT = 'digit';
const ANY_CHARACTER = 'any';

function symbolsOf({ before, width, after }: NumberPattern): PatternSymbol[] {
  const once = (set: string, count: number): PatternSymbol[] =>
    Array.from({ length: count }, () => ({ set, repeats: false }));
  const part = (text: string): PatternSymbol[] =>
    (text.match(/\{[A-Z]+\}|[^{}]/g) ?? []).flatMap((piece) => {
      if (piece === '{YYYY}') return once(ANY_DIGIT, 4);
      if (piece === '{YY}' || piece === '{MM}') return once(ANY_DIGIT, 2);
      if (piece === '{AFFILIATE}') return [...once(ANY_CHARACTER, 1), { set: ANY_CHARACTER, repeats: true }];
      return once(piece, 1);
    });
  return [...part(before), ...once(ANY_DIGIT, width), { set: ANY_DIGIT, repeats: true }, ...part(after)];
}

function mayMeet(a: string, b: string): boolean {
  if (a === ANY_CHARACTER || b === ANY_CHARACTER || a === b) return true;
  return (a === ANY_DIGIT && /^[0-9]$/.test(b)) || (b === ANY_DIGIT && /^[0-9]$/.test(a));
}

/** Numbers are typed at a shell, put in file names and sent to banks: few characters serve all of these. */
function checkLiterals(text: string, rest: string): void {
  const unknown = rest.match(/\{[^{}]*\}/g)?.find((found) => !/^\{(?:YYYY|YY|MM|AFFILIATE)\}$/.test(found));
  if (unknown !== undefined) throw refused(text, `has an unknown placeholder ${unknown}`);
  const literal = rest.replace(/\{[^{}]*\}/g, '');
  const stray = /[^A-Za-z0-9\-_/.#:]/.exec(literal);
  if (stray?.[0] === '{' || stray?.[0] === '}') throw refused(text, 'has a brace without its partner');
  if (stray !== null) {
    throw refused(text, 'has a character other than letters, digits and - _ / . # : outside of placeholders');
  }
  if (!/^[A-Za-z0-9{]/.test(text))
    throw refused(text, 'does not start with a letter, a digit or a placeholder');
}

function checkPlaceholders(text: string, before: string, after: string): void {
  const parts = before + after;
  if (parts.includes('{MM}') && !parts.includes('{YYYY}') && !parts.includes('{YY}')) {
    throw refused(text, 'has {MM} without a year, so its numbers would come again after a year');
  }
  const nearestBefore = /\}([^{}]*)$/.exec(before)?.[1];
  const nearestAfter = /^([^{}]*)\{/.exec(after)?.[1];
  for (const literal of [nearestBefore, nearestAfter]) {
    if (literal !== undefined && !/[^0-9]/.test(literal)) {
      throw refused(
        text,
        'needs a character that is not a digit, such as "-", between {SEQ} and any other placeholder',
      );
    }
  }
}

function refused(text: string, why: string): UsageError {
  return new UsageError(`The number pattern "${text.slice(0, MAX_PATTERN_LENGTH)}" ${why}.`, { hint: KNOWN });
}
