import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { editAffiliate } from '../../src/app/edit-affiliates.js';
import { entryOf } from '../../src/core/journal.js';
import { readMarks, type EarlierExport } from '../../src/store/exports.js';
import { eachJournalFact, type JournalFilter } from '../../src/store/journal.js';
import { SampleLedger } from './sample-ledger.js';

const ALL: JournalFilter = {
  from: null,
  to: null,
  run: null,
  currency: null,
  detail: 'day',
  except: [],
};

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
});

afterEach(async () => {
  await sample.remove();
});

/** `2026-10-15 earned aff_1 10.00 USD`, in minor units. */
async function facts(filter: Partial<JournalFilter> = {}): Promise<string[]> {
  return sample.ledger.read(async (reader) => {
    const told: string[] = [];
    for await (const page of eachJournalFact(reader, { ...ALL, ...filter })) {
      for (const one of page) {
        const who = one.invoiceNumber ?? one.affiliateId ?? 'all';
        const how = one.method === null ? '' : ` by ${one.method}`;
        told.push(`${one.postingDate} ${one.kind} ${who} ${one.amount} ${one.currency}${how}`);
      }
    }
    return told;
  });
}

const marks = (rest: Partial<EarlierExport> = {}): Promise<EarlierExport> =>
  sample.ledger.read(async (reader) => ({
    ...{ number: 1n, from: null, to: null, run: null, currency: null },
    ...(await readMarks(reader)),
    ...rest,
  }));

