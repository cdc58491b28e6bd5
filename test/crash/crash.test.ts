/**
 * The program is killed at random moments, and after each the ledger is sound, the work is there whole or not
 * at all, and the same command run again comes right. `npm run crash` does it hundreds of times; `CRASH_RUNS`
 * says how often, `CRASH_SEED` which moments.
 */
import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrations } from '../../src/store/migrations/index.js';
import { createLedger } from '../../src/store/open.js';
import { insertSetting } from '../../src/store/settings.js';
import { Sandbox } from '../e2e/payrun.js';
import { digestOf, problemsOf } from './contents.js';
import { landingOf, seeded, someMoment, type Landing } from './kills.js';
import { kill, when, type Death, type Kill } from './victim.js';

const MANY = process.env['npm_lifecycle_event'] === 'crash';
const RUNS = Number(process.env['CRASH_RUNS'] ?? (MANY ? 300 : 20));
const SEED = Number(process.env['CRASH_SEED'] ?? (MANY ? Date.now() % 1_000_000 : 20_261_122));
/** A longer transaction is hit more often. */
const ROWS = RUNS > 100 ? 12_000 : 2000;
/** How often each command is killed, and those that bring ledgers from here to there. */
const EACH = Math.max(1, Math.round(RUNS / 10));
const COPYING = Math.max(1, Math.round(RUNS / 30));
const AFFILIATES = 40;

const affiliates = Array.from({ length: AFFILIATES }, (_, i) => `aff_${i},Affiliate ${i}`);
const commissions = Array.from({ length: ROWS }, (_, i) =>
  [
    `c_${i}`,
    `aff_${(i * 7) % AFFILIATES}`,
    `2026-10-${String(1 + (i % 28)).padStart(2, '0')}`,
    `${i + 1}.25`,
  ].join(),
);
const more = Array.from(
  { length: ROWS / 10 },
  (_, i) => `c_${i},aff_${(i * 7) % AFFILIATES},2026-10-01,${i + 2}.50`,
);

interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  /** The state of the ledger that it begins with, and the one that it leads to. */
  readonly from: string;
  readonly to: string;
  /** Run once more after it was done, it ends with this and changes nothing; with 0 if not given. */
  readonly again?: number;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'import affiliates',
    args: ['import', 'affiliates', 'affiliates.csv'],
    from: 'new',
    to: 'affiliates',
  },
  {
    name: 'import commissions',
    args: ['import', 'commissions', 'commissions.csv'],
    from: 'affiliates',
    to: 'due',
  },
  { name: 'generate', args: ['generate', '--all', '--yes', '--json'], from: 'due', to: 'made' },
  {
    name: 'payouts void',
    args: ['payouts', 'void', '--run', 'R-000001', '--reason', 'wrong', '--yes'],
    from: 'made',
    to: 'void',
  },
  {
    name: 'payouts redo',
    args: ['payouts', 'redo', 'INV-2026-000001', 'INV-2026-000002', '--reason', 'wrong', '--yes'],
    from: 'made',
    to: 'redone',
  },
  {
    name: 'import of corrections',
    args: ['import', 'commissions', 'corrections.csv'],
    from: 'made',
    to: 'corrected',
  },
  {
    name: 'adjust',
    args: ['adjust', 'aff_1', '12.50', 'USD', '--reason', 'lost', '--yes', '--idempotency-key', 'k'],
    from: 'made',
    to: 'adjusted',
  },
];

