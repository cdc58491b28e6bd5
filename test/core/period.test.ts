import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../src/core/calendar.js';
import { UsageError } from '../../src/core/errors.js';
import { describeRange, NAMED_PERIODS, parseDay, parsePeriod, rangeOf } from '../../src/core/period.js';

const TODAY = '2026-11-22'; // a Sunday

const anyDay = fc.integer({ min: 0, max: 200_000 }).map((days) => addDays('1950-01-01', days));

describe('parsePeriod', () => {
  test.each([
    ['last-month', '2026-10-01', '2026-10-31', 'October 2026 (1 to 31 October 2026)'],
    ['this-month', '2026-11-01', '2026-11-30', 'November 2026 (1 to 30 November 2026)'],
    ['last-week', '2026-11-09', '2026-11-15', '9 to 15 November 2026'],
    ['this-week', '2026-11-16', '2026-11-22', '16 to 22 November 2026'],
    ['last-quarter', '2026-07-01', '2026-09-30', 'Q3 2026 (1 July to 30 September 2026)'],
    ['this-quarter', '2026-10-01', '2026-12-31', 'Q4 2026 (1 October to 31 December 2026)'],
    ['last-year', '2025-01-01', '2025-12-31', '2025 (1 January to 31 December 2025)'],
    ['this-year', '2026-01-01', '2026-12-31', '2026 (1 January to 31 December 2026)'],
    ['2026-02', '2026-02-01', '2026-02-28', 'February 2026 (1 to 28 February 2026)'],
    ['2024-02', '2024-02-01', '2024-02-29', 'February 2024 (1 to 29 February 2024)'],
    ['2026-Q3', '2026-07-01', '2026-09-30', 'Q3 2026 (1 July to 30 September 2026)'],
    ['2026-q1', '2026-01-01', '2026-03-31', 'Q1 2026 (1 January to 31 March 2026)'],
    ['2026', '2026-01-01', '2026-12-31', '2026 (1 January to 31 December 2026)'],
    ['2026-10-05..2026-10-20', '2026-10-05', '2026-10-20', '5 to 20 October 2026'],
    ['2026-09-28..2026-10-04', '2026-09-28', '2026-10-04', '28 September to 4 October 2026'],
    ['2025-12-29..2026-01-04', '2025-12-29', '2026-01-04', '29 December 2025 to 4 January 2026'],
    ['2026-10-05..2026-10-05', '2026-10-05', '2026-10-05', '5 October 2026'],
    ['2026-10-05 .. 2026-10-20', '2026-10-05', '2026-10-20', '5 to 20 October 2026'],
    [' Last-Month ', '2026-10-01', '2026-10-31', 'October 2026 (1 to 31 October 2026)'],
  ])('on 22 November 2026 %j is %s to %s, told as %j', (text, from, to, told) => {
    const range = parsePeriod(text, TODAY);
    expect(range).toEqual({ from, to });
    expect(describeRange(range)).toBe(told);
  });

  test.each([
    ['2026-01-31', 'last-month', '2025-12-01', '2025-12-31'],
    ['2026-03-31', 'last-month', '2026-02-01', '2026-02-28'],
    ['2026-02-15', 'last-quarter', '2025-10-01', '2025-12-31'],
    ['2026-11-23', 'last-week', '2026-11-16', '2026-11-22'],
    ['2026-01-01', 'this-week', '2025-12-29', '2026-01-04'],
    ['2024-02-29', 'last-year', '2023-01-01', '2023-12-31'],
  ])('on %s %s is %s to %s', (today, text, from, to) => {
    expect(parsePeriod(text, today)).toEqual({ from, to });
  });

  test.each([
    '',
    'month',
    'last month',
    '2026-13',
    '2026-00',
    '2026-Q5',
    '2026-Q0',
    '1899',
    '3000',
    '26',
    '2026-10-05',
    '2026-1',
    'yesterday',
  ])('%j is refused with all the forms named', (text) => {
    expect(() => parsePeriod(text, TODAY)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `"${text}" is not a period.`,
        hint: `Use ${NAMED_PERIODS.join(', ')}, or 2026-10, 2026-Q3, 2026, 2026-10-05..2026-10-20.`,
      }),
    );
  });

  test('a range that ends before it starts is refused with the two swapped', () => {
    expect(() => parsePeriod('2026-10-20..2026-10-05', TODAY)).toThrow(
      expect.objectContaining({
        message: 'The range starts on 2026-10-20, after its end on 2026-10-05.',
        hint: 'Swap them: 2026-10-05..2026-10-20.',
      }),
    );
  });

  test.each([
    '2026-02-30..2026-03-01',
    '2026-02-01..2026-02-29',
    '2026-10..2026-11',
    '2026-10-01..2026-10-02..2026-10-03',
  ])('%s is refused for the day that is none', (text) => {
    expect(() => parsePeriod(text, TODAY)).toThrow(/is not a day of the calendar/);
  });

  test('whatever today is, a "last" period ends the day before its "this" period, which holds today', () => {
    fc.assert(
      fc.property(anyDay, fc.constantFrom('month', 'week', 'quarter', 'year'), (today, unit) => {
        const current = parsePeriod(`this-${unit}`, today);
        const last = parsePeriod(`last-${unit}`, today);
        expect(current.from <= today && today <= current.to).toBe(true);
        expect(addDays(last.to, 1)).toBe(current.from);
        expect(parsePeriod(`this-${unit}`, last.from)).toEqual(last);
      }),
    );
  });

  test('any two days in order are a range, and any text at all is read or is a usage error', () => {
    fc.assert(
      fc.property(anyDay, anyDay, fc.string(), (a, b, text) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        expect(parsePeriod(`${from}..${to}`, TODAY)).toEqual({ from, to });
        try {
          const range = parsePeriod(text, TODAY);
          expect(range.from <= range.to).toBe(true);
        } catch (error) {
          // eslint-disable-next-line jest/no-conditional-expect
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe('days given one by one', () => {
  test('two days are a range with both ends', () => {
    expect(rangeOf('2026-10-01', '2026-10-31')).toEqual({ from: '2026-10-01', to: '2026-10-31' });
  });

  test('a day that is none is refused with an example', () => {
    expect(() => parseDay('31.10.2026')).toThrow(
      expect.objectContaining({
        message: '"31.10.2026" is not a day of the calendar.',
        hint: 'Write year, month and day, such as 2026-10-31.',
      }),
    );
  });
});