describe('the facts of the journal', () => {
  test('a commission accrues on the day on which it was earned, pending or approved, one sum a day', async () => {
    await sample.commissions(
      { id: 'c1', amount: 1000n },
      { id: 'c2', amount: 500n, status: 'pending' },
      { id: 'c3', amount: 0n },
      { id: 'c4', amount: 700n, status: 'rejected' },
      { id: 'c5', amount: 800n, status: 'settled' },
      { id: 'c6', amount: -100n },
      { id: 'c7', amount: 300n, currency: 'JPY' },
    );
    expect(await facts()).toEqual([
      '2026-10-15 earned aff_1 300 JPY',
      '2026-10-15 earned aff_1 1500 USD',
      '2026-10-15 clawed_back aff_1 -100 USD',
    ]);
  });

  test('a payout moves what accrued: issued, paid, returned, void, each on its day and by its method', async () => {
    await editAffiliate(sample.work, 'aff_1', { payout_method: 'sepa' }, null);
    await sample.commissions({ id: 'c1', amount: 1000n });
    await sample.generate();
    await sample.change('pay', 'INV-2026-000001');
    sample.today = '2026-11-24';
    await sample.change('return', 'INV-2026-000001');
    await editAffiliate(sample.work, 'aff_1', { payout_method: 'paypal' }, null);
    sample.today = '2026-12-01';
    await sample.void('INV-2026-000001');
    expect(await facts()).toEqual([
      '2026-10-15 earned aff_1 1000 USD',
      '2026-11-22 issued INV-2026-000001 1000 USD',
      '2026-11-22 paid INV-2026-000001 1000 USD by sepa',
      '2026-11-24 returned INV-2026-000001 1000 USD by sepa',
      '2026-12-01 voided INV-2026-000001 1000 USD',
    ]);
    expect(await facts({ detail: 'month', from: '2026-11-01', to: '2026-11-28' })).toEqual([
      '2026-11-28 issued all 1000 USD',
      '2026-11-28 paid all 1000 USD by sepa',
      '2026-11-28 returned all 1000 USD by sepa',
    ]);
  });

  test('what changes an unpaid commission is booked on the day on which it was recorded', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'c2', amount: 400n });
    sample.today = '2026-11-23';
    await sample.commissions({ id: 'c1', amount: 900n }, { id: 'c2', amount: 400n, status: 'rejected' });
    sample.today = '2026-11-24';
    await sample.commissions({ id: 'c1', amount: 900n, status: 'settled' });
    await sample.commissions({ id: 'c2', amount: 400n, status: 'approved' });
    expect(await facts()).toEqual([
      '2026-10-15 earned aff_1 1400 USD',
      '2026-11-23 amended aff_1 -100 USD',
      '2026-11-23 rejected aff_1 -400 USD',
      '2026-11-24 reinstated aff_1 400 USD',
      '2026-11-24 settled aff_1 -900 USD',
    ]);
  });

  test('a commission that moves to another affiliate, currency or day is taken back and booked there', async () => {
    await sample.commissions(
      { id: 'c1', amount: 1000n },
      { id: 'c2', amount: 200n },
      { id: 'c3', amount: 30n },
    );
    sample.today = '2026-11-23';
    await sample.commissions(
      { id: 'c1', amount: 1000n, affiliateId: 'aff_2' },
      { id: 'c2', amount: 300n, currency: 'EUR' },
      { id: 'c3', amount: 30n, earnedAt: '2026-09-30' },
    );
    const news = { except: [await marks({ commissions: 3n, changes: 0n })] };
    expect(await facts()).toEqual([
      '2026-09-30 amended aff_1 30 USD',
      '2026-10-15 earned aff_1 1230 USD',
      '2026-10-15 amended aff_1 -30 USD',
      '2026-11-23 amended aff_1 300 EUR',
      '2026-11-23 amended aff_1 -1200 USD',
      '2026-11-23 amended aff_2 1000 USD',
    ]);
    expect(await facts(news)).toEqual((await facts()).filter((fact) => !fact.includes('earned')));
  });

  test('what takes back a commission that is rejected unpaid comes to nothing with it, and comes back with it', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'c2', amount: -300n, corrects: 'c1' });
    sample.today = '2026-11-23';
    await sample.commissions({ id: 'c1', amount: 1000n, status: 'rejected' });
    sample.today = '2026-11-24';
    await sample.commissions({ id: 'c1', amount: 1000n, status: 'approved' });
    sample.today = '2026-11-25';
    await sample.commissions({ id: 'c1', amount: 1000n, status: 'rejected' });
    await sample.commissions({ id: 'c2', amount: -300n, corrects: null });
    expect(await facts()).toEqual([
      '2026-10-15 earned aff_1 1000 USD',
      '2026-10-15 clawed_back aff_1 -300 USD',
      '2026-11-23 rejected aff_1 -700 USD',
      '2026-11-24 reinstated aff_1 700 USD',
      '2026-11-25 rejected aff_1 -700 USD',
      '2026-11-25 reinstated aff_1 -300 USD',
    ]);
  });

  test('a range, a currency, a run and the news are parts of the whole', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'c2', amount: 500n, currency: 'EUR' });
    await sample.generate();
    const whole = await facts();
    expect(whole).toHaveLength(4);
    expect(await facts({ currency: 'EUR' })).toEqual(whole.filter((fact) => fact.endsWith('EUR')));
    expect(await facts({ from: '2026-10-16' })).toEqual(whole.slice(2));
    expect(await facts({ to: '2026-10-16' })).toEqual(whole.slice(0, 2));
    expect(await facts({ run: 1n })).toEqual(whole.slice(2));
    expect(await facts({ except: [await marks({ currency: 'EUR' })] })).toEqual(
      await facts({ currency: 'USD' }),
    );
    expect(await facts({ except: [await marks({ to: '2026-10-31' })] })).toEqual(whole.slice(2));
    expect(await facts({ except: [await marks({ run: 1n })] })).toEqual(whole.slice(0, 2));
    expect(await facts({ except: [await marks()] })).toEqual([]);
  });

  test('are the same however many months are read at once, a page for each month', async () => {
    await sample.commissions(
      ...['2026-07-31', '2026-08-01', '2026-10-02', '2026-10-01'].map((earnedAt, place) => ({
        ...{ id: `c${place}`, amount: 100n + BigInt(place), earnedAt },
      })),
    );
    await sample.generate({ from: '2026-07-01' });
    const pages = (filter: Partial<JournalFilter>, chunkSize?: number): Promise<string[][]> =>
      sample.ledger.read(async (reader) => {
        const all: string[][] = [];
        for await (const page of eachJournalFact(reader, { ...ALL, ...filter }, chunkSize))
          all.push(page.map((one) => `${one.postingDate} ${one.kind} ${one.amount}`));
        return all;
      });
    const whole = await pages({});
    expect(whole).toEqual([
      ['2026-07-31 earned 100'],
      ['2026-08-01 earned 101'],
      ['2026-10-01 earned 103', '2026-10-02 earned 102'],
      ['2026-11-22 issued 406'],
    ]);
    for (const size of [1, 2, 3]) expect(await pages({}, size)).toEqual(whole);
    expect(await pages({ detail: 'month' }, 1)).toEqual(await pages({ detail: 'month' }));
    expect(await pages({ run: 1n }, 1)).toEqual(whole.slice(3));
    expect(await pages({ from: '2027-01-01' })).toEqual([]);
  });

  test('an entry is known by the same id in every export', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n });
    await sample.generate();
    await sample.change('pay', 'INV-2026-000001');
    await sample.change('return', 'INV-2026-000001');
    await sample.void('INV-2026-000001');
    const ids = await sample.ledger.read(async (reader) => {
      const all: string[] = [];
      for await (const page of eachJournalFact(reader, ALL)) all.push(...page.map((one) => entryOf(one).id));
      return all;
    });
    expect(ids).toEqual([
      'earned/2026-10-15/USD/aff_1',
      'INV-2026-000001',
      'INV-2026-000001/paid-3',
      'INV-2026-000001/returned-4',
      'CN-2026-000001',
    ]);
  });
});
