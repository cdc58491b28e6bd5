import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Person } from './person.js';
import { Sandbox } from './payrun.js';

const SEPTEMBER = { now: '2026-09-30T21:00:00.000Z' };
/** Already October in Berlin. */
const OCTOBER = { now: '2026-09-30T22:30:00.000Z' };
const NOVEMBER = { now: '2026-11-22T09:00:00.000Z' };

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.make();
  await sandbox.succeed(['init', '--currency', 'USD', '--timezone', 'Europe/Berlin']);
  const affiliates = await sandbox.write('affiliates.csv', 'id,name\naff_1,Ada\naff_2,Bo\naff_3,Cy\n');
  const commissions = await sandbox.write(
    'commissions.csv',
    'id,affiliate_id,earned_at,amount,currency,status\n' +
      'c1,aff_1,2026-07-05,1000.00,USD,approved\nc2,aff_2,2026-07-05,250.00,USD,approved\n' +
      'c3,aff_3,2026-07-05,1250,JPY,approved\nc4,aff_1,2026-08-05,400.00,USD,approved\n' +
      'c5,aff_2,2026-10-05,60.00,USD,approved\nc6,aff_3,2026-10-05,7.50,EUR,approved\n',
  );
  await sandbox.succeed(['import', 'affiliates', affiliates]);
  await sandbox.succeed(['import', 'commissions', commissions]);
  const pay = async (period: string, when: { now: string }): Promise<unknown> =>
    sandbox.succeed(['generate', '--period', period, '--all', '--yes'], when);
  await pay('2026-07', SEPTEMBER);
  await pay('2026-08', OCTOBER);
  await pay('2026-10', NOVEMBER);
  await sandbox.succeed(['payouts', 'void', 'INV-2026-000002', '--reason', 'wrong', '--yes'], NOVEMBER);
  await sandbox.succeed(['payouts', 'pay', 'INV-2026-000001', 'INV-2026-000004', '--yes'], NOVEMBER);
  await sandbox.succeed(['payouts', 'return', 'INV-2026-000004', '--reason', 'back', '--yes'], NOVEMBER);
});

afterAll(async () => {
  await sandbox.remove();
});

const none = { notYetPaid: '0.00', void: 0, voidAmount: '0.00' };
const september = [
  { ...{ month: '2026-09', currency: 'JPY', payouts: 1, amount: '1250', paid: '0' }, ...none },
  { ...{ month: '2026-09', currency: 'USD', payouts: 1, amount: '1000.00', paid: '1000.00' }, ...none },
].map((month) =>
  month.currency === 'JPY'
    ? { ...month, notYetPaid: '1250', voidAmount: '0' }
    : { ...month, void: 1, voidAmount: '250.00' },
);
const october = {
  ...{ month: '2026-10', currency: 'USD', payouts: 1, amount: '400.00', paid: '0.00' },
  ...{ ...none, notYetPaid: '400.00' },
};
const november = [
  {
    month: '2026-11',
    currency: 'EUR',
    payouts: 1,
    amount: '7.50',
    paid: '0.00',
    ...none,
    notYetPaid: '7.50',
  },
  {
    month: '2026-11',
    currency: 'USD',
    payouts: 1,
    amount: '60.00',
    paid: '0.00',
    ...none,
    notYetPaid: '60.00',
  },
];

describe('report payouts', () => {
  test('adds up each month and currency by issue date, void payouts apart, what came back as not paid', async () => {
    const { json } = await sandbox.succeed(['report', 'payouts', '--json']);
    expect(json).toEqual({
      schemaVersion: 1,
      report: [...september, october, ...november],
      totals: [
        { currency: 'EUR', payouts: 1, amount: '7.50', paid: '0.00', ...none, notYetPaid: '7.50' },
        {
          ...{ currency: 'JPY', payouts: 1, amount: '1250', paid: '0', notYetPaid: '1250' },
          ...{ void: 0, voidAmount: '0' },
        },
        {
          ...{ currency: 'USD', payouts: 3, amount: '1460.00', paid: '1000.00', notYetPaid: '460.00' },
          ...{ void: 1, voidAmount: '250.00' },
        },
      ],
    });
  });

  test.each([
    [['--period', '2026-10'], [october]],
    [['--period', 'last-month'], [october]],
    [['--from', '2026-10-01', '--to', '2026-11-21'], [october]],
    [['--from', '2026-10-02'], november],
    [['--to', '2026-09-30', '--currency', 'jpy'], [september[0]]],
    [['--currency', 'GBP'], []],
  ])('with %j', async (options, report) => {
    const { json } = await sandbox.succeed(['report', 'payouts', ...options, '--json']);
    expect(json.report).toEqual(report);
  });

  test('is a plain table in a pipe, with what comes next on stderr', async () => {
    const { stdout, stderr } = await sandbox.succeed(['report', 'payouts']);
    expect(stdout).toBe(
      [
        'Month    Currency  Payouts   Amount     Paid  Not paid  Void  Void amount',
        '2026-09  JPY             1  1250        0      1250        0         0',
        '2026-09  USD             1  1000.00  1000.00      0.00     1       250.00',
        '2026-10  USD             1   400.00     0.00    400.00     0         0.00',
        '2026-11  EUR             1     7.50     0.00      7.50     0         0.00',
        '2026-11  USD             1    60.00     0.00     60.00     0         0.00',
        '',
        'total    EUR             1     7.50     0.00      7.50     0         0.00',
        'total    JPY             1  1250        0      1250        0         0',
        'total    USD             3  1460.00  1000.00    460.00     1       250.00',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe('What is not yet paid:\n  payrun pending\n');
  });

  test('has a bar a row on a terminal of 80 columns', async () => {
    const person = new Person(sandbox, ['report', 'payouts', '--currency', 'USD', '--no-color']);
    expect(await person.ends()).toBe(0);
    expect(person.screen).toBe(
      [
        'Month    Currency  Payouts    Amount      Paid  Not paid  Void  Compared',
        '2026-09  USD             1  1,000.00  1,000.00      0.00     1  ██████████',
        '2026-10  USD             1    400.00      0.00    400.00     0  ████',
        '2026-11  USD             1     60.00      0.00     60.00     0  ▋',
        '',
        'total    USD             3  1,460.00  1,000.00    460.00     1',
        'A wider terminal also shows: Void amount.',
        'What is not yet paid:',
        '  payrun pending',
        '',
      ].join('\n'),
    );
  });

  test('says that there is nothing, and refuses what is no range or currency', async () => {
    const nothing = await sandbox.succeed(['report', 'payouts', '--period', '2025']);
    expect([nothing.stdout, nothing.stderr]).toEqual([
      'No payouts fit.\n',
      'All payouts:\n  payrun payouts list\n',
    ]);
    for (const options of [
      ['--from', '2026-11-02', '--to', '2026-11-01'],
      ['--period', '2026-10', '--from', '2026-10-01'],
      ['--currency', 'XYZ'],
      ['--period', 'sometime'],
    ]) {
      expect((await sandbox.payrun(['report', 'payouts', ...options])).code).toBe(2);
    }
  });
});
