/** A provider's file of results as rows in payrun's words. What a row does not say is left open. */
import { parseCalendarDate, type CalendarDate } from '../core/calendar.js';
import { isCurrency } from '../core/currencies.js';
import { InvalidDataError } from '../core/errors.js';
import { inCapitals } from '../core/letters.js';
import { parseAmount } from '../core/money.js';
import type { ResultFile, ResultRow } from '../core/reconciliation.js';
import { parseEarnedAt, type BookZone } from '../core/time-zone.js';
import { readCsv, UnreadableFileError, type CsvRecord } from './csv.js';
import { plain, RESULT_FIELDS, type ResultField, type ResultLayout } from './result-layout.js';
import { isSentTable, isSentText } from './sent-file.js';

/** Reports begin with lines about themselves; the titles stand among the first so many. */
const HEADER_WITHIN = 30;
const SHOWN_TITLES = 30;
/** By so many bytes a file is known that is no CSV. */
const SNIFFED_BYTES = 2048;
/** No id of a payment at a provider is longer. */
const MAX_ID = 140;

type Places = Readonly<Record<ResultField, readonly number[]>>;

/**
 * Reads a file of results.
 * @param name the file, as a sentence names it
 * @param zone in which days of instants are meant
 * @throws InvalidDataError when it is no CSV, when its titles are not known, or when it is the payment file
 * that was sent
 */
export async function readPaymentResults(
  chunks: AsyncIterable<Uint8Array>,
  layout: ResultLayout,
  { name, zone }: { readonly name: string; readonly zone: BookZone },
): Promise<ResultFile> {
  const records = await recordsOf(chunks, name);
  if (isSentTable(records[0]?.cells ?? [])) throw sentFile(name);
  const header = records.slice(0, HEADER_WITHIN).findIndex(({ cells }) => placesIn(cells, layout) !== null);
  const places = placesIn(records[header]?.cells ?? [], layout);
  if (places === null) throw unknownHeader(records[0], layout, name);
  const isStatement = places.status.length === 0;
  const rows = records
    .slice(header + 1)
    .map((record) => rowOf(record, { layout, places, isStatement, zone }));
  return { rows, isStatement };
}

async function recordsOf(chunks: AsyncIterable<Uint8Array>, name: string): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  try {
    for await (const batch of readCsv(lookedAt(chunks, name))) records.push(...batch);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    // What the reader of CSV advises is said of imports.
    const what = error.rejection.message.replace(/ and import (?:it again|that)(?=\.$)/, '');
    throw new InvalidDataError(`Nothing was changed: ${name} cannot be read. ${what}`, {
      hint: 'Then reconcile again.',
      cause: error,
    });
  }
  return records;
}

/** The bytes as they are, after a look at the first of them. @throws InvalidDataError when they are no CSV */
async function* lookedAt(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head === null) yield chunk;
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length < SNIFFED_BYTES) continue;
      refuseOther(head, name);
      yield head;
      head = null;
    }
  }
  if (head === null || head.length === 0) return;
  refuseOther(head, name);
  yield head;
}

function refuseOther(head: Buffer, name: string): void {
  const text = head
    .subarray(0, SNIFFED_BYTES)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  if (isSentText(text)) throw sentFile(name);
  if (!/^\s*<[?!A-Za-z]/.test(text)) return;
  throw new InvalidDataError(`Nothing was changed: ${name} is XML, and no CSV.`, {
    hint: 'payrun reads no bank messages in XML. Take the statement as CSV, with --map FILE (see docs/exports.md).',
  });
}

function sentFile(name: string): InvalidDataError {
  const what = `${name} is a payment file, which is sent to the bank or the provider, and not its answer`;
  return new InvalidDataError(`Nothing was changed: ${what}.`, {
    hint: 'Give the report or the statement that came afterwards. Without one: payrun payments confirm',
  });
}

/** Where each column stands; null where one is missing without which nothing can be said. */
function placesIn(cells: readonly string[], layout: ResultLayout): Places | null {
  const titles = cells.map(plain);
  const places = Object.fromEntries(
    RESULT_FIELDS.map((field) => {
      const wanted = (layout.titles[field] ?? []).map(plain);
      const found = wanted.map((title) => titles.indexOf(title)).filter((place) => place >= 0);
      return [field, field === 'reference' || field === 'id' ? found : found.slice(0, 1)];
    }),
  ) as unknown as Places;
  const has = (field: ResultField): boolean => places[field].length > 0;
  const hasAmount = has('amount') || (has('debit') && has('credit'));
  const isWhole = has('reference') && hasAmount && (has('currency') || layout.currency !== null);
  return isWhole && layout.needed.every(has) ? places : null;
}

function unknownHeader(first: CsvRecord | undefined, layout: ResultLayout, name: string): InvalidDataError {
  const cells = (first?.cells ?? []).map((cell) => cell.trim()).filter((cell) => cell !== '');
  // A file without titles begins with somebody's account.
  const titles = cells.filter((cell) => !/[0-9@]/.test(cell));
  const found = titles.length > 0 ? titles.slice(0, SHOWN_TITLES).join(', ') : 'a row that has no titles';
  const begins = cells.length === 0 ? 'it is empty' : `it begins with ${found}`;
  const fields = new Set<ResultField>(['reference', 'amount', 'currency', ...layout.needed]);
  const wanted = [...fields].flatMap((field) => layout.titles[field]?.[0] ?? []).join(', ');
  return new InvalidDataError(`Nothing was changed: ${name} is not ${layout.name}; ${begins}.`, {
    hint: `It takes columns such as ${wanted}. ${layout.remedy}`,
  });
}

