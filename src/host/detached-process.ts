/**
 * Processes that outlive the one that starts them: in a session of their own, so that neither Ctrl-C nor the
 * end of the terminal reaches them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PayrunError } from '../core/errors.js';
import { fileFailure } from './file-failure.js';

const PROGRAM = fileURLToPath(new URL('../../bin/payrun.js', import.meta.url));

const READY = 'ready';

/**
 * Starts this program again with another command line, and waits until it says that it is ready.
 *
 * @param logPath where its standard error is appended
 * @throws PayrunError `unexpected` with what it said when it ends before
 */
export async function startDetached(args: readonly string[], logPath: string): Promise<void> {
  let log: number;
  try {
    log = openSync(logPath, 'a', 0o600);
  } catch (error) {
    throw fileFailure(error, 'Cannot write', logPath);
  }
  const before = fstatSync(log).size;
  try {
    const child = spawn(process.execPath, [...process.execArgv, PROGRAM, ...args], {
      detached: true,
      stdio: ['ignore', 'ignore', log, 'ipc'],
    });
    const waiting = new AbortController();
    const { signal } = waiting;
    const [said] = await Promise.race([
      once(child, 'message', { signal }),
      // What it said before it ended is read by then.
      once(child, 'close', { signal }).then(([code, killer]) => [`it ended with ${String(code ?? killer)}`]),
    ]).finally(() => {
      waiting.abort();
    });
    if (said !== READY) {
      const words = readFileSync(logPath).subarray(before).toString('utf8').trim();
      throw new PayrunError('unexpected', `The background process did not begin: ${words || String(said)}`);
    }
    if (child.connected) child.disconnect();
    child.unref();
  } finally {
    closeSync(log);
  }
}

/** Whether this process was started by `startDetached`. */
export function isDetached(): boolean {
  return process.send !== undefined;
}

/** Tells who started this process that it is ready. Who is gone by now need not be told. */
export async function sayReady(): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve) => {
    process.send?.(READY, undefined, undefined, () => {
      resolve();
    });
  });
}

/**
 * Sends a signal to a process.
 * @returns false where there is none by this id
 * @throws PayrunError `unexpected` when it belongs to somebody else
 */
export function signalProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw new PayrunError('unexpected', `The process ${pid} cannot be stopped: it is not yours.`, {
      hint: 'Ask the user who runs it, or the administrator.',
      cause: error,
    });
  }
}
