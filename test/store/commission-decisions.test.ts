import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { showCommission } from '../../src/app/commissions.js';
import {
  decidableCommissions,
  decideCommissions,
  type CommissionSelection,
  type UnpaidQuery,
} from '../../src/app/decide-commissions.js';
import { World } from './import-world.js';

let world: World;
beforeEach(async () => {
  world = await World.make();
  await world.affiliates('id,name\na1,Ada\na2,Bo\n');
});
afterEach(async () => {
  await world.finish();
});

const counts = (news: number, changed: number, unchanged: number, corrected: number) => ({
  new: news,
  changed,
  unchanged,
  corrected,
  rejected: 0,
});

/** Imports the rows below a header and answers the counts. */
const take = async (header: string, ...rows: string[]) =>
  (await world.commissions([header, ...rows, ''].join('\n'))).counts;

const PLAIN = 'id,affiliate_id,earned_at,amount,status';

describe('a commission that was paid and that an operator decides on', () => {
  const amounts = async () =>
    (await world.lines()).filter(({ id }) => id.startsWith('c1')).map(({ amount }) => amount);
  beforeEach(async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,14.70,approved');
    await world.pay();
  });

  it('is taken back once, by whoever says it and however often', async () => {
    await world.decide('c1', 'reject');
    expect(await take(PLAIN, 'c1,a1,2026-10-01,14.70,rejected')).toEqual(counts(0, 1, 0, 0));
    expect((await world.decide('c1', 'reject')).changed).toEqual([]);
    expect(await amounts()).toEqual([1470, -1470]);
  });

  it('is taken back once where its source was first', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,14.70,rejected');
    expect((await world.decide('c1', 'reject')).corrections).toEqual([]);
    await take(PLAIN, 'c1,a1,2026-10-01,14.70,approved');
    expect(await amounts()).toEqual([1470, -1470]);
  });

  it('is taken back by what is left of it after a partial refund', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,4.70,approved');
    await world.decide('c1', 'reject');
    expect(await amounts()).toEqual([1470, -1000, -470]);
    await take(PLAIN, 'c1,a1,2026-10-01,2.00,approved');
    expect(await amounts()).toEqual([1470, -1000, -470]);
    await world.decide('c1', 'approve');
    expect(await amounts()).toEqual([1470, -1000, -470, 200]);
  });

  it('is given again by an approval, which stands until its source begins to reject anew', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,14.70,rejected');
    await world.decide('c1', 'approve');
    await take(PLAIN, 'c1,a1,2026-10-01,12.00,rejected');
    expect(await amounts()).toEqual([1470, -1470, 1470, -270]);
    await take(PLAIN, 'c1,a1,2026-10-01,12.00,approved');
    await take(PLAIN, 'c1,a1,2026-10-01,12.00,rejected');
    expect(await amounts()).toEqual([1470, -1470, 1470, -270, -1200]);
  });

  it('keeps an approval against a source that rejected it before it was paid', async () => {
    await take(PLAIN, 'c2,a1,2026-10-01,5.00,rejected');
    await world.decide('c2', 'approve');
    await world.pay();
    expect(await take(PLAIN, 'c2,a1,2026-10-01,4.00,rejected')).toEqual(counts(0, 0, 0, 1));
    expect(await world.line('c2~1')).toMatchObject({ amount: -100 });
  });

  it('is owed to nobody when it is rejected after its payout was void, and is again what its source says', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,10.00,approved');
    await world.void('INV-2026-000001');
    expect((await world.decide('c1', 'reject')).corrections).toEqual([]);
    expect(await world.line('c1')).toMatchObject({ status: 'rejected' });
    expect(await world.pay()).toEqual([]);
    await take(PLAIN, 'c1,a1,2026-10-01,12.00,approved');
    expect((await world.decide('c1', 'approve')).corrections).toMatchObject([{ amount: 200n }]);
    await world.pay();
    expect(await world.live()).toEqual(['c1', 'c1~1', 'c1~2']);
  });

  it('is corrected where only a correction of it was paid and counts', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,20.00,approved');
    await world.pay();
    await world.void('INV-2026-000001');
    expect((await world.decide('c1', 'reject')).corrections).toMatchObject([{ amount: -2000n }]);
    expect(await world.line('c1')).toMatchObject({ status: 'approved' });
    await take(PLAIN, 'c3,a1,2026-10-01,100.00,approved');
    await world.pay();
    const paid = await world.ledger.read((reader) =>
      reader.get('SELECT sum(amount) AS amount FROM payout_lines WHERE released_on IS NULL'),
    );
    expect(paid).toEqual({ amount: 10000n });
  });

  it('cannot be decided once it is settled, nor by its correction, and nothing else is then', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,10.00,approved', 'c2,a1,2026-10-01,1,settled', 'c3,a1,2026-10-01,1,');
    const before = await world.lines();
    const deciding = decideCommissions(world.work, {
      verb: 'reject',
      selection: { ids: ['c3', 'c1~1', 'c2'] },
      reason: null,
      dryRun: false,
    });
    await expect(deciding).rejects.toMatchObject({
      code: 'conflict',
      message: 'Nothing was rejected: c1~1 is a correction, c2 is settled.',
      hint: 'Reject c1 itself, or forgive it with payrun adjust.',
      details: [
        {
          commissionId: 'c1~1',
          status: 'approved',
          reason: 'is_correction',
          message: 'c1~1 is a correction.',
        },
        { commissionId: 'c2', status: 'settled', reason: 'settled', message: 'c2 is settled.' },
      ],
    });
    expect(await world.lines()).toEqual(before);
  });

  it('is told when a debit of the source takes it back besides', async () => {
    const header = 'id,affiliate_id,earned_at,amount,kind,corrects,status';
    await world.decide('c1', 'reject');
    const debit = `${header}\nd1,a1,2026-10-02,-14.70,clawback,c1,approved\n`;
    expect((await world.commissions(debit)).takenBackTwice).toEqual([{ id: 'c1', by: 'd1' }]);
    expect((await world.commissions(debit)).takenBackTwice).toEqual([]);
    await world.decide('d1', 'reject');
    await world.decide('c1', 'approve');
    expect((await world.decide('c1', 'reject')).takenBackTwice).toEqual([]);
    await world.decide('d1', 'approve');
    await world.decide('c1', 'approve');
    expect((await world.decide('c1', 'reject')).takenBackTwice).toEqual([{ id: 'c1', by: 'd1' }]);
  });
});

