import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DOWN, ENTER, Person } from './person.js';
import { makeProgramme, type Sandbox } from './payrun.js';

const AFFILIATES = `id,name,email,status
aff_1,Ada Lovelace,ada@example.com,active
aff_2,Bo,bo@example.com,paused
aff_3,Ada Byron,byron@example.com,active
`;
const COMMISSIONS = 'id,affiliate_id,earned_at,amount,status\nc1,aff_1,2026-10-01,100.00,approved\n';

let sandbox: Sandbox;
const make = async (): Promise<void> => {
  sandbox = await makeProgramme({
    affiliates: AFFILIATES,
    commissions: COMMISSIONS,
    init: ['--minimum', '50'],
  });
};
const remove = async (): Promise<void> => {
  expect((await sandbox.payrun(['verify'])).code).toBe(0);
  await sandbox.remove();
};

describe('adjust', () => {
  beforeEach(make);
  afterEach(remove);

  test('adds a bonus, and its own last words pay it', async () => {
    const words = [
      'adjust',
      'ada@example.com',
      '50.00',
      'USD',
      '--kind',
      'bonus',
      '--reason',
      'best of October',
    ];
    const { stdout, stderr } = await sandbox.succeed(words);
    expect(stdout).toBe('Added a bonus of USD 50.00 for Ada Lovelace (aff_1): ADJ~000001.\n');
    expect(stderr).toBe(
      'Pay it with:\n  payrun generate --affiliate aff_1 --period this-month --include-earlier\n',
    );
    const { json } = await sandbox.succeed([...words, '--json']);
    expect(json).toEqual({
      schemaVersion: 1,
      commission: {
        id: 'ADJ~000002',
        affiliateId: 'aff_1',
        kind: 'bonus',
        status: 'approved',
        earnedOn: '2026-11-22',
        availableOn: '2026-11-22',
        amount: '50.00',
        currency: 'USD',
        campaign: null,
        orderId: null,
        corrects: null,
        invoiceNumber: null,
        description: 'best of October',
      },
      payWith: 'payrun generate --affiliate aff_1 --period this-month --include-earlier --yes',
    });
    const paid = await sandbox.succeed([...json.payWith.split(' ').slice(1), '--json']);
    expect(paid.json.payouts).toMatchObject([{ amount: '200.00', commissions: 3 }]);
  });

  test('takes a negative amount, which the next payout nets', async () => {
    const { stdout, stderr } = await sandbox.succeed(['adjust', 'aff_1', '-20.00', 'USD', '--reason', 'x']);
    expect(stdout).toBe('Added an adjustment of USD -20.00 for Ada Lovelace (aff_1): ADJ~000001.\n');
    expect(stderr).toBe(
      'It is netted from the next payout:\n  payrun generate --affiliate aff_1 --period this-month --include-earlier\n',
    );
    const preview = await sandbox.succeed([
      'generate',
      '--period',
      '2026-10',
      '--all',
      '--dry-run',
      '--json',
    ]);
    expect(preview.json.totals).toMatchObject([{ amount: '80.00' }]);
  });

  test('of +20 and a clawback of 100 leaves -80, and nothing is payable until it is positive', async () => {
    await sandbox.succeed(['adjust', 'aff_3', '20.00', 'USD', '--kind', 'bonus', '--reason', 'x']);
    const { stderr } = await sandbox.succeed([
      'adjust',
      'aff_3',
      '-100',
      'USD',
      '--kind',
      'clawback',
      '--reason',
      'x',
    ]);
    expect(stderr).toContain('It is netted from the next payout; so far nothing is left. Then:');
    const words = [
      'generate',
      '--affiliate',
      'aff_3',
      '--period',
      'this-month',
      '--override-minimum',
      '--yes',
      '--json',
    ];
    expect((await sandbox.succeed(words)).json).toMatchObject({
      run: null,
      skipped: [{ reason: 'negative_balance', amount: '-80.00', commissions: 2 }],
    });
    const next = await sandbox.succeed(['adjust', 'aff_3', '30', 'USD', '--reason', 'x']);
    expect(next.stderr).toContain('It comes off what is owed back; nothing is payable yet.');
    await sandbox.succeed(['adjust', 'aff_3', '51', 'USD', '--reason', 'x']);
    expect((await sandbox.succeed(words)).json.payouts).toMatchObject([{ amount: '1.00', commissions: 4 }]);
  });

  test.each([
    [
      'below the minimum',
      ['aff_3', '5', 'USD'],
      'What is due is below the minimum. Pay it all the same with:\n' +
        '  payrun generate --affiliate aff_3 --period this-month --include-earlier --override-minimum\n',
    ],
    [
      'for one who is paused',
      ['aff_2', '500', 'USD'],
      'Nothing is paid while the affiliate is paused. Then:\n' +
        '  payrun generate --affiliate aff_2 --period this-month --include-earlier\n',
    ],
    [
      'earned later',
      ['aff_3', '500', 'USD', '--earned-on', '2026-12-05'],
      'Pay it from 2026-12-05 on with:\n' +
        '  payrun generate --affiliate aff_3 --from 2026-12-05 --to 2026-12-05 --include-earlier\n',
    ],
    [
      'earned earlier, in a currency without a minimum',
      ['aff_3', '5', 'EUR', '--earned-on', '2026-01-05'],
      'Pay it with:\n  payrun generate --affiliate aff_3 --period this-month --include-earlier\n',
    ],
  ])('%s says what follows', async (_what, args, note) => {
    expect((await sandbox.succeed(['adjust', ...args, '--reason', 'x'])).stderr).toBe(note);
  });

  test('asks for everything at a terminal, confirms, and says the command', async () => {
    const kim = new Person(sandbox, ['adjust']);
    await kim.answers('Which affiliate?', 'byron');
    await kim.answers('Ada Byron (aff_3)', ENTER);
    await kim.answers('What is it?', DOWN + DOWN + ENTER);
    await kim.answers('In which currency?', ENTER);
    await kim.answers('How much, in USD?', '5' + ENTER);
    await kim.answers('A clawback is below zero, such as -20.00.', '\b-20' + ENTER);
    await kim.answers('Why?', 'paid by hand' + ENTER);
    await kim.answers('Add a clawback of USD -20.00 for Ada Byron (aff_3)?', 'y' + ENTER);
    await kim.sees('Added a clawback of USD -20.00 for Ada Byron (aff_3): ADJ~000001.');
    await kim.sees("payrun adjust aff_3 -20 USD --reason 'paid by hand' --kind clawback --yes");
    expect(await kim.ends()).toBe(0);
  });

  test('adds nothing on Enter alone', async () => {
    const kim = new Person(sandbox, ['adjust', 'aff_1', '5', 'USD', '--reason', 'x']);
    await kim.answers('Add an adjustment of USD 5.00 for Ada Lovelace (aff_1)?', ENTER);
    await kim.sees('Nothing was added.');
    await kim.sees('To do it after all:');
    expect(await kim.ends()).toBe(0);
    expect((await sandbox.payrun(['commissions', 'show', 'ADJ~000001'])).code).toBe(3);
  });
});

