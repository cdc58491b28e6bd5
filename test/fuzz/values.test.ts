/* eslint-disable jest/no-conditional-expect -- what is expected depends on what was drawn */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { currencyCodes, minorUnits } from '../../src/core/currencies.js';
import { PayrunError } from '../../src/core/errors.js';
import { formatAmount, formatAmountForScreen, parseAmount } from '../../src/core/money.js';
import { parsePattern, seriesOf } from '../../src/core/numbering.js';
import { parseDay, parsePeriod } from '../../src/core/period.js';
import { runId, runNumber } from '../../src/core/run.js';
import { findSetting, settingDefinitions } from '../../src/core/settings.js';
import { BookZone, isTimeZone, parseEarnedAt } from '../../src/core/time-zone.js';
import { tries, TIMEOUT_MS } from './cases.js';
import { isDay, plainDecimal } from './plain-csv.js';
import { badAmount, badDate, goodAmount, goodDate, nasty } from './texts.js';

const TODAY = '2026-11-22';

/** What a parser says; undefined where it refuses with a sentence of its own. Anything else is a fault. */
function taken<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PayrunError && error.code === 'usage' && error.message !== '') return undefined;
    throw error;
  }
}

/** Every text within one change of a good one, and texts that are far from it. */
function around(good: fc.Arbitrary<string>, bad: fc.Arbitrary<string> = nasty): fc.Arbitrary<string> {
  const changed = fc
    .tuple(
      good,
      fc.nat(40),
      fc.nat(2),
      fc.oneof(nasty, fc.constantFrom(...Array.from('0123456789-+.,:TZ {}eE\u0660\uff10'))),
    )
    .map(([one, at, cut, put]) => one.slice(0, at) + put + one.slice(at + cut));
  return fc.oneof(good, bad, nasty, changed);
}

function holds<Ts extends [unknown, ...unknown[]]>(
  count: number,
  arbitraries: { [K in keyof Ts]: fc.Arbitrary<Ts[K]> },
  predicate: (...values: Ts) => void,
): void {
  const property: fc.IProperty<Ts> = fc.property(...arbitraries, predicate);
  fc.assert(property, tries(count));
}

const currency = fc.constantFrom('USD', 'JPY', 'BHD', 'HUF', ...currencyCodes());

