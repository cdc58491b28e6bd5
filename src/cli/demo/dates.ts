/**
 * Moves the sample data in time. The files in `data/demo` carry fixed dates in which January 2026 is last
 * month; a demo shifts all of them by whole months, so that whenever it is run last month has something to
 * pay.
 */
import { addMonths, parseCalendarDate, type CalendarDate } from '../../core/calendar.js';

/** The month of the sample files, `YYYY-MM`, that stands for the month in which the demo is run. */
const SAMPLE_MONTH = '2026-02';

/** A date that is not part of a longer number; in an instant the time and its zone follow. */
const DATE = /(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])/g;

/** How many months lie between the sample's month and that of a day; negative before it. */
export function monthsToShift(today: CalendarDate): number {
  const months = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
  return months(today) - months(SAMPLE_MONTH);
}

/**
 * The text with each date moved by whole months. Where the new month is shorter its last day is taken, so a
 * date stays in its month. The time of an instant and its offset stay: with an offset no time is skipped.
 */
export function shiftDates(text: string, months: number): string {
  const moved = new Map<string, string>();
  return text.replace(DATE, (found) => {
    const known = moved.get(found);
    if (known !== undefined) return known;
    const shifted = parseCalendarDate(found) === null ? found : addMonths(found, months);
    moved.set(found, shifted);
    return shifted;
  });
}

/**
 * The sample file as an affiliate network would hand it over this morning: dates shifted, and without the
 * rows of days that have not ended. The first date in a row is the day on which it was earned; rows without
 * one stay.
 * @param today in the time zone of the demo's books
 */
export function sampleOn(csv: string, today: CalendarDate): string {
  const lines = shiftDates(csv, monthsToShift(today)).split('\n');
  return lines
    .filter((line) => {
      const earned = line.match(DATE)?.[0];
      return earned === undefined || earned < today;
    })
    .join('\n');
}
