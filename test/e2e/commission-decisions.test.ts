import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CTRL_C, ENTER, Person } from './person.js';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';

const AFFILIATES = 'id,name,email\naff_1,Ada Lovelace,ada@example.com\naff_2,Bo,bo@example.com\n';
const HEADER = 'id,affiliate_id,earned_at,amount,status,campaign';
const PAID = 'c1,aff_1,2026-10-01,14.70,approved,spring';
const COMMISSIONS = `${HEADER}
${PAID}
c2,aff_1,2026-10-05,100.00,pending,spring
c3,aff_1,2026-11-15,60.00,pending,
c4,aff_2,2026-10-06,80.00,approved,
`;

let sandbox: Sandbox;

/** Ada and Bo are paid October; Ada has two pending commissions left. */
beforeEach(async () => {
  sandbox = await makeProgramme({ affiliates: AFFILIATES, commissions: COMMISSIONS });
  await sandbox.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
});

afterEach(async () => {
  await sandbox.succeed(['verify']);
  await sandbox.remove();
});

const json = async (...args: string[]): Promise<Json> => (await sandbox.payrun([...args, '--json'])).json;
const paid = (...numbers: string[]) => sandbox.succeed(['payouts', 'pay', ...numbers, '--yes']);

describe('a refund of a sale of 49.00 with a commission of 14.70 that was paid', () => {
  test('adds a line of -14.70, again adds nothing, and the next payout nets it', async () => {
    await paid('INV-2026-000001', 'INV-2026-000002');
    const rejected = await sandbox.succeed(['commissions', 'reject', 'c1', '--reason', 'order refunded']);
    expect(rejected.stdout).toBe(
      [
        '1 commission rejected: USD 14.70.',
        '',
        'Commission  Affiliate  Kind  Status    Earned      Available   Amount  Currency  Payout',
        'c1          aff_1      sale  approved  2026-10-01  2026-10-31   14.70  USD       INV-2026-000001',
        '',
        'Corrections',
        'Commission  Affiliate  Kind      Status    Earned      Available   Amount  Currency  Payout',
        'c1~1        aff_1      clawback  approved  2026-11-22  2026-11-22  -14.70  USD',
        '',
      ].join('\n'),
    );
    expect(rejected.stderr).toBe('USD 14.70 will be netted from the next payout.\n');

    const again = await sandbox.succeed(['commissions', 'reject', 'c1']);
    expect([again.stdout, again.stderr]).toEqual(['Nothing to reject: c1 is rejected already.\n', '']);
    await sandbox.write('again.csv', `${HEADER}\n${PAID.replace('approved', 'rejected')}\n`);
    await sandbox.succeed(['import', 'commissions', 'again.csv']);
    expect(await json('commissions', 'reject', 'c1')).toMatchObject({ corrections: [], changed: 0 });

    const { commission } = await json('commissions', 'show', 'c1');
    expect(commission).toMatchObject({
      status: 'approved',
      decidedBy: 'operator',
      decided: 'rejected',
      corrections: [{ id: 'c1~1', kind: 'clawback', amount: '-14.70', corrects: 'c1' }],
      history: [
        {
          at: '2026-11-22T09:00:00.000Z',
          by: 'kim',
          statusBefore: 'approved',
          statusAfter: 'approved',
          amountBefore: '14.70',
          amountAfter: '14.70',
          reason: 'rejected after it was paid: order refunded',
        },
      ],
    });

    await sandbox.succeed(['commissions', 'approve', 'c2']);
    const words = [
      'generate',
      '--affiliate',
      'aff_1',
      '--period',
      'this-month',
      '--include-earlier',
      '--yes',
    ];
    expect((await json(...words)).payouts).toMatchObject([{ amount: '85.30', commissions: 2 }]);
  });

  test('is shown with its corrections and its history', async () => {
    await sandbox.succeed(['commissions', 'reject', 'c1', '--reason', 'order refunded']);
    expect((await sandbox.succeed(['commissions', 'show', 'c1'])).stdout).toBe(
      [
        'c1: 14.70 USD, approved',
        '',
        'Affiliate  aff_1',
        'Kind       sale',
        'Earned     2026-10-01',
        'Available  2026-10-31',
        'Campaign   spring',
        'Payout     INV-2026-000001',
        'Decided    rejected by an operator',
        '',
        'Corrected by',
        'Commission  Kind      Status    Earned      Amount  Payout',
        'c1~1        clawback  approved  2026-11-22  -14.70',
        '',
        'Together: USD 0.00',
        '',
        'History',
        'At (UTC)          By   Change  Reason',
        '2026-11-22 09:00  kim          rejected after it was paid: order refunded',
        '',
      ].join('\n'),
    );
  });

  test('that its source rejects later is shown as rejected by it, with the correction in the history', async () => {
    await paid('INV-2026-000001');
    await sandbox.write('refund.csv', `${HEADER}\n${PAID.replace('approved', 'rejected')}\n`);
    await sandbox.succeed(['import', 'commissions', 'refund.csv']);
    const { stdout } = await sandbox.succeed(['commissions', 'show', 'c1']);
    expect(stdout).toContain('Decided    rejected by its source after it was paid\n');
    expect(stdout).toContain('2026-11-22 09:00  kim          import: corrected by c1~1\n');
    const { commission } = await json('commissions', 'show', 'c1');
    expect(commission).toMatchObject({ status: 'approved', decidedBy: 'source', decided: 'rejected' });
    expect(commission.history).toEqual([
      {
        at: '2026-11-22T09:00:00.000Z',
        by: 'kim',
        ...{ statusBefore: 'approved', statusAfter: 'approved' },
        ...{ amountBefore: '14.70', amountAfter: '14.70' },
        ...{ currencyBefore: 'USD', currencyAfter: 'USD', moved: [] },
        reason: 'import: corrected by c1~1',
      },
    ]);
  });

  test('names the open payout that would pay too much, and how to mend it', async () => {
    await sandbox.succeed(['payouts', 'void', 'INV-2026-000001', '--reason', 'x', '--yes']);
    await sandbox.succeed(['commissions', 'approve', 'c2']);
    const words = [
      'generate',
      '--affiliate',
      'aff_1',
      '--period',
      'this-month',
      '--include-earlier',
      '--yes',
    ];
    await sandbox.succeed(words);
    const { stderr } = await sandbox.succeed(['commissions', 'reject', 'c1']);
    expect(stderr).toBe(
      'INV-2026-000003 (open) is not paid yet and would pay too much or too little now. Make it anew with:\n' +
        '  payrun payouts redo INV-2026-000003\n',
    );
    expect((await sandbox.payrun(['payouts', 'process', 'INV-2026-000003'])).code).toBe(4);
    await sandbox.succeed(['payouts', 'redo', 'INV-2026-000003', '--yes']);
    const { payouts } = await json('pending');
    expect(payouts.map(({ invoiceNumber, amount }: Json) => `${invoiceNumber} ${amount}`)).toEqual([
      'INV-2026-000002 80.00',
      'INV-2026-000004 100.00',
    ]);
  });

  test('names the open payout of which nothing is owed any more', async () => {
    const { stderr } = await sandbox.succeed(['commissions', 'reject', 'c1', 'c4']);
    expect(stderr).toBe(
      'INV-2026-000001 (open), INV-2026-000002 (open) are not paid yet, and nothing of them is owed now. ' +
        'Take them back with:\n  payrun payouts void INV-2026-000001 INV-2026-000002 --reason refunded\n',
    );
  });
});

