import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createPayments,
  missingFiles,
  previewPayments,
  type CreatedPayments,
} from '../../src/app/create-payments.js';
import { decideAffiliate } from '../../src/app/affiliate-status.js';
import { editAffiliate } from '../../src/app/edit-affiliates.js';
import { importAffiliates } from '../../src/app/import-affiliates.js';
import { showBatch, writeBatch } from '../../src/app/payments.js';
import { showPayout } from '../../src/app/payouts.js';
import { paymentsOf, type PaymentRequest } from '../../src/app/plan-payments.js';
import { setSetting } from '../../src/app/settings.js';
import { cancelBatch, confirmPayments } from '../../src/app/settle-payments.js';
import type { Work } from '../../src/app/work.js';
import { moneyUnderWay } from '../../src/cli/render/payee-change.js';
import { SampleLedger } from '../store/sample-ledger.js';

const HEADER = 'id,name,payout_method,payout_account,email,company';
const PAYEES = [
  'aff_1,Ada,paypal,ada@example.com,ada@x.org,',
  'aff_2,Bo,paypal,bo@example.com,,Bo Ltd',
  'aff_3,Cy,manual,,,',
];

const A = 'INV-2026-000001';
const B = 'INV-2026-000002';
const C = 'INV-2026-000003';

let sample: SampleLedger;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payrun-payments-'));
  sample = await SampleLedger.create();
  await payees(...PAYEES);
  await sample.commissions(
    { id: 'c1', affiliateId: 'aff_1', amount: 10_000n },
    { id: 'c2', affiliateId: 'aff_2', amount: 5_050n },
    { id: 'c3', affiliateId: 'aff_3', amount: 700n },
  );
  await sample.generate();
});

afterEach(async () => {
  try {
    const complaints = await sample.complaints();
    if (complaints.length > 0) throw new Error(`The books do not hold: ${complaints.join(', ')}`);
  } finally {
    await sample.remove();
    await rm(folder, { recursive: true, force: true });
  }
});

async function payees(...rows: readonly string[]): Promise<void> {
  const stdin = Readable.from([Buffer.from([HEADER, ...rows].join('\n'))]);
  const rest = { skipInvalid: false, rejectedPath: null, dryRun: false, everyFinding: true };
  await importAffiliates(sample.work, { path: '-', stdin, ...rest });
}

const asked = (rest: Partial<PaymentRequest> = {}): PaymentRequest => ({
  ...{ method: 'paypal', format: null, selection: { of: 'due' }, executionOn: null },
  ...{ strict: false, includeCorrected: false },
  ...rest,
});

const named = (...invoiceNumbers: readonly string[]): Partial<PaymentRequest> => ({
  selection: { of: 'named', invoiceNumbers },
});

const create = (rest: Partial<PaymentRequest> = {}, work: Work = sample.work): Promise<CreatedPayments> =>
  createPayments(work, asked(rest), { out: folder, overwrite: false });

const reasons = ({ leftOut }: CreatedPayments): string[][] =>
  leftOut.map(({ invoiceNumber, reason, message }) => [invoiceNumber, reason, message]);

const statuses = async (): Promise<string[]> =>
  (await sample.rows<{ status: string }>('SELECT status FROM payouts ORDER BY number')).map(
    ({ status }) => status,
  );

const items = (batch: string): Promise<unknown[][]> =>
  showBatch(sample.work, batch).then((shown) =>
    shown.items.map(({ invoiceNumber, outcome, outcomeOn, outcomeReference }) => [
      ...[invoiceNumber, outcome, outcomeOn, outcomeReference],
    ]),
  );

/** Runs what must be refused, and sees that neither the ledger nor the folder has changed. */
async function refused(work: () => Promise<unknown>): Promise<unknown> {
  const before = [await sample.dump(), await readdir(folder)];
  const error: unknown = await work().then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect([await sample.dump(), await readdir(folder)]).toEqual(before);
  return error;
}

