/**
 * Looking at background jobs. Whether one lives is told by its lock, which the system releases when its
 * process dies; whether its work is done by the ledger, where the answer was committed with it. Exports were
 * not recorded there before version 4: what was exported then is told by the files.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { IntegrityError, NotFoundError } from '../core/errors.js';
import {
  CANCELLED_EXIT_CODE,
  isAlive,
  jobState,
  notedFiles,
  parseJobId,
  type Job,
  type JobFacts,
  type JobProgress,
  type JobRecord,
} from '../core/job.js';
import { holdsBytes } from '../host/input-file.js';
import { JobsFolder, type JobFolder } from '../host/job-folder.js';
import { findCall } from '../store/idempotency.js';
import type { Ledger, Reader } from '../store/ledger.js';
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
  /**
   * The document of its failure, or of the files of an export that the ledger does not know of, as it was
   * before version 4; null where there is none, or it was damaged. What any other job answered is in the
   * ledger.
   */
  readonly answer: Readonly<Record<string, unknown>> | null;
  /** The key under which its answer is kept. */
  readonly once: JobRecord['once'];
}

/** A job of whose folder a file was damaged. */
export interface UnreadableJob {
  readonly id: string;
  /** Nobody can say whether it was done. */
  readonly state: 'failed';
  /** What is wrong, as a sentence. */
  readonly problem: string;
}

/** How often who watches looks, in milliseconds. */
const LOOK_AGAIN_MS = 100;

/** Every job, the first one first. One that was damaged does not hide the others. */
export async function listJobs(work: Work): Promise<(Job | UnreadableJob)[]> {
  const jobs = JobsFolder.beside(work.ledger.path);
  const placed: (PlacedJob | UnreadableJob)[] = [];
  for (const id of jobs.ids()) {
    const one = await orUnreadable(id, () => {
      const folder = jobs.find(id);
      const record = folder?.json('job.json') ?? null;
      return folder === null || record === null ? null : { folder, record };
    });
    if (one !== null) placed.push(one);
  }
  const answered = await work.ledger.read(async (reader) => {
    const found = new Set<string>();
    for (const one of placed)
      if ('record' in one && (await isKept(reader, one.record))) found.add(one.record.id);
    return found;
  });
  const found: (Job | UnreadableJob)[] = [];
  for (const one of placed) {
    if (!('record' in one)) found.push(one);
    else {
      const { id } = one.record;
      found.push(await orUnreadable(id, () => jobAt(work, one, lockOf, answered.has(id))));
    }
  }
  return found;
}

/** What is found out about a job, or that a file of it was damaged. */
async function orUnreadable<T>(id: string, look: () => T | Promise<T>): Promise<T | UnreadableJob> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    // The sentence names the file; in a list of jobs it need not say where the folder lies.
    const problem = error.message.replace(/^.*[/\\](?=[a-z]+\.json )/, '');
    return { id, state: 'failed', problem };
  }
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

/** One job as it stands. Throws as `findJob`. */
export async function jobIn(work: Work, text: string): Promise<Job> {
  return jobAt(work, findJob(work.ledger, text));
}

/** One job as it stands, with log and answer. Throws as `findJob`. */
export async function showJob(work: Work, text: string): Promise<ShownJob> {
  const placed = findJob(work.ledger, text);
  const { folder, record } = placed;
  const job = await jobAt(work, placed);
  const answer = isAlive(job) ? null : answerOf(job, folder);
  const log = (folder.text('log') ?? '').split('\n').filter((line) => line !== '');
  return { job, log, answer, once: record.once };
}

/**
 * Whether a job is an export of the time when the ledger knew nothing of exports: such a one noted its files
 * just before they took their names, and its answer does not say as what it was recorded.
 */
function isOldExport({ command }: Pick<Job, 'command'>, folder: JobFolder): boolean {
  if (command !== 'export') return false;
  if (folder.has('file.json')) return true;
  const answer = keptIn(folder);
  return answer?.['files'] !== undefined && answer['export'] === undefined;
}

/** An old export that was killed after its files were there left what it had noted of them. */
function answerOf(job: Job, folder: JobFolder): ShownJob['answer'] {
  if (job.state === 'done' && !isOldExport(job, folder)) return null;
  const answer = keptIn(folder);
  if (job.state !== 'done' || answer?.['files'] !== undefined) return answer;
  const note = folder.json('file.json');
  const files = note === null ? [] : notedFiles(note);
  return { files: files.map(({ path, rows, sha256 }) => ({ path, rows, sha256 })) };
}

/** A damaged answer is as good as none: the state of the job does not hang on it. */
function keptIn(folder: JobFolder): ShownJob['answer'] {
  try {
    return folder.json('answer.json');
  } catch (error) {
    if (error instanceof IntegrityError) return null;
    throw error;
  }
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
 * @param answered whether the ledger was seen to hold its answer
 */
export async function jobAt(work: Work, placed: PlacedJob, look = lockOf, answered = false): Promise<Job> {
  const { folder, record } = placed;
  const { id, command, words, createdAt, createdBy } = record;
  const facts = await factsOf(work, placed, look, answered);
  const state = jobState(facts);
  const worker = folder.json('worker.json');
  const ended = facts.lock === 'free' ? folder.json('ended.json') : null;
  const takenBack = state === 'failed' && facts.exitCode === 0;
  const failed = takenBack ? null : facts.exitCode;
  const exitCodes = { done: 0, cancelled: CANCELLED_EXIT_CODE, failed };
  return {
    id,
    command,
    words,
    state,
    takenBack,
    createdAt,
    createdBy,
    startedAt: worker?.startedAt ?? null,
    endedAt: ended?.endedAt ?? null,
    exitCode: state === 'starting' || state === 'running' ? null : exitCodes[state],
    progress: state === 'done' ? null : folder.json('progress.json'),
  };
}

/** Looks again where the job was started again while its files were read. */
async function factsOf(
  work: Work,
  placed: PlacedJob,
  look: typeof lockOf,
  known: boolean,
): Promise<JobFacts> {
  const { folder, record } = placed;
  for (;;) {
    const lock = look(folder);
    const exitCode = folder.json('ended.json')?.exitCode ?? null;
    const cancelAsked = folder.has('cancel.json');
    if (lock !== 'free') return { lock, exitCode, cancelAsked, answered: false };
    const answered =
      known ||
      (isOldExport(record, folder)
        ? exitCode === 0 || (await isWritten(folder))
        : await work.ledger.read((reader) => isKept(reader, record)));
    if (look(folder) === 'free') return { lock, exitCode, cancelAsked, answered };
  }
}

/** Whether all the files that an old export was about to name are there: with just the bytes noted. */
async function isWritten(folder: JobFolder): Promise<boolean> {
  const note = folder.json('file.json');
  if (note === null) return false;
  for (const file of notedFiles(note)) if (!(await holdsBytes(file.path, file))) return false;
  return true;
}

/** Whether the ledger holds the answer: then the work was committed, whatever became of the process. */
async function isKept(reader: Reader, { once }: JobRecord): Promise<boolean> {
  const kept = await findCall(reader, once.key);
  return kept !== undefined && kept.command === once.command && kept.typed === once.typed;
}
