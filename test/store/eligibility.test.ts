import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Generated, GenerateInput } from '../../src/app/generate.js';
import { affiliate, decimal, SampleLedger } from './sample-ledger.js';

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
});

afterEach(async () => {
  await sample.remove();
});

/** A plan in a few words: `aff_1 pays 12.00 USD (2)`, `aff_1 on_hold 5.00 USD (1) until 2026-12-01`. */
function words({ plan }: Generated): string[] {
  return [
    ...plan.payouts.map(
      ({ affiliateId, amount, currency, commissions }) =>
        `${affiliateId} pays ${decimal(amount, currency)} ${currency} (${commissions})`,
    ),
    ...plan.skipped.map((skip) => {
      const { affiliateId, reason, amount, currency, commissions, minimum } = skip;
      const what = `${affiliateId} ${reason} ${decimal(amount, currency)} ${currency} (${commissions})`;
      const least = minimum === undefined ? '' : ` of ${decimal(minimum, currency)}`;
      const until = skip.nextAvailableOn === undefined ? '' : ` until ${skip.nextAvailableOn}`;
      const on = skip.invoiceNumbers === undefined ? '' : ` on ${skip.invoiceNumbers.join(', ')}`;
      return what + least + until + on;
    }),
  ];
}

const look = async (rest: Partial<GenerateInput> = {}): Promise<string[]> =>
  words(await sample.preview(rest));

describe('a credit', () => {
  test('is available on the last day of its hold: earned on 1 May with 30 days, on 31 May', async () => {
    await sample.set('hold.days', '30');
    await sample.commissions({ id: 'c1', amount: 1000n, earnedAt: '2026-05-01' });
    const may = { from: '2026-05-01', to: '2026-05-31' };
    expect(await look({ ...may, asOf: '2026-05-30' })).toEqual([
      'aff_1 on_hold 10.00 USD (1) until 2026-05-31',
    ]);
    expect(await look({ ...may, asOf: '2026-05-31' })).toEqual(['aff_1 pays 10.00 USD (1)']);
  });

  test('is in the range on its first and on its last day, and on no other', async () => {
    await sample.commissions(
      { id: 'before', amount: 1n, earnedAt: '2026-09-30' },
      { id: 'first', amount: 10n, earnedAt: '2026-10-01' },
      { id: 'last', amount: 100n, earnedAt: '2026-10-31' },
      { id: 'after', amount: 1000n, earnedAt: '2026-11-01' },
    );
    expect(await look()).toEqual(['aff_1 pays 1.10 USD (2)', 'aff_1 earned_earlier 0.01 USD (1)']);
  });

  test('is told as out of range only when one affiliate is asked for', async () => {
    await sample.commissions({ id: 'after', amount: 1000n, earnedAt: '2026-11-01' });
    expect(await look()).toEqual([]);
    expect(await look({ affiliateId: 'aff_1' })).toEqual(['aff_1 out_of_range 10.00 USD (1)']);
  });

  test('that was earned earlier is paid where the range has no beginning', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n, earnedAt: '2020-01-01' });
    expect(await look({ from: null })).toEqual(['aff_1 pays 10.00 USD (1)']);
  });

  test('of another campaign is out of range, and so is one of none', async () => {
    await sample.commissions(
      { id: 'c1', amount: 1n, campaign: 'spring' },
      { id: 'c2', amount: 10n, campaign: 'autumn' },
      { id: 'c3', amount: 100n },
    );
    expect(await look({ campaign: 'spring', affiliateId: 'aff_1' })).toEqual([
      'aff_1 pays 0.01 USD (1)',
      'aff_1 out_of_range 1.10 USD (2)',
    ]);
  });

  test('that is pending is not approved, and one that is rejected, settled or zero does not appear', async () => {
    await sample.commissions(
      { id: 'c1', amount: 1n, status: 'pending' },
      { id: 'c2', amount: 10n, status: 'rejected' },
      { id: 'c3', amount: 100n, status: 'settled' },
      { id: 'c4', amount: 0n },
    );
    expect(await look({ affiliateId: 'aff_1' })).toEqual(['aff_1 not_approved 0.01 USD (1)']);
  });

  test('is told under the first reason that fits', async () => {
    await sample.affiliates(
      affiliate('aff_1', { status: 'blocked' }),
      affiliate('aff_2', { status: 'paused' }),
    );
    const waiting = { status: 'pending', availableOn: '2027-01-01', earnedAt: '2026-11-10' } as const;
    await sample.commissions(
      { id: 'c1', amount: 1n, affiliateId: 'aff_1', ...waiting },
      { id: 'c2', amount: 1n, affiliateId: 'aff_2', ...waiting },
      { id: 'c3', amount: 1n, affiliateId: 'aff_3', ...waiting },
      { id: 'c4', amount: 10n, affiliateId: 'aff_3', ...waiting, earnedAt: '2026-09-10' },
      {
        id: 'c5',
        amount: 100n,
        affiliateId: 'aff_3',
        ...waiting,
        earnedAt: '2026-09-10',
        status: 'approved',
      },
      { id: 'c6', amount: 1000n, affiliateId: 'aff_3', earnedAt: '2026-09-10' },
    );
    expect(await look()).toEqual([
      'aff_1 affiliate_blocked 0.01 USD (1)',
      'aff_2 affiliate_paused 0.01 USD (1)',
      'aff_3 earned_earlier 10.00 USD (1)',
      'aff_3 not_approved 0.10 USD (1)',
      'aff_3 on_hold 1.00 USD (1) until 2027-01-01',
    ]);
    expect(await look({ affiliateId: 'aff_3' })).toContain('aff_3 out_of_range 0.01 USD (1)');
  });

  test('of a departed affiliate is paid', async () => {
    await sample.affiliates(affiliate('aff_1', { status: 'departed' }));
    await sample.commissions({ id: 'c1', amount: 1000n });
    expect(await look()).toEqual(['aff_1 pays 10.00 USD (1)']);
  });

  test('is paid in its own currency, and currencies are never added together', async () => {
    await sample.set('minimum.USD', '15');
    await sample.commissions(
      { id: 'c1', amount: 1000n, currency: 'JPY' },
      { id: 'c2', amount: 1000n, currency: 'BHD' },
      { id: 'c3', amount: 1000n, currency: 'USD' },
    );
    expect(await look()).toEqual([
      'aff_1 pays 1.000 BHD (1)',
      'aff_1 pays 1000 JPY (1)',
      'aff_1 below_minimum 10.00 USD (1) of 15.00',
    ]);
  });
});

