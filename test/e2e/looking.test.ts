import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';

const AFFILIATES = `id,name,email,status,currency,minimum_payout,payout_method,payout_account,city,country
aff_1,Ada Lovelace,ada@example.com,active,USD,,paypal,ada@paypal.example,London,GB
aff_2,"Bo, Jr.",bo@example.com,active,USD,,,,,
aff_3,Cy Young,cy@example.com,paused,EUR,10.00,,,,
aff_4,Ada Byron,byron@example.com,active,,,,,,
`;

// Today is 22 November 2026: 30 days of hold from 23 October on.
const COMMISSIONS = `id,affiliate_id,earned_at,amount,currency,status,kind,campaign,order_id,description
c1,aff_1,2026-10-05,100.00,USD,approved,sale,fall,o-1,first
c2,aff_1,2026-10-15,112.50,USD,approved,sale,,,
c3,aff_1,2026-11-15,80.00,USD,approved,sale,,,
c4,aff_1,2026-10-15,1250,JPY,approved,sale,,,
c5,aff_2,2026-10-01,20.00,USD,approved,sale,,,
c6,aff_2,2026-10-02,15.00,USD,pending,sale,,,
c7,aff_3,2026-09-02,15.00,EUR,approved,sale,,,
c8,aff_2,2026-11-20,-5.00,USD,,clawback,,,
c9,aff_4,2026-10-30,3.00,USD,rejected,sale,,,
`;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await makeProgramme({
    affiliates: AFFILIATES,
    commissions: COMMISSIONS,
    init: ['--minimum', '50'],
  });
  await sandbox.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
  await sandbox.succeed(['payouts', 'void', 'INV-2026-000001', '--reason', 'wrong bank', '--yes']);
});

afterAll(async () => {
  await sandbox.remove();
});

const json = async (...args: string[]): Promise<Json> => (await sandbox.succeed([...args, '--json'])).json;

const FIRST = {
  invoiceNumber: 'INV-2026-000001',
  runId: 'R-000001',
  affiliateId: 'aff_1',
  affiliateName: 'Ada Lovelace',
  currency: 'JPY',
  amount: '1250',
  commissions: 1,
  status: 'void',
  issuedOn: '2026-11-22',
  from: '2026-10-01',
  to: '2026-10-31',
  paidOn: null,
  reference: null,
  creditNoteNumber: 'CN-2026-000001',
  replaces: null,
  replacedBy: null,
  correctedSince: false,
  detailsChanged: false,
};
const SECOND = {
  ...FIRST,
  invoiceNumber: 'INV-2026-000002',
  currency: 'USD',
  amount: '212.50',
  commissions: 2,
  status: 'open',
  creditNoteNumber: null,
};

const STEP = { at: '2026-11-22T09:00:00.000Z', by: 'kim', on: '2026-11-22', reference: null };

describe('payouts', () => {
  test('are listed by issue date and number, void ones too', async () => {
    expect(await json('payouts', 'list')).toEqual({ schemaVersion: 1, payouts: [FIRST, SECOND] });
  });

  test.each([
    [['--status', 'void'], ['INV-2026-000001']],
    [
      ['--status', 'void', '--status', 'open'],
      ['INV-2026-000001', 'INV-2026-000002'],
    ],
    [
      ['--run', 'r-1'],
      ['INV-2026-000001', 'INV-2026-000002'],
    ],
    [
      ['--affiliate', 'lovelace'],
      ['INV-2026-000001', 'INV-2026-000002'],
    ],
    [['--affiliate', 'bo@example.com'], []],
    [
      ['--from', '2026-11-22', '--to', '2026-11-22'],
      ['INV-2026-000001', 'INV-2026-000002'],
    ],
    [['--from', '2026-11-23'], []],
    [['--to', '2026-11-21'], []],
  ])('with %j are %j', async (options, numbers) => {
    const { payouts } = await json('payouts', 'list', ...options);
    expect(payouts.map((payout: Json) => payout.invoiceNumber)).toEqual(numbers);
  });

  test('that are not yet paid are pending', async () => {
    expect(await json('pending')).toEqual({ schemaVersion: 1, payouts: [SECOND] });
  });

  test('show their lines and their history', async () => {
    expect(await json('payouts', 'show', 'INV-2026-000001')).toEqual({
      schemaVersion: 1,
      payout: {
        ...FIRST,
        batch: null,
        sentTo: null,
        lines: [
          { commissionId: 'c4', kind: 'sale', earnedOn: '2026-10-15', amount: '1250', description: null },
        ],
        history: [
          { ...STEP, status: 'open', reason: null },
          { ...STEP, status: 'void', reason: 'wrong bank' },
        ],
      },
    });
  });

  test('are a plain table off a terminal', async () => {
    expect((await sandbox.succeed(['payouts', 'list'])).stdout).toBe(
      [
        'Invoice          Issued      Affiliate  Name           Amount  Currency  Status',
        'INV-2026-000001  2026-11-22  aff_1      Ada Lovelace  1250     JPY       void',
        'INV-2026-000002  2026-11-22  aff_1      Ada Lovelace   212.50  USD       open',
        '',
        '1 payout: USD 212.50; 1 void',
        '',
      ].join('\n'),
    );
  });

  test('that do not fit are an empty list and a friendly sentence', async () => {
    const none = await sandbox.succeed(['payouts', 'list', '--status', 'paid']);
    expect([none.stdout, none.stderr]).toEqual(['No payout fits.\n', 'All of them: payrun payouts list\n']);
  });
});

