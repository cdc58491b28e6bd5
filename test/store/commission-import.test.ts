import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { showCommission } from '../../src/app/commissions.js';
import { addAffiliate } from '../../src/app/edit-affiliates.js';
import { setSetting } from '../../src/app/settings.js';
import type { Ledger } from '../../src/store/ledger.js';
import { openLedger } from '../../src/store/open.js';
import { refusalsOf, World } from './import-world.js';

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

describe('a commission that is new', () => {
  it.each([
    ['a sale is pending and held', '100,sale,,', 'pending', '2026-10-31'],
    ['a bonus is approved at once and not held', '100,bonus,,', 'approved', '2026-10-01'],
    ['a clawback is approved and not held', '-100,clawback,,', 'approved', '2026-10-01'],
    ['a negative adjustment is approved and not held', '-1,adjustment,,', 'approved', '2026-10-01'],
    ['the status of the source counts', '100,sale,rejected,', 'rejected', '2026-10-31'],
    ['the day of the source counts', '100,sale,approved,2026-12-24', 'approved', '2026-12-24'],
    ['a sale of zero is held as others are', '0,sale,,', 'pending', '2026-10-31'],
  ])('%s', async (_title, cells, status, availableOn) => {
    const header = 'id,affiliate_id,earned_at,amount,kind,status,available_on';
    expect(await take(header, `c1,a1,2026-10-01,${cells}`)).toEqual(counts(1, 0, 0, 0));
    expect(await world.line('c1')).toMatchObject({ status, availableOn });
  });

  it('keeps its hold when the setting changes afterwards', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,10,');
    await setSetting(world.work, 'hold.days', '0');
    await take(PLAIN, 'c1,a1,2026-10-01,11,approved', 'c2,a1,2026-10-01,10,');
    expect(await world.line('c1')).toMatchObject({ availableOn: '2026-10-31', amount: 1100 });
    expect(await world.line('c2')).toMatchObject({ availableOn: '2026-10-01' });
  });
});

describe('importing again', () => {
  it('counts equal rows as unchanged whatever operators did since', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,10,pending', 'c2,a1,2026-10-01,10,approved');
    await world.decide('c1', 'approve');
    await world.decide('c2', 'reject');
    expect(await take(PLAIN, 'c1,a1,2026-10-01,10.00,pending', 'c2,a1,2026-10-01,10,approved')).toEqual(
      counts(0, 0, 2, 0),
    );
    expect(await world.line('c1')).toMatchObject({ status: 'approved' });
    expect(await world.line('c2')).toMatchObject({ status: 'rejected' });
  });

  it('changes nothing by a column that is absent, and empties by one that is empty', async () => {
    await take(`${PLAIN},campaign`, 'c1,a1,2026-10-01,10,approved,spring');
    expect(await take('id,affiliate_id,earned_at,amount', 'c1,a1,2026-10-01,10')).toEqual(counts(0, 0, 1, 0));
    expect(await world.line('c1')).toMatchObject({ campaign: 'spring', status: 'approved' });
    expect(await take(`${PLAIN},campaign`, 'c1,a1,2026-10-01,10,,')).toEqual(counts(0, 1, 0, 0));
    expect(await world.line('c1')).toMatchObject({ campaign: null, status: 'approved' });
  });

  it('keeps the kind and the currency that a file does not tell', async () => {
    const header = 'id,affiliate_id,earned_at,amount,kind,currency';
    await take(header, 'c1,a1,2026-10-01,-10,clawback,EUR');
    expect(await take('id,affiliate_id,earned_at,amount', 'c1,a1,2026-10-01,-12')).toEqual(
      counts(0, 1, 0, 0),
    );
    expect(await world.line('c1')).toMatchObject({ kind: 'clawback', currency: 'EUR', amount: -1200 });
    const csv = 'id,affiliate_id,earned_at,amount\nc1,a1,2026-10-01,12\n';
    expect(await refusalsOf(world.commissions(csv))).toEqual(['2 amount wrong_sign']);
  });

  it('asks for the currency where the kept one has other decimals', async () => {
    await take('id,affiliate_id,earned_at,amount,currency', 'c1,a1,2026-10-01,1000,JPY');
    const csv = 'id,affiliate_id,earned_at,amount\nc1,a1,2026-10-01,1000\n';
    expect(await refusalsOf(world.commissions(csv))).toEqual(['2 currency bad_currency']);
  });

  it.each([
    ['a rejection by an operator stands', 'approved', 'reject', 'pending', 'rejected'],
    ['a rejection by the source overrides an approval', 'pending', 'approve', 'rejected', 'rejected'],
    ['an approval by an operator is not taken back to pending', '', 'approve', 'pending', 'approved'],
    ['what the source settles is settled', 'pending', 'approve', 'settled', 'settled'],
  ] as const)('%s', async (_title, before, decided, after, stands) => {
    await take(PLAIN, `c1,a1,2026-10-01,10,${before}`);
    await world.decide('c1', decided);
    await take(PLAIN, `c1,a1,2026-10-01,10,${after}`);
    expect(await world.line('c1')).toMatchObject({ status: stands });
  });

  it('follows the source again once an operator has approved what he rejected', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,10,approved');
    await world.decide('c1', 'reject');
    await take(PLAIN, 'c1,a1,2026-10-01,10,pending');
    await world.decide('c1', 'approve');
    await take(PLAIN, 'c1,a1,2026-10-01,10,rejected');
    expect(await world.line('c1')).toMatchObject({ status: 'rejected' });
  });

  it('keeps a record of each changed status and amount', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,10,pending');
    await take(PLAIN, 'c1,a1,2026-10-01,12,approved');
    const changes = await world.ledger.read((reader) =>
      reader.all(
        `SELECT changed_on, changed_by, status_before, status_after, amount_before, amount_after, reason
         FROM commission_changes`,
      ),
    );
    expect(changes).toEqual([
      {
        changed_on: '2026-11-22',
        changed_by: 'kim',
        status_before: 'pending',
        status_after: 'approved',
        amount_before: 1000n,
        amount_after: 1200n,
        reason: 'import',
      },
    ]);
  });
});

