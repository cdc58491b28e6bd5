import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';

const require = createRequire(import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const current = major > 22 || (major === 22 && minor >= 14);
const Driver = require(current ? 'better-sqlite3' : 'better-sqlite3-node20') as typeof Database;

let sandbox: Sandbox;
let heads: string[];

beforeAll(async () => {
  sandbox = await makeProgramme({
    affiliates: 'id,name\na,Ada\n',
    commissions: 'id,affiliate_id,earned_at,amount,status\nc1,a,2026-10-01,50.00,approved\n',
  });
  heads = [(await sandbox.succeed(['audit', 'head'])).stdout.trim()];
  const late = { now: '2026-11-22T23:30:00.000Z' };
  await sandbox.succeed(['generate', '--period', '2026-10', '--all', '--yes', '--actor', 'lee'], late);
});

afterAll(async () => {
  await sandbox.remove();
});

describe('payrun audit', () => {
  test('lists what was done, at the time of the books', async () => {
    const { stdout } = await sandbox.succeed(['audit', 'list', '--from', '2026-11-22']);
    const lines = stdout.split('\n').map((line) =>
      line
        .replace(/ \([a-z]+\)/, '')
        .replace(/ +/g, ' ')
        .trim(),
    );
    expect(lines).toEqual([
      'Entry At (Europe/Berlin) By Command Request',
      '1 2026-11-22 10:00 kim init currency USD, timezone Europe/Berlin',
      expect.stringMatching(/^2 2026-11-22 10:00 kim import affiliates path .*affiliates\.csv$/),
      expect.stringMatching(/^3 2026-11-22 10:00 kim import commissions path .*commissions\.csv$/),
      '4 2026-11-23 00:30 lee generate --period 2026-10 --all',
      '',
    ]);
  });

  test('lists and shows in JSON what the hashes cover', async () => {
    const { json } = await sandbox.succeed([
      'audit',
      'list',
      '--json',
      '--from',
      '2026-11-23',
      '--actor',
      'lee',
    ]);
    expect(json.audit).toHaveLength(1);
    const [entry] = json.audit as Json[];
    expect(Object.keys(entry)).toEqual([
      'number',
      'at',
      'actor',
      'osUser',
      'command',
      'request',
      'resultDigest',
      'previous',
      'hash',
    ]);
    expect(entry).toMatchObject({
      number: 4,
      at: '2026-11-22T23:30:00.000Z',
      actor: 'lee',
      previous: heads[0],
    });
    const shown = await sandbox.succeed(['audit', 'show', '4', '--json']);
    expect(shown.json).toEqual({ schemaVersion: 1, entry });
    const text = await sandbox.succeed(['audit', 'show', '4']);
    expect(text.stdout).toContain(
      'Entry 4: generate\n\nAt       2026-11-23 00:30 (Europe/Berlin), 2026-11-22T23:30:00.000Z\n',
    );
    expect(text.stdout).toContain(`Hash     ${entry.hash as string}\n`);
  });

  test('says that nothing fits, and shows its help without a verb', async () => {
    const none = await sandbox.succeed(['audit', 'list', '--command', 'payouts']);
    expect([none.stdout, none.stderr]).toEqual(['No entry fits.\n', 'See all of them: payrun audit list\n']);
    expect((await sandbox.succeed(['audit'])).stdout).toContain('Usage: payrun audit [options] [command]');
  });

  test('proves the log, and that what was noted is still in it', async () => {
    const head = await sandbox.succeed(['audit', 'head', '--json']);
    const { json } = await sandbox.succeed(['audit', 'verify', '--json']);
    expect(json).toEqual({ schemaVersion: 1, ok: true, checked: 4, head: head.json.head, problems: [] });
    const noted = await sandbox.succeed(['audit', 'verify', '--expect', heads[0]?.slice(0, 12) ?? '']);
    expect(noted.stdout).toBe(
      [
        'ok 4 rows of the audit log',
        'Rows 1 to 3 are as they were when this hash was noted; 1 came after it.',
        `Last row 4, of 2026-11-23 00:30 (Europe/Berlin): ${head.json.head.hash as string}`,
        '',
      ].join('\n'),
    );
    const refused = await sandbox.payrun(['audit', 'verify', '--expect', 'head']);
    expect([refused.code, refused.stderr.split('\n')[0]]).toEqual([
      2,
      'payrun: "head" is not a hash of the audit log.',
    ]);
  });

  test('names what somebody did to it, with exit 7', async () => {
    const head = (await sandbox.succeed(['audit', 'head'])).stdout.trim();
    const connection = new Driver(sandbox.ledger);
    connection.exec("DROP TRIGGER audit_are_not_changed; UPDATE audit SET actor = 'zoe' WHERE number = 2");
    connection.exec('DROP TRIGGER audit_are_not_deleted; DELETE FROM audit WHERE number = 4');
    connection.close();
    const found = await sandbox.payrun(['audit', 'verify', '--expect', head]);
    expect(found.code).toBe(7);
    expect(found.stdout).toContain(
      'WRONG 3 rows of the audit log\n  - row 2 was changed\n' +
        '  - no row has this hash: rows were changed or removed since it was noted\n',
    );
    expect(found.stderr).toContain('payrun: The audit log is not as it was written: it has 2 problems.\n');
    const { code, json } = await sandbox.payrun(['audit', 'verify', '--json']);
    expect(code).toBe(7);
    expect(json).toMatchObject({
      ok: false,
      problems: [{ subject: 'audit 2', message: 'row 2 was changed' }],
    });
    expect(json.error).toMatchObject({
      code: 'integrity',
      message: 'The audit log is not as it was written: row 2 was changed.',
    });
  });
});
