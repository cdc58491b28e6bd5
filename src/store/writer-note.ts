/**
 * Who writes to a ledger: a small file beside it, made and removed by whoever holds its write lock, so that
 * those who wait in vain can be told. Nothing else depends on it, so whatever goes wrong with it is nothing.
 */
import { readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Holder } from './ledger.js';

/** What the name of a ledger is followed by. */
export const WRITER_NOTE = '-writer';

/** No command and no name is longer; what is, was not written by payrun. */
const LONGEST_TEXT = 200;

/** A process that writes to a ledger. */
export interface LedgerWriter extends Holder {
  /** Since when it has held the lock, as an instant in UTC. */
  readonly since: string;
  readonly pid: number;
}

/** As it stands in the file: with what tells the process from a later one that was given its number. */
interface Note extends LedgerWriter {
  readonly processStart: string | null;
}

/** A ledger may be known by several names; there is one note. */
const noteOf = (path: string): string => realpathSync(path) + WRITER_NOTE;

/** To be called with the lock just taken. Without a holder nobody is named. */
export function leaveWriterNote(path: string, holder: Holder | undefined): void {
  try {
    const note = noteOf(path);
    // What a killed process left must not be taken for this one's.
    rmSync(note, { force: true });
    if (holder === undefined) return;
    const { command, actor } = holder;
    const { pid } = process;
    const since = new Date().toISOString();
    const writer: Note = { command, actor, since, pid, processStart: startOf(pid) };
    // Whoever may read the ledger may know; `wx` never writes through a link that somebody put there.
    writeFileSync(note, JSON.stringify(writer), { flag: 'wx', mode: statSync(path).mode & 0o666 });
  } catch {
    // Then those who wait are told that another program has it.
  }
}

/** To be called with the lock still held: afterwards the note is somebody else's. */
export function removeWriterNote(path: string, holder: Holder | undefined): void {
  if (holder === undefined) return;
  try {
    rmSync(noteOf(path), { force: true });
  } catch {
    // The next writer does it.
  }
}

/** Who writes to the ledger, if he left word and his process lives. */
export function whoWrites(path: string): LedgerWriter | undefined {
  try {
    const said = JSON.parse(readFileSync(noteOf(path), 'utf8')) as Partial<Note>;
    const { command, actor, since, pid, processStart } = said;
    const texts = [command, actor, since].every(
      (text) => typeof text === 'string' && text.length <= LONGEST_TEXT,
    );
    if (!texts || typeof pid !== 'number' || !isAlive(pid)) return undefined;
    if (typeof processStart === 'string' && startOf(pid) !== processStart) return undefined;
    return { command, actor, since, pid } as LedgerWriter;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks whether there is such a process and does nothing to it.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What follows the name of a program, which may hold anything: the 20th is when it started, in ticks. */
const START_FIELD = 19;

/** When a process started, since the system did; null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const told = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return told.slice(told.lastIndexOf(')') + 2).split(' ')[START_FIELD] ?? null;
  } catch {
    return null;
  }
}
