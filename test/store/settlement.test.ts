/**
 * Commissions that were paid outside payrun after all, while a correction of theirs is on a payout here. What
 * payrun pays for such a commission, corrections and all, comes to nothing.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { showCommission } from '../../src/app/commissions.js';
import { World } from './import-world.js';

/** The payouts of the sale, of what was netted with its correction, and of what comes then. */
const SALE = 'INV-2026-000001';
const NETTED = 'INV-2026-000002';
const NEXT = 'INV-2026-000003';

let world: World;
beforeEach(async () => {
  world = await World.make();
  await world.affiliates('id,name\na1,Ada\n');
});
afterEach(async () => {
  await world.finish();
});

const HEADER = 'id,affiliate_id,earned_at,amount,status';

/** Imports a sale of 1 October and answers how many rows changed and were corrected. */
async function say(id: string, amount: string, status: string, settledUntil: string | null = null) {
  const csv = `${HEADER}\n${id},a1,2026-10-01,${amount},${status}\n`;
  const { counts } = await world.commissions(csv, { settledUntil });
  return { changed: counts.changed, corrected: counts.corrected };
}

/** The sale and its corrections: amount, and whether it is on a payout, else what it is. */
async function standing(): Promise<string[]> {
  const live = await world.live();
  const lines = (await world.lines()).filter(({ id }) => /^c1(~|$)/.test(id));
  return lines.map(({ id, amount, status }) => `${amount / 100} ${live.includes(id) ? 'live' : status}`);
}

/** What live payouts pay in all. */
async function paid(): Promise<number> {
  const live = await world.live();
  return (await world.lines())
    .filter(({ id }) => live.includes(id))
    .reduce((sum, { amount }) => sum + amount / 100, 0);
}

/** A sale of 100 on one payout, and its correction netted on the next; then the first one is void. */
async function nettedAndFreed(amount = '80'): Promise<void> {
  await say('c1', '100', 'approved');
  await world.pay();
  await say('c1', amount, 'approved');
  await say('c2', '500', 'approved');
  await world.pay();
  await world.void(SALE);
}