describe('a batch', () => {
  test('puts what is open on its way, with its file, its digest and the details to which each goes', async () => {
    const { batch, files, leftOut } = await create();
    expect(batch).toEqual({
      ...{ id: 'B-000001', method: 'paypal', format: 'paypal', status: 'processing' },
      ...{ createdAt: '2026-11-22T12:00:00.000Z', createdOn: '2026-11-22', createdBy: 'kim' },
      executionOn: '2026-11-22',
      totals: [{ currency: 'USD', payouts: 2, amount: 15_050n }],
    });
    expect(leftOut).toEqual([]);
    const path = join(folder, 'B-000001-paypal.csv');
    expect(files).toEqual([
      { path, rows: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), currency: 'USD', amount: 15_050n },
    ]);
    expect(await readFile(path, 'utf8')).toContain('ada@example.com,100.00,USD');
    expect(await statuses()).toEqual(['processing', 'processing', 'open']);
    expect(await items('B-1')).toEqual([
      [A, null, null, null],
      [B, null, null, null],
    ]);
    const [row] = await sample.rows<Record<string, string>>(
      `SELECT item.details, payout.reference, step.method, step.batch FROM payment_items AS item
       JOIN payouts AS payout ON payout.number = item.payout
       JOIN payout_history AS step ON step.payout = payout.number AND step.status = 'processing'
       WHERE payout.invoice_number = '${B}'`,
    );
    expect([row?.['reference'], row?.['method'], row?.['batch']]).toEqual(['B-000001', 'paypal', 1n]);
    expect(JSON.parse(row?.['details'] ?? '')).toMatchObject({
      ...{ invoiceNumber: B, payee: 'Bo', account: 'bo@example.com', isCompany: true, currency: 'USD' },
      amount: { $integer: '5050' },
    });
  });

  test('is of payouts that no second one has, until they failed, came back or were cancelled', async () => {
    await create();
    expect(await create()).toMatchObject({ batch: null, files: [], leftOut: [] });
    expect(reasons(await create(named(A, B)))).toEqual([
      [A, 'in_batch', 'is under way in B-000001'],
      [B, 'in_batch', 'is under way in B-000001'],
    ]);
    await sample.change('fail', A);
    await sample.change('pay', B);
    expect(reasons(await create(named(B)))).toEqual([[B, 'wrong_status', 'is paid']]);
    // Not again and again by itself, but when it is named, or by its run.
    expect(await create()).toMatchObject({ batch: null, notMeant: { cameBack: 1, withoutMethod: 0 } });
    expect((await create(named(A))).batch?.id).toBe('B-000002');
    await sample.change('return', B);
    const again = await create({ selection: { of: 'run', run: 'R-1' } });
    expect(again.batch).toMatchObject({ id: 'B-000003', totals: [{ amount: 5_050n }] });
    expect(await items('B-1')).toEqual([
      [A, 'failed', '2026-11-22', null],
      [B, 'returned', '2026-11-22', null],
    ]);
  });

  test('takes of a run what goes by its method; the rest is listed and does not offend a strict order', async () => {
    const selection = { of: 'run', run: 'R-1' } as const;
    const created = await create({ selection, strict: true });
    expect(reasons(created)).toEqual([[C, 'other_method', 'is paid by manual']]);
    expect(created.batch?.totals).toEqual([{ currency: 'USD', payouts: 2, amount: 15_050n }]);
    expect(await refused(() => create({ ...named(C), strict: true }))).toMatchObject({ code: 'conflict' });
  });

  test('needs an approval where one is required', async () => {
    await sample.set('approval.payouts', 'required');
    expect(reasons(await create())).toEqual([
      [A, 'approval_required', 'is open and not approved'],
      [B, 'approval_required', 'is open and not approved'],
    ]);
    await sample.change('approve', B);
    expect(await refused(() => create({ strict: true }))).toMatchObject({ code: 'conflict' });
    const created = await create();
    expect(reasons(created)).toEqual([[A, 'approval_required', 'is open and not approved']]);
    expect(created.batch?.totals).toEqual([{ currency: 'USD', payouts: 1, amount: 5_050n }]);
  });

  test('tells of payouts to affiliates who have no method', async () => {
    await editAffiliate(sample.work, 'aff_3', { payout_method: '' }, null);
    expect(await create()).toMatchObject({ notMeant: { cameBack: 0, withoutMethod: 1 }, leftOut: [] });
  });

  test('can be told to take only what is approved', async () => {
    await sample.change('approve', A);
    const { batch } = await create({ selection: { of: 'approved' } });
    expect(batch?.totals).toEqual([{ currency: 'USD', payouts: 1, amount: 10_000n }]);
  });

  test('leaves out who is blocked or paused, and says so', async () => {
    await decideAffiliate(sample.work, 'block', 'aff_1', 'fraud');
    await decideAffiliate(sample.work, 'pause', 'aff_2', 'asked');
    const created = await create();
    expect(reasons(created)).toEqual([
      [A, 'affiliate_blocked', 'the affiliate is blocked'],
      [B, 'affiliate_paused', 'the affiliate is paused'],
    ]);
    expect(created.batch).toBeNull();
    expect(await statuses()).toEqual(['open', 'open', 'open']);
  });

  test('leaves out what was corrected since, unless it is told otherwise', async () => {
    await sample.commissions({ id: 'r1', affiliateId: 'aff_1', amount: -500n, corrects: 'c1' });
    expect(reasons(await create())).toEqual([[A, 'corrected_since', 'was corrected since it was made']]);
    expect((await create({ ...named(A), includeCorrected: true })).batch?.id).toBe('B-000002');
  });

  test('leaves out whose payment details changed since issue, until somebody approves them', async () => {
    await payees('aff_1,Ada,paypal,thief@example.com,,');
    const { batch, leftOut } = await create();
    expect(leftOut).toMatchObject([{ invoiceNumber: A, affiliateName: 'Ada', reason: 'details_changed' }]);
    expect(batch?.totals).toEqual([{ currency: 'USD', payouts: 1, amount: 5_050n }]);
    await sample.change('approve', A);
    expect((await create()).batch?.id).toBe('B-000002');
  });

  test('leaves out what the format cannot pay, and pays the rest', async () => {
    await payees('aff_1,Ada,paypal,no e-mail,,');
    await sample.change('approve', A);
    const { leftOut, batch } = await create();
    expect(leftOut).toMatchObject([{ invoiceNumber: A, reason: 'bad_email' }]);
    expect(batch?.totals).toMatchObject([{ payouts: 1 }]);
  });

  test('is not made where the order is strict and something is left out: every one is named', async () => {
    await decideAffiliate(sample.work, 'block', 'aff_1', 'fraud');
    expect(await refused(() => create({ strict: true }))).toMatchObject({
      code: 'conflict',
      message: `Nothing was paid: ${A}: the affiliate is blocked.`,
      hint: 'When all is well again: payrun affiliates activate aff_1',
      details: [{ invoiceNumber: A, affiliateId: 'aff_1', reason: 'affiliate_blocked' }],
    });
  });

  test('is not made where it would pay something else than what was looked at', async () => {
    const plan = await previewPayments(sample.work, asked(), null);
    expect(paymentsOf(plan).map(({ invoiceNumber }) => invoiceNumber)).toEqual([A, B]);
    await sample.change('process', A);
    const place = { out: folder, overwrite: false };
    expect(await refused(() => createPayments(sample.work, asked(), place, plan))).toMatchObject({
      code: 'conflict',
      message: 'What would be paid has changed since it was looked at; nothing was paid.',
    });
  });

  test.each([
    ['2026-11-21', 'The execution date 2026-11-21 lies in the past: today is 2026-11-22.'],
    ['2062-11-22', 'The execution date 2062-11-22 is more than a year ahead: today is 2026-11-22.'],
  ])('is not carried out on %s', async (executionOn, message) => {
    expect(await refused(() => create({ executionOn }))).toMatchObject({ code: 'usage', message });
  });

  test('has the formats of its method', async () => {
    expect(await refused(() => create({ format: 'nacha' }))).toMatchObject({
      code: 'usage',
      hint: 'Its formats are paypal, csv.',
    });
    expect((await create({ format: 'csv' })).batch?.format).toBe('csv');
  });
});

