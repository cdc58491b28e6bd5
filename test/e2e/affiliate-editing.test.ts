import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Outcome, type Sandbox } from './payrun.js';

const IBAN = 'DE89370400440532013000';
const OTHER_IBAN = 'GB29NWBK60161331926819';

const AFFILIATES = `id,name,email,currency,minimum_payout,payout_method,payout_account
aff_1,Ada Lovelace,ada@example.com,EUR,20.00,sepa,${IBAN}
aff_2,Bo,bo@example.com,,,paypal,bo@example.com
aff_3,Bo,bob@example.com,,,manual,
`;

const COMMISSIONS = `id,affiliate_id,earned_at,amount,status,kind,available_on
c_1,aff_2,2026-10-03,70.00,approved,bonus,
c_2,aff_2,2026-11-05,30.00,approved,bonus,
c_3,aff_2,2026-11-20,12.00,approved,sale,2026-12-20
c_4,aff_2,2026-11-21,5.00,pending,sale,2026-12-21
`;

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await makeProgramme({ affiliates: AFFILIATES, commissions: COMMISSIONS });
});

afterEach(async () => {
  await sandbox.remove();
});

const affiliates = (...words: string[]): Promise<Outcome> => sandbox.payrun(['affiliates', ...words]);

const shown = async (id: string) =>
  (await sandbox.succeed(['affiliates', 'show', id, '--json'])).json.affiliate;

/** What a refusal says, and that nothing else was printed. */
async function refused(code: number, ...words: string[]): Promise<string> {
  const outcome = await affiliates(...words);
  expect([outcome.code, outcome.stdout]).toEqual([code, '']);
  return outcome.stderr;
}

describe('affiliates add', () => {
  test('adds one with every field and answers in the shape of show', async () => {
    const options = {
      '--name': 'Zoë',
      '--email': 'zoe@example.com',
      '--status': 'Paused',
      '--currency': 'jpy',
      '--minimum': '5000',
      '--payout-method': 'SEPA',
      '--payout-account': IBAN,
      '--payout-name': 'Zoë O.',
      '--payout-bic': 'COBADEFF',
      '--country': 'de',
      '--vat-number': 'DE1',
      '--company': 'Zoë KG',
      '--address-line1': 'S 1',
      '--address-line2': 'F 2',
      '--city': 'X',
      '--region': 'Y',
      '--postal-code': '1',
    };
    const { json } = await sandbox.succeed([
      'affiliates',
      'add',
      'aff_9',
      ...Object.entries(options).flat(),
      '--json',
    ]);
    expect(json).toEqual({
      schemaVersion: 1,
      affiliate: {
        id: 'aff_9',
        name: 'Zoë',
        email: 'zoe@example.com',
        status: 'paused',
        currency: 'JPY',
        minimum: '5000',
        minimumCurrency: 'JPY',
        payoutMethod: 'sepa',
        payoutAccount: 'DE89…3000',
        payoutName: 'Zoë O.',
        payoutBic: 'COBADEFF',
        country: 'DE',
        vatNumber: 'DE1',
        company: 'Zoë KG',
        addressLine1: 'S 1',
        addressLine2: 'F 2',
        city: 'X',
        region: 'Y',
        postalCode: '1',
      },
      changed: 1,
    });
    expect(await shown('aff_9')).toEqual(json.affiliate);
  });

  test('says in one line what was done, warns of doubtful payment details, and names the next command', async () => {
    const { code, stdout, stderr } = await affiliates(
      'add',
      'aff_9',
      '--name',
      'Zoë',
      '--payout-method',
      'paypal',
    );
    expect(code).toBe(0);
    expect(stdout).toBe('Zoë (aff_9) was added, active.\n');
    expect(stderr).toBe(
      'warning: A payout method, but no payout account. Before a payment, mend it:\n' +
        '  payrun affiliates edit aff_9\n' +
        'What he has, and when he gets paid:\n' +
        '  payrun affiliates show aff_9\n',
    );
  });

  test('an id that is there is a conflict', async () => {
    const { code, json } = await affiliates('add', 'aff_1', '--name', 'Ada', '--json');
    expect(code).toBe(4);
    expect(json.error).toMatchObject({
      code: 'conflict',
      message: 'There is an affiliate aff_1 already: Ada Lovelace.',
      details: [{ affiliateId: 'aff_1', affiliateName: 'Ada Lovelace' }],
    });
  });

  test('refuses what is missing or wrong as usage, naming the option', async () => {
    for (const [words, said] of [
      [[], 'Whom to add has not been said.'],
      [['aff_9'], 'An affiliate needs a name.'],
      [['aff_9', '--name', ' '], 'Option --name must not be empty'],
      [[' ', '--name', 'Zoë'], 'must not be empty.'],
      [['a\tb', '--name', 'Zoë'], 'holds a character that nobody sees'],
      [['aff_9', '--name', 'Zoë', '--email', 'zoe'], '--email: "zoe" is no e-mail address.'],
      [['aff_9', '--name', 'Zoë', '--payout-method', 'cash'], 'Use paypal, wise, sepa, ach, manual'],
      [['aff_9', '--name', 'Zoë', '--status', 'gone'], 'Use active, paused, blocked, departed'],
      [['aff_9', '--name', 'Zoë', '--currency', 'EURO'], '--currency: "EURO" is not an ISO 4217 currency'],
      [['aff_9', '--name', 'Zoë', '--minimum', '12.345'], '--minimum: "12.345" has too many decimals'],
      [['aff_9', '--name', 'Zoë', '--currency', 'JPY', '--minimum', '1.0'], 'JPY has no decimals'],
      [['aff_9', '--name', 'Zoë', '--country', 'Germany'], '--country: "Germany" is no country code.'],
      [
        ['aff_9', '--name', 'Zoë', '--payout-account', 'DE89…3000'],
        'with a part left out. Give the whole one.',
      ],
    ] as const) {
      expect(await refused(2, 'add', ...words)).toContain(said);
    }
  });
});

