/** Periods: how people name a range of days, and how it is spelled out to them (SPEC section 8). */
import {
  addDays,
  addMonths,
  dayOfWeek,
  endOfMonth,
  endOfQuarter,
  endOfWeek,
  endOfYear,
  parseCalendarDate,
  startOfMonth,
  startOfQuarter,
  startOfWeek,
  startOfYear,
  type CalendarDate,
} from './calendar.js';
import { UsageError } from './errors.js';
import { inSmallLetters } from './letters.js';

/** Whole calendar days in the book time zone, both ends included. */
export interface DateRange {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

/** The periods that have a name, in the order in which a prompt offers them. */
export const NAMED_PERIODS = [
  'last-month',
  'this-month',
  'last-week',
  'this-week',
  'last-quarter',
  'this-quarter',
  'last-year',
  'this-year',
] as const;

export type NamedPeriod = (typeof NAMED_PERIODS)[number];

const MONTH_NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/**
 * Reads a period: a name such as `last-month`, a month `2026-10`, a quarter `2026-Q3`, a year `2026`, or two
 * days `2026-10-05..2026-10-20`. Capitals do not matter.
 *
 * @param today the current day in the book time zone, from which the names are counted.
 * @throws UsageError naming all the forms, or that the first day is after the last.
 */
export function parsePeriod(text: string, today: CalendarDate): DateRange {
  const said = inSmallLetters(text.trim());
  if (isNamedPeriod(said)) return namedPeriod(said, today);

  const days = /^(\S+?)\s*\.\.\s*(\S+)$/.exec(said);
  if (days !== null) return rangeOf(days[1] ?? '', days[2] ?? '');

  const quarter = /^([0-9]{4})-q([1-4])$/.exec(said);
  if (quarter !== null) {
    const first = parseCalendarDate(
      `${quarter[1] ?? ''}-${String(Number(quarter[2]) * 3 - 2).padStart(2, '0')}-01`,
    );
    if (first !== null) return { from: first, to: endOfQuarter(first) };
  }
  const month = /^[0-9]{4}-[0-9]{2}$/.test(said) ? parseCalendarDate(`${said}-01`) : null;
  if (month !== null) return { from: month, to: endOfMonth(month) };
  const year = /^[0-9]{4}$/.test(said) ? parseCalendarDate(`${said}-01-01`) : null;
  if (year !== null) return { from: year, to: endOfYear(year) };

  throw new UsageError(`"${text.slice(0, 60)}" is not a period.`, {
    hint: `Use ${NAMED_PERIODS.join(', ')}, or 2026-10, 2026-Q3, 2026, 2026-10-05..2026-10-20.`,
  });
}

/** The range that a named period is, counted from today. */
export function namedPeriod(name: NamedPeriod, today: CalendarDate): DateRange {
  switch (name) {
    case 'last-month':
      return monthOf(addMonths(startOfMonth(today), -1));
    case 'this-month':
      return monthOf(today);
    case 'last-week':
      return weekOf(addDays(today, -7));
    case 'this-week':
      return weekOf(today);
    case 'last-quarter':
      return quarterOf(addMonths(startOfQuarter(today), -3));
    case 'this-quarter':
      return quarterOf(today);
    case 'last-year':
      return yearOf(addMonths(startOfYear(today), -12));
    case 'this-year':
      return yearOf(today);
  }
}

/**
 * Reads two days as a range, both included.
 *
 * @throws UsageError when either is not a day `YYYY-MM-DD`, or the first is after the last.
 */
export function rangeOf(fromText: string, toText: string): DateRange {
  const from = parseDay(fromText);
  const to = parseDay(toText);
  if (from > to) {
    throw new UsageError(`The range starts on ${from}, after its end on ${to}.`, {
      hint: `Swap them: ${to}..${from}.`,
    });
  }
  return { from, to };
}

/**
 * Reads one day.
 *
 * @throws UsageError when the text is not a real day `YYYY-MM-DD` from 1900 to 2999.
 */
export function parseDay(text: string): CalendarDate {
  const day = parseCalendarDate(text.trim());
  if (day !== null) return day;
  throw new UsageError(`"${text.slice(0, 60)}" is not a day of the calendar.`, {
    hint: 'Write year, month and day, such as 2026-10-31.',
  });
}

/** One day for people: `31 October 2026`. */
export function describeDay(date: CalendarDate): string {
  return `${dayAndMonth(date)} ${date.slice(0, 4)}`;
}

/** One day with its weekday, as it is written elsewhere: `Tuesday, 2026-12-01`. */
export function dayWithWeekday(date: CalendarDate): string {
  return `${weekday(date)}, ${date}`;
}

/** `Monday` to `Sunday`. */
export function weekday(date: CalendarDate): string {
  return WEEKDAYS[dayOfWeek(date) - 1] ?? '';
}

/**
 * A range for people, with its real days spelled out and its name where it has one:
 * `October 2026 (1 to 31 October 2026)`, `Q3 2026 (1 July to 30 September 2026)`, `5 to 20 October 2026`.
 */
export function describeRange(range: DateRange): string {
  const name = nameOf(range);
  const days = daysOf(range);
  return name === null ? days : `${name} (${days})`;
}

function isNamedPeriod(text: string): text is NamedPeriod {
  return (NAMED_PERIODS as readonly string[]).includes(text);
}

function weekOf(date: CalendarDate): DateRange {
  return { from: startOfWeek(date), to: endOfWeek(date) };
}

function monthOf(date: CalendarDate): DateRange {
  return { from: startOfMonth(date), to: endOfMonth(date) };
}

function quarterOf(date: CalendarDate): DateRange {
  return { from: startOfQuarter(date), to: endOfQuarter(date) };
}

function yearOf(date: CalendarDate): DateRange {
  return { from: startOfYear(date), to: endOfYear(date) };
}

function nameOf({ from, to }: DateRange): string | null {
  const year = from.slice(0, 4);
  if (from === startOfMonth(from) && to === endOfMonth(from)) return `${monthName(from)} ${year}`;
  if (from === startOfQuarter(from) && to === endOfQuarter(from)) {
    return `Q${Math.ceil(Number(from.slice(5, 7)) / 3)} ${year}`;
  }
  return from === startOfYear(from) && to === endOfYear(from) ? year : null;
}

/** Says month and year once where both ends share them. */
function daysOf({ from, to }: DateRange): string {
  if (from === to) return describeDay(from);
  if (from.slice(0, 7) === to.slice(0, 7)) return `${Number(from.slice(8))} to ${describeDay(to)}`;
  const start = from.slice(0, 4) === to.slice(0, 4) ? dayAndMonth(from) : describeDay(from);
  return `${start} to ${describeDay(to)}`;
}

function dayAndMonth(date: CalendarDate): string {
  return `${Number(date.slice(8))} ${monthName(date)}`;
}

function monthName(date: CalendarDate): string {
  return MONTH_NAMES[Number(date.slice(5, 7)) - 1] ?? '';
}
