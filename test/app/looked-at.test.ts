/** What somebody looked at before he said yes is what is changed, or nothing is. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { changePayouts, previewChange, type ChangeInput } from '../../src/app/change-payouts.js';
import { decidableCommissions, decideCommissions } from '../../src/app/decide-commissions.js';
import { row, recordCommissions, SampleLedger } from '../store/sample-ledger.js';

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
});

afterEach(async () => {
  await sample.remove();
});

const payRun: ChangeInput = {
  ...{ verb: 'pay', selection: { invoiceNumbers: [], run: 'R-000001' }, includeCorrected: false },
  ...{ reason: null, date: null, reference: null },
};

test('a run of which a payout was voided since it was looked at is not paid', async () => {
  await sample.commissions({ id: 'c1', amount: 500n }, { id: 'c2', amount: 700n, affiliateId: 'aff_2' });
  await sample.generate();
  const { changing } = await previewChange(sample.work, payRun);
  await sample.void('INV-2026-000002');
  const before = await sample.dump();

  await expect(changePayouts(sample.work, payRun, changing)).rejects.toMatchObject({
    code: 'conflict',
    message: 'What would be paid has changed since it was looked at; nothing was paid.',
  });
  expect(await sample.dump()).toEqual(before);
  const now = await previewChange(sample.work, payRun);
  const { changed } = await changePayouts(sample.work, payRun, now.changing);
  expect(changed.map(({ invoiceNumber }) => invoiceNumber)).toEqual(['INV-2026-000001']);
});

test('where there was nothing to pay nothing is paid, though there is something now', async () => {
  await sample.commissions({ id: 'c1', amount: 500n });
  await sample.generate();
  await sample.change('pay', 'INV-2026-000001');
  const { changing } = await previewChange(sample.work, payRun);
  await sample.change('return', 'INV-2026-000001');

  expect(changing).toEqual([]);
  await expect(changePayouts(sample.work, payRun, changing)).rejects.toMatchObject({ code: 'conflict' });
});

test('a commission that got another amount since it was looked at is not approved', async () => {
  await sample.commissions(
    { id: 'c1', amount: 500n, status: 'pending' },
    { id: 'c2', amount: 700n, status: 'pending' },
  );
  const looked = await decidableCommissions(sample.work, 'approve', {});
  await recordCommissions(sample.work, [row({ id: 'c2', amount: 7000n, status: 'pending' })]);
  const input = {
    ...{ verb: 'approve' as const, reason: null, dryRun: false },
    selection: { ids: looked.map(({ id }) => id), unpaidOnly: true },
  };

  await expect(decideCommissions(sample.work, input, looked)).rejects.toMatchObject({
    code: 'conflict',
    message: 'Nothing was approved: c2 has another amount now.',
  });
  const now = await decidableCommissions(sample.work, 'approve', {});
  expect((await decideCommissions(sample.work, input, now)).changed).toHaveLength(2);
});
