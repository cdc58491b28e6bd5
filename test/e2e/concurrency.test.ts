import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Sandbox } from './payrun.js';

const COMMISSIONS = Array.from(
  { length: 200 },
  (_, i) =>
    `c_${i},aff_${i % 20},2026-10-${String(1 + (i % 28)).padStart(2, '0')},${i + 1}.25,approved,bonus`,
);

/** Another program that holds the ledger's write lock until it is killed. */
const HOLDER = `
  const [major, minor] = process.versions.node.split('.').map(Number);
  const current = major > 22 || (major === 22 && minor >= 14);
  const Database = require(current ? 'better-sqlite3' : 'better-sqlite3-node20');
  new Database(process.env.LEDGER).exec('BEGIN IMMEDIATE');
  console.log('held');
  setInterval(() => undefined, 1000);
`;

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

  test('six runs at once pay everything once, and the ledger is clean', async () => {
    const runs = await Promise.all(
      Array.from({ length: 6 }, () => sandbox.succeed(['generate', '--all', '--yes', '--json'])),
    );
    const paying = runs.filter(({ json }) => json.run !== null);
    const { payouts } = (await sandbox.succeed(['payouts', 'list', '--json'])).json;

    expect(paying).toHaveLength(1);
    expect(payouts).toHaveLength(20);
    expect((await sandbox.succeed(['verify', '--json'])).json.ok).toBe(true);
  });

  test('voids of the same payout at once take one credit note', async () => {
    await sandbox.succeed(['generate', '--all', '--yes']);
    const voids = await Promise.all(
      Array.from({ length: 4 }, () =>
        sandbox.succeed(['payouts', 'void', 'INV-2026-000001', '--reason', 'twice', '--yes', '--json']),
      ),
    );

    expect(voids.map(({ json }) => json.changed).sort()).toEqual([0, 0, 0, 1]);
    expect(new Set(voids.map(({ json }) => json.payouts[0].creditNoteNumber))).toEqual(
      new Set(['CN-2026-000001']),
    );
  });

  test('a ledger that stays busy ends with 6 after the wait, readers are not kept, and nothing is changed', async () => {
    const holder = spawn(process.execPath, ['-e', HOLDER], {
      env: { ...process.env, LEDGER: sandbox.ledger },
    });
    try {
      await once(holder.stdout, 'data');
      const busy = await sandbox.payrun(['generate', '--all', '--yes', '--wait', '1', '--json']);
      const reading = await sandbox.succeed(['payouts', 'list', '--json']);

      expect(busy.code).toBe(6);
      expect(busy.json.error.code).toBe('busy');
      expect(reading.json.payouts).toEqual([]);
    } finally {
      holder.kill('SIGKILL');
    }
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

  test('a ledger that is replaced while a run waits is not written to, and the run says so', async () => {
    const holder = spawn(process.execPath, ['-e', HOLDER], {
      env: { ...process.env, LEDGER: sandbox.ledger },
    });
    const held = once(holder, 'exit');
    try {
      await once(holder.stdout, 'data');
      const running = sandbox.payrun(['generate', '--all', '--yes', '--json']);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await rename(sandbox.ledger, sandbox.path('moved.db'));
      holder.kill('SIGKILL');
      const refused = await running;

      expect(refused.code).toBe(4);
      expect(refused.json.error.message).toContain('removed or replaced');
    } finally {
      holder.kill('SIGKILL');
    }
    await held;
    await rename(sandbox.path('moved.db'), sandbox.ledger);
    expect((await sandbox.succeed(['payouts', 'list', '--json'])).json.payouts).toEqual([]);
  });
});