describe('the approval policy after-hold', () => {
  test('approves a pending credit from its available day on, and a run records it', async () => {
    await sample.set('approval.commissions', 'after-hold');
    await sample.commissions(
      { id: 'c1', amount: 1000n, status: 'pending', availableOn: '2026-11-22' },
      { id: 'c2', amount: 500n, status: 'pending', availableOn: '2026-11-23' },
    );
    expect(await look()).toEqual(['aff_1 pays 10.00 USD (1)', 'aff_1 on_hold 5.00 USD (1) until 2026-11-23']);
    await sample.generate();
    expect(await sample.rows('SELECT id, status, status_by AS "by" FROM commissions ORDER BY id')).toEqual([
      { id: 'c1', status: 'approved', by: 'policy' },
      { id: 'c2', status: 'pending', by: 'source' },
    ]);
    expect(await sample.rows('SELECT status_before, status_after, reason FROM commission_changes')).toEqual([
      { status_before: 'pending', status_after: 'approved', reason: 'approval policy' },
    ]);
  });

  test('approves nothing before the day on which it was set', async () => {
    await sample.set('approval.commissions', 'after-hold');
    await sample.commissions({ id: 'c1', amount: 1000n, status: 'pending' });
    expect(await look({ asOf: '2026-11-21' })).toEqual(['aff_1 not_approved 10.00 USD (1)']);
    expect(await look({ asOf: '2026-11-22' })).toEqual(['aff_1 pays 10.00 USD (1)']);
  });

  test('counts from the day on which it was set first, not from being set once more', async () => {
    sample.today = '2026-11-01';
    await sample.set('approval.commissions', 'after-hold');
    sample.today = '2026-11-22';
    await sample.set('approval.commissions', 'after-hold');
    await sample.commissions({ id: 'c1', amount: 1000n, status: 'pending' });
    expect(await look({ asOf: '2026-11-01' })).toEqual(['aff_1 pays 10.00 USD (1)']);
  });

  test('never approves a debit', async () => {
    await sample.set('approval.commissions', 'after-hold');
    await sample.commissions(
      { id: 'c1', amount: 1000n },
      { id: 'c2', amount: -300n, status: 'pending', kind: 'clawback' },
    );
    expect(await look()).toEqual(['aff_1 pays 10.00 USD (1)']);
  });
});

