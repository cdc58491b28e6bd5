/**
 * The user's own template: the header row that his accounting system gave him stays as it is, and payrun
 * fills the columns that it knows by name or by a map. A row is a bill, or a line of a journal entry where
 * the header has columns for debit and credit. What is required and not known is refused.
 */
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { UsageError } from '../core/errors.js';
import { nearestOf } from '../core/nearest.js';
import { csvLines } from './csv.js';
import type { AccountingFormat, ExportPiece, FormatContext } from './format.js';
import { localDate } from './local-dates.js';
import { MachineCells } from './machine-cells.js';
import { OneCurrency } from './one-currency.js';
import {
  BILL_FIELDS,
  columnKey,
  JOURNAL_FIELDS,
  type BillRow,
  type JournalRow,
  type TemplateField,
  type Writing,
} from './template-fields.js';
import { NO_MAP, type TemplateMap } from './template-map.js';

/** The header row of the user's own file. */
export interface Template {
  /** Verbatim, without the line end. */
  readonly text: string;
  readonly columns: readonly string[];
  readonly delimiter: string;
  readonly eol: '\n' | '\r\n';
}

/** A column as it will be filled; one that is not known stays empty. */
interface Filled<Row> {
  readonly title: string;
  readonly isRequired: boolean;
  readonly field: TemplateField<Row> | null;
  readonly constant: string | null;
}

type Fields<Row> = Readonly<Record<string, TemplateField<Row>>>;

/** An identifier that no program takes for a formula. */
const CODE = /^(?![=+\-@\uff1d\uff0b\uff0d\uff20])[^\p{Cc}\p{Cs}\u2028\u2029]*$/u;
const CODE_FORM = 'one that does not begin with =, +, - or @; payrun does not change ids';

/**
 * The format of a template.
 * @throws UsageError when a required column is not known, when the map names a column or a field that is not
 * there, when it has a debit and no credit, or when payrun knows none of its columns
 */
export function templateFormat(template: Template, map: TemplateMap = NO_MAP): AccountingFormat {
  const { columns } = template;
  const absent = [...map.columns.keys(), ...map.required].find((name) => !columns.some(isNamed(name)));
  if (absent !== undefined) {
    throw new UsageError(`The template has no column "${absent.slice(0, 60)}", which the map names.`, {
      hint: `Its columns are ${columns.join(', ')}.`,
    });
  }
  if (!isJournal(template, map)) {
    const filled = fill(template, map, BILL_FIELDS);
    return {
      source: 'bills',
      write: (bills, context) => writeBills(bills.each(), { template, filled, map, context }),
    };
  }
  const filled = fill(template, map, JOURNAL_FIELDS);
  return {
    source: 'journal',
    detail: (context) => (context.setting('detail') === 'month' ? 'month' : 'day'),
    write: (journal, context) => writeJournal(journal.each(), { template, filled, map, context }),
  };
}

/** A name in the map is that of a column as it stands, with or without its asterisk and in any letters. */
const isNamed =
  (name: string) =>
  (title: string): boolean =>
    title === name || (columnKey(title) !== '' && columnKey(title) === columnKey(name));

const mapped = (map: TemplateMap, title: string) =>
  map.columns.get(title) ?? [...map.columns].find(([name]) => isNamed(name)(title))?.[1];

/** Whether a field of these is what the column means. */
function means<Row>(map: TemplateMap, title: string, fields: Fields<Row>): string | null {
  const said = mapped(map, title);
  if (said !== undefined) return 'field' in said ? said.field : null;
  const key = columnKey(title);
  const found = Object.entries(fields).find(
    ([name, { names }]) => columnKey(name) === key || names.includes(key),
  );
  return found?.[0] ?? null;
}

/** @throws UsageError when debits would stand there without their credits */
function isJournal({ columns }: Template, map: TemplateMap): boolean {
  const sides = ['debit', 'credit'].map((side) =>
    columns.filter((title) => means(map, title, JOURNAL_FIELDS) === side),
  );
  const [debits = [], credits = []] = sides;
  if (debits.length === 0 && credits.length === 0) return false;
  if (debits.length === 1 && credits.length === 1) return true;
  const found = [...debits, ...credits].map((title) => `"${title}"`).join(', ');
  throw new UsageError(
    `A journal has one column for debits and one for credits; of them there is ${found}.`,
    {
      hint: 'Say which is which with --map: {"columns": {"Their name": "debit", "Another": {"value": ""}}}.',
    },
  );
}

function fill<Row>(template: Template, map: TemplateMap, fields: Fields<Row>): Filled<Row>[] {
  const known = Object.keys(fields);
  const filled = template.columns.map((title): Filled<Row> => {
    const said = mapped(map, title);
    const name = means(map, title, fields);
    if (said !== undefined && name !== null && !Object.hasOwn(fields, name)) {
      throw new UsageError(
        `There is no field "${name.slice(0, 60)}" for the column "${title}".${meant(name, known)}`,
        {
          hint: `The fields are ${known.join(', ')}.`,
        },
      );
    }
    const isRequired = /^\s*\*|\*\s*$/.test(title) || map.required.some((one) => isNamed(one)(title));
    const constant = said !== undefined && 'value' in said ? said.value : null;
    return { title, isRequired, constant, field: name === null ? null : (fields[name] ?? null) };
  });
  const missing = filled.find((one) => one.isRequired && one.field === null && (one.constant ?? '') === '');
  if (missing !== undefined) {
    const question = meant(missing.title, known);
    throw new UsageError(
      `The column "${missing.title}" is required, and payrun does not know it.${question}`,
      {
        hint: `Say with --map what it means: {"columns": {${JSON.stringify(missing.title)}: "amount"}}, or {"value": "a text"}. The fields are ${known.join(', ')}.`,
      },
    );
  }
  if (filled.every(({ field, constant }) => field === null && constant === null)) {
    throw new UsageError('payrun knows none of the columns of the template.', {
      hint: `Its first row must name them; say with --map what they mean. The fields are ${known.join(', ')}.`,
    });
  }
  return filled;
}