describe('runs', () => {
  const run = {
    id: 'R-000001',
    kind: 'manual',
    origin: 'manual',
    job: null,
    from: '2026-10-01',
    to: '2026-10-31',
    asOf: '2026-11-22',
    affiliateId: null,
    campaign: null,
    overrideMinimum: false,
    dryRun: false,
    createdAt: '2026-11-22T09:00:00.000Z',
    createdBy: 'kim',
    totals: [
      { currency: 'JPY', payouts: 1, commissions: 1, amount: '1250' },
      { currency: 'USD', payouts: 1, commissions: 2, amount: '212.50' },
    ],
  };

  test('are listed with what they made, as they made it', async () => {
    expect(await json('runs', 'list')).toEqual({ schemaVersion: 1, runs: [run] });
  });

  test('show their payouts as they are now', async () => {
    const shown = await json('runs', 'show', 'R-000001');
    expect(shown).toEqual({ schemaVersion: 1, run: { ...run, payouts: [FIRST, SECOND] } });
  });
});

describe('commissions', () => {
  test('tell where each stands', async () => {
    const c1 = {
      id: 'c1',
      affiliateId: 'aff_1',
      kind: 'sale',
      status: 'approved',
      earnedOn: '2026-10-05',
      availableOn: '2026-11-04',
      amount: '100.00',
      currency: 'USD',
      campaign: 'fall',
      orderId: 'o-1',
      corrects: null,
      invoiceNumber: 'INV-2026-000002',
      description: 'first',
    };
    expect(await json('commissions', 'list', '--campaign', 'fall')).toEqual({
      schemaVersion: 1,
      commissions: [c1],
    });
    expect(await json('commissions', 'show', 'c1')).toEqual({
      schemaVersion: 1,
      commission: { ...c1, decidedBy: 'source', decided: null, history: [], corrections: [] },
    });
  });

  test.each([
    [[], ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9']],
    [
      ['--affiliate', 'Bo, Jr.'],
      ['c5', 'c6', 'c8'],
    ],
    [['--status', 'pending'], ['c6']],
    [
      ['--from', '2026-11-01'],
      ['c3', 'c8'],
    ],
    [['--to', '2026-09-30'], ['c7']],
    [['--from', '2026-10-02', '--to', '2026-10-05', '--affiliate', 'aff_1'], ['c1']],
    [['--campaign', 'spring'], []],
  ])('with %j are %j', async (options, ids) => {
    const { commissions } = await json('commissions', 'list', ...options);
    expect(commissions.map((commission: Json) => commission.id)).toEqual(ids);
  });

  test('with corrections show what they come to together', async () => {
    const own = await makeProgramme({
      affiliates: 'id,name\na,Ada\n',
      commissions: 'id,affiliate_id,earned_at,amount,status\nc1,a,2026-10-01,50.00,approved\n',
    });
    try {
      await own.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
      await own.write(
        'again.csv',
        'id,affiliate_id,earned_at,amount,status\nc1,a,2026-10-01,30.00,approved\n',
      );
      await own.succeed(['import', 'commissions', 'again.csv']);
      const shown = await own.succeed(['commissions', 'show', 'c1']);
      expect(shown.stdout).toContain('c1~1');
      expect(shown.stdout).toContain('Together: USD 30.00');
      const { commission } = (await own.succeed(['commissions', 'show', 'c1~1', '--json'])).json;
      expect(commission).toMatchObject({ kind: 'clawback', amount: '-20.00', corrects: 'c1' });
    } finally {
      await own.remove();
    }
  });
});

describe('affiliates', () => {
  const ADA = [
    ['JPY', '1250', '0', '0', '0', '0', null],
    ['USD', '0.00', '80.00', '0.00', '212.50', '0.00', '2026-12-15'],
  ].map(([currency, available, onHold, notApproved, inPayouts, paid, nextAvailableOn]) => ({
    ...{ currency, available, onHold, notApproved, inPayouts, paid, nextAvailableOn },
  }));

  test('are listed with what each has', async () => {
    const { affiliates } = await json('affiliates', 'list');
    expect(affiliates.map((affiliate: Json) => affiliate.id)).toEqual(['aff_1', 'aff_2', 'aff_3', 'aff_4']);
    expect(affiliates[0]).toMatchObject({
      id: 'aff_1',
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      status: 'active',
      currency: 'USD',
      minimum: null,
      payoutMethod: 'paypal',
      balances: ADA,
    });
    expect(affiliates[2]).toMatchObject({ minimum: '10.00', balances: [{ available: '15.00' }] });
    expect(affiliates[3].balances).toEqual([]);
  });

  test('show when they get paid', async () => {
    const shown = await json('affiliates', 'show', 'ada@example.com');
    expect(shown.affiliate).toMatchObject({
      id: 'aff_1',
      payoutAccount: 'a…@paypal.example',
      city: 'London',
    });
    expect(shown.balances).toEqual([
      { ...ADA[0], holds: [], minimum: null, missing: null, lastPaidOn: null },
      {
        ...ADA[1],
        holds: [{ availableOn: '2026-12-15', amount: '80.00', commissions: 1 }],
        minimum: '50.00',
        missing: '50.00',
        lastPaidOn: null,
      },
    ]);
    expect(shown.nextPayout).toEqual({
      on: null,
      estimates: [
        { currency: 'JPY', amount: '1250', reason: null },
        { currency: 'USD', amount: '0.00', reason: 'on_hold' },
      ],
    });
    expect(shown.payouts).toEqual([
      {
        invoiceNumber: 'INV-2026-000002',
        issuedOn: '2026-11-22',
        amount: '212.50',
        currency: 'USD',
        status: 'open',
        correctedSince: false,
        detailsChanged: false,
      },
    ]);
    expect(shown.history).toEqual([
      {
        at: '2026-11-22T09:00:00.000Z',
        on: '2026-11-22',
        by: 'kim',
        field: 'added',
        before: null,
        after: 'aff_1',
        reason: 'import',
      },
    ]);
  });

  test.each([
    ['aff_2', [{ currency: 'USD', amount: '0.00', reason: 'below_minimum' }]],
    ['cy', [{ currency: 'EUR', amount: '0.00', reason: 'affiliate_paused' }]],
    ['byron', []],
  ])('%s is estimated %j', async (affiliate, estimates) => {
    expect((await json('affiliates', 'show', affiliate)).nextPayout).toEqual({ on: null, estimates });
  });

  test('read as the answer to "when do I get paid?"', async () => {
    const shown = await sandbox.succeed(['affiliates', 'show', 'bo@example.com']);
    expect(shown.stdout).toBe(
      [
        'Bo, Jr. (aff_2), active',
        '',
        'No schedule is set; a run today would pay nothing, what is due is below the minimum (USD).',
        '',
        '                    USD',
        'Available now     15.00',
        'Not approved yet  15.00',
        'Paid so far        0.00',
        'Minimum           50.00  35.00 missing',
        '',
        'E-mail   bo@example.com',
        'Changes  2026-11-22 kim: added (import)',
        '',
      ].join('\n'),
    );
    const command = /payrun generate (.*)\n/.exec(shown.stderr)?.[1] ?? '';
    const dry = await json('generate', ...command.split(' '), '--dry-run');
    expect(dry.payouts).toMatchObject([{ affiliateId: 'aff_2', amount: '15.00' }]);
  });

  test('with a schedule are estimated for its next day', async () => {
    const own = await makeProgramme({
      affiliates: AFFILIATES,
      commissions: COMMISSIONS,
      init: ['--minimum', '50'],
    });
    try {
      const monday = { now: '2026-12-15T00:30:00.000+01:00' };
      await own.succeed(['settings', 'set', 'schedule.frequency', 'weekly'], monday);
      const shown = (await own.succeed(['affiliates', 'show', 'aff_1', '--json'], monday)).json;
      expect(shown.nextPayout).toEqual({
        on: '2026-12-21',
        estimates: [
          { currency: 'JPY', amount: '1250', reason: null },
          { currency: 'USD', amount: '292.50', reason: null },
        ],
      });
      const upcoming = (await own.succeed(['upcoming', '--json'], monday)).json;
      expect(upcoming).toMatchObject({
        on: '2026-12-21',
        run: { id: null, kind: 'scheduled', from: null, to: '2026-12-21', asOf: '2026-12-21', dryRun: true },
      });
      expect(upcoming.payouts).toMatchObject([
        { affiliateId: 'aff_1', currency: 'JPY', amount: '1250', invoiceNumber: null, status: null },
        { affiliateId: 'aff_1', currency: 'USD', amount: '292.50' },
      ]);
      expect((await own.succeed(['upcoming'], monday)).stdout).toContain('The next run is on 2026-12-21.');
      const text = await own.succeed(['upcoming', '--as-of', '2026-12-15'], monday);
      expect(text.stdout.split('\n')[0]).toBe(
        'A forecast for 2026-12-15, as the ledger stands now (the next run is on 2026-12-21).',
      );
    } finally {
      await own.remove();
    }
  });
});

describe('a forecast', () => {
  test('is for the day that was asked for, whatever the schedule is', async () => {
    const today = await json('upcoming');
    expect(today).toMatchObject({ on: '2026-11-22', run: { to: '2026-11-22', asOf: '2026-11-22' } });
    const forecast = await json('upcoming', '--as-of', '2026-12-15');
    expect(forecast).toMatchObject({
      on: '2026-12-15',
      run: { kind: 'scheduled', from: null, to: '2026-12-15', asOf: '2026-12-15', dryRun: true },
    });
    expect(forecast.payouts).toMatchObject([
      { affiliateId: 'aff_1', currency: 'JPY', amount: '1250' },
      { affiliateId: 'aff_1', currency: 'USD', amount: '80.00' },
    ]);
  });

  test('tells where to look next', async () => {
    const { stdout, stderr } = await sandbox.succeed(['upcoming', '--as-of', '2026-11-22']);
    expect(stdout.split('\n')[0]).toBe(
      'A forecast for 2026-11-22, as the ledger stands now (no schedule is set).',
    );
    expect(stderr).toBe('More comes off its hold on 2026-12-15: payrun upcoming --as-of 2026-12-15\n');
  });

  test('is not made for a day that is past, or none', async () => {
    const past = await sandbox.payrun(['upcoming', '--as-of', '2026-11-21', '--json']);
    expect([past.code, past.json.error.message]).toEqual([
      2,
      '--as-of 2026-11-21 is past: today is 2026-11-22 in Europe/Berlin.',
    ]);
    expect((await sandbox.payrun(['upcoming', '--as-of', 'soon'])).code).toBe(2);
  });
});

describe('what is not there', () => {
  test.each([
    [['payouts', 'show', 'INV-9'], 3, 'not_found', 'There is no payout INV-9.'],
    [['payouts', 'list', '--run', 'R-9'], 3, 'not_found', 'There is no run R-9.'],
    [['payouts', 'list', '--affiliate', 'zoe'], 3, 'not_found', 'There is no affiliate "zoe".'],
    [['runs', 'show', 'R-2'], 3, 'not_found', 'There is no run R-2.'],
    [['runs', 'show', 'x'], 2, 'usage', '"x" is not a run id.'],
    [['commissions', 'show', 'c99'], 3, 'not_found', 'There is no commission c99.'],
    [['commissions', 'list', '--affiliate', 'zoe'], 3, 'not_found', 'There is no affiliate "zoe".'],
    [['affiliates', 'show', 'nobody'], 3, 'not_found', 'There is no affiliate "nobody".'],
    [['affiliates', 'show', 'ada'], 2, 'usage', '"ada" fits 2 affiliates.'],
    [['payouts', 'list', '--from', '2026-02-30'], 2, 'usage', '"2026-02-30" is not a day of the calendar.'],
  ])('%j ends with %i and one JSON document', async (words, code, name, message) => {
    const refused = await sandbox.payrun([...words, '--json']);
    expect(refused.code).toBe(code);
    expect(refused.json.error).toMatchObject({ code: name, message });
  });

  test('without a ledger every command says how to make one', async () => {
    for (const words of [
      ['pending'],
      ['runs', 'list'],
      ['affiliates', 'list'],
      ['verify'],
      ['export', 'lines'],
    ]) {
      const refused = await sandbox.payrun([...words, '--ledger', sandbox.path('none.db')]);
      expect([refused.code, refused.stdout]).toEqual([3, '']);
      expect(refused.stderr).toContain('payrun init');
    }
  });
});