describe('a debit', () => {
  test('is netted whatever the range and the campaign, and is never held', async () => {
    await sample.commissions(
      { id: 'c1', amount: 1000n, campaign: 'spring' },
      { id: 'd1', amount: -1n, earnedAt: '2020-01-01' },
      { id: 'd2', amount: -10n, earnedAt: '2026-11-20', campaign: 'autumn' },
      { id: 'd3', amount: -100n, availableOn: '2027-01-01' },
    );
    expect(await look({ campaign: 'spring' })).toEqual(['aff_1 pays 8.89 USD (4)']);
  });

  test('counts up to the later of today and the cut-off', async () => {
    await sample.commissions(
      { id: 'c1', amount: 1000n },
      { id: 'today', amount: -1n, earnedAt: '2026-11-22' },
      { id: 'tomorrow', amount: -10n, earnedAt: '2026-11-23' },
    );
    expect(await look({ asOf: '2026-11-01' })).toEqual(['aff_1 pays 9.99 USD (2)']);
    expect(await look({ asOf: '2026-11-23' })).toEqual(['aff_1 pays 9.89 USD (3)']);
  });

  test('alone makes no payout and is carried forward', async () => {
    await sample.commissions({ id: 'd1', amount: -1000n });
    expect(await look()).toEqual(['aff_1 negative_balance -10.00 USD (1)']);
    await sample.commissions({ id: 'c1', amount: 1500n });
    expect(await look()).toEqual(['aff_1 pays 5.00 USD (2)']);
  });

  test('that equals or exceeds the credits leaves nothing to pay, with or without the override', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'd1', amount: -1000n });
    const even = ['aff_1 negative_balance 0.00 USD (2)'];
    expect(await look()).toEqual(even);
    expect(await look({ overrideMinimum: true })).toEqual(even);
    await sample.commissions({ id: 'd2', amount: -1n });
    expect(await look()).toEqual(['aff_1 negative_balance -0.01 USD (3)']);
  });

  test('of a paused or blocked affiliate is not told', async () => {
    await sample.affiliates(affiliate('aff_1', { status: 'paused' }));
    await sample.commissions({ id: 'd1', amount: -1000n }, { id: 'c1', amount: 1n });
    expect(await look()).toEqual(['aff_1 affiliate_paused 0.01 USD (1)']);
  });

  test.each([
    ['is paid with it when that is eligible', {}, ['aff_1 pays 17.00 USD (3)']],
    [
      'waits with it while that is on hold',
      { availableOn: '2026-12-01' },
      ['aff_1 pays 10.00 USD (1)', 'aff_1 on_hold 10.00 USD (1) until 2026-12-01'],
    ],
    [
      'waits with it while that is pending',
      { status: 'pending' },
      ['aff_1 pays 10.00 USD (1)', 'aff_1 not_approved 10.00 USD (1)'],
    ],
    [
      'waits with it while that is before the range',
      { earnedAt: '2026-09-01' },
      ['aff_1 pays 10.00 USD (1)', 'aff_1 earned_earlier 10.00 USD (1)'],
    ],
    ['is owed to nobody when that was rejected unpaid', { status: 'rejected' }, ['aff_1 pays 10.00 USD (1)']],
    ['is netted when that was settled elsewhere', { status: 'settled' }, ['aff_1 pays 7.00 USD (2)']],
  ])('linked to a commission %s', async (_title, original, expected) => {
    await sample.commissions(
      { id: 'other', amount: 1000n },
      { id: 'original', amount: 1000n, ...original },
      { id: 'd1', amount: -300n, corrects: 'original' },
    );
    expect(await look()).toEqual(expected);
  });

  test('linked to a commission on a live payout is netted, and goes back to it when that payout is void', async () => {
    await sample.commissions({ id: 'original', amount: 1000n });
    await sample.generate();
    await sample.commissions(
      { id: 'd1', amount: -300n, corrects: 'original' },
      { id: 'c2', amount: 500n, campaign: 'spring' },
    );
    expect(await look({ campaign: 'spring' })).toEqual(['aff_1 pays 2.00 USD (2)']);
    await sample.void('INV-2026-000001');
    expect(await look({ campaign: 'spring' })).toEqual(['aff_1 pays 5.00 USD (1)']);
    expect(await look()).toEqual(['aff_1 pays 12.00 USD (3)']);
  });

  test('that corrects an open debit goes with that debit, whatever the range', async () => {
    await sample.commissions(
      { id: 'c1', amount: 1000n, campaign: 'spring' },
      { id: 'd1', amount: -300n, earnedAt: '2026-09-01' },
    );
    await sample.generate();
    await sample.commissions({ id: 'd1', amount: -300n, earnedAt: '2026-09-01', status: 'rejected' });
    await sample.commissions({ id: 'd1', amount: -300n, earnedAt: '2026-09-01', status: 'approved' });
    await sample.void('INV-2026-000001');
    // The debit, its correction of 3.00 earned today, and the correction of that, which takes 3.00 again.
    expect(await look()).toEqual(['aff_1 pays 7.00 USD (4)']);
    expect(await look({ from: '2026-11-01', to: '2026-11-30' })).toEqual([
      'aff_1 earned_earlier 10.00 USD (1)',
      'aff_1 negative_balance -3.00 USD (3)',
    ]);
  });

  test('that corrects a debit waits with the credit that this debit takes back', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'd1', amount: -300n, corrects: 'c1' });
    await sample.generate();
    await sample.commissions({ id: 'd1', amount: -300n, corrects: 'c1', status: 'rejected' });
    await sample.commissions({ id: 'd1', amount: -300n, corrects: 'c1', status: 'approved' });
    await sample.void('INV-2026-000001');
    expect(await look({ from: '2026-11-01', to: '2026-11-30' })).toEqual([
      'aff_1 earned_earlier 10.00 USD (1)',
    ]);
    expect(await look({ from: null, to: '2026-11-30' })).toEqual(['aff_1 pays 7.00 USD (4)']);
  });

  test('that is owed to nobody is not given back by its correction either', async () => {
    const debit = { id: 'd1', amount: -300n, corrects: 'c1' };
    await sample.commissions({ id: 'c1', amount: 1000n }, debit);
    await sample.generate();
    await sample.commissions({ ...debit, status: 'rejected' });
    await sample.void('INV-2026-000001');
    await sample.commissions({ id: 'c1', amount: 1000n, status: 'rejected' });
    expect(await look({ from: null })).toEqual([]);
    expect(await look({ affiliateId: 'aff_1', from: null })).toEqual([]);
  });

  test('linked to a commission that is rejected and nothing else leaves no row', async () => {
    await sample.commissions(
      { id: 'original', amount: 1000n, status: 'rejected' },
      { id: 'd1', amount: -300n, corrects: 'original' },
    );
    expect(await look({ affiliateId: 'aff_1' })).toEqual([]);
  });
});

