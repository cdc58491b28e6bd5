/** What every use case is handed: the ledger, the one instant that is now, and who asks. */
import type { Ledger, Writer } from '../store/ledger.js';
import { appendAudit } from '../store/audit.js';

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
}

/** Who acts, and when. */
export type Actor = Pick<Work, 'now' | 'actor' | 'osUser'>;

/** One write command: its name and what it was asked for. */
export interface Request {
  readonly command: string;
  readonly request: unknown;
}

/**
 * Runs a write command in one transaction and leaves one row in the audit log, unless nothing was changed.
 * @param use answers the result, and whether it changed anything
 */
export async function write<T>(
  work: Work,
  request: Request,
  use: (writer: Writer) => Promise<{ readonly result: T; readonly changed: boolean }>,
): Promise<T> {
  return work.ledger.write(async (writer) => {
    const { result, changed } = await use(writer);
    if (changed) await audit(writer, work, request, result);
    return result;
  });
}

/** Appends the audit row of a write command, in its transaction. */
export async function audit(writer: Writer, work: Actor, request: Request, result: unknown): Promise<void> {
  const { actor, osUser, now } = work;
  await appendAudit(writer, { at: now.toISOString(), actor, osUser, ...request, result });
}