describe('affiliates edit', () => {
  test('changes what is given, shows it with the account masked, and says where pending payouts go', async () => {
    await sandbox.succeed(['generate', '--affiliate', 'aff_2', '--period', '2026-10', '--yes']);
    const edits = [
      '--payout-method',
      'sepa',
      '--payout-account',
      OTHER_IBAN,
      '--email',
      '',
      '--reason',
      'phone',
    ];
    const { code, stdout, stderr } = await affiliates('edit', 'bo@example.com', ...edits);
    expect(code).toBe(0);
    expect(stdout).toBe(
      'Bo (aff_2): 3 fields changed.\n' +
        '  E-mail          bo@example.com -> empty\n' +
        '  Payout method   paypal -> sepa\n' +
        '  Payout account  b…@example.com -> GB29…6819\n',
    );
    expect(stderr).toBe(
      'No payment file pays 1 payout (USD 70.00) until the change is approved. ' +
        'When the new payment details are right, approve them:\n' +
        '  payrun payouts approve INV-2026-000001\n' +
        'Payouts made from now on go there.\n' +
        'See the affiliate:\n' +
        '  payrun affiliates show aff_2\n',
    );
  });

  test('a minimum is in the currency of the affiliate; empty falls back and 0 means none', async () => {
    const minimum = async (...words: string[]) => {
      const { affiliate, changed } = (await affiliates('edit', 'aff_1', ...words, '--json')).json;
      return [affiliate.minimum, affiliate.minimumCurrency, changed];
    };
    expect(await minimum('--minimum', '35')).toEqual(['35.00', 'EUR', 1]);
    expect(await minimum('--minimum', '0')).toEqual(['0.00', 'EUR', 1]);
    expect(await minimum('--minimum', '')).toEqual([null, null, 1]);
    expect(await minimum('--minimum', '7', '--currency', 'BHD')).toEqual(['7.000', 'BHD', 1]);
    expect(await minimum('--minimum', '7', '--currency', '')).toEqual(['7.00', 'USD', 1]);
    expect(await minimum('--minimum', '7.00')).toEqual(['7.00', 'USD', 0]);
  });

  test('nothing different is said and changes nothing', async () => {
    const { code, stdout, stderr } = await affiliates(
      'edit',
      'aff_1',
      '--name',
      'Ada Lovelace',
      '--payout-account',
      IBAN,
    );
    expect([code, stdout, stderr]).toEqual([
      0,
      'Ada Lovelace (aff_1): nothing was changed, for it is so already.\n',
      '',
    ]);
  });

  test('the next import of an unchanged file does not undo it', async () => {
    await affiliates('edit', 'aff_1', '--payout-account', OTHER_IBAN);
    const changed = AFFILIATES.replace('Ada Lovelace', 'Ada King');
    const { stdout } = await sandbox.succeed([
      'import',
      'affiliates',
      await sandbox.write('next.csv', changed),
    ]);
    expect(stdout).toBe('1 changed, 2 unchanged (3 rows).\n');
    expect(await shown('aff_1')).toMatchObject({ name: 'Ada King', payoutAccount: 'GB29…6819' });
  });

  test('refuses with the codes of the house', async () => {
    expect(await refused(3, 'edit', 'nobody', '--name', 'X')).toContain('There is no affiliate "nobody".');
    expect(await refused(2, 'edit', 'Bo', '--name', 'X')).toContain('"Bo" fits 2 affiliates.');
    expect(await refused(2, 'edit', 'Lovelace', '--name', 'X')).toContain('only a part of a name');
    expect(await refused(2, 'edit', 'aff_1')).toContain('What to change has not been said.');
    expect(await refused(2, 'edit', '--name', 'X')).toContain('Which affiliate to edit has not been said.');
    expect(await refused(2, 'edit', 'aff_1', '--name', '')).toContain('--name: A name cannot be empty.');
    expect(await refused(2, 'edit', 'aff_1', '--status', '')).toContain(
      '--status: A status cannot be empty.',
    );
  });

  test('no account is ever on the screen in clear', async () => {
    for (const words of [
      ['add', 'aff_9', '--name', 'Zoë', '--payout-method', 'sepa', '--payout-account', OTHER_IBAN],
      ['edit', 'aff_1', '--payout-account', OTHER_IBAN],
      ['edit', 'aff_1', '--payout-account', OTHER_IBAN, '--country', 'Germany'],
      ['pause', 'aff_1'],
      ['add', 'aff_8', '--name', 'Max', '--payout-account', OTHER_IBAN, '--json'],
      ['edit', 'aff_8', '--payout-account', IBAN, '--json'],
      ...['pause', 'block', 'activate', 'depart', 'show'].map((verb) => [verb, 'aff_8', '--json']),
      ['list', '--json'],
    ]) {
      const { stdout, stderr } = await affiliates(...words);
      expect(stdout + stderr).not.toMatch(new RegExp(`${IBAN}|${OTHER_IBAN}`));
    }
  });
});

