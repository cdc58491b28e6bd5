/** Opening the ledger for a command. */
import { InterruptedError } from '../core/errors.js';
import { interruptible } from '../host/interruption.js';
import type { Ledger } from '../store/ledger.js';
import { findLedger, openLedger as open } from '../store/open.js';
import type { Progress } from './work.js';

/**
 * Opens the ledger that is there.
 * @param waitSeconds how long to wait while another process writes
 * @param as who is named to others while an older ledger is brought forward, and what is told whom it waits
 * for
 * @throws NotFoundError, IntegrityError, ConflictError or BusyError, as the store says;
 * InterruptedError, also from what is done with the ledger, when a signal ended the wait for another process
 */
export async function openLedger(
  path: string,
  waitSeconds: number,
  as: { readonly actor?: string; readonly progress?: Progress } = {},
): Promise<Ledger> {
  const { actor, progress } = as;
  return open(path, {
    waitMs: waitSeconds * 1000,
    ...(actor === undefined ? {} : { actor }),
    // No step has begun, so there are none.
    tellWait: (who) => progress?.(0, 0, `waiting for the ledger: ${who}`),
    interruptible: (wait) => interruptible(wait, gaveUpWaiting()),
  });
}

/**
 * Opens the ledger for looking alone: it waits for nobody and leaves a ledger of another version as it is.
 * @returns null for one of another version
 * @throws what `openLedger` throws
 */
export async function openLedgerAsItIs(path: string): Promise<Ledger | null> {
  const { layout } = await findLedger(path, { waitMs: 0 });
  return layout === 'current' ? open(path, { waitMs: 0 }) : null;
}

const gaveUpWaiting = (): InterruptedError =>
  new InterruptedError('Interrupted while waiting for the ledger, which another process was writing to.', {
    hint: 'What was waiting was not begun: running the same command again is safe.',
  });
