import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Sandbox } from './payrun.js';

const AFFILIATES = `id,name,email,status,currency,minimum_payout
aff_1,Ada,ada@example.com,active,,
aff_2,Bo,bo@example.com,active,,
aff_3,Cy,cy@example.com,active,,
aff_4,Di,di@example.com,blocked,,
aff_5,Ed,ed@example.com,active,JPY,0
`;

const COMMISSIONS = `id,affiliate_id,earned_at,amount,currency,status,kind,available_on,campaign
c_1,aff_1,2026-10-03,112.00,USD,approved,sale,2026-11-02,
c_2,aff_1,2026-10-31T22:59:59Z,100.00,USD,approved,sale,2026-11-02,winter
c_3,aff_2,2026-10-05,20.00,USD,approved,sale,2026-11-02,
c_4,aff_3,2026-10-20,80.00,USD,approved,sale,2026-11-30,
c_5,aff_4,2026-10-20,70.00,USD,approved,sale,2026-11-02,
c_6,aff_1,2026-09-30,60.00,USD,approved,sale,2026-10-30,
c_7,aff_5,2026-10-09,1200,JPY,approved,bonus,,
c_8,aff_3,2026-10-21,15.00,USD,pending,sale,2026-11-02,
`;

const OCTOBER = ['generate', '--period', '2026-10'];

