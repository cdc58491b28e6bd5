/** The schedule as cron calls it, and as a person does, in a book zone far from that of the machine. */
import { copyFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Sandbox, type CallOptions, type Json } from './payrun.js';
import { ENTER, Person } from './person.js';

const AFFILIATES = 'id,name\naff_1,Ada\naff_2,Bo\naff_3,Cy\n';

const COMMISSIONS = `id,affiliate_id,earned_at,amount,currency,status,kind,available_on
c1,aff_1,2026-09-05,80.00,USD,approved,bonus,
c2,aff_1,2026-11-30,12.50,USD,approved,bonus,
c3,aff_2,2026-10-05,20.00,USD,approved,bonus,
c4,aff_3,2026-11-05,900,JPY,approved,sale,2026-12-01
c5,aff_3,2026-11-05,75,JPY,approved,sale,2026-12-02
c6,aff_1,2026-12-02,33.00,USD,approved,bonus,
`;

/** Midnight of 1 December in Auckland, where it is 30 November in London and Los Angeles. */
const MIDNIGHT = '2026-11-30T11:00:00.000Z';
const BEFORE = { now: '2026-11-30T10:59:59.999Z' };
const SLOT = { now: MIDNIGHT };

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.make({ now: '2026-09-10T09:00:00.000Z' });
  await sandbox.succeed([
    ...['init', '--currency', 'USD', '--timezone', 'Pacific/Auckland', '--minimum', '50'],
  ]);
  await sandbox.succeed(['import', 'affiliates', await sandbox.write('affiliates.csv', AFFILIATES)]);
  await sandbox.succeed(['import', 'commissions', await sandbox.write('commissions.csv', COMMISSIONS)]);
  await sandbox.succeed(['schedule', 'set', '--frequency', 'monthly']);
});

afterEach(async () => {
  await sandbox.remove();
});

const json = async (words: readonly string[], options: CallOptions = {}): Promise<Json> =>
  (await sandbox.succeed([...words, '--json'], options)).json;

