/**
 * Putting one ledger file in the place of another. At every moment there is a whole ledger under the name,
 * and never a log beside it that belongs to another file: SQLite would write it into this one. Nor has one
 * file two names to be used by: each would have a log of its own.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConflictError, IntegrityError } from '../core/errors.js';
import type { AuditHead } from './backup.js';
import { withSoleUse } from './locked-connection.js';
import { withConnection, type Connection } from './sqlite.js';
import type { Waiting } from './waiting.js';

const HEAD_HASH = 'SELECT hash FROM audit ORDER BY number DESC LIMIT 1';

/** What SQLite keeps beside a file: the log, its index, and the journal of a file without a log. */
const BESIDE = ['-wal', '-shm', '-journal'];

/** A ledger that is to have the place of another one. */
export interface Replacement {
  /** Where the ledger lies, links followed. */
  readonly path: string;
  /** The new one, whole and with nothing beside it, in the same folder. */
  readonly draft: string;
  /** Where the old one goes to; a name that is free. */
  readonly keptAs: string;
}

/** A name that is free for the ledger that is replaced, with the time in it. */
export function nameToKeep(path: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '');
  const name = `${path}.before-restore-${stamp}Z`;
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name}-${number}`;
    if (['', ...BESIDE].every((suffix) => !existsSync(free + suffix))) return free;
  }
}

/**
 * Makes a single file whole on the disk that will be a ledger: with a log from the first command on, so that
 * readers never wait.
 */
export function finishDraft(draft: string): void {
  withConnection(draft, 'create', () => undefined);
  const file = openSync(draft, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Puts the draft in the place of a ledger that nobody has open, and keeps that one as a single file.
 * @param head what the audit log of the ledger ends with, as it was looked at
 * @throws BusyError when others have it open all the time; ConflictError when it was written to since the
 * look, or is read-only; IntegrityError when SQLite cannot use it
 */
export async function replaceLedger(
  { path, draft, keptAs }: Replacement,
  head: AuditHead | null,
  waiting: Waiting,
): Promise<void> {
  await withSoleUse(path, waiting, (connection) => {
    refuseChanged(connection, head);
    takeOver(path, draft);
    swap({ path, draft, keptAs }, (aside) => {
      keep(connection, path, aside);
      removeBeside(path);
    });
  });
  syncFolder(path);
}

function refuseChanged(connection: Connection, head: AuditHead | null): void {
  if (hasHead(connection, head)) return;
  throw new ConflictError('The ledger was written to while the backup was looked at; nothing was restored.', {
    hint: 'Run the command again to see what the backup lacks now.',
  });
}

function hasHead(connection: Connection, head: AuditHead | null): boolean {
  return connection.prepare(HEAD_HASH).pluck().get() === head?.hash;
}

/**
 * Puts a draft in the place of an older backup that nobody has open, so that no log of that one is left for
 * SQLite to write into this one.
 * @param place where the backup lies, links followed
 * @param head what its audit log ends with, as it was looked at
 * @param rename gives the draft the name
 * @throws BusyError when others have it open; ConflictError when it was written to since the look, or is
 * read-only
 */
export async function replaceBackup(
  place: string,
  head: AuditHead | null,
  rename: () => void,
): Promise<void> {
  await withSoleUse(place, { waitMs: 0 }, (connection) => {
    if (!hasHead(connection, head)) {
      throw new ConflictError(`${place} was written to meanwhile; no backup was written.`, {
        hint: 'A backup is no ledger to work with. Name another file.',
      });
    }
    removeBeside(place);
    rename();
  });
}

/**
 * What a ledger that was removed left of its log: SQLite would write it into whatever is put there.
 * @param path of the ledger, links followed
 * @returns the files in which something may be
 */
export function remainsOf(path: string): string[] {
  return ['-wal', '-journal']
    .map((suffix) => path + suffix)
    .filter((name) => (statSync(name, { throwIfNoEntry: false })?.size ?? 0) > 0);
}

/**
 * Gives the draft the name of the old file, which is put aside under a name that nobody takes for a ledger
 * until it is the only one that it has.
 * @param putAside gives the old file that name
 */
function swap({ path, draft, keptAs }: Replacement, putAside: (aside: string) => void): void {
  if (existsSync(keptAs)) throw isThere(keptAs);
  const aside = `${path}.replaced-${process.pid}`;
  removeAsides(path, aside);
  try {
    putAside(aside);
    renameSync(draft, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
  renameSync(aside, keptAs);
}

/** What a killed process left of its attempt: second names of the file that is in place still. */
function removeAsides(path: string, own: string): void {
  const { ino, dev } = statSync(path);
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.replaced-`)) continue;
    const aside = join(dirname(path), name);
    const found = statSync(aside, { throwIfNoEntry: false });
    if (aside === own || (found?.ino === ino && found.dev === dev)) rmSync(aside, { force: true });
  }
}

