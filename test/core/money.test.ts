import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { currencyCodes, minorUnits } from '../../src/core/currencies.js';
import { UsageError } from '../../src/core/errors.js';
import { formatAmount, formatAmountForScreen, parseAmount } from '../../src/core/money.js';

const LARGEST = 999_999_999_999_999n;
const anyCurrency = fc.constantFrom(...currencyCodes());
const anyMinor = fc.bigInt({ min: -LARGEST, max: LARGEST });

describe('parseAmount', () => {
  test.each<[string, string, bigint]>([
    ['1234.50', 'USD', 123450n],
    ['1234.5', 'USD', 123450n],
    ['1234', 'USD', 123400n],
    ['-12.50', 'USD', -1250n],
    ['0', 'USD', 0n],
    ['-0.00', 'USD', 0n],
    ['007.10', 'USD', 710n],
    ['00000000000000000000000000000000000001', 'USD', 100n],
    ['1250', 'JPY', 1250n],
    ['1.234', 'BHD', 1234n],
    ['1.2', 'BHD', 1200n],
    ['1.2345', 'CLF', 12345n],
    ['9999999999999.99', 'USD', LARGEST],
    ['-999999999999999', 'JPY', -LARGEST],
  ])('%s %s is %s minor units', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toEqual({ ok: true, minor });
  });

  test.each([
    ['1,234.50', '"1,234.50" has thousands separators; write 1234.50: no thousands separators.'],
    ["1'234", '"1\'234" has thousands separators; write 1234: no thousands separators.'],
    ['12,50', '"12,50" has a decimal comma; write 12.50: a dot before the decimals.'],
    [
      '1.234,50',
      '"1.234,50" has thousands separators and a decimal comma; write a plain decimal such as 1234.50.',
    ],
    ['1e3', '"1e3" is in scientific notation; write the digits out, such as 1234.50.'],
    ['+5', '"+5" has a plus sign; write 5.'],
    [
      '(5.00)',
      '"(5.00)" is not a plain decimal; write a negative amount with a minus sign in front, such as -1234.50.',
    ],
    [
      '$5',
      '"$5" is more than the number; write only the number, such as 1234.50: the currency has its own place.',
    ],
    [
      '5 USD',
      '"5 USD" is more than the number; write only the number, such as 1234.50: the currency has its own place.',
    ],
    ['', 'The amount is empty; write a plain decimal such as 1234.50.'],
    ['abc', '"abc" is not an amount; write a plain decimal such as 1234.50.'],
  ])('%j is a bad amount, and the message says how to write it', (text, message) => {
    expect(parseAmount(text, 'USD')).toEqual({ ok: false, code: 'bad_amount', message });
  });

  test.each([
    '.5',
    '5.',
    '--5',
    '-',
    '.',
    ' 5',
    '5 ',
    '5\n',
    '0x10',
    '1_000',
    'NaN',
    'Infinity',
    '١٢',
    '1.2.3',
    '−5',
  ])('%j is a bad amount', (text) => {
    expect(parseAmount(text, 'USD')).toMatchObject({ ok: false, code: 'bad_amount' });
  });

  test.each([
    [
      '12.345',
      'USD',
      '"12.345" has too many decimals: USD has 2 decimals and nothing is rounded; write it like 1234.50.',
    ],
    [
      '12.500',
      'USD',
      '"12.500" has too many decimals: USD has 2 decimals and nothing is rounded; write it like 1234.50.',
    ],
    [
      '5.0',
      'JPY',
      '"5.0" has too many decimals: JPY has no decimals and nothing is rounded; write it like 1234.',
    ],
  ])('%s %s has too many decimals, and is not rounded', (text, currency, message) => {
    expect(parseAmount(text, currency)).toEqual({ ok: false, code: 'too_many_decimals', message });
  });

  test.each<[string, string]>([
    ['10000000000000.00', 'USD'],
    ['10000000000000', 'USD'],
    ['1000000000000000', 'JPY'],
    ['-1000000000000000', 'JPY'],
    ['123456789012345678901234567890', 'USD'],
  ])('%s %s has more than 15 digits of minor units', (text, currency) => {
    expect(parseAmount(text, currency)).toMatchObject({ ok: false, code: 'amount_too_large' });
  });

  test('a cell of a megabyte is refused with a short message', () => {
    for (const text of ['9'.repeat(1_000_000), '1,'.repeat(500_000), `1.${'0'.repeat(1_000_000)}`]) {
      const parsed = parseAmount(text, 'USD');
      expect(parsed.ok ? '' : parsed.message.length).toBeLessThan(250);
      expect(parsed.ok).toBe(false);
    }
  });

  test('an unknown currency is a usage error', () => {
    expect(() => parseAmount('1', 'XYZ')).toThrow(UsageError);
  });

  test('any text at all is answered and never thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom('0', '1', '9', '.', ',', '-', '+', 'e', '$', ' ') }),
        ),
        (text) => {
          const parsed = parseAmount(text, 'USD');
          expect(parsed.ok).toBe(/^-?0*[0-9]{1,13}(\.[0-9]{1,2})?$/.test(text));
          expect(parsed.ok || parsed.message.endsWith('.')).toBe(true);
        },
      ),
    );
  });
});

describe('formatAmount', () => {
  test.each<[bigint, string, string, string]>([
    [123450n, 'USD', '1234.50', '1,234.50'],
    [-1250n, 'USD', '-12.50', '-12.50'],
    [5n, 'USD', '0.05', '0.05'],
    [-5n, 'USD', '-0.05', '-0.05'],
    [0n, 'USD', '0.00', '0.00'],
    [1250n, 'JPY', '1250', '1,250'],
    [0n, 'JPY', '0', '0'],
    [-1234567n, 'BHD', '-1234.567', '-1,234.567'],
    [9223372036854775807n, 'USD', '92233720368547758.07', '92,233,720,368,547,758.07'],
  ])('%s minor units of %s are %s in a file and %s on a screen', (minor, currency, plain, screen) => {
    expect(formatAmount(minor, currency)).toBe(plain);
    expect(formatAmountForScreen(minor, currency)).toBe(screen);
  });

  test('what is formatted parses to the same amount, in every currency', () => {
    fc.assert(
      fc.property(anyMinor, anyCurrency, (minor, currency) => {
        const text = formatAmount(minor, currency);
        expect(parseAmount(text, currency)).toEqual({ ok: true, minor });
        expect(text).toMatch(/^-?[0-9]+(\.[0-9]+)?$/);
        expect((text.split('.')[1] ?? '').length).toBe(minorUnits(currency));
      }),
      { numRuns: 1000 },
    );
  });

  test('the screen form without its commas is the plain form', () => {
    fc.assert(
      fc.property(anyMinor, anyCurrency, (minor, currency) => {
        const screen = formatAmountForScreen(minor, currency);
        expect(screen.replaceAll(',', '')).toBe(formatAmount(minor, currency));
        expect(screen).toMatch(/^-?\d{1,3}(,\d{3})*(\.\d+)?$/);
      }),
    );
  });

  test('the decimals that a source leaves out at the end make no difference', () => {
    fc.assert(
      fc.property(anyMinor, anyCurrency, (minor, currency) => {
        const shortest = formatAmount(minor, currency)
          .replace(/(\.[0-9]*?)0+$/, '$1')
          .replace(/\.$/, '');
        expect(parseAmount(shortest, currency)).toEqual({ ok: true, minor });
      }),
    );
  });
});
