import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readdir, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { IntegrityError } from '../../src/core/errors.js';
import type { JobRecord } from '../../src/core/job.js';
import { JobsFolder, type JobFolder } from '../../src/host/job-folder.js';

function recordOf(id: string): JobRecord {
  const once = { key: 'k', command: 'generate', typed: '{}' };
  return { id, command: 'generate', words: ['--all'], once, createdAt: '2026-11-22', createdBy: 'kim' };
}

describe('the folders of jobs', () => {
  let folder: string;
  let ledger: string;

  /** A job as it is when it can be seen. */
  const made = (jobs: JobsFolder): { id: string; folder: JobFolder } => {
    const job = jobs.make();
    job.folder.write('job.json', recordOf(job.id));
    return job;
  };

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'payrun-jobs-')));
    ledger = join(folder, 'ledger.db');
    await writeFile(ledger, '');
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
    const [first, second] = [made(jobs), made(jobs)];

    expect(jobs.underKey('../k')).toBeNull();
    expect([jobs.claim('../k', first.folder), jobs.claim('../k', second.folder)]).toEqual([true, false]);
    expect(jobs.underKey('../k')?.id).toBe('J-000001');
    first.folder.remove();
    expect(jobs.underKey('../k')).toBeNull();
    expect(jobs.claim('../k', second.folder)).toBe(true);
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

  test('say so where a document of theirs was damaged', async () => {
    const { folder: job } = made(JobsFolder.beside(ledger));
    await writeFile(job.file('ended.json'), '{"exitCode":');

    expect(() => job.json('ended.json')).toThrow(IntegrityError);
  });
});
