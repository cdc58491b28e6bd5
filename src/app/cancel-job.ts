/** Cancelling a background job. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConflictError, PayrunError } from '../core/errors.js';
import { isAlive, type Job } from '../core/job.js';
import { signalProcess } from '../host/detached-process.js';
import { findJob, jobAt, lockOf } from './jobs.js';
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
  await endProcess(before.id, () => {
    const lock = lockOf(folder);
    return { isOver: lock === 'free', pid: folder.json('worker.json')?.pid ?? null };
  });
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

/** Only who holds the lock is signalled: the number was written by its holder, after it took the lock. */
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