describe('a commission that is on a payout', () => {
  const sold = 'c1,a1,2026-10-01,100,approved';
  beforeEach(async () => {
    await take(`${PLAIN},campaign`, `${sold},spring`);
    await world.pay();
  });

  it('stays as it is and is corrected by each refund, down to nothing', async () => {
    const corrections: unknown[] = [];
    for (const [row, correction] of [
      ['c1,a1,2026-10-01,80,approved', -2000],
      ['c1,a1,2026-10-01,50,approved', -3000],
      ['c1,a1,2026-10-01,90,approved', 4000],
      ['c1,a1,2026-10-01,90,rejected', -9000],
      ['c1,a1,2026-10-01,70,rejected', null],
    ] as const) {
      expect(await take(PLAIN, row)).toEqual(correction === null ? counts(0, 1, 0, 0) : counts(0, 0, 0, 1));
      expect(await take(PLAIN, row)).toEqual(counts(0, 0, 1, 0));
      const lines = await world.lines();
      expect(lines.find((line) => line.id === 'c1')).toMatchObject({ amount: 10000, status: 'approved' });
      if (correction !== null) corrections.push(lines.at(-1)?.amount);
    }
    expect(corrections).toEqual([-2000, -3000, 4000, -9000]);
    expect(await world.live()).toEqual(['c1']);
    expect(await world.lines()).toHaveLength(5);
    expect(await world.line('c1~1')).toEqual({
      id: 'c1~1',
      affiliate: 'a1',
      kind: 'clawback',
      status: 'approved',
      currency: 'USD',
      amount: -2000,
      earnedOn: '2026-11-22',
      availableOn: '2026-11-22',
      campaign: 'spring',
      corrects: 'c1',
    });
    expect(await world.line('c1~3')).toMatchObject({ kind: 'adjustment', amount: 4000 });
    const { history } = await showCommission(world.work, 'c1');
    expect(history.map(({ reason }) => reason)).toEqual([
      'import: corrected by c1~1',
      'import: corrected by c1~2',
      'import: corrected by c1~3',
      'import: corrected by c1~4',
    ]);
    expect(history[0]).toMatchObject({
      at: '2026-11-22T09:00:00.000Z',
      by: 'kim',
      ...{ statusBefore: 'approved', statusAfter: 'approved', amountBefore: 10000n, amountAfter: 10000n },
    });
  });

  it.each([
    ['rejected', '', 'source', 'rejected'],
    ['rejected', 'approve', 'operator', 'approved'],
    ['approved', 'reject', 'operator', 'rejected'],
    ['approved', '', 'source', null],
  ] as const)(
    'that its source calls %s, then %p, is decided by the %s: %s',
    async (said, verb, by, decided) => {
      await take(PLAIN, sold.replace('approved', said));
      if (verb !== '') await world.decide('c1', verb);
      expect((await showCommission(world.work, 'c1')).decidedBy).toEqual({ by, decided });
    },
  );

  it('is corrected the same way after its payout was voided', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,80,approved');
    await world.void('INV-2026-000001');
    expect(await take(PLAIN, 'c1,a1,2026-10-01,70,approved')).toEqual(counts(0, 0, 0, 1));
    expect(await world.line('c1')).toMatchObject({ amount: 10000 });
    expect(await world.line('c1~2')).toMatchObject({ amount: -1000 });
  });

  it('follows the source again after the void where nothing was corrected', async () => {
    await world.void('INV-2026-000001');
    expect(await take(PLAIN, 'c1,a2,2026-10-01,70,approved')).toEqual(counts(0, 1, 0, 0));
    expect(await world.line('c1')).toMatchObject({ amount: 7000, affiliate: 'a2' });
  });

  it('refuses another affiliate, currency or kind', async () => {
    const header = `${PLAIN},kind,currency`;
    for (const [row, column] of [
      ['c1,a2,2026-10-01,100,approved,sale,USD', 'affiliate_id'],
      ['c1,a1,2026-10-01,100,approved,bonus,USD', 'kind'],
      ['c1,a1,2026-10-01,100,approved,sale,EUR', 'currency'],
    ] as const) {
      expect(await refusalsOf(world.commissions(`${header}\n${row}\n`))).toEqual([
        `2 ${column} locked_field`,
      ]);
    }
  });

  it('makes no correction of settled, and is settled when the payout is voided', async () => {
    expect(await take(PLAIN, 'c1,a1,2026-10-01,100,settled')).toEqual(counts(0, 1, 0, 0));
    expect(await world.line('c1')).toMatchObject({ status: 'approved' });
    await world.void('INV-2026-000001');
    expect(await world.line('c1')).toMatchObject({ status: 'settled' });
  });

  it('is settled with its corrections whichever payout is voided first', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,120,approved');
    await world.pay();
    await take(PLAIN, 'c1,a1,2026-10-01,120,settled');
    await world.void('INV-2026-000001');
    await world.void('INV-2026-000002');
    expect(await world.line('c1')).toMatchObject({ status: 'settled' });
    expect(await world.line('c1~1')).toMatchObject({ status: 'settled', amount: 2000 });
  });

  it('needs no correction of what was settled elsewhere, whatever its source says then', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,80,approved');
    await world.void('INV-2026-000001');
    await take(PLAIN, 'c1,a1,2026-10-01,80,settled');
    expect(await take(PLAIN, 'c1,a1,2026-10-01,80,rejected')).toEqual(counts(0, 1, 0, 0));
    expect((await world.lines()).map(({ id }) => id)).not.toContain('c1~2');
  });

  it('is settled by a void with its corrections, which would else be taken from what is earned next', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,60,approved');
    await take(PLAIN, 'c1,a1,2026-10-01,60,settled');
    await world.void('INV-2026-000001');
    expect(await world.line('c1')).toMatchObject({ status: 'settled', amount: 10000 });
    expect(await world.line('c1~1')).toMatchObject({ status: 'settled', amount: -4000 });
  });

  it('records that it was settled, with its corrections, where they are all that is left of the payout', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,80,approved');
    await world.void('INV-2026-000001');
    expect(await take(PLAIN, 'c1,a1,2026-10-01,80,settled')).toEqual(counts(0, 1, 0, 0));
    expect(await world.line('c1')).toMatchObject({ status: 'settled' });
    expect(await world.line('c1~1')).toMatchObject({ status: 'settled' });
    expect((await world.size())['commission_changes']).toBe(3);
  });

  it('is owed again, and corrected, when its source takes back that it was settled', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,80,approved');
    await world.void('INV-2026-000001');
    await take(PLAIN, 'c1,a1,2026-10-01,80,settled');
    expect(await take(PLAIN, 'c1,a1,2026-10-01,70,approved')).toEqual(counts(0, 0, 0, 1));
    expect((await world.lines()).map(({ id, status, amount }) => [id, status, amount])).toEqual([
      ['c1', 'approved', 10000],
      ['c1~1', 'approved', -2000],
      ['c1~2', 'approved', -1000],
    ]);
    await world.pay();
    expect(await world.live()).toEqual(['c1', 'c1~1', 'c1~2']);
  });

  it('is settled with its corrections, and gets none, where one file changes it and --settled-until covers it', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,80,approved');
    await world.void('INV-2026-000001');
    const again = await world.commissions(`${PLAIN}\nc1,a1,2026-10-01,50,approved\n`, {
      settledUntil: '2026-10-01',
    });
    expect(again.counts).toEqual(counts(0, 1, 0, 0));
    expect((await world.lines()).map(({ id, status, amount }) => [id, status, amount])).toEqual([
      ['c1', 'settled', 10000],
      ['c1~1', 'settled', -2000],
    ]);
  });

  it('is not paid by a correction while the rejection of an operator stands', async () => {
    await take(PLAIN, 'c1,a1,2026-10-01,80,approved');
    await world.void('INV-2026-000001');
    await world.decide('c1', 'reject');
    expect(await take(PLAIN, 'c1,a1,2026-10-01,120,approved')).toEqual(counts(0, 1, 0, 0));
    expect(await world.lines()).toHaveLength(2);
  });

  it('refuses a correction that no line can hold', async () => {
    await world.commissions(
      'id,affiliate_id,earned_at,amount,kind\nx1,a2,2026-10-01,9999999999999.99,adjustment\n',
    );
    await world.pay();
    const csv = 'id,affiliate_id,earned_at,amount,kind\nx1,a2,2026-10-01,-9999999999999.99,adjustment\n';
    expect(await refusalsOf(world.commissions(csv))).toEqual(['2 amount amount_too_large']);
  });
});