describe('payrun generate', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await makeProgramme({ affiliates: AFFILIATES, commissions: COMMISSIONS });
    await sandbox.succeed(['settings', 'set', 'minimum.USD', '50']);
  });

  afterEach(async () => {
    await sandbox.remove();
  });

  test('a run answers with the run, its payouts, its totals and every skip', async () => {
    const { json } = await sandbox.succeed([...OCTOBER, '--all', '--yes', '--json']);

    expect(json).toEqual({
      schemaVersion: 1,
      run: {
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
      },
      planId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      totals: [
        { currency: 'JPY', payouts: 1, commissions: 1, amount: '1200' },
        { currency: 'USD', payouts: 1, commissions: 2, amount: '212.00' },
      ],
      payouts: [
        {
          invoiceNumber: 'INV-2026-000001',
          affiliateId: 'aff_1',
          affiliateName: 'Ada',
          currency: 'USD',
          amount: '212.00',
          commissions: 2,
          status: 'open',
        },
        {
          invoiceNumber: 'INV-2026-000002',
          affiliateId: 'aff_5',
          affiliateName: 'Ed',
          currency: 'JPY',
          amount: '1200',
          commissions: 1,
          status: 'open',
        },
      ],
      skipped: [
        {
          affiliateId: 'aff_1',
          affiliateName: 'Ada',
          currency: 'USD',
          reason: 'earned_earlier',
          amount: '60.00',
          commissions: 1,
        },
        {
          affiliateId: 'aff_2',
          affiliateName: 'Bo',
          currency: 'USD',
          reason: 'below_minimum',
          amount: '20.00',
          commissions: 1,
          minimum: '50.00',
        },
        {
          affiliateId: 'aff_3',
          affiliateName: 'Cy',
          currency: 'USD',
          reason: 'not_approved',
          amount: '15.00',
          commissions: 1,
        },
        {
          affiliateId: 'aff_3',
          affiliateName: 'Cy',
          currency: 'USD',
          reason: 'on_hold',
          amount: '80.00',
          commissions: 1,
          nextAvailableOn: '2026-11-30',
        },
        {
          affiliateId: 'aff_4',
          affiliateName: 'Di',
          currency: 'USD',
          reason: 'affiliate_blocked',
          amount: '70.00',
          commissions: 1,
        },
      ],
    });
  });

  test('a dry run says the same without numbers, and writes nothing', async () => {
    const { json } = await sandbox.succeed([...OCTOBER, '--all', '--dry-run', '--json']);
    const pending = await sandbox.succeed(['pending', '--json']);

    expect(json.run).toMatchObject({ id: null, createdAt: null, dryRun: true });
    expect(
      json.payouts.map((payout: { invoiceNumber: unknown; status: unknown }) => [
        payout.invoiceNumber,
        payout.status,
      ]),
    ).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(pending.json).toEqual({ schemaVersion: 1, payouts: [] });
  });

  test('running again for the same range pays nothing and is a success', async () => {
    await sandbox.succeed([...OCTOBER, '--all', '--yes']);
    const again = await sandbox.payrun([...OCTOBER, '--all', '--yes', '--json']);

    expect(again.code).toBe(0);
    expect(again.json).toMatchObject({ run: null, totals: [], payouts: [] });
    expect((await sandbox.succeed(['runs', 'list', '--json'])).json.runs).toHaveLength(1);
  });

  test.each([
    ['without saying who', [...OCTOBER, '--yes'], '--all'],
    ['without consent', [...OCTOBER, '--all'], '--yes'],
    [
      'with a range said twice',
      [...OCTOBER, '--from', '2026-10-01', '--to', '2026-10-31', '--all', '--yes'],
      'exclude',
    ],
    ['with half a range', ['generate', '--from', '2026-10-01', '--all', '--yes'], '--to'],
    ['for everybody and one', [...OCTOBER, '--all', '--affiliate', 'aff_1', '--yes'], 'exclude'],
    ['as of a day to come', [...OCTOBER, '--all', '--as-of', '2026-12-01', '--yes'], '--dry-run'],
    ['for a period that is none', ['generate', '--period', 'octember', '--all', '--yes'], 'last-month'],
    ['for a part of a name', [...OCTOBER, '--affiliate', 'Ad', '--yes'], 'aff_1'],
  ])('%s it is refused with exit 2 and a sentence that helps', async (_title, args, help) => {
    const { code, stdout, stderr } = await sandbox.payrun(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(help);
    expect((await sandbox.succeed(['runs', 'list', '--json'])).json.runs).toEqual([]);
  });

  test('an affiliate who is not there is not found', async () => {
    const { code, json } = await sandbox.payrun([...OCTOBER, '--affiliate', 'nobody', '--yes', '--json']);

    expect(code).toBe(3);
    expect(json.error).toMatchObject({ code: 'not_found' });
  });

  test('one affiliate is found by e-mail, and his lines that are paid already are told', async () => {
    await sandbox.succeed([...OCTOBER, '--affiliate', 'ADA@example.com', '--yes']);
    const { json } = await sandbox.succeed([...OCTOBER, '--affiliate', 'Ada', '--dry-run', '--json']);

    expect(json.skipped).toEqual([
      {
        affiliateId: 'aff_1',
        affiliateName: 'Ada',
        currency: 'USD',
        reason: 'already_in_payout',
        amount: '212.00',
        commissions: 2,
        invoiceNumbers: ['INV-2026-000001'],
      },
      {
        affiliateId: 'aff_1',
        affiliateName: 'Ada',
        currency: 'USD',
        reason: 'earned_earlier',
        amount: '60.00',
        commissions: 1,
      },
    ]);
  });

  test('the minimum, the range and the campaign are dropped or set by their options', async () => {
    const all = await sandbox.succeed([
      ...OCTOBER,
      '--all',
      '--override-minimum',
      '--include-earlier',
      '--dry-run',
      '--json',
    ]);
    const campaign = await sandbox.succeed([
      ...OCTOBER,
      '--all',
      '--campaign',
      'winter',
      '--dry-run',
      '--json',
    ]);

    expect(all.json.totals).toContainEqual({ currency: 'USD', payouts: 2, commissions: 4, amount: '292.00' });
    expect(all.json.run).toMatchObject({ from: null, to: '2026-10-31', overrideMinimum: true });
    expect(campaign.json.payouts).toMatchObject([{ affiliateId: 'aff_1', amount: '100.00' }]);
  });

  test('a plan id applies the plan that was looked at, and no other', async () => {
    const { planId } = (await sandbox.succeed([...OCTOBER, '--all', '--dry-run', '--json'])).json;
    await sandbox.write(
      'more.csv',
      'id,affiliate_id,earned_at,amount,status,available_on\nc_9,aff_1,2026-10-30,1.00,approved,2026-11-01\n',
    );
    await sandbox.succeed(['import', 'commissions', sandbox.path('more.csv')]);
    const moved = await sandbox.payrun([...OCTOBER, '--all', '--plan-id', planId, '--yes', '--json']);
    const now = (await sandbox.succeed([...OCTOBER, '--all', '--dry-run', '--json'])).json.planId;
    const applied = await sandbox.succeed([...OCTOBER, '--all', '--plan-id', now, '--yes', '--json']);

    expect(moved.code).toBe(4);
    expect(moved.json.error.code).toBe('conflict');
    expect(applied.json.planId).toBe(now);
  });

  test('a plan file is applied exactly, or refused with what moved', async () => {
    await sandbox.succeed([...OCTOBER, '--all', '--plan-out', 'plan.json', '--dry-run']);
    await sandbox.write(
      'more.csv',
      'id,affiliate_id,earned_at,amount,status,available_on\nc_9,aff_1,2026-10-30,1.00,approved,2026-11-01\n',
    );
    await sandbox.succeed(['import', 'commissions', sandbox.path('more.csv')]);
    const moved = await sandbox.payrun(['generate', '--plan', 'plan.json', '--yes', '--json']);
    await sandbox.succeed([...OCTOBER, '--all', '--plan-out', 'again.json']);
    const applied = await sandbox.succeed(['generate', '--plan', 'again.json', '--yes', '--json']);

    expect(moved.code).toBe(4);
    expect(moved.json.error.details).toMatchObject([
      {
        affiliateId: 'aff_1',
        currency: 'USD',
        commissionId: 'c_9',
        before: null,
        after: '1.00',
        message: 'c_9 of aff_1 is new: USD 1.00',
      },
    ]);
    expect(applied.json.totals).toContainEqual({
      currency: 'USD',
      payouts: 1,
      commissions: 3,
      amount: '213.00',
    });
  });

  test('a plan file that was edited, is none, or is not there is refused', async () => {
    await sandbox.succeed([...OCTOBER, '--all', '--plan-out', 'plan.json']);
    await sandbox.write('edited.json', (await sandbox.read('plan.json')).replaceAll('212.00', '912.00'));
    const apply = async (file: string): Promise<number | null> =>
      (await sandbox.payrun(['generate', '--plan', file, '--yes'])).code;

    expect(await apply('edited.json')).toBe(5);
    expect(await apply('affiliates.csv')).toBe(5);
    expect(await apply('nowhere.json')).toBe(3);
    expect((await sandbox.payrun([...OCTOBER, '--all', '--plan-out', 'plan.json'])).code).toBe(4);
  });

  test('a plan that cannot be written is a failure in the document, too', async () => {
    await sandbox.write('taken.json', 'kept');
    const outcome = await sandbox.payrun([...OCTOBER, '--all', '--plan-out', 'taken.json', '--json']);

    expect(outcome.code).toBe(4);
    expect(Object.keys(outcome.json)).toEqual(['schemaVersion', 'error']);
    expect(outcome.json.error.code).toBe('conflict');
    expect(await sandbox.read('taken.json')).toBe('kept');
  });

  test('what was earned before the range is warned of on stderr, not in the document', async () => {
    const { stdout, stderr } = await sandbox.succeed([...OCTOBER, '--all', '--yes', '--json']);

    expect(stderr).toContain('--include-earlier');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  test('the last second of the month is in it, whatever zone the process is in', async () => {
    const inZone = async (zone: string): Promise<unknown> =>
      (await sandbox.succeed([...OCTOBER, '--all', '--dry-run', '--json'], { env: { TZ: zone } })).json;

    const auckland = await inZone('Pacific/Auckland');
    expect(auckland).toEqual(await inZone('America/Los_Angeles'));
    expect(auckland).toMatchObject({ run: { from: '2026-10-01' } });
  });

  test('a payout that is voided can be paid again, and takes one credit note however often it is asked', async () => {
    await sandbox.succeed([...OCTOBER, '--all', '--yes']);
    const reason = ['--reason', 'wrong month', '--yes', '--json'];
    const voided = await sandbox.succeed(['payouts', 'void', 'INV-2026-000001', ...reason]);
    const twice = await sandbox.succeed(['payouts', 'void', 'INV-2026-000001', ...reason]);
    const again = await sandbox.succeed([...OCTOBER, '--all', '--yes', '--json']);

    expect(voided.json).toMatchObject({
      payouts: [{ invoiceNumber: 'INV-2026-000001', status: 'void', creditNoteNumber: 'CN-2026-000001' }],
      changed: 1,
    });
    expect(twice.json).toMatchObject({ payouts: [{ creditNoteNumber: 'CN-2026-000001' }], changed: 0 });
    expect(again.json.payouts).toMatchObject([{ invoiceNumber: 'INV-2026-000003', amount: '212.00' }]);
    expect((await sandbox.succeed(['verify', '--json'])).json.ok).toBe(true);
  });

  test('a void off a terminal wants a reason, consent and payouts that are there', async () => {
    await sandbox.succeed([...OCTOBER, '--all', '--yes']);
    const voiding = async (...args: string[]): Promise<number | null> =>
      (await sandbox.payrun(['payouts', 'void', ...args])).code;

    expect(await voiding('--reason', 'x', '--yes')).toBe(2);
    expect(await voiding('INV-2026-000001', '--yes')).toBe(2);
    expect(await voiding('INV-2026-000001', '--reason', 'x')).toBe(2);
    expect(await voiding('INV-2026-000001', 'INV-2026-000009', '--reason', 'x', '--yes')).toBe(3);
    expect(await voiding('--run', 'R-000001', '--reason', 'x', '--yes')).toBe(0);
    expect((await sandbox.succeed(['pending', '--json'])).json.payouts).toEqual([]);
  });

  test('nothing but the ledger is left in its folder', async () => {
    await sandbox.succeed([...OCTOBER, '--all', '--yes']);

    expect((await readdir(sandbox.folder)).sort()).toEqual([
      'affiliates.csv',
      'commissions.csv',
      'home',
      'ledger.db',
    ]);
  });
});
