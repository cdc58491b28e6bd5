import { describe, expect, test } from '@jest/globals';
import { inCapitals, inSmallLetters } from '../../src/core/letters.js';
import { parsePeriod } from '../../src/core/period.js';
import { findSetting } from '../../src/core/settings.js';

describe('the letters of known words', () => {
  test('are folded where they are ASCII, and no other letter becomes one of them', () => {
    expect([inCapitals('usd'), inSmallLetters('EUR-1')]).toEqual(['USD', 'eur-1']);
    const lookalikes = ['u\u017fd', '\ufb01', '\u212a', '\u0130', '\u00df'];
    expect(lookalikes.map(inCapitals)).toEqual(lookalikes);
    expect(lookalikes.map(inSmallLetters)).toEqual(lookalikes);
  });

  test.each([
    ['a period', () => parsePeriod('last-wee\u212a', '2026-11-22')],
    ['a frequency', () => findSetting('schedule.frequency').parse('wee\u212aly')],
    ['a currency', () => findSetting('currency').parse('u\u017fd')],
    ['the currency of a minimum', () => findSetting('minimum.u\u017fd')],
    ['a country', () => findSetting('company.country').parse('\ufb01')],
  ])('%s in other letters is refused', (_what, parse) => {
    expect(parse).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
