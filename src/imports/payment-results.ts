/** A provider's file of results as rows in payrun's words. What a row does not say is left open. */
import { parseCalendarDate, type CalendarDate } from '../core/calendar.js';
import { isCurrency } from '../core/currencies.js';
import { InvalidDataError } from '../core/errors.js';
import { inCapitals } from '../core/letters.js';
import { parseAmount } from '../core/money.js';
import type { ResultFile, ResultRow, RowOutcome } from '../core/reconciliation.js';
import { parseEarnedAt, type BookZone } from '../core/time-zone.js';
import { readCsv, type CsvRecord } from './csv.js';
import { plain, RESULT_FIELDS, type ResultField, type ResultLayout } from './result-layout.js';

/** Reports begin with lines about themselves; the titles stand among the first so many. */
const HEADER_WITHIN = 30;
const SHOWN_TITLES = 30;

type Places = Readonly<Record<ResultField, readonly number[]>>;

/**
 * Reads a file of results.
 * @param name the file, as a sentence names it
 * @param zone in which days of instants are meant
 * @throws InvalidDataError when its titles are not known; UnreadableFileError as `readCsv`
 */
export async function readPaymentResults(
  chunks: AsyncIterable<Uint8Array>,
  layout: ResultLayout,
  { name, zone }: { readonly name: string; readonly zone: BookZone },
): Promise<ResultFile> {
  const records: CsvRecord[] = [];
  for await (const batch of readCsv(chunks)) records.push(...batch);
  const header = records.slice(0, HEADER_WITHIN).findIndex(({ cells }) => placesIn(cells, layout) !== null);
  const places = placesIn(records[header]?.cells ?? [], layout);
  if (places === null) throw unknownHeader(records[0], layout, name);
  const isStatement = places.status.length === 0;
  const rows = records
    .slice(header + 1)
    .flatMap((record) => rowOf(record, { layout, places, isStatement, zone }) ?? []);
  return { rows, isStatement };
}

/** Where each column stands; null where one is missing without which nothing can be said. */
function placesIn(cells: readonly string[], layout: ResultLayout): Places | null {
  const titles = cells.map(plain);
  const places = Object.fromEntries(
    RESULT_FIELDS.map((field) => {
      const wanted = (layout.titles[field] ?? []).map(plain);
      const found = wanted.map((title) => titles.indexOf(title)).filter((place) => place >= 0);
      return [field, field === 'reference' ? found : found.slice(0, 1)];
    }),
  ) as unknown as Places;
  const has = (field: ResultField): boolean => places[field].length > 0;
  const hasAmount = has('amount') || (has('debit') && has('credit'));
  const isWhole = has('reference') && hasAmount && (has('currency') || layout.currency !== null);
  return isWhole && layout.needed.every(has) ? places : null;
}

function unknownHeader(first: CsvRecord | undefined, layout: ResultLayout, name: string): InvalidDataError {
  const found = (first?.cells ?? []).map((cell) => cell.trim()).filter((cell) => cell !== '');
  const begins =
    found.length === 0 ? 'it is empty' : `it begins with ${found.slice(0, SHOWN_TITLES).join(', ')}`;
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

/** Undefined for a row that is about money that came in, where the file says so. */
function rowOf({ line, cells }: CsvRecord, context: RowContext): ResultRow | undefined {
  const { layout, places, isStatement, zone } = context;
  const all = (field: ResultField): string =>
    places[field]
      .map((place) => (cells[place] ?? '').trim())
      .filter((cell) => cell !== '')
      .join(' ');
  if (plain(all('direction')) === 'in') return undefined;
  const currency = inCapitals(layout.currency ?? all('currency'));
  const { amountText, leaves } = moneyOf(all, layout);
  const statusText = all('status');
  const outcome: RowOutcome | null = isStatement
    ? leaves
      ? 'paid'
      : 'returned'
    : (layout.outcomes.get(plain(statusText)) ?? null);
  return {
    line,
    text: all('reference'),
    amount: minorUnitsOf(amountText, currency, layout.decimalMark),
    amountText,
    currency,
    outcome,
    statusText,
    date: dayOf(all('date'), layout, zone),
    id: all('id') || null,
    reason: all('reason') || null,
  };
}

/** What stands in the columns of the amount, and whether it is money that leaves. */
function moneyOf(
  all: (field: ResultField) => string,
  layout: ResultLayout,
): { readonly amountText: string; readonly leaves: boolean } {
  const amount = all('amount');
  if (amount !== '')
    return { amountText: amount, leaves: isNegative(amount) === (layout.payments === 'negative') };
  const debit = all('debit');
  return debit === '' ? { amountText: all('credit'), leaves: false } : { amountText: debit, leaves: true };
}

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
