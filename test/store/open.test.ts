import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '../../src/store/ledger.js';
import { migrations, type Migration } from '../../src/store/migrations/index.js';
import { createLedger, openLedger } from '../../src/store/open.js';
import { withConnection } from '../../src/store/sqlite.js';
import { ledgerFolder, makeLedger } from './sample-ledger.js';

let folder: string;
let path: string;
const opened: Ledger[] = [];

beforeEach(async () => {
  folder = await ledgerFolder();
  path = join(folder, 'ledger.db');
});

afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(options: { migrations?: readonly Migration[] } = {}): Promise<Ledger> {
  const ledger = await openLedger(path, { waitMs: 500, ...options });
  opened.push(ledger);
  return ledger;
}

const settings = (ledger: Ledger): Promise<{ key: string }[]> =>
  ledger.read((reader) => reader.all<{ key: string }>('SELECT key FROM settings ORDER BY key'));

const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe('making a ledger', () => {
  test('makes one file with mode 0600 and nothing beside it, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await makeLedger(path, 'UTC', '2026-01-01');
    } finally {
      process.umask(before);
    }
    expect(await readdir(folder)).toEqual(['ledger.db']);
    expect(modeOf(path)).toBe(0o600);
  });

  test('makes the folders that lead to it, for nobody else', async () => {
    path = join(folder, 'a', 'b', 'ledger.db');
    await makeLedger(path, 'UTC', '2026-01-01');
    expect(modeOf(join(folder, 'a'))).toBe(0o700);
    expect(await settings(await open())).toEqual([{ key: 'currency' }, { key: 'timezone' }]);
  });

  test('refuses a file that is there, and leaves it as it is', async () => {
    await writeFile(path, 'mine');
    await expect(makeLedger(path, 'UTC', '2026-01-01')).rejects.toMatchObject({ code: 'conflict' });
    expect(await readFile(path, 'utf8')).toBe('mine');
    expect(await readdir(folder)).toEqual(['ledger.db']);
  });

  test('leaves nothing when what it starts with cannot be written', async () => {
    const fill = async (): Promise<void> => {
      throw new Error('no');
    };
    await expect(createLedger(path, { waitMs: 500 }, fill)).rejects.toThrow('no');
    expect(await readdir(folder)).toEqual([]);
  });

  test('is a usage error under a name that is too long, also to open', async () => {
    const names = ['x'.repeat(300), 'x'.repeat(250)];
    for (const name of names) {
      const making = makeLedger(join(folder, name), 'UTC', '2026-01-01');
      await expect(making).rejects.toMatchObject({ code: 'usage' });
    }
    const opening = openLedger(join(folder, 'x'.repeat(300)), { waitMs: 500 });
    await expect(opening).rejects.toMatchObject({ code: 'usage' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('is a usage error where a folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    path = join(folder, 'file', 'ledger.db');
    await expect(makeLedger(path, 'UTC', '2026-01-01')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('opening what is no ledger', () => {
  test('that is not there is not found, and is not made', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'not_found' });
    expect(existsSync(path)).toBe(false);
  });

  test('that is a folder is an integrity error', async () => {
    await mkdir(path);
    await expect(open()).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('folder'),
    });
  });

  test.each([
    ['a text file', 'id,name\n1,Ada\n'],
    ['a long text file', 'words '.repeat(10_000)],
    ['an empty file', ''],
    ['noise', '\u0000\u0001\u0002'.repeat(5000)],
  ])('%s is an integrity error and stays as it is', async (_what, content) => {
    await writeFile(path, content);
    await expect(open()).rejects.toMatchObject({ code: 'integrity' });
    expect(await readFile(path, 'utf8')).toBe(content);
    expect(await readdir(folder)).toEqual(['ledger.db']);
  });

  test('another SQLite database is an integrity error and stays as it is', async () => {
    withConnection(path, 'create', (connection) => connection.exec('CREATE TABLE other (a)'));
    const before = await readFile(path);
    await expect(open()).rejects.toMatchObject({ code: 'integrity' });
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('a ledger that was cut off is an integrity error', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    await writeFile(path, (await readFile(path)).subarray(0, 5000));
    const look = async (): Promise<unknown> => settings(await open());
    await expect(look()).rejects.toMatchObject({ code: 'integrity' });
  });
});

describe('a ledger that must not be written', () => {
  test('is read, and every write is a conflict that says so', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    await chmod(path, 0o444);
    const ledger = await open();
    expect(await settings(ledger)).toHaveLength(2);
    await expect(ledger.write(async () => undefined)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('has nothing left beside it after it was read, and works again when it may be written', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    await chmod(path, 0o444);
    await settings(await open());
    expect(await readdir(folder)).toEqual(['ledger.db']);
    await chmod(path, 0o600);
    const ledger = await open();
    await ledger.write((writer) => writer.run('DELETE FROM affiliates'));
    expect(await settings(ledger)).toHaveLength(2);
  });

  test('is read with what stands in the log beside it', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    const writing = await open();
    await writing.write((writer) =>
      writer.run("INSERT INTO settings (key, value, set_on, set_at, set_by) VALUES ('new', '', '', '', '')"),
    );
    await chmod(path, 0o444);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    expect(await settings(await open())).toHaveLength(3);
  });

  test('cannot be written through a Reader', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    const ledger = await open();
    const sneaky = ledger.read((reader) => reader.all('DELETE FROM settings RETURNING key'));
    await expect(sneaky).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a ledger of another version', () => {
  const current = migrations.length;

  const next: Migration = {
    version: current + 1,
    statements: ['ALTER TABLE settings ADD COLUMN note TEXT', "UPDATE settings SET note = 'carried'"],
  };
  const broken: Migration = {
    version: current + 1,
    statements: ['CREATE TABLE more (a)', 'THIS IS NOT SQL'],
  };

  /** Two rows in an append-only table cannot be updated, so the migration takes a table without triggers. */
  const carrying: Migration = {
    version: current + 1,
    statements: ['CREATE TABLE more (key TEXT) STRICT', 'INSERT INTO more SELECT key FROM settings'],
  };

  const versionOf = (file: string): unknown =>
    withConnection(file, 'query', (connection) => connection.pragma('user_version', { simple: true }));

  const copies = async (): Promise<string[]> =>
    (await readdir(folder)).filter((name) => name.startsWith('ledger.db.v'));

  test('that is newer is a conflict that tells to update payrun, and nothing is changed', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    withConnection(path, 'write', (connection) => connection.pragma('user_version = 99'));
    await expect(open()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('newer'),
    });
    expect(versionOf(path)).toBe(99n);
  });

  test('that is older is copied beside itself with mode 0600, brought forward, and says so once', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    const ledger = await open({ migrations: [...migrations, carrying] });
    const copy = (await readdir(folder)).find((name) => name.startsWith(`ledger.db.v${current}-`)) ?? '';
    expect(ledger.notices).toEqual([expect.stringContaining(copy)]);
    expect(modeOf(join(folder, copy))).toBe(0o600);
    expect(versionOf(join(folder, copy))).toBe(BigInt(current));
    expect(versionOf(path)).toBe(BigInt(current + 1));
    const more = await ledger.read((reader) => reader.all('SELECT key FROM more ORDER BY key'));
    expect(more).toEqual([{ key: 'currency' }, { key: 'timezone' }]);
    expect((await open({ migrations: [...migrations, carrying] })).notices).toEqual([]);

    path = join(folder, copy);
    expect(await settings(await open())).toHaveLength(2);
  });

  test.each([
    ['fails in SQL', broken],
    ['is refused by a trigger', next],
  ])('stays at its version when the migration %s', async (_why, migration) => {
    await makeLedger(path, 'UTC', '2026-01-01');
    await expect(open({ migrations: [...migrations, migration] })).rejects.toThrow();
    expect(versionOf(path)).toBe(BigInt(current));
    expect(await settings(await open())).toHaveLength(2);
    expect(await readdir(folder)).toEqual(['ledger.db']);
  });

  test('that is older and read-only is a conflict that says both, and no copy is made', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    await chmod(path, 0o444);
    await expect(open({ migrations: [...migrations, carrying] })).rejects.toMatchObject({
      code: 'conflict',
      message:
        `The ledger ${path} has an older layout (layout ${current}; this payrun reads ${current + 1}) ` +
        'and is read-only.',
      hint: expect.stringContaining('A command that may write brings it forward'),
    });
    expect(await readdir(folder)).toEqual(['ledger.db']);
  });

  test('that is older and held by another process is waited for, then busy, and no copy is made', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    const holder = await open();
    await holder.write(async () => {
      const opening = openLedger(path, { waitMs: 150, migrations: [...migrations, carrying] });
      await expect(opening).rejects.toMatchObject({ code: 'busy' });
      expect(await copies()).toEqual([]);
    });
    const opening = await holder.write(async () => {
      const later = open({ migrations: [...migrations, carrying] });
      await new Promise((resolve) => setTimeout(resolve, 150));
      return { later };
    });
    expect((await opening.later).notices).toHaveLength(1);
    expect(await copies()).toHaveLength(1);
  });

  test('that is older and opened by several at once is copied by the one that brings it forward', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    const all = await Promise.all(
      Array.from({ length: 4 }, () => open({ migrations: [...migrations, carrying] })),
    );
    expect(all.flatMap(({ notices }) => notices)).toHaveLength(1);
    const [copy = '', ...others] = await copies();
    expect(others).toEqual([]);
    expect(versionOf(join(folder, copy))).toBe(BigInt(current));
  });

  test('that a newer payrun brings further during the wait is a conflict, and no copy is made', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    const holder = await open();
    const { later } = await holder.write(async (writer) => {
      const opening = open({ migrations: [...migrations, carrying] }).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 150));
      await writer.run('PRAGMA user_version = 99');
      return { later: opening };
    });
    expect(await later).toMatchObject({ code: 'conflict', message: expect.stringContaining('newer') });
    expect(await copies()).toEqual([]);
  });

  test('that is older and cannot be copied stays as it is, without half a copy', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    const page = withConnection(path, 'query', (connection) =>
      Number(
        connection
          .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'settings'")
          .pluck()
          .get() as bigint,
      ),
    );
    await writeFile(path, (await readFile(path)).fill(0xff, (page - 1) * 4096, page * 4096));
    await expect(open({ migrations: [...migrations, carrying] })).rejects.toMatchObject({
      code: 'integrity',
    });
    expect(versionOf(path)).toBe(BigInt(current));
    expect(await readdir(folder)).toEqual(['ledger.db']);
  });
});