describe('an operator who decides on unpaid commissions', () => {
  const decide = (verb: 'approve' | 'reject', selection: CommissionSelection, dryRun = false) =>
    decideCommissions(world.work, { verb, selection, reason: 'because', dryRun });

  it('takes what a filter fits: unpaid, never corrected, not zero', async () => {
    const header = `${PLAIN},campaign`;
    await take(
      header,
      'c1,a1,2026-10-01,10,pending,spring',
      'c2,a1,2026-10-02,10,approved,spring',
      'c3,a2,2026-10-02,10,pending,spring',
      'c4,a1,2026-10-03,10,pending,',
      'c5,a1,2026-10-03,0,pending,spring',
      'c6,a1,2026-10-03,10,rejected,spring',
    );
    const ids = async (verb: 'approve' | 'reject', query: UnpaidQuery) =>
      (await decidableCommissions(world.work, verb, query)).map(({ id }) => id);
    expect(await ids('approve', {})).toEqual(['c1', 'c3', 'c4']);
    expect(await ids('reject', {})).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect(await ids('reject', { affiliate: 'Ada', campaign: 'spring' })).toEqual(['c1', 'c2']);
    expect(await ids('reject', { from: '2026-10-02', to: '2026-10-02' })).toEqual(['c2', 'c3']);
    const before = await world.lines();
    const dry = await decide('approve', { query: { affiliate: 'a1' } }, true);
    expect(dry.changed.map(({ id, status }) => `${id} ${status}`)).toEqual(['c1 approved', 'c4 approved']);
    expect(await world.lines()).toEqual(before);
    expect((await decide('approve', { query: { affiliate: 'a1' } })).changed).toEqual(dry.changed);
    expect((await decide('approve', { query: { affiliate: 'a1' } })).commissions).toEqual([]);
  });

  it('makes a rejection of the source his own, which stands against it, and counts it as no change', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,10,rejected');
    expect((await world.decide('c1', 'reject')).changed).toEqual([]);
    await take(PLAIN, 'c1,a1,2026-10-01,10,approved');
    expect(await world.line('c1')).toMatchObject({ status: 'rejected' });
  });

  it('leaves the reason in the history and one audit row a command', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,10,pending', 'c2,a1,2026-10-01,10,approved');
    const audits = async () => Number((await world.size())['audit']);
    const before = await audits();
    await decide('approve', { ids: ['c1', ' c2 ', 'c1'] });
    await decide('approve', { ids: ['c1'] });
    expect(await audits()).toBe(before + 1);
    const { history, decidedBy } = await showCommission(world.work, 'c1');
    expect(history).toEqual([
      {
        at: '2026-11-22T09:00:00.000Z',
        by: 'kim',
        statusBefore: 'pending',
        statusAfter: 'approved',
        amountBefore: 1000n,
        amountAfter: 1000n,
        currencyBefore: 'USD',
        currencyAfter: 'USD',
        moved: [],
        reason: 'because',
      },
    ]);
    expect(decidedBy).toEqual({ by: 'operator', decided: 'approved' });
    expect((await showCommission(world.work, 'c2')).history).toEqual([]);
  });

  it('is refused where what he chose was paid meanwhile', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,10,approved');
    await world.pay();
    await expect(decide('reject', { ids: ['c1'], unpaidOnly: true })).rejects.toMatchObject({
      code: 'conflict',
      message: 'Nothing was rejected: c1 was put on a payout meanwhile.',
    });
  });
});
