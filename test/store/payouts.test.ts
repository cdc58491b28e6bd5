import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findPayout, historyOf, linesOf, listPayouts } from '../../src/store/payouts.js';
import { SampleLedger, voidSelected } from './sample-ledger.js';

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
  await sample.set('hold.days', '30');
  await sample.commissions(
    { id: 'c1', amount: 1000n, affiliateId: 'aff_1' },
    { id: 'c2', amount: 200n, affiliateId: 'aff_1', earnedAt: '2026-10-01' },
    { id: 'c3', amount: 3000n, affiliateId: 'aff_2' },
  );
  await sample.generate();
});

afterEach(async () => {
  await sample.remove();
});

describe('a payout is corrected since it was made', () => {
  const corrected = async () =>
    sample.ledger.read(async (reader) =>
      (await listPayouts(reader, {}))
        .filter((payout) => payout.correctedSince)
        .map((payout) => payout.invoiceNumber),
    );

  test('by a debit that takes a line back, and by a source that says less', async () => {
    expect(await corrected()).toEqual([]);
    await sample.commissions({ id: 'd1', amount: -50n, affiliateId: 'aff_1', corrects: 'c1' });
    expect(await corrected()).toEqual(['INV-2026-000001']);
    await sample.commissions({ id: 'c3', amount: 2000n, affiliateId: 'aff_2' });
    expect(await corrected()).toEqual(['INV-2026-000001', 'INV-2026-000002']);
  });

  test("not by a credit of the source's own that names a line: it is paid by itself", async () => {
    await sample.commissions({
      id: 'b1',
      amount: 50n,
      kind: 'bonus',
      affiliateId: 'aff_1',
      earnedAt: '2026-11-20',
      corrects: 'c1',
    });
    expect(await corrected()).toEqual([]);
  });
});

