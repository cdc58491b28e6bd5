import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backUp } from '../../src/app/backup.js';
import { restore, type Restored, type RestorePlan } from '../../src/app/restore.js';
import { setSetting } from '../../src/app/settings.js';
import { verify } from '../../src/app/verify.js';
import type { PayrunError } from '../../src/core/errors.js';
import { appendAudit } from '../../src/store/audit.js';
import { migrations } from '../../src/store/migrations/index.js';
import { createLedger, openLedger } from '../../src/store/open.js';
import { insertSetting } from '../../src/store/settings.js';
import { openConnection, withConnection } from '../../src/store/sqlite.js';
import { affiliate, makeLedger, SampleLedger, tamper } from '../store/sample-ledger.js';

let sample: SampleLedger;
let folder: string;
let file: string;

beforeEach(async () => {
  sample = await SampleLedger.create();
  await sample.commissions({ id: 'c1', amount: 5000n }, { id: 'c2', amount: 2000n, affiliateId: 'aff_2' });
  folder = dirname(sample.path);
  file = join(folder, 'backup.db');
  await backUp(sample.work, { out: file, force: false });
});

afterEach(async () => {
  await sample.remove();
});

interface Asked {
  readonly from?: string;
  readonly to?: string;
  readonly force?: boolean;
  readonly consent?: (plan: RestorePlan) => Promise<boolean>;
}

/** As with `--yes`, with nobody who has the ledger open, unless it is said. */
async function back({ consent = async () => true, ...rest }: Asked = {}): Promise<Restored | null> {
  await sample.ledger.close();
  const input = { from: file, to: sample.path, force: false, waitSeconds: 0.2, ...rest };
  return restore(sample.work, input, { shown: async () => undefined, consent });
}

const commands = (path: string): string[] =>
  withConnection(
    path,
    'query',
    (one) => one.prepare('SELECT command FROM audit ORDER BY number').pluck().all() as string[],
  );

const payoutsIn = (path: string): unknown =>
  withConnection(path, 'query', (one) => one.prepare('SELECT count(*) FROM payouts').pluck().get());

async function isSound(path: string): Promise<boolean> {
  const ledger = await openLedger(path, { waitMs: 0 });
  try {
    return (await verify({ ...sample.work, ledger }, [])).ok;
  } finally {
    await ledger.close();
  }
}

const left = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => /restore-|-wal$|-shm$|-journal$|-writer$/.test(name));

describe('where there is no ledger', () => {
  test('it is made with its folder, for nobody else, with a log, and says where it came from', async () => {
    const to = join(folder, 'a', 'b', 'ledger.db');
    const restored = await back({ to });
    expect(restored).toMatchObject({ path: to, from: file, changed: true, kept: [], comparison: null });
    expect(await readdir(dirname(to))).toEqual(['ledger.db']);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(to)).mode & 0o777).toBe(0o700);
    expect(commands(to)).toEqual([...commands(file), 'restore']);
    expect(withConnection(to, 'query', (one) => one.pragma('journal_mode', { simple: true }))).toBe('wal');
    expect(await isSound(to)).toBe(true);
  });

  test('but what is left of its log, that may hold payouts, it takes force, and the rest is kept', async () => {
    const to = join(folder, 'b', 'ledger.db');
    await mkdir(dirname(to));
    await sample.generate();
    for (const suffix of ['-wal', '-shm']) await copyFile(sample.path + suffix, to + suffix);
    await expect(back({ to })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`${to}-wal`),
    });
    const plans: RestorePlan[] = [];
    const consent = async (plan: RestorePlan): Promise<boolean> => plans.push(plan) > 0;
    const restored = await back({ to, force: true, consent });
    expect(plans).toMatchObject([{ comparison: null, remains: [`${to}-wal`] }]);
    const kept = ['-wal', '-shm'].map((suffix) => `${to}.before-restore-2026-11-22T120000Z${suffix}`);
    expect(restored).toMatchObject({ kept, comparison: 'unknown' });
    expect(kept.filter((name) => !existsSync(name))).toEqual([]);
    expect(payoutsIn(to)).toBe(0n);
    expect(await isSound(to)).toBe(true);
  });

  test('and an index or an empty log is left, that says nothing and is removed', async () => {
    const to = join(folder, 'b', 'ledger.db');
    await mkdir(dirname(to));
    await writeFile(`${to}-shm`, 'an index');
    await writeFile(`${to}-wal`, '');
    expect(await back({ to })).toMatchObject({ kept: [], comparison: null });
    expect(await readdir(dirname(to))).toEqual(['ledger.db']);
  });

  test('no other ledger is made there either while such a log is left', async () => {
    const to = join(folder, 'new.db');
    await writeFile(`${to}-wal`, 'the last of what was written');
    await expect(makeLedger(to, 'UTC', '2026-01-01')).rejects.toMatchObject({ code: 'conflict' });
    expect(existsSync(to)).toBe(false);
  });

  test('an older layout is brought forward, without a copy beside it', async () => {
    const older = join(folder, 'older.db');
    await createLedger(older, { waitMs: 0, migrations: migrations.slice(0, 2) }, async (writer) => {
      const at = '2026-01-01T12:00:00.000Z';
      for (const [key, value] of Object.entries({ timezone: 'UTC', currency: 'USD' })) {
        await insertSetting(writer, { key, value, setOn: '2026-01-01', setAt: at, setBy: 'kim' });
      }
      const who = { at, actor: 'kim', osUser: 'kim' };
      await appendAudit(writer, { ...who, command: 'init', request: {}, result: {} });
    });
    const before = await readFile(older);
    const to = join(folder, 'c', 'ledger.db');
    await back({ from: older, to });
    expect(await isSound(to)).toBe(true);
    expect(await readdir(dirname(to))).toEqual(['ledger.db']);
    expect((await readFile(older)).equals(before)).toBe(true);
  });
});