/** Whoever could use the old file can use the new one: a ledger may belong to a group. */
function takeOver(path: string, draft: string): void {
  const { mode, gid } = statSync(path);
  chmodSync(draft, mode & 0o777);
  if (statSync(draft).gid === gid) return;
  try {
    chownSync(draft, -1, gid);
  } catch {
    // Only its owner and root may, and only to their own groups.
  }
}

/** A second name for the old file; where there are none, a copy by the connection that holds the lock. */
function keep(connection: Connection, path: string, aside: string): void {
  try {
    linkSync(path, aside);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    closeSync(openSync(aside, 'wx', 0o600));
    connection.prepare('VACUUM INTO ?').run(aside);
  }
}

/**
 * Puts the draft in the place of a file that is no ledger any more, or never was. What lies beside it goes
 * with it.
 * @returns the files that were kept
 * @throws BusyError when others have it open all the time; ConflictError when it is read-only
 */
export async function replaceUnreadable(replacement: Replacement, waiting: Waiting): Promise<string[]> {
  const { path, keptAs } = replacement;
  const kept = [keptAs];
  try {
    await withSoleUse(path, waiting, (connection) => {
      swap(replacement, (aside) => {
        keep(connection, path, aside);
        removeBeside(path);
      });
    });
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    // SQLite does not know what it is, so nobody can be using it either.
    swap(replacement, (aside) => {
      keepBytes(path, aside);
      kept.push(...moveBeside(path, keptAs));
    });
  }
  syncFolder(path);
  return kept;
}

function keepBytes(path: string, aside: string): void {
  try {
    linkSync(path, aside);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    copyFileSync(path, aside, constants.COPYFILE_EXCL);
  }
}

/**
 * Gives the draft a name that nobody has. What is left there of a ledger that was removed is moved away.
 * @returns the files to which something was moved
 * @throws ConflictError when a file is there by now
 */
export function placeLedger({ path, draft, keptAs }: Replacement): string[] {
  const moved = moveBeside(path, keptAs);
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(path);
    if (!hasNoLinks(error)) throw error;
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
  rmSync(draft, { force: true });
  syncFolder(path);
  return moved;
}

const isThere = (path: string): ConflictError =>
  new ConflictError(`A file was put at ${path} meanwhile; nothing was restored.`, {
    hint: 'Look at what is there now, then run the command again.',
  });

/** Nobody can use these files now, and what is found beside the new ledger must be its own. */
function removeBeside(path: string): void {
  for (const suffix of BESIDE) rmSync(path + suffix, { force: true });
}

/** An index alone, and what is empty, says nothing about anything. */
function moveBeside(path: string, keptAs: string): string[] {
  if (remainsOf(path).length === 0) {
    removeBeside(path);
    return [];
  }
  const found = BESIDE.filter((suffix) => existsSync(path + suffix));
  for (const suffix of found) renameSync(path + suffix, keptAs + suffix);
  return found.map((suffix) => keptAs + suffix);
}

function hasNoLinks(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Makes names durable. Windows cannot open a folder, and some network shares cannot sync one. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(dirname(path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // The names will be on the disk with the next sync of the file system.
  }
}
