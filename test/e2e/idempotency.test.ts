/** Calls under an idempotency key: done once, answered the same ever after. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeProgramme, type Sandbox } from './payrun.js';
import { ENTER, Person } from './person.js';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await makeProgramme({
    affiliates: 'id,name\naff_1,Ada\naff_2,Bo\n',
    commissions:
      'id,affiliate_id,earned_at,amount,status\nc1,aff_1,2026-10-05,100.00,approved\n' +
      'c2,aff_2,2026-10-05,7.50,approved\n',
  });
});

afterEach(async () => {
  await sandbox.remove();
});

const OCTOBER = ['generate', '--period', '2026-10', '--all', '--yes'];

const keyed = (key: string, ...args: readonly string[]): string[] => [...args, '--idempotency-key', key];

/** All that there is to see of the ledger. */
async function state(): Promise<string[]> {
  const lists = ['payouts', 'runs', 'commissions', 'affiliates'].map((noun) => [noun, 'list', '--json']);
  const outcomes: string[] = [];
  for (const args of lists) outcomes.push((await sandbox.succeed(args)).stdout);
  return outcomes;
}

test('each command is done once and answers the same bytes, whatever became of its files and payouts', async () => {
  await sandbox.write('new.csv', 'id,name\naff_3,Cy\n');
  await sandbox.write('more.csv', 'id,affiliate_id,earned_at,amount,kind\nc3,aff_3,2026-10-06,5.00,bonus\n');
  const [old, redone] = ['INV-2026-000001', 'INV-2026-000004'];
  const calls = [
    ['import', 'affiliates', 'new.csv'],
    ['import', 'commissions', 'more.csv'],
    ['adjust', 'Bo', '2.50', 'USD', '--reason', 'rounding'],
    OCTOBER,
    ['payouts', 'approve', old],
    ['payouts', 'process', old],
    ['payouts', 'fail', old, '--reason', 'no such account'],
    ['payouts', 'redo', old, '--yes'],
    ['payouts', 'pay', '--run', 'R-2', '--yes'],
    ['payouts', 'return', redone],
    ['payouts', 'void', redone, '--reason', 'account closed', '--yes'],
  ].map((args, position) => keyed(`night-${position}`, ...args, '--json'));
  const answers: string[] = [];
  for (const args of calls) answers.push((await sandbox.succeed(args)).stdout);
  await rm(sandbox.path('new.csv'));
  await rm(sandbox.path('more.csv'));
  await sandbox.succeed(['affiliates', 'edit', 'aff_2', '--name', 'Beau', '--yes']);
  const before = await state();

  const later = { now: '2027-01-03T09:00:00.000Z', env: { PAYRUN_ACTOR: 'cron' } };
  for (const [position, args] of calls.entries()) {
    const again = await sandbox.succeed(args, later);
    expect([again.stdout, again.stderr.split('\n')[0]]).toEqual([
      answers[position],
      'Done already under this idempotency key, by kim at 2026-11-22T09:00:00.000Z. Nothing was changed; ' +
        'the answer of then:',
    ]);
  }
  expect(await state()).toEqual(before);
});

test('with other options, or for another command, the key is a conflict', async () => {
  await sandbox.succeed(keyed('k', ...OCTOBER));
  await sandbox.succeed(keyed('adjusted', 'adjust', 'aff_1', '5', 'USD', '--reason', 'bonus'));
  const before = await state();
  const other = await sandbox.payrun(keyed('k', ...OCTOBER, '--override-minimum', '--json'));
  expect(other.code).toBe(4);
  expect(other.json.error).toEqual({
    code: 'conflict',
    message:
      'The idempotency key k was used already for generate with other options, by kim at ' +
      '2026-11-22T09:00:00.000Z; nothing was changed.',
    hint: 'Give each call a key of its own, and repeat a call with exactly its own options.',
    details: [
      {
        ...{ key: 'k', command: 'generate', typed: { all: true, period: '2026-10' } },
        ...{ at: '2026-11-22T09:00:00.000Z', by: 'kim' },
      },
    ],
  });
  for (const args of [
    keyed('k', 'payouts', 'pay', '--run', 'R-1', '--yes'),
    keyed('k', 'import', 'commissions', 'commissions.csv'),
    keyed('adjusted', 'adjust', 'aff_1', '6', 'USD', '--reason', 'bonus'),
  ]) {
    const { code, stderr } = await sandbox.payrun(args);
    expect([code, stderr]).toEqual([4, expect.stringContaining('was used already for ')]);
  }
  expect(await state()).toEqual(before);
});

test('consent is needed every time, and a dry run or a key that is too long is refused', async () => {
  await sandbox.succeed(keyed('k', ...OCTOBER));
  await sandbox.succeed(keyed('paid', 'payouts', 'pay', '--run', 'R-1', '--yes'));
  for (const args of [
    keyed('paid', 'payouts', 'pay', '--run', 'R-1'),
    keyed('k', ...OCTOBER, '--dry-run'),
    keyed('k'.repeat(201), ...OCTOBER),
  ]) {
    expect((await sandbox.payrun(args)).code).toBe(2);
  }
});

test('ten at once with one key make one run and give ten equal answers', async () => {
  const args = keyed('night', ...OCTOBER, '--json');
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => sandbox.payrun(args)));
  expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set([0]));
  expect(new Set(outcomes.map(({ stdout }) => stdout)).size).toBe(1);
  expect(outcomes[0]?.json.payouts).toHaveLength(2);
  expect((await sandbox.succeed(['runs', 'list', '--json'])).json.runs).toHaveLength(1);
});

