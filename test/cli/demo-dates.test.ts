import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { monthsToShift, sampleOn, shiftDates } from '../../src/cli/demo/dates.js';
import { addDays, endOfMonth, parseCalendarDate, startOfMonth } from '../../src/core/calendar.js';
import { BookZone, parseEarnedAt } from '../../src/core/time-zone.js';

const sample = readFileSync(new URL('../../data/demo/commissions.csv', import.meta.url), 'utf8');
const berlin = new BookZone('Europe/Berlin');

interface Row {
  readonly earnedAt: string;
  readonly availableOn: string;
}

/** The dates of a file none of whose first eight columns is ever quoted. */
function rowsOf(csv: string): Row[] {
  const lines = csv.trimEnd().split('\n').slice(1);
  return lines.map((line) => {
    const cells = line.split(',');
    return { earnedAt: cells[2] ?? '', availableOn: cells[7] ?? '' };
  });
}

describe('the dates of the demo', () => {
  test.each([
    ['2026-02-01', 0],
    ['2026-02-28', 0],
    ['2026-03-01', 1],
    ['2026-01-31', -1],
    ['2028-02-29', 24],
    ['2025-02-10', -12],
  ])('on %s the sample moves by %i months', (today, months) => {
    expect(monthsToShift(today)).toBe(months);
  });

  test.each([
    ['a day keeps its number', '2026-01-15', 1, '2026-02-15'],
    ['the 31st becomes the last day of a shorter month', '2026-01-31', 1, '2026-02-28'],
    ['the 31st becomes the leap day', '2026-01-31', 25, '2028-02-29'],
    [
      'the time and the offset of an instant stay',
      '2026-01-31T23:59:59+09:00',
      3,
      '2026-04-30T23:59:59+09:00',
    ],
    ['every date in a row moves', 'x,2025-12-03,,2026-03-12', 2, 'x,2026-02-03,,2026-05-12'],
    ['a longer number is no date', '12026-01-315,2026-01-31-7', 1, '12026-01-315,2026-01-31-7'],
    ['what is no day of the calendar stays', '2026-02-30', 1, '2026-02-30'],
  ])('%s', (_title, text, months, shifted) => {
    expect(shiftDates(text, months)).toBe(shifted);
  });

  test('a date moved by n months is in the nth month after its own, whatever both months are', () => {
    const day = fc.integer({ min: 0, max: 20_000 }).map((count) => addDays('2000-01-01', count));
    fc.assert(
      fc.property(day, fc.integer({ min: -300, max: 600 }), (date, months) => {
        const shifted = shiftDates(date, months);
        expect(parseCalendarDate(shifted)).toBe(shifted);
        expect(monthsToShift(shifted) - monthsToShift(date)).toBe(months);
        expect(shifted === endOfMonth(shifted) || shifted.slice(8) === date.slice(8)).toBe(true);
      }),
    );
  });

  test('on every day of two years, a leap year among them, the sample can be read and ends yesterday', () => {
    for (let today = '2027-07-01'; today < '2029-07-01'; today = addDays(today, 5)) {
      const rows = rowsOf(sampleOn(sample, today));
      const lastMonth = startOfMonth(addDays(startOfMonth(today), -1)).slice(0, 7);
      const days = new Set(rows.map((row) => row.earnedAt));
      const unread = [...days].filter((earnedAt) => !parseEarnedAt(earnedAt, berlin).ok);
      expect([today, unread]).toEqual([today, []]);
      expect(rows.every((row) => row.earnedAt < today)).toBe(true);
      expect(rows.filter((row) => row.earnedAt.startsWith(lastMonth)).length).toBeGreaterThan(700);
      const holds = rows.map((row) => row.availableOn).filter((date) => date !== '');
      expect(holds.every((date) => parseCalendarDate(date) !== null && date > endOfMonth(today))).toBe(true);
    }
  });

  test('only rows of this month that lie ahead are left out, and the header stays', () => {
    const all = sampleOn(sample, '2026-03-31').split('\n').length;
    const early = sampleOn(sample, '2026-03-01');
    expect(all).toBe(sample.split('\n').length);
    expect(early.split('\n')[0]).toBe(sample.split('\n')[0]);
    expect(all - early.split('\n').length).toBe(
      sample.split('\n').filter((line) => /^cm_\d+,aff_\d+,2026-02/.test(line)).length,
    );
  });
});