describe('the files of a batch', () => {
  test('are never there without it: whatever stands in their way is found before', async () => {
    const place = { out: join(folder, 'pay.csv'), overwrite: false };
    await writeFile(place.out, 'mine');
    expect(await refused(() => createPayments(sample.work, asked(), place))).toMatchObject({
      code: 'conflict',
    });
    const nowhere = { out: join(folder, 'no', 'pay.csv'), overwrite: false };
    expect(await refused(() => createPayments(sample.work, asked(), nowhere))).toMatchObject({
      code: 'not_found',
    });
    await createPayments(sample.work, asked(), { ...place, overwrite: true });
    expect(await readFile(place.out, 'utf8')).toContain('ada@example.com');
  });

  test('that cannot take their name at the very end leave the batch, and are written by another command', async () => {
    const out = join(folder, 'pay.csv');
    const { ledger } = sample;
    const work: Work = {
      ...sample.work,
      ledger: {
        path: ledger.path,
        notices: [],
        read: (use) => ledger.read(use),
        write: async (use, options) => {
          const written = await ledger.write(use, options);
          // Somebody takes the name after the commit.
          await writeFile(out, 'other');
          return written;
        },
        refuseReadOnly: () => undefined,
        copyInto: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
    };
    await expect(createPayments(work, asked(), { out, overwrite: false })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(
        'The batch B-000001 was made, but not all of its files could be written',
      ),
      hint: 'Write them again: payrun payments write B-000001 --out FILE',
    });
    expect(await readdir(folder)).toEqual(['pay.csv']);
    expect(await statuses()).toEqual(['processing', 'processing', 'open']);
    await writeBatch(sample.work, 'B-1', { out, overwrite: true });
    expect(await readFile(out, 'utf8')).toContain('ada@example.com');
  });

  test('are written again byte for byte, whatever the details are by now, and that is recorded', async () => {
    const { files } = await create();
    const [file] = files;
    await payees('aff_1,Somebody else,paypal,thief@example.com,,');
    const out = join(folder, 'again.csv');
    const written = await writeBatch(sample.work, '1', { out, overwrite: false });
    expect(written).toMatchObject({ files: [{ path: out, sha256: file?.sha256 }], ended: 0 });
    expect(await readFile(out)).toEqual(await readFile(file?.path ?? ''));
    const { history } = await showBatch(sample.work, 'B-1');
    expect(history.map(({ verb, payouts }) => [verb, payouts])).toEqual([
      ['created', 2],
      ['written', 2],
    ]);
  });
});

