/** Finds the references of a batch inside of other text, such as the purpose on a bank statement. */
import { maskedText } from './masked-text.js';

const LETTER_OR_DIGIT = /[A-Za-z0-9]/;
/** What may stand inside of a reference: with a letter or digit behind, the reference goes on. */
const JOINT = /[-_.]/;
/** Banks set these between their own words, so that they count only for a reference that has one itself. */
const JOINT_OR_SLASH = /[-_./]/;
/** So many ways in which the references of a batch are formed are known again. */
const MAX_SHAPES = 20;

/** Banks write in capitals; only ASCII is turned, so that every letter keeps its place. */
const folded = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

interface Found<Item> {
  readonly items: readonly Item[];
  readonly from: number;
  readonly to: number;
}

/** The references of a batch, each of which stands in a text as a word of its own. */
export class References<Item extends { readonly reference: string }> {
  readonly #items = new Map<string, Item[]>();
  /** The longest first: `INV-1-2` is not `INV-1`. */
  readonly #lengths: readonly number[];
  /** What is formed like a reference of the batch, such as one of another batch. */
  readonly #alike: RegExp | null;

  constructor(items: readonly Item[]) {
    for (const item of items) {
      const key = folded(item.reference);
      this.#items.set(key, [...(this.#items.get(key) ?? []), item]);
    }
    this.#lengths = [...new Set(items.map(({ reference }) => reference.length))].sort((a, b) => b - a);
    this.#alike = shapeOf(items.map(({ reference }) => reference));
  }

  /** The payments that a text names, each once. */
  namedIn(text: string): Item[] {
    return [...new Set(this.#foundIn(text).flatMap(({ items }) => items))];
  }

  /** The text with everything masked but what looks like a reference. */
  masked(text: string): string {
    const found = this.#foundIn(text).map(({ from, to }) => [from, to] as const);
    const alike = this.#alike === null ? [] : [...text.matchAll(this.#alike)];
    const kept = [...found, ...alike.map((match) => [match.index, match.index + match[0].length] as const)];
    kept.sort(([one], [other]) => one - other);
    let shown = '';
    let at = 0;
    for (const [from, to] of kept) {
      if (from < at) continue;
      shown += maskedText(text.slice(at, from)) + text.slice(from, to);
      at = to;
    }
    return shown + maskedText(text.slice(at));
  }

  #foundIn(text: string): Found<Item>[] {
    const found: Found<Item>[] = [];
    const lower = folded(text);
    for (let at = 0; at < text.length; at++) {
      const length = this.#lengths.find((one) => this.#standsAt(text, lower, at, at + one));
      if (length === undefined) continue;
      const alike = this.#items.get(lower.slice(at, at + length)) ?? [];
      const exact = alike.filter(({ reference }) => reference === text.slice(at, at + length));
      found.push({ items: exact.length > 0 ? exact : alike, from: at, to: at + length });
      at += length - 1;
    }
    return found;
  }

  #standsAt(text: string, lower: string, from: number, to: number): boolean {
    const key = lower.slice(from, to);
    if (!this.#items.has(key)) return false;
    const joint = key.includes('/') ? JOINT_OR_SLASH : JOINT;
    return !isInside(text, from, joint) && !isInside(text, to, joint);
  }
}

/** Whether the place before a character lies inside of a word. */
function isInside(text: string, at: number, joint: RegExp): boolean {
  const [before = '', after = ''] = [text[at - 1], text[at]];
  const isWord = (one: string): boolean => LETTER_OR_DIGIT.test(one);
  if (isWord(before) && isWord(after)) return true;
  if (joint.test(after)) return isWord(before) && isWord(text[at + 1] ?? '');
  return joint.test(before) && isWord(after) && isWord(text[at - 2] ?? '');
}

/** What is like these but for its digits; those without a letter could be any number. */
function shapeOf(references: readonly string[]): RegExp | null {
  const shapes = new Set<string>();
  for (const reference of references) {
    if (shapes.size === MAX_SHAPES) break;
    if (/[A-Za-z]/.test(reference)) {
      shapes.add(reference.replace(/[^A-Za-z0-9]/g, '\\$&').replace(/[0-9]/g, '[0-9]'));
    }
  }
  if (shapes.size === 0) return null;
  return new RegExp(`(?<![A-Za-z0-9])(?:${[...shapes].join('|')})(?![A-Za-z0-9])`, 'gi');
}
