/**
 * Reconciliation: what the provider says became of the payments of a batch, held against the batch. A payout
 * is changed only where one row names it and says its amount and currency; everything else is listed.
 */
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';
import { formatAmount } from './money.js';
import type { PaymentItem } from './payment.js';

/** What a row says of a payment. */
export type RowOutcome = 'paid' | 'failed' | 'returned' | 'pending';

/** One row of a provider's file. */
export interface ResultRow {
  /** The physical line, the first of the file being 1. */
  readonly line: number;
  /** The text in which the reference stands, alone or among other words. */
  readonly text: string;
  /** Minor units, without sign; null where it cannot be read. */
  readonly amount: bigint | null;
  readonly amountText: string;
  /** As the file gives it; perhaps no currency. */
  readonly currency: CurrencyCode;
  /** Null where its word for it is not known. */
  readonly outcome: RowOutcome | null;
  readonly statusText: string;
  /** Null where it has none that can be read. */
  readonly date: CalendarDate | null;
  /** The provider's id of the payment. */
  readonly id: string | null;
  readonly reason: string | null;
}

/** A provider's file, read. */
export interface ResultFile {
  readonly rows: readonly ResultRow[];
  /** A bank statement, without a word for the outcome: what leaves is paid, what comes is returned. */
  readonly isStatement: boolean;
}

/** Why a row changes nothing, or why a payment is left as it is. */
export type UnmatchedReason =
  | 'unknown_reference'
  | 'ambiguous'
  | 'currency_differs'
  | 'amount_differs'
  | 'unknown_status'
  | 'pending'
  | 'conflicting_status'
  | 'not_in_file';

/** What does not match, seen from the file or from the batch. */
export interface Unmatched {
  readonly side: 'file' | 'batch';
  readonly reference: string;
  readonly invoiceNumber: string | null;
  readonly line: number | null;
  /** A decimal; as the file gives it where it cannot be read. */
  readonly amount: string;
  readonly currency: string;
  readonly reason: UnmatchedReason;
  /** Half a sentence, after the payout or the row: `was sent as 12.50 USD`. */
  readonly message: string;
}

/** The steps that one payout takes, the first one first. */
export interface Settlement {
  readonly item: PaymentItem;
  readonly steps: readonly {
    readonly status: 'paid' | 'failed' | 'returned';
    readonly on: CalendarDate;
    /** The provider's id of the payment. */
    readonly reference: string | null;
    readonly reason: string | null;
  }[];
  /** Whether the file gave no day on which it can have been. */
  readonly isDatedToday: boolean;
}

export interface Reconciliation {
  /** In the order of the batch. */
  readonly settlements: readonly Settlement[];
  /** How many payments are already what the file says. */
  readonly unchanged: number;
  /** The file's rows by line, then what the file lacks. */
  readonly unmatched: readonly Unmatched[];
}

/** Between which days a payment can have been made. */
export interface Days {
  readonly createdOn: CalendarDate;
  readonly today: CalendarDate;
}

const LETTER_OR_DIGIT = /[A-Za-z0-9]/;
/** What may stand inside of a reference: with a letter or digit behind, the reference goes on. */
const JOINT = /[-_.]/;
const MAX_SHOWN = 60;

/** Banks write in capitals; only ASCII is turned, so that every letter keeps its place. */
const folded = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Finds the references of a batch inside of other text, where each stands as a word of its own. */
class References {
  readonly #items = new Map<string, PaymentItem[]>();
  /** The longest first: `INV-1-2` is not `INV-1`. */
  readonly #lengths: readonly number[];

  constructor(items: readonly PaymentItem[]) {
    for (const item of items) {
      const key = folded(item.reference);
      this.#items.set(key, [...(this.#items.get(key) ?? []), item]);
    }
    this.#lengths = [...new Set(items.map(({ reference }) => reference.length))].sort((a, b) => b - a);
  }

