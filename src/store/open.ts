/** Making, opening and migrating a ledger file. */
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
} from 'node:fs';
import { access, chmod, link, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BusyError, ConflictError, IntegrityError, NotFoundError, UsageError } from '../core/errors.js';
import type { CopyProgress, Ledger, Reader, WriteOptions, Writer } from './ledger.js';
import { withWriteLock } from './locked-connection.js';
import { migrations, type Migration } from './migrations/index.js';
import { withConnection, type Connection } from './sqlite.js';
import { SqliteFile } from './sqlite-file.js';
import type { Interruptible, TellWait } from './waiting.js';

/** "payr" in ASCII: marks an SQLite file as a ledger of payrun. */
const APPLICATION_ID = 0x70617972n;

export interface OpenOptions {
  /** How long to wait for a busy ledger, in milliseconds. */
  readonly waitMs: number;
  /** What waiting for a busy ledger goes through, so that a signal may end it. */
  readonly interruptible?: Interruptible;
  /** Is told whom it waits for, when that takes a moment. */
  readonly tellWait?: TellWait;
  /** Who opens it, for those who wait while an older ledger is brought forward. */
  readonly actor?: string;
  /** False where an older ledger needs no copy beside it before it is brought forward, being one itself. */
  readonly copiesOlder?: boolean;
  /** For tests of migrations; otherwise those of this version. */
  readonly migrations?: readonly Migration[];
}

class SqliteLedger implements Ledger {
  readonly #file: SqliteFile;

  constructor(
    readonly path: string,
    readonly notices: readonly string[],
    private readonly writable: boolean,
    private readonly opened: Pick<Stats, 'ino' | 'dev'>,
    file: SqliteFile,
  ) {
    this.#file = file;
  }

  read<T>(use: (reader: Reader) => Promise<T>): Promise<T> {
    return this.#file.read(use);
  }

