import { afterEach, describe, expect, test } from '@jest/globals';
import { stat } from 'node:fs/promises';
import { EXPORT_SETTINGS } from '../../src/core/export-settings.js';
import { makeProgramme, Sandbox } from './payrun.js';

let sandbox: Sandbox;

afterEach(async () => {
  await sandbox.remove();
});

const USD_BERLIN = ['--currency', 'USD', '--timezone', 'Europe/Berlin'];

describe('payrun init', () => {
  test('makes a ledger that only its owner can read, and says what to do next', async () => {
    sandbox = await Sandbox.make();
    const made = await sandbox.payrun(['init', ...USD_BERLIN, '--minimum', '50', '--company', 'Acme Ltd']);
    expect(made.code).toBe(0);
    expect(made.stdout).toBe(`Created the ledger ${sandbox.ledger} (USD, Europe/Berlin).\n`);
    expect(made.stderr).toContain('payrun import affiliates affiliates.csv');
    expect((await stat(sandbox.ledger)).mode & 0o777).toBe(0o600);
    const { settings } = (await sandbox.succeed(['settings', 'list', '--json'])).json;
    expect(settings).toMatchObject({ 'minimum.USD': '50.00', 'hold.days': '30', 'company.name': 'Acme Ltd' });
  });

  test('answers one JSON document', async () => {
    sandbox = await Sandbox.make();
    const made = await sandbox.payrun(['init', '--json', '--currency', 'eur', '--timezone', 'utc']);
    expect(made.json).toEqual({
      schemaVersion: 1,
      ledger: { path: sandbox.ledger, currency: 'EUR', timezone: 'UTC' },
    });
    expect(made.stderr).toBe('');
  });

  test('makes the folders on the way to the default place', async () => {
    sandbox = await Sandbox.make();
    const env = { PAYRUN_LEDGER: '', XDG_DATA_HOME: sandbox.path('data') };
    const made = await sandbox.payrun(['init', ...USD_BERLIN, '--json'], { env });
    expect(made.json.ledger.path).toContain(sandbox.folder);
    expect((await sandbox.payrun(['settings', 'get', 'currency'], { env })).stdout).toBe('USD\n');
  });

  test.each([
    [[], 2, 'A ledger needs a currency and a time zone.'],
    [['--currency', 'USD'], 2, '--timezone Europe/Berlin'],
    [['--currency', 'US', '--timezone', 'UTC'], 2, '--currency: "US" is not a currency'],
    [['--currency', 'USD', '--timezone', 'Berlin'], 2, 'Did you mean Europe/Berlin?'],
    [['--currency', 'USD', '--timezone', '+02:00'], 2, '--timezone: "+02:00"'],
    [[...USD_BERLIN, '--minimum', '1,5'], 2, '--minimum: "1,5"'],
    [[...USD_BERLIN, '--minimum', '-5'], 2, 'A minimum cannot be negative.'],
    [[...USD_BERLIN, '--hold-days', 'x'], 2, '--hold-days: "x"'],
  ])('with %j it ends with %i and leaves no file', async (options, code, sentence) => {
    sandbox = await Sandbox.make();
    const refused = await sandbox.payrun(['init', ...options]);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toContain(sentence);
    expect(refused.stdout).toBe('');
    await expect(stat(sandbox.ledger)).rejects.toThrow('ENOENT');
  });

  test('leaves an existing ledger, and any other file, as it is', async () => {
    sandbox = await makeProgramme();
    const again = await sandbox.payrun(['init', '--json', '--currency', 'EUR', '--timezone', 'UTC']);
    expect(again.code).toBe(4);
    expect(again.json.error).toMatchObject({ code: 'conflict' });
    expect((await sandbox.succeed(['settings', 'get', 'currency'])).stdout).toBe('USD\n');
    const text = await sandbox.write('notes.txt', 'mine');
    expect((await sandbox.payrun(['init', ...USD_BERLIN, '--ledger', text])).code).toBe(4);
    expect(await sandbox.read('notes.txt')).toBe('mine');
  });
});