describe('the minimum', () => {
  test.each([
    ['an equal total is paid', null, 1000n, ['aff_1 pays 10.00 USD (1)']],
    ['a lower total waits', null, 999n, ['aff_1 below_minimum 9.99 USD (1) of 10.00']],
    [
      'an own one of 0 means that none applies',
      { amount: 0n, currency: 'USD' },
      1n,
      ['aff_1 pays 0.01 USD (1)'],
    ],
    [
      'a higher own one counts instead',
      { amount: 2000n, currency: 'USD' },
      1999n,
      ['aff_1 below_minimum 19.99 USD (1) of 20.00'],
    ],
    ['a lower own one counts instead', { amount: 500n, currency: 'USD' }, 500n, ['aff_1 pays 5.00 USD (1)']],
    [
      'an own one in another currency falls back to the programme',
      { amount: 0n, currency: 'EUR' },
      999n,
      ['aff_1 below_minimum 9.99 USD (1) of 10.00'],
    ],
  ])('of the programme is 10.00: %s', async (_title, own, amount, expected) => {
    await sample.set('minimum.USD', '10');
    await sample.affiliates(affiliate('aff_1', { own }));
    await sample.commissions({ id: 'c1', amount });
    expect(await look()).toEqual(expected);
  });

  test('is dropped by the override, and only the minimum is', async () => {
    await sample.set('minimum.USD', '10');
    await sample.commissions(
      { id: 'c1', amount: 1n },
      { id: 'c2', amount: 1n, affiliateId: 'aff_2', status: 'pending' },
    );
    expect(await look({ overrideMinimum: true })).toEqual([
      'aff_1 pays 0.01 USD (1)',
      'aff_2 not_approved 0.01 USD (1)',
    ]);
  });

  test('of a currency without one is none', async () => {
    await sample.set('minimum.USD', '10');
    await sample.commissions({ id: 'c1', amount: 1n, currency: 'EUR' });
    expect(await look()).toEqual(['aff_1 pays 0.01 EUR (1)']);
  });
});

