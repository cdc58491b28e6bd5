import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConflictError, InterruptedError } from '../../src/core/errors.js';
import { FileDrafts } from '../../src/host/file-draft.js';

describe('files that take their names together', () => {
  let folder: string;
  let target: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'payrun-drafts-'));
    target = join(folder, 'x.csv');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const there = async (): Promise<Record<string, string>> => {
    const names = (await readdir(folder)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    return Object.fromEntries(names.map((name, place) => [name, texts[place] ?? '']));
  };

  /** Writes so many files, `1`, `2` and so on, and gives them their names. */
  const make = async (count: number, overwrite = false): Promise<FileDrafts> => {
    const drafts = await FileDrafts.begin(target, { overwrite });
    try {
      for (let file = 1; file <= count; file += 1) await drafts.write(file, String(file));
      await drafts.finish();
      await drafts.check();
      await drafts.take();
    } finally {
      await drafts.discard();
    }
    return drafts;
  };

  test('one has the name that was asked for, several are counted', async () => {
    await make(1);
    expect(await there()).toEqual({ 'x.csv': '1' });
    await rm(target);
    await make(3);
    expect(await there()).toEqual({ 'x-1.csv': '1', 'x-2.csv': '2', 'x-3.csv': '3' });
  });

  test('are known by their bytes before they have a name, and none is there until then', async () => {
    const drafts = await FileDrafts.begin(target, { overwrite: false });
    await drafts.write(1, 'ä');
    await drafts.write(1, new Uint8Array([0x80]));
    const sha256 = createHash('sha256')
      .update('ä')
      .update(new Uint8Array([0x80]))
      .digest('hex');
    expect(await drafts.finish()).toEqual([{ bytes: 3, sha256 }]);
    expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).toEqual([]);
    await drafts.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  test('where one is there already none is written, also where it is only the second', async () => {
    await writeFile(join(folder, 'x-2.csv'), 'mine');
    await expect(make(3)).rejects.toThrow(ConflictError);
    expect(await there()).toEqual({ 'x-2.csv': 'mine' });
  });

  test('replace what is there where that was asked for, and tell what is left of it', async () => {
    await make(4);
    const drafts = await make(2, true);
    expect(await drafts.leftOver()).toEqual([join(folder, 'x-3.csv'), join(folder, 'x-4.csv')]);
    expect(await there()).toEqual({ 'x-1.csv': '1', 'x-2.csv': '2', 'x-3.csv': '3', 'x-4.csv': '4' });
    expect(await (await make(1, true)).leftOver()).toHaveLength(4);
    expect(await (await make(5, true)).leftOver()).toEqual([target]);
  });

  test.each([
    ['nothing', {}],
    ['what was replaced', { 'x-1.csv': 'mine', 'x-2.csv': 'mine, too' }],
  ])('give their names back, and then there is %s', async (_, before) => {
    for (const [name, text] of Object.entries(before)) await writeFile(join(folder, name), text);
    const drafts = await FileDrafts.begin(target, { overwrite: true });
    for (const file of [1, 2]) await drafts.write(file, String(file));
    await drafts.finish();
    await drafts.take();
    const named = Object.entries(await there()).filter(([name]) => !name.startsWith('.'));
    expect(Object.fromEntries(named)).toEqual({ 'x-1.csv': '1', 'x-2.csv': '2' });
    await drafts.undo();
    await drafts.discard();
    expect(await there()).toEqual(before);
  });

  test('keep them once that is settled', async () => {
    await writeFile(target, 'mine');
    const drafts = await FileDrafts.begin(target, { overwrite: true });
    await drafts.write(1, '1');
    await drafts.finish();
    await drafts.take();
    await drafts.settle();
    await drafts.undo();
    await drafts.discard();
    expect(await there()).toEqual({ 'x.csv': '1' });
  });

  test('that are asked for by a link are split beside what it leads to', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, 'y.csv'), 'mine');
    await symlink(join(elsewhere, 'y.csv'), target);
    await make(2);
    expect(await readdir(elsewhere)).toEqual(['y-1.csv', 'y-2.csv', 'y.csv']);
    expect(await readdir(folder)).toEqual(['elsewhere', 'x.csv']);
  });

  test('are not written on when a signal came', async () => {
    const gone = new AbortController();
    const drafts = await FileDrafts.begin(target, { overwrite: false, signal: gone.signal });
    await drafts.write(1, 'a');
    gone.abort(new InterruptedError());
    await expect(drafts.write(1, 'b')).rejects.toThrow(InterruptedError);
    await drafts.discard();
    expect(await readdir(folder)).toEqual([]);
  });
});