  async write<T>(use: (writer: Writer) => Promise<T>, options?: WriteOptions): Promise<T> {
    this.refuseReadOnly();
    return this.#file.write(async (writer) => {
      await this.#refuseIfReplaced();
      const result = await use(writer);
      await this.#refuseIfMoved();
      return result;
    }, options);
  }

  async #found(): Promise<'the same' | 'another' | 'nothing'> {
    const now = await stat(this.path).catch(() => undefined);
    if (now === undefined) return 'nothing';
    return isSameFile(now, this.opened) ? 'the same' : 'another';
  }

  /** Before the work nothing is lost by beginning anew, and what was read so far is of another ledger. */
  async #refuseIfReplaced(): Promise<void> {
    if ((await this.#found()) !== 'another') return;
    throw new BusyError(`The ledger ${this.path} was replaced before the work began; nothing was written.`, {
      hint: 'Run the command again: it will look at the ledger that is there now.',
    });
  }

  refuseReadOnly(): void {
    if (!this.writable) throw readOnly(this.path);
  }

  /** What is written to a file that lost its name would be gone with it: nothing is committed there. */
  async #refuseIfMoved(): Promise<void> {
    if ((await this.#found()) === 'the same') return;
    throw new ConflictError(
      `The ledger ${this.path} was removed or replaced meanwhile; nothing was written.`,
      {
        hint: 'Look at what is there now, then run the command again.',
      },
    );
  }

  copyInto(target: string, onProgress: CopyProgress): Promise<void> {
    return this.#file.copyInto(target, onProgress);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const isSameFile = (one: Pick<Stats, 'ino' | 'dev'>, other: Pick<Stats, 'ino' | 'dev'>): boolean =>
  one.ino === other.ino && one.dev === other.dev;

function nameTooLong(path: string): UsageError {
  return new UsageError(`The path of the ledger is too long: ${path.slice(0, 60)}...`, {
    hint: 'Name another place with --ledger PATH.',
  });
}

function readOnly(path: string): ConflictError {
  return new ConflictError(`The ledger ${path} is read-only.`, {
    hint: 'Make the file and its folder writable for you, or work on a copy.',
  });
}

function newer(path: string, version: bigint, known: readonly Migration[]): ConflictError {
  return new ConflictError(
    `The ledger ${path} was made by a newer payrun (layout ${version}; this one knows ${latestOf(known)}).`,
    { hint: 'Update payrun, then run the command again. Nothing was changed.' },
  );
}

function olderAndReadOnly(path: string, version: bigint, known: readonly Migration[]): ConflictError {
  const layouts = `layout ${version}; this payrun reads ${latestOf(known)}`;
  return new ConflictError(`The ledger ${path} has an older layout (${layouts}) and is read-only.`, {
    hint:
      'A command that may write brings it forward: make the file and its folder writable for you ' +
      'and run any command once, or work on a copy.',
  });
}

/** A file without any write bit is meant to stay as it is, also for those who could write it all the same. */
async function isWritable(path: string, mode: number): Promise<boolean> {
  if ((mode & 0o222) === 0) return false;
  try {
    await access(path, constants.W_OK);
    await access(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const latestOf = (list: readonly Migration[]): bigint => BigInt(list.at(-1)?.version ?? 0);

/** A ledger file as it is, whatever its layout. */
export interface LedgerFile {
  /** Absolute. */
  readonly path: string;
  readonly file: SqliteFile;
  /** The number of the last migration that it has seen. */
  readonly version: bigint;
  /** Against what this payrun knows. */
  readonly layout: 'older' | 'current' | 'newer';
  readonly writable: boolean;
  readonly found: Stats;
}

/**
 * Looks at a ledger that is there and changes nothing.
 * @throws NotFoundError when there is no file; IntegrityError when it is no ledger; BusyError when it stays
 * locked
 */
export async function findLedger(path: string, options: OpenOptions): Promise<LedgerFile> {
  const full = resolve(path);
  for (;;) {
    const ledger = await lookAt(full, options);
    // Whoever waited may have waited for a restore: then another file has the name, and it counts.
    const now = await stat(full).catch(() => undefined);
    if (now === undefined || isSameFile(now, ledger.found)) return ledger;
  }
}

async function lookAt(full: string, options: OpenOptions): Promise<LedgerFile> {
  const found = await stat(full).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw code === 'ENAMETOOLONG' ? nameTooLong(full) : error;
  });
  if (found === undefined) {
    throw new NotFoundError(`There is no ledger at ${full}.`, {
      hint: 'Make one with `payrun init`, or name another file with --ledger PATH or $PAYRUN_LEDGER.',
    });
  }
  if (!found.isFile()) {
    throw new IntegrityError(`${full} is ${found.isDirectory() ? 'a folder' : 'no file'}, not a ledger.`, {
      hint: 'Name the ledger file itself with --ledger PATH.',
    });
  }
  const writable = await isWritable(full, found.mode);
  const { waitMs, interruptible, tellWait, migrations: known = migrations } = options;
  const readMode = writable ? 'query' : 'image';
  const file = new SqliteFile(full, { waitMs, readMode, interruptible, tellWait });
  const version = await versionOf(file, full);
  const layout = version === latestOf(known) ? 'current' : version < latestOf(known) ? 'older' : 'newer';
  return { path: full, file, version, layout, writable, found };
}

/** @throws ConflictError when a newer version of payrun made the ledger */
export function refuseNewer({ path, version, layout }: LedgerFile, known = migrations): void {
  if (layout === 'newer') throw newer(path, version, known);
}

/**
 * Opens a ledger that is there; one of an older layout is copied beside itself and then migrated.
 * @throws what `findLedger` throws; ConflictError when a newer version of payrun made it, or when it is older
 * and read-only
 */
export async function openLedger(path: string, options: OpenOptions): Promise<Ledger> {
  const ledger = await findLedger(path, options);
  const { path: full, file, version, layout, writable, found } = ledger;
  const { migrations: known = migrations } = options;
  refuseNewer(ledger, known);
  if (layout === 'older' && !writable) throw olderAndReadOnly(full, version, known);
  const notices = layout === 'current' ? [] : await migrate(full, known, options);
  return new SqliteLedger(full, notices, writable, found, file);
}

async function versionOf(file: SqliteFile, path: string): Promise<bigint> {
  return file.read(async (reader) => {
    const id = await reader.get<{ application_id: bigint }>('PRAGMA application_id');
    if (id?.application_id !== APPLICATION_ID) {
      throw new IntegrityError(`${path} is not a payrun ledger.`, {
        hint: 'Name the right file with --ledger PATH.',
      });
    }
    return (await reader.get<{ user_version: bigint }>('PRAGMA user_version'))?.user_version ?? 0n;
  });
}

/**
 * Copies the ledger beside itself and brings it to the newest layout in one transaction. When that fails
 * there is no copy: it would only look like one that is needed.
 * @returns what to tell the user; nothing where another process brought it forward meanwhile
 */
async function migrate(path: string, known: readonly Migration[], options: OpenOptions): Promise<string[]> {
  const { waitMs, actor, copiesOlder = true } = options;
  const holder = actor === undefined ? undefined : { command: 'migration', actor };
  let copy: string | undefined;
  try {
    return await withWriteLock(path, { waitMs, holder }, (connection) => {
      // Another process may have migrated between the look and the lock.
      const version = connection.pragma('user_version', { simple: true }) as bigint;
      if (version > latestOf(known)) throw newer(path, version, known);
      if (version === latestOf(known)) return [];
      if (copiesOlder) copy = copyBeside(path, version);
      apply(connection, version, known);
      if (copy === undefined) return [];
      const layouts = `from layout ${version} to ${latestOf(known)}`;
      return [`The ledger was brought ${layouts}; a copy of the old one is ${copy}.`];
    });
  } catch (error) {
    if (copy !== undefined) await rm(copy, { force: true });
    throw error;
  }
}

/**
 * Copies a ledger on which this process holds the lock, by a connection that does not see what it writes. The
 * copy takes its name when all of it is on the disk.
 */
function copyBeside(path: string, version: bigint): string {
  const copy = `${path}.v${version}-${Date.now()}`;
  const draft = `${copy}.new-${process.pid}`;
  try {
    // The copy holds what the ledger holds, so it is made with the same mode: an empty file is filled.
    const file = openSync(draft, 'wx', 0o600);
    try {
      withConnection(path, 'write', (connection) => connection.prepare('VACUUM INTO ?').run(draft));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, copy);
    return copy;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function apply(connection: Connection, from: bigint, known: readonly Migration[]): void {
  for (const migration of known.filter((one) => BigInt(one.version) > from)) {
    for (const statement of migration.statements) connection.exec(statement);
    connection.pragma(`user_version = ${migration.version}`);
  }
}

const exists = (path: string): ConflictError =>
  new ConflictError(`There is a file at ${path} already.`, {
    hint: 'Use it as it is, or name another place with --ledger PATH.',
  });

/**
 * Refuses a place where a ledger cannot be made, before anything is asked. What is left there of the log of a
 * ledger that was removed counts too: SQLite would take it for the new one's and write it into it.
 * @throws ConflictError
 */
export async function refuseExisting(path: string): Promise<void> {
  const full = resolve(path);
  const isThere = async (name: string): Promise<boolean> =>
    (await stat(name).catch(() => undefined)) !== undefined;
  if (await isThere(full)) throw exists(full);
  for (const remains of [`${full}-wal`, `${full}-journal`]) {
    if (!(await isThere(remains))) continue;
    throw new ConflictError(`The ledger of ${remains} was removed and this part of it was left.`, {
      hint: 'It may hold the last of what was written. Put the ledger back beside it, or move it away.',
    });
  }
}

/**
 * Makes a new ledger: built under another name and linked into place, so that a crash leaves nothing half
 * made. The file has mode 0600.
 * @param fill writes what a new ledger starts with, in a transaction of its own before the file appears.
 * @throws ConflictError when a file is there already; UsageError when the path cannot hold a file.
 */
export async function createLedger(
  path: string,
  options: OpenOptions,
  fill: (writer: Writer) => Promise<void>,
): Promise<string> {
  const full = resolve(path);
  await mkdir(dirname(full), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new UsageError(`The folder ${dirname(full)} cannot be made.`, {
      hint: 'Name another place with --ledger PATH.',
      cause: error,
    });
  });
  await refuseExisting(full);
  const draft = `${full}.new-${process.pid}`;
  // The longest name that is going to be used tells whether the path is too long.
  for (const suffix of ['-journal', '']) {
    await rm(draft + suffix, { force: true }).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ENAMETOOLONG' ? nameTooLong(full) : error;
    });
  }
  try {
    await (await open(draft, 'wx', 0o600)).close();
    withConnection(draft, 'create', (connection) => {
      connection.pragma(`application_id = ${APPLICATION_ID}`);
      connection.exec('BEGIN IMMEDIATE');
      apply(connection, 0n, options.migrations ?? migrations);
      connection.exec('COMMIT');
    });
    const file = new SqliteFile(draft, { waitMs: options.waitMs, readMode: 'query' });
    try {
      await file.write(fill);
    } finally {
      await file.close();
    }
    await link(draft, full).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(full);
      // A file system without hard links: the exclusive copy refuses an existing file as well.
      copyFileSync(draft, full, constants.COPYFILE_EXCL);
    });
    await chmod(full, 0o600);
  } finally {
    for (const suffix of ['', '-wal', '-shm']) await rm(draft + suffix, { force: true });
  }
  return full;
}
