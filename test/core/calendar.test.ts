import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as calendar from '../../src/core/calendar.js';

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const monthLength = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
const textOf = (year: number, month: number, day: number): string =>
  [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');

/** The next day by plain counting, without any date library. */
function nextDay(date: string): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  if (day < monthLength(year, month)) return textOf(year, month, day + 1);
  return month < 12 ? textOf(year, month + 1, 1) : textOf(year + 1, 1, 1);
}

const anyDay = fc
  .tuple(fc.integer({ min: 1900, max: 2999 }), fc.integer({ min: 1, max: 12 }), fc.nat({ max: 30 }))
  .map(([year, month, day]) => textOf(year, month, 1 + (day % monthLength(year, month))));

describe('parseCalendarDate', () => {
  test.each(['2026-10-31', '2024-02-29', '2000-02-29', '1900-01-01', '2999-12-31'])('%s is a day', (text) => {
    expect(calendar.parseCalendarDate(text)).toBe(text);
  });

  test.each([
    '2026-02-30',
    '2026-02-29',
    '1900-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-10-00',
    '2026-10-32',
    '1899-12-31',
    '3000-01-01',
    '2026-1-1',
    '26-01-01',
    '20261031',
    '31.10.2026',
    '10/31/2026',
    '2026-10-31T00:00:00Z',
    ' 2026-10-31',
    '2026-10-31\n',
    '+02026-10-31',
    '٢٠٢٦-10-31',
    '',
  ])('%j is none', (text) => {
    expect(calendar.parseCalendarDate(text)).toBeNull();
  });

  test('exactly the real days of any year are days', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1890, max: 3010 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const text = textOf(year, month, day);
          const real =
            year >= 1900 &&
            year <= 2999 &&
            month >= 1 &&
            month <= 12 &&
            day >= 1 &&
            day <= monthLength(year, month);
          expect(calendar.parseCalendarDate(text)).toBe(real ? text : null);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('calendar arithmetic', () => {
  test('a day follows a day by plain counting, over leap days and clock changes', () => {
    let counted = '2023-12-28';
    for (let step = 1; step <= 800; step++) {
      counted = nextDay(counted);
      expect(calendar.addDays('2023-12-28', step)).toBe(counted);
      expect(calendar.addDays(counted, -step)).toBe('2023-12-28');
      expect(calendar.dayOfWeek(counted)).toBe(((3 + step) % 7) + 1);
    }
  });

  test('days added one after the other are days added at once', () => {
    fc.assert(
      fc.property(
        anyDay,
        fc.integer({ min: -400, max: 400 }),
        fc.integer({ min: -400, max: 400 }),
        (day, a, b) => {
          expect(calendar.addDays(calendar.addDays(day, a), b)).toBe(calendar.addDays(day, a + b));
        },
      ),
    );
  });

  test('every day lies in its own week, month, quarter and year, whose ends touch the next', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const spans: [string, string, (date: string) => string][] = [
          [calendar.startOfWeek(day), calendar.endOfWeek(day), calendar.startOfWeek],
          [calendar.startOfMonth(day), calendar.endOfMonth(day), calendar.startOfMonth],
          [calendar.startOfQuarter(day), calendar.endOfQuarter(day), calendar.startOfQuarter],
          [calendar.startOfYear(day), calendar.endOfYear(day), calendar.startOfYear],
        ];
        for (const [first, last, startOf] of spans) {
          expect(first <= day && day <= last).toBe(true);
          expect(startOf(last)).toBe(first);
          expect(startOf(nextDay(last))).toBe(nextDay(last));
        }
        expect(calendar.dayOfWeek(calendar.startOfWeek(day))).toBe(1);
        expect(calendar.dayOfWeek(calendar.endOfWeek(day))).toBe(7);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-11-15', 2, '2027-01-15'],
    ['2026-01-01', -1, '2025-12-01'],
  ])('%s and %i months is %s', (date, count, expected) => {
    expect(calendar.addMonths(date, count)).toBe(expected);
  });

  test('a 30-day hold of 1 May ends on 31 May', () => {
    expect(calendar.addDays('2026-05-01', 30)).toBe('2026-05-31');
  });

  test('a million additions on few distinct days are quick', () => {
    const started = performance.now();
    for (let i = 0; i < 1_000_000; i++) calendar.addDays(`2026-10-${10 + (i % 20)}`, 30);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