interface RowContext {
  readonly layout: ResultLayout;
  readonly places: Places;
  readonly isStatement: boolean;
  readonly zone: BookZone;
}

function rowOf({ line, cells }: CsvRecord, context: RowContext): ResultRow {
  const { layout, places, isStatement, zone } = context;
  const cellsOf = (field: ResultField): string[] =>
    places[field].map((place) => (cells[place] ?? '').trim()).filter((cell) => cell !== '');
  const all = (field: ResultField): string => cellsOf(field).join(' ');
  const currency = inCapitals(layout.currency ?? all('currency'));
  const { amountText, direction, problem } = moneyOf(all, layout);
  const statusText = all('status');
  const dateText = all('date');
  const [id = null] = cellsOf('id');
  const isTooLong = id !== null && id.length > MAX_ID;
  return {
    line,
    text: all('reference'),
    amount: minorUnitsOf(amountText, currency, layout.decimalMark),
    amountText,
    currency,
    outcome: isStatement ? null : (layout.outcomes.get(plain(statusText)) ?? null),
    statusText,
    direction,
    date: dayOf(dateText, layout, zone),
    dateText,
    id: isTooLong ? null : id,
    reason: all('reason') || null,
    problem: isTooLong ? `has an id of more than ${MAX_ID} characters` : problem,
  };
}

type Money = Pick<ResultRow, 'amountText' | 'direction' | 'problem'>;

/** What stands in the columns of the amount, and whether it is money that leaves, where that is shown. */
function moneyOf(all: (field: ResultField) => string, layout: ResultLayout): Money {
  const amount = all('amount');
  if (amount !== '')
    return { amountText: amount, direction: directionOf(amount, all, layout), problem: null };
  const [debit, credit] = [all('debit'), all('credit')];
  if (isEmpty(credit)) return { amountText: debit || credit, direction: 'out', problem: null };
  if (!isEmpty(debit)) {
    return { amountText: debit, direction: null, problem: 'has both a debit and a credit' };
  }
  const problem = isNegative(credit) ? 'has a credit with a minus' : null;
  return { amountText: credit, direction: 'in', problem };
}

/** Without a minus it may be money that comes in, or a bank that sets no sign: only a map can tell. */
function directionOf(
  amount: string,
  all: (field: ResultField) => string,
  { payments }: ResultLayout,
): ResultRow['direction'] {
  const said = plain(all('direction'));
  if (said === 'in' || said === 'out') return said;
  if (payments !== null) return isNegative(amount) === (payments === 'negative') ? 'out' : 'in';
  return isNegative(amount) ? 'out' : null;
}

/** Banks that fill both columns set the other one to zero. */
const isEmpty = (amount: string): boolean => /^[-+]?[0.,]*$/.test(amount);

const isNegative = (amount: string): boolean => /^[-\u2212(]|-$/.test(amount);

/** The size of an amount; null where it cannot be read without guessing. */
function minorUnitsOf(said: string, currency: string, decimalMark: '.' | ','): bigint | null {
  if (!isCurrency(currency)) return null;
  const bare = said.replace(/^[-+\u2212]|-$/g, '').replace(/^\((.*)\)$/, '$1');
  const compact = bare.replace(/[\s'\u2019\u00a0\u202f]/g, '');
  const dotted =
    decimalMark === '.' ? compact : compact.replace(/[.,]/g, (mark) => (mark === ',' ? '.' : ','));
  const grouped = /^[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$/;
  const whole = grouped.test(dotted) ? dotted.replaceAll(',', '') : dotted;
  const parsed = parseAmount(whole, currency);
  if (parsed.ok) return parsed.minor;
  if (parsed.code !== 'too_many_decimals') return null;
  // Reports write 12.5000 for 12.50; zeros behind say nothing.
  const shorter = parseAmount(whole.replace(/\.?0+$/, ''), currency);
  return shorter.ok ? shorter.minor : null;
}

/** The day of a row in the book zone; null where there is none that can be read in the order told. */
function dayOf(said: string, layout: ResultLayout, zone: BookZone): CalendarDate | null {
  const iso = /^[0-9]{4}-[0-9]{2}-[0-9]{2}/.exec(said);
  if (iso !== null) {
    const instant = parseEarnedAt(said, zone);
    return instant.ok ? instant.earnedOn : parseCalendarDate(iso[0]);
  }
  const parts = /^([0-9]{1,4})[./-]([0-9]{1,2})[./-]([0-9]{1,4})(?![0-9])/.exec(said);
  if (parts === null) return null;
  const [, first = '', second = '', third = ''] = parts;
  const order = { ymd: [first, second, third], dmy: [third, second, first], mdy: [third, first, second] };
  const [year = '', month = '', day = ''] = order[layout.dateOrder];
  const century = year.length === 2 ? '20' : '';
  return parseCalendarDate(`${century}${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}