  /** The payments that a text names, each once. */
  namedIn(text: string): PaymentItem[] {
    const named = new Set<PaymentItem>();
    const lower = folded(text);
    for (let at = 0; at < text.length; at++) {
      if (isInside(text, at)) continue;
      const length = this.#lengths.find(
        (one) => this.#items.has(lower.slice(at, at + one)) && !isInside(text, at + one),
      );
      if (length === undefined) continue;
      const alike = this.#items.get(lower.slice(at, at + length)) ?? [];
      const exact = alike.filter(({ reference }) => reference === text.slice(at, at + length));
      for (const item of exact.length > 0 ? exact : alike) named.add(item);
      at += length - 1;
    }
    return [...named];
  }
}

/** Whether the place before a character lies inside of a word. */
function isInside(text: string, at: number): boolean {
  const [before = '', after = ''] = [text[at - 1], text[at]];
  const isWord = (one: string): boolean => LETTER_OR_DIGIT.test(one);
  if (isWord(before) && isWord(after)) return true;
  if (JOINT.test(after)) return isWord(before) && isWord(text[at + 1] ?? '');
  return JOINT.test(before) && isWord(after) && isWord(text[at - 2] ?? '');
}

/** Holds a file against the payments of a batch. Changes nothing. */
export function reconcile(items: readonly PaymentItem[], file: ResultFile, days: Days): Reconciliation {
  const references = new References(items);
  const rowsOf = new Map<PaymentItem, ResultRow[]>();
  const unclear = new Set<PaymentItem>();
  const unmatched: Unmatched[] = [];
  for (const row of file.rows) {
    const named = references.namedIn(row.text);
    const [item] = named;
    if (item === undefined) {
      unmatched.push(fromFile(row, null, 'unknown_reference', 'names no payout of the batch'));
    } else if (named.length > 1) {
      for (const one of named) unclear.add(one);
      unmatched.push(fromFile(row, null, 'ambiguous', `names ${named.length} payouts of the batch`));
    } else {
      rowsOf.set(item, [...(rowsOf.get(item) ?? []), row]);
    }
  }
  const settlements: Settlement[] = [];
  let unchanged = 0;
  const missing: Unmatched[] = [];
  for (const item of items) {
    const rows = rowsOf.get(item);
    if (rows === undefined) {
      if (item.outcome === null && !unclear.has(item)) missing.push(notInFile(item));
      continue;
    }
    const verdict = judge(item, rows, file.isStatement, days);
    if (verdict === 'unchanged') unchanged += 1;
    else if ('steps' in verdict) settlements.push(verdict);
    else unmatched.push(...verdict.unmatched);
  }
  unmatched.sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  return { settlements, unchanged, unmatched: [...unmatched, ...missing] };
}

type Judgement = Settlement | 'unchanged' | { readonly unmatched: readonly Unmatched[] };

function judge(item: PaymentItem, rows: readonly ResultRow[], isStatement: boolean, days: Days): Judgement {
  const misfits = rows.flatMap((row) => misfit(item, row) ?? []);
  if (misfits.length === rows.length) return { unmatched: misfits };
  const said = isStatement ? rows : rows.filter((row, index) => !isRepeated(row, rows.slice(0, index)));
  const paid = said.filter(({ outcome }) => outcome === 'paid');
  const returned = said.filter(({ outcome }) => outcome === 'returned');
  const [first] = said;
  if (misfits.length === 0 && first !== undefined) {
    if (said.length === 1) return become(item, first, isStatement, days);
    const [out] = paid;
    const [back] = returned;
    const wentAndCame = isStatement && said.length === 2;
    if (wentAndCame && out !== undefined && back !== undefined) return cameBack(item, out, back, days);
  }
  const lines = rows.map(({ line }) => line).join(' and ');
  const message = `is named on lines ${lines}, which do not say one and the same thing`;
  const misfitLines = new Set(misfits.map(({ line }) => line));
  const others = rows.filter(({ line }) => !misfitLines.has(line));
  return { unmatched: [...misfits, ...others.map((row) => fromFile(row, item, 'ambiguous', message))] };
}

/** A report may hold the row of a payment twice; on a statement that is money that moved twice. */
function isRepeated(row: ResultRow, earlier: readonly ResultRow[]): boolean {
  return earlier.some(
    (one) =>
      one.outcome === row.outcome && one.id === row.id && one.date === row.date && one.amount === row.amount,
  );
}

