/** Starting background jobs, and starting again what failed or was cancelled. */
import { randomUUID } from 'node:crypto';
import { ConflictError } from '../core/errors.js';
import { canBeRetried, isAlive, jobNumber, type Job, type JobCancel, type JobRecord } from '../core/job.js';
import { startDetached } from '../host/detached-process.js';
import { JobsFolder, type JobFolder } from '../host/job-folder.js';
import { ProcessLock } from '../store/process-lock.js';
import { lastJob } from '../store/runs.js';
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
  readonly piped: Piped | null;
}

/** What is piped into a command. */
export type Piped = AsyncIterable<Buffer>;

export interface StartedJob {
  readonly job: Job;
  /** Whether a process was started for it. */
  readonly started: boolean;
  /** Who cancelled it before it was started again; null where nobody did. */
  readonly cancelled: JobCancel | null;
}

/**
 * What a job is started again with, looked for when it comes to that; its piped rows, or null where nothing
 * is piped in now. Refused where it is not to be started after all.
 */
export type Again = (job: Job) => Promise<Piped | null | 'refused'>;

/** A job that is looked at is held for an instant; so who takes a lock waits a little. */
const LOCK_WAIT_MS = 500;

/**
 * Makes a job and starts its process, which goes on when this one ends. Under a key that has a job already
 * it is that job which is answered; where it failed or was cancelled it is started again.
 * @throws ConflictError when the key was used for another call, or the job could not write to the ledger;
 * PayrunError `unexpected` when the job cannot be written or its process ends at once. No job is left behind
 * then.
 */
export async function startJob(work: Work, request: JobRequest): Promise<StartedJob> {
  const { key, piped } = request;
  const known =
    key === null ? null : await jobUnderKey(work, onceOf(request, key), () => Promise.resolve(piped));
  if (known !== null) return known;
  work.ledger.refuseReadOnly();
  const jobs = JobsFolder.beside(work.ledger.path);
  const { id, folder } = jobs.make(await highestNumber(work));
  let starter: ProcessLock | null = null;
  try {
    starter = ProcessLock.take(folder.file('starter'), LOCK_WAIT_MS);
    if (piped !== null) await folder.spool(piped);
    const record = recordOf(work, request, id);
    const { once } = record;
    folder.write('job.json', record);
    if (key !== null && !jobs.claim(key, folder)) {
      folder.remove();
      const other = await jobUnderKey(work, once, () => Promise.resolve(null));
      if (other !== null) return other;
      throw new ConflictError(`The job under the idempotency key ${key} was removed just now.`, {
        hint: 'Run the same command again.',
      });
    }
    await launch(work, folder, id).catch((error: unknown) => {
      if (key !== null) jobs.release(key);
      throw error;
    });
    return { job: await startedJob(work, { folder, record }), started: true, cancelled: null };
  } catch (error) {
    folder.remove();
    throw error;
  } finally {
    starter?.release();
  }
}

/** The number of the last job that made a run: its folder may have been removed. */
async function highestNumber({ ledger }: Work): Promise<number> {
  const id = await ledger.read(lastJob);
  return id === null ? 0 : jobNumber(id);
}

function recordOf(work: Work, request: JobRequest, id: string): JobRecord {
  const { command, words, key, piped } = request;
  const once = onceOf(request, key ?? `job:${id}:${randomUUID()}`);
  const made = { createdAt: work.now.toISOString(), createdBy: work.actor };
  return { id, command, words, once, piped: piped !== null, ...made };
}

/**
 * The job that was made under a key; where it failed or was cancelled it is started again. Null where there
 * is none, and where one that failed or was cancelled had the key for another call: it gives it away.
 * @throws ConflictError when the key is in use for another call; PayrunError `unexpected` as `retryJob`; what
 * `again` throws
 */
