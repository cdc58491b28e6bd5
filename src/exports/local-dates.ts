/** Dates as people of a country write them: what accounting programs read by the setting of their owner. */
import type { CalendarDate } from '../core/calendar.js';

/** The day first, or the month. */
export type DateOrder = 'dmy' | 'mdy';

/** `31/10/2026` or `10/31/2026`. */
export function localDate(date: CalendarDate, order: DateOrder): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return order === 'mdy' ? `${month}/${day}/${year}` : `${day}/${month}/${year}`;
}

/** The order that a setting names; its values are checked when it is set. */
export function dateOrder(setting: string): DateOrder {
  return setting === 'mdy' ? 'mdy' : 'dmy';
}
