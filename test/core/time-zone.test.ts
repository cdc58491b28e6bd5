import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/core/errors.js';
import { BookZone, isTimeZone, parseEarnedAt } from '../../src/core/time-zone.js';

const BOOK_ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Los_Angeles',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Pacific/Apia',
];
/** The day by asking Intl about this very instant, with nothing remembered. */
function dayByIntl(epochMs: number, timeZone: string): string {
  const options = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const parts = new Intl.DateTimeFormat('en-US', options).formatToParts(epochMs);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}`;
}

describe('isTimeZone', () => {
  test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata', 'Etc/GMT+2'])(
    '%s is one',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  test.each(['+02:00', '-0530', 'Europe/Atlantis', 'Berlin', '', ' UTC', 'UTC\n', '02'])(
    '%j is none',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
      expect(() => new BookZone(name)).toThrow(UsageError);
    },
  );
});

describe('BookZone', () => {
  test.each([
    ['Europe/Berlin', '2026-10-31T22:59:59Z', '2026-10-31'],
    ['Europe/Berlin', '2026-10-31T23:00:00Z', '2026-11-01'],
    ['Europe/Berlin', '2026-07-31T21:59:59Z', '2026-07-31'],
    ['Europe/Berlin', '2026-07-31T22:00:00Z', '2026-08-01'],
    ['America/Los_Angeles', '2026-11-01T06:59:59Z', '2026-10-31'],
    ['America/Los_Angeles', '2026-11-01T07:00:00Z', '2026-11-01'],
    ['Asia/Kolkata', '2026-10-31T18:29:59Z', '2026-10-31'],
    ['Asia/Kolkata', '2026-10-31T18:30:00Z', '2026-11-01'],
    ['Pacific/Kiritimati', '2026-10-31T09:59:59Z', '2026-10-31'],
    ['Pacific/Kiritimati', '2026-10-31T10:00:00Z', '2026-11-01'],
    ['Pacific/Pago_Pago', '2026-11-01T10:59:59Z', '2026-10-31'],
  ])('in %s %s is a moment of %s', (zone, instant, day) => {
    expect(new BookZone(zone).dateOf(Date.parse(instant))).toBe(day);
  });

  test('Newfoundland fell back over midnight, so 7 November 2010 began, stopped, and began again', () => {
    const zone = new BookZone('America/St_Johns');
    const days = ['02:29:59', '02:30:30', '02:31:00', '03:29:59', '03:30:00'].map((time) =>
      zone.dateOf(Date.parse(`2010-11-07T${time}Z`)),
    );
    expect(days).toEqual(['2010-11-06', '2010-11-07', '2010-11-06', '2010-11-06', '2010-11-07']);
  });

  test('Samoa had no 30 December 2011', () => {
    const zone = new BookZone('Pacific/Apia');
    expect(zone.dateOf(Date.parse('2011-12-30T09:59:59Z'))).toBe('2011-12-29');
    expect(zone.dateOf(Date.parse('2011-12-30T10:00:00Z'))).toBe('2011-12-31');
  });

  test('any instant from 1970 on has the day that Intl gives it, in any book zone', () => {
    const zones = new Map(BOOK_ZONES.map((name) => [name, new BookZone(name)]));
    const instant = fc.integer({ min: 0, max: Date.UTC(2060, 0, 1) });
    fc.assert(
      fc.property(fc.constantFrom(...BOOK_ZONES), instant, (book, epochMs) => {
        expect(zones.get(book)?.dateOf(epochMs)).toBe(dayByIntl(epochMs, book));
      }),
      { numRuns: 1000 },
    );
  });

  test.each(BOOK_ZONES)(
    'in %s every quarter hour of a year, clock changes too, has the day that Intl gives it',
    (name) => {
      const zone = new BookZone(name);
      const format = new Intl.DateTimeFormat('en-US', { timeZone: name, day: 'numeric' });
      const wrong: number[] = [];
      const end = Date.UTC(2027, 0, 2);
      for (let at = Date.UTC(2026, 0, 1) - 1; at < end; at += 900_000) {
        if (Number(zone.dateOf(at).slice(8)) !== Number(format.format(at))) wrong.push(at);
      }
      expect(wrong).toEqual([]);
    },
  );
});

describe('parseEarnedAt', () => {
  const berlin = new BookZone('Europe/Berlin');

  test.each([
    ['2026-10-31', '2026-10-31', '2026-10-31'],
    ['2026-10-31T22:59:59Z', '2026-10-31T22:59:59Z', '2026-10-31'],
    ['2026-10-31T22:59:59.999Z', '2026-10-31T22:59:59.999Z', '2026-10-31'],
    ['2026-10-31T22:59:59.9999999Z', '2026-10-31T22:59:59.999Z', '2026-10-31'],
    ['2026-10-31T23:00:00Z', '2026-10-31T23:00:00Z', '2026-11-01'],
    ['2026-10-31T23:00:00.000Z', '2026-10-31T23:00:00Z', '2026-11-01'],
    ['2026-10-31T23:00Z', '2026-10-31T23:00:00Z', '2026-11-01'],
    ['2026-10-31 23:59:59+01:00', '2026-10-31T22:59:59Z', '2026-10-31'],
    ['2026-10-31 23:59:59.5+0100', '2026-10-31T22:59:59.500Z', '2026-10-31'],
    ['2026-10-31t23:59:59+01', '2026-10-31T22:59:59Z', '2026-10-31'],
    ['2026-10-31T18:00:00-08:00', '2026-11-01T02:00:00Z', '2026-11-01'],
    ['2026-11-01T03:29:59+05:30', '2026-10-31T21:59:59Z', '2026-10-31'],
    ['2026-10-31T22:59:59z', '2026-10-31T22:59:59Z', '2026-10-31'],
    ['2026-10-31 22:59:59Z', '2026-10-31T22:59:59Z', '2026-10-31'],
  ])('%s is %s, earned on %s in Berlin', (text, earnedAt, earnedOn) => {
    expect(parseEarnedAt(text, berlin)).toEqual({ ok: true, earnedAt, earnedOn });
  });

  test('a bare date is that date in every book zone', () => {
    for (const name of BOOK_ZONES) {
      expect(parseEarnedAt('2026-10-31', new BookZone(name))).toMatchObject({ earnedOn: '2026-10-31' });
    }
  });

  test('23:59:59 on the 31st in the book zone is in that month and in no other', () => {
    for (const [name, offset] of [
      ['Pacific/Kiritimati', '+14:00'],
      ['Asia/Kathmandu', '+05:45'],
      ['UTC', '+00:00'],
      ['America/Los_Angeles', '-07:00'],
      ['Pacific/Pago_Pago', '-11:00'],
    ] as const) {
      const zone = new BookZone(name);
      expect(parseEarnedAt(`2026-10-31T23:59:59${offset}`, zone)).toMatchObject({ earnedOn: '2026-10-31' });
      expect(parseEarnedAt(`2026-11-01T00:00:00${offset}`, zone)).toMatchObject({ earnedOn: '2026-11-01' });
    }
  });

  test.each([
    ['2026-10-31T22:59:59', 'is a time without a zone; add Z for UTC, or an offset such as +02:00.'],
    ['2026-10-31 22:59', 'is a time without a zone; add Z for UTC, or an offset such as +02:00.'],
    ['2026-02-30', 'is not a day of the calendar from 1900 to 2999'],
    ['2026-02-30T10:00:00Z', 'is not a day of the calendar from 1900 to 2999'],
    ['2026-10-31T24:00:00Z', 'has a time that does not exist'],
    ['2026-10-31T23:60:00Z', 'has a time that does not exist'],
    ['2026-10-31T23:59:60Z', 'has a time that does not exist'],
    ['2026-10-31T10:00:00+15:00', 'has an offset that no place has'],
    ['2026-10-31T10:00:00-12:30', 'has an offset that no place has'],
    ['2026-10-31T10:00:00+02:60', 'has an offset that no place has'],
    ['31.10.2026', 'is not a date that payrun reads; write 2026-10-31'],
    ['1793487599', 'is not a date that payrun reads'],
    ['2026-10-31T10Z', 'is not a date that payrun reads'],
    ['2026-10-31  10:00:00Z', 'is not a date that payrun reads'],
    ['1900-01-01T00:00:00+01:00', 'is not a date that payrun reads'],
    ['2999-12-31T23:59:59Z', 'is not a date that payrun reads'],
  ])('%s is refused: it %s', (text, why) => {
    const parsed = parseEarnedAt(text, berlin);
    expect(parsed).toMatchObject({ ok: false });
    expect(parsed.ok ? '' : parsed.message).toContain(`"${text}" ${why}`);
  });

  test('an empty text is refused as empty', () => {
    expect(parseEarnedAt('', berlin)).toMatchObject({
      ok: false,
      message: expect.stringContaining('The date is empty'),
    });
  });

  test('any text at all is answered and never thrown, with a short message', () => {
    const nearly = fc.string({
      unit: fc.constantFrom('0', '1', '2', '9', '-', ':', 'T', ' ', '.', 'Z', '+'),
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearly), (text) => {
        const parsed = parseEarnedAt(text, berlin);
        expect(parsed.ok || parsed.message.length < 200).toBe(true);
      }),
    );
  });

  test('what is normalised reads again as itself', () => {
    const instant = fc.integer({ min: Date.UTC(1901, 0, 1), max: Date.UTC(2999, 0, 1) });
    fc.assert(
      fc.property(instant, fc.integer({ min: -12 * 60, max: 14 * 60 }), (epochMs, offset) => {
        const local = new Date(epochMs + offset * 60_000).toISOString().slice(0, -1);
        const pad = (count: number): string => String(count).padStart(2, '0');
        const size = Math.abs(offset);
        const text = `${local}${offset < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
        const parsed = parseEarnedAt(text, berlin);
        if (!parsed.ok) throw new Error(parsed.message);
        expect(Date.parse(parsed.earnedAt)).toBe(epochMs);
        expect(parseEarnedAt(parsed.earnedAt, berlin)).toEqual(parsed);
      }),
    );
  });
});
