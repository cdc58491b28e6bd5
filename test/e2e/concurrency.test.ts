import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../src/store/open.js';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';

const COMMISSIONS = Array.from(
  { length: 200 },
  (_, i) =>
    `c_${i},aff_${i % 20},2026-10-${String(1 + (i % 28)).padStart(2, '0')},${i + 1}.25,approved,bonus`,
);

describe('several at once on one ledger', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await makeProgramme({
      affiliates: `id,name\n${Array.from({ length: 20 }, (_, i) => `aff_${i},Affiliate ${i}`).join('\n')}\n`,
      commissions: `id,affiliate_id,earned_at,amount,status,kind\n${COMMISSIONS.join('\n')}\n`,
    });
  });

  afterEach(async () => {
    await sandbox.remove();
  });

  test('a ledger that stays busy ends with 6 and who has it, readers are not kept, and nothing is changed', async () => {
    const holding = await openLedger(sandbox.ledger, { waitMs: 0 });
    const holder = { command: 'import commissions', actor: 'cron' };
    await holding.write(
      async () => {
        const busy = await sandbox.payrun(['generate', '--all', '--yes', '--wait', '1', '--json']);
        expect(busy.code).toBe(6);
        expect(busy.json.error).toMatchObject({
          code: 'busy',
          message: expect.stringContaining('`import commissions` by cron has been writing to it since'),
          hint: expect.stringContaining('after waiting 1 s'),
          details: [{ ...holder, since: expect.any(String), pid: process.pid }],
        });
        const reading = await Promise.all([
          sandbox.succeed(['payouts', 'list', '--json']),
          sandbox.succeed(['verify', '--json']),
          sandbox.succeed(['generate', '--all', '--dry-run', '--json']),
          sandbox.succeed(['backup', 'b.db', '--json']),
        ]);
        const [listed, verified, planned, copied] = reading.map(({ json }): Json => json);
        expect([listed.payouts, verified.ok, copied.verified]).toEqual([[], true, true]);
        expect(planned.payouts).toHaveLength(20);
      },
      { holder },
    );
    await holding.close();
  });

  test('a run that is killed is there whole or not at all, and the next one is right', async () => {
    for (const delayMs of [120, 180, 240, 300]) {
      const child = spawn(process.execPath, ['bin/payrun.js', 'generate', '--all', '--yes'], {
        env: sandbox.environment(),
        stdio: 'ignore',
      });
      const ended = once(child, 'exit');
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      child.kill('SIGKILL');
      await ended;
      const { payouts } = (await sandbox.succeed(['payouts', 'list', '--json'])).json;

      expect([0, 20]).toContain(payouts.length);
      expect((await sandbox.succeed(['verify', '--json'])).json.ok).toBe(true);
    }
    await sandbox.succeed(['generate', '--all', '--yes']);
    const { payouts } = (await sandbox.succeed(['payouts', 'list', '--json'])).json;

    expect(payouts).toHaveLength(20);
  });
});
