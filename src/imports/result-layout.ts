/**
 * Where things stand in a provider's file of results, and what its words mean: built in for PayPal and Wise,
 * told by a map for the rest.
 */
import { inCapitals } from '../core/letters.js';
import { isCurrency } from '../core/currencies.js';
import { InvalidDataError } from '../core/errors.js';
import type { RowOutcome } from '../core/reconciliation.js';

/** The formats of results; `csv` is a bank statement or whatever a map describes. */
export type ResultFormat = 'paypal' | 'wise' | 'csv';

export const RESULT_FIELDS = [
  'reference',
  'amount',
  'debit',
  'credit',
  'currency',
  'status',
  'date',
  'id',
  'reason',
  'direction',
] as const;
export type ResultField = (typeof RESULT_FIELDS)[number];

export type DateOrder = 'ymd' | 'dmy' | 'mdy';

/** How to read a file of results. */
export interface ResultLayout {
  /** As a sentence names it. */
  readonly name: string;
  /** What to do where its titles are not found: a sentence. */
  readonly remedy: string;
  /** The titles that each may have; all of `reference` are read, and the first of `id` that is filled. */
  readonly titles: Readonly<Partial<Record<ResultField, readonly string[]>>>;
  /** What a file must have besides reference, amount and currency; without a status it is a statement. */
  readonly needed: readonly ResultField[];
  /** By the word in small letters, without anything but letters and digits. */
  readonly outcomes: ReadonlyMap<string, RowOutcome>;
  /** Of every row, where the file has no column of it. */
  readonly currency: string | null;
  readonly dateOrder: DateOrder;
  readonly decimalMark: '.' | ',';
  /** With which sign money that leaves stands; null where nobody said: then only a minus shows anything. */
  readonly payments: 'negative' | 'positive' | null;
}

/** Titles and words are compared by their letters and digits alone. */
export const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

const outcomesOf = (words: Readonly<Record<RowOutcome, readonly string[]>>): Map<string, RowOutcome> =>
  new Map(
    (Object.keys(words) as RowOutcome[]).flatMap((outcome) =>
      words[outcome].map((word) => [plain(word), outcome] as const),
    ),
  );

const COMMON = {
  remedy: 'With other titles say which they are: --map FILE (see docs/exports.md).',
  currency: null,
  dateOrder: 'ymd',
  decimalMark: '.',
  payments: null,
} as const;

/**
 * The report of a payout batch. PayPal publishes the names of its API, not the titles of the file, so both
 * the former and what they are called on the web are known.
 */
const PAYPAL: ResultLayout = {
  ...COMMON,
  name: "PayPal's report",
  needed: ['status'],
  titles: {
    reference: ['Sender item ID', 'Customer ID', 'Unique ID', 'Custom ID', 'Item ID'],
    amount: ['Amount', 'Payout amount', 'Payout item amount', 'Gross amount', 'Gross', 'Amount value'],
    currency: ['Currency', 'Currency code', 'Amount currency', 'Payout currency'],
    status: ['Transaction status', 'Status', 'Payout status', 'Item status'],
    date: ['Time processed', 'Processed', 'Date processed', 'Time completed', 'Date'],
    id: ['Transaction ID', 'Payout item ID'],
    reason: ['Errors', 'Error', 'Error message', 'Reason', 'Failure reason', 'Errors message', 'Errors name'],
  },
  outcomes: outcomesOf({
    paid: ['SUCCESS', 'Completed'],
    failed: ['FAILED', 'BLOCKED', 'DENIED'],
    returned: ['RETURNED', 'REFUNDED', 'REVERSED'],
    pending: ['PENDING', 'UNCLAIMED', 'ONHOLD', 'On hold', 'PROCESSING', 'NEW'],
  }),
};

/** The transaction history that Wise lets download, and the words of its API. */
const WISE: ResultLayout = {
  ...COMMON,
  name: "Wise's transaction history",
  needed: ['status'],
  titles: {
    reference: ['Reference', 'Payment reference'],
    amount: ['Target amount (after fees)', 'Target amount', 'Amount'],
    currency: ['Target currency', 'Currency'],
    status: ['Status'],
    date: ['Finished on', 'Created on', 'Date'],
    id: ['ID', 'Transfer ID', 'TransferWise ID'],
    reason: ['Error', 'Reason', 'Failure reason'],
    direction: ['Direction'],
  },
  outcomes: outcomesOf({
    paid: ['COMPLETED', 'Sent', 'outgoing_payment_sent'],
    failed: ['CANCELLED', 'Canceled', 'Failed'],
    returned: ['REFUNDED', 'funds_refunded', 'bounced_back'],
    pending: ['PENDING', 'PROCESSING', 'In progress', 'funds_converted', 'incoming_payment_waiting'],
  }),
};

