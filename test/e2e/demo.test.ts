/** `payrun demo` as a newcomer runs it: on whatever day, again and again, and never on his own ledger. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Sandbox } from './payrun.js';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.make();
});

afterEach(() => sandbox.remove());

interface Payout {
  readonly from: string;
  readonly currency: string;
}

const inDemo = { env: { PAYRUN_LEDGER: 'payrun-demo/ledger.db' } };

const EVERY_REASON = [
  'affiliate_blocked',
  'affiliate_paused',
  'below_minimum',
  'earned_earlier',
  'negative_balance',
  'not_approved',
  'on_hold',
];

describe('payrun demo', () => {
  test.each([
    ['in the middle of a month', '2026-11-22T09:00:00Z', '2026-10-01'],
    ['on the first day after the shortest month', '2027-03-01T00:00:10Z', '2027-02-01'],
    ['on a leap day', '2028-02-29T12:00:00Z', '2028-01-01'],
    ['when the new year has come to Berlin only', '2026-12-31T23:30:00Z', '2026-12-01'],
    ['on the 31st', '2027-08-31T21:59:59Z', '2027-07-01'],
  ])('%s it pays last month and shows every kind of skip', async (_day, now, from) => {
    const { stdout } = await sandbox.payrun(['demo'], { now });
    for (const reason of EVERY_REASON) expect(stdout).toContain(`(${reason};`);
    const list = await sandbox.succeed(['payouts', 'list', '--json'], { now, ...inDemo });
    const payouts = list.json.payouts as Payout[];
    expect(payouts.length).toBeGreaterThanOrEqual(30);
    expect(new Set(payouts.map((payout) => payout.from))).toEqual(new Set([from]));
    expect(new Set(payouts.map((payout) => payout.currency))).toEqual(new Set(['EUR', 'JPY', 'USD']));
    const csv = await sandbox.read('payrun-demo/payouts.csv');
    expect(csv.trimEnd().split('\n')).toHaveLength(payouts.length + 1);
  });

  test('with --json it prints one document with its ledger, files and commands', async () => {
    const { json, stderr } = await sandbox.succeed(['demo', '--json', '--actor', 'ada']);
    expect(stderr).toBe('');
    expect(json).toEqual({
      schemaVersion: 1,
      demo: {
        ledger: 'payrun-demo/ledger.db',
        files: ['affiliates', 'commissions', 'payouts', 'lines'].map((name) => ({
          path: `payrun-demo/${name}.csv`,
        })),
        commands: expect.arrayContaining(['payrun verify --actor ada']),
      },
    });
    const { runs } = (await sandbox.succeed(['runs', 'list', '--json'], inDemo)).json;
    expect(runs[0].createdBy).toBe('ada');
  });

  test('it shows each command before it runs and ends with the files and what to try next', async () => {
    const { stdout, stderr } = await sandbox.payrun(['demo']);
    const commands = stdout.split('\n').filter((line) => line.startsWith('$ '));
    expect(commands).toEqual([
      '$ export PAYRUN_LEDGER=payrun-demo/ledger.db',
      "$ payrun init --currency USD --minimum 50 --hold-days 14 --timezone Europe/Berlin --company 'Acme Ltd'",
      '$ payrun settings set minimum.EUR 50',
      '$ payrun settings set minimum.JPY 5000',
      '$ payrun import affiliates payrun-demo/affiliates.csv',
      '$ payrun import commissions payrun-demo/commissions.csv',
      '$ payrun generate --period last-month --all --yes',
      '$ payrun export payouts --run R-000001 --out payrun-demo/payouts.csv',
      '$ payrun export lines --run R-000001 --out payrun-demo/lines.csv',
      '$ payrun verify',
    ]);
    expect(stdout).toContain('Smith, Jones & Co "Media"');
    expect(stdout.trimEnd().split('\n').slice(-2)).toEqual([
      'The accounting file is payrun-demo/payouts.csv: one row a payout. payrun-demo/lines.csv has one row a commission.',
      'The ledger is payrun-demo/ledger.db.',
    ]);
    expect(stderr).toContain('export PAYRUN_LEDGER=payrun-demo/ledger.db');
    // Neither the ledger of $PAYRUN_LEDGER nor the default one was made.
    expect(existsSync(sandbox.ledger)).toBe(false);
    expect(await readdir(sandbox.path('home'))).toEqual([]);
  });

  test('it works again in the same folder, on another day too, and leaves other files there alone', async () => {
    await sandbox.succeed(['demo', '--json']);
    await sandbox.write('payrun-demo/mine.txt', 'mine');
    await sandbox.succeed(['demo', '--json'], { now: '2026-12-02T09:00:00Z' });
    expect(await sandbox.read('payrun-demo/mine.txt')).toBe('mine');
    const { runs } = (await sandbox.succeed(['runs', 'list', '--json'], inDemo)).json;
    expect(runs).toHaveLength(1);
    expect(runs[0].from).toBe('2026-11-01');
  });

  test('an empty folder of its name, as an interrupted demo may leave it, is taken', async () => {
    await mkdir(sandbox.path('payrun-demo'));
    expect((await sandbox.payrun(['demo', '--json'])).code).toBe(0);
  });

  test('a folder of its name that no demo made is a conflict and stays as it is', async () => {
    await mkdir(sandbox.path('payrun-demo'));
    await sandbox.write('payrun-demo/ledger.db', 'mine');
    const { code, stderr } = await sandbox.payrun(['demo']);
    expect([code, stderr]).toEqual([
      4,
      'payrun: payrun-demo is there already, and no demo made it.\n' +
        '  Move it away, or run the demo in another folder.\n',
    ]);
    expect(await readdir(sandbox.path('payrun-demo'))).toEqual(['ledger.db']);
    expect(await sandbox.read('payrun-demo/ledger.db')).toBe('mine');
  });

  test('a file or a link of its name is a conflict too', async () => {
    await sandbox.write('payrun-demo', '');
    expect((await sandbox.payrun(['demo'])).code).toBe(4);
    await rm(sandbox.path('payrun-demo'));
    await mkdir(sandbox.path('elsewhere'));
    await symlink('elsewhere', sandbox.path('payrun-demo'));
    expect((await sandbox.payrun(['demo'])).code).toBe(4);
    expect(await readdir(sandbox.path('elsewhere'))).toEqual([]);
  });

  test('--ledger puts its ledger elsewhere, and refuses a path that is taken before anything is made', async () => {
    await sandbox.succeed(['demo', '--json', '--ledger', 'try it.db']);
    expect(existsSync(sandbox.path('try it.db'))).toBe(true);
    expect(existsSync(sandbox.path('payrun-demo/ledger.db'))).toBe(false);

    await rm(sandbox.path('payrun-demo'), { recursive: true });
    const { code, json } = await sandbox.payrun(['demo', '--json', '--ledger', 'try it.db']);
    expect([code, json.error.code]).toEqual([4, 'conflict']);
    expect(existsSync(sandbox.path('payrun-demo'))).toBe(false);
  });

  test('a folder where one of its files goes is a conflict, and its content stays', async () => {
    await mkdir(sandbox.path('payrun-demo/payouts.csv'), { recursive: true });
    await sandbox.write('payrun-demo/payouts.csv/mine.txt', 'mine');
    await sandbox.write('payrun-demo/.payrun-demo', '');
    const { code, json } = await sandbox.payrun(['demo', '--json']);
    expect([code, json.error.message]).toEqual([
      4,
      'payrun-demo/payouts.csv is a folder, where the demo makes a file.',
    ]);
    expect(await sandbox.read('payrun-demo/payouts.csv/mine.txt')).toBe('mine');
  });

  test('when one of its commands fails it stops there and says which, and why', async () => {
    await sandbox.write('file', '');
    const { code, json } = await sandbox.payrun(['demo', '--json', '--ledger', 'file/ledger.db']);
    expect([code, json.error.code]).toEqual([1, 'unexpected']);
    expect(json.error.message).toMatch(/^The demo stopped: payrun init .* ended with exit code \d\.$/);
    expect(json.error.hint).toContain('cannot be made');
  });
});