describe('--settled-until', () => {
  const until = { settledUntil: '2026-10-01' };

  it('settles new rows up to that day, except the rejected', async () => {
    const csv = `${PLAIN}\nc1,a1,2026-10-01,1,approved\nc2,a1,2026-10-02,1,approved\nc3,a1,2026-09-01,1,rejected\n`;
    expect((await world.commissions(csv, until)).counts).toEqual(counts(3, 0, 0, 0));
    expect((await world.lines()).map((line) => line.status)).toEqual(['settled', 'approved', 'rejected']);
    expect((await world.commissions(csv)).counts).toEqual(counts(0, 0, 3, 0));
    expect(await world.line('c1')).toMatchObject({ status: 'settled' });
  });

  it('settles equal rows that are there already, but none on a payout and none an operator rejected', async () => {
    const csv = `${PLAIN}\nc1,a1,2026-10-01,1,approved\nc2,a1,2026-10-01,1,\nc3,a1,2026-10-01,1,\n`;
    await world.commissions(csv);
    await world.pay();
    await world.decide('c3', 'reject');
    expect((await world.commissions(csv, until)).counts).toEqual(counts(0, 1, 2, 0));
    expect((await world.lines()).map((line) => line.status)).toEqual(['approved', 'settled', 'rejected']);
  });

  it('names what it does not settle, because it is on a payout here', async () => {
    const rows = [
      'c1,a1,2026-09-01,1,approved',
      'c2,a2,2026-10-01,1,approved',
      'c3,a1,2026-10-02,1,approved',
    ];
    const csv = [PLAIN, ...rows, 'c4,a1,2026-10-01,1,approved', 'c5,a1,2026-10-01,1,approved', ''].join('\n');
    await world.commissions(csv);
    await world.pay();
    await world.decide('c4', 'reject');
    const again = await world.commissions(csv.replace(/(c5.*)approved/, '$1rejected'), until);
    expect(again).toMatchObject({
      counts: counts(0, 0, 4, 1),
      notSettled: [
        { commissionId: 'c1', invoiceNumber: 'INV-2026-000001' },
        { commissionId: 'c2', invoiceNumber: 'INV-2026-000002' },
      ],
      notSettledCount: 2,
    });
    expect(await world.line('c1')).toMatchObject({ status: 'approved' });
    expect(await world.commissions(csv)).toMatchObject({ notSettled: [], notSettledCount: 0 });
  });

  it('stays when the source goes on saying otherwise', async () => {
    await world.commissions(`${PLAIN}\nc1,a1,2026-10-01,1,pending\n`, until);
    expect(await take(PLAIN, 'c1,a1,2026-10-01,1,approved')).toEqual(counts(0, 1, 0, 0));
    expect(await world.line('c1')).toMatchObject({ status: 'settled' });
  });
});

