import { describe, expect, test } from '@jest/globals';
import type { PayoutFigures } from '../../../src/app/report-payouts.js';
import { bar, payoutReportTable } from '../../../src/cli/render/payout-report.js';
import { printTable } from '../../../src/cli/table.js';
import { payoutTotals } from '../../../src/core/payout-report.js';
import { fakeTerminal, type FakeOptions } from '../fake-io.js';

const figures: PayoutFigures = {
  currency: 'USD',
  payouts: 2,
  amount: 100_000n,
  paid: 75_000n,
  notYetPaid: 25_000n,
  void: 0,
  voidAmount: 0n,
};
const months = [
  { ...figures, month: '2026-09' },
  { ...figures, month: '2026-10', payouts: 1, amount: 37_500n, paid: 37_500n, notYetPaid: 0n },
  { ...figures, month: '2026-10', currency: 'JPY', amount: 5n, paid: 5n, notYetPaid: 0n },
];

async function shown(options: FakeOptions, voids = 0): Promise<[string, string]> {
  const { terminal, io } = fakeTerminal({ env: { NO_COLOR: '1', PAGER: 'cat' }, ...options });
  const all = months.map((month) => ({ ...month, void: voids, voidAmount: BigInt(voids) * 100n }));
  await printTable(terminal, payoutReportTable(terminal, { months: all, totals: payoutTotals(all) }));
  return [io.out(), io.err()];
}

describe('a bar', () => {
  test.each([
    [100n, '██████████'],
    [50n, '█████'],
    [55n, '█████▌'],
    [1n, '▏'],
    [0n, ''],
  ])('for %s of 100 is %s', (amount, drawn) => {
    expect(bar(amount, 100n)).toBe(drawn);
  });

  test('shows the smallest amount, and is as long for amounts that no number holds exactly', () => {
    expect(bar(1n, 10n ** 15n)).toBe('▏');
    expect(bar(9_007_199_254_740_993n, 9_007_199_254_740_993n)).toBe('██████████');
  });
});

describe('the report of payouts', () => {
  test('compares the months of one currency with each other, on a terminal', async () => {
    expect(await shown({ tty: { out: true } })).toEqual([
      [
        'Month    Currency  Payouts    Amount      Paid  Not paid  Compared',
        '2026-09  USD             2  1,000.00    750.00    250.00  ██████████',
        '2026-10  USD             1    375.00    375.00      0.00  ███▊',
        '2026-10  JPY             2      5         5         0     ██████████',
        '',
        'total    JPY             2      5         5         0',
        'total    USD             3  1,375.00  1,125.00    250.00',
        '',
      ].join('\n'),
      '',
    ]);
  });

  test('leaves out the amounts that are void, then the bars, where there is no room', async () => {
    const wide = await shown({ tty: { out: true }, columns: 100 }, 1);
    expect(wide[0].split('\n')[0]).toBe(
      'Month    Currency  Payouts    Amount      Paid  Not paid  Void  Void amount  Compared',
    );
    const narrower = await shown({ tty: { out: true }, columns: 80 }, 1);
    expect(narrower[0].split('\n')[1]).toBe(
      '2026-09  USD             2  1,000.00    750.00    250.00     1  ██████████',
    );
    expect(narrower[1]).toBe('A wider terminal also shows: Void amount.\n');
    const narrow = await shown({ tty: { out: true }, columns: 65 }, 1);
    expect(narrow[0].split('\n')[1]).toBe('2026-09  USD             2  1,000.00    750.00    250.00     1');
    expect(narrow[1]).toBe('A wider terminal also shows: Void amount, Compared.\n');
  });

  test('has no bars off a terminal, and always the same columns', async () => {
    const [out] = await shown({});
    expect(out.split('\n').slice(0, 2)).toEqual([
      'Month    Currency  Payouts   Amount     Paid  Not paid  Void  Void amount',
      '2026-09  USD             2  1000.00   750.00    250.00     0         0.00',
    ]);
  });
});
