import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { decideCommissions } from '../../src/app/decide-commissions.js';
import { previewRedo, redoPayouts } from '../../src/app/redo-payouts.js';
import { listPayouts } from '../../src/store/payouts.js';
import { SampleLedger } from './sample-ledger.js';

const A = 'INV-2026-000001';
const B = 'INV-2026-000002';

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
  await sample.commissions(
    { id: 'c1', amount: 1000n, affiliateId: 'aff_1' },
    { id: 'c2', amount: 3000n, affiliateId: 'aff_2' },
  );
  await sample.generate();
});

afterEach(async () => {
  await sample.remove();
});

const commands = async (): Promise<string[]> =>
  (await sample.rows<{ command: string }>('SELECT command FROM audit ORDER BY number')).map(
    ({ command }) => command,
  );

describe('a command for payouts', () => {
  test('leaves one row in the audit log, however many it changes, and none where nothing changes', async () => {
    const before = await commands();
    await sample.change('pay', A, B);
    await sample.change('pay', A, B);
    await sample.change('return', A);
    await sample.redo(A);
    await sample.redo(A);
    expect((await commands()).slice(before.length)).toEqual([
      'payouts pay',
      'payouts return',
      'payouts redo',
    ]);
    expect(await sample.complaints()).toEqual([]);
  });

  test('that is refused leaves every row as it was', async () => {
    await sample.change('pay', A);
    const before = await sample.dump();
    await expect(sample.change('process', B, A)).rejects.toMatchObject({ code: 'conflict' });
    await expect(sample.redo(B, A)).rejects.toMatchObject({ code: 'conflict' });
    expect(await sample.dump()).toEqual(before);
  });

  test('is a conflict when the clock was set back', async () => {
    sample.today = '2026-11-21';
    for (const verb of ['approve', 'pay', 'void'] as const) {
      await expect(sample.change(verb, A)).rejects.toMatchObject({ code: 'conflict' });
    }
    await expect(sample.redo(A)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a redo', () => {
  test('is looked at without a trace', async () => {
    const before = await sample.dump();
    const selection = { invoiceNumbers: [A, B], run: null };
    const { replacements } = await previewRedo(sample.work, { selection, reason: 'x' });
    expect(replacements.map((one) => [one.old.amount, one.new.amount])).toEqual([
      [1000n, 1000n],
      [3000n, 3000n],
    ]);
    expect(await sample.dump()).toEqual(before);
  });

  test('goes in the order asked for, each with a credit note and a run of its own', async () => {
    const { replacements } = await sample.redo(B, A);
    expect(replacements.map((one) => [one.old.invoiceNumber, one.new.invoiceNumber, one.new.runId])).toEqual([
      [B, 'INV-2026-000003', 'R-000002'],
      [A, 'INV-2026-000004', 'R-000003'],
    ]);
    expect(
      await sample.rows("SELECT number, payout FROM documents WHERE kind = 'credit_note' ORDER BY number"),
    ).toEqual([
      { number: 'CN-2026-000001', payout: 2n },
      { number: 'CN-2026-000002', payout: 1n },
    ]);
    expect(await sample.rows('SELECT affiliate_id, currency, kind FROM runs WHERE number = 2')).toEqual([
      { affiliate_id: 'aff_2', currency: 'USD', kind: 'manual' },
    ]);
    expect(await sample.complaints()).toEqual([]);
  });

  test('takes what became eligible in its range since, and what is owed back', async () => {
    await sample.commissions(
      { id: 'c3', amount: 50n, affiliateId: 'aff_1' },
      { id: 'c4', amount: 70n, affiliateId: 'aff_1', earnedAt: '2026-11-01' },
      { id: 'c5', amount: -20n, affiliateId: 'aff_1', earnedAt: '2026-11-02' },
      { id: 'c6', amount: 5n, affiliateId: 'aff_1', currency: 'EUR' },
    );
    const { replacements } = await sample.redo(A);
    expect(replacements[0]?.new.amount).toBe(1030n);
    expect(await sample.complaints()).toEqual([]);
  });

  test('is refused when it is no longer what was looked at', async () => {
    const selection = { invoiceNumbers: [A], run: null };
    const { replacements } = await previewRedo(sample.work, { selection, reason: 'x' });
    await sample.commissions({ id: 'c3', amount: 50n, affiliateId: 'aff_1' });
    const before = await sample.dump();
    const asked = { selection, reason: 'x' };
    await expect(redoPayouts(sample.work, asked, replacements)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('has changed since it was looked at'),
    });
    expect(await sample.dump()).toEqual(before);
  });

  test('records what the approval policy approves', async () => {
    await sample.set('approval.commissions', 'after-hold');
    await sample.commissions({ id: 'c3', amount: 50n, affiliateId: 'aff_1', status: 'pending' });
    await sample.redo(A);
    expect(await sample.rows("SELECT status, status_by FROM commissions WHERE id = 'c3'")).toEqual([
      { status: 'approved', status_by: 'policy' },
    ]);
    expect(await sample.complaints()).toEqual([]);
  });
});

describe('what its source calls pending while it is on a payout', () => {
  const standing = (id: string) =>
    sample.rows(
      `SELECT status, status_by AS statusBy, (SELECT status FROM open_items WHERE commission = number) AS open
       FROM commissions WHERE id = '${id}'`,
    );
  const history = () =>
    sample.rows(
      `SELECT changed_on AS "on", changed_by AS by, status_before AS before, status_after AS after, reason
       FROM commission_changes`,
    );
  const approved = [{ status: 'approved', statusBy: 'source', open: null }];

  test('is pending when the payout is void, and is paid when it is approved again', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n, status: 'pending' });
    expect(await standing('c1')).toEqual(approved);
    await sample.void(A);
    expect(await standing('c1')).toEqual([{ status: 'pending', statusBy: 'source', open: 'pending' }]);
    expect(await history()).toEqual([
      {
        on: '2026-11-22',
        by: 'kim',
        before: 'approved',
        after: 'pending',
        reason: 'pending by the source; released by the void',
      },
    ]);
    expect((await sample.generate()).plan.skipped).toMatchObject([{ reason: 'not_approved', amount: 1000n }]);
    await sample.commissions({ id: 'c1', amount: 1000n });
    expect((await sample.generate()).payouts).toMatchObject([{ amount: 1000n }]);
    expect(await sample.complaints()).toEqual([]);
  });

  test('would not be paid by a redo, which is refused', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n, status: 'pending' });
    const before = await sample.dump();
    await expect(sample.redo(A)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('what is due is not approved (USD 10.00)'),
      details: [{ reason: 'pays_nothing', skipped: [{ reason: 'not_approved' }] }],
    });
    expect(await sample.dump()).toEqual(before);
  });

  test('stays approved where an operator or the policy approved it', async () => {
    await sample.set('approval.commissions', 'after-hold');
    await sample.commissions(
      { id: 'c3', amount: 50n, affiliateId: 'aff_3', status: 'pending' },
      { id: 'c4', amount: 50n, affiliateId: 'aff_3', status: 'pending' },
    );
    await decideCommissions(sample.work, {
      verb: 'approve',
      selection: { ids: ['c3'] },
      reason: null,
      dryRun: false,
    });
    await sample.generate();
    await sample.void('INV-2026-000003');
    expect(await standing('c3')).toEqual([{ status: 'approved', statusBy: 'operator', open: 'approved' }]);
    expect(await standing('c4')).toEqual([{ status: 'approved', statusBy: 'policy', open: 'approved' }]);
    expect(await sample.complaints()).toEqual([]);
  });

  test('stays as it is with what corrects it', async () => {
    await sample.commissions({ id: 'c1', amount: 800n, status: 'pending' });
    await sample.void(A);
    expect(await standing('c1')).toEqual([{ ...approved[0], open: 'approved' }]);
    expect((await sample.generate()).payouts).toMatchObject([{ amount: 800n }]);
    expect(await sample.complaints()).toEqual([]);
  });
});

describe('what was corrected since', () => {
  const corrected = async (): Promise<bigint[]> => {
    const found = await sample.ledger.read((reader) => listPayouts(reader, { corrected: true }));
    return found.map((one) => one.amount);
  };

  test('is what a linked and approved line changes, and no longer when the sum is as it was', async () => {
    expect(await corrected()).toEqual([]);
    await sample.commissions({ id: 'c1', amount: 800n });
    expect(await corrected()).toEqual([1000n]);
    await sample.commissions({ id: 'c1', amount: 1000n });
    expect(await corrected()).toEqual([]);
    await sample.commissions({ id: 'd1', amount: -5n, corrects: 'c1', status: 'pending' });
    expect(await corrected()).toEqual([]);
    await sample.commissions({ id: 'd1', amount: -5n, corrects: 'c1', status: 'approved' });
    expect(await corrected()).toEqual([1000n]);
  });

  test('is no matter for what is paid or void', async () => {
    await sample.change('pay', A);
    await sample.void(B);
    await sample.commissions({ id: 'c1', amount: 800n }, { id: 'c2', amount: 800n, affiliateId: 'aff_2' });
    expect(await corrected()).toEqual([]);
    await sample.change('return', A);
    expect(await corrected()).toEqual([1000n]);
  });
});
