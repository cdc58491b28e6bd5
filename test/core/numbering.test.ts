import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  DEFAULT_CREDIT_NOTE_PATTERN,
  DEFAULT_INVOICE_PATTERN,
  parsePattern,
  patternsClash,
  seriesOf,
  type NumberSeries,
} from '../../src/core/numbering.js';

/** The nth number of a series, as the ledger makes it by SQL. */
function renderNumber(series: NumberSeries, n: bigint | number, affiliateId: string): string {
  const fill = (part: string): string => part.replaceAll('{AFFILIATE}', () => affiliateId);
  return fill(series.prefix) + n.toString().padStart(series.width, '0') + fill(series.suffix);
}

const numberOf = (pattern: string, issuedOn: string, n: number, affiliateId = 'aff_1'): string =>
  renderNumber(seriesOf(parsePattern(pattern), issuedOn), n, affiliateId);

describe('number patterns', () => {
  test.each([
    [DEFAULT_INVOICE_PATTERN, 1, 'INV-2026-000001'],
    [DEFAULT_CREDIT_NOTE_PATTERN, 42, 'CN-2026-000042'],
    ['INV-{YYYY}-{SEQ:6}', 1234567, 'INV-2026-1234567'],
    ['{SEQ}', 7, '7'],
    ['{SEQ:12}', 7, '000000000007'],
    ['{YY}{MM}-{SEQ:4}', 7, '2610-0007'],
    ['{SEQ:4}/{MM}/{YYYY}', 7, '0007/10/2026'],
    ['SB.{AFFILIATE}.{YYYY}.{SEQ:3}', 7, 'SB.aff_1.2026.007'],
    ['R{SEQ:3}-{AFFILIATE}', 7, 'R007-aff_1'],
    ['INV1{SEQ:3}', 7, 'INV1007'],
  ])('%s gives number %i as %s on 5 October 2026', (pattern, n, number) => {
    expect(numberOf(pattern, '2026-10-05', n)).toBe(number);
  });

  test('the series has its date filled in and the affiliate left open', () => {
    expect(seriesOf(parsePattern('A{YYYY}-{AFFILIATE}-{SEQ:5}/{MM}'), '2026-10-05')).toEqual({
      prefix: 'A2026-{AFFILIATE}-',
      suffix: '/10',
      width: 5,
    });
  });

  test('an id with marks of a replacement or a placeholder is taken as it is', () => {
    expect(numberOf('{AFFILIATE}-{SEQ}', '2026-10-05', 1, "$&$'{YYYY}")).toBe("$&$'{YYYY}-1");
  });

  test('a number larger than any double is written whole', () => {
    const series = seriesOf(parsePattern('{SEQ}'), '2026-10-05');
    expect(renderNumber(series, 9007199254740993n, 'x')).toBe('9007199254740993');
  });

  test.each([
    ['', 'has no {SEQ}, so its numbers would all be the same'],
    ['INV-{YYYY}', 'has no {SEQ}, so its numbers would all be the same'],
    ['{SEQ}-{SEQ}', 'has more than one {SEQ}'],
    ['{SEQ:0}', 'has a width of {SEQ} that is not a number from 1 to 12'],
    ['{SEQ:13}', 'has a width of {SEQ} that is not a number from 1 to 12'],
    ['{SEQ:x}', 'has a width of {SEQ} that is not a number from 1 to 12'],
    [
      '{YYYY}{SEQ}',
      'needs a character that is not a digit, such as "-", between {SEQ} and any other placeholder',
    ],
    [
      '{YYYY}0{SEQ}',
      'needs a character that is not a digit, such as "-", between {SEQ} and any other placeholder',
    ],
    [
      '{SEQ}{AFFILIATE}',
      'needs a character that is not a digit, such as "-", between {SEQ} and any other placeholder',
    ],
    [
      '{SEQ}12{YY}',
      'needs a character that is not a digit, such as "-", between {SEQ} and any other placeholder',
    ],
    ['{MM}-{SEQ}', 'has {MM} without a year, so its numbers would come again after a year'],
    ['{DD}-{SEQ}', 'has an unknown placeholder {DD}'],
    ['{yyyy}-{SEQ}', 'has an unknown placeholder {yyyy}'],
    ['{YYYY-{SEQ}', 'has a brace without its partner'],
    ['INV}-{SEQ}', 'has a brace without its partner'],
    ['INV {SEQ}', 'has a character other than letters, digits and - _ / . # : outside of placeholders'],
    ['INV\u001b{SEQ}', 'has a character other than letters, digits and - _ / . # : outside of placeholders'],
    ['-{SEQ}', 'does not start with a letter, a digit or a placeholder'],
    [`${'x'.repeat(60)}{SEQ}`, 'is longer than 60 characters'],
  ])('%j is refused: it %s', (pattern, why) => {
    expect(() => parsePattern(pattern)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `The number pattern "${pattern.slice(0, 60)}" ${why}.`,
        hint: 'The placeholders are {YYYY}, {YY}, {MM}, {AFFILIATE} and {SEQ:6}; an example is INV-{YYYY}-{SEQ:6}.',
      }),
    );
  });

  test('two numbers of one pattern are equal only in the same series and for the same count', () => {
    const pattern = fc.constantFrom(
      '{AFFILIATE}-{SEQ:2}',
      '{SEQ}-{AFFILIATE}',
      'A{YY}{AFFILIATE}1-2{SEQ:3}',
      '{SEQ}5-{YYYY}',
    );
    const affiliate = fc.string({ unit: fc.constantFrom('a', '1', '2', '-'), minLength: 1, maxLength: 6 });
    const day = fc.constantFrom('2025-12-31', '2026-01-01', '2026-12-31');
    const issued = fc.record({ affiliate, day, n: fc.integer({ min: 1, max: 2000 }) });
    fc.assert(
      fc.property(pattern, issued, issued, (text, one, other) => {
        const naming = (at: typeof one): string => {
          const { prefix, suffix } = seriesOf(parsePattern(text), at.day);
          return JSON.stringify([prefix, suffix, text.includes('{AFFILIATE}') ? at.affiliate : '', at.n]);
        };
        const sameNumber =
          numberOf(text, one.day, one.n, one.affiliate) ===
          numberOf(text, other.day, other.n, other.affiliate);
        expect(sameNumber).toBe(naming(one) === naming(other));
      }),
      { numRuns: 600 },
    );
  });
});