function meant(said: string, known: readonly string[]): string {
  const nearest = nearestOf(said.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_'), known);
  return nearest === null ? '' : ` Did you mean ${nearest}?`;
}

/** What is written where. */
interface Job<Row> {
  readonly template: Template;
  readonly filled: readonly Filled<Row>[];
  readonly map: TemplateMap;
  readonly context: FormatContext;
}

/** Makes the rows of a file and remembers what can only be said at the end. */
class Rows<Row> {
  readonly #cells: MachineCells;
  readonly #writing: Writing;
  /** Null where a column names it. */
  readonly #currency: OneCurrency | null;
  #row = 0;

  constructor(
    private readonly job: Job<Row>,
    what: 'bills' | 'entries',
  ) {
    const { context, map } = job;
    this.#cells = new MachineCells(context);
    const order = map.dateFormat ?? context.setting('date-order');
    const date = (one: CalendarDate): string =>
      order === 'dmy' || order === 'mdy' ? localDate(one, order) : one;
    this.#writing = { context, date };
    this.#currency = job.filled.some(({ field }) => isCurrency(field))
      ? null
      : new OneCurrency(context, 'The template has no currency column', what);
    const unknown = job.filled.filter(({ field, constant }) => field === null && constant === null);
    const names = unknown.map(({ title }) => title.trim()).filter((title) => title !== '');
    if (names.length > 0) context.note(`Columns that payrun does not know stay empty: ${names.join(', ')}.`);
  }

  header(): ExportPiece {
    return { file: 1, content: this.job.template.text + this.job.template.eol, rows: 0 };
  }

  /** @param isFirst whether it is the first line of its entry */
  cells(row: Row, currency: CurrencyCode, isFirst: boolean): string[] {
    this.#row += 1;
    this.#currency?.take(currency);
    return this.job.filled.map(({ title, field, constant, isRequired }) => {
      if (constant !== null) return constant;
      if (field === null || (field.isOfEntry === true && !isFirst && !this.job.map.repeatHeader)) return '';
      const place = { row: this.#row, column: title };
      const value = field.value(row, this.#writing);
      if (field.kind === 'text') return this.#cells.text(value, place, { isRequired });
      if (isRequired && value === '' && !isSide(field)) this.#cells.refuse(place, value, 'it is empty');
      return field.kind === 'code' ? this.#cells.code(value, place, CODE, CODE_FORM) : value;
    });
  }

  piece(lines: readonly (readonly string[])[]): ExportPiece {
    const { delimiter, eol } = this.job.template;
    return { file: 1, content: csvLines(lines, eol, delimiter), rows: lines.length };
  }

  /**
   * @throws InvalidDataError naming what could not be written; UsageError where amounts in several currencies
   * would stand in a file that does not name them
   */
  finish(): void {
    this.#currency?.finish();
    this.#cells.finish();
  }
}

const isCurrency = <Row>(field: TemplateField<Row> | null): boolean => {
  const fields: unknown[] = [BILL_FIELDS['currency'], JOURNAL_FIELDS['currency']];
  return field !== null && fields.includes(field);
};

/** A line is a debit or a credit: the other of two required columns is empty. */
function isSide<Row>(field: TemplateField<Row>): boolean {
  const sides: unknown[] = [JOURNAL_FIELDS['debit'], JOURNAL_FIELDS['credit']];
  return sides.includes(field);
}

async function* writeBills(
  pages: AsyncIterable<readonly BillRow['bill'][]>,
  job: Job<BillRow>,
): AsyncGenerator<ExportPiece> {
  const rows = new Rows(job, 'bills');
  const { context, filled } = job;
  if (!filled.some(({ field }) => field === BILL_FIELDS['amount']))
    context.note('The template has no column for the amount.');
  yield rows.header();
  for await (const page of pages) {
    const lines = page.map((bill) => rows.cells({ source: 'bills', bill }, bill.currency, true));
    if (page.some(({ kind }) => kind === 'credit_note'))
      context.note('Credit notes stand there with negative amounts.');
    if (lines.length > 0) yield rows.piece(lines);
  }
  rows.finish();
}

async function* writeJournal(
  pages: AsyncIterable<readonly JournalRow['entry'][]>,
  job: Job<JournalRow>,
): AsyncGenerator<ExportPiece> {
  const rows = new Rows(job, 'entries');
  yield rows.header();
  for await (const page of pages) {
    const lines = page.flatMap((entry) =>
      entry.lines.map((line, index) =>
        rows.cells({ source: 'journal', entry, line, place: index + 1 }, entry.currency, index === 0),
      ),
    );
    if (lines.length > 0) yield rows.piece(lines);
  }
  rows.finish();
}
