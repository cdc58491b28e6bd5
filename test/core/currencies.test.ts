import { describe, expect, test } from '@jest/globals';
import { currencyCodes, isCurrency, minorUnits } from '../../src/core/currencies.js';
import { UsageError } from '../../src/core/errors.js';

describe('currencies', () => {
  test.each([
    ['JPY', 0],
    ['CLP', 0],
    ['USD', 2],
    ['EUR', 2],
    ['BHD', 3],
    ['TND', 3],
    ['CLF', 4],
    ['UYW', 4],
  ])('%s has %i decimals', (code, decimals) => {
    expect(minorUnits(code)).toBe(decimals);
  });

  test.each([
    ['HUF', 2],
    ['IDR', 2],
    ['COP', 2],
    ['PKR', 2],
    ['IQD', 3],
  ])('%s has the %i decimals of ISO, where Intl says otherwise', (code, decimals) => {
    expect(minorUnits(code)).toBe(decimals);
  });

  test('exactly the currencies that ISO lists have none, three and four decimals', () => {
    const having = (decimals: number) => currencyCodes().filter((code) => minorUnits(code) === decimals);
    expect(having(0).join(' ')).toBe('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF');
    expect(having(3).join(' ')).toBe('BHD IQD JOD KWD LYD OMR TND');
    expect(having(4).join(' ')).toBe('CLF UYW');
    expect(having(2)).toHaveLength(currencyCodes().length - 17 - 7 - 2);
  });

  test('codes are three capitals, in alphabetical order, each once', () => {
    const codes = [...currencyCodes()];
    expect(codes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    expect(codes).toEqual([...new Set(codes)].sort());
  });

  test('the newest codes are there and the withdrawn ones and the metals are not', () => {
    expect(['XCG', 'ZWG', 'SLE', 'VED', 'XAD'].every(isCurrency)).toBe(true);
    expect(['ANG', 'BGN', 'HRK', 'ZWL', 'SLL', 'CUC', 'XAU', 'XXX', 'XTS'].some(isCurrency)).toBe(false);
  });

  test.each(['usd', ' USD', 'US', '', 'constructor', '__proto__'])('%j is not a currency', (text) => {
    expect(isCurrency(text)).toBe(false);
    expect(() => minorUnits(text)).toThrow(UsageError);
  });

  test('a code in small letters is refused with the capitals as hint', () => {
    expect(() => minorUnits('usd')).toThrow(expect.objectContaining({ code: 'usage', hint: 'Write USD.' }));
  });
});