describe('killed at any moment', () => {
  let sandbox: Sandbox;
  const normal = new Map<string, Death>();
  const digests = new Map<string, string>();
  const landings: Landing[] = [];

  const stateFile = (state: string): string => sandbox.path(`state-${state}.db`);

  /** Puts the ledger in a state, with nothing left beside it. */
  async function begin(state: string): Promise<void> {
    for (const name of await readdir(sandbox.folder)) {
      if (name.startsWith('ledger.db')) await rm(sandbox.path(name), { recursive: true });
    }
    await copyFile(stateFile(state), sandbox.ledger);
  }

  async function keep(state: string): Promise<void> {
    await copyFile(sandbox.ledger, stateFile(state));
    digests.set(state, digestOf(sandbox.ledger));
  }

  beforeAll(async () => {
    sandbox = await Sandbox.make();
    await sandbox.write('affiliates.csv', `id,name\n${affiliates.join('\n')}\n`);
    const header = 'id,affiliate_id,earned_at,amount,status,kind\n';
    const approved = (row: string): string => `${row},approved,bonus\n`;
    await sandbox.write('commissions.csv', header + commissions.map(approved).join(''));
    await sandbox.write('corrections.csv', header + more.map(approved).join(''));
    await sandbox.succeed(['init', '--currency', 'USD', '--timezone', 'Europe/Berlin']);
    await keep('new');
    for (const { name, args, from, to } of SCENARIOS) {
      await begin(from);
      const death = await kill(sandbox, args);
      if (death.code !== 0) throw new Error(`${name} ended with ${String(death.code)}:\n${death.said}`);
      normal.set(name, death);
      await keep(to);
    }
  }, 120_000);

  afterAll(async () => {
    await sandbox.remove();
  });

  const courseOf = (name: string): Death => normal.get(name) as Death;

  /** What must hold after a kill, whenever it was. @returns whether the work is there */
  async function expectWholeOrNot(scenario: Scenario, death: Death, told: object): Promise<boolean> {
    const { from, to } = scenario;
    const digest = digestOf(sandbox.ledger);
    const state = [...digests].find(([, one]) => one === digest)?.[0];
    expect({ ...told, state, problems: await problemsOf(sandbox.ledger) }).toEqual({
      ...told,
      state: expect.stringMatching(new RegExp(`^(${from}|${to})$`)),
      problems: [],
    });
    const landing = landingOf(death);
    if (landing === 'before' || landing === 'in')
      expect({ ...told, state }).toEqual({ ...told, state: from });
    if (landing === 'after') expect({ ...told, state }).toEqual({ ...told, state: to });
    return state === to;
  }

  async function expectDoneByAnotherCall({ args, to, again = 0 }: Scenario, done: boolean): Promise<void> {
    const outcome = await sandbox.payrun(args);
    expect({ code: outcome.code, said: outcome.stderr }).toEqual({
      code: done ? again : 0,
      said: outcome.stderr,
    });
    expect(digestOf(sandbox.ledger)).toBe(digests.get(to));
  }

  async function expectWholeOrNotAfter(scenario: Scenario, kills: readonly Kill[]): Promise<void> {
    let done = false;
    await begin(scenario.from);
    for (const when of kills) {
      if (done) {
        await expectDoneByAnotherCall(scenario, true);
        await begin(scenario.from);
      }
      const death = await kill(sandbox, scenario.args, when);
      landings.push(landingOf(death));
      const told = { scenario: scenario.name, when, landing: landingOf(death), seed: SEED };
      done = await expectWholeOrNot(scenario, death, told);
    }
    await expectDoneByAnotherCall(scenario, done);
    expect(await problemsOf(sandbox.ledger)).toEqual([]);
  }

  test.each(SCENARIOS.map((scenario, index) => ({ ...scenario, index })))(
    '$name is there whole or not at all, and once more comes right',
    async ({ index, ...scenario }) => {
      const random = seeded(SEED + index);
      const kills = Array.from({ length: EACH }, () => someMoment(random, courseOf(scenario.name)));
      await expectWholeOrNotAfter(scenario, kills);
    },
    30_000 + RUNS * 2000,
  );

  test('killed before and after its commit, and while the log is copied into the file, a run is whole or not', async () => {
    const generate = SCENARIOS.find(({ name }) => name === 'generate') as Scenario;
    await expectWholeOrNotAfter(
      generate,
      (['begun', 'committing', 'committed', 'closed'] as const).map((at) => ({ at })),
    );
    const { moments } = courseOf('generate');
    const closing = moments.findLast(({ moment }) => moment === 'closing')?.ms ?? 0;
    const closed = moments.findLast(({ moment }) => moment === 'closed')?.ms ?? 0;
    const random = seeded(SEED);
    const copying = { after: 'closing', ms: (closed - closing) * random() } as const;
    await expectWholeOrNotAfter(generate, [copying]);
  }, 60_000);

  test(
    "an exported file is the old one or the new one, and what is left beside it is nobody's result",
    async () => {
      await begin('made');
      const args = ['export', 'lines', '--out', 'lines.csv', '--force'];
      const course = await kill(sandbox, args);
      const whole = await sandbox.read('lines.csv');
      const random = seeded(SEED);
      const kills = Array.from({ length: EACH }, () => someMoment(random, course));
      for (const when of [...kills, { at: 'naming' }, { at: 'named' }] as const) {
        await sandbox.write('lines.csv', 'the old one');
        const death = await kill(sandbox, args, when);
        landings.push(landingOf(death));
        const found = await sandbox.read('lines.csv');
        const allowed = landingOf(death) === 'after' ? [whole] : ['the old one', whole];
        const told = { seed: SEED, when, isWhole: allowed.includes(found) };
        expect(told).toEqual({ ...told, isWhole: true });
      }
      await rm(sandbox.path('lines.csv'));
      const absent = await kill(sandbox, args.slice(0, -1), { at: 'naming' });
      const names = (await readdir(sandbox.folder)).filter((name) => name.includes('lines.csv'));
      expect(absent.code).toBeNull();
      expect(names.filter((name) => !/^\.lines\.csv\.[0-9a-f]{12}\.tmp(?:-kept)?$/.test(name))).toEqual([]);
      await sandbox.succeed(args.slice(0, -1));
      expect(await readFile(sandbox.path('lines.csv'), 'utf8')).toBe(whole);
    },
    60_000 + RUNS * 1000,
  );

  test(
    'a backup is there whole or not at all, and the ledger stays as it is',
    async () => {
      await begin('made');
      const args = ['backup', 'backup.db'];
      const course = await kill(sandbox, args);
      expect(course.code).toBe(0);
      const random = seeded(SEED);
      const kills = Array.from({ length: COPYING }, () => ({
        after: 'start' as const,
        ms: when(course, 'naming') * random(),
      }));
      for (const moment of [...kills, { at: 'naming' }, { at: 'named' }] as const) {
        await rm(sandbox.path('backup.db'), { force: true });
        await kill(sandbox, args, moment);
        const found = (await readdir(sandbox.folder)).includes('backup.db');
        const backup = found ? digestOf(sandbox.path('backup.db')) : 'none';
        const told = { seed: SEED, moment, ledger: digestOf(sandbox.ledger), backup };
        const allowed = 'at' in moment && moment.at === 'named' ? [] : ['none'];
        expect([...allowed, digests.get('made')]).toContain(told.backup);
        expect(told).toEqual({ ...told, ledger: digests.get('made') });
      }
    },
    30_000 + RUNS * 1000,
  );

  test(
    'a ledger that is replaced by a backup is the old one or the new one',
    async () => {
      const args = ['restore', 'earlier.db', '--force', '--yes'];
      await begin('due');
      await sandbox.succeed(['backup', 'earlier.db']);
      await begin('made');
      const course = await kill(sandbox, args);
      expect(course.code).toBe(0);
      const restored = digestOf(sandbox.ledger);
      const random = seeded(SEED);
      const kills = Array.from({ length: COPYING }, () => ({
        after: 'start' as const,
        ms: course.ms * (0.3 + 0.7 * random()),
      }));
      for (const moment of [...kills, { at: 'naming' }, { at: 'named' }] as const) {
        await begin('made');
        await kill(sandbox, args, moment);
        const digest = digestOf(sandbox.ledger);
        const state = { [digests.get('made') ?? '']: 'old', [restored]: 'new' }[digest];
        const told = { seed: SEED, moment, state, problems: await problemsOf(sandbox.ledger) };
        expect(told).toEqual({ ...told, state: expect.stringMatching(/^(old|new)$/), problems: [] });
      }
      await begin('made');
      await sandbox.succeed(args);
      expect(digestOf(sandbox.ledger)).toBe(restored);
    },
    30_000 + RUNS * 1500,
  );

  test('a ledger that is being made is there whole or not at all', async () => {
    const made = await Sandbox.make();
    const args = ['init', '--currency', 'USD', '--timezone', 'Europe/Berlin'];
    for (const at of ['begun', 'committed', 'closing'] as const) {
      await kill(made, args, { at });
      expect((await readdir(made.folder)).includes('ledger.db')).toBe(false);
    }
    await made.succeed(args);
    expect(digestOf(made.ledger)).toBe(digests.get('new'));
    await made.remove();
  });

  test('a ledger of the version before is brought forward whole or not at all', async () => {
    const old = await Sandbox.make();
    const earlier = migrations.slice(0, -1);
    await createLedger(old.ledger, { waitMs: 500, migrations: earlier }, async (writer) => {
      for (const [key, value] of Object.entries({ currency: 'USD', timezone: 'Europe/Berlin' })) {
        await insertSetting(writer, { key, value, setOn: '2026-01-01', setAt: '', setBy: 'kim' });
      }
    });
    const asItWas = digestOf(old.ledger);
    for (const at of ['begun', 'naming', 'named', 'committing'] as const) {
      expect((await kill(old, ['payouts', 'list'], { at })).code).toBeNull();
      expect(digestOf(old.ledger)).toBe(asItWas);
    }
    await kill(old, ['payouts', 'list'], { at: 'committed' });
    expect(digestOf(old.ledger)).not.toBe(asItWas);
    const copies = (await readdir(old.folder)).filter((name) => /^ledger\.db\.v\d+-\d+$/.test(name));
    expect(copies.map((name) => digestOf(old.path(name)))).toEqual(copies.map(() => asItWas));
    expect(copies).not.toEqual([]);
    await old.succeed(['payouts', 'list']);
    await old.remove();
  });

  test('the kills land before, in and after the work', () => {
    const count = (landing: Landing): number => landings.filter((one) => one === landing).length;
    const shares = (['before', 'in', 'at the commit', 'after', 'too late'] as const).map(
      (landing) => `${landing} ${count(landing)}`,
    );
    process.stderr.write(`crash: ${landings.length} kills, seed ${SEED}: ${shares.join(', ')}\n`);
    expect(landings.length).toBeGreaterThanOrEqual(Math.min(RUNS, 20));
    const hit = (['before', 'in', 'after'] as const).filter((landing) => count(landing) > 0);
    expect(RUNS > 100 ? hit : ['before', 'in', 'after']).toEqual(['before', 'in', 'after']);
  });
});
