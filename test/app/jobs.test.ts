/** Background jobs as their folders and the ledger tell them, without their processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { cancelJob } from '../../src/app/cancel-job.js';
import { exportFile } from '../../src/app/export.js';
import { listJobs, showJob, type ShownJob } from '../../src/app/jobs.js';
import { jobUnderKey, retryJob, startJob } from '../../src/app/start-job.js';
import { firstAnswer, write } from '../../src/app/work.js';
import { ConflictError, IntegrityError } from '../../src/core/errors.js';
import type { JobRecord } from '../../src/core/job.js';
import { JobsFolder, type JobFolder } from '../../src/host/job-folder.js';
import { openLedger } from '../../src/store/open.js';
import { ProcessLock } from '../../src/store/process-lock.js';
import { SampleLedger } from '../store/sample-ledger.js';

const AT = '2026-11-22T12:00:00.000Z';
const ENDED = { exitCode: 0, endedAt: AT };
const PAYOUTS = {
  format: 'payouts',
  range: { from: null, to: null },
  run: null,
  currency: null,
  newOnly: false,
  template: null,
} as const;

describe('background jobs', () => {
  let sample: SampleLedger;

  beforeEach(async () => {
    sample = await SampleLedger.create();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await sample.remove();
  });

  /** A job with no process. */
  const made = (rest: Partial<JobRecord> = {}): { folder: JobFolder; record: JobRecord } => {
    const { id, folder } = JobsFolder.beside(sample.path).make();
    const command = rest.command ?? 'generate';
    const once = { key: `job:${id}`, command, typed: '{}' };
    const record = { id, command, words: [], once, piped: false, createdAt: AT, createdBy: 'kim', ...rest };
    folder.write('job.json', record);
    return { folder, record };
  };

  test('are done when the ledger holds their answer, and only then', async () => {
    const { folder, record } = made({ command: 'import affiliates' });
    folder.write('ended.json', ENDED);
    folder.write('answer.json', { run: null });

    const before = { state: 'failed', takenBack: true, exitCode: null };
    expect((await showJob(sample.work, record.id)).job).toMatchObject(before);
    expect(await listJobs(sample.work)).toMatchObject([before]);
    await write({ ...sample.work, once: record.once }, { command: record.command, request: {} }, () =>
      Promise.resolve({ result: {}, changed: false }),
    );
    const after = { state: 'done', takenBack: false, exitCode: 0 };
    expect((await showJob(sample.work, record.id)).job).toMatchObject(after);
    expect(await listJobs(sample.work)).toMatchObject([after]);
  });

  test('that were done with rows from a pipe are not done again without them', async () => {
    const { folder, record } = made({ command: 'import commissions', words: ['-'], piped: true });
    folder.write('ended.json', ENDED);

    await expect(retryJob(sample.work, record.id)).rejects.toThrow(
      'What was piped into J-000001 was not kept when it was done; nothing was started.',
    );
    expect(folder.has('ended.json')).toBe(true);
  });

  test('that export are done when the ledger holds the record, whatever became of process and file', async () => {
    const out = join(dirname(sample.path), 'payouts.csv');
    const { folder, record } = made({ command: 'export', words: ['payouts', '--out', out] });
    folder.write('cancel.json', { at: AT, by: 'kim' });
    const stateNow = async (): Promise<unknown> => (await showJob(sample.work, record.id)).job.state;

    expect(await stateNow()).toBe('cancelled');
    const work = { ...sample.work, job: record.id, once: record.once };
    const exported = await exportFile(work, PAYOUTS, { out, overwrite: false });
    expect(await firstAnswer(work)).toMatchObject({ answer: { id: 'E-000001', files: exported.files } });
    const { job, answer } = await showJob(sample.work, record.id);
    expect([job.state, job.exitCode, answer]).toEqual(['done', 0, null]);
    expect(await retryJob(sample.work, record.id)).toMatchObject({ started: false });
    await expect(cancelJob(sample.work, record.id)).rejects.toThrow('J-000001 was done already');
    await rm(out);
    expect(await stateNow()).toBe('done');
  });

  test('that exported before exports were recorded are done by what their process left', async () => {
    const files = [{ path: 'x.csv', rows: 1, sha256: 'a'.repeat(64) }];
    const { folder, record } = made({ command: 'export', words: ['payouts', '--out', 'x.csv'] });
    folder.write('ended.json', ENDED);
    folder.write('answer.json', { files, export: { id: 'E-000001' } });
    expect((await showJob(sample.work, record.id)).job).toMatchObject({ state: 'failed', takenBack: true });
    folder.write('answer.json', { files });
    expect(await showJob(sample.work, record.id)).toMatchObject({
      job: { state: 'done' },
      answer: { files },
    });
  });

  test.each([
    ['several files are done when all of them are there', 2],
    ['one file, noted as before there could be several, are done when it is there', 1],
  ])('that export %s', async (_, count) => {
    const { folder, record } = made({ command: 'export', words: ['payouts', '--out', 'x.csv'] });
    const notes = Array.from({ length: count }, (__, place) => ({
      ...{ path: join(dirname(sample.path), `x-${place}.csv`), rows: place, bytes: 1 },
      sha256: createHash('sha256').update(String(place)).digest('hex'),
    }));
    const [first] = notes;
    folder.write('file.json', count === 1 && first !== undefined ? first : { files: notes });
    const shown = (): Promise<ShownJob> => showJob(sample.work, record.id);

    for (const [place, { path }] of notes.entries()) {
      expect((await shown()).job.state).toBe('failed');
      await writeFile(path, String(place));
    }
    const { job, answer } = await shown();
    expect(job.state).toBe('done');
    expect(answer).toEqual({ files: notes.map(({ path, rows, sha256 }) => ({ path, rows, sha256 })) });
  });

  test('that were damaged are listed as such among the others', async () => {
    const [first, second] = [made(), made(), made()];
    await writeFile(first.folder.file('job.json'), '{');
    await writeFile(second.folder.file('ended.json'), 'null');

    expect(await listJobs(sample.work)).toMatchObject([
      { id: 'J-000001', state: 'failed', problem: 'job.json is not what payrun wrote.' },
      { id: 'J-000002', state: 'failed', problem: 'ended.json is not what payrun wrote.' },
      { id: 'J-000003', state: 'failed', command: 'generate' },
    ]);
    await expect(showJob(sample.work, '1')).rejects.toThrow(IntegrityError);
  });

  test('are shown as they stand where their answer was damaged', async () => {
    const { folder, record } = made();
    folder.write('ended.json', { ...ENDED, exitCode: 4 });
    await writeFile(folder.file('answer.json'), '{');

    expect(await showJob(sample.work, record.id)).toMatchObject({ job: { state: 'failed' }, answer: null });
  });

  describe('that were made under a key', () => {
    const mine = { key: 'k', command: 'import affiliates', typed: '{"file":"a.csv"}' };
    const other = { ...mine, typed: '{"file":"b.csv"}' };
    const refuse = (): Promise<'refused'> => Promise.resolve('refused');

    const keyed = (): JobFolder => {
      const { folder } = made({ command: mine.command, once: mine });
      JobsFolder.beside(sample.path).claim('k', folder);
      return folder;
    };

    test('and failed give it to another call, once', async () => {
      keyed().write('ended.json', { ...ENDED, exitCode: 4 });

      expect(await jobUnderKey(sample.work, mine, refuse)).toMatchObject({ job: { state: 'failed' } });
      expect(await jobUnderKey(sample.work, other, refuse)).toBeNull();
      const { folder } = made({ once: other });
      expect(JobsFolder.beside(sample.path).claim('k', folder)).toBe(true);
      expect(await jobUnderKey(sample.work, other, refuse)).toMatchObject({ job: { id: 'J-000002' } });
    });

    test('and live keep it', async () => {
      const lock = ProcessLock.take(keyed().file('lock'), 0);

      await expect(jobUnderKey(sample.work, other, refuse)).rejects.toThrow(
        `The idempotency key k is in use for import affiliates with other options: J-000001, made by kim at ${AT}, is not over; nothing was changed.`,
      );
      lock?.release();
    });

    test('and are done keep it', async () => {
      keyed();
      await write({ ...sample.work, once: mine }, { command: mine.command, request: {} }, () =>
        Promise.resolve({ result: {}, changed: false }),
      );

      await expect(jobUnderKey(sample.work, other, refuse)).rejects.toThrow(
        'The idempotency key k was used already for import affiliates with other options',
      );
    });
  });

  test('are not made for a ledger that is read-only', async () => {
    await chmod(sample.path, 0o400);
    const ledger = await openLedger(sample.path, { waitMs: 0 });
    const request = { command: 'generate', words: [], typed: '{}', key: null, piped: null };

    await expect(startJob({ ...sample.work, ledger }, request)).rejects.toThrow(ConflictError);
    expect(existsSync(`${sample.path}.jobs`)).toBe(false);
    await ledger.close();
  });

  describe('when they are cancelled', () => {
    let child: ChildProcess;

    beforeEach(() => {
      child = spawn(process.execPath, ['-e', 'setTimeout(() => 0, 60_000)'], { stdio: 'ignore' });
    });

    afterEach(() => {
      child.kill('SIGKILL');
    });

    test('signal nobody while a process is only being started: the number is of a dead one', async () => {
      const { folder, record } = made();
      folder.write('worker.json', { pid: child.pid ?? 0, startedAt: AT });
      const starter = ProcessLock.take(folder.file('starter'), 0);
      setTimeout(() => starter?.release(), 150);

      expect((await cancelJob(sample.work, record.id)).job.state).toBe('cancelled');
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    });

    test('and cannot be, go on as if nobody had asked', async () => {
      const { folder, record } = made();
      folder.write('worker.json', { pid: child.pid ?? 0, startedAt: AT });
      const lock = ProcessLock.take(folder.file('lock'), 0);
      jest.spyOn(process, 'kill').mockImplementation(() => {
        throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
      });

      await expect(cancelJob(sample.work, record.id)).rejects.toThrow('it is not yours');
      expect(folder.has('cancel.json')).toBe(false);
      lock?.release();
      expect((await showJob(sample.work, record.id)).job.state).toBe('failed');
    });
  });
});
