import { describe, expect, test } from '@jest/globals';
import { fileName } from '../../src/app/export.js';

describe('the name of an export in a folder', () => {
  const none = {
    format: 'payouts',
    range: { from: null, to: null },
    run: null,
    currency: null,
    newOnly: false,
    template: null,
  } as const;

  test.each([
    [null, null, 'payouts.csv'],
    ['2026-10-01', '2026-10-31', 'payouts-2026-10.csv'],
    ['2026-02-01', '2026-02-28', 'payouts-2026-02.csv'],
    ['2026-07-01', '2026-09-30', 'payouts-2026-Q3.csv'],
    ['2026-01-01', '2026-12-31', 'payouts-2026.csv'],
    ['2026-01-01', '2026-01-31', 'payouts-2026-01.csv'],
    ['2026-10-05', '2026-10-20', 'payouts-2026-10-05-to-2026-10-20.csv'],
    ['2026-10-05', '2026-10-05', 'payouts-2026-10-05.csv'],
    ['2026-10-01', null, 'payouts-from-2026-10-01.csv'],
    [null, '2026-10-31', 'payouts-to-2026-10-31.csv'],
  ])('from %s to %s is %s', (from, to, name) => {
    expect(fileName({ ...none, range: { from, to } })).toBe(name);
  });

  test('tells the run as it is written, and the currency', () => {
    expect(fileName({ ...none, format: 'lines', run: 'r-7', currency: 'EUR' })).toBe(
      'lines-R-000007-EUR.csv',
    );
  });
});