describe('an answer', () => {
  test('is ordered by affiliate id in UTF-8 bytes, then currency, then reason', async () => {
    const ids = ['b', 'B', 'a', '\uff5e', '\u{1f600}', 'é'];
    await sample.affiliates(...ids.map((id) => affiliate(id)));
    await sample.commissions(
      ...ids.flatMap((affiliateId, index) =>
        ['USD', 'EUR'].map((currency) => ({
          id: `c${index}${currency}`,
          amount: 100n,
          affiliateId,
          currency,
        })),
      ),
    );
    const { plan } = await sample.preview();
    const inBytes = [...ids].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    expect(plan.payouts.map((payout) => payout.affiliateId + payout.currency)).toEqual(
      inBytes.flatMap((id) => [`${id}EUR`, `${id}USD`]),
    );
  });

  test('for one affiliate tells what of the range is on live payouts, with their numbers', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'c2', amount: 200n, earnedAt: '2026-09-15' });
    await sample.generate();
    await sample.generate({ from: null });
    await sample.commissions({ id: 'c3', amount: 30n });
    expect(await look({ affiliateId: 'aff_1' })).toEqual([
      'aff_1 pays 0.30 USD (1)',
      'aff_1 already_in_payout 10.00 USD (1) on INV-2026-000001',
    ]);
    expect(await look({ affiliateId: 'aff_1', from: null })).toEqual([
      'aff_1 pays 0.30 USD (1)',
      'aff_1 already_in_payout 12.00 USD (2) on INV-2026-000001, INV-2026-000002',
    ]);
    await sample.void('INV-2026-000001', 'INV-2026-000002');
    expect(await look({ affiliateId: 'aff_1' })).toEqual([
      'aff_1 pays 10.30 USD (2)',
      'aff_1 earned_earlier 2.00 USD (1)',
    ]);
  });

  test('has the same plan id if and only if payouts and lines are the same', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'c2', amount: 1000n, campaign: 'spring' });
    const [all, override, wider, one] = await Promise.all(
      [{}, { overrideMinimum: true }, { from: null, to: '2026-12-31' }, { campaign: 'spring' }].map(
        async (request) => (await sample.preview(request)).planId,
      ),
    );
    expect([override, wider]).toEqual([all, all]);
    expect(one).not.toBe(all);
    await sample.commissions({ id: 'c3', amount: 1n });
    expect((await sample.preview()).planId).not.toBe(all);
  });

  test('with a sum past 64 bits is a conflict', async () => {
    const lines = Array.from({ length: 9300 }, (_, index) => ({
      id: `c${index}`,
      amount: 999_999_999_999_999n,
    }));
    await sample.commissions(...lines);
    await expect(sample.preview()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('64 bits'),
    });
  });
});
