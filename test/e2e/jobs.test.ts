import { readFile, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SqliteFile } from '../../src/store/sqlite-file.js';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';
import { CTRL_C, ENTER, Person } from './person.js';

const AFFILIATES = 'id,name,email\naff_1,Ada,ada@example.com\naff_2,Bo,bo@example.com\n';
const COMMISSIONS = `id,affiliate_id,earned_at,amount,status,kind
c_1,aff_1,2026-10-03,212.00,approved,bonus
c_2,aff_2,2026-10-04,20.00,approved,bonus
`;
const GENERATE = ['generate', '--period', 'last-month', '--all', '--background', '--yes'];

/** Holds the ledger's write lock, so that jobs have to wait, until it is let go. */
async function hold(sandbox: Sandbox): Promise<() => Promise<void>> {
  const file = new SqliteFile(sandbox.ledger, { waitMs: 5000, readMode: 'query' });
  let letGo = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await new Promise<void>((resolve) => {
    void file.write(async () => {
      resolve();
      await released;
    });
  });
  return async () => {
    letGo();
    await file.close();
  };
}

/** Looks until there is something. */
async function until(look: () => Promise<Json>): Promise<Json> {
  for (;;) {
    const found: Json = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function killWorker(sandbox: Sandbox, id: string): Promise<void> {
  const worker = await readFile(sandbox.path(`ledger.db.jobs/${id}/worker.json`), 'utf8');
  process.kill((JSON.parse(worker) as { pid: number }).pid, 'SIGKILL');
}

describe('background jobs', () => {
  let sandbox: Sandbox;
  let letGo: (() => Promise<void>) | undefined;

  const jobs = async (): Promise<Json> => (await sandbox.succeed(['jobs', 'list', '--json'])).json.jobs;
  const runs = async (): Promise<Json> => (await sandbox.succeed(['runs', 'list', '--json'])).json.runs;

  beforeEach(async () => {
    sandbox = await makeProgramme({
      affiliates: AFFILIATES,
      commissions: COMMISSIONS,
      init: ['--minimum', '50'],
    });
  });

  afterEach(async () => {
    await letGo?.();
    letGo = undefined;
    await sandbox.remove();
  });

  test('a run is made in the background, and watching it tells what the command itself would tell', async () => {
    const started = await sandbox.succeed([...GENERATE, '--json']);

    expect(started.json).toEqual({
      schemaVersion: 1,
      job: {
        id: 'J-000001',
        command: 'generate',
        commandLine: 'payrun generate --from 2026-10-01 --to 2026-10-31 --all --as-of 2026-11-22 --yes',
        state: 'running',
        createdAt: '2026-11-22T09:00:00.000Z',
        createdBy: 'kim',
        startedAt: '2026-11-22T09:00:00.000Z',
        endedAt: null,
        exitCode: null,
        progress: null,
      },
      started: true,
    });
    const watched = await sandbox.payrun(['jobs', 'watch', 'j-1']);

    expect(watched.code).toBe(0);
    expect(watched.stdout).toContain('Run R-000001 made 1 payout: USD 212.00');
    expect(watched.stdout).toContain('Below the minimum: USD 20.00');
    expect(watched.stderr).toBe(
      'Next:\n  payrun export payouts --run R-000001 --out payouts-R-000001.csv\n  payrun pending\n',
    );
    expect(await runs()).toMatchObject([{ id: 'R-000001', origin: 'background', job: 'J-000001' }]);
    const { payouts } = (await sandbox.succeed(['pending', '--json'])).json;
    expect(payouts).toMatchObject([{ invoiceNumber: 'INV-2026-000001', amount: '212.00', status: 'open' }]);

    // Killed between the commit and the end: the ledger knows what was done.
    await rm(sandbox.path('ledger.db.jobs/J-000001/ended.json'));
    await rm(sandbox.path('ledger.db.jobs/J-000001/answer.json'));
    const { job } = (await sandbox.succeed(['jobs', 'show', 'J-000001', '--json'])).json;
    expect(job).toMatchObject({ state: 'done', exitCode: 0, log: [], error: null });
    expect(job.result).toMatchObject({ run: { id: 'R-000001' }, payouts: [{ amount: '212.00' }] });

    const again = await sandbox.succeed(['jobs', 'retry', 'J-000001', '--json']);
    expect(again.json).toMatchObject({ job: { state: 'done' }, started: false });
    const late = await sandbox.payrun(['jobs', 'cancel', 'J-000001', '--json']);
    expect(late.code).toBe(4);
    expect(late.json.error.message).toBe('J-000001 was done already; nothing was cancelled.');
  });

  test('a job that a restore has undone has failed, and is done again; no number is given twice', async () => {
    await sandbox.succeed(['backup', 'before.db']);
    const keyed = [...GENERATE, '--idempotency-key', 'october', '--json'];
    await sandbox.succeed(keyed);
    await sandbox.succeed(['jobs', 'watch', '1']);
    await sandbox.succeed(['restore', 'before.db', '--force', '--yes']);
    const watched = await sandbox.payrun(['jobs', 'watch', 'J-000001']);

    expect([watched.code, watched.stdout]).toEqual([4, '']);
    expect(watched.stderr).toBe(
      'payrun: The ledger was taken back to before J-000001 was done; nothing of it is there now.\n' +
        '  To do it again: payrun jobs retry J-000001\n',
    );
    expect((await sandbox.succeed(keyed)).json).toMatchObject({ job: { id: 'J-000001' }, started: true });
    await sandbox.succeed(['jobs', 'watch', 'J-000001']);
    expect(await runs()).toMatchObject([{ id: 'R-000001', job: 'J-000001' }]);
    await rm(sandbox.path('ledger.db.jobs'), { recursive: true });
    expect((await sandbox.succeed(GENERATE)).stdout).toBe('J-000002 has started.\n');
  });

  test('a job waits for a busy ledger; killed, it has failed; started again, it is done once', async () => {
    letGo = await hold(sandbox);
    const keyed = [...GENERATE, '--idempotency-key', 'october', '--json'];
    const started = await Promise.all([sandbox.succeed(keyed), sandbox.succeed(keyed)]);
    const other = await sandbox.payrun([...keyed, '--override-minimum']);

    expect(started.map(({ json }) => json.started).sort()).toEqual([false, true]);
    expect(new Set(started.map(({ json }) => json.job.id)).size).toBe(1);
    expect(other.code).toBe(4);
    const [{ id, state }, ...more] = await jobs();
    expect([state, more]).toEqual(['running', []]);
    const told = { step: 0, of: 0, label: 'waiting for the ledger: another program has it open' };
    await expect(until(async () => (await jobs())[0].progress)).resolves.toEqual(told);
    const waiting = await sandbox.succeed(['jobs', 'show', id]);
    expect(waiting.stdout).toContain(`${id} is running (${told.label})`);
    expect(waiting.stdout).toContain('Made     2026-11-22 10:00 (Europe/Berlin) by kim');
    expect((await sandbox.payrun(['jobs', 'retry', id])).code).toBe(4);

    await killWorker(sandbox, id);
    const died = await sandbox.payrun(['jobs', 'watch', id]);
    expect([died.code, died.stdout]).toEqual([1, '']);
    expect(died.stderr).toBe(
      `payrun: The process of ${id} ended without a word (killed, or the machine stopped); nothing was changed.\n` +
        `  To do it after all: payrun jobs retry ${id}\n`,
    );
    expect((await jobs())[0]).toMatchObject({ state: 'failed', exitCode: null, endedAt: null });

    // A month later the job still means October; the same call under its key starts it again, too.
    const december = { now: '2026-12-22T09:00:00.000Z' };
    const again = await sandbox.succeed(keyed, december);
    expect(again.json).toMatchObject({ job: { id, state: 'running' }, started: true });
    await letGo();
    const watched = await sandbox.succeed(['jobs', 'watch', id, '--json']);
    expect(watched.json.job.result.run).toMatchObject({ from: '2026-10-01', asOf: '2026-11-22' });
    expect(await runs()).toHaveLength(1);
  });

  test('a job that is cancelled changes nothing, is said to be cancelled, and can be started again', async () => {
    letGo = await hold(sandbox);
    const keyed = [...GENERATE, '--idempotency-key', 'october'];
    await sandbox.succeed(keyed);
    const cancelled = await sandbox.succeed(['jobs', 'cancel', 'J-000001']);
    const twice = await sandbox.succeed(['jobs', 'cancel', 'J-000001', '--json']);
    const watched = await sandbox.payrun(['jobs', 'watch', 'J-000001', '--json']);

    expect(cancelled.stdout).toBe('J-000001 was cancelled; nothing was changed.\n');
    expect(twice.json).toMatchObject({ job: { state: 'cancelled', exitCode: 130 }, changed: false });
    expect(watched.code).toBe(130);
    expect(watched.json).toMatchObject({
      job: { state: 'cancelled', result: null },
      error: { code: 'interrupted', message: 'J-000001 was cancelled; nothing was changed.' },
    });
    await letGo();
    expect(await runs()).toEqual([]);
    const bare = await sandbox.payrun(['jobs', 'retry', 'J-000001']);
    expect([bare.code, bare.stderr]).toEqual([
      2,
      'payrun: J-000001 was cancelled; to start it again needs consent, because it makes payouts.\n' +
        '  Nothing can be asked here: give --yes.\n',
    ]);
    const person = new Person(sandbox, ['jobs', 'retry', '1', '--ledger', 'ledger.db']);
    await person.answers('Start J-000001 again? It makes payouts. (y/N)', ENTER);
    await person.sees('Nothing was started.');
    await person.sees('payrun jobs retry J-000001 --yes --ledger ledger.db');
    expect(await person.ends()).toBe(0);
    const again = await sandbox.succeed(keyed);
    expect(again.stderr).toBe(
      'J-000001 was cancelled by kim at 2026-11-22T09:00:00.000Z; it has been started again, as this call asks.\n' +
        'Watch it: payrun jobs watch J-000001\n',
    );
    await sandbox.succeed(['jobs', 'watch', 'J-000001']);
    expect(await runs()).toHaveLength(1);
    const shown = await sandbox.succeed(['jobs', 'show', 'J-000001']);
    expect(shown.stdout).toContain('Result     Run R-000001 made 1 payout: USD 212.00\n');
  });

  test('an import takes in what is piped to it, and its bad rows are told by whoever watches', async () => {
    const stdin = 'id,affiliate_id,earned_at,amount\nx_1,aff_1,2026-10-05,1.234\n';
    const piped = ['import', 'commissions', '-', '--background', '--idempotency-key', 'x'];
    await sandbox.succeed(piped, { stdin });
    const watched = await sandbox.payrun(['jobs', 'watch', 'J-000001', '--json']);
    const shown = await sandbox.succeed(['jobs', 'show', 'J-000001']);

    expect(watched.code).toBe(5);
    expect(watched.json.error).toMatchObject({
      code: 'invalid_data',
      details: [{ line: 2, column: 'amount', code: 'too_many_decimals' }],
    });
    expect(watched.json.job).toMatchObject({ state: 'failed', exitCode: 5, result: null });
    expect(shown.stdout).toContain('J-000001 has failed');
    expect(shown.stdout).toContain('line 2, amount, "1.234"');

    // What is piped into a later call is what is imported then.
    const mended = await sandbox.succeed(piped, { stdin: stdin.replace('1.234', '1.23') });
    expect(mended.stdout).toBe('J-000001 has started.\n');
    expect((await sandbox.succeed(['jobs', 'watch', '1'])).stdout).toBe('1 new (1 row).\n');
  });

  test('a file that was changed since it was imported under a key is not imported, which is said', async () => {
    const file = ['import', 'commissions', 'commissions.csv', '--background', '--idempotency-key', 'x'];
    await sandbox.succeed(file);
    await sandbox.succeed(['jobs', 'watch', '1']);
    await sandbox.write('commissions.csv', COMMISSIONS.replace('212.00', '99.00'));
    const again = await sandbox.succeed(file);

    expect(again.stdout).toBe('J-000001 is done.\n');
    expect(again.stderr).toContain('warning: commissions.csv was not imported: under this idempotency key');
  });

  test('an export is written in the background where the command would have written it', async () => {
    await sandbox.succeed([...GENERATE.filter((word) => word !== '--background')]);
    await sandbox.succeed(['export', 'payouts', '--out', '.', '--background']);
    const watched = await sandbox.succeed(['jobs', 'watch', 'J-000001']);
    const toStdout = await sandbox.payrun(['export', 'payouts', '--background']);
    const nowhere = await sandbox.payrun(['export', 'payouts', '--out', 'no/', '--background']);

    expect(watched.stdout).toContain(`${sandbox.path('payouts.csv')}: 1 row\n`);
    expect(await sandbox.read('payouts.csv')).toContain('INV-2026-000001');
    expect([toStdout.code, nowhere.code]).toEqual([2, 3]);
    expect(await jobs()).toHaveLength(1);
  });

  test('at a terminal a job outlives it; Ctrl-C ends the watching alone', async () => {
    letGo = await hold(sandbox);
    const person = new Person(sandbox, ['generate', '--background']);
    await person.answers('Which commissions', ENTER);
    await person.answers('Who is paid?', ENTER);
    await person.answers('Override the minimum?', `y${ENTER}`);
    await person.answers('Make 2 payouts', `y${ENTER}`);
    await person.sees('J-000001 has started.');
    await person.sees('payrun generate --period last-month --all --override-minimum --background --yes');

    expect(await person.ends()).toBe(0);
    const watcher = new Person(sandbox, ['jobs', 'watch', 'J-000001']);
    await new Promise((resolve) => setTimeout(resolve, 700));
    watcher.type(CTRL_C);
    await watcher.sees('No longer watching; J-000001 goes on.');
    expect(await watcher.ends()).toBe(130);
    await letGo();
    const watched = await sandbox.succeed(['jobs', 'watch', 'J-000001', '--json']);
    expect(watched.json.job.commandLine).toContain('--plan-id sha256:');
    expect(watched.json.job.result.payouts).toHaveLength(2);
  });
});