export async function jobUnderKey(work: Work, once: Once, again: Again): Promise<StartedJob | null> {
  const record = JobsFolder.beside(work.ledger.path).underKey(once.key);
  if (record === null) return null;
  const placed = findJob(work.ledger, record.id);
  if (record.once.command !== once.command || record.once.typed !== once.typed) {
    await takeKey(work, once, placed);
    return null;
  }
  const job = await jobAt(work, placed);
  const piped = canBeRetried(job) ? await again(job) : 'refused';
  return piped === 'refused' ? { job, started: false, cancelled: null } : startAgain(work, placed, piped);
}

/**
 * Takes a key from the job of another call, as a call that failed without a job leaves it free. Of several
 * who take it at once one does, and nobody starts the job meanwhile. One that is started again later does
 * nothing if the key was used by then.
 * @throws ConflictError when the job lives or is done
 */
async function takeKey(work: Work, once: Once, placed: PlacedJob): Promise<void> {
  const { folder, record } = placed;
  const starter = ProcessLock.take(folder.file('starter'), LOCK_WAIT_MS);
  try {
    const job = await jobAt(work, placed, starter === null ? undefined : processLockOf);
    if (isAlive(job) || starter === null) throw keyInUse(once, record);
    const { typed, command } = record.once;
    if (!canBeRetried(job)) {
      refuseOtherCall(once, { typed, command, at: record.createdAt, by: record.createdBy });
    }
    const jobs = JobsFolder.beside(work.ledger.path);
    if (jobs.underKey(once.key)?.id === record.id) jobs.release(once.key);
  } finally {
    starter?.release();
  }
}

function keyInUse({ key, command }: Once, { id, once, createdAt, createdBy }: JobRecord): ConflictError {
  const { typed } = once;
  const call = once.command === command ? `${command} with other options` : once.command;
  return new ConflictError(
    `The idempotency key ${key} is in use for ${call}: ${id}, made by ${createdBy} at ${createdAt}, is not over; ` +
      'nothing was changed.',
    {
      hint: `Give each call a key of its own. Watch the job with \`payrun jobs watch ${id}\`.`,
      details: [
        {
          key,
          job: id,
          command: once.command,
          typed: JSON.parse(typed) as unknown,
          at: createdAt,
          by: createdBy,
        },
      ],
    },
  );
}

/**
 * Starts a job again that failed or was cancelled, with what was piped in then. It runs under the same key,
 * so what was done is not done twice. One that is done stays as it is.
 * @throws UsageError, NotFoundError as `findJob`; ConflictError when it runs, when the ledger is read-only,
 * or when what was piped in is gone; PayrunError `unexpected` when its process ends at once
 */
export async function retryJob(work: Work, text: string): Promise<StartedJob> {
  const again = await startAgain(work, findJob(work.ledger, text), null);
  const { id } = again.job;
  if (again.started || again.job.state === 'done') return again;
  throw new ConflictError(`${id} is running.`, { hint: `Watch it with \`payrun jobs watch ${id}\`.` });
}

/** Of several who start it at once one does; the others are answered what there is. */
async function startAgain(work: Work, placed: PlacedJob, piped: Piped | null): Promise<StartedJob> {
  const { folder, record } = placed;
  const starter = ProcessLock.take(folder.file('starter'), LOCK_WAIT_MS);
  if (starter === null) return { job: await jobAt(work, placed), started: false, cancelled: null };
  try {
    const job = await jobAt(work, placed, processLockOf);
    if (!canBeRetried(job)) return { job, started: false, cancelled: null };
    work.ledger.refuseReadOnly();
    if (piped !== null) await folder.spool(piped);
    else if (record.piped && !folder.has('input')) throw inputIsGone(record);
    const cancelled = job.state === 'cancelled' ? folder.json('cancel.json') : null;
    // The process of the last attempt first: its number may be another one's by now.
    folder.forget('worker.json', 'cancel.json', 'ended.json', 'answer.json', 'progress.json', 'file.json');
    await launch(work, folder, record.id);
    return { job: await startedJob(work, placed), started: true, cancelled };
  } finally {
    starter.release();
  }
}

function inputIsGone({ id }: JobRecord): ConflictError {
  return new ConflictError(`What was piped into ${id} was not kept when it was done; nothing was started.`, {
    hint: 'Run the command itself again, with the same rows.',
  });
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
