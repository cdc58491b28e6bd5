/** Payment batches at the command line: made, looked at, confirmed, taken back. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';
import { ENTER, Person } from './person.js';

const A = 'INV-2026-000001';
const B = 'INV-2026-000002';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await makeProgramme({
    affiliates:
      'id,name,payout_method,payout_account\naff_1,Ada,paypal,ada@example.com\naff_2,Bo,paypal,bo@example.com\n' +
      'aff_3,Cy,paypal,cy@example.com\naff_4,Di,manual,\n',
    commissions:
      'id,affiliate_id,earned_at,amount,currency,status\nc1,aff_1,2026-10-05,1234.50,USD,approved\n' +
      'c2,aff_2,2026-10-05,20.00,USD,approved\nc3,aff_3,2026-10-05,7.50,EUR,approved\n' +
      'c4,aff_4,2026-10-05,5.00,EUR,approved\n',
  });
  await sandbox.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
  await sandbox.succeed(['affiliates', 'block', 'aff_2']);
});

afterEach(async () => {
  try {
    await sandbox.succeed(['verify']);
  } finally {
    await sandbox.remove();
  }
});

const done = (...args: string[]): Promise<{ stdout: string; stderr: string; json: Json }> =>
  sandbox.succeed(['payments', ...args]);

const SHA = /[0-9a-f]{64}/g;

test('a batch is looked at, made, shown, confirmed, and known to its payouts', async () => {
  expect(await done('list')).toMatchObject({
    stdout: 'There are no payment batches yet.\n',
    stderr: 'Make one with: payrun payments create\n',
  });
  const dry = await done('create', '--method', 'paypal', '--dry-run');
  expect(dry.stdout).toBe(
    [
      'Invoice          Affiliate  Payee  Account          Amount  Currency',
      'INV-2026-000003  aff_3      Cy     c…@example.com     7.50  EUR',
      'INV-2026-000001  aff_1      Ada    a…@example.com  1234.50  USD',
      '',
      '2 payouts: EUR 7.50, USD 1,234.50, by paypal, as paypal, on 2026-11-22, in 2 files',
      '',
      'Left out         Affiliate  Name  Amount  Currency  Why',
      'INV-2026-000002  aff_2      Bo     20.00  USD       the affiliate is blocked',
      '',
    ].join('\n'),
  );
  const made = await done('create', '--method', 'paypal', '--out', 'pay.csv', '--yes');
  expect(made.stdout.replaceAll(SHA, 'SHA')).toBe(
    [
      'B-000001: 2 payouts, EUR 7.50, USD 1,234.50, by paypal, as paypal, on 2026-11-22.',
      'pay-1.csv: 1 payout, EUR 7.50',
      '  sha256 SHA',
      'pay-2.csv: 1 payout, USD 1,234.50',
      '  sha256 SHA',
      '',
      'Left out         Affiliate  Name  Amount  Currency  Why',
      'INV-2026-000002  aff_2      Bo     20.00  USD       the affiliate is blocked',
      '',
    ].join('\n'),
  );
  expect(made.stderr).toBe(
    [
      'When all is well again: payrun affiliates activate aff_2',
      'When the provider or the bank tells what became of it:',
      '  payrun payments reconcile B-000001 FILE',
      'When all of it has arrived:',
      '  payrun payments confirm B-000001',
      'If the file was never sent:',
      '  payrun payments cancel B-000001 --reason "..."',
      '',
    ].join('\n'),
  );
  const shown = await done('show', '1');
  expect(shown.stdout.replaceAll(SHA, 'SHA')).toBe(
    [
      'B-000001: 2 payouts, EUR 7.50, USD 1,234.50, processing',
      '',
      'Created    2026-11-22T09:00:00.000Z by kim',
      'Method     paypal, as paypal',
      'Execution  2026-11-22',
      'File 1     1 payout, EUR 7.50',
      'sha256     SHA',
      'File 2     1 payout, USD 1,234.50',
      'sha256     SHA',
      '',
      'Invoice          Payee  Account          Amount  Currency  File  Outcome',
      'INV-2026-000001  Ada    a…@example.com  1234.50  USD          2  under way',
      'INV-2026-000003  Cy     c…@example.com     7.50  EUR          1  under way',
      '',
      'On          What     Payouts  Who  Recorded',
      '2026-11-22  created        2  kim  2026-11-22T09:00:00.000Z',
      '',
    ].join('\n'),
  );
  const confirmed = await done('confirm', 'B-1', '--reference', 'S 1', '--yes');
  expect(confirmed).toMatchObject({
    stdout: '2 payouts of B-000001 paid: EUR 7.50, USD 1,234.50.\n',
    stderr: 'What is not yet paid:\n  payrun pending\n',
  });
  expect((await done('list')).stdout).toBe(
    [
      'Batch     Created     By   Method  Execution   Status  Payouts    Total  Currency',
      'B-000001  2026-11-22  kim  paypal  2026-11-22  done          1     7.50  EUR',
      '                                                             1  1234.50  USD',
      '',
    ].join('\n'),
  );
  const { payout } = (await sandbox.succeed(['payouts', 'show', A, '--json'])).json;
  expect(payout).toMatchObject({ status: 'paid', batch: 'B-000001', reference: 'S 1' });
});

test('a batch in JSON has its totals, its files and who is left out; under a key it is made once', async () => {
  const order = [
    'create',
    '--method',
    'paypal',
    '--out',
    'pay.csv',
    '--yes',
    '--idempotency-key',
    'k',
    '--json',
  ];
  const made = await done(...order);
  const left = { invoiceNumber: B, affiliateId: 'aff_2', affiliateName: 'Bo', currency: 'USD' };
  const why = { amount: '20.00', reason: 'affiliate_blocked', message: 'the affiliate is blocked' };
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(made.json).toEqual({
    schemaVersion: 1,
    batch: {
      ...{ id: 'B-000001', method: 'paypal', format: 'paypal', executionOn: '2026-11-22' },
      ...{ createdAt: '2026-11-22T09:00:00.000Z', createdBy: 'kim', status: 'processing' },
      totals: [
        { currency: 'EUR', payouts: 1, amount: '7.50' },
        { currency: 'USD', payouts: 1, amount: '1234.50' },
      ],
    },
    files: [
      { path: 'pay-1.csv', rows: 1, sha256, currency: 'EUR', amount: '7.50' },
      { path: 'pay-2.csv', rows: 1, sha256, currency: 'USD', amount: '1234.50' },
    ],
    leftOut: [{ ...left, ...why, hint: 'When all is well again: payrun affiliates activate aff_2' }],
  });
  const again = await done(...order);
  expect(again.stdout).toBe(made.stdout);
  expect((await readdir(sandbox.folder)).filter((name) => name.startsWith('pay'))).toHaveLength(2);
  const { batch } = (await done('show', 'B-1', '--json')).json;
  expect(batch.items).toMatchObject([
    { invoiceNumber: A, account: 'a…@example.com', outcome: null, status: 'processing', file: 2 },
    { invoiceNumber: 'INV-2026-000003', account: 'c…@example.com', outcome: null, file: 1 },
  ]);
  expect(batch.history).toMatchObject([{ verb: 'created', by: 'kim', payouts: 2 }]);
  const nothing = await done('create', '--method', 'wise', '--out', 'w.csv', '--yes', '--json');
  expect(nothing.json).toEqual({ schemaVersion: 1, batch: null, files: [], leftOut: [] });
});

test('a batch is never made without consent, and refused before anything where its file cannot be', async () => {
  const create = (...args: string[]): Promise<Json> =>
    sandbox.payrun(['payments', 'create', '--json', ...args]).then(({ code, json }) => [code, json.error]);
  const paypal = ['--method', 'paypal'];
  for (const [args, flag] of [
    [[...paypal, '--out', 'p.csv'], '--yes'],
    [[...paypal, '--yes'], '--out FILE'],
    [['--yes', '--out', 'p.csv'], '--method paypal|wise|sepa|ach|manual'],
  ] as const) {
    const [code, error] = await create(...args);
    expect([code, error.hint]).toEqual([2, `Nothing can be asked here: give ${flag}.`]);
  }
  expect((await create(...paypal, '--yes', '--out', 'no/p.csv'))[0]).toBe(3);
  expect((await create(...paypal, '--yes', '--out', 'ledger.db', '--force'))[0]).toBe(4);
  expect((await create(...paypal, '--yes', '--out', 'p.csv', '--strict'))[1]).toMatchObject({
    message: `Nothing was paid: ${B}: the affiliate is blocked.`,
    details: [{ invoiceNumber: B, reason: 'affiliate_blocked' }],
  });
  expect((await done('list', '--json')).json.batches).toEqual([]);
});

test('of two at once, one has the payouts and the other finds nothing to pay', async () => {
  const both = await Promise.all(
    ['one', 'two'].map(async (out) =>
      sandbox.payrun(['payments', 'create', '--method', 'manual', '--out', `${out}.csv`, '--yes', '--json']),
    ),
  );
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(both.map(({ json }) => json.files.length).sort()).toEqual([0, 1]);
  expect((await readdir(sandbox.folder)).filter((name) => /^(one|two|\..*tmp)/.test(name))).toHaveLength(1);
});

test('on a terminal the way, the file and the consent are asked, with masked accounts', async () => {
  const person = new Person(sandbox, ['payments', 'create']);
  await person.answers('By which way?', ENTER);
  await person.sees('a…@example.com');
  await person.sees('2 payouts: EUR 7.50, USD 1,234.50, by paypal');
  await person.sees('the affiliate is blocked');
  await person.answers('Into which file or folder?', ENTER);
  await person.answers('Send 2 payouts (EUR 7.50, USD 1,234.50) on their way? (y/N)', 'y\r');
  await person.sees('B-000001-paypal-2.csv: 1 payout, USD 1,234.50');
  await person.sees('payrun payments create --method paypal --out . --yes');
  expect(await person.ends()).toBe(0);
  const canceling = new Person(sandbox, ['payments', 'cancel', 'B-1']);
  await canceling.answers('Why?', `wrong day${ENTER}`);
  await canceling.answers('Its file was never sent: cancel 2 payouts (EUR 7.50, USD 1,234.50)?', ENTER);
  await canceling.sees('Nothing was cancelled.');
  await canceling.sees("payrun payments cancel B-1 --reason 'wrong day' --yes");
  expect(await canceling.ends()).toBe(0);
  const confirming = new Person(sandbox, ['payments', 'confirm']);
  await confirming.answers('Which payment batch?', ENTER);
  await confirming.sees('payrun payments reconcile B-000001 FILE');
  await confirming.answers('Paid on which day?', ENTER);
  await confirming.answers('Reference of the payment?', `S 7${ENTER}`);
  await confirming.answers('Mark 2 payouts (EUR 7.50, USD 1,234.50) as paid on 2026-11-22?', 'y\r');
  await confirming.sees("payrun payments confirm B-000001 --date 2026-11-22 --reference 'S 7' --yes");
  expect(await confirming.ends()).toBe(0);
});

test('a file that is not there is told of under the key, and a batch is not cancelled without consent', async () => {
  const order = ['create', '--method', 'paypal', '--out', 'pay.csv', '--yes', '--idempotency-key', 'k'];
  await done(...order);
  await rm(join(sandbox.folder, 'pay-2.csv'));
  const again = await done(...order, '--json');
  expect(again.json.missing).toEqual(['pay-2.csv']);
  expect(again.stderr).toContain(
    'warning: pay-2.csv: not there with what was written then. If it was never sent, write it again:\n' +
      '  payrun payments write B-000001 --out pay.csv\n',
  );
  const early = await sandbox.payrun(['payments', 'cancel', 'B-1', '--reason', 'wrong day', '--json']);
  expect([early.code, early.json.error.hint]).toEqual([2, 'Nothing can be asked here: give --yes.']);
  expect((await done('cancel', 'B-1', '--reason', 'wrong day', '--yes')).stderr).toBe(
    'Remove pay-1.csv, pay-2.csv and every copy. The payouts are failed and go into a new batch when they are named:\n' +
      '  payrun payouts list --status failed\n' +
      '  payrun payments create --method paypal N...\n',
  );
  await sandbox.succeed(['affiliates', 'edit', 'aff_1', '--payout-account', 'new@example.com']);
  expect((await sandbox.succeed(['payouts', 'process', A])).stderr).toBe(
    `warning: The payment details of ${A} were changed after it was made or approved.\n` +
      `When the money has arrived:\n  payrun payouts pay ${A}\n`,
  );
});
