/** Starting background jobs, and starting again what failed or was cancelled. */
import { randomUUID } from 'node:crypto';
import { ConflictError } from '../core/errors.js';
import type { Job, JobRecord } from '../core/job.js';
import { startDetached } from '../host/detached-process.js';
import { JobsFolder, type JobFolder } from '../host/job-folder.js';
import { ProcessLock } from '../store/process-lock.js';
import { findJob, jobAt, processLockOf, type PlacedJob } from './jobs.js';
import { refuseOtherCall, type Once } from './once.js';
import type { Work } from './work.js';

/** What a job is asked to do. */
export interface JobRequest {
  readonly command: string;
  /** What follows the command on its command line; nothing in it depends on the day or the folder. */
  readonly words: readonly string[];
  /** What was asked for as it was typed. */
  readonly typed: string;
  /** The caller's own idempotency key; null where he gave none. */
  readonly key: string | null;
  /** What is piped in and gone afterwards; null where nothing is. */
  readonly piped: AsyncIterable<Buffer> | null;
}

export interface StartedJob {
  readonly job: Job;
  /** Whether a process was started for it. */
  readonly started: boolean;
}

/** A job that is looked at is held for an instant; so who takes a lock waits a little. */
const LOCK_WAIT_MS = 500;

/**
 * Makes a job and starts its process, which goes on when this one ends. Under a key that has a job already
 * it is that job which is answered; where it failed or was cancelled it is started again.
 * @throws ConflictError when the key was used for another call; PayrunError `unexpected` when the job cannot
 * be written or its process ends at once. No job is left behind then.
 */
export async function startJob(work: Work, request: JobRequest): Promise<StartedJob> {
  const { key } = request;
  const known = key === null ? null : await jobUnderKey(work, onceOf(request, key));
  if (known !== null) return known;
  const jobs = JobsFolder.beside(work.ledger.path);
  const { id, folder } = jobs.make();
  let starter: ProcessLock | null = null;
  try {
    starter = ProcessLock.take(folder.file('starter'), LOCK_WAIT_MS);
    if (request.piped !== null) await folder.spool(request.piped);
    const once = onceOf(request, key ?? `job:${id}:${randomUUID()}`);
    const { command, words } = request;
    const createdAt = work.now.toISOString();
    const record: JobRecord = { id, command, words, once, createdAt, createdBy: work.actor };
    folder.write('job.json', record);
    if (key !== null && !jobs.claim(key, folder)) {
      folder.remove();
      const other = await jobUnderKey(work, once);
      if (other !== null) return other;
      throw new ConflictError(`The job under the idempotency key ${key} was removed just now.`, {
        hint: 'Run the same command again.',
      });
    }
    await launch(work, folder, id).catch((error: unknown) => {
      if (key !== null) jobs.release(key);
      throw error;
    });
    return { job: await startedJob(work, { folder, record }), started: true };
  } catch (error) {
    folder.remove();
    throw error;
  } finally {
    starter?.release();
  }
}

/**
 * The job that was made under a key; where it failed or was cancelled it is started again. Null where there
 * is none.
 * @throws ConflictError when the key was used for another call; PayrunError `unexpected` as `retryJob`
 */
export async function jobUnderKey(work: Work, once: Once): Promise<StartedJob | null> {
  const record = JobsFolder.beside(work.ledger.path).underKey(once.key);
  if (record === null) return null;
  const { typed, command } = record.once;
  refuseOtherCall(once, { typed, command, at: record.createdAt, by: record.createdBy });
  const placed = findJob(work.ledger, record.id);
  const job = await jobAt(work, placed);
  const isOver = job.state === 'failed' || job.state === 'cancelled';
  return isOver ? startAgain(work, placed) : { job, started: false };
}

/**
 * Starts a job again that failed or was cancelled. It runs under the same key, so what was done is not done
 * twice. One that is done stays as it is.
 * @throws UsageError, NotFoundError as `findJob`; ConflictError when it runs; PayrunError `unexpected` when
 * its process ends at once
 */
export async function retryJob(work: Work, text: string): Promise<StartedJob> {
  const again = await startAgain(work, findJob(work.ledger, text));
  const { id } = again.job;
  if (again.started || again.job.state === 'done') return again;
  throw new ConflictError(`${id} is running.`, { hint: `Watch it with \`payrun jobs watch ${id}\`.` });
}

/** Of several who start it at once one does; the others are answered what there is. */
async function startAgain(work: Work, placed: PlacedJob): Promise<StartedJob> {
  const { folder, record } = placed;
  const starter = ProcessLock.take(folder.file('starter'), LOCK_WAIT_MS);
  if (starter === null) return { job: await jobAt(work, placed), started: false };
  try {
    const job = await jobAt(work, placed, processLockOf);
    if (job.state !== 'failed' && job.state !== 'cancelled') return { job, started: false };
    folder.forget('cancel.json', 'ended.json', 'answer.json', 'progress.json', 'worker.json');
    await launch(work, folder, record.id);
    return { job: await startedJob(work, placed), started: true };
  } finally {
    starter.release();
  }
}

function onceOf({ command, typed }: JobRequest, key: string): Once {
  return { key, command, typed };
}

async function launch(work: Work, folder: JobFolder, id: string): Promise<void> {
  await startDetached(['jobs', 'work', id, '--ledger', work.ledger.path], folder.file('log'));
}

/** As it was when its process said that it is there; a short job may be over by now. */
async function startedJob(work: Work, placed: PlacedJob): Promise<Job> {
  const job = await jobAt(work, placed);
  return { ...job, state: 'running', endedAt: null, exitCode: null, progress: null };
}
