import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeProgramme } from './payrun.js';

describe('the main job', () => {
  test('from two files to payouts, an accounting CSV and a clean ledger', async () => {
    const sandbox = await makeProgramme({
      affiliates: 'id,name,email\naff_1,Zoë O\'Brien,zoe@example.com\naff_2,"Smith, Jones & Co ""Media""",\n',
      commissions:
        'id,affiliate_id,earned_at,amount,currency,status,kind,corrects\n' +
        'c_1,aff_1,2026-10-01T00:00:00+02:00,120.00,USD,approved,bonus,\n' +
        'c_2,aff_2,2026-10-31,75.50,EUR,approved,bonus,\n' +
        'c_3,aff_1,2026-10-15,-20.00,USD,,clawback,c_1\n',
    });
    try {
      const run = await sandbox.payrun(['generate', '--all', '--yes', '--json']);
      const out = await sandbox.payrun([
        'export',
        'payouts',
        '--period',
        '2026-11',
        '--out',
        'payouts.csv',
        '--json',
      ]);
      const verified = await sandbox.payrun(['verify', '--json']);
      const csv = await sandbox.read('payouts.csv');

      expect(run.json.totals).toEqual([
        { currency: 'EUR', payouts: 1, commissions: 1, amount: '75.50' },
        { currency: 'USD', payouts: 1, commissions: 2, amount: '100.00' },
      ]);
      expect(out.json.files).toMatchObject([{ rows: 2 }]);
      expect(csv).toContain('"Smith, Jones & Co ""Media"""');
      expect(csv).toContain('100.00');
      expect(verified.json.ok).toBe(true);
    } finally {
      await sandbox.remove();
    }
  });
});

const whereThereIsOne = existsSync('/dev/full') ? describe : describe.skip;

whereThereIsOne('a full disk below stdout', () => {
  test.each([['--version'], ['--help']])('%s says so in a sentence', (option) => {
    const stdout = openSync('/dev/full', 'w');
    try {
      const { status, stderr } = spawnSync(process.execPath, ['bin/payrun.js', option], {
        stdio: ['ignore', stdout, 'pipe'],
        encoding: 'utf8',
      });
      expect(status).toBe(1);
      expect(stderr).toMatch(/^payrun: .*\.\n/);
      expect(stderr).not.toContain('    at ');
    } finally {
      closeSync(stdout);
    }
  });

  test('a command that has changed the ledger says that it is done, so that nobody repeats it', async () => {
    const sandbox = await makeProgramme({ affiliates: 'id,name\naff_1,Ada\n' });
    const stdout = openSync('/dev/full', 'w');
    try {
      const words = ['adjust', 'aff_1', '50.00', 'USD', '--reason', 'best of October'];
      const { status, stderr } = spawnSync(process.execPath, [resolve('bin/payrun.js'), ...words], {
        cwd: sandbox.folder,
        env: sandbox.environment(),
        stdio: ['ignore', stdout, 'pipe'],
        encoding: 'utf8',
      });
      expect(status).toBe(1);
      expect(stderr).toContain('payrun: The command is done, but its answer could not be written');
      expect((await sandbox.succeed(['commissions', 'list', '--json'])).json.commissions).toHaveLength(1);
    } finally {
      closeSync(stdout);
      await sandbox.remove();
    }
  });
});