describe('payrun settings', () => {
  test('lists every setting with the values that set takes', async () => {
    sandbox = await makeProgramme();
    const { settings } = (await sandbox.succeed(['settings', 'list', '--json'])).json;
    const ofFormats = Object.keys(settings).filter((key) => key.startsWith('export.'));
    const defaults = EXPORT_SETTINGS.map((setting) => [setting.key, setting.default]);
    expect(ofFormats.map((key) => [key, settings[key]])).toEqual(defaults);
    expect({ settings }).toEqual({
      settings: {
        ...Object.fromEntries(defaults),
        'company.name': '',
        'company.address': '',
        'company.country': '',
        'company.vat-number': '',
        'company.iban': '',
        'company.bic': '',
        timezone: 'Europe/Berlin',
        currency: 'USD',
        'hold.days': '30',
        'minimum.USD': 'none',
        'approval.commissions': 'manual',
        'approval.payouts': 'none',
        'invoice.pattern': 'INV-{YYYY}-{SEQ:6}',
        'credit-note.pattern': 'CN-{YYYY}-{SEQ:6}',
        'schedule.frequency': 'off',
        'accounts.expense': '6200',
        'accounts.accrued': '2110',
        'accounts.payable': '2100',
        'accounts.bank': '1200',
        'accounts.clearing.paypal': '',
        'accounts.clearing.wise': '',
        'accounts.clearing.sepa': '',
        'accounts.clearing.ach': '',
        'accounts.clearing.manual': '',
      },
    });
  });

  test('shows those of an export format where they were changed or asked for', async () => {
    sandbox = await makeProgramme({ affiliates: 'id,name\naff_1,Ada\n' });
    await sandbox.succeed(['settings', 'set', 'export.datev.client', '77']);
    await sandbox.succeed(['settings', 'set', 'accounts.affiliate.aff_1', '70001']);
    const lines = (await sandbox.succeed(['settings', 'list'])).stdout.split('\n');
    const keys = lines.map((line) => line.split(' ', 1)[0]);
    expect(keys.filter((key) => /^(?:export|accounts\.a)/.test(key ?? ''))).toEqual([
      'accounts.accrued',
      'accounts.affiliate.aff_1',
      'export.datev.client',
    ]);
    const some = await sandbox.succeed(['settings', 'list', 'export.template.d']);
    expect(some.stdout).toMatch(/^Setting .*\nexport\.template\.date-order .*\nexport\.template\.due-days /);
    const nobody = await sandbox.payrun(['settings', 'set', 'accounts.affiliate.AFF_1', '1', '--json']);
    expect([nobody.code, nobody.json.error.message]).toEqual([3, 'There is no affiliate AFF_1.']);
  });

  test('sets, gets and clears; setting the same again changes nothing', async () => {
    sandbox = await makeProgramme();
    const set = await sandbox.succeed(['settings', 'set', 'minimum.jpy', '5000', '--json']);
    expect(set.json).toEqual({ schemaVersion: 1, settings: { 'minimum.JPY': '5000' } });
    expect((await sandbox.succeed(['settings', 'get', 'minimum.JPY'])).stdout).toBe('5000\n');
    const again = await sandbox.succeed(['settings', 'set', 'minimum.JPY', '5000']);
    expect(again.stdout).toBe('minimum.JPY is 5000 already; nothing was changed.\n');
    await sandbox.succeed(['settings', 'set', 'company.name', 'Acme']);
    const cleared = await sandbox.succeed(['settings', 'set', 'company.name', '']);
    expect(cleared.stdout).toBe('company.name is now empty (it was Acme).\n');
  });

  test.each([
    [['set', 'hold.dayz', '3'], 'There is no setting "hold.dayz". Did you mean hold.days?'],
    [['get', 'nonsense'], 'The settings are company.name,'],
    [['get', 'export.datev.klient'], 'The settings of this format are export.datev.expense,'],
    [['list', 'nothing'], 'No setting begins with "nothing".'],
    [['set', 'hold.days', '-1'], 'hold.days: "-1" is not allowed'],
    [['set', 'minimum.XXX', '1'], '"XXX" is not a currency'],
    [['set', 'minimum', '1'], 'There is no setting "minimum".'],
    [['get', 'minimum.<currency>'], 'not a currency'],
    [['set', 'minimum.USD', '1.234'], 'too many decimals'],
    [['set', 'invoice.pattern', 'INV-{YYYY}'], 'has no {SEQ}'],
    [['set', 'approval.payouts', 'three-person'], 'none, required, two-person'],
  ])('%j is a usage error that says what is allowed', async (words, sentence) => {
    sandbox = await makeProgramme();
    const refused = await sandbox.payrun(['settings', ...words]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(sentence);
  });

  test('currency and time zone are fixed once a commission is in', async () => {
    sandbox = await makeProgramme();
    await sandbox.succeed(['settings', 'set', 'currency', 'EUR']);
    await sandbox.write('a.csv', 'id,name\naff_1,Ada\n');
    await sandbox.write('c.csv', 'id,affiliate_id,earned_at,amount\nc1,aff_1,2026-10-01,5.00\n');
    await sandbox.succeed(['import', 'affiliates', 'a.csv']);
    await sandbox.succeed(['import', 'commissions', 'c.csv']);
    const refused = await sandbox.payrun(['settings', 'set', 'currency', 'USD', '--json']);
    expect(refused.code).toBe(4);
    expect(refused.json.error.message).toBe('currency is EUR and stays so: the ledger holds commissions.');
    expect((await sandbox.payrun(['settings', 'set', 'currency', 'EUR'])).code).toBe(0);
    expect((await sandbox.payrun(['settings', 'set', 'hold.days', '14'])).code).toBe(0);
  });

  test('invoices and credit notes may share one series but never a number', async () => {
    sandbox = await makeProgramme({
      affiliates: 'id,name\nCN-2026,Ada\n',
      commissions: 'id,affiliate_id,earned_at,amount,status\nc1,CN-2026,2026-10-01,5.00,approved\n',
    });
    const refused = await sandbox.payrun(['settings', 'set', 'invoice.pattern', '{AFFILIATE}-{SEQ:6}']);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('could be the same text as one of CN-{YYYY}-{SEQ:6}');
    await sandbox.succeed(['settings', 'set', 'invoice.pattern', 'CN-{YYYY}-{SEQ:4}']);
    const generate = ['generate', '--period', '2026-10', '--all', '--yes', '--json'];
    const first = (await sandbox.succeed(generate)).json.payouts[0].invoiceNumber;
    const voided = await sandbox.succeed(['payouts', 'void', first, '--reason', 'test', '--yes', '--json']);
    const second = (await sandbox.succeed(generate)).json.payouts[0].invoiceNumber;
    expect([first, voided.json.payouts[0].creditNoteNumber, second]).toEqual([
      'CN-2026-0001',
      'CN-2026-000002',
      'CN-2026-0003',
    ]);
    expect((await sandbox.succeed(['verify', '--json'])).json.ok).toBe(true);
  });
});