describe('two patterns', () => {
  const clash = (one: string, other: string): boolean =>
    patternsClash(parsePattern(one), parsePattern(other));

  test.each([
    ['{AFFILIATE}-{SEQ:6}', 'CN-{YYYY}-{SEQ:6}'],
    ['{AFFILIATE}-{SEQ}', 'CN-{SEQ}'],
    ['INV-{YYYY}-{SEQ}', 'INV-2026-{SEQ}'],
    ['{YYYY}-{SEQ}', '{SEQ}-{YYYY}'],
    ['A{SEQ}', 'A1{SEQ}'],
    ['{SEQ}/{AFFILIATE}', '{SEQ}/{YYYY}'],
  ])('%s and %s can name two documents alike', (one, other) => {
    expect([clash(one, other), clash(other, one)]).toEqual([true, true]);
  });

  test.each([
    [DEFAULT_INVOICE_PATTERN, DEFAULT_CREDIT_NOTE_PATTERN],
    ['INV-{YYYY}-{SEQ:6}', 'INV-{YY}-{SEQ:6}'],
    ['INV-{YYYY}-{SEQ}', 'INV-{SEQ}'],
    ['{AFFILIATE}-INV-{SEQ}', '{AFFILIATE}-CN-{SEQ}'],
    ['{SEQ}/INV', '{SEQ}/CN'],
  ])('%s and %s never meet', (one, other) => {
    expect([clash(one, other), clash(other, one)]).toEqual([false, false]);
  });

  test('that differ in the width alone are one series', () => {
    expect(clash('INV-{YYYY}-{SEQ:6}', 'INV-{YYYY}-{SEQ:3}')).toBe(false);
  });

  test('that are said not to clash never give the same number in two series', () => {
    const pattern = fc.constantFrom(
      ...['INV-{YYYY}-{SEQ:4}', 'INV-{YY}-{SEQ:2}', '{YYYY}-{SEQ}', '{SEQ}-{YYYY}', '{AFFILIATE}-{SEQ:2}'],
      ...['CN-{SEQ}', '{SEQ:2}/{AFFILIATE}', '{SEQ}/1', 'A1-{SEQ}', '{AFFILIATE}-{YY}-{SEQ}', '2026-{SEQ:2}'],
    );
    const affiliate = fc.constantFrom('a', '1', 'CN', 'A1', '2026', 'INV-2026', 'INV-26', '26');
    const day = fc.constantFrom('2025-12-31', '2026-01-01');
    const issued = fc.record({ pattern, affiliate, day, n: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(issued, issued, (one, other) => {
        const number = (at: typeof one): string => numberOf(at.pattern, at.day, at.n, at.affiliate);
        fc.pre(one.pattern !== other.pattern && number(one) === number(other));
        expect(clash(one.pattern, other.pattern)).toBe(true);
      }),
      { numRuns: 200, maxSkipsPerRun: 5000 },
    );
  });
});
