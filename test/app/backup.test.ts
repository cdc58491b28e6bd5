import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { backUp, type BackedUp } from '../../src/app/backup.js';
import { verify } from '../../src/app/verify.js';
import { openLedger } from '../../src/store/open.js';
import { insertSetting } from '../../src/store/settings.js';
import { openConnection, withConnection } from '../../src/store/sqlite.js';
import { SampleLedger, tamper } from '../store/sample-ledger.js';

let sample: SampleLedger;
let file: string;

beforeEach(async () => {
  sample = await SampleLedger.create();
  await sample.commissions({ id: 'c1', amount: 5000n }, { id: 'c2', amount: 2000n });
  file = join(dirname(sample.path), 'backup.db');
});

afterEach(async () => {
  await sample.remove();
});

const back = (rest: { out?: string; force?: boolean } = {}): Promise<BackedUp> =>
  backUp(sample.work, { out: file, force: false, ...rest });

const listed = async (): Promise<string[]> =>
  (await readdir(dirname(sample.path))).filter((name) => !/-(wal|shm)$/.test(name)).sort();

describe('a backup', () => {
  test('is one file for nobody else, with every check run on it, and its head is that of the ledger', async () => {
    await sample.generate();
    const before = await sample.dump();

    const made = await back();

    const [head] = await sample.rows<{ number: bigint; at: string; hash: string }>(
      'SELECT number, at, hash FROM audit ORDER BY number DESC LIMIT 1',
    );
    const bytes = await readFile(file);
    expect(made).toMatchObject({
      path: file,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rows: 2,
      head: { ...head, number: Number(head?.number) },
      verified: { ok: true },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await listed()).toEqual(['backup.db', 'ledger.db']);
    expect(withConnection(file, 'query', (one) => one.pragma('journal_mode', { simple: true }))).toBe(
      'delete',
    );
    expect(await sample.dump()).toEqual(before);
  });

  test('is the ledger at one moment, however much is written while it is copied', async () => {
    const setting = { key: 'company.name', setOn: '2026-11-22', setAt: '', setBy: 'kim' };
    await sample.ledger.write((writer) =>
      insertSetting(writer, { ...setting, value: 'x'.repeat(10_000_000) }),
    );
    const moment = await sample.rows('SELECT count(*) AS count FROM settings');
    await writeFile(file, '');
    const other = await openLedger(sample.path, { waitMs: 500 });
    const writes: Promise<unknown>[] = [];

    await other.copyInto(file, () => {
      writes.push(sample.set('company.name', `changed ${writes.length}`));
    });
    await Promise.all(writes);

    expect(writes.length).toBeGreaterThan(2);
    const rows = withConnection(file, 'query', (copy) =>
      copy.prepare('SELECT count(*) AS count FROM settings').all(),
    );
    expect(rows).toEqual(moment);
    await other.close();
  });

  test('of a ledger that may only be read is made all the same', async () => {
    await sample.ledger.close();
    await chmod(sample.path, 0o444);
    const readOnly = await openLedger(sample.path, { waitMs: 0 });
    const made = await backUp({ ...sample.work, ledger: readOnly }, { out: file, force: false });
    expect(made).toMatchObject({ rows: 2, verified: { ok: true } });
  });

  test('into a folder has the time of the books in its name', async () => {
    const folder = join(dirname(sample.path), 'backups');
    await mkdir(folder);
    const { path } = await back({ out: folder });
    expect(path).toBe(join(folder, 'payrun-backup-ledger-2026-11-22-120000.db'));
  });

  test('needs a folder that is there', async () => {
    await expect(back({ out: join(dirname(file), 'nowhere', 'b.db') })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('what is there already', () => {
  test('is replaced only with force, and only by what has grown out of it', async () => {
    await back();
    await sample.generate();
    await expect(back()).rejects.toMatchObject({ code: 'conflict' });

    const { head } = await back({ force: true });

    const [last] = await sample.rows<{ hash: string }>('SELECT hash FROM audit ORDER BY number DESC LIMIT 1');
    expect(head?.hash).toBe(last?.hash);
  });

  test('is kept where it holds what the ledger does not', async () => {
    await sample.ledger.close();
    await copyFile(sample.path, join(dirname(file), 'earlier.db'));
    await sample.generate();
    await back();
    const newer = await readFile(file);
    const earlier = await openLedger(join(dirname(file), 'earlier.db'), { waitMs: 0 });

    const older = backUp({ ...sample.work, ledger: earlier }, { out: file, force: true });

    await expect(older).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('holds what this ledger does not'),
    });
    await earlier.close();
    expect((await readFile(file)).equals(newer)).toBe(true);
  });

  test('is not replaced while somebody has it open, whose log would be taken for its own', async () => {
    await back();
    const reader = openConnection(file, 'write');
    reader.pragma('journal_mode = WAL');
    reader.exec('CREATE TABLE other (a)');
    await sample.generate();

    await expect(back({ force: true })).rejects.toMatchObject({ code: 'busy' });
    reader.close();
    const { head } = await back({ force: true });

    const last = withConnection(file, 'query', (one) =>
      one.prepare('SELECT hash FROM audit ORDER BY number DESC LIMIT 1').pluck().get(),
    );
    expect(last).toBe(head?.hash);
    const beside = (await readdir(dirname(file))).filter((name) => name.startsWith('backup.db-'));
    expect(beside).toEqual([]);
  });

  test.each(['-wal', '-journal'])('and is gone, but for its %s, lets none take its name', async (suffix) => {
    await writeFile(file + suffix, 'the last of what was written');
    for (const force of [false, true]) {
      await expect(back({ force })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(file + suffix),
      });
    }
    expect(await readFile(file + suffix, 'utf8')).toBe('the last of what was written');
  });

  test('is never another database, nor the ledger itself or its log', async () => {
    withConnection(file, 'create', (connection) => connection.exec('CREATE TABLE other (a)'));
    await expect(back({ force: true })).rejects.toMatchObject({ code: 'conflict' });
    for (const out of [sample.path, `${sample.path}-wal`, `${sample.path}-journal`]) {
      await expect(back({ out, force: true })).rejects.toMatchObject({ code: 'conflict' });
    }
    expect((await verify(sample.work, [])).ok).toBe(true);
  });
});

describe('a ledger that is not sound', () => {
  beforeEach(async () => {
    await sample.generate();
    await back({ out: `${file}.good` });
    tamper(sample.path, 'UPDATE payouts SET amount = amount + 1');
  });

  test('is not backed up, and nothing is left of the attempt', async () => {
    await expect(back()).rejects.toMatchObject({
      code: 'integrity',
      details: expect.arrayContaining([expect.objectContaining({ check: 'payout_equals_lines' })]),
    });
    expect(await listed()).toEqual(['backup.db.good', 'ledger.db']);
  });

  test('is written as evidence with force, but never over a backup', async () => {
    const good = await readFile(`${file}.good`);
    await expect(back({ out: `${file}.good`, force: true })).rejects.toMatchObject({ code: 'integrity' });
    expect((await readFile(`${file}.good`)).equals(good)).toBe(true);

    expect((await back({ force: true })).verified.ok).toBe(false);
    expect(await listed()).toEqual(['backup.db', basename(`${file}.good`), 'ledger.db']);
  });
});
