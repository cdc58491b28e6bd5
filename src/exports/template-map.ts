/** What the names in a user's own template mean, where payrun cannot know: the file of `--map`. */
import { InvalidDataError, UsageError } from '../core/errors.js';
import { nearestOf } from '../core/nearest.js';

const DATE_FORMATS = ['dmy', 'mdy', 'ymd'] as const;
export type TemplateDates = (typeof DATE_FORMATS)[number];

/** What a column holds: a field of payrun, or the same text in every row. */
export type MappedColumn = { readonly field: string } | { readonly value: string };

export interface TemplateMap {
  /** By the name that the column has in the template. */
  readonly columns: ReadonlyMap<string, MappedColumn>;
  /** Null where the setting decides. */
  readonly dateFormat: TemplateDates | null;
  /** Columns that must hold something in every row. */
  readonly required: readonly string[];
  /** Whether each line of an entry repeats what is the same in all of them. */
  readonly repeatHeader: boolean;
}

/** That of a template without one. */
export const NO_MAP: TemplateMap = {
  columns: new Map(),
  dateFormat: null,
  required: [],
  repeatHeader: true,
};

const KEYS = ['columns', 'dateFormat', 'required', 'repeatHeader'] as const;
const FORM = '{"columns": {"Their name": "amount", "Tax": {"value": "NOVAT"}}, "dateFormat": "mdy"}';

/**
 * Reads a map.
 * @param name of the file, for what is said about it
 * @throws InvalidDataError when it is no JSON object; UsageError naming what it says wrong
 */
export function readTemplateMap(json: string, name: string): TemplateMap {
  const whole = parsed(json, name);
  const unknown = Object.keys(whole).find((key) => !(KEYS as readonly string[]).includes(key));
  if (unknown !== undefined) {
    const nearest = nearestOf(unknown.toLowerCase(), KEYS);
    const question = nearest === null ? '' : ` Did you mean ${nearest}?`;
    throw wrong(
      name,
      `"${unknown.slice(0, 60)}" means nothing there.${question} It may say ${KEYS.join(', ')}.`,
    );
  }
  const { columns = {}, dateFormat = null, required = [], repeatHeader = true } = whole;
  const dates = DATE_FORMATS.find((one) => one === dateFormat) ?? null;
  if (dates === null && dateFormat !== null)
    throw wrong(name, `dateFormat is one of ${DATE_FORMATS.join(', ')}.`);
  if (!Array.isArray(required) || !required.every((one) => typeof one === 'string'))
    throw wrong(name, 'required is a list of names of columns.');
  if (typeof repeatHeader !== 'boolean') throw wrong(name, 'repeatHeader is true or false.');
  return { columns: columnsIn(columns, name), dateFormat: dates, required, repeatHeader };
}

function parsed(json: string, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new InvalidDataError(`The map ${name} is no JSON: ${why}.`, {
      hint: `It looks like ${FORM}.`,
      cause,
    });
  }
  if (!isObject(value))
    throw new InvalidDataError(`The map ${name} is no JSON object.`, { hint: `It looks like ${FORM}.` });
  return value;
}

function columnsIn(columns: unknown, name: string): Map<string, MappedColumn> {
  if (!isObject(columns)) throw wrong(name, 'columns is an object.');
  return new Map(
    Object.entries(columns).map(([title, said]): [string, MappedColumn] => {
      if (typeof said === 'string') return [title, { field: said }];
      if (isObject(said) && typeof said['value'] === 'string' && Object.keys(said).length === 1)
        return [title, { value: said['value'] }];
      const what = 'is to be the name of a field, or {"value": "a text"}';
      throw wrong(name, `What it says of the column "${title.slice(0, 60)}" ${what}.`);
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(name: string, sentence: string): UsageError {
  return new UsageError(`The map ${name}: ${sentence}`, { hint: `It looks like ${FORM}.` });
}
