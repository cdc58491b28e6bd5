/** Background jobs: their ids, what is kept of them, and what state they are in. */
import { UsageError } from './errors.js';

export type JobState = 'starting' | 'running' | 'done' | 'failed' | 'cancelled';

/** How far a job has come: "3 of 6: lines"; of 0 steps while it waits for the ledger. */
export interface JobProgress {
  readonly step: number;
  readonly of: number;
  readonly label: string;
}

/** A file that a job puts in its place, as it was noted just before; `sha256` in hexadecimal digits. */
export interface JobFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
}

/** The files of a job; before an export could have several, the note was that of the one. */
export type JobFileNote = { readonly files: readonly JobFile[] } | JobFile;

export function notedFiles(note: JobFileNote): readonly JobFile[] {
  return 'files' in note ? note.files : [note];
}

/** What a job is asked to do. It is written once and never changed, so that a retry does the same. */
export interface JobRecord {
  readonly id: string;
  /** The words of the command, such as `import commissions`. */
  readonly command: string;
  /** What follows them on the command line; without the ledger, which may move. */
  readonly words: readonly string[];
  /** The key under which the work is done once, and what was asked for as it was typed. */
  readonly once: { readonly key: string; readonly command: string; readonly typed: string };
  /** Whether something was piped in, without which it cannot be done. */
  readonly piped: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** The process that works on a job. */
export interface JobWorker {
  readonly pid: number;
  readonly startedAt: string;
}

/** How a job ended, as its process left it. */
export interface JobEnd {
  readonly exitCode: number;
  readonly endedAt: string;
}

/** Who wanted a job to end, and when. */
export interface JobCancel {
  readonly at: string;
  readonly by: string;
}

/** A job as it stands. */
export interface Job extends Omit<JobRecord, 'once' | 'piped'> {
  readonly state: JobState;
  /** Whether it was done once, and the ledger has nothing of it any more. */
  readonly takenBack: boolean;
  /** Of the last attempt; null before the first. */
  readonly startedAt: string | null;
  /** Null while it runs, and where its process ended without a word. */
  readonly endedAt: string | null;
  /** Null until it ended, and where its process ended without a word. */
  readonly exitCode: number | null;
  readonly progress: JobProgress | null;
}

/** What a state is told by. */
export interface JobFacts {
  /** Whose locks are held: of who starts the process, of the process itself, or none. */
  readonly lock: 'starting' | 'running' | 'free';
  /** The exit code that the process left, if it left one. */
  readonly exitCode: number | null;
  /** Whether somebody asked to cancel it. */
  readonly cancelAsked: boolean;
  /** Whether the ledger holds the answer of its work; of an old export, whether its file was written. */
  readonly answered: boolean;
}

/** The exit code of what was interrupted, and so of a job that was cancelled. */
export const CANCELLED_EXIT_CODE = 130;

/**
 * The state that the facts add up to. A lock says that a process lives, because the system releases it; the
 * ledger says that the work is done, because the answer is committed with it. The exit code does not: the
 * ledger may have been taken back to an earlier state since.
 */
export function jobState({ lock, exitCode, cancelAsked, answered }: JobFacts): JobState {
  if (lock !== 'free') return lock;
  if (answered) return 'done';
  if (cancelAsked && (exitCode === null || exitCode === CANCELLED_EXIT_CODE)) return 'cancelled';
  return 'failed';
}

/** Whether a job makes payouts, so that starting it again is asked about where somebody can be asked. */
export function isPaying({ command }: Pick<JobRecord, 'command'>): boolean {
  return command === 'generate';
}

/** Whether nothing works on a job and its work is not done, so that it can be started again. */
export function canBeRetried({ state }: Pick<Job, 'state'>): boolean {
  return state === 'failed' || state === 'cancelled';
}

/**
 * Whether starting a job again needs a yes also where nobody can be asked. The consent to pay was given with
 * the job; who cancelled it took that back.
 */
export function needsConsentAgain(job: Pick<Job, 'command' | 'state'>): boolean {
  return isPaying(job) && job.state === 'cancelled';
}

/** "3 of 6: lines", and what it waits for where no step has begun. */
export function progressText({ step, of, label }: JobProgress): string {
  return of === 0 ? label : `${step} of ${of}: ${label}`;
}

/** Whether a process works on it, or is about to. */
export function isAlive({ state }: Pick<Job, 'state'>): boolean {
  return state === 'starting' || state === 'running';
}

/** The id by which people call a job: `J-000001`. */
export function jobId(number: number): string {
  return `J-${String(number).padStart(6, '0')}`;
}

/** The number in a job id as it is kept. */
export function jobNumber(id: string): number {
  return Number(id.slice('J-'.length));
}

/** The id as it is kept, written with or without letter and zeros. @throws UsageError when it is no job id */
export function parseJobId(text: string): string {
  const match = /^(?:j-?)?0*([1-9]\d{0,11})$/i.exec(text.trim());
  if (match?.[1] === undefined) {
    throw new UsageError(`"${text}" is not a job id.`, {
      hint: 'Job ids look like J-000001: see `payrun jobs list`.',
    });
  }
  return jobId(Number(match[1]));
}
