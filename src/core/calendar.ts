/**
 * Calendar days as text, and the one door to date-fns. All arithmetic is in UTC, so neither the time zone of
 * the process nor its daylight saving ever matters. Weeks run Monday to Sunday.
 */
import { UTCDateMini } from '@date-fns/utc/date/mini';
import { addDays as addDaysTo } from 'date-fns/addDays';
import { addMonths as addMonthsTo } from 'date-fns/addMonths';
import { getISODay } from 'date-fns/getISODay';
import { lastDayOfMonth } from 'date-fns/lastDayOfMonth';
import { startOfISOWeek } from 'date-fns/startOfISOWeek';
import { startOfQuarter as startOfQuarterOf } from 'date-fns/startOfQuarter';

/** A day `YYYY-MM-DD`. Compares as text. What people give lies in the years 1900 to 2999. */
export type CalendarDate = string;

const SHAPE = /^(?:19|2[0-9])[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/;

/** Enough for ten years of days; a million rows have few distinct ones. */
const CACHE_LIMIT = 4096;
/** By `YYYY-MM`; there are at most 13,200 of them. */
const monthLengths = new Map<string, number>();
const shiftedDays = new Map<number, Map<CalendarDate, CalendarDate>>();

/** The text itself if it is exactly `YYYY-MM-DD` and a real day from 1900-01-01 to 2999-12-31, else null. */
export function parseCalendarDate(text: string): CalendarDate | null {
  if (!SHAPE.test(text)) return null;
  return Number(text.slice(8)) <= daysInMonth(text.slice(0, 7)) ? text : null;
}

/** The day `count` days later (earlier if negative). */
export function addDays(date: CalendarDate, count: number): CalendarDate {
  let byDate = shiftedDays.get(count);
  if (byDate === undefined) {
    if (shiftedDays.size >= 16) shiftedDays.clear();
    byDate = new Map();
    shiftedDays.set(count, byDate);
  }
  const known = byDate.get(date);
  if (known !== undefined) return known;
  if (byDate.size >= CACHE_LIMIT) byDate.clear();
  const shifted = toText(addDaysTo(toDate(date), count));
  byDate.set(date, shifted);
  return shifted;
}

/**
 * The same day `count` months later (earlier if negative); where that month is shorter, its last day:
 * 31 January and one month is 28 or 29 February.
 */
export function addMonths(date: CalendarDate, count: number): CalendarDate {
  return toText(addMonthsTo(toDate(date), count));
}

/** 1 for Monday to 7 for Sunday. */
export function dayOfWeek(date: CalendarDate): number {
  return getISODay(toDate(date));
}

export function startOfWeek(date: CalendarDate): CalendarDate {
  return toText(startOfISOWeek(toDate(date)));
}

export function endOfWeek(date: CalendarDate): CalendarDate {
  return addDays(startOfWeek(date), 6);
}

export function startOfMonth(date: CalendarDate): CalendarDate {
  return `${date.slice(0, 7)}-01`;
}

export function endOfMonth(date: CalendarDate): CalendarDate {
  return toText(lastDayOfMonth(toDate(date)));
}

export function startOfQuarter(date: CalendarDate): CalendarDate {
  return toText(startOfQuarterOf(toDate(date)));
}

export function endOfQuarter(date: CalendarDate): CalendarDate {
  return endOfMonth(addMonths(startOfQuarter(date), 2));
}

export function startOfYear(date: CalendarDate): CalendarDate {
  return `${date.slice(0, 4)}-01-01`;
}

export function endOfYear(date: CalendarDate): CalendarDate {
  return `${date.slice(0, 4)}-12-31`;
}

function daysInMonth(month: string): number {
  let days = monthLengths.get(month);
  if (days === undefined) {
    days = Number(endOfMonth(`${month}-01`).slice(8));
    monthLengths.set(month, days);
  }
  return days;
}

/** A date that date-fns computes with in UTC. */
function toDate(date: CalendarDate): Date {
  return new UTCDateMini(date);
}

/** Throws RangeError outside the years 0001 to 9999: only a bug can lead there. */
function toText(date: Date): CalendarDate {
  const text = date.toISOString();
  if (text.length !== 24) throw new RangeError(`${text} lies outside the years 0001 to 9999.`);
  return text.slice(0, 10);
}
