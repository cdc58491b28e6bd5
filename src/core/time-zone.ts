/** The book time zone: the day of an instant in it, and how `earned_at` is read (SPEC section 2). */
import { parseCalendarDate, type CalendarDate } from './calendar.js';
import { UsageError } from './errors.js';

const DAY_MS = 86_400_000;

/** More than a decade of days; a million rows have few distinct ones. */
const CACHE_LIMIT = 4096;

/** Whether the text names an IANA time zone, such as `Europe/Berlin`; an offset like `+02:00` does not. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Tells calendar days in one IANA time zone. Make one per command: it remembers what it has worked out. */
export class BookZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  /** UTC day to the zone's offset on it in milliseconds, or null where the offset changes on that day. */
  readonly #offsets = new Map<number, number | null>();
  /** Days since 1970 to their text, so that equal days share one string. */
  readonly #texts = new Map<number, CalendarDate>();

  /** @throws UsageError when the name is no IANA time zone. */
  constructor(name: string) {
    if (!isTimeZone(name)) {
      throw new UsageError(`${quoted(name)} is not an IANA time zone.`, {
        hint: 'Use a name such as Europe/Berlin, America/New_York or UTC.',
      });
    }
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** The calendar day of an instant, given in milliseconds since 1970 UTC. */
  dateOf(epochMs: number): CalendarDate {
    const localDay = Math.floor((epochMs + this.#offsetAt(epochMs)) / DAY_MS);
    let text = this.#texts.get(localDay);
    if (text === undefined) {
      text = new Date(localDay * DAY_MS).toISOString().slice(0, 10);
      if (this.#texts.size >= CACHE_LIMIT) this.#texts.clear();
      this.#texts.set(localDay, text);
    }
    return text;
  }

  /** The day and minute of an instant, given in milliseconds since 1970 UTC: "2026-10-31 23:59". */
  minuteOf(epochMs: number): string {
    return new Date(epochMs + this.#offsetAt(epochMs)).toISOString().slice(0, 16).replace('T', ' ');
  }

  /** What the clock on the wall shows at an instant, as `2026-11-22T10:00:00`. */
  wallClockOf(epochMs: number): string {
    return new Date(epochMs + this.#offsetAt(epochMs)).toISOString().slice(0, 19);
  }

  /** No zone changes its offset and back within one UTC day, so one offset at both ends holds in between. */
  #offsetAt(epochMs: number): number {
    const utcDay = Math.floor(epochMs / DAY_MS);
    let offset = this.#offsets.get(utcDay);
    if (offset === undefined) {
      const atStart = this.#readOffset(utcDay * DAY_MS);
      offset = atStart === this.#readOffset((utcDay + 1) * DAY_MS) ? atStart : null;
      if (this.#offsets.size >= CACHE_LIMIT) this.#offsets.clear();
      this.#offsets.set(utcDay, offset);
    }
    return offset ?? this.#readOffset(epochMs);
  }

  #readOffset(epochMs: number): number {
    const wholeSecond = Math.floor(epochMs / 1000) * 1000;
    const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.#format.formatToParts(wholeSecond)) part[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecond;
  }
}

export type ParsedEarnedAt =
  | { readonly ok: true; readonly earnedAt: string; readonly earnedOn: CalendarDate }
  | { readonly ok: false; readonly message: string };

const FIRST_MS = Date.UTC(1900, 0, 1);
const END_MS = Date.UTC(3000, 0, 1);

const DATE_AND_TIME = new RegExp(
  [
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]/,
    /([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?/,
    /([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?$/,
  ]
    .map((part) => part.source)
    .join(''),
);

/** No place on earth is further from UTC than 12 hours behind or 14 hours ahead. */
const MINUTES_BEHIND = 12 * 60;
const MINUTES_AHEAD = 14 * 60;

/**
 * Reads `earned_at`. A bare date is that date whatever the zone. A date with a time and `Z` or an offset is
 * an instant: `earnedAt` is then ISO 8601 UTC to the millisecond (cut, never rounded up into the next day;
 * without a fraction if that is zero), and `earnedOn` its day in the book time zone. A time without a zone is
 * refused: it could be either of two days.
 */
export function parseEarnedAt(text: string, zone: BookZone): ParsedEarnedAt {
  if (text.length === 10) {
    const date = parseCalendarDate(text);
    return date === null ? refused(text) : { ok: true, earnedAt: date, earnedOn: date };
  }
  const match = DATE_AND_TIME.exec(text);
  if (match === null || parseCalendarDate(text.slice(0, 10)) === null) return refused(text);
  const hour = Number(match[1]);
  const minute = Number(match[2]);
  const second = Number(match[3] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) {
    return no(text, 'has a time that does not exist; hours go to 23, minutes and seconds to 59');
  }
  if (match[5] === undefined) {
    return no(text, 'is a time without a zone; add Z for UTC, or an offset such as +02:00');
  }
  const offset = offsetInMinutes(match[5]);
  if (offset === null) return no(text, 'has an offset that no place has; offsets go from -12:00 to +14:00');

  const fraction = match[4];
  const milliseconds = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const timeOfDay = ((hour * 60 + minute - offset) * 60 + second) * 1000 + milliseconds;
  const epochMs = Date.parse(text.slice(0, 10)) + timeOfDay;
  const earnedOn = zone.dateOf(epochMs);
  // An instant within hours of either end may be a day of 1899 or 3000 in UTC or in the book zone.
  if (epochMs < FIRST_MS || epochMs >= END_MS || parseCalendarDate(earnedOn) === null) return refused(text);
  // Most files have whole seconds in UTC: that text is its own normal form, and making it again is slow.
  const isNormal = text.length === 20 && text.endsWith('Z') && text.charAt(10) === 'T';
  return { ok: true, earnedAt: isNormal ? text : instantText(epochMs), earnedOn };
}

/** ISO 8601 UTC, without a fraction where the milliseconds are zero. */
function instantText(epochMs: number): string {
  const text = new Date(epochMs).toISOString();
  return epochMs % 1000 === 0 ? `${text.slice(0, 19)}Z` : text;
}

/** How many minutes a designator (`Z`, `+02:00`, `+0200`, `+02`) is ahead of UTC; null if no place is. */
function offsetInMinutes(designator: string): number | null {
  if (designator.length === 1) return 0;
  const behind = designator.startsWith('-');
  const minutes = Number(designator.slice(3).replace(':', ''));
  const size = Number(designator.slice(1, 3)) * 60 + minutes;
  if (minutes > 59 || size > (behind ? MINUTES_BEHIND : MINUTES_AHEAD)) return null;
  return behind ? -size : size;
}

function refused(text: string): ParsedEarnedAt {
  const remedy = 'write 2026-10-31, or 2026-10-31T22:59:59Z with a time and its zone';
  if (text.trim() === '') return { ok: false, message: `The date is empty; ${remedy}.` };
  const looksLikeDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:$|[Tt ])/.test(text);
  if (looksLikeDate && parseCalendarDate(text.slice(0, 10)) === null) {
    return no(text, `is not a day of the calendar from 1900 to 2999; ${remedy}`);
  }
  return no(text, `is not a date that payrun reads; ${remedy}`);
}

function no(text: string, why: string): ParsedEarnedAt {
  return { ok: false, message: `${quoted(text)} ${why}.` };
}

/** The value as given, cut so that a cell of megabytes does not become a message of megabytes. */
function quoted(text: string): string {
  return text.length <= 40 ? `"${text}"` : `"${text.slice(0, 40)}..."`;
}