describe('a ledger in place', () => {
  test('that is the same stays as it is, and nobody is asked', async () => {
    await sample.ledger.close();
    const before = await readFile(sample.path);
    const asks = back({ consent: async () => Promise.reject(new Error('asked')) });
    expect(await asks).toMatchObject({ changed: false, kept: [], comparison: { standing: 'same' } });
    expect((await readFile(sample.path)).equals(before)).toBe(true);
  });

  test('that is the same, but damaged, is replaced', async () => {
    tamper(sample.path, "UPDATE commissions SET amount = 1 WHERE id = 'c1'");
    expect(await back()).toMatchObject({ changed: true, comparison: { standing: 'same' } });
    expect(await isSound(sample.path)).toBe(true);
  });

  test('in which somebody decided something since is replaced only by force, and says what it was', async () => {
    await sample.set('hold.days', '60');
    await expect(back()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('1 command has changed the ledger'),
      details: [
        {
          kind: 'entry',
          number: 5,
          at: '2026-11-22T12:00:00.000Z',
          actor: 'kim',
          command: 'settings set',
          request: { key: 'hold.days', value: '60' },
        },
      ],
    });
    expect(await left()).toEqual([]);
    const restored = await back({ force: true });
    expect(restored).toMatchObject({ comparison: { lost: { entries: [{ command: 'settings set' }] } } });
  });

  test('that went on by imports alone is replaced after a yes, and kept whole', async () => {
    await sample.affiliates(affiliate('aff_9'));
    await sample.commissions({ id: 'c3', amount: 100n });
    const plans: RestorePlan[] = [];
    const refused = await back({
      consent: async (plan) => {
        plans.push(plan);
        return false;
      },
    });
    expect(refused).toBeNull();
    expect(plans).toMatchObject([{ comparison: { standing: 'ahead', lost: { payouts: [] } } }]);
    expect(commands(sample.path)).not.toContain('restore');
    expect(await left()).toEqual([]);

    const restored = await back();

    const imports = [{ command: 'import affiliates' }, { command: 'import commissions' }];
    const lost = { payouts: [], commissions: 1, affiliates: 1, entries: imports };
    expect(restored).toMatchObject({ changed: true, comparison: { standing: 'ahead', lost } });
    expect(commands(sample.path)).toEqual([...commands(file), 'restore']);
    expect(await left()).toEqual(['ledger.db.before-restore-2026-11-22T120000Z']);
    expect(commands(restored?.kept[0] ?? '')).toHaveLength(commands(file).length + 2);
    expect(await isSound(restored?.kept[0] ?? '')).toBe(true);
    expect(await isSound(sample.path)).toBe(true);
  });

  test('whose payouts the backup lacks is replaced only by force', async () => {
    await sample.generate();
    const refused = back();
    await expect(refused).rejects.toMatchObject({
      code: 'conflict',
      details: [
        {
          invoiceNumber: 'INV-2026-000001',
          affiliateId: 'aff_1',
          amount: '50.00',
          currency: 'USD',
          status: 'open',
          inBackup: null,
        },
        { invoiceNumber: 'INV-2026-000002' },
        { kind: 'entry', command: 'generate' },
      ],
    });
    expect(payoutsIn(sample.path)).toBe(2n);
    expect(await left()).toEqual([]);

    const restored = await back({ force: true });
    expect(payoutsIn(sample.path)).toBe(0n);
    expect(payoutsIn(restored?.kept[0] ?? '')).toBe(2n);
  });

  test('whose payout of a number is another one in the backup says which', async () => {
    await sample.generate();
    await backUp(sample.work, { out: file, force: true });
    tamper(sample.path, "UPDATE payouts SET amount = 6000 WHERE invoice_number = 'INV-2026-000001'");
    await sample.set('minimum.USD', '4');
    const inBackup = { affiliateId: 'aff_1', amount: '50.00', currency: 'USD', status: 'open' };
    await expect(back()).rejects.toMatchObject({
      details: [{ invoiceNumber: 'INV-2026-000001', amount: '60.00', inBackup }, { kind: 'entry' }],
    });
  });

  test('whose payouts have another status by now is replaced only by force', async () => {
    await sample.generate();
    await backUp(sample.work, { out: file, force: true });
    await sample.void('INV-2026-000002');
    await expect(back()).rejects.toMatchObject({
      code: 'conflict',
      details: [
        {
          ...{ kind: 'payout', invoiceNumber: 'INV-2026-000002', status: 'void' },
          inBackup: { affiliateId: 'aff_2', amount: '20.00', currency: 'USD', status: 'open' },
        },
        { kind: 'entry', command: 'payouts void' },
      ],
    });
  });

  test('that the backup has gone beyond is brought to it without force', async () => {
    await sample.ledger.close();
    await copyFile(file, join(folder, 'earlier.db'));
    await sample.generate();
    await sample.ledger.close();
    await copyFile(sample.path, join(folder, 'paid.db'));
    await sample.void('INV-2026-000002');
    await backUp(sample.work, { out: file, force: true });
    const lost = { payouts: [], commissions: 0, affiliates: 0, entries: [] };
    for (const name of ['earlier.db', 'paid.db']) {
      const to = join(folder, name);
      expect(await back({ to })).toMatchObject({ comparison: { standing: 'behind', lost } });
      expect(payoutsIn(to)).toBe(2n);
    }
  });

  test('of another programme is replaced only by force', async () => {
    const to = join(folder, 'other.db');
    await makeLedger(to, 'UTC', '2025-01-01');
    await expect(back({ to })).rejects.toMatchObject({ code: 'conflict' });
    expect(await back({ to, force: true })).toMatchObject({ comparison: { standing: 'diverged' } });
  });

  test('that is written to while the backup is looked at is not replaced', async () => {
    const consent = async (): Promise<boolean> => {
      await sample.set('minimum.USD', '5');
      await sample.ledger.close();
      return true;
    };
    await sample.set('minimum.USD', '4');
    await expect(back({ consent, force: true })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('written to while'),
    });
    expect(commands(sample.path)).not.toContain('restore');
    const journal = withConnection(sample.path, 'query', (one) =>
      one.pragma('journal_mode', { simple: true }),
    );
    expect(journal).toBe('wal');
    expect(await left()).toEqual([]);
  });

  test('that others have open is busy, and then stays as it is', async () => {
    const consent = async (): Promise<boolean> => {
      // Opens it and keeps it open.
      await sample.ledger.write(async () => undefined);
      return true;
    };
    await sample.set('minimum.USD', '4');
    await expect(back({ consent, force: true })).rejects.toMatchObject({ code: 'busy' });
    expect(commands(sample.path)).not.toContain('restore');
  });

  test('takes nothing from those who looked at the old one: they may begin anew, for nothing is done', async () => {
    const other = await openLedger(sample.path, { waitMs: 100 });
    await sample.set('minimum.USD', '4');
    await back({ force: true });
    const late = setSetting({ ...sample.work, ledger: other }, 'minimum.USD', '9');
    await expect(late).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining('replaced before the work began'),
    });
    await other.close();
    expect(commands(sample.path)).toEqual([...commands(file), 'restore']);
    expect(await isSound(sample.path)).toBe(true);
  });

  test('is found by who waited for the restore as it is then, and taken to be written to', async () => {
    await sample.set('minimum.USD', '4');
    await sample.ledger.close();
    const holder = openConnection(sample.path, 'write');
    holder.pragma('locking_mode = EXCLUSIVE');
    holder.pragma('journal_mode = DELETE');
    const waiting = openLedger(sample.path, { waitMs: 5000 });
    await copyFile(file, join(folder, 'new.db'));
    await rename(join(folder, 'new.db'), sample.path);
    holder.close();
    const other = await waiting;
    await setSetting({ ...sample.work, ledger: other }, 'minimum.USD', '9');
    await other.close();
    expect(commands(sample.path)).toEqual([...commands(file), 'settings set']);
  });

  test('that has no log either is not replaced while somebody reads it', async () => {
    await sample.set('minimum.USD', '4');
    await sample.ledger.close();
    withConnection(sample.path, 'write', (one) => one.pragma('journal_mode = DELETE'));
    const reader = openConnection(sample.path, 'query');
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM audit').get();
    await expect(back({ force: true })).rejects.toMatchObject({ code: 'busy' });
    reader.close();
    expect(commands(sample.path)).not.toContain('restore');
  });

  test('has the log that a killed process left taken into what is kept, not into what is new', async () => {
    const to = join(folder, 'killed.db');
    await sample.affiliates(affiliate('aff_9'));
    for (const suffix of ['', '-wal']) await copyFile(sample.path + suffix, to + suffix);
    expect(statSync(`${to}-wal`).size).toBeGreaterThan(0);
    const restored = await back({ to, force: true });
    expect(commands(restored?.kept[0] ?? '')).toHaveLength(commands(file).length + 1);
    expect(commands(to)).toEqual([...commands(file), 'restore']);
    expect((await left()).filter((name) => name.startsWith('killed.db-'))).toEqual([]);
    expect(await isSound(to)).toBe(true);
  });

  test('is found through a link, which stays', async () => {
    const link = join(folder, 'link.db');
    await symlink(sample.path, link);
    await sample.set('minimum.USD', '4');
    expect(await back({ to: link, force: true })).toMatchObject({ path: sample.path, changed: true });
    expect(commands(link)).toContain('restore');
  });

  test('that belongs to a group keeps its mode', async () => {
    await sample.set('minimum.USD', '4');
    await sample.ledger.close();
    await chmod(sample.path, 0o660);
    await back({ force: true });
    expect(statSync(sample.path).mode & 0o777).toBe(0o660);
  });

  test('that is read-only is not replaced', async () => {
    await sample.set('minimum.USD', '4');
    await sample.ledger.close();
    await chmod(sample.path, 0o444);
    await expect(back()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('read-only'),
    });
  });
});

