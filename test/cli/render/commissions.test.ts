import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { showCommission } from '../../../src/app/commissions.js';
import { shownCommissionJson, shownCommissionText } from '../../../src/cli/render/commissions.js';
import { SampleLedger } from '../../store/sample-ledger.js';
import { fakeTerminal } from '../fake-io.js';

let sample: SampleLedger;
beforeEach(async () => {
  sample = await SampleLedger.create();
});
afterEach(() => sample.remove());

test('a commission that imports moved tells from where to where', async () => {
  const first = { id: 'c1', amount: 1000n, status: 'pending' };
  await sample.commissions({ id: 'd1', amount: 5000n }, first);
  const moved = { ...first, affiliateId: 'aff_2', currency: 'JPY', amount: 900n, earnedAt: '2026-10-16' };
  await sample.commissions(moved);
  await sample.commissions({ ...moved, affiliateId: 'aff_3', status: 'approved' });
  const shown = await showCommission(sample.work, 'c1');
  const { commission } = shownCommissionJson(shown) as { commission: { history: unknown } };
  expect(commission.history).toMatchObject([
    {
      ...{ amountBefore: '10.00', amountAfter: '900', currencyBefore: 'USD', currencyAfter: 'JPY' },
      moved: [
        { what: 'affiliate', before: 'aff_1', after: 'aff_2' },
        { what: 'currency', before: 'USD', after: 'JPY' },
        { what: 'earned', before: '2026-10-15', after: '2026-10-16' },
      ],
    },
    {
      ...{ amountBefore: '900', amountAfter: '900', currencyBefore: 'JPY', currencyAfter: 'JPY' },
      moved: [{ what: 'affiliate', before: 'aff_2', after: 'aff_3' }],
    },
  ]);
  const text = shownCommissionText(fakeTerminal().terminal, shown);
  expect(text.slice(text.indexOf('History')).trimEnd()).toBe(`History
At (UTC)          By   Change                           Reason
2026-11-22 12:00  kim  10.00 USD -> 900 JPY             import
                       affiliate aff_1 -> aff_2
                       earned 2026-10-15 -> 2026-10-16
2026-11-22 12:00  kim  pending -> approved              import
                       affiliate aff_2 -> aff_3`);
});

test('a debit tells what it took back before, and that it took back nothing', async () => {
  const debit = { id: 'd1', amount: -500n, status: 'pending' };
  await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'c2', amount: 1000n }, debit);
  for (const corrects of ['c1', 'c2', null]) await sample.commissions({ ...debit, corrects });
  const { history } = await showCommission(sample.work, 'd1');
  expect(history.map(({ moved }) => moved)).toEqual([
    [{ what: 'corrects', before: null, after: 'c1' }],
    [{ what: 'corrects', before: 'c1', after: 'c2' }],
    [{ what: 'corrects', before: 'c2', after: null }],
  ]);
});
