/**
 * Ctrl-C, and the signals by which the system asks a program to end. Without a listener they end the process
 * at once, which is right while a statement runs: a listener would have to wait for it, and what was not
 * committed is gone either way. So one listens only where the program waits for something, and can tidy up.
 * Whatever the signal, such an end is `interrupted` with its one exit code, 130; where the system ended the
 * process, a shell shows 128 and the number of the signal, which for Ctrl-C is the same.
 */
import { InterruptedError } from '../core/errors.js';

/** `kill`, and the terminal that is closed. */
export const TERMINATIONS = ['SIGTERM', 'SIGHUP'] as const;

type Signals = readonly ('SIGINT' | (typeof TERMINATIONS)[number])[];

/** Ctrl-C as well. */
const ALL: Signals = ['SIGINT', ...TERMINATIONS];

/** Whoever has not tidied up by then is ended by the signal itself, so that all is over within a second. */
const GRACE_MS = 700;

/**
 * Listens from its making to `end`. The first signal aborts `signal`; a second one ends the process at once.
 */
export class Interruption {
  readonly #abort = new AbortController();
  readonly #listener = (signal: NodeJS.Signals): void => {
    // Not at once: the library of the prompts ends the process when it finds that it alone is listening.
    setImmediate(() => {
      this.end();
    });
    setTimeout(() => process.kill(process.pid, signal), GRACE_MS).unref();
    this.#abort.abort(this.error);
  };

  /** @param error what the work ends with; it says whether something was changed */
  constructor(
    private readonly error: InterruptedError = new InterruptedError(),
    private readonly names: Signals = ALL,
  ) {
    for (const name of names) process.on(name, this.#listener);
  }

  /** Aborted by the first signal, the reason being the InterruptedError. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Leaves the signals to the system again. */
  end(): void {
    for (const name of this.names) process.removeListener(name, this.#listener);
  }
}

/**
 * Runs work that a signal may end: it has to look at the `signal` that it is handed wherever it waits, and
 * must not run long statements. A write transaction in it has to be short, and looks at the `signal` before
 * it does anything that the ledger cannot roll back. Work that is done all the same is done.
 * @throws InterruptedError when a signal came and the work gave up; and whatever the work throws
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  error?: InterruptedError,
): Promise<T> {
  const interruption = new Interruption(error);
  try {
    return await work(interruption.signal);
  } catch (failure) {
    throw interruption.signal.aborted ? interruption.signal.reason : failure;
  } finally {
    interruption.end();
  }
}
