/** The process of a background job: holds the job's lock for as long as it lives, and does the work. */
import type { Writable } from 'node:stream';
import { ConflictError, UsageError } from '../core/errors.js';
import { CANCELLED_EXIT_CODE, type JobRecord } from '../core/job.js';
import { isDetached, sayReady } from '../host/detached-process.js';
import type { JobFolder } from '../host/job-folder.js';
import { ProcessLock } from '../store/process-lock.js';
import { findJob } from './jobs.js';
import type { Progress } from './work.js';

/** What the command line of a job is run with. */
export interface JobRun {
  readonly record: JobRecord;
  /** What was piped in; null where nothing was. */
  readonly input: NodeJS.ReadableStream | null;
  /** Where the answer goes. */
  readonly output: Writable;
  readonly progress: Progress;
}

const LOCK_WAIT_MS = 10_000;
/** Progress within a step is written so often, in milliseconds. */
const PROGRESS_MS = 200;

/**
 * Does the work of a job, and leaves how it ended.
 * @param perform runs the job's command line and answers its exit code
 * @returns that exit code
 * @throws UsageError when nobody started this process for it; NotFoundError when there is no such job;
 * ConflictError when another process works on it
 */
export async function performJob(
  ledgerPath: string,
  id: string,
  clock: { now(): Date },
  perform: (run: JobRun) => Promise<number>,
): Promise<number> {
  if (!isDetached()) {
    throw new UsageError('This is what the process of a job runs, and nobody started it as one.', {
      hint: 'Start a job with --background, or again with `payrun jobs retry`.',
    });
  }
  const { folder, record } = findJob({ path: ledgerPath }, id);
  const lock = ProcessLock.take(folder.file('lock'), LOCK_WAIT_MS);
  if (lock === null) throw new ConflictError(`Another process works on ${record.id}.`);
  try {
    folder.write('worker.json', { pid: process.pid, startedAt: clock.now().toISOString() });
    await sayReady();
    // Who cancelled it before there was a process to end is heard here.
    const exitCode = folder.has('cancel.json')
      ? CANCELLED_EXIT_CODE
      : await performIn(folder, record, perform);
    folder.write('ended.json', { exitCode, endedAt: clock.now().toISOString() });
    if (exitCode === 0) folder.forget('input');
    return exitCode;
  } finally {
    lock.release();
  }
}

async function performIn(
  folder: JobFolder,
  record: JobRecord,
  perform: (run: JobRun) => Promise<number>,
): Promise<number> {
  const answer = folder.openAnswer();
  const input = folder.has('input') ? folder.openInput() : null;
  const progress = progressInto(folder);
  const exitCode = await perform({ record, input, output: answer.output, progress });
  await answer.keep();
  return exitCode;
}

/** Writes each step at once, and what changes within one now and then. */
function progressInto(folder: JobFolder): Progress {
  let last = { step: 0, at: -Infinity };
  return (step, of, label) => {
    const at = performance.now();
    if (step === last.step && at - last.at < PROGRESS_MS) return;
    last = { step, at };
    try {
      folder.write('progress.json', { step, of, label });
    } catch {
      // A disk on which progress cannot be told may still have room for the work.
    }
  };
}
