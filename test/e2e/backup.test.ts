import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../src/store/open.js';
import { CHECK_NAMES, runCheck } from '../../src/store/verify.js';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';
import { Person } from './person.js';

const HASH = /[0-9a-f]{64}/g;

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await makeProgramme({
    affiliates: 'id,name\na,Ada\nb,Bo\n',
    commissions:
      'id,affiliate_id,earned_at,amount,status\nc1,a,2026-10-01,50.00,approved\nc2,b,2026-10-02,20.00,approved\n',
  });
});

afterEach(async () => {
  await sandbox.remove();
});

const backUp = async (name = 'b.db'): Promise<string> => {
  await sandbox.succeed(['backup', name]);
  return name;
};

const pay = (): Promise<unknown> => sandbox.succeed(['generate', '--all', '--period', '2026-10', '--yes']);

describe('payrun backup and restore', () => {
  test('say what was written and what to do with it, and come back to it', async () => {
    const made = await sandbox.payrun(['backup', 'b.db']);
    expect(made.stdout.replace(HASH, '#').replace(/[\d.]+ kB/, '# kB')).toBe(
      [
        'b.db: 2 commissions, # kB',
        `  verified   ${CHECK_NAMES.length} checks hold`,
        '  last entry row 3 of 2026-11-22 10:00 (Europe/Berlin)',
        '  audit head #',
        '  sha256     #',
        '',
      ].join('\n'),
    );
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('payrun restore b.db')]);

    await sandbox.succeed(['affiliates', 'block', 'a', '--reason', 'fraud', '--yes']);
    const refused = await sandbox.payrun(['restore', 'b.db', '--yes', '--quiet']);
    const entry = /\n +4 +2026-11-22 10:00 +kim.* affiliates block +affiliate a, reason fraud\n/;
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringMatching(entry)]);
    const restored = await sandbox.payrun(['restore', 'b.db', '--force', '--yes']);
    expect(restored.stderr).toMatch(entry);
    expect(restored.stdout.replaceAll(sandbox.folder, '').replace(HASH, '#')).toBe(
      [
        'Restored /ledger.db from /b.db.',
        '  last entry row 3 of 2026-11-22 10:00 (Europe/Berlin)',
        '  audit head #',
        '  kept       /ledger.db.before-restore-2026-11-22T090000Z',
        '  lost       1 audit row',
        '',
      ].join('\n'),
    );
    expect(restored.code).toBe(0);
  });

  test('answer in JSON, and restore loses no payout without --force and --yes', async () => {
    const { json } = await sandbox.succeed(['backup', 'b.db', '--json']);
    expect(json).toEqual({
      schemaVersion: 1,
      files: [{ path: 'b.db', rows: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      head: { number: 3, at: '2026-11-22T09:00:00.000Z', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      verified: true,
      checks: CHECK_NAMES.length,
    });
    await pay();

    const refused = await sandbox.payrun(['restore', 'b.db', '--yes', '--json']);
    expect([refused.code, refused.json.error.code]).toEqual([4, 'conflict']);
    const lost = {
      ...{ invoiceNumber: 'INV-2026-000001', affiliateId: 'a', amount: '50.00', currency: 'USD' },
      ...{ status: 'open', inBackup: null },
    };
    expect(refused.json.error.details[0]).toMatchObject(lost);

    const unasked = await sandbox.payrun(['restore', 'b.db', '--force', '--json']);
    expect([unasked.code, unasked.json.error.hint]).toEqual([2, expect.stringContaining('--yes')]);
    expect((await sandbox.succeed(['payouts', 'list', '--json'])).json.payouts).toHaveLength(2);

    const restored = await sandbox.payrun(['restore', 'b.db', '--force', '--yes', '--json']);
    expect(restored.json).toEqual({
      schemaVersion: 1,
      restored: {
        path: sandbox.ledger,
        from: sandbox.path('b.db'),
        sha256: json.files[0].sha256,
        head: json.head,
        keptAs: `${sandbox.ledger}.before-restore-2026-11-22T090000Z`,
        kept: [`${sandbox.ledger}.before-restore-2026-11-22T090000Z`],
      },
      lost: {
        ...{ payouts: 2, changedPayouts: 0, commissions: 0, affiliates: 0, auditRows: 1 },
        entries: [
          {
            ...{ number: 4, at: '2026-11-22T09:00:00.000Z', actor: 'kim', command: 'generate' },
            request: { words: ['--period', '2026-10', '--all'] },
          },
        ],
      },
      lostPayouts: [expect.objectContaining(lost), expect.objectContaining({ affiliateId: 'b' })],
    });
    expect((await sandbox.succeed(['payouts', 'list', '--json'])).json.payouts).toEqual([]);
    expect((await sandbox.succeed(['verify', '--json'])).json.ok).toBe(true);
  });

  test('ask on a terminal, where Enter restores nothing', async () => {
    await backUp();
    await pay();
    const person = new Person(sandbox, ['restore', 'b.db', '--force']);
    await person.sees('INV-2026-000001  a           50.00  USD       open    none');
    await person.answers('Replace the ledger by the backup?', '\r');
    await person.sees('To do it after all:');
    await person.sees('payrun restore b.db --force --yes');
    expect(await person.ends()).toBe(0);
    expect((await sandbox.succeed(['payouts', 'list', '--json'])).json.payouts).toHaveLength(2);
  });
});

const KILLED_AT = new URL('./killed-at.mjs', import.meta.url).href;

test('a restore that is killed at any step leaves the old ledger or the new one, whole', async () => {
  await backUp();
  await sandbox.succeed(['settings', 'set', 'minimum.USD', '5']);
  const steps = [
    ['linkSync:/ledger.db:before', 'the old one'],
    ['rmSync:/ledger.db-shm:before', 'the old one'],
    ['renameSync:/ledger.db:before', 'the old one'],
    ['renameSync:/ledger.db:after', 'the new one'],
  ];
  for (const [moment = '', expected] of steps) {
    const options = `${sandbox.environment()['NODE_OPTIONS'] ?? ''} --import=${KILLED_AT}`;
    const env = { NODE_OPTIONS: options, KILL_AT: moment };
    expect((await sandbox.payrun(['restore', 'b.db', '--force', '--yes'], { env })).code).toBeNull();
    const { ino } = statSync(sandbox.ledger);
    const names = (await readdir(sandbox.folder)).filter((name) => statSync(sandbox.path(name)).ino === ino);
    expect(names.filter((name) => !/^ledger\.db(\.replaced-\d+)?$/.test(name))).toEqual([]);
    const ledger = await openLedger(sandbox.ledger, { waitMs: 1000 });
    const last = await ledger.read(async (reader) => {
      for (const name of CHECK_NAMES) expect(await runCheck(reader, name)).toMatchObject({ ok: true });
      return reader.get<{ command: string }>('SELECT command FROM audit ORDER BY number DESC LIMIT 1');
    });
    expect([moment, last?.command === 'restore' ? 'the new one' : 'the old one']).toEqual([moment, expected]);
    // Whoever goes on writes to that file and to no other.
    await ledger.write(async () => undefined);
    await ledger.close();
  }
  await sandbox.succeed(['restore', 'b.db', '--force', '--yes']);
  // What was put aside of the old one is kept; second names of what was in place are gone.
  const asides = (await readdir(sandbox.folder)).filter((name) => name.includes('.replaced-'));
  expect(asides).toHaveLength(1);
  expect((await sandbox.succeed(['verify', '--json'])).json.ok).toBe(true);
});

test('backups are whole, and of one moment each, while others write all the time', async () => {
  const writing = Array.from({ length: 6 }, (_, i) =>
    sandbox.payrun(['adjust', 'a', `${i + 1}.00`, 'USD', '--reason', 'r', '--yes', '--json']),
  );
  const backups = ['1.db', '2.db', '3.db'].map((name) => sandbox.payrun(['backup', name, '--json']));
  const made = (await Promise.all(backups)).map(({ json }): Json => json);
  for (const { code } of await Promise.all(writing)) expect(code).toBe(0);
  for (const { verified, head, files } of made) {
    expect(verified).toBe(true);
    // Three rows of the beginning and one for each adjustment that is in.
    expect(files[0].rows).toBe(2 + Number(head.number) - 3);
  }
});