describe('the layout', () => {
  test('has only strict tables, and versions that count from 1', async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
    const tables = await (
      await open()
    ).read((reader) =>
      reader.all<{ name: string; strict: bigint }>(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'",
      ),
    );
    expect(tables.filter(({ strict }) => strict !== 1n)).toEqual([]);
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });
});

describe('reading and writing', () => {
  beforeEach(async () => {
    await makeLedger(path, 'UTC', '2026-01-01');
  });

  test('a Reader sees one snapshot, whatever is written meanwhile', async () => {
    const ledger = await open();
    await ledger.read(async (reader) => {
      expect(await reader.all('SELECT key FROM settings')).toHaveLength(2);
      await ledger.write((writer) =>
        writer.run("INSERT INTO settings (key, value, set_on, set_at, set_by) VALUES ('x', '', '', '', '')"),
      );
      expect(await reader.all('SELECT key FROM settings')).toHaveLength(2);
    });
    expect(await settings(ledger)).toHaveLength(3);
  });

  test('a Reader and a Writer are dead once their function has settled', async () => {
    const ledger = await open();
    const reader = await ledger.read(async (one) => one);
    const writer = await ledger.write(async (one) => one);
    await expect(reader.all('SELECT 1')).rejects.toThrow('after its function had settled');
    await expect(writer.run('DELETE FROM affiliates')).rejects.toThrow('after its function had settled');
  });

  test('a write inside a write throws, and the outer one is rolled back', async () => {
    const ledger = await open();
    const nested = ledger.write(async () => ledger.write(async () => undefined));
    await expect(nested).rejects.toThrow('A write inside a write.');
    await ledger.write(async () => undefined);
  });

  test('what is registered for after the commit runs after it, and not after a rollback', async () => {
    const ledger = await open();
    const done: string[] = [];
    await ledger.write(async (writer) => {
      writer.afterCommit(async () => {
        done.push(`committed ${(await settings(ledger)).length}`);
      });
      await writer.run(
        "INSERT INTO settings (key, value, set_on, set_at, set_by) VALUES ('x', '', '', '', '')",
      );
    });
    const failing = ledger.write(async (writer) => {
      writer.afterCommit(async () => {
        done.push('rolled back');
      });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(done).toEqual(['committed 3']);
  });

  describe('while another holds the ledger longer than the wait', () => {
    const note = (): string => `${path}-writer`;
    const holder = { command: 'payouts void', actor: 'kim' };

    async function refusal(held?: { command: string; actor: string }, meanwhile = async () => undefined) {
      const ledger = await openLedger(path, { waitMs: 60 });
      opened.push(ledger);
      const other = await open();
      const write = async (): Promise<unknown> => {
        await meanwhile();
        return ledger
          .write((writer) => writer.run('DELETE FROM affiliates'))
          .catch((error: unknown) => error);
      };
      const refused = await other.write(write, held === undefined ? {} : { holder: held });
      expect(await ledger.write(async (writer) => writer.run('DELETE FROM affiliates'))).toBe(0);
      return refused;
    }

    test('it is busy and says who writes since when, and nothing is left of that word', async () => {
      const refused = await refusal(holder, async () => {
        expect(modeOf(note())).toBe(0o600);
        return undefined;
      });
      const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(refused).toMatchObject({ code: 'busy', details: [{ ...holder, since, pid: process.pid }] });
      const told =
        /is busy: `payouts void` by kim has been writing to it since [-\d]+ [:\d]+ UTC \(process \d+\)\.$/;
      expect((refused as Error).message).toMatch(told);
      expect(existsSync(note())).toBe(false);
    });

    test.each([
      ['who left no word', undefined],
      ['whose word is that of a process that has died', { ...holder, since: 'then', pid: 2 ** 30 }],
      ['whose word is no word', 'kim'],
    ])('it does not name one %s', async (_which, word) => {
      const refused = await refusal(undefined, async () => {
        if (word !== undefined) await writeFile(note(), JSON.stringify(word));
        return undefined;
      });
      expect(refused).toMatchObject({
        code: 'busy',
        message: `The ledger ${path} is busy: another program has it open.`,
        details: [],
      });
    });

    test('the word of a killed writer is replaced by the next, and never written through a link', async () => {
      const elsewhere = join(folder, 'elsewhere');
      await writeFile(elsewhere, 'mine');
      await symlink(elsewhere, note());
      expect(await refusal(holder)).toMatchObject({ details: [holder] });
      expect(await readFile(elsewhere, 'utf8')).toBe('mine');
      expect(existsSync(note())).toBe(false);
    });

    test('it is named also where an older ledger is brought forward', async () => {
      const other = await open();
      await other.write(
        async () => {
          const opening = openLedger(path, {
            waitMs: 60,
            actor: 'lee',
            migrations: [...migrations, { version: migrations.length + 1, statements: [] }],
          });
          await expect(opening).rejects.toMatchObject({ code: 'busy', details: [holder] });
        },
        { holder },
      );
    });
  });

  test('a ledger that is replaced while somebody waits to write is not written to, and he is told', async () => {
    const ledger = await open();
    const holding = await open();
    const told = (error: unknown): unknown => error;
    const late: Promise<unknown>[] = [];
    const held = holding.write(async () => {
      late.push(ledger.write((writer) => writer.run('DELETE FROM affiliates')).catch(told));
      await new Promise((resolve) => setTimeout(resolve, 100));
      await rename(path, `${path}.moved`);
    });
    await expect(held).rejects.toMatchObject({ code: 'conflict' });
    const [refused] = await Promise.all(late);
    expect(refused).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('removed or replaced meanwhile'),
    });
  });

  test('a copy that was put in place by hand has a log again from the first write on', async () => {
    withConnection(path, 'write', (connection) => connection.pragma('journal_mode = DELETE'));
    await (await open()).write(async () => undefined);
    expect(withConnection(path, 'query', (one) => one.pragma('journal_mode', { simple: true }))).toBe('wal');
  });
});