describe('a file in place that cannot be read', () => {
  test.each([
    ['is no database', async (path: string) => writeFile(path, 'garbage '.repeat(5000))],
    ['is empty', async (path: string) => writeFile(path, '')],
    [
      'is damaged within',
      async (path: string) => writeFile(path, (await readFile(path)).fill(0x5a, 4096, 120_000)),
    ],
  ])('and %s is replaced only by force, and kept with what lies beside it', async (_what, damage) => {
    await sample.ledger.close();
    await damage(sample.path);
    const damaged = await readFile(sample.path);
    await expect(back()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('cannot be read'),
    });
    const restored = await back({ force: true });
    expect(restored).toMatchObject({ changed: true, comparison: 'unknown' });
    const kept = await readFile(restored?.kept[0] ?? '');
    expect(kept.subarray(4096).equals(damaged.subarray(4096))).toBe(true);
    expect((await left()).filter((name) => name.startsWith('ledger.db-'))).toEqual([]);
    expect(await isSound(sample.path)).toBe(true);
  });
});

describe('a file that is no backup', () => {
  /** Each makes a file and says what is wrong with it. */
  test.each<[why: string, code: string, make: () => Promise<string>]>([
    ['it is not there', 'not_found', async () => join(folder, 'nowhere.db')],
    ['it is a folder', 'usage', async () => folder],
    [
      'it is something else',
      'integrity',
      async () => {
        await writeFile(file, 'id,name\n');
        return file;
      },
    ],
    [
      'it was cut off',
      'integrity',
      async () => {
        await writeFile(file, (await readFile(file)).subarray(0, 20_000));
        return file;
      },
    ],
    [
      'it is not sound',
      'integrity',
      async () => {
        tamper(file, "UPDATE commissions SET amount = 1 WHERE id = 'c1'");
        return file;
      },
    ],
    [
      'a newer payrun made it',
      'conflict',
      async () => {
        withConnection(file, 'write', (connection) => connection.pragma('user_version = 99'));
        return file;
      },
    ],
    [
      'a page of it cannot be read',
      'integrity',
      async () => {
        const bytes = await readFile(file);
        // Pages behind the schema, of tables that every check reads.
        await writeFile(file, bytes.fill(0x5a, 40_000, bytes.length));
        return file;
      },
    ],
  ])('because %s, is refused as %s and named, and nothing is changed', async (_why, code, make) => {
    await sample.ledger.close();
    const before = await readFile(sample.path);
    const from = await make();
    const error = (await back({ from }).catch((one: unknown) => one)) as PayrunError;
    expect(error).toMatchObject({ code, message: expect.stringContaining(from) });
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('.restore-');
    expect((await readFile(sample.path)).equals(before)).toBe(true);
    expect(await left()).toEqual([]);
  });
});
