/** What every use case is handed: the ledger, the one instant that is now, and who asks. */
import type { Ledger, WriteOptions, Writer } from '../store/ledger.js';
import { appendAudit } from '../store/audit.js';
import { answerOf, keep, type FirstAnswer, type Once } from './once.js';

/** How far long work has come: "3 of 6: lines". */
export type Progress = (step: number, of: number, label: string) => void;

export interface Work {
  readonly ledger: Ledger;
  /** Read once per command. */
  readonly now: Date;
  /** Who says that he does it; the user of the operating system is recorded beside him. */
  readonly actor: string;
  readonly osUser: string;
  readonly progress: Progress;
  /** The idempotency key under which the work is done, if one was given. */
  readonly once?: Once;
  /** The background job that does it, such as `J-000001`. */
  readonly job?: string;
}

/** Who acts, and when. */
export type Actor = Pick<Work, 'now' | 'actor' | 'osUser'>;

/** One write command: its name and what it was asked for. */
export interface Request {
  readonly command: string;
  readonly request: unknown;
}

/** What the work of a write command comes to. */
export interface Done<T> {
  readonly result: T;
  /** Whether the ledger is another one now. */
  readonly changed: boolean;
  /** What the audit row says was asked for, where only the work finds out; else as it was asked. */
  readonly request?: unknown;
  /** What the audit row keeps the digest of; the result where it is not given. */
  readonly recorded?: unknown;
}

/**
 * Runs a write command in one transaction and leaves one row in the audit log, unless nothing was changed.
 * Under an idempotency key it is done once: later calls get the first answer.
 * @throws ConflictError when the key was used for another call; and whatever `use` throws
 */
export async function write<T>(
  work: Work,
  request: Request,
  use: (writer: Writer) => Promise<Done<T>>,
  options: WriteOptions = {},
): Promise<T> {
  const once = options.dryRun === true ? undefined : work.once;
  const holder = { command: request.command, actor: work.actor };
  return work.ledger.write(
    async (writer) => {
      // Between the look before the work and the lock another call with the key may have done it.
      const first = once === undefined ? undefined : await answerOf<T>(writer, once);
      if (first !== undefined) return first.answer;
      const { result, changed, request: found = request.request, recorded = result } = await use(writer);
      if (changed) await audit(writer, work, { ...request, request: found }, recorded);
      if (once !== undefined) await keep(writer, once, work, result);
      return result;
    },
    { ...options, holder },
  );
}

/**
 * What an earlier call with the idempotency key of this one answered: to be looked for before anything is
 * read, asked or refused. Undefined where there is no key or nobody used it.
 * @throws ConflictError when the key was used for another call
 */
export async function firstAnswer<T>(work: Work): Promise<FirstAnswer<T> | undefined> {
  const { once } = work;
  return once === undefined ? undefined : work.ledger.read((reader) => answerOf<T>(reader, once));
}

/** Appends the audit row of a write command, in its transaction. */
export async function audit(writer: Writer, work: Actor, request: Request, result: unknown): Promise<void> {
  const { actor, osUser, now } = work;
  await appendAudit(writer, { at: now.toISOString(), actor, osUser, ...request, result });
}
