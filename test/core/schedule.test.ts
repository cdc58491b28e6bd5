import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, dayOfWeek } from '../../src/core/calendar.js';
import { dayWithWeekday } from '../../src/core/period.js';
import { dueSlots, nextSlot, nextSlots, slotToRun, type ScheduleFacts } from '../../src/core/schedule.js';

const anyDay = fc.integer({ min: 0, max: 200_000 }).map((days) => addDays('1950-01-01', days));

const facts = (rest: Partial<ScheduleFacts> & { readonly done?: readonly string[] }): ScheduleFacts => ({
  frequency: 'monthly',
  since: '2026-09-10',
  today: '2026-12-03',
  recorded: new Set(rest.done ?? []),
  ...rest,
});

describe('nextSlot', () => {
  test.each([
    ['off', '2026-11-22', null],
    ['weekly', '2026-11-22', '2026-11-23'],
    ['weekly', '2026-11-23', '2026-11-23'],
    ['weekly', '2026-11-24', '2026-11-30'],
    ['monthly', '2026-11-22', '2026-12-01'],
    ['monthly', '2026-12-01', '2026-12-01'],
    ['monthly', '2026-12-02', '2027-01-01'],
    ['monthly', '2026-01-31', '2026-02-01'],
  ] as const)('%s on %s is %s', (frequency, today, slot) => {
    expect(nextSlot(frequency, today)).toBe(slot);
  });

  test('the weekly slot is the first Monday from today on', () => {
    fc.assert(
      fc.property(anyDay, (today) => {
        const slot = nextSlot('weekly', today) ?? '';
        expect(dayOfWeek(slot)).toBe(1);
        expect(slot >= today && slot <= addDays(today, 6)).toBe(true);
      }),
    );
  });
});

describe('slots', () => {
  test.each([
    ['count from the day on which the schedule was set', {}, ['2026-10-01', '2026-11-01', '2026-12-01']],
    ['include that day if it is one', { since: '2026-12-01' }, ['2026-12-01']],
    ['include today if it is one', { since: '2026-11-02', today: '2026-12-01' }, ['2026-12-01']],
    ['are none before the first', { since: '2026-12-02' }, []],
    ['are none without a schedule', { frequency: 'off' }, []],
    ['are none where the default stands', { frequency: 'off', since: null }, []],
    ['are due until they are dealt with', { done: ['2026-10-01', '2026-11-01'] }, ['2026-12-01']],
    ['are not due twice', { done: ['2026-10-01', '2026-11-01', '2026-12-01'] }, []],
    ['dealt with weekly are not due monthly', { since: '2026-12-01', done: ['2026-12-01'] }, []],
    ['are none when the clock is before the setting', { today: '2026-09-01' }, []],
    ['weekly are Mondays', { frequency: 'weekly', since: '2026-11-23' }, ['2026-11-23', '2026-11-30']],
  ] as const)('%s', (_title, rest, due) => {
    expect(dueSlots(facts(rest))).toEqual(due);
  });

  test('to come begin with today while it is not dealt with, and never before the setting', () => {
    const today = { today: '2026-12-01' };
    expect(nextSlots(facts(today), 3)).toEqual(['2026-12-01', '2027-01-01', '2027-02-01']);
    expect(nextSlots(facts({ ...today, done: ['2026-12-01'] }), 2)).toEqual(['2027-01-01', '2027-02-01']);
    expect(nextSlots(facts({ since: '2027-03-05' }), 2)).toEqual(['2027-04-01', '2027-05-01']);
    expect(nextSlots(facts({ frequency: 'off' }), 5)).toEqual([]);
  });

  test('the one to run is the last that is due, else the next to come', () => {
    expect(slotToRun(facts({}))).toBe('2026-12-01');
    expect(slotToRun(facts({ since: '2026-12-02' }))).toBe('2027-01-01');
    expect(slotToRun(facts({ frequency: 'off' }))).toBeNull();
  });

  test('are dealt with once each up to the latest call, however the clock moves', () => {
    fc.assert(
      fc.property(
        anyDay,
        fc.constantFrom('weekly' as const, 'monthly' as const),
        fc.array(fc.integer({ min: -20, max: 90 }), { minLength: 1, maxLength: 12 }),
        (since, frequency, moves) => {
          const dealtWith: string[] = [];
          let today = since;
          let latest = since;
          for (const days of moves) {
            dealtWith.push(...dueSlots({ frequency, since, today, recorded: new Set(dealtWith) }));
            if (today > latest) latest = today;
            today = addDays(today, days);
          }
          const slots: string[] = [];
          for (let day = since; day <= latest; day = addDays(day, 1)) {
            if (frequency === 'weekly' ? dayOfWeek(day) === 1 : day.endsWith('-01')) slots.push(day);
          }
          expect(dealtWith.sort()).toEqual(slots);
        },
      ),
    );
  });
});

test('a day is told with its weekday', () => {
  expect([dayWithWeekday('2026-11-22'), dayWithWeekday('2026-11-23')]).toEqual([
    'Sunday, 2026-11-22',
    'Monday, 2026-11-23',
  ]);
});