describe('a batch that is confirmed', () => {
  const confirm = (rest: { date?: string; reference?: string } = {}): ReturnType<typeof confirmPayments> =>
    confirmPayments(sample.work, { batch: 'B-1', date: null, reference: null, ...rest });

  test('is paid as far as it is under way, also to who is blocked by now; again it changes nothing', async () => {
    await create();
    await sample.change('fail', A);
    await decideAffiliate(sample.work, 'block', 'aff_2', 'fraud');
    sample.today = '2026-11-25';
    const { batch, payouts, ended } = await confirm({ date: '2026-11-24', reference: 'S 1' });
    expect(batch.status).toBe('done');
    expect(payouts).toMatchObject([
      { invoiceNumber: B, status: 'paid', paidOn: '2026-11-24', reference: 'S 1' },
    ]);
    expect(ended).toMatchObject([{ invoiceNumber: A, outcome: 'failed' }]);
    const before = await sample.dump();
    expect((await confirm()).payouts).toEqual([]);
    expect((await confirm({ date: '2026-11-24', reference: 'S 1' })).payouts).toEqual([]);
    expect(await sample.dump()).toEqual(before);
    for (const other of [{ date: '2026-11-25' }, { reference: 'S 2' }]) {
      expect(await refused(() => confirm(other))).toMatchObject({
        code: 'conflict',
        message: `Nothing was confirmed: ${B} was paid on 2026-11-24 with reference S 1.`,
      });
    }
  });

  test('keeps its id as the reference where no other is said', async () => {
    await create();
    expect((await confirm()).payouts[0]).toMatchObject({ reference: 'B-000001', paidOn: '2026-11-22' });
  });

  test.each(['2026-11-21', '2026-11-23'])('was not paid on %s', async (date) => {
    await create();
    expect(await refused(() => confirm({ date }))).toMatchObject({ code: 'usage' });
  });

  test('is there, and was not cancelled', async () => {
    expect(await refused(() => confirm())).toMatchObject({ code: 'not_found' });
    await create();
    await cancelBatch(sample.work, { batch: 'B-1', reason: 'wrong day' });
    expect(await refused(() => confirm())).toMatchObject({
      code: 'conflict',
      message: 'Nothing was confirmed: the batch B-000001 was cancelled.',
    });
  });
});

