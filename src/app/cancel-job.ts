/** Cancelling a background job. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConflictError, PayrunError } from '../core/errors.js';
import { isAlive, type Job } from '../core/job.js';
import { signalProcess } from '../host/detached-process.js';
import type { JobFolder } from '../host/job-folder.js';
import { findJob, jobAt, lockOf, processLockOf } from './jobs.js';
import type { Work } from './work.js';

const LOOK_AGAIN_MS = 20;
/** A process that does not end by itself in this time is killed: its work is whole or not there at all. */
const PATIENCE_MS = 1000;
const GIVE_UP_MS = 15_000;

/**
 * Ends the process of a job and waits until it is gone. Its work is one transaction, so it is there whole or
 * not at all. A job that was cancelled already stays so.
 * @returns the job, and whether it was this call that cancelled it
 * @throws UsageError, NotFoundError as `findJob`; ConflictError when it does not run, or was done before it
 * could be cancelled; PayrunError `unexpected` when its process belongs to somebody else
 */
export async function cancelJob(work: Work, text: string): Promise<{ job: Job; changed: boolean }> {
  const placed = findJob(work.ledger, text);
  const { folder } = placed;
  const before = await jobAt(work, placed);
  if (before.state === 'cancelled') return { job: before, changed: false };
  if (!isAlive(before)) throw over(before, 'already');
  folder.write('cancel.json', { at: work.now.toISOString(), by: work.actor });
  try {
    await endProcess(before.id, () => ({ isOver: lockOf(folder) === 'free', pid: holderOf(folder) }));
  } catch (error) {
    // It goes on, and whatever becomes of it then is not this cancelling.
    folder.forget('cancel.json');
    throw error;
  }
  const job = await jobAt(work, placed);
  if (job.state === 'cancelled') return { job, changed: true };
  folder.forget('cancel.json');
  throw over(job, 'before it could be cancelled');
}

function over({ id, state }: Job, when: string): ConflictError {
  const what = state === 'done' ? 'was done' : 'had failed';
  return new ConflictError(`${id} ${what} ${when}; nothing was cancelled.`, {
    hint: `See \`payrun jobs show ${id}\`.`,
  });
}

/**
 * The process that holds the lock of the job; null while there is none that could be named. The number was
 * written by a holder after it took the lock, and is removed before another process is started; so where the
 * lock is held before and after the look, it is his.
 */
function holderOf(folder: JobFolder): number | null {
  if (processLockOf(folder) !== 'running') return null;
  const pid = folder.json('worker.json')?.pid ?? null;
  return processLockOf(folder) === 'running' ? pid : null;
}

async function endProcess(
  id: string,
  look: () => { readonly isOver: boolean; readonly pid: number | null },
): Promise<void> {
  const begun = performance.now();
  let asked = false;
  for (;;) {
    const { isOver, pid } = look();
    if (isOver) return;
    const passedMs = performance.now() - begun;
    if (passedMs > GIVE_UP_MS) throw new PayrunError('unexpected', `The process of ${id} does not end.`);
    if (pid !== null && (!asked || passedMs > PATIENCE_MS)) {
      signalProcess(pid, asked ? 'SIGKILL' : 'SIGTERM');
      asked = true;
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
