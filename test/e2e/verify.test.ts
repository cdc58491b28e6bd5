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
  const triggers = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) connection.exec(`DROP TRIGGER "${name}"`);
  connection.exec(sql);
  for (const trigger of triggers) connection.exec(trigger.sql);
  connection.close();
}

describe('payrun verify', () => {
  test('says of each check that it holds', async () => {
    sandbox = await paidProgramme();
    const { json } = await sandbox.succeed(['verify', '--json']);
    expect(json.ok).toBe(true);
    expect(json.checks.every((check: Json) => check.ok && check.problems.length === 0)).toBe(true);
    expect(json.checks.map((check: Json) => check.name)).toEqual(
      expect.arrayContaining(['sqlite_integrity', 'open_items_agree', 'numbers_gapless', 'audit_chain']),
    );
    const lines = json.checks.find((check: Json) => check.name === 'payout_equals_lines');
    expect(lines).toEqual({ name: 'payout_equals_lines', ok: true, checked: 2, problems: [] });
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
    expect(refused.stderr).toContain('The checks are sqlite_integrity, schema_as_made,');
  });

  test('names what was done behind its back, in JSON and on the screen', async () => {
    sandbox = await paidProgramme();
    damage('UPDATE payouts SET amount = amount + 1 WHERE number = 1; UPDATE run_totals SET amount = 7001');
    const check = 'payout_equals_lines';
    const message = 'INV-2026-000001 is USD 50.01 over 1 line, but its lines are USD 50.00 over 1';
    const found = await sandbox.payrun(['verify', '--json']);
    expect(found.code).toBe(7);
    expect(found.json).toMatchObject({ schemaVersion: 1, ok: false, error: { code: 'integrity' } });
    expect(found.json.checks.filter((one: Json) => !one.ok)).toEqual([
      { name: check, ok: false, checked: 2, problems: [{ subject: 'INV-2026-000001', message }] },
    ]);
    const text = await sandbox.payrun(['verify']);
    expect(text.code).toBe(7);
    // What is wrong stands before what holds.
    expect(text.stdout.split('\n').slice(0, 5)).toEqual([
      `The ledger is not sound: 1 problem in ${check}.`,
      `WRONG ${check} (2 checked)`,
      '        What must hold: The amount and the line count of every payout are those of its lines; a line of ' +
        'a live payout has the amount, the affiliate and the currency of its commission.',
      `      - ${message}`,
      expect.stringMatching(/^ok {4}sqlite_integrity /),
    ]);
    expect(text.stderr).toBe(
      `payrun: The ledger is not sound: 1 problem in ${check}.\n` +
        '  Make no payouts from it. Keep a copy of the file as it is, and go back to the last good backup.\n',
    );
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