describe('a commission whose correction was netted and that is settled then', () => {
  it('has what was netted given back, once, by a correction of today', async () => {
    await nettedAndFreed();
    expect(await standing()).toEqual(['100 approved', '-20 live']);
    expect(await say('c1', '80', 'settled')).toEqual({ changed: 0, corrected: 1 });
    expect(await standing()).toEqual(['100 settled', '-20 live', '20 approved']);
    expect(await world.line('c1~2')).toEqual({
      id: 'c1~2',
      affiliate: 'a1',
      kind: 'adjustment',
      status: 'approved',
      currency: 'USD',
      amount: 2000,
      earnedOn: '2026-11-22',
      availableOn: '2026-11-22',
      campaign: null,
      corrects: 'c1',
    });
    const { history } = await showCommission(world.work, 'c1');
    expect(history.slice(-2).map(({ statusAfter, reason }) => `${statusAfter}: ${reason}`)).toEqual([
      'settled: import',
      'settled: import: corrected by c1~2',
    ]);
    expect(await say('c1', '80', 'settled')).toEqual({ changed: 0, corrected: 0 });
    expect(await say('c1', '70', 'settled')).toEqual({ changed: 1, corrected: 0 });
    expect(await say('c1', '70', 'rejected')).toEqual({ changed: 1, corrected: 0 });
    await world.pay();
    expect(await standing()).toEqual(['100 settled', '-20 live', '20 live']);
    expect(await paid()).toBe(500);
  });

  it('has what was paid too much taken back', async () => {
    await nettedAndFreed('130');
    await say('c1', '130', 'settled');
    expect(await standing()).toEqual(['100 settled', '30 live', '-30 approved']);
    expect(await world.line('c1~2')).toMatchObject({ kind: 'clawback' });
    await say('c3', '40', 'approved');
    await world.pay();
    expect(await paid()).toBe(540);
  });

  it('is made even by the void where its source settled it before', async () => {
    await say('c1', '100', 'approved');
    await world.pay();
    await say('c1', '80', 'approved');
    await say('c2', '500', 'approved');
    await world.pay();
    await say('c1', '80', 'settled');
    expect(await standing()).toEqual(['100 live', '-20 live']);
    await world.void(SALE);
    expect(await standing()).toEqual(['100 settled', '-20 live', '20 approved']);
    const { history } = await showCommission(world.work, 'c1');
    expect(history.at(-1)?.reason).toBe('settled by the source; released by the void: corrected by c1~2');
    await world.pay();
    expect(await paid()).toBe(500);
  });

  it('is made even where --settled-until covers it', async () => {
    await nettedAndFreed();
    expect(await say('c1', '80', 'approved', '2026-10-01')).toEqual({ changed: 0, corrected: 1 });
    expect(await standing()).toEqual(['100 settled', '-20 live', '20 approved']);
    expect(await say('c1', '80', 'approved', '2026-10-01')).toEqual({ changed: 0, corrected: 0 });
  });

  it('gets back no more than was netted, whatever corrections of it are unpaid', async () => {
    await nettedAndFreed();
    await say('c1', '70', 'approved');
    await say('c1', '70', 'settled');
    expect(await standing()).toEqual(['100 settled', '-20 live', '-10 settled', '20 approved']);
  });

  it('was taken back by an operator before: that is even, too', async () => {
    await nettedAndFreed();
    await world.decide('c1', 'reject');
    expect(await standing()).toEqual(['100 approved', '-20 live', '-80 approved']);
    await say('c1', '80', 'settled');
    expect(await standing()).toEqual(['100 settled', '-20 live', '-80 settled', '20 approved']);
    await expect(world.decide('c1', 'reject')).rejects.toMatchObject({ code: 'conflict' });
    await expect(world.decide('c1~3', 'reject')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is a debit: that is even as well, also when what it took back is owed to nobody then', async () => {
    const debit = (amount: string, status: string) =>
      world.commissions(`${HEADER},kind,corrects\nc1,a1,2026-10-01,${amount},${status},clawback,c0\n`);
    await say('c0', '100', 'approved');
    await debit('-20', 'approved');
    await world.pay();
    await debit('-25', 'approved');
    await say('c2', '500', 'approved');
    await world.pay();
    await world.void(SALE);
    await debit('-25', 'settled');
    await say('c0', '100', 'rejected');
    expect(await standing()).toEqual(['-20 settled', '-5 live', '5 approved']);
    await world.pay();
    expect(await paid()).toBe(500);
  });

  it('is given back in several lines where one cannot hold it', async () => {
    const most = '9999999999999.99';
    const adjust = (amount: string, status: string) =>
      world.commissions(`${HEADER},kind\nc1,a1,2026-10-01,${amount},${status},adjustment\n`);
    await adjust(most, 'approved');
    await world.pay();
    for (const amount of ['0', `-${most}`]) {
      await adjust(amount, 'approved');
      await say(`c2${amount}`, most, 'approved');
      await say(`c3${amount}`, '7', 'approved');
      await world.pay();
    }
    await world.void(SALE);
    await adjust(`-${most}`, 'settled');
    expect((await world.lines()).filter(({ id }) => /^c1~/.test(id)).map(({ amount }) => amount)).toEqual([
      -999_999_999_999_999, -999_999_999_999_999, 999_999_999_999_999, 999_999_999_999_999,
    ]);
  });
});

describe('what gives back what was netted of a settled commission', () => {
  beforeEach(async () => {
    await nettedAndFreed();
    await say('c1', '80', 'settled');
  });

  it('goes with it, where the payout that netted it is void', async () => {
    await world.void(NETTED);
    expect(await standing()).toEqual(['100 settled', '-20 settled', '20 settled']);
    await world.pay();
    expect(await paid()).toBe(500);
  });

  it('is due again, where its own payout is void', async () => {
    await world.pay();
    await world.void(NEXT);
    expect(await standing()).toEqual(['100 settled', '-20 live', '20 approved']);
    await world.pay();
    expect(await paid()).toBe(500);
  });

  it('is taken back by what was netted, where that is freed after it was paid', async () => {
    await world.pay();
    await world.void(NETTED);
    expect(await standing()).toEqual(['100 settled', '-20 approved', '20 live']);
    await world.pay();
    expect(await standing()).toEqual(['100 settled', '-20 live', '20 live']);
    expect(await paid()).toBe(500);
    await world.void(NEXT);
    await world.void('INV-2026-000004');
    expect(await standing()).toEqual(['100 settled', '-20 settled', '20 settled']);
  });

  it('counts where its source takes back that it was settled, unpaid or paid', async () => {
    await say('c1', '80', 'approved');
    expect(await standing()).toEqual(['100 approved', '-20 live', '20 approved', '-20 approved']);
    await world.pay();
    expect(await paid()).toBe(580);
    await world.void(NEXT);
    await say('c1', '80', 'settled');
    expect(await standing()).toEqual(['100 settled', '-20 live', '20 approved', '-20 settled']);
    await world.pay();
    await say('c1', '70', 'approved');
    expect(await standing()).toEqual(['100 approved', '-20 live', '20 live', '-20 approved', '-10 approved']);
    await world.pay();
    expect(await paid()).toBe(570);
  });
});

describe('a settled commission that is called pending then, while its correction is on a payout', () => {
  const rejected = ['100 approved', '-20 live', '20 approved', '-20 approved', '-80 approved'];
  beforeEach(async () => {
    await nettedAndFreed();
    await say('c1', '80', 'settled');
    await say('c1', '80', 'pending');
    await world.pay();
  });

  it('waits for its approval, and gives back what was netted when it is rejected instead', async () => {
    expect(await standing()).toEqual(['100 pending', '-20 live', '20 approved', '-20 approved']);
    expect(await paid()).toBe(480);
    await say('c1', '80', 'rejected');
    expect(await standing()).toEqual(rejected);
    await world.pay();
    expect(await paid()).toBe(500);
  });

  it('gives that back as well when an operator rejects it', async () => {
    await world.decide('c1', 'reject');
    expect(await standing()).toEqual(rejected);
    await world.pay();
    expect(await paid()).toBe(500);
  });

  it('needs no approval where an operator rejected it before', async () => {
    await world.decide('c1', 'reject');
    await say('c1', '80', 'settled');
    await say('c1', '80', 'pending');
    expect((await standing())[0]).toBe('100 approved');
    await world.pay();
    expect(await paid()).toBe(500);
  });
});

it('what gives back several corrections is made anew where the payout of one of them is void', async () => {
  await say('c1', '100', 'approved');
  for (const [id, amount, status] of [
    ['c2', '80', 'approved'],
    ['c3', '70', 'approved'],
    ['c4', '70', 'settled'],
  ] as const) {
    await world.pay();
    await say('c1', amount, status);
    await say(id, '500', 'approved');
  }
  await world.void(SALE);
  expect(await standing()).toEqual(['100 settled', '-20 live', '-10 live', '30 approved']);
  await world.void(NETTED);
  expect(await standing()).toEqual([
    ...['100 settled', '-20 settled', '-10 live', '30 settled', '10 approved'],
  ]);
  await world.pay();
  expect(await paid()).toBe(1500);
});
