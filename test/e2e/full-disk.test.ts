/**
 * Disks that are full, that may not be written, or that refuse a large file: the ledger is as it was, no half
 * file is left, and a sentence says which disk and what to do.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { digestOf } from '../crash/contents.js';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';

const PROGRAM = fileURLToPath(new URL('../../bin/payrun.js', import.meta.url));

/** Whether these lines of shell work on a folder here. */
function works(script: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'payrun-probe-'));
  const { status } = spawnSync('sh', ['-c', script, 'sh', folder], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
  return status === 0;
}

const MOUNT = 'mount -t tmpfs -o size=4m,mode=0700 tmpfs "$1"';
const READ_ONLY = 'mount --bind "$FOLDER" "$FOLDER" && mount -o remount,bind,ro "$FOLDER"';
const unshare = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-rm'];

const canMount = works(`${MOUNT} && umount "$1"`);
const canBind = works(`FOLDER="$1" ${unshare.join(' ')} sh -c '${READ_ONLY}'`);

const describeSmall = canMount ? describe : describe.skip;
const whySmall = canMount ? '' : ' (skipped: a small file system cannot be mounted here)';
const describeBound = canBind ? describe : describe.skip;
const whyBound = canBind ? '' : ' (skipped: a folder cannot be made read-only here)';

const header = 'id,affiliate_id,earned_at,amount,status,kind\n';
const rows = (name: string, count: number): string =>
  Array.from({ length: count }, (_, i) => `${name}_${i},aff_${i % 50},2026-10-02,1.25,approved,bonus\n`).join(
    '',
  );

let sandbox: Sandbox;
/** What the ledger holds before each test. */
let before: string;

beforeAll(async () => {
  sandbox = await makeProgramme({
    affiliates: `id,name\n${Array.from({ length: 50 }, (_, i) => `aff_${i},Affiliate ${i}`).join('\n')}\n`,
    commissions: header + rows('c', 1000),
  });
  await sandbox.write('more.csv', header + rows('m', 1000));
  await sandbox.write('many.csv', header + rows('m', 12_000));
  before = digestOf(sandbox.ledger);
});

afterAll(async () => {
  await sandbox.remove();
});

interface Said {
  readonly code: number | null;
  readonly error: Json;
  readonly stderr: string;
}

/** Runs the program with `--json` behind some lines of shell. */
function after(script: string, args: readonly string[], env: Record<string, string> = {}): Said {
  const command = [process.execPath, PROGRAM, ...args, '--json'];
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${script}\nexec "$@"`, 'bash', ...command], {
    cwd: sandbox.folder,
    env: { ...sandbox.environment(), ...env },
    encoding: 'utf8',
  });
  return { code: status, error: JSON.parse(stdout).error, stderr };
}

const failed = (message: string, hint: string): Said => ({
  code: 1,
  error: { code: 'unexpected', message, hint, details: [] },
  stderr: '',
});

const GENERATE = ['generate', '--all', '--yes'];

describeSmall(`on a disk that is full${whySmall}`, () => {
  let small: string;
  let ledger: Record<string, string>;

  beforeAll(async () => {
    small = sandbox.path('small');
    await mkdir(small);
    execFileSync('sh', ['-c', MOUNT, 'sh', small]);
    ledger = { PAYRUN_LEDGER: join(small, 'ledger.db') };
    execFileSync('cp', [sandbox.ledger, join(small, 'ledger.db')]);
  });

  afterEach(async () => {
    await rm(join(small, 'filled'), { force: true });
  });

  afterAll(() => {
    execFileSync('umount', [small]);
  });

  /** Leaves so many bytes. */
  async function leave(bytes: number): Promise<void> {
    await rm(join(small, 'filled'), { force: true });
    const { bavail, bsize } = await statfs(small);
    await writeFile(join(small, 'filled'), Buffer.alloc(bavail * bsize - bytes));
  }

  const full = (folder: string): Said =>
    failed(
      `The disk of ${folder} is full; the ledger is as it was before.`,
      'Free some space there and run the same command again.',
    );

  test.each([
    ['nothing', 0, GENERATE],
    ['less than a run needs', 80_000, GENERATE],
    ['less than an import needs', 80_000, ['import', 'commissions', 'more.csv']],
  ])('with %s left a write says so and changes nothing', async (_what, bytes, args) => {
    await leave(bytes);
    expect(after('', args, ledger)).toEqual(full(small));
    await rm(join(small, 'filled'));
    expect(digestOf(join(small, 'ledger.db'))).toBe(before);
  });

  test('with nothing left a ledger cannot be read either, and the sentence says why', async () => {
    await leave(0);
    expect(after('', ['payouts', 'list'], ledger)).toEqual(full(small));
  });

  test('where the disk for temporary files is full, an import names that one', async () => {
    await leave(0);
    const said = after('', ['import', 'commissions', 'many.csv'], { SQLITE_TMPDIR: small });
    expect(said).toEqual(full(small));
    expect(digestOf(sandbox.ledger)).toBe(before);
  });

  test('a file that does not fit leaves nothing behind, and the ledger elsewhere is as it was', async () => {
    await leave(4096);
    const out = join(small, 'preview.plan');
    const said = after('', [...GENERATE, '--dry-run', '--plan-out', out]);
    expect(said).toEqual(
      failed(`Cannot write ${out}: The disk is full.`, 'Free some space and run the command again.'),
    );
    expect((await readdir(small)).filter((name) => name.includes('preview'))).toEqual([]);
    expect(digestOf(sandbox.ledger)).toBe(before);
  });
});

describe('where the system refuses large files', () => {
  test('a write fails as a whole, and the sentence names the limit', async () => {
    const said = after('ulimit -f 60', GENERATE);
    expect(said).toEqual(
      failed(
        `The disk failed while using ${sandbox.ledger}; the ledger is as it was before.`,
        'Check the disk, its quota and the limit on the size of files (`ulimit -f`), then run `payrun verify`.',
      ),
    );
    expect(digestOf(sandbox.ledger)).toBe(before);
  });

  test('a file is not begun for good', async () => {
    const said = after('ulimit -f 40', [...GENERATE, '--dry-run', '--plan-out', 'large.plan']);
    expect(said).toEqual(
      failed(
        'Cannot write large.plan: It would be larger than the system allows.',
        'Raise the limit on the size of files (`ulimit -f`).',
      ),
    );
    expect((await readdir(sandbox.folder)).filter((name) => name.includes('large'))).toEqual([]);
  });
});

describeBound(`in a folder that may not be written${whyBound}`, () => {
  test('reading works, writing is refused, and so is a file there', () => {
    const inside = [...unshare, 'bash', '-c', `${READ_ONLY} && "$@"`, 'bash'].map((word) => `'${word}'`);
    const run = (args: readonly string[]): Said =>
      after(`set -- ${inside.join(' ')} "$@"`, args, { FOLDER: sandbox.folder });

    expect(run(['payouts', 'list']).code).toBe(0);
    expect(run(GENERATE)).toMatchObject({
      code: 4,
      error: { message: expect.stringContaining('is read-only') },
    });
    // An export is recorded, so it needs a ledger that can be written; a statement does not.
    expect(run(['export', 'payouts', '--out', 'x.csv'])).toMatchObject({
      code: 4,
      error: { message: expect.stringContaining('is read-only') },
    });
    expect(run(['statement', 'aff_1', '--out', 'x.csv'])).toMatchObject({
      code: 1,
      error: { message: 'Cannot write x.csv: The file system is read-only.' },
    });
  });
});