describe('voiding a payout', () => {
  test('keeps its number and lines, gives it a credit note, and writes who and why', async () => {
    sample.today = '2026-12-01';
    const { payouts, voided } = await sample.void('INV-2026-000001');
    expect(voided).toHaveLength(1);
    expect(payouts).toEqual([
      {
        invoiceNumber: 'INV-2026-000001',
        runId: 'R-000001',
        affiliateId: 'aff_1',
        affiliateName: 'Name of aff_1',
        currency: 'USD',
        amount: 1200n,
        commissions: 2,
        status: 'void',
        issuedOn: '2026-11-22',
        from: '2026-10-01',
        to: '2026-10-31',
        paidOn: null,
        reference: null,
        voidedOn: '2026-12-01',
        creditNoteNumber: 'CN-2026-000001',
        replaces: null,
        replacedBy: null,
        correctedSince: false,
        detailsChanged: false,
      },
    ]);
    await sample.ledger.read(async (reader) => {
      expect(await linesOf(reader, 'INV-2026-000001')).toEqual([
        { commissionId: 'c2', kind: 'sale', earnedOn: '2026-10-01', amount: 200n, description: null },
        { commissionId: 'c1', kind: 'sale', earnedOn: '2026-10-15', amount: 1000n, description: null },
      ]);
      const step = { by: 'kim', reference: null };
      expect(await historyOf(reader, 'INV-2026-000001')).toEqual([
        { ...step, at: '2026-11-22T12:00:00.000Z', status: 'open', on: '2026-11-22', reason: null },
        { ...step, at: '2026-12-01T12:00:00.000Z', status: 'void', on: '2026-12-01', reason: 'a reason' },
      ]);
    });
    expect(await sample.complaints()).toEqual([]);
  });

  test('releases its lines at once: the hold does not start again', async () => {
    await sample.void('INV-2026-000001');
    const { payouts } = await sample.generate();
    expect(payouts.map((one) => [one.invoiceNumber, one.amount])).toEqual([['INV-2026-000003', 1200n]]);
    expect(await sample.complaints()).toEqual([]);
  });

  test('that is void already changes nothing and takes no second credit note', async () => {
    await sample.void('INV-2026-000001');
    const before = await sample.dump();
    const { payouts, voided } = await sample.void('INV-2026-000001');
    expect([voided.length, payouts[0]?.creditNoteNumber]).toEqual([0, 'CN-2026-000001']);
    expect(await sample.dump()).toEqual(before);
  });

  test('numbers several in the order of their invoices and answers in the order asked for, each once', async () => {
    const { payouts, voided } = await sample.void('INV-2026-000002', 'INV-2026-000001', ' INV-2026-000002');
    expect(voided).toHaveLength(2);
    expect(payouts.map((one) => [one.invoiceNumber, one.creditNoteNumber])).toEqual([
      ['INV-2026-000002', 'CN-2026-000002'],
      ['INV-2026-000001', 'CN-2026-000001'],
    ]);
  });

  test.each(['processing', 'paid'])('is all or nothing: one that is %s stands in the way', async (status) => {
    sample.tamper(`UPDATE payouts SET status = '${status}' WHERE invoice_number = 'INV-2026-000002'`);
    const before = await sample.dump();
    await expect(sample.void('INV-2026-000001', 'INV-2026-000002')).rejects.toMatchObject({
      code: 'conflict',
      details: [{ invoiceNumber: 'INV-2026-000002', status }],
    });
    expect(await sample.dump()).toEqual(before);
  });

  test.each(['approved', 'failed', 'returned'])('works for one that is %s', async (status) => {
    sample.tamper(`UPDATE payouts SET status = '${status}' WHERE invoice_number = 'INV-2026-000002'`);
    expect((await sample.void('INV-2026-000002')).payouts[0]?.status).toBe('void');
  });

  test('takes back a whole run', async () => {
    const selection = { invoiceNumbers: [], run: 'R-000001' };
    const { payouts, voided } = await voidSelected(sample.work, selection, 'a reason');
    expect([voided.length, payouts.map((one) => one.status)]).toEqual([2, ['void', 'void']]);
    expect(await sample.complaints()).toEqual([]);
  });

  test('of one that is not there is not found, and nothing is voided', async () => {
    const before = await sample.dump();
    await expect(sample.void('INV-2026-000001', 'INV-9')).rejects.toMatchObject({ code: 'not_found' });
    const selection = { invoiceNumbers: [], run: 'R-000009' };
    await expect(voidSelected(sample.work, selection, 'r')).rejects.toMatchObject({ code: 'not_found' });
    expect(await sample.dump()).toEqual(before);
  });

  test('of nothing, or of numbers and a run at once, is a usage error', async () => {
    for (const selection of [
      { invoiceNumbers: [], run: null },
      { invoiceNumbers: ['INV-2026-000001'], run: 'R-000001' },
    ]) {
      await expect(voidSelected(sample.work, selection, 'r')).rejects.toMatchObject({ code: 'usage' });
    }
  });

  test('settles what the source called settled while the payout was live', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n, affiliateId: 'aff_1', status: 'settled' });
    expect((await sample.preview({ affiliateId: 'aff_1' })).plan.payouts).toEqual([]);
    await sample.void('INV-2026-000001');
    expect(
      await sample.rows("SELECT id, status FROM commissions WHERE affiliate_id = 'aff_1' ORDER BY id"),
    ).toEqual([
      { id: 'c1', status: 'settled' },
      { id: 'c2', status: 'approved' },
    ]);
    expect((await sample.generate()).payouts.map((one) => one.amount)).toEqual([200n]);
    expect(await sample.complaints()).toEqual([]);
  });
});

describe('listing payouts', () => {
  test('goes by issue date, then number, and filters by every field, both ends included', async () => {
    sample.today = '2026-11-23';
    await sample.void('INV-2026-000002');
    await sample.generate();
    const numbers = async (filter: Parameters<typeof listPayouts>[1]): Promise<string[]> =>
      sample.ledger.read(async (reader) =>
        (await listPayouts(reader, filter)).map((one) => one.invoiceNumber.slice(-1)),
      );
    expect(await numbers({})).toEqual(['1', '2', '3']);
    expect(await numbers({ statuses: ['open'] })).toEqual(['1', '3']);
    expect(await numbers({ statuses: [] })).toEqual([]);
    expect(await numbers({ run: 2n })).toEqual(['3']);
    expect(await numbers({ affiliateId: 'aff_2', currency: 'USD' })).toEqual(['2', '3']);
    expect(await numbers({ from: '2026-11-23', to: '2026-11-23' })).toEqual(['3']);
    expect(await numbers({ to: '2026-11-22' })).toEqual(['1', '2']);
  });

  test('has no payout for a number that was never taken', async () => {
    await sample.ledger.read(async (reader) => {
      expect(await findPayout(reader, 'INV-2026-000009')).toBeUndefined();
    });
  });
});