/** The words of payrun itself. */
const CSV: ResultLayout = {
  ...COMMON,
  name: 'a statement that payrun knows without a map',
  needed: [],
  titles: {
    reference: ['reference'],
    amount: ['amount'],
    currency: ['currency'],
    status: ['status'],
    date: ['date'],
    id: ['id'],
    reason: ['reason'],
  },
  outcomes: outcomesOf({ paid: ['paid'], failed: ['failed'], returned: ['returned'], pending: ['pending'] }),
};

/** The layout of a format without a map. `decimalMark` is that of the PayPal account. */
export function builtInLayout(format: ResultFormat, decimalMark: '.' | ','): ResultLayout {
  if (format === 'paypal') return { ...PAYPAL, decimalMark };
  return format === 'wise' ? WISE : CSV;
}

const EXAMPLE =
  '{"columns":{"reference":"Purpose","amount":"Amount","currency":"Currency","date":"Booked"},' +
  '"dateFormat":"dmy","decimalMark":","}';
const KEYS = ['columns', 'status', 'currency', 'dateFormat', 'decimalMark', 'payments'];
const COLUMNS: readonly string[] = RESULT_FIELDS.filter((field) => field !== 'direction');
const OUTCOMES: readonly string[] = ['paid', 'failed', 'returned', 'pending'];

/**
 * Reads a map: JSON that says in which columns things stand and what the words for the outcome mean. Without
 * a column of the status the file is a bank statement.
 * @param name the file, as a sentence names it
 * @throws InvalidDataError saying what is wrong, with an example
 */
export function layoutOfMap(text: string, name: string): ResultLayout {
  const refuse = (what: string): never => {
    throw new InvalidDataError(`The map ${name} ${what}.`, { hint: `A map looks like ${EXAMPLE}` });
  };
  const map = objectIn(text) ?? refuse('is no JSON object');
  const unknown = Object.keys(map).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) refuse(`has the key ${JSON.stringify(unknown)}; it may have ${KEYS.join(', ')}`);
  const titles = titlesOf(map['columns'], refuse);
  if (titles.reference === undefined) refuse('names no column of the reference');
  const hasTwo = titles.debit !== undefined && titles.credit !== undefined;
  if (titles.amount === undefined && !hasTwo)
    refuse('names no column of the amount, nor both debit and credit');
  const code = inCapitals(trimmed(map['currency']));
  const currency =
    map['currency'] === undefined ? null : isCurrency(code) ? code : refuse('names no currency');
  if (currency === null && titles.currency === undefined) {
    refuse('names neither a column of the currency nor one currency for all rows ("currency":"EUR")');
  }
  const choice = <T extends string, D extends T | null>(
    key: string,
    choices: readonly T[],
    byDefault: D,
  ): T | D => {
    if (map[key] === undefined) return byDefault;
    return (
      choices.find((one) => one === map[key]) ?? refuse(`has a ${key} that is none of ${choices.join(' ')}`)
    );
  };
  return {
    name: `a file that ${name} describes`,
    remedy: 'Mend the map, or give the file that it describes.',
    titles,
    // A column that is named and not there was mistyped: what it says would be missed without a word.
    needed: RESULT_FIELDS.filter((field) => titles[field] !== undefined),
    outcomes: outcomesIn(map['status'], refuse),
    currency,
    dateOrder: choice('dateFormat', ['ymd', 'dmy', 'mdy'], 'ymd'),
    decimalMark: choice('decimalMark', ['.', ','], '.'),
    payments: choice('payments', ['negative', 'positive'] as const, null),
  };
}

const trimmed = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

function objectIn(text: string): Record<string, unknown> | null {
  try {
    return objectOf(JSON.parse(text.replace(/^\ufeff/, '')));
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Record<string, unknown> | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : null;
}

function titlesOf(columns: unknown, refuse: (what: string) => never): ResultLayout['titles'] {
  const named = objectOf(columns) ?? refuse('has no "columns"');
  const titles = Object.entries(named).map(([field, said]) => {
    if (!COLUMNS.includes(field)) {
      refuse(`has the column ${JSON.stringify(field)}; it may have ${COLUMNS.join(', ')}`);
    }
    const list = (Array.isArray(said) ? said : [said]).map(trimmed);
    if (list.length === 0 || list.includes('')) refuse(`names no title for the column ${field}`);
    return [field, list] as const;
  });
  return Object.fromEntries(titles);
}

function outcomesIn(status: unknown, refuse: (what: string) => never): Map<string, RowOutcome> {
  if (status === undefined) return new Map(CSV.outcomes);
  const words = objectOf(status) ?? refuse('has a "status" that is no object');
  return new Map(
    Object.entries(words).map(([word, outcome]) => {
      const known = OUTCOMES.includes(trimmed(outcome)) ? (trimmed(outcome) as RowOutcome) : undefined;
      return [
        plain(word),
        known ?? refuse(`has a status that means none of ${OUTCOMES.join(', ')}`),
      ] as const;
    }),
  );
}