describe('a debit that takes back a commission', () => {
  const header = 'id,affiliate_id,earned_at,amount,kind,corrects';

  it('finds it further down in the same file', async () => {
    await take(header, 'd1,a1,2026-10-02,-5,clawback,c1', 'c1,a1,2026-10-01,10,sale,');
    expect(await world.line('d1')).toMatchObject({ corrects: 'c1' });
    expect(await take(header, 'd1,a1,2026-10-02,-5,clawback,')).toEqual(counts(0, 1, 0, 0));
    expect(await world.line('d1')).toMatchObject({ corrects: null });
  });

  it.each([
    ['of a commission that is nowhere', ['d1,a1,2026-10-02,-5,clawback,zz'], ['2 corrects bad_value']],
    ['of itself', ['d1,a1,2026-10-02,-5,clawback,d1'], ['2 corrects bad_value']],
    [
      'of another affiliate',
      ['d1,a2,2026-10-02,-5,clawback,c1', 'c1,a1,2026-10-01,10,sale,'],
      ['2 corrects bad_value'],
    ],
    [
      'of a row that is refused itself',
      ['d1,a1,2026-10-02,-5,clawback,c1', 'c1,a1,2026-10-01,-10,sale,'],
      ['2 corrects bad_value', '3 amount wrong_sign'],
    ],
    [
      'of another debit',
      ['d1,a1,2026-10-02,-5,clawback,d2', 'd2,a1,2026-10-01,-10,clawback,'],
      ['2 corrects bad_value'],
    ],
  ])('is refused %s', async (_title, rows, refusals) => {
    const before = await world.size();
    expect(await refusalsOf(world.commissions([header, ...rows, ''].join('\n')))).toEqual(refusals);
    expect(await world.size()).toEqual(before);
  });

  it('goes to another affiliate only together with it', async () => {
    const rows = ['c1,a1,2026-10-01,10', 'd1,a1,2026-10-02,-5'];
    await take(header, `${String(rows[0])},sale,`, `${String(rows[1])},clawback,c1`);
    const plain = 'id,affiliate_id,earned_at,amount';
    const moved = rows.map((row) => row.replace('a1', 'a2'));
    const without = (...lines: unknown[]) => world.commissions([plain, ...lines, ''].join('\n'));
    expect(await refusalsOf(without(moved[0]))).toEqual(['2 affiliate_id locked_field']);
    expect(await refusalsOf(without(moved[0], rows[1]))).toEqual(['2 affiliate_id locked_field']);
    expect(await refusalsOf(without(rows[0], moved[1]))).toEqual(['3 corrects bad_value']);
    expect((await without(...moved)).counts).toEqual(counts(0, 2, 0, 0));
  });
});