function misfit(item: PaymentItem, row: ResultRow): Unmatched | null {
  const sent = `${formatAmount(item.amount, item.currency)} ${item.currency}`;
  if (row.currency !== item.currency) {
    return fromFile(row, item, 'currency_differs', `was sent as ${sent}`);
  }
  if (row.amount !== item.amount) return fromFile(row, item, 'amount_differs', `was sent as ${sent}`);
  if (row.outcome !== null) return null;
  const word = row.statusText === '' ? 'has no status' : `has a status that payrun does not know`;
  return fromFile(row, item, 'unknown_status', `${word}; a map can tell what it means`);
}

/** What one row that fits makes of a payment. */
function become(item: PaymentItem, row: ResultRow, isStatement: boolean, days: Days): Judgement {
  const { outcome } = row;
  const conflict = (what: string): Judgement => ({
    unmatched: [fromFile(row, item, 'conflicting_status', what)],
  });
  if (outcome === null) return conflict('has no outcome');
  if (outcome === 'pending' && (item.outcome === null || item.outcome === 'paid')) {
    return { unmatched: [fromFile(row, item, 'pending', 'is still under way by the file')] };
  }
  if (item.outcome === null && outcome === 'returned' && isStatement) {
    return conflict(
      'has come back by the file, but is not paid here yet and the file does not show it leave',
    );
  }
  if (item.outcome === null && outcome !== 'pending') {
    return settlement(item, outcome === 'returned' ? ['paid', 'returned'] : [outcome], row, days);
  }
  if (item.outcome === 'paid' && outcome === 'returned') {
    return settlement(item, ['returned'], row, { ...days, createdOn: item.outcomeOn ?? days.createdOn });
  }
  const isSame = item.outcome === outcome;
  // What came back was paid before, and what was never sent did not arrive.
  const isEarlier = item.outcome === 'returned' && outcome === 'paid';
  const isNeverSent = item.outcome === 'cancelled' && outcome === 'failed';
  if (isSame || isEarlier || isNeverSent) return 'unchanged';
  if (item.outcome === 'cancelled')
    return conflict(`is ${outcome} by the file, but was cancelled as never sent`);
  return conflict(`is ${outcome} by the file and ${item.outcome ?? 'under way'} here`);
}

/** A statement on which the money leaves and comes back. */
function cameBack(item: PaymentItem, out: ResultRow, back: ResultRow, days: Days): Judgement {
  if (item.outcome !== null) return become(item, back, false, days);
  const left = settlement(item, ['paid'], out, days);
  const [paid] = left.steps;
  const later = settlement(item, ['returned'], back, { ...days, createdOn: paid?.on ?? days.createdOn });
  return {
    item,
    steps: [...left.steps, ...later.steps],
    isDatedToday: left.isDatedToday || later.isDatedToday,
  };
}

/** A day that cannot have been, because it lies before the batch or after today, is taken for today. */
function settlement(
  item: PaymentItem,
  statuses: readonly ('paid' | 'failed' | 'returned')[],
  row: ResultRow,
  { createdOn, today }: Days,
): Settlement {
  const { date, id, reason } = row;
  const on = date !== null && createdOn <= date && date <= today ? date : null;
  const steps = statuses.map((status) => ({
    status,
    on: on ?? today,
    reference: id,
    reason: status === 'paid' ? null : reason,
  }));
  return { item, steps, isDatedToday: on === null };
}

function fromFile(
  row: ResultRow,
  item: PaymentItem | null,
  reason: UnmatchedReason,
  message: string,
): Unmatched {
  const { line, text, amount, amountText, currency } = row;
  const reference = item?.reference ?? text.slice(0, MAX_SHOWN);
  return {
    side: 'file',
    reference,
    invoiceNumber: item?.invoiceNumber ?? null,
    line,
    amount: amount === null ? amountText.slice(0, MAX_SHOWN) : formatAmount(amount, currency),
    currency: currency.slice(0, MAX_SHOWN),
    reason,
    message,
  };
}

function notInFile(item: PaymentItem): Unmatched {
  const { reference, invoiceNumber, amount, currency } = item;
  return {
    side: 'batch',
    reference,
    invoiceNumber,
    line: null,
    amount: formatAmount(amount, currency),
    currency,
    reason: 'not_in_file',
    message: 'is under way here and not in the file',
  };
}
