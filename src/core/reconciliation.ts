/**
 * Reconciliation: what the provider says became of the payments of a batch, held against the batch. A payout
 * is changed only where the file names it with its amount and currency and leaves no doubt; everything else
 * is listed. A retry keeps its reference, so that what may be about an earlier sending is never taken.
 */
import { addDays, type CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';
import { maskedText } from './masked-text.js';
import { formatAmount } from './money.js';
import type { PaymentItem } from './payment.js';
import { References } from './reference-search.js';

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
  /** What its word means; null where the word is not known, and on a statement, which has none. */
  readonly outcome: RowOutcome | null;
  readonly statusText: string;
  /** Whether the money leaves or comes in; null where the row alone does not show it. */
  readonly direction: 'out' | 'in' | null;
  /** Null where it has none that can be read. */
  readonly date: CalendarDate | null;
  readonly dateText: string;
  /** The provider's id of the payment. */
  readonly id: string | null;
  readonly reason: string | null;
  /** Why nothing can be taken from it, half a sentence after the row: `has both a debit and a credit`. */
  readonly problem: string | null;
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
  | 'before_batch'
  | 'bad_date'
  | 'bad_value'
  | 'known_elsewhere'
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

/** How a payout was sent before the batch, and ended: its reference was the same. */
export interface EarlierSending {
  /** The last day on which one of them ended. */
  readonly endedOn: CalendarDate;
  /** What the provider called them. */
  readonly ids: readonly string[];
  /** Whether those are all, so that another id is about something else. */
  readonly areAllKnown: boolean;
}

/** What the ledger knows besides the payments: between which days they were made, and what was before. */
export interface Known {
  readonly createdOn: CalendarDate;
  readonly today: CalendarDate;
  /** By invoice number. */
  readonly earlier: ReadonlyMap<string, EarlierSending>;
}

const MAX_SHOWN = 60;
const MAX_REASON = 200;
const SENT_BEFORE =
  'was sent before this batch, too, and the row does not show that it is about this sending';
const NO_DIRECTION =
  'has no sign that shows whether money leaves or comes in; a map can tell: "payments": "positive" or "negative"';

/** Holds a file against the payments of a batch. Changes nothing. */
export function reconcile(items: readonly PaymentItem[], file: ResultFile, known: Known): Reconciliation {
  const sorted = sortRows(items, file, known);
  const settlements: Settlement[] = [];
  let unchanged = 0;
  const listed = [...sorted.unmatched];
  const missing: Unmatched[] = [];
  for (const item of items) {
    const found = sorted.rowsOf.get(item) ?? [];
    const { rows, others } = ofThisSending(item, found, known);
    listed.push(...others);
    const shared = sorted.shared.get(item);
    if (rows.length > 0) {
      const verdict = judge(item, rows, file.isStatement, known);
      if (verdict === 'unchanged') unchanged += 1;
      else if ('steps' in verdict) settlements.push(verdict);
      else listed.push(...verdict.unmatched);
    } else if (shared === undefined && !sorted.odd.has(item) && item.outcome === null) {
      const isTold = others.some(({ reason }) => reason !== 'before_batch');
      if (!isTold) missing.push(fromBatch(item, 'not_in_file', 'is under way here and not in the file'));
    }
    if (shared !== undefined && (item.outcome === null || item.outcome === 'paid')) {
      missing.push(fromBatch(item, 'ambiguous', `is named with others on ${linesOf(shared)}`));
    }
  }
  listed.sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  return { settlements, unchanged, unmatched: [...listed, ...missing] };
}

const linesOf = (rows: readonly { readonly line: number }[]): string =>
  `line${rows.length === 1 ? '' : 's'} ${rows.map(({ line }) => line).join(' and ')}`;

/** The rows of a file by what they name. */
interface Sorted {
  readonly rowsOf: ReadonlyMap<PaymentItem, readonly ResultRow[]>;
  /** Rows that name several. */
  readonly shared: ReadonlyMap<PaymentItem, readonly ResultRow[]>;
  /** What is named by rows that cannot be. */
  readonly odd: ReadonlySet<PaymentItem>;
  readonly unmatched: readonly Unmatched[];
}

function sortRows(items: readonly PaymentItem[], file: ResultFile, known: Known): Sorted {
  const references = new References(items);
  const rowsOf = new Map<PaymentItem, ResultRow[]>();
  const shared = new Map<PaymentItem, ResultRow[]>();
  const odd = new Set<PaymentItem>();
  const unmatched: Unmatched[] = [];
  const add = (rows: Map<PaymentItem, ResultRow[]>, item: PaymentItem, row: ResultRow): void => {
    rows.set(item, [...(rows.get(item) ?? []), row]);
  };
  for (const row of file.rows) {
    const named = references.namedIn(row.text);
    const [item] = named;
    const shown = references.masked(row.text);
    const only = named.length === 1 ? (item ?? null) : null;
    const wrong = item === undefined ? null : oddity(row, known);
    if (item === undefined) {
      unmatched.push(fromFile(row, shown, 'unknown_reference', 'names no payout of the batch'));
    } else if (wrong !== null) {
      unmatched.push(fromFile(row, only ?? shown, ...wrong));
      if (wrong[0] !== 'before_batch') for (const one of named) odd.add(one);
    } else if (only === null) {
      for (const one of named) add(shared, one, row);
      unmatched.push(fromFile(row, shown, 'ambiguous', `names ${named.length} payouts of the batch`));
    } else add(rowsOf, only, row);
  }
  return { rowsOf, shared, odd, unmatched };
}

/** Why a row cannot be about the batch, whatever it says; null where it can. */
function oddity(row: ResultRow, { createdOn, today }: Known): [UnmatchedReason, string] | null {
  const { problem, date, dateText } = row;
  if (problem !== null) return ['bad_value', problem];
  if (date === null) {
    return dateText === ''
      ? null
      : ['bad_date', 'has a day that cannot be read; a map can tell its order: "dateFormat"'];
  }
  if (date > today) return ['bad_date', `is dated ${date}, which is after today`];
  return date < addDays(createdOn, -1) ? beforeBatch(date, createdOn) : null;
}

const beforeBatch = (date: CalendarDate, createdOn: CalendarDate): [UnmatchedReason, string] => [
  'before_batch',
  `is dated ${date}, before the batch was made on ${createdOn}`,
];

/** The rows that are about this sending of a payout, and those of which that is not certain. */
function ofThisSending(
  item: PaymentItem,
  found: readonly ResultRow[],
  { createdOn, earlier: sendings }: Known,
): { readonly rows: readonly ResultRow[]; readonly others: readonly Unmatched[] } {
  const earlier = sendings.get(item.invoiceNumber);
  const isEarly = ({ date }: ResultRow): boolean => date !== null && date < createdOn;
  // The day before is the same moment in a provider's time zone, perhaps, where nothing says otherwise.
  const hasSlack = earlier === undefined && found.every((row) => isEarly(row));
  const rows: ResultRow[] = [];
  const others: Unmatched[] = [];
  for (const row of found) {
    const { id, date } = row;
    if (id !== null && earlier?.ids.includes(id) === true) {
      others.push(fromFile(row, item, 'known_elsewhere', 'has the id of an earlier payment of this payout'));
    } else if (date !== null && isEarly(row) && !hasSlack) {
      others.push(fromFile(row, item, ...beforeBatch(date, createdOn)));
    } else if (earlier !== undefined && !isLater(row, earlier)) {
      others.push(fromFile(row, item, 'ambiguous', SENT_BEFORE));
    } else rows.push(row);
  }
  return { rows, others };
}

/** Whether a row cannot be about what was sent and ended before. */
function isLater({ date, id }: ResultRow, { endedOn, areAllKnown }: EarlierSending): boolean {
  return (date !== null && date > endedOn) || (id !== null && areAllKnown);
}

type Judgement = Settlement | 'unchanged' | { readonly unmatched: readonly Unmatched[] };

/** What a row means among the others: money that came back by its direction is told from the word for it. */
type Meaning = RowOutcome | 'came_back' | null;

interface Said {
  readonly row: ResultRow;
  readonly meaning: Meaning;
}

function judge(item: PaymentItem, rows: readonly ResultRow[], isStatement: boolean, known: Known): Judgement {
  const misfits = rows.flatMap((row) => misfit(item, row, isStatement) ?? []);
  if (misfits.length === rows.length) return { unmatched: misfits };
  const once = isStatement ? rows : rows.filter((row, index) => !isRepeated(row, rows.slice(0, index)));
  const said = withoutPending(once.map((row) => ({ row, meaning: meaningOf(row, rows, isStatement) })));
  const [first] = said;
  if (misfits.length === 0 && first !== undefined) {
    if (said.length === 1) return become(item, first, known);
    const out = said.find(({ meaning, row }) => meaning === 'paid' && row.direction === 'out');
    const back = said.find(({ meaning }) => meaning === 'came_back');
    const areTwo = said.length === 2 && out !== undefined && back !== undefined;
    if (areTwo && (back.row.date ?? '9999') >= (out.row.date ?? '')) {
      return cameBack(item, out.row, back, known);
    }
  }
  const message = `is named on ${linesOf(rows)}, which do not say one and the same thing`;
  const misfitLines = new Set(misfits.map(({ line }) => line));
  const others = rows.filter(({ line }) => !misfitLines.has(line));
  return { unmatched: [...misfits, ...others.map((row) => fromFile(row, item, 'ambiguous', message))] };
}

/**
 * By its sign a row is money that came back only where the file shows the same payment leave: some banks set
 * no sign to what leaves.
 */
function meaningOf(row: ResultRow, rows: readonly ResultRow[], isStatement: boolean): Meaning {
  const leaves = rows.some(({ direction }) => direction === 'out');
  const direction = row.direction ?? (leaves ? 'in' : null);
  if (isStatement) return direction === null ? null : direction === 'out' ? 'paid' : 'came_back';
  return row.outcome === 'paid' && direction === 'in' ? 'came_back' : row.outcome;
}

/**
 * A report may hold the row of a payment twice, which the id shows; on a statement that is money that moved
 * twice. What failed twice has failed: providers give it no id.
 */
function isRepeated(row: ResultRow, earlier: readonly ResultRow[]): boolean {
  return earlier.some(
    (one) =>
      (row.id !== null || row.outcome === 'failed' || row.outcome === 'pending') &&
      one.outcome === row.outcome &&
      one.direction === row.direction &&
      one.id === row.id &&
      one.date === row.date &&
      one.amount === row.amount,
  );
}

/** A report may show a payment under way and what became of it; what is under way since is another matter. */
function withoutPending(said: readonly Said[]): readonly Said[] {
  const final = said.filter(({ meaning }) => meaning !== 'pending');
  if (final.length === 0) return said.slice(0, 1);
  const isOlder = ({ row }: Said): boolean =>
    final.every((one) => (row.date ?? '') <= (one.row.date ?? '9999'));
  return said.every((one) => one.meaning !== 'pending' || isOlder(one)) ? final : said;
}

function misfit(item: PaymentItem, row: ResultRow, isStatement: boolean): Unmatched | null {
  const sent = `${formatAmount(item.amount, item.currency)} ${item.currency}`;
  if (row.currency !== item.currency) {
    return fromFile(row, item, 'currency_differs', `was sent as ${sent}`);
  }
  if (row.amount !== item.amount) return fromFile(row, item, 'amount_differs', `was sent as ${sent}`);
  if (row.outcome !== null || isStatement) return null;
  const word = row.statusText === '' ? 'has no status' : `has a status that payrun does not know`;
  return fromFile(row, item, 'unknown_status', `${word}; a map can tell what it means`);
}

/** What one row that fits makes of a payment. */
function become(item: PaymentItem, { row, meaning }: Said, known: Known): Judgement {
  const conflict = (what: string): Judgement => ({
    unmatched: [fromFile(row, item, 'conflicting_status', what)],
  });
  if (meaning === null) return conflict(NO_DIRECTION);
  if (meaning === 'pending' && (item.outcome === null || item.outcome === 'paid')) {
    return { unmatched: [fromFile(row, item, 'pending', 'is still under way by the file')] };
  }
  if (item.outcome === null && meaning === 'came_back') {
    return conflict(
      'has come back by the file, but is not paid here yet and the file does not show it leave',
    );
  }
  const outcome = meaning === 'came_back' ? 'returned' : meaning;
  if (item.outcome === null && outcome !== 'pending') {
    return settlement(item, outcome === 'returned' ? ['paid', 'returned'] : [outcome], row, known);
  }
  if (item.outcome === 'paid' && outcome === 'returned') {
    return settlement(item, ['returned'], row, { ...known, createdOn: item.outcomeOn ?? known.createdOn });
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

/** Money that leaves and comes back in one file. */
function cameBack(item: PaymentItem, out: ResultRow, back: Said, known: Known): Judgement {
  if (item.outcome !== null) return become(item, back, known);
  const left = settlement(item, ['paid'], out, known);
  const [paid] = left.steps;
  const later = settlement(item, ['returned'], back.row, {
    ...known,
    createdOn: paid?.on ?? known.createdOn,
  });
  return {
    item,
    steps: [...left.steps, ...later.steps],
    isDatedToday: left.isDatedToday || later.isDatedToday,
  };
}

/** What the file has no day for is dated today; a day that is too early becomes the first that can be. */
function settlement(
  item: PaymentItem,
  statuses: readonly ('paid' | 'failed' | 'returned')[],
  row: ResultRow,
  { createdOn, today }: Pick<Known, 'createdOn' | 'today'>,
): Settlement {
  const { date, id, reason } = row;
  const on = date === null ? today : date < createdOn ? createdOn : date;
  const said = reason === null ? null : maskedText(reason).slice(0, MAX_REASON);
  const steps = statuses.map((status) => ({
    ...{ status, on, reference: id },
    reason: status === 'paid' ? null : said,
  }));
  return { item, steps, isDatedToday: date === null };
}

/** @param about the payout, or what may be shown of a text that names none or several */
function fromFile(
  row: ResultRow,
  about: PaymentItem | string,
  reason: UnmatchedReason,
  message: string,
): Unmatched {
  const { line, amount, amountText, currency } = row;
  const item = typeof about === 'string' ? null : about;
  return {
    side: 'file',
    reference: typeof about === 'string' ? about.slice(0, MAX_SHOWN) : about.reference,
    invoiceNumber: item?.invoiceNumber ?? null,
    line,
    amount: amount === null ? maskedText(amountText).slice(0, MAX_SHOWN) : formatAmount(amount, currency),
    currency: maskedText(currency).slice(0, MAX_SHOWN),
    reason,
    message,
  };
}

function fromBatch(item: PaymentItem, reason: UnmatchedReason, message: string): Unmatched {
  const { reference, invoiceNumber, amount, currency } = item;
  return {
    ...{ side: 'batch', reference, invoiceNumber, line: null },
    ...{ amount: formatAmount(amount, currency), currency, reason, message },
  };
}
