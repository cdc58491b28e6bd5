/**
 * The chain of the audit log: every hash is worked out again. What was changed, taken out or put in behind
 * payrun's back is named; only rows missing at the end leave no trace, for which a hash kept elsewhere is.
 */
import { eachAuditRow, GENESIS, hashOf, type AuditRow } from './audit.js';
import type { Reader } from './ledger.js';

/** What is wrong with which row. */
export interface ChainProblem {
  readonly subject: string;
  readonly message: string;
}

/** How far rows may have been renumbered to be recognised; one that was put in moves the rest by one. */
const FURTHEST_SHIFT = 20n;
/** So many rows back a row is looked for that another follows. */
const REMEMBERED = 50;

const rows = (first: bigint, last: bigint): string =>
  first === last ? `row ${first}` : `rows ${first} to ${last}`;

const was = (first: bigint, last: bigint): string => (first === last ? 'was' : 'were');

interface Finding extends ChainProblem {
  readonly row: bigint;
}

/** Walks the rows in the order of their numbers and gathers what is wrong. */
export class ChainWalk {
  #checked = 0;
  #findings: Finding[] = [];
  /** The rows before, the last one last; `whole` says that its hash is right. */
  readonly #before: { number: bigint; hash: string; whole: boolean }[] = [];
  /** By how much rows stand above the numbers under which they were written. */
  #shift = 0n;

  get checked(): number {
    return this.#checked;
  }

  get problems(): readonly ChainProblem[] {
    return this.#findings.map(({ subject, message }) => ({ subject, message }));
  }

  add(row: AuditRow): void {
    this.#checked += 1;
    const shift = this.#shiftOf(row);
    const last = this.#before.at(-1);
    const due = (last?.number ?? 0n) + 1n;
    if (row.number < 1n)
      this.#find(row.number, `${rows(row.number, row.number)} was inserted before the first`);
    else if (row.number > due) this.#findMissing(due, row.number - 1n);
    if (shift === undefined) this.#find(row.number, `row ${row.number} was changed`);
    else if (row.number >= 1n) this.#follow(row, shift, row.number > due);
    this.#before.push({ number: row.number, hash: row.hash, whole: shift !== undefined });
    if (this.#before.length > REMEMBERED) this.#before.shift();
  }

  /** By how much the row was renumbered, 0 for most; undefined where its hash is that of no such row. */
  #shiftOf(row: AuditRow): bigint | undefined {
    const fits = (shift: bigint): boolean => hashOf({ ...row, number: row.number - shift }) === row.hash;
    if (fits(this.#shift)) return this.#shift;
    for (let size = 0n; size <= FURTHEST_SHIFT; size += 1n) {
      const shift = [size, -size].find(fits);
      if (shift !== undefined) return shift;
    }
    return undefined;
  }

  /** A row that is whole says which one it follows. */
  #follow(row: AuditRow, shift: bigint, afterGap: boolean): void {
    const moved = shift - this.#shift;
    this.#shift = shift;
    const last = this.#before.at(-1);
    if (row.previous === (last?.hash ?? GENESIS) || afterGap) return;
    const followed = this.#before.findLastIndex(({ hash }) => hash === row.previous);
    const first = this.#before[followed + 1];
    if (last !== undefined && first !== undefined && (followed >= 0 || row.previous === GENESIS)) {
      this.#findInserted(first.number, last.number, moved > 0n);
    } else if (moved < 0n) {
      const [from, to] = [row.number, row.number - moved - 1n];
      this.#find(row.number, `${rows(from, to)} ${was(from, to)} taken out, and the rest was renumbered`);
    } else if (last === undefined) {
      this.#find(row.number, `row ${row.number} does not begin the log`);
    } else if (last.whole) {
      const what = `row ${row.number} does not follow row ${last.number}`;
      this.#find(row.number, `${what}: row ${last.number} was replaced, or row ${row.number} was inserted`);
    }
  }

  #findMissing(first: bigint, last: bigint): void {
    this.#find(first, `${rows(first, last)} ${first === last ? 'is' : 'are'} missing`);
  }

  /** What was put in may look changed besides; that it was put in says it all. */
  #findInserted(first: bigint, last: bigint, renumbered: boolean): void {
    this.#findings = this.#findings.filter(({ row }) => row < first || row > last);
    const rest = renumbered ? ', and the rest was renumbered' : '';
    this.#find(first, `${rows(first, last)} ${was(first, last)} inserted${rest}`);
  }

  #find(row: bigint, message: string): void {
    this.#findings.push({ row, subject: `audit ${row}`, message });
  }
}

/** Walks the whole log, page by page. */
export async function walkChain(reader: Reader): Promise<ChainWalk> {
  const walk = new ChainWalk();
  for await (const page of eachAuditRow(reader)) for (const row of page) walk.add(row);
  return walk;
}
