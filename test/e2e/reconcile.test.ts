/**
 * What the provider says became of a batch: paid, failed, returned, and what does not match. The tests follow
 * one batch, in their order.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Json, type Outcome, type Sandbox } from './payrun.js';
import { ENTER, Person } from './person.js';

const AFFILIATES = [
  'id,name,payout_method,payout_account',
  'aff_1,Ada,paypal,ada@example.com',
  'aff_2,Bo,paypal,bo@example.com',
  'aff_3,Cy,paypal,cy@example.com',
  'aff_4,Di,paypal,di@example.com',
  'aff_5,Ed,paypal,ed@example.com',
  '',
].join('\n');
const COMMISSIONS = [
  'id,affiliate_id,earned_at,amount,status',
  ...[1, 2, 3, 4, 5].map((n) => `c${n},aff_${n},2026-10-03,${n}0.00,approved`),
  '',
].join('\n');
const LATER = { now: '2026-11-25T09:00:00.000Z' };

const A = 'INV-2026-000001';
const B = 'INV-2026-000002';
const C = 'INV-2026-000003';
const D = 'INV-2026-000004';
const E = 'INV-2026-000005';
const REPORT = [
  'Customer ID,Transaction status,Amount,Currency,Transaction ID,Time processed,Errors',
  `${A},SUCCESS,10.00,USD,T-1,2026-11-24T10:00:00Z,`,
  `${B},FAILED,20.00,USD,T-2,2026-11-24T10:00:00Z,RECEIVER_ACCOUNT_LOCKED`,
  `${C},RETURNED,30.00,USD,T-3,2026-11-24T10:00:00Z,`,
  `${D},SUCCESS,40.01,USD,T-4,2026-11-24T10:00:00Z,`,
  `X-1,SUCCESS,1.00,USD,T-9,2026-11-24T10:00:00Z,`,
  '',
].join('\n');

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await makeProgramme({ affiliates: AFFILIATES, commissions: COMMISSIONS });
  await sandbox.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
  await sandbox.succeed(['payments', 'create', '--method', 'paypal', '--out', 'batch.csv', '--yes']);
  await sandbox.write('report.csv', REPORT);
});

afterAll(async () => {
  try {
    await sandbox.succeed(['verify'], LATER);
  } finally {
    await sandbox.remove();
  }
});

const reconcile = (...args: string[]): Promise<Outcome> =>
  sandbox.payrun(['payments', 'reconcile', 'B-000001', ...args], LATER);

async function payouts(): Promise<Json[]> {
  const { json } = await sandbox.succeed(['payouts', 'list', '--json']);
  return json.payouts.map(({ status, paidOn, reference }: Json) => [status, paidOn, reference]);
}

describe('what a file would change', () => {
  test('is refused where nobody consents, and where it is something else', async () => {
    expect(await reconcile('report.csv')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Nothing can be asked here: give --yes.'),
    });
    expect(await reconcile('batch.csv', '--yes')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining(
        'Nothing was changed: batch.csv is a payment file, which is sent to the bank or the provider',
      ),
    });
    expect(await reconcile('nothing.csv', '--yes')).toMatchObject({ code: 3 });
    const other = await sandbox.payrun(['payments', 'reconcile', 'B-000002', 'report.csv', '--yes']);
    expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining('no payment batch B-000002') });
    expect((await payouts()).map(([status]) => status)).toEqual(Array(5).fill('processing'));
  });

  test('what would change is shown and asked, Enter is No, and the command is told', async () => {
    const person = new Person(sandbox, ['payments', 'reconcile', 'B-000001', 'report.csv'], LATER);
    await person.answers('(y/N)', ENTER);
    expect(await person.ends()).toBe(0);
    expect(person.screen).toContain('Nothing was changed.');
    expect(person.screen).toContain('payrun payments reconcile B-000001 report.csv --yes');
    expect((await payouts()).map(([status]) => status)).toEqual(Array(5).fill('processing'));
  });
});

describe("a provider's report", () => {
  test('changes each payout that it names with its amount, lists the rest, and does nothing twice', async () => {
    const before = await payouts();
    const look = await reconcile('report.csv', '--dry-run');
    expect(look.stdout.split('\n')[0]).toBe(
      'B-000001 (paypal, made on 2026-11-22): Would be changed: 1 paid (USD 10.00), 1 failed (USD 20.00), 1 returned (USD 30.00).',
    );
    expect(look.stderr).toContain('To mark them:\n  payrun payments reconcile B-000001 report.csv --yes');
    expect(await payouts()).toEqual(before);

    const first = await reconcile('report.csv', '--yes');
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toBe(
      [
        'To pay anew what did not arrive:',
        `  payrun payments create --method paypal ${B} ${C}`,
        'What is still under way:',
        '  payrun payments show B-000001',
        '',
      ].join('\n'),
    );
    expect(first.stdout).toBe(
      [
        'B-000001 (paypal, made on 2026-11-22): Changed: 1 paid (USD 10.00), 1 failed (USD 20.00), 1 returned (USD 30.00).',
        '',
        'Invoice          Payee  Amount  Currency  Becomes   On          Reference  Reason',
        'INV-2026-000001  Ada     10.00  USD       paid      2026-11-24  T-1',
        'INV-2026-000002  Bo      20.00  USD       failed    2026-11-24  T-2        RECEIVER_ACCOUNT_LOCKED',
        'INV-2026-000003  Cy      30.00  USD       returned  2026-11-24  T-3',
        '',
        'Not changed:',
        'Line  Invoice             Amount  Reason             What',
        '   5  INV-2026-000004  40.01 USD  amount_differs     was sent as 40.00 USD',
        '   6                    1.00 USD  unknown_reference  "X-1" names no payout of the batch',
        '      INV-2026-000005  50.00 USD  not_in_file        is under way here and not in the file',
        '',
      ].join('\n'),
    );
    expect(await payouts()).toEqual([
      ['paid', '2026-11-24', 'T-1'],
      ['failed', null, 'B-000001'],
      ['returned', null, null],
      ['processing', null, 'B-000001'],
      ['processing', null, 'B-000001'],
    ]);
    const { history } = (await sandbox.succeed(['payouts', 'show', C, '--json'])).json.payout;
    expect(history.map(({ status, on }: Json) => [status, on])).toEqual([
      ['open', '2026-11-22'],
      ['processing', '2026-11-22'],
      ['paid', '2026-11-24'],
      ['returned', '2026-11-24'],
    ]);

    const again = await reconcile('report.csv', '--json');
    expect(again.json).toMatchObject({
      ...{ changed: 0, unchanged: 3, payouts: [], batch: { id: 'B-000001', status: 'processing' } },
      unmatched: [
        { side: 'file', invoiceNumber: D, line: 5, amount: '40.01', reason: 'amount_differs' },
        { side: 'file', reference: 'X-1', invoiceNumber: null, line: 6, reason: 'unknown_reference' },
        { side: 'batch', invoiceNumber: E, line: null, amount: '50.00', reason: 'not_in_file' },
      ],
    });
    const { json } = await sandbox.succeed(['payments', 'show', 'B-000001', '--json']);
    expect(json.batch.history.map(({ verb, payouts: count }: Json) => [verb, count])).toEqual([
      ['created', 5],
      ['reconciled', 3],
    ]);
    const audit = await sandbox.succeed(['audit', 'list', '--json']);
    const commands = audit.json.audit.map(({ command }: Json) => command);
    expect(commands.filter((command: string) => command === 'payments reconcile')).toHaveLength(1);
  });
});

describe('a bank statement', () => {
  test('is read from a pipe by a map, of whatever was stopped since', async () => {
    await sandbox.write(
      'map.json',
      JSON.stringify({
        columns: { reference: ['Text'], amount: 'Betrag', date: 'Buchung' },
        ...{ currency: 'USD', dateFormat: 'dmy', decimalMark: ',' },
      }),
    );
    await sandbox.succeed(['affiliates', 'block', 'aff_4', '--yes']);
    const statement = `Buchung;Text;Betrag\n24.11.26;EREF+${D} Acme;-40,00\n23.11.26;Miete;-1.000,00\n`;
    const args = [
      'payments',
      'reconcile',
      '1',
      '-',
      '--format',
      'csv',
      '--map',
      'map.json',
      '--yes',
      '--json',
    ];
    const { json } = await sandbox.payrun(args, { ...LATER, stdin: statement });
    expect(json).toMatchObject({
      changed: 1,
      payouts: [{ invoiceNumber: D, status: 'paid', paidOn: '2026-11-24', reference: 'B-000001' }],
    });
  });
});
