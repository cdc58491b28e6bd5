import { afterEach, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';

const require = createRequire(import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const current = major > 22 || (major === 22 && minor >= 14);
const Driver = require(current ? 'better-sqlite3' : 'better-sqlite3-node20') as typeof Database;

let sandbox: Sandbox;

afterEach(async () => {
  await sandbox.remove();
});

async function paidProgramme(): Promise<Sandbox> {
  const made = await makeProgramme({
    affiliates: 'id,name\na,Ada\nb,Bo\n',
    commissions: [
      'id,affiliate_id,earned_at,amount,status',
      'c1,a,2026-10-01,50.00,approved',
      'c2,b,2026-10-02,20.00,approved',
      'c3,b,2026-11-21,7.00,pending',
      '',
    ].join('\n'),
  });
  await made.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
  return made;
}

/** Does to the ledger what payrun never would. */
function damage(sql: string): void {
  const connection = new Driver(sandbox.ledger);
  connection.pragma('foreign_keys = OFF');
  for (const { name } of connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    .all() as {
    name: string;
  }[]) {
    connection.exec(`DROP TRIGGER "${name}"`);
  }
  connection.exec(sql);
  connection.close();
}

describe('payrun verify', () => {
  test('says of each check that it holds', async () => {
    sandbox = await paidProgramme();
    const { json } = await sandbox.succeed(['verify', '--json']);
    expect(json.ok).toBe(true);
    expect(json.checks.map((check: Json) => check.name)).toEqual([
      'sqlite_integrity',
      'foreign_keys',
      'payout_equals_lines',
      'one_live_payout',
      'open_items_agree',
      'numbers_gapless',
      'run_totals_agree',
      'history_agrees',
      'redo_agrees',
    ]);
    expect(json.checks[2]).toEqual({ name: 'payout_equals_lines', ok: true, checked: 2, problems: [] });
    const text = await sandbox.succeed(['verify', '--check', 'numbers_gapless']);
    expect([text.stdout, text.stderr]).toEqual([
      'ok    numbers_gapless (2 checked)\n',
      'Everything holds.\n',
    ]);
  });

  test('knows no other check', async () => {
    sandbox = await paidProgramme();
    const refused = await sandbox.payrun(['verify', '--check', 'luck']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('The checks are sqlite_integrity, foreign_keys,');
  });

  test.each([
    ['payout_equals_lines', 'UPDATE payouts SET amount = amount + 1 WHERE number = 1', 'INV-2026-000001'],
    ['payout_equals_lines', "UPDATE commissions SET amount = 1 WHERE id = 'c1'", 'INV-2026-000001'],
    ['one_live_payout', 'DROP INDEX live_lines; INSERT INTO payout_lines VALUES (2, 1, 5000, NULL)', 'c1'],
    [
      'one_live_payout',
      "UPDATE payout_lines SET released_on = '2026-11-22' WHERE payout = 1",
      'INV-2026-000001',
    ],
    ['open_items_agree', 'DELETE FROM open_items', 'c3'],
    ['open_items_agree', 'UPDATE open_items SET amount = 1', 'c3'],
    ['numbers_gapless', 'DELETE FROM documents WHERE sequence = 1', 'INV-2026-{SEQ}'],
    ['numbers_gapless', 'UPDATE number_series SET last = 3', 'INV-2026-{SEQ}'],
    ['run_totals_agree', 'UPDATE run_totals SET payouts = 7', 'R-000001'],
    ['history_agrees', 'DELETE FROM payout_history WHERE payout = 2', 'INV-2026-000002'],
    ['foreign_keys', "UPDATE commissions SET affiliate_id = 'zoe' WHERE id = 'c3'", 'commissions'],
  ])('%s finds what was done by: %s', async (name, sql, subject) => {
    sandbox = await paidProgramme();
    damage(sql);
    const found = await sandbox.payrun(['verify', '--json']);
    expect(found.code).toBe(7);
    expect(found.json).toMatchObject({ schemaVersion: 1, ok: false, error: { code: 'integrity' } });
    const check = found.json.checks.find((one: Json) => one.name === name);
    expect(check.ok).toBe(false);
    const subjects = check.problems.map((problem: Json) => problem.subject) as string[];
    expect(subjects).toContain(subject);
    const text = await sandbox.payrun(['verify']);
    expect(text.code).toBe(7);
    expect(text.stdout).toContain(`WRONG ${name}`);
    expect(text.stderr).toContain('The ledger is not sound');
  });

  test('a file with broken pages ends with 7 and one document', async () => {
    sandbox = await paidProgramme();
    const connection = new Driver(sandbox.ledger);
    connection.pragma('wal_checkpoint(TRUNCATE)');
    connection.close();
    const bytes = await readFile(sandbox.ledger);
    bytes.fill(0x5a, 4096 * 3, bytes.length - 4096);
    await writeFile(sandbox.ledger, bytes);
    const found = await sandbox.payrun(['verify', '--json']);
    expect(found.code).toBe(7);
    expect(found.json.error.code).toBe('integrity');
  });
});