describe('a batch that is cancelled', () => {
  const cancel = (): ReturnType<typeof cancelBatch> =>
    cancelBatch(sample.work, { batch: 'B-1', reason: 'wrong day' });

  test('has its payouts failed, to be paid anew; its file is not written again, and once is enough', async () => {
    await create();
    const { batch, payouts } = await cancel();
    expect(batch.status).toBe('cancelled');
    expect(payouts.map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(await items('B-1')).toEqual([
      [A, 'cancelled', '2026-11-22', null],
      [B, 'cancelled', '2026-11-22', null],
    ]);
    const steps = await sample.rows(
      `SELECT DISTINCT reason, batch FROM payout_history WHERE status = 'failed'`,
    );
    expect(steps).toEqual([{ reason: 'B-000001 cancelled: wrong day', batch: 1n }]);
    const out = join(folder, 'again.csv');
    const write = (): Promise<unknown> => writeBatch(sample.work, 'B-1', { out, overwrite: false });
    expect(await refused(write)).toMatchObject({ code: 'conflict' });
    const before = await sample.dump();
    expect((await cancel()).payouts).toEqual([]);
    expect(await sample.dump()).toEqual(before);
    expect((await create(named(A, B))).batch?.id).toBe('B-000002');
  });

  test('was never sent: nothing of it may have been paid', async () => {
    await create();
    await sample.change('pay', A);
    expect(await refused(cancel)).toMatchObject({
      code: 'conflict',
      message: `Nothing was cancelled: ${A} of B-000001 was paid, so its file was sent.`,
    });
    await sample.change('return', A);
    expect(await refused(cancel)).toMatchObject({ code: 'conflict' });
  });
});

describe('the files of a batch and their neighbours', () => {
  const path = (): string => join(folder, 'B-000001-paypal.csv');

  test('are missed where they are gone or other bytes stand in their place, unless it was cancelled', async () => {
    const made = await create();
    const missing = (): Promise<readonly string[]> => missingFiles(sample.work, made);
    expect(await missing()).toEqual([]);
    await writeFile(path(), 'other');
    expect(await missing()).toEqual([path()]);
    await rm(path());
    expect(await missing()).toEqual([path()]);
    const cancelled = await cancelBatch(sample.work, { batch: 'B-1', reason: 'wrong day' });
    expect(cancelled.files).toEqual([path()]);
    expect(await missing()).toEqual([]);
  });

  test('are told from those of an earlier time beside them, which are no part of the batch', async () => {
    const stale = join(folder, 'pay-1.csv');
    await writeFile(stale, 'of October');
    const place = { out: join(folder, 'pay.csv'), overwrite: false };
    expect((await createPayments(sample.work, asked(), place)).leftOver).toEqual([stale]);
    expect((await writeBatch(sample.work, 'B-1', { ...place, overwrite: true })).leftOver).toEqual([stale]);
  });

  test('name their account to the payout, and their payouts the later batch in which they went again', async () => {
    await create();
    expect((await showPayout(sample.work, A)).sent).toEqual({
      batch: 'B-000001',
      account: 'ada@example.com',
    });
    await cancelBatch(sample.work, { batch: 'B-1', reason: 'wrong day' });
    await create(named(A));
    expect([...(await showBatch(sample.work, 'B-1')).again]).toEqual([[A, 'B-000002']]);
    expect((await showPayout(sample.work, A)).sent).toMatchObject({ batch: 'B-000002' });
  });
});

test('what is under way keeps its account when the affiliate gets another, and what waits is held', async () => {
  await create(named(A));
  await sample.commissions({ id: 'c9', affiliateId: 'aff_1', amount: 300n });
  await sample.generate();
  const edited = await editAffiliate(sample.work, 'aff_1', { payout_account: 'new@example.com' }, null);
  if (edited.payment === null) throw new Error('No payment details were changed.');
  expect(moneyUnderWay(edited.payment, { actor: 'kim' })).toBe(
    [
      'Under way in B-000001 to a…@example.com, as it was sent: 1 payout (USD 100.00); the change does not reach it.',
      'If the file of B-000001 was not sent to the bank, take it back:',
      '  payrun payments cancel B-000001 --actor kim --reason "..."',
      'No payment file pays 1 payout (USD 3.00) until the change is approved. When the new payment details are ' +
        'right, approve them:',
      '  payrun payouts approve INV-2026-000004 --actor kim',
      'Payouts made from now on go there.',
    ].join('\n'),
  );
});

test('an order that is strict says for each reason what to do', async () => {
  await decideAffiliate(sample.work, 'block', 'aff_1', 'fraud');
  await decideAffiliate(sample.work, 'pause', 'aff_2', 'asked');
  expect(await refused(() => create({ strict: true }))).toMatchObject({
    message: 'Nothing was paid: 2 payouts would be left out.',
    hint:
      'When all is well again: payrun affiliates activate aff_1\n' +
      'When all is well again: payrun affiliates activate aff_2',
  });
});

test('a payout that was given no reference was confirmed with that of its batch', async () => {
  await create();
  const confirm = (reference: string | null): Promise<unknown> =>
    confirmPayments(sample.work, { batch: 'B-1', date: null, reference });
  await confirm(null);
  expect(await confirm('B-000001')).toMatchObject({ payouts: [] });
  expect(await refused(() => confirm('S 1'))).toMatchObject({
    message: `Nothing was confirmed: ${A} was paid on 2026-11-22 with reference B-000001.`,
    hint: 'What was said first stands. See: payrun payments show B-000001',
  });
});

test('the account from which payouts are paid is masked in the audit log', async () => {
  await setSetting(sample.work, 'company.iban', 'DE89370400440532013000');
  const rows = await sample.rows<{ request: string }>(
    "SELECT request FROM audit WHERE command = 'settings set' AND request LIKE '%company.iban%'",
  );
  expect(rows).toEqual([{ request: '{"key":"company.iban","value":"DE89…3000"}' }]);
});
