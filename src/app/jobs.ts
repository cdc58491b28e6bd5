/**
 * Looking at background jobs. Whether one lives is told by its lock, which the system releases when its
 * process dies; whether its work is done by the ledger, where the answer was committed with it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NotFoundError } from '../core/errors.js';
import {
  CANCELLED_EXIT_CODE,
  isAlive,
  jobState,
  parseJobId,
  type Job,
  type JobFacts,
  type JobProgress,
  type JobRecord,
} from '../core/job.js';
import { JobsFolder, type JobFolder } from '../host/job-folder.js';
import { findAnswer } from '../store/idempotency.js';
import type { Ledger } from '../store/ledger.js';
import { isLocked } from '../store/process-lock.js';
import type { Work } from './work.js';

/** A job and where it lies. */
export interface PlacedJob {
  readonly folder: JobFolder;
  readonly record: JobRecord;
}

/** A job with all that it left. */
export interface ShownJob {
  readonly job: Job;
  /** What its process said besides the answer, of all attempts. */
  readonly log: readonly string[];
  /** The document of its answer or failure; null while there is none, and where it could not be kept. */
  readonly answer: Readonly<Record<string, unknown>> | null;
  /** The key under which its answer is kept. */
  readonly once: JobRecord['once'];
}

/** How often who watches looks, in milliseconds. */
const LOOK_AGAIN_MS = 100;

/** Every job, the first one first. @throws IntegrityError when a file of one was edited */
export async function listJobs(work: Work): Promise<Job[]> {
  const jobs = JobsFolder.beside(work.ledger.path);
  const found: Job[] = [];
  for (const id of jobs.ids()) {
    const folder = jobs.find(id);
    const record = folder?.json('job.json') ?? null;
    if (folder !== null && record !== null) found.push(await jobAt(work, { folder, record }));
  }
  return found;
}

/** The job of an id. @throws UsageError when it is no job id; NotFoundError when there is none */
export function findJob(ledger: Pick<Ledger, 'path'>, text: string): PlacedJob {
  const id = parseJobId(text);
  const folder = JobsFolder.beside(ledger.path).find(id);
  const record = folder?.json('job.json') ?? null;
  if (folder === null || record === null) {
    throw new NotFoundError(`There is no job ${id}.`, { hint: 'See `payrun jobs list`.' });
  }
  return { folder, record };
}

/** One job as it stands, with log and answer. Throws as `findJob`. */
export async function showJob(work: Work, text: string): Promise<ShownJob> {
  const placed = findJob(work.ledger, text);
  const { folder, record } = placed;
  const job = await jobAt(work, placed);
  const answer = isAlive(job) ? null : folder.json('answer.json');
  const log = (folder.text('log') ?? '').split('\n').filter((line) => line !== '');
  return { job, log, answer, once: record.once };
}

/**
 * Waits until nothing works on a job any more. Throws as `findJob`.
 * @param tell is handed how far it has come, whenever it has come further
 * @param signal ends the waiting, which then rejects with its reason
 */
export async function awaitJob(
  work: Work,
  text: string,
  tell: (progress: JobProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const placed = findJob(work.ledger, text);
  let told = '';
  for (;;) {
    signal.throwIfAborted();
    const lock = lockOf(placed.folder);
    if (lock === 'free') return;
    const progress = placed.folder.json('progress.json');
    const isNews = progress !== null && JSON.stringify(progress) !== told;
    if (isNews) tell(progress);
    told = JSON.stringify(progress);
    await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {
      signal.throwIfAborted();
    });
  }
}

/**
 * Whether somebody works on it. Who starts a process lets go of his lock only when the process holds its own,
 * so his is looked at first.
 */
export function lockOf(folder: JobFolder): JobFacts['lock'] {
  const isStarting = isLocked(folder.file('starter'));
  const lock = processLockOf(folder);
  return lock === 'free' && isStarting ? 'starting' : lock;
}

/** Whether its process lives, for who starts it. */
export function processLockOf(folder: JobFolder): JobFacts['lock'] {
  return isLocked(folder.file('lock')) ? 'running' : 'free';
}

/**
 * The job as it stands.
 * @param look tells who works on it; for who starts its process, and is not to take himself for another one
 */
export async function jobAt(work: Work, placed: PlacedJob, look = lockOf): Promise<Job> {
  const { folder, record } = placed;
  const { id, command, words, createdAt, createdBy } = record;
  const facts = await factsOf(work, placed, look);
  const state = jobState(facts);
  const worker = folder.json('worker.json');
  const ended = facts.lock === 'free' ? folder.json('ended.json') : null;
  const exitCodes = { done: 0, cancelled: CANCELLED_EXIT_CODE, failed: facts.exitCode };
  return {
    id,
    command,
    words,
    state,
    createdAt,
    createdBy,
    startedAt: worker?.startedAt ?? null,
    endedAt: ended?.endedAt ?? null,
    exitCode: state === 'starting' || state === 'running' ? null : exitCodes[state],
    progress: state === 'done' ? null : folder.json('progress.json'),
  };
}

/** Looks again where the job was started again while its files were read. */
async function factsOf(work: Work, { folder, record }: PlacedJob, look: typeof lockOf): Promise<JobFacts> {
  for (;;) {
    const lock = look(folder);
    const exitCode = folder.json('ended.json')?.exitCode ?? null;
    const cancelAsked = folder.has('cancel.json');
    if (lock !== 'free' || exitCode === 0) return { lock, exitCode, cancelAsked, answered: false };
    const answered = await isAnswered(work, record);
    if (look(folder) === 'free') return { lock, exitCode, cancelAsked, answered };
  }
}

/** Whether the ledger holds the answer: then the work was committed, whatever became of the process. */
async function isAnswered({ ledger }: Work, { once }: JobRecord): Promise<boolean> {
  const kept = await ledger.read((reader) => findAnswer(reader, once.key));
  return kept !== undefined && kept.command === once.command && kept.typed === once.typed;
}