describe('affiliates pause, block, activate, depart', () => {
  test('pause says which payouts wait, and doing it again changes nothing', async () => {
    await sandbox.succeed(['generate', '--affiliate', 'aff_2', '--period', '2026-10', '--yes']);
    const notes =
      '1 payout (USD 70.00) is not yet paid: approve, process and pay refuse it now.\n' +
      '  payrun payouts list --affiliate aff_2\n' +
      'No run pays an affiliate who is paused. To undo it:\n' +
      '  payrun affiliates activate aff_2\n';
    const once = await affiliates('pause', 'aff_2', '--reason', 'new bank details');
    expect([once.code, once.stdout, once.stderr]).toEqual([
      0,
      'Bo (aff_2) is now paused (was active).\n',
      notes,
    ]);
    const again = await affiliates('pause', 'aff_2');
    expect([again.code, again.stdout, again.stderr]).toEqual([0, 'Bo (aff_2) is paused already.\n', notes]);
    expect((await affiliates('pause', 'aff_2', '--json')).json).toMatchObject({
      affiliate: { id: 'aff_2', status: 'paused' },
      changed: 0,
    });
  });

  test('each verb leads to its status from any other, with --json', async () => {
    for (const [verb, status] of [
      ['block', 'blocked'],
      ['pause', 'paused'],
      ['depart', 'departed'],
      ['activate', 'active'],
    ] as const) {
      const { code, json } = await affiliates(verb, 'aff_3', '--json');
      expect([code, json.affiliate.status, json.changed]).toEqual([0, status, 1]);
    }
  });

  test('depart says what is left and names the command that pays it, which works', async () => {
    await sandbox.succeed(['generate', '--affiliate', 'aff_2', '--period', '2026-10', '--yes']);
    const { stdout, stderr } = await affiliates('depart', 'aff_2');
    expect(stdout).toBe('Bo (aff_2) is now departed (was active).\n');
    const final = 'generate --affiliate aff_2 --period this-month --include-earlier --override-minimum';
    expect(stderr).toBe(
      'Still available: USD 30.00; on hold: USD 12.00 (the first of it until 2026-12-20); not approved: USD 5.00; ' +
        'in 1 payout not yet paid: USD 70.00.\n' +
        `The final payment:\n  payrun ${final}\n`,
    );
    const { json } = await sandbox.succeed([...final.split(' '), '--yes', '--json']);
    expect(json.totals).toEqual([{ currency: 'USD', payouts: 1, commissions: 1, amount: '30.00' }]);
    expect((await affiliates('depart', 'aff_3')).stderr).toBe('Nothing is left to pay.\n');
  });

  test('activate names the command that shows the next payment', async () => {
    await affiliates('block', 'aff_1');
    const { stdout, stderr } = await affiliates('activate', 'aff_1');
    expect(stdout).toBe('Ada Lovelace (aff_1) is now active (was blocked).\n');
    expect(stderr).toBe('When is the next payment?\n  payrun affiliates show aff_1\n');
  });

  test('a missing or unknown affiliate is refused', async () => {
    expect(await refused(2, 'pause')).toContain('Which affiliate is meant has not been said.');
    expect(await refused(2, 'pause', 'Bo')).toContain('"Bo" fits 2 affiliates.');
    expect(await refused(3, 'block', 'nobody')).toContain('There is no affiliate "nobody".');
  });
});