describe('rows that look the same', () => {
  const header = 'id,affiliate_id,earned_at,amount,order_id';

  it('are told once each, the later one', async () => {
    await take(header, 'c1,a1,2026-10-01,10,o1');
    const file = [header, 'c2,a1,2026-10-01,10,o1', 'c3,a1,2026-10-01,10,o2', 'c4,a1,2026-10-01,10,o1', ''];
    const { possibleDuplicates, possibleDuplicateCount } = await world.commissions(file.join('\n'));
    expect(possibleDuplicates).toEqual([
      { id: 'c2', line: 2, sameAs: 'c1' },
      { id: 'c4', line: 4, sameAs: 'c1' },
    ]);
    expect(possibleDuplicateCount).toBe(2);
    expect((await world.commissions(file.join('\n'))).possibleDuplicates).toEqual([]);
  });

  it('are told when an older row becomes equal to a newer one', async () => {
    await take(header, 'c1,a1,2026-10-01,10,o1', 'c2,a1,2026-10-01,11,o1');
    const { possibleDuplicates } = await world.commissions(`${header}\nc1,a1,2026-10-01,11,o1\n`);
    expect(possibleDuplicates).toEqual([{ id: 'c1', line: 2, sameAs: 'c2' }]);
  });
});

describe('bad rows', () => {
  const file = [PLAIN, 'c1,a1,2026-10-01,1,', 'c2,zz,2026-10-01,1,', 'c1,a1,2026-10-01,2,', 'c3,a1,x,1,', ''];

  it('are all told, by line, and nothing is written', async () => {
    const before = await world.size();
    expect(await refusalsOf(world.commissions(file.join('\n')))).toEqual([
      '2 id duplicate_id',
      '3 affiliate_id unknown_affiliate',
      '4 id duplicate_id',
      '5 earned_at bad_date',
    ]);
    expect(await world.size()).toEqual(before);
  });

  it('are left out where they are to be skipped', async () => {
    const {
      counts: counted,
      rows,
      rejections,
    } = await world.commissions(file.join('\n'), { skipInvalid: true });
    expect({ ...counted, rows, told: rejections.length }).toEqual({
      ...counts(0, 0, 0, 0),
      rejected: 4,
      rows: 4,
      told: 4,
    });
  });

  it('keep the first of two equal rows with one id, and neither of two that differ', async () => {
    const equal = [PLAIN, 'c1,a1,2026-10-01,1,', 'c1,a1,2026-10-01,1.00,', ''].join('\n');
    expect(await refusalsOf(world.commissions(equal))).toEqual(['3 id duplicate_id']);
    const { counts: counted } = await world.commissions(equal, { skipInvalid: true });
    expect(counted).toEqual(expect.objectContaining({ new: 1, rejected: 1 }));
  });

  it('leave no trace of a dry run, which answers the same', async () => {
    const before = await world.size();
    const dry = await world.commissions(file.join('\n'), { skipInvalid: true, dryRun: true });
    expect(await world.size()).toEqual(before);
    expect(await world.commissions(file.join('\n'), { skipInvalid: true })).toEqual(dry);
  });
});

