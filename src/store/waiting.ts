/** Waiting for a ledger that somebody else holds, and saying who it is when the wait is over. */
import { setTimeout as delay } from 'node:timers/promises';
import { BusyError, PayrunError } from '../core/errors.js';
import type { Holder } from './ledger.js';
import { explain, isBusy } from './sqlite-errors.js';
import { whoWrites, type LedgerWriter } from './writer-note.js';

/** Runs a wait that may be given up; the signal says so. Where none is given, nobody listens. */
export type Interruptible = <T>(wait: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** How long to wait for whoever holds a ledger, in milliseconds, and who will hold it then. */
export interface Waiting {
  readonly waitMs: number;
  readonly holder?: Holder | undefined;
  readonly interruptible?: Interruptible | undefined;
}

/** Is told whom one waits for, whenever that is somebody else than before. */
export type TellWait = (who: string) => void;

/** A shorter wait, for one of many small writes, is not worth a word; in milliseconds. */
const TELL_AFTER_MS = 250;

const uninterrupted: Interruptible = (wait) => wait(new AbortController().signal);

function inWords({ command, actor, since, pid }: LedgerWriter): string {
  const at = since.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  return `\`${command}\` by ${actor} has been writing to it since ${at} (process ${pid})`;
}

/** Says who holds the ledger, as far as he has left word. */
function heldError(path: string, waitMs: number, cause: unknown): BusyError {
  const writer = whoWrites(path);
  const who = writer === undefined ? 'another program has it open' : inWords(writer);
  return new BusyError(`The ledger ${path} is busy: ${who}.`, {
    hint: `Nothing was changed after waiting ${Math.round(waitMs / 1000)} s. Try again, or wait longer with --wait.`,
    details: writer === undefined ? [] : [writer],
    cause,
  });
}

/** The same in few words, for a line on a screen. */
function holderText(path: string): string {
  const writer = whoWrites(path);
  if (writer === undefined) return 'another program has it open';
  const { command, actor, since } = writer;
  return `\`${command}\` by ${actor} has been writing since ${since.slice(11, 19)} UTC`;
}

/** Retries what finds the ledger busy, with jitter, until the wait is over. */
export async function patiently<T>(
  action: () => T,
  waitMs: number,
  path: string,
  interruptible: Interruptible = uninterrupted,
  tell: TellWait = () => undefined,
): Promise<T> {
  const begun = Date.now();
  const deadline = begun + waitMs;
  let told = '';
  const tellHolder = (): void => {
    const who = Date.now() - begun < TELL_AFTER_MS ? told : holderText(path);
    if (who !== told) tell(who);
    told = who;
  };
  const attempt = (): { readonly done: T } | undefined => {
    try {
      return { done: action() };
    } catch (error) {
      const busy = isBusy(error) || (error instanceof PayrunError && isBusy(error.cause));
      if (!busy) throw explain(error, path);
      if (Date.now() < deadline) return undefined;
      throw heldError(path, waitMs, error);
    }
  };
  const first = attempt();
  if (first !== undefined) return first.done;
  return interruptible(async (signal) => {
    for (;;) {
      await delay(5 + Math.floor(Math.random() * 45), undefined, { signal });
      const next = attempt();
      if (next === undefined) {
        tellHolder();
        continue;
      }
      // A signal that came while the driver slept is heard only now; closing the connection rolls back.
      await delay(1, undefined, { signal });
      return next.done;
    }
  });
}