describe('payrun schedule run', () => {
  test('pays the last slot that is due, and answers with the document of generate', async () => {
    const early = await sandbox.payrun(['schedule', 'run', '--yes', '--json'], BEFORE);
    expect([early.json.on, early.json.recorded[0]?.on]).toEqual(['2026-11-01', '2026-10-01']);
    const done = await sandbox.payrun(['schedule', 'run', '--yes', '--json'], SLOT);
    const again = await sandbox.payrun(['schedule', 'run', '--yes', '--json'], SLOT);

    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(done.json).toEqual({
      schemaVersion: 1,
      run: {
        id: 'R-000002',
        kind: 'scheduled',
        origin: 'scheduled',
        job: null,
        from: null,
        to: '2026-12-01',
        asOf: '2026-12-01',
        affiliateId: null,
        campaign: null,
        overrideMinimum: false,
        dryRun: false,
        createdAt: MIDNIGHT,
        createdBy: 'kim',
      },
      planId: expect.stringMatching(/^sha256:/),
      totals: [{ currency: 'JPY', payouts: 1, commissions: 1, amount: '900' }],
      payouts: [
        {
          ...{ invoiceNumber: 'INV-2026-000002', affiliateId: 'aff_3', affiliateName: 'Cy' },
          ...{ currency: 'JPY', amount: '900', commissions: 1, status: 'open' },
        },
      ],
      skipped: [
        {
          ...{ affiliateId: 'aff_1', affiliateName: 'Ada', currency: 'USD', reason: 'below_minimum' },
          ...{ amount: '12.50', commissions: 1, minimum: '50.00' },
        },
        {
          ...{ affiliateId: 'aff_2', affiliateName: 'Bo', currency: 'USD', reason: 'below_minimum' },
          ...{ amount: '20.00', commissions: 1, minimum: '50.00' },
        },
        {
          ...{ affiliateId: 'aff_3', affiliateName: 'Cy', currency: 'JPY', reason: 'on_hold' },
          ...{ amount: '75', commissions: 1, nextAvailableOn: '2026-12-02' },
        },
      ],
      on: '2026-12-01',
      recorded: [{ on: '2026-12-01', outcome: 'paid', runId: 'R-000002', supersededBy: null }],
      nextOn: '2027-01-01',
    });
    expect([again.code, again.json]).toEqual([
      0,
      {
        ...{ schemaVersion: 1, run: null, planId: null, totals: [], payouts: [], skipped: [] },
        ...{ on: null, recorded: [], nextOn: '2027-01-01' },
      },
    ]);
  });

  test('pays what a manual run over the same range pays, with the same numbers, amounts and skips', async () => {
    await copyFile(sandbox.ledger, sandbox.path('copy.db'));
    const scheduled = await sandbox.payrun(['schedule', 'run', '--yes', '--json'], SLOT);
    const manual = await sandbox.payrun(
      [
        ...['generate', '--from', '1970-01-01', '--to', '2026-12-01', '--as-of', '2026-12-01', '--all'],
        ...['--include-earlier', '--yes', '--json', '--ledger', sandbox.path('copy.db')],
      ],
      SLOT,
    );
    const told = ({ run, planId, totals, payouts, skipped }: Json): Json => {
      return { run: { ...run, kind: null, origin: null }, planId, totals, payouts, skipped };
    };

    expect(scheduled.json.payouts).toHaveLength(2);
    expect(told(scheduled.json)).toEqual(told(manual.json));
    expect([scheduled.json.run.origin, manual.json.run.origin]).toEqual(['scheduled', 'manual']);
  });

  test('pays once when ten call it at the same moment', async () => {
    const calls = await Promise.all(
      Array.from({ length: 10 }, () => sandbox.payrun(['schedule', 'run', '--yes', '--json'], SLOT)),
    );
    const { payouts } = await json(['payouts', 'list']);

    expect(calls.map(({ code }) => code)).toEqual(calls.map(() => 0));
    expect(calls.filter(({ json: answer }) => answer.run !== null)).toHaveLength(1);
    expect(calls.filter(({ json: answer }) => answer.recorded.length > 0)).toHaveLength(1);
    expect(payouts).toHaveLength(2);
    expect((await json(['schedule', 'show'], SLOT)).schedule.slots).toHaveLength(3);
    expect((await json(['verify'])).ok).toBe(true);
  });

  test('needs consent off a terminal every day, whether anything is due or not', async () => {
    for (const now of ['2026-09-11T09:00:00.000Z', MIDNIGHT]) {
      const refused = await sandbox.payrun(['schedule', 'run', '--json'], { now });
      expect([refused.code, refused.json.error]).toMatchObject([
        2,
        { code: 'usage', hint: 'Nothing can be asked here: give --yes.' },
      ]);
    }
    expect((await json(['schedule', 'show'], SLOT)).schedule.slots).toEqual([]);
  });

  test('as a dry run needs none, shows what would be done, and writes nothing', async () => {
    const dry = await json(['schedule', 'run', '--dry-run'], SLOT);
    expect(dry).toMatchObject({
      run: { id: null, kind: 'scheduled', dryRun: true, createdAt: null, createdBy: 'kim' },
      on: '2026-12-01',
      recorded: [
        { on: '2026-10-01', outcome: 'superseded', runId: null, supersededBy: '2026-12-01' },
        { on: '2026-11-01', outcome: 'superseded', runId: null, supersededBy: '2026-12-01' },
        { on: '2026-12-01', outcome: 'paid', runId: null, supersededBy: null },
      ],
      nextOn: '2027-01-01',
    });
    expect((await json(['upcoming'], SLOT)).planId).toBe(dry.planId);
    expect((await json(['schedule', 'show'], SLOT)).schedule.due).toHaveLength(3);
  });

  test('says in words what it paid, what it found nothing to pay for, and when it has nothing to do', async () => {
    await sandbox.succeed(['schedule', 'run', '--yes'], SLOT);
    const later = { now: '2027-01-01T09:00:00.000Z' };
    const paid = await sandbox.succeed(['schedule', 'run', '--yes', '--quiet'], later);
    const idle = await sandbox.succeed(['schedule', 'run', '--yes'], later);
    const shown = await sandbox.succeed(['schedule', 'show'], later);
    await sandbox.succeed(['schedule', 'set', '--frequency', 'off'], later);
    const off = await sandbox.succeed(['schedule', 'run', '--yes'], later);
    await sandbox.succeed(['schedule', 'set', '--frequency', 'monthly'], later);
    const nothing = await sandbox.succeed(['schedule', 'run', '--yes'], {
      now: '2027-02-01T09:00:00.000Z',
    });

    expect(paid.stdout.split('\n').slice(0, 2)).toEqual([
      'The monthly run of Friday, 2027-01-01.',
      'Run R-000002 made 1 payout: JPY 75',
    ]);
    expect(nothing.stdout.split('\n').slice(0, 2)).toEqual([
      'The monthly run of Monday, 2027-02-01.',
      'Nothing to pay.',
    ]);
    expect(nothing.stderr).toBe(
      '2027-02-01 is done and will not be run again. The next run is on Monday, 2027-03-01.\n',
    );
    expect(idle.stdout).toBe('Nothing is due. The next run is on Monday, 2027-02-01.\n');
    expect(off.stdout).toBe('No schedule is set: nothing is paid automatically.\n');
    expect(shown.stdout).toBe(
      [
        'Payouts are made monthly, on the 1st.',
        '',
        'Next        (Pacific/Auckland)',
        '2027-02-01  Monday',
        '2027-03-01  Monday',
        '2027-04-01  Thursday',
        '2027-05-01  Saturday',
        '2027-06-01  Tuesday',
        '',
        'Due on      Outcome                   Run       Payouts   Total  Currency  By',
        '2026-10-01  superseded by 2026-12-01                                       kim',
        '2026-11-01  superseded by 2026-12-01                                       kim',
        '2026-12-01  paid                      R-000001        1  900     JPY       kim',
        '                                                      1   92.50  USD',
        '2027-01-01  paid                      R-000002        1   75     JPY       kim',
        '',
      ].join('\n'),
    );
  });
});