describe('approving', () => {
  test('says when it can be paid, and the command', async () => {
    const { stdout, stderr } = await sandbox.succeed([
      'commissions',
      'approve',
      '--affiliate',
      'Ada Lovelace',
    ]);
    expect(stdout).toBe(
      [
        '2 commissions approved: USD 160.00.',
        '',
        'Commission  Affiliate  Kind  Status    Earned      Available   Amount  Currency  Payout',
        'c2          aff_1      sale  approved  2026-10-05  2026-11-04  100.00  USD',
        'c3          aff_1      sale  approved  2026-11-15  2026-12-15   60.00  USD',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe(
      'USD 100.00 available now, USD 60.00 on 2026-12-15. Pay it with:\n' +
        '  payrun generate --affiliate aff_1 --period this-month --include-earlier\n',
    );
  });

  test('of what a void freed names its money once, with what corrects it', async () => {
    await sandbox.write('partial.csv', `${HEADER}\n${PAID.replace('14.70', '10.00')}\n`);
    await sandbox.succeed(['import', 'commissions', 'partial.csv']);
    await sandbox.succeed(['commissions', 'reject', 'c1']);
    await sandbox.succeed(['payouts', 'void', 'INV-2026-000001', '--reason', 'x', '--yes']);
    const { stderr } = await sandbox.succeed(['commissions', 'approve', 'c1']);
    expect(stderr).toBe(
      'USD 10.00 available now. Pay it with:\n' +
        '  payrun generate --affiliate aff_1 --period this-month --include-earlier\n',
    );
    expect((await json('affiliates', 'show', 'aff_1')).balances).toMatchObject([{ available: '10.00' }]);
  });

  test('by a filter that fits nothing says so', async () => {
    const none = await sandbox.succeed(['commissions', 'approve', '--campaign', 'autumn']);
    expect([none.stdout, none.stderr]).toEqual([
      'Nothing to approve: no commission fits.\n',
      'Only what is pending is looked for. Anything else is named by its id.\n',
    ]);
    expect(await json('commissions', 'approve', '--campaign', 'autumn')).toEqual({
      schemaVersion: 1,
      commissions: [],
      corrections: [],
      changed: 0,
      takenBackTwice: [],
      dryRun: false,
    });
  });

  test('with --dry-run shows the same and writes nothing', async () => {
    const dry = await json('commissions', 'approve', '--to', '2026-10-31', '--dry-run');
    expect(dry).toMatchObject({ changed: 1, dryRun: true, commissions: [{ id: 'c2', status: 'approved' }] });
    expect((await json('commissions', 'show', 'c2')).commission.status).toBe('pending');
  });
});

describe('what is refused', () => {
  test.each([
    [['commissions', 'reject'], 2, 'Which commissions to reject has not been said.'],
    [
      ['commissions', 'reject', 'c1', '--campaign', 'x'],
      2,
      'Name commissions by id or filter them, not both.',
    ],
    [['commissions', 'approve', '--affiliate', 'Ada'], 2, '"Ada" is only a part of a name'],
    [['commissions', 'approve', '--from', '2026-11-31'], 2, '2026-11-31'],
    [['commissions', 'approve', 'c2', 'nope'], 3, 'There is no commission nope.'],
  ] as const)('%j', async (args, code, message) => {
    const { error } = await json(...args);
    expect(error.message).toContain(message);
    expect((await sandbox.payrun([...args])).code).toBe(code);
    expect((await json('commissions', 'show', 'c2')).commission.status).toBe('pending');
  });

  test('a correction, with the original as the way', async () => {
    await sandbox.succeed(['commissions', 'reject', 'c1']);
    const refused = await sandbox.payrun(['commissions', 'reject', 'c2', 'c1~1', '--json']);
    expect([refused.code, refused.json.error]).toEqual([
      4,
      {
        code: 'conflict',
        message: 'Nothing was rejected: c1~1 is a correction.',
        hint: 'Reject c1 itself, or forgive it with payrun adjust.',
        details: [
          {
            commissionId: 'c1~1',
            status: 'approved',
            reason: 'is_correction',
            message: 'c1~1 is a correction.',
          },
        ],
      },
    ]);
  });
});

test('an import warns of what a debit of the source takes back besides', async () => {
  await sandbox.succeed(['commissions', 'reject', 'c1']);
  await sandbox.write(
    'debit.csv',
    'id,affiliate_id,earned_at,amount,kind,corrects\nd1,aff_1,2026-10-20,-14.70,clawback,c1\n',
  );
  const { stderr } = await sandbox.succeed(['import', 'commissions', 'debit.csv', '--dry-run']);
  expect(stderr).toBe(
    'warning: Taken back by more than it was: c1 (by d1). A correction and a debit of the source take back the ' +
      'same. If the debit is too much:\n  payrun commissions reject d1\n',
  );
  const document = await json('import', 'commissions', 'debit.csv');
  expect(document.takenBackTwice).toEqual(['c1']);
});

test('an import that settles the past names what is on payouts here', async () => {
  const until = ['import', 'commissions', 'commissions.csv', '--settled-until', '2026-10-31'];
  await sandbox.write('commissions.csv', COMMISSIONS);
  const warning = (were: string): string =>
    `warning: 2 commissions up to 2026-10-31 are on payouts here and ${were} settled: c1 (INV-2026-000001), ` +
    'c4 (INV-2026-000002). If paid elsewhere too, void those payouts and import again.\n';
  expect((await sandbox.succeed([...until, '--dry-run'])).stderr).toBe(warning('would not be'));
  const { stdout, stderr } = await sandbox.succeed(until);
  expect(stdout).toBe('1 changed, 3 unchanged (4 rows).\n');
  expect(stderr).toContain(warning('were not'));
  expect((await json(...until)).notSettled).toEqual([
    { commissionId: 'c1', invoiceNumber: 'INV-2026-000001' },
    { commissionId: 'c4', invoiceNumber: 'INV-2026-000002' },
  ]);
});

describe('at a terminal', () => {
  test('commissions are ticked, looked at and rejected with a reason', async () => {
    const kim = new Person(sandbox, ['commissions', 'reject']);
    await kim.sees('Which commissions? These are unpaid (pending or approved).');
    await kim.answers('c3', ' ');
    await kim.answers('1 of 2 chosen: USD 100.00', ENTER);
    await kim.sees('2026-10-05');
    await kim.answers('Reject 1 commission (USD 100.00)?', 'y' + ENTER);
    await kim.answers('Why?', 'self-referral' + ENTER);
    await kim.sees('1 commission rejected: USD 100.00.');
    await kim.sees('payrun commissions reject c2 --reason self-referral');
    expect(await kim.ends()).toBe(0);
    expect((await json('commissions', 'show', 'c2')).commission.status).toBe('rejected');
  });

  test('what a filter fits is shown, and Enter alone changes nothing', async () => {
    const kim = new Person(sandbox, ['commissions', 'approve', '--affiliate', 'aff_1']);
    await kim.answers('Approve 2 commissions (USD 160.00)?', ENTER);
    await kim.sees('Nothing was approved.');
    await kim.sees('To do it after all:');
    await kim.sees('payrun commissions approve --affiliate aff_1');
    expect(await kim.ends()).toBe(0);
    expect((await json('commissions', 'list', '--status', 'pending')).commissions).toHaveLength(2);
  });

  test('Ctrl-C leaves everything as it was', async () => {
    const kim = new Person(sandbox, ['commissions', 'approve']);
    await kim.answers('Which commissions?', CTRL_C);
    expect(await kim.ends()).toBe(130);
    expect((await json('commissions', 'list', '--status', 'pending')).commissions).toHaveLength(2);
  });
});