describe('while the rows trickle in', () => {
  /** A file whose end comes only after somebody else has written to the same ledger. */
  const trickle = (write: (ledger: Ledger) => Promise<unknown>): Readable =>
    Readable.from(
      (async function* () {
        yield Buffer.from(`${PLAIN}\nc1,a1,2026-10-01,1,\n`.padEnd(200_000, '\n'));
        const other = await openLedger(world.ledger.path, { waitMs: 0 });
        await write(other);
        await other.close();
        yield Buffer.from('c2,a3,2026-10-01,1,\n');
      })(),
    );

  it('the ledger is free for others, and what they wrote counts', async () => {
    const stdin = trickle((ledger) => addAffiliate({ ...world.work, ledger }, 'a3', { name: 'Cy' }));
    expect((await world.commissions('', { stdin })).counts).toEqual(counts(2, 0, 0, 0));
  });

  it('a setting by which they are read must not change', async () => {
    const stdin = trickle((ledger) => setSetting({ ...world.work, ledger }, 'hold.days', '0'));
    await expect(world.commissions('', { stdin })).rejects.toThrow(
      'hold.days was changed while the file was read',
    );
    expect(await world.lines()).toEqual([]);
  });
});

it('an import that changes something leaves one audit row, and one that does not leaves none', async () => {
  const audits = async () => (await world.size())['audit'];
  const before = Number(await audits());
  await take(PLAIN, 'c1,a1,2026-10-01,1,');
  expect(await audits()).toBe(before + 1);
  await take(PLAIN, 'c1,a1,2026-10-01,1,');
  expect(await audits()).toBe(before + 1);
});