describe('at a terminal', () => {
  test('the schedule is asked for, and a run shows first what it would pay; Enter pays nothing', async () => {
    const setting = new Person(sandbox, ['schedule', 'set'], SLOT);
    await setting.answers('When are payouts made automatically?', ENTER);
    await setting.sees('payrun schedule set --frequency monthly');
    expect(await setting.ends()).toBe(0);
    expect(setting.screen).toContain('The schedule is monthly already; nothing was changed.');

    const hesitant = new Person(sandbox, ['schedule', 'run'], SLOT);
    await hesitant.sees('in place of those missed: 2026-10-01, 2026-11-01.');
    await hesitant.answers('Make 2 payouts (JPY 900, USD 92.50)?', ENTER);
    await hesitant.sees('Nothing was paid.');
    expect(await hesitant.ends()).toBe(0);
    expect((await json(['schedule', 'show'], SLOT)).schedule.slots).toEqual([]);

    const decided = new Person(sandbox, ['schedule', 'run'], SLOT);
    await decided.answers('Make 2 payouts', `y${ENTER}`);
    await decided.sees('Run R-000001 made 2 payouts: JPY 900, USD 92.50');
    await decided.sees('payrun schedule run --yes');
    expect(await decided.ends()).toBe(0);
    expect((await json(['schedule', 'show'], SLOT)).schedule.slots).toHaveLength(3);
  });
});

describe('payrun schedule set', () => {
  test('answers the next five days, and what it was is told', async () => {
    const set = await sandbox.payrun(['schedule', 'set', '--frequency', 'weekly', '--json'], SLOT);
    expect([set.code, set.json]).toEqual([
      0,
      {
        schemaVersion: 1,
        schedule: {
          frequency: 'weekly',
          next: ['2026-12-07', '2026-12-14', '2026-12-21', '2026-12-28', '2027-01-04'],
        },
        changed: true,
        dropped: ['2026-10-01', '2026-11-01', '2026-12-01'],
      },
    ]);
    const same = await sandbox.succeed(['schedule', 'set', '--frequency', 'weekly'], {
      now: '2026-12-08T00:00:00.000Z',
    });
    expect(same.stdout).toContain('nothing was changed. The run of Monday, 2026-12-07 is due.');
    const off = await sandbox.succeed(['schedule', 'set', '--frequency', 'off'], {
      now: '2026-12-08T00:00:00.000Z',
    });
    expect(off.stdout).toBe('Nothing is paid automatically any more (it was weekly, on Mondays).\n');
    expect(off.stderr).toContain('2026-12-07 was due and is not run any more');
    expect((await json(['settings', 'get', 'schedule.frequency'])).settings).toEqual({
      'schedule.frequency': 'off',
    });
  });

  test('a day that is dropped is warned of, also by --json and by the setting itself', async () => {
    const later = { now: '2026-12-08T00:00:00.000Z' };
    await sandbox.succeed(['schedule', 'set', '--frequency', 'weekly'], SLOT);
    const set = await sandbox.succeed(['schedule', 'set', '--frequency', 'monthly', '--json'], later);
    expect(set.json.dropped).toEqual(['2026-12-07']);
    expect(set.stderr).toContain('warning: 2026-12-07 was due and is not run any more');
    await sandbox.succeed(['settings', 'set', 'schedule.frequency', 'weekly'], SLOT);
    const setting = await sandbox.succeed(['settings', 'set', 'schedule.frequency', 'off', '--json'], later);
    expect(setting.stderr).toContain('warning: 2026-12-07 was due and is not run any more');
  });

  test('needs to be told off a terminal, and takes no other word', async () => {
    const silent = await sandbox.payrun(['schedule', 'set', '--json']);
    const wrong = await sandbox.payrun(['schedule', 'set', '--frequency', 'daily', '--json']);
    expect([silent.code, wrong.code]).toEqual([2, 2]);
    expect(silent.json.error.hint).toContain('--frequency weekly, monthly or off');
  });
});
