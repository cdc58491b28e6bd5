import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PayrunError } from '../../src/core/errors.js';
import { writeFileAtomically } from '../../src/host/atomic-file.js';
import { fileFailure } from '../../src/host/file-failure.js';
import { openInput } from '../../src/host/input-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'payrun-host-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function* texts(...chunks: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* chunks;
}

async function* breaking(): AsyncGenerator<string> {
  yield 'x'.repeat(500_000);
  throw new Error('the source broke');
}

describe('writeFileAtomically', () => {
  it('writes all chunks and answers the size and digest of the file', async () => {
    const target = path.join(folder, 'out.csv');
    const written = await writeFileAtomically(
      target,
      texts('a,b\n', Buffer.from('é\n'), 'z'.repeat(600_000)),
      {
        overwrite: false,
      },
    );
    const bytes = await readFile(target);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(written).toEqual({ path: target, bytes: bytes.length, sha256 });
    expect(bytes.length).toBe(600_007);
    expect((await stat(target)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['out.csv']);
  });

  it('never replaces a ledger, not even when told to', async () => {
    const ledger = path.join(folder, 'ledger.db');
    const link = path.join(folder, 'books.csv');
    const bytes = Buffer.from('SQLite format 3\0 and the books of three years', 'latin1');
    await writeFile(ledger, bytes);
    await symlink(ledger, link);
    for (const target of [ledger, link]) {
      const refused = writeFileAtomically(target, texts('new'), { overwrite: true });
      await expect(refused).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(target),
      });
    }
    expect(await readFile(ledger)).toEqual(bytes);
    expect((await readdir(folder)).sort()).toEqual(['books.csv', 'ledger.db']);
  });

  it('keeps a file that is there, and replaces it when told to', async () => {
    const target = path.join(folder, 'out.csv');
    await writeFile(target, 'old');
    const refused = writeFileAtomically(target, texts('new'), { overwrite: false });
    await expect(refused).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('--force'),
    });
    expect(await readFile(target, 'utf8')).toBe('old');
    await writeFileAtomically(target, texts('new'), { overwrite: true });
    expect(await readFile(target, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['out.csv']);
  });

  it('keeps a file that another process makes while it writes', async () => {
    const target = path.join(folder, 'out.csv');
    async function* slow(): AsyncGenerator<string> {
      yield 'mine';
      await writeFile(target, 'theirs');
    }
    await expect(writeFileAtomically(target, slow(), { overwrite: false })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await readFile(target, 'utf8')).toBe('theirs');
    expect(await readdir(folder)).toEqual(['out.csv']);
  });

  it('leaves nothing behind when the source breaks', async () => {
    const target = path.join(folder, 'out.csv');
    await expect(writeFileAtomically(target, breaking(), { overwrite: false })).rejects.toThrow(
      'the source broke',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives up when it is told to, and leaves nothing behind', async () => {
    const target = path.join(folder, 'out.csv');
    const abort = new AbortController();
    async function* told(): AsyncGenerator<string> {
      yield 'x'.repeat(500_000);
      abort.abort(new Error('told to stop'));
      yield 'y';
    }
    const { signal } = abort;
    await expect(writeFileAtomically(target, told(), { overwrite: false, signal })).rejects.toThrow(
      'told to stop',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes what a killed process left of the same file an hour ago, and nothing else', async () => {
    const target = path.join(folder, 'out.csv');
    const hourAgo = new Date(Date.now() - 3_700_000);
    const names = ['.out.csv.0123456789ab.tmp', '.other.csv.0123456789ab.tmp', '.out.csv.mine.tmp'];
    for (const name of names) {
      await writeFile(path.join(folder, name), 'x');
      await utimes(path.join(folder, name), hourAgo, hourAgo);
    }
    await writeFile(path.join(folder, '.out.csv.ba9876543210.tmp'), 'somebody writes this');
    await writeFileAtomically(target, texts('new'), { overwrite: false });
    expect((await readdir(folder)).sort()).toEqual([
      '.other.csv.0123456789ab.tmp',
      '.out.csv.ba9876543210.tmp',
      '.out.csv.mine.tmp',
      'out.csv',
    ]);
  });

  it('writes to where a link leads and keeps the link', async () => {
    await writeFile(path.join(folder, 'real.csv'), 'old');
    const link = path.join(folder, 'link.csv');
    await symlink(path.join(folder, 'real.csv'), link);
    await writeFileAtomically(link, texts('new'), { overwrite: true });
    expect(await readFile(path.join(folder, 'real.csv'), 'utf8')).toBe('new');
    expect((await readdir(folder)).sort()).toEqual(['link.csv', 'real.csv']);
  });

  it('names a missing folder, a folder in place of the file, and a device', async () => {
    const missing = writeFileAtomically(path.join(folder, 'no', 'x.csv'), texts('x'), { overwrite: false });
    await expect(missing).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('folder'),
    });
    await mkdir(path.join(folder, 'dir'));
    const directory = writeFileAtomically(path.join(folder, 'dir'), texts('x'), { overwrite: true });
    await expect(directory).rejects.toMatchObject({ code: 'usage' });
    await expect(writeFileAtomically('/dev/null', texts('x'), { overwrite: true })).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(writeFileAtomically('', texts('x'), { overwrite: true })).rejects.toMatchObject({
      code: 'usage',
    });
  });
});

describe('openInput', () => {
  const all = async (chunks: AsyncIterable<Buffer>) => {
    const parts: Buffer[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return Buffer.concat(parts).toString();
  };

  it('reads a file, or standard input for a dash', async () => {
    const file = path.join(folder, 'in.csv');
    await writeFile(file, 'id\n'.repeat(50_000));
    expect(await all(await openInput(file, Readable.from([])))).toBe('id\n'.repeat(50_000));
    expect(await all(await openInput('-', Readable.from(['a', Buffer.from('b')])))).toBe('ab');
  });

  it.each([
    ['nothing.csv', 'not_found'],
    ['.', 'usage'],
  ])('names what is wrong with %s at once', async (name, code) => {
    const error: unknown = await openInput(path.join(folder, name), Readable.from([])).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(PayrunError);
    expect(error).toMatchObject({ code, message: expect.stringContaining('Cannot read') });
  });
});

describe('fileFailure', () => {
  const failure = (code: string) =>
    fileFailure(Object.assign(new Error(code), { code }), 'Cannot write', '/x/out.csv');

  it('says in a sentence that the disk is full, broken or locked', () => {
    expect(failure('ENOSPC')).toMatchObject({
      code: 'unexpected',
      message: 'Cannot write /x/out.csv: The disk is full.',
    });
    expect(failure('EIO')).toMatchObject({
      code: 'unexpected',
      message: expect.stringContaining('reports an error'),
    });
    expect(failure('EACCES')).toMatchObject({
      code: 'unexpected',
      hint: expect.stringContaining('permissions'),
    });
    expect(failure('ENOTDIR')).toMatchObject({ code: 'not_found' });
  });

  it('lets an error that is not the file system’s pass', () => {
    const bug = new TypeError('bug');
    expect(fileFailure(bug, 'Cannot write', 'x')).toBe(bug);
  });
});
