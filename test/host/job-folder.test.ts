import { existsSync } from 'node:fs';
import {
  chmod,
  mkdtemp,
  mkdir,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConflictError, IntegrityError } from '../../src/core/errors.js';
import type { JobRecord } from '../../src/core/job.js';
import { JobsFolder, type JobFolder } from '../../src/host/job-folder.js';

function recordOf(id: string, key = 'k'): JobRecord {
  const once = { key, command: 'generate', typed: '{}' };
  const made = { createdAt: '2026-11-22', createdBy: 'kim' };
  return { id, command: 'generate', words: ['--all'], once, piped: false, ...made };
}

describe('the folders of jobs', () => {
  let folder: string;
  let ledger: string;

  /** A job as it is when it can be seen. */
  const made = (jobs: JobsFolder, key?: string): { id: string; folder: JobFolder } => {
    const job = jobs.make();
    job.folder.write('job.json', recordOf(job.id, key));
    return job;
  };

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'payrun-jobs-')));
    ledger = join(folder, 'ledger.db');
    await writeFile(ledger, '', { mode: 0o600 });
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test('are numbered from 1, lie beside the ledger, and are for their owner alone', async () => {
    const jobs = JobsFolder.beside(ledger);

    expect(jobs.ids()).toEqual([]);
    expect([made(jobs).id, made(jobs).id]).toEqual(['J-000001', 'J-000002']);
    expect(jobs.ids()).toEqual(['J-000001', 'J-000002']);
    expect((await readdir(folder)).sort()).toEqual(['ledger.db', 'ledger.db.jobs']);
    expect((await stat(`${ledger}.jobs/J-000001`)).mode & 0o777).toBe(0o700);
    expect((await stat(`${ledger}.jobs/J-000001/job.json`)).mode & 0o777).toBe(0o600);
  });

  test('are the same by every name of the ledger, and move with it', async () => {
    made(JobsFolder.beside(ledger));
    await symlink(ledger, join(folder, 'link.db'));

    expect(JobsFolder.beside(join(folder, 'link.db')).ids()).toEqual(['J-000001']);
    await mkdir(join(folder, 'new'));
    await rename(ledger, join(folder, 'new/books.db'));
    await rename(`${ledger}.jobs`, join(folder, 'new/books.db.jobs'));
    expect(JobsFolder.beside(join(folder, 'new/books.db')).find('J-000001')?.json('job.json')).toEqual(
      recordOf('J-000001'),
    );
  });

  test('that were not made to their end are no jobs, and leave their number behind', () => {
    const jobs = JobsFolder.beside(ledger);
    jobs.make();

    expect(jobs.ids()).toEqual([]);
    expect(jobs.find('J-000001')).toBeNull();
    expect(jobs.make().id).toBe('J-000002');
  });

  test('have a key that one of them gets, until it is removed', () => {
    const jobs = JobsFolder.beside(ledger);
    const [first, second] = [made(jobs, '../k'), made(jobs, '../k')];

    expect(jobs.underKey('../k')).toBeNull();
    expect([jobs.claim('../k', first.folder), jobs.claim('../k', second.folder)]).toEqual([true, false]);
    expect(jobs.underKey('../k')?.id).toBe('J-000001');
    first.folder.remove();
    expect(jobs.underKey('../k')).toBeNull();
    expect(jobs.claim('../k', second.folder)).toBe(true);
  });

  test('never get a number again, whatever was removed', async () => {
    const jobs = JobsFolder.beside(ledger);
    made(jobs);
    made(jobs).folder.remove();

    expect(made(jobs).id).toBe('J-000003');
    expect(jobs.make(8).id).toBe('J-000009');
    await rm(`${ledger}.jobs/last`);
    await rm(`${ledger}.jobs/J-000009`, { recursive: true });
    expect(jobs.make(8).id).toBe('J-000009');
  });

  test('do not answer for the key of another job that had their number', async () => {
    const jobs = JobsFolder.beside(ledger);
    const first = made(jobs, 'october');
    jobs.claim('october', first.folder);
    first.folder.write('job.json', recordOf(first.id, 'november'));

    // As a copy does it, where there are no links.
    const [name = ''] = await readdir(`${ledger}.jobs/keys`);
    const place = join(`${ledger}.jobs/keys`, name);
    expect((await stat(place)).isFile()).toBe(true);
    expect(jobs.underKey('october')).toBeNull();
    expect(existsSync(place)).toBe(false);
    await writeFile(place, '{"id":"../../');
    expect(jobs.underKey('october')).toBeNull();
  });

  test('are for the group that may use the ledger, whatever the umask of an account', async () => {
    await chmod(ledger, 0o660);
    const umask = process.umask(0o077);
    try {
      const jobs = JobsFolder.beside(ledger);
      const { folder: job } = made(jobs, 'k');
      jobs.claim('k', job);
      await job.spool(Readable.from([Buffer.from('id\n')]));

      const modeOf = async (name: string): Promise<string> =>
        ((await stat(`${ledger}.jobs/${name}`)).mode & 0o7777).toString(8);
      const folders = ['', 'J-000001', 'keys'];
      expect(await Promise.all(folders.map(modeOf))).toEqual(folders.map(() => '2770'));
      const files = ['last', 'J-000001/job.json', 'J-000001/input', 'J-000001/lock', 'J-000001/log'];
      expect(await Promise.all(files.map(modeOf))).toEqual(files.map(() => '660'));
    } finally {
      process.umask(umask);
    }
  });

  test('that may not be looked at are not told to be missing', async () => {
    const jobs = JobsFolder.beside(ledger);
    const { folder: job } = made(jobs);
    await rm(job.path, { recursive: true });
    // Root may look at everything; a link in a circle is refused to everybody.
    await symlink(job.path, job.path);

    expect(() => jobs.find('J-000001')).toThrow('Cannot read');
  });

  test('take in what is piped, and keep an answer only when it is whole', async () => {
    const { folder: job } = made(JobsFolder.beside(ledger));
    async function* pieces(): AsyncGenerator<Buffer> {
      yield Buffer.from('id,name\n');
      yield Buffer.from('aff_1,Ada\n');
    }
    await job.spool(pieces());
    const answer = job.openAnswer();
    answer.output.write('{"run":');

    expect(job.text('input')).toBe('id,name\naff_1,Ada\n');
    await job.spool(Readable.from([Buffer.from('id\n')]));
    expect(job.text('input')).toBe('id\n');
    expect(job.json('answer.json')).toBeNull();
    answer.output.write('null}');
    await answer.keep();
    expect(job.json('answer.json')).toEqual({ run: null });
    const cut = job.openAnswer();
    cut.output.on('error', () => undefined);
    cut.output.destroy(new Error('the disk is full'));
    await cut.keep();
    expect(job.json('answer.json')).toEqual({ run: null });
    expect(existsSync(join(job.path, 'answer.json.new'))).toBe(false);
  });

  test('are refused in a sentence where a file has the name of their folder', async () => {
    await writeFile(`${ledger}.jobs`, '');
    const jobs = JobsFolder.beside(ledger);

    expect(jobs.ids()).toEqual([]);
    expect(() => jobs.make()).toThrow(ConflictError);
    expect(() => jobs.make()).toThrow(`${ledger}.jobs is a file`);
  });

  test('say so where a document of theirs was damaged', async () => {
    const { folder: job } = made(JobsFolder.beside(ledger));
    await writeFile(job.file('ended.json'), '{"exitCode":');

    expect(() => job.json('ended.json')).toThrow(IntegrityError);
    await writeFile(job.file('job.json'), '{"id":"J-000001"}');
    expect(() => job.json('job.json')).toThrow(IntegrityError);
  });
});