test('nothing to pay is an answer too, and "last month" typed again in another month is the same call', async () => {
  const args = keyed('k', 'generate', '--period', 'last-month', '--all', '--yes', '--json');
  const first = await sandbox.succeed(args, { now: '2026-10-20T09:00:00.000Z' });
  expect(first.json.run).toBeNull();
  expect((await sandbox.succeed(args)).stdout).toBe(first.stdout);
  expect((await sandbox.succeed(['payouts', 'list', '--json'])).json.payouts).toEqual([]);
});

test('a call that fails keeps nothing: the next one with the key does the work', async () => {
  const paying = keyed('k', 'payouts', 'pay', 'INV-2026-000001', '--yes', '--json');
  const importing = keyed('file', 'import', 'affiliates', 'late.csv', '--json');
  expect((await sandbox.payrun(paying)).code).toBe(3);
  expect((await sandbox.payrun(importing)).code).toBe(3);
  await sandbox.write('late.csv', 'id,name,status\naff_3,Cy,asleep\n');
  expect((await sandbox.payrun(importing)).code).toBe(5);
  await sandbox.write('late.csv', 'id,name\naff_3,Cy\n');
  await sandbox.succeed(OCTOBER);
  expect((await sandbox.succeed(paying)).json.changed).toBe(1);
  expect((await sandbox.succeed(importing)).json.imported.new).toBe(1);
});

test('an import under a used key reads no rows, writes no rejected file, and warns of other content', async () => {
  const args = keyed('night', 'import', 'affiliates', 'some.csv', '--skip-invalid');
  await sandbox.write('some.csv', 'id,name,status\naff_3,Cy,\naff_4,Di,asleep\n');
  const first = await sandbox.succeed(args);
  await rm(sandbox.path('some.csv.rejected.csv'));
  const same = await sandbox.succeed(args);
  await sandbox.write('some.csv', 'id,name,status\naff_3,Cynthia,\n');
  const other = await sandbox.succeed(args);

  expect(first.stdout).toBe('1 new, 1 rejected (2 rows).\n');
  expect([same.stdout, other.stdout]).toEqual([first.stdout, first.stdout]);
  const warning =
    'warning: some.csv was not imported: under this idempotency key other content was. ' +
    'Give what it holds now a key of its own.\n';
  expect(same.stderr).not.toContain(warning);
  expect(other.stderr).toContain(warning);
  await expect(sandbox.read('some.csv.rejected.csv')).rejects.toThrow('ENOENT');

  const piped = keyed('pipe', 'import', 'affiliates', '-');
  const read = await sandbox.succeed(piped, { stdin: 'id,name\naff_5,Ed\n' });
  const unread = await sandbox.payrun(piped, { stdin: 'id,name,status\naff_6,Flo,asleep\n' });
  expect([unread.code, unread.stdout]).toEqual([0, read.stdout]);
});

test('on a terminal a used key shows the first answer and asks nothing', async () => {
  await sandbox.succeed(OCTOBER);
  const args = keyed('k', 'payouts', 'pay');
  const declining = new Person(sandbox, [...args, 'INV-2026-000001']);
  await declining.answers('as paid on 2026-11-22?', ENTER);
  await declining.sees('payrun payouts pay INV-2026-000001 --yes --idempotency-key k');
  expect(await declining.ends()).toBe(0);

  const first = new Person(sandbox, args);
  await first.answers('Enter done', ' ' + ENTER);
  await first.answers('Paid on which day?', ENTER);
  await first.answers('Reference of the payment?', ENTER);
  await first.answers('Mark 1 payout (USD 100.00) as paid on 2026-11-22?', 'y' + ENTER);
  await first.sees('payrun payouts pay INV-2026-000001 --date 2026-11-22 --yes');
  expect(await first.ends()).toBe(0);
  expect(first.screen).not.toContain('--idempotency-key');

  const again = new Person(sandbox, args);
  await again.sees('Done already under this idempotency key');
  await again.sees('1 payout paid: USD 100.00.');
  await again.sees('INV-2026-000001');
  expect(await again.ends()).toBe(0);
  expect(again.screen).not.toContain('?');
});

test('on a terminal "nothing to pay" is an answer that is kept, too', async () => {
  const args = keyed('none', 'generate', '--affiliate', 'aff_2', '--period', '2026-01');
  const person = new Person(sandbox, args);
  await person.sees('Nothing to pay');
  expect(await person.ends()).toBe(0);
  await sandbox.succeed(['adjust', 'aff_2', '500', 'USD', '--earned-on', '2026-01-20', '--reason', 'late']);
  const again = await sandbox.succeed([...args, '--yes', '--json']);
  expect(again.json.run).toBeNull();
  expect((await sandbox.succeed(['payouts', 'list', '--json'])).json.payouts).toEqual([]);
});

test('on a terminal "nothing to pay" is not kept for a plan that was another one', async () => {
  const args = keyed(
    'old',
    'generate',
    '--affiliate',
    'aff_2',
    '--period',
    '2026-01',
    '--plan-id',
    'sha256:0',
  );
  const person = new Person(sandbox, args);
  await person.sees('The plan has changed since it was looked at');
  expect(await person.ends()).toBe(4);
});