describe('adjust refuses', () => {
  beforeAll(make);
  afterAll(remove);

  test.each([
    [['aff_1', '5.001', 'USD', '--reason', 'x'], 2, 'too many decimals'],
    [['aff_1', '1000', 'JPY', '--reason', 'x', '--kind', 'clawback'], 2, 'A clawback is below zero'],
    [['aff_1', '-5', 'USD', '--reason', 'x', '--kind', 'bonus'], 2, 'A bonus is above zero'],
    [['aff_1', '5', 'USD', '--reason', 'x', '--kind', 'sale'], 2, 'cannot be'],
    [['aff_1', '0.00', 'USD', '--reason', 'x'], 2, 'An adjustment of zero adjusts nothing.'],
    [['aff_1', '10000000000000.00', 'USD', '--reason', 'x'], 2, 'too large'],
    [['aff_1', '-20,00', 'USD', '--reason', 'x'], 2, "'-20,00' is neither an option nor a plain decimal"],
    [['aff_1', '5', 'usd', '--reason', 'x'], 2, 'not a currency'],
    [['aff_1', '5', 'USD'], 2, 'An adjustment needs a reason.'],
    [['aff_1', '5', 'USD', '--reason', ' '], 2, 'Option --reason must not be empty'],
    [['aff_1', '5'], 2, 'Who gets how much has not been said.'],
    [['Ada', '5', 'USD', '--reason', 'x'], 2, '"Ada" fits 2 affiliates.'],
    [['aff_1', '5', 'USD', '--reason', 'x', '--earned-on', '2026-02-30'], 2, '2026-02-30'],
    [['nobody', '5', 'USD', '--reason', 'x'], 3, 'There is no affiliate "nobody".'],
  ] as const)('%j', async (args, code, message) => {
    const refused = await sandbox.payrun(['adjust', ...args, '--json']);
    const { error } = refused.json;
    expect([refused.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect((await sandbox.succeed(['commissions', 'list', '--json'])).json.commissions).toHaveLength(1);
  });
});