describe('whatever a value says', () => {
  test(
    'an amount is taken exactly where it is a plain decimal, and printed it is the same again',
    () => {
      holds(
        5000,
        [
          around(
            fc.oneof(
              goodAmount,
              goodAmount.map((one) => `-${one}`),
            ),
            badAmount,
          ),
          currency,
        ],
        (text, code) => {
          const parsed = parseAmount(text, code);
          const plain = plainDecimal(text, minorUnits(code));
          const digits = (plain ?? '').replace(/[-.]/g, '').replace(/^0+/, '').length;
          expect(parsed.ok).toBe(plain !== null && digits <= 15);
          if (!parsed.ok) {
            expect(parsed.message.length).toBeLessThan(400);
            return;
          }
          expect(formatAmount(parsed.minor, code)).toBe(plain);
          expect(formatAmountForScreen(parsed.minor, code).replaceAll(',', '')).toBe(plain);
        },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'a day is taken exactly where it is one of the calendar',
    () => {
      holds(4000, [around(goodDate, badDate)], (text) => {
        const day = taken(() => parseDay(text));
        expect(day).toBe(isDay(text.trim()) ? text.trim() : undefined);
      });
    },
    TIMEOUT_MS,
  );

  test(
    'a period that is taken is one range of days, and says the same when it is written as that range',
    () => {
      const written = fc.oneof(
        fc.constantFrom('last-month', 'this-week', 'Last-Quarter', 'this-year', 'last-wee\u212a'),
        fc
          .tuple(fc.integer({ min: 1890, max: 3010 }), fc.integer({ min: 0, max: 14 }))
          .map(([year, month]) => `${year}-${String(month).padStart(2, '0')}`),
        fc
          .tuple(fc.integer({ min: 1890, max: 3010 }), fc.integer({ min: 0, max: 5 }))
          .map(([year, quarter]) => `${year}-Q${quarter}`),
        fc.integer({ min: 0, max: 20_000 }).map(String),
        fc
          .tuple(
            goodDate,
            fc.constantFrom('..', ' .. ', '...', '-', ' ', ' to '),
            fc.oneof(goodDate, badDate),
          )
          .map((parts) => parts.join('')),
      );
      holds(4000, [around(written)], (text) => {
        const range = taken(() => parsePeriod(text, TODAY));
        if (range === undefined) return;
        const said = text.trim().toUpperCase();
        const { from, to } = range;
        expect([isDay(from), isDay(to), from <= to]).toEqual([true, true, true]);
        expect(parsePeriod(`${from}..${to}`, TODAY)).toEqual(range);
        if (/^[0-9]/.test(said)) {
          expect(from.startsWith(said.slice(0, 4))).toBe(true);
          if (/^[0-9]{4}$/.test(said)) expect(range).toEqual({ from: `${said}-01-01`, to: `${said}-12-31` });
          else if (/^[0-9]{4}-[0-9]{2}$/.test(said))
            expect([from, to.slice(0, 7)]).toEqual([`${said}-01`, said]);
          else if (/^[0-9]{4}-Q[1-4]$/.test(said))
            expect(Number(to.slice(5, 7))).toBe(3 * Number(said.slice(-1)));
          else expect(said.replaceAll(/\s/g, '')).toBe(`${from}..${to}`);
        } else {
          expect(said).toMatch(/^(?:LAST|THIS)-(?:WEEK|MONTH|QUARTER|YEAR)$/);
        }
      });
    },
    TIMEOUT_MS,
  );

  test(
    'a moment of earning is the instant that it says, and its day the one in the book zone',
    () => {
      const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Kiritimati', 'Asia/Kathmandu'].map(
        (name) => new BookZone(name),
      );
      const moment = fc
        .tuple(
          goodDate,
          fc.constantFrom('T00:00', 'T23:59:59.999', ' 10:20:30', 't03:00:00.123456789'),
          fc.constantFrom('', 'Z', 'z', '+02:00', '-1130', '+14', '+14:01', '-12:01'),
        )
        .map((parts) => parts.join(''));
      holds(4000, [around(fc.oneof(goodDate, moment), badDate), fc.constantFrom(...zones)], (text, zone) => {
        const parsed = parseEarnedAt(text, zone);
        if (!parsed.ok) {
          expect(parsed.message.length).toBeLessThan(400);
          return;
        }
        expect(isDay(parsed.earnedOn)).toBe(true);
        if (isDay(text)) {
          expect(parsed).toEqual({ ok: true, earnedAt: text, earnedOn: text });
          return;
        }
        const offset = /([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)$/.exec(text)?.[1] ?? 'none';
        const whole =
          offset.toUpperCase() === 'Z'
            ? 'Z'
            : `${offset.slice(0, 3)}:${offset.replace(':', '').slice(3) || '00'}`;
        const iso = `${text.slice(0, 10)}T${text.slice(11, text.length - offset.length).replace(/(\.[0-9]{3})[0-9]+$/, '$1')}${whole}`;
        const instant = Date.parse(iso);
        expect(Date.parse(parsed.earnedAt)).toBe(instant);
        const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone.name, dateStyle: 'short' }).format(
          instant,
        );
        expect(parsed.earnedOn).toBe(parts);
      });
    },
    TIMEOUT_MS,
  );

  test(
    'a pattern that is taken never gives one number twice, nor one that is no single word',
    () => {
      const piece = fc.constantFrom(
        '{SEQ}',
        '{SEQ:6}',
        '{YYYY}',
        '{YY}',
        '{MM}',
        '{AFFILIATE}',
        '-',
        '/',
        '1',
        'A',
        '.',
        '#',
        '{',
        '}',
        ':',
      );
      const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
      holds(
        4000,
        [around(pattern), fc.array(fc.tuple(goodDate, fc.nat(2000)), { minLength: 2, maxLength: 8 })],
        (text, issued) => {
          const parsed = taken(() => parsePattern(text));
          if (parsed === undefined) return;
          expect(parsePattern(parsed.text)).toEqual(parsed);
          const numbers = new Map<string, string>();
          for (const [day, count] of issued) {
            const { prefix, suffix, width } = seriesOf(parsed, day);
            const number = `${prefix}${String(count + 1).padStart(width, '0')}${suffix}`;
            const which = JSON.stringify([prefix, suffix, count]);
            expect(numbers.get(number) ?? which).toBe(which);
            numbers.set(number, which);
            expect(number.replaceAll('{AFFILIATE}', 'a')).toMatch(/^[A-Za-z0-9][A-Za-z0-9\-_/.#:]*$/);
          }
        },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'a setting that is taken stands as one line of text that says the same when it is set again',
    () => {
      const key = around(
        fc.constantFrom(...settingDefinitions().map((one) => one.key), 'minimum.usd', 'minimum.JPY'),
      );
      const value = around(
        fc.constantFrom(
          '30',
          'none',
          '50.00',
          'after-hold',
          'weekly',
          'Europe/Berlin',
          'utc',
          'USD',
          'eur',
          'DE',
          'Acme',
          'COBADEFFXXX',
          'de89 3704 0044 0532 0130 00',
          'X-{SEQ}',
          '6200',
        ),
        fc.constantFrom(
          'u\u017fd',
          '\ufb01',
          'wee\u212aly',
          '\u0130',
          'CET',
          'GMT+2',
          '+01:00',
          'EST5EDT',
          'Etc/GMT-14',
          'europe/kiev',
        ),
      );
      holds(1500, [key, value], (name, text) => {
        const definition = taken(() => findSetting(name));
        if (definition === undefined) return;
        expect(findSetting(definition.key).key).toBe(definition.key);
        const stands = taken(() => definition.parse(text));
        if (stands === undefined) return;
        expect(definition.parse(stands)).toBe(stands);
        expect(stands).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
        const plain = (one: string): string =>
          one.replaceAll(/[\s.0]/g, '').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
        expect(plain(stands)).toBe(plain(text));
        if (definition.key === 'timezone') expect(isTimeZone(stands)).toBe(true);
      });
    },
    TIMEOUT_MS,
  );

  test(
    'the id of a run is a number, and the same number again',
    () => {
      const id = fc
        .bigInt({ min: 1n, max: 10n ** 19n })
        .chain((number) => fc.constantFrom(runId(number), `r${number}`, `R-${number}`, `${number}`));
      holds(2000, [around(id)], (text) => {
        const number = taken(() => runNumber(text));
        if (number === undefined) return;
        expect(runNumber(runId(number))).toBe(number);
        expect(text.trim().replace(/^(r-?)?0*/i, '')).toBe(String(number));
      });
    },
    TIMEOUT_MS,
  );
});
