/** The door of better-sqlite3: loading it, and opening connections with the pragmas that all of them have. */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';
import { PayrunError } from '../core/errors.js';
import { explain, isDriverError } from './sqlite-errors.js';

/** An open database, for the synchronous work of making and migrating a file. */
export type Connection = Database.Database;

/** A statement of a connection, prepared. */
export type Statement = Database.Statement;

/**
 * The driver sleeps while it waits, which blocks everything: so it waits briefly and the retry loop does
 * the rest.
 */
const DRIVER_WAIT_MS = 50;

/**
 * better-sqlite3 13 crashes on Node 20 and 12 aborts on newer ones, so npm installs the one that fits.
 * @throws PayrunError `unexpected` when neither loads.
 */
function loadDriver(): typeof Database {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const current = major > 22 || (major === 22 && minor >= 14);
  const require = createRequire(import.meta.url);
  try {
    return require(current ? 'better-sqlite3' : 'better-sqlite3-node20') as typeof Database;
  } catch (cause) {
    throw new PayrunError('unexpected', `SQLite could not be loaded for Node ${process.versions.node}.`, {
      hint: 'Run `npm ci` again in the folder of payrun with the Node that runs it.',
      cause,
    });
  }
}

/** How a connection is opened. `image` reads a file that cannot be written, without touching its folder. */
export type OpenMode = 'create' | 'write' | 'query' | 'image';

/**
 * To read a file in WAL mode SQLite makes two files beside it. In a folder that cannot be written that fails;
 * in another they stay behind, as read-only as the ledger, and keep whoever makes it writable again from
 * writing. So what cannot be written is read from memory, unless a log beside it holds more than the file.
 */
function openImage(Driver: typeof Database, path: string): Connection {
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (log !== undefined && log.size > 0) return new Driver(path, { readonly: true, timeout: DRIVER_WAIT_MS });
  const image = readFileSync(path);
  // These two bytes of the header say WAL, which there is none of in memory.
  image.fill(1, 18, Math.min(20, image.length));
  return new Driver(image, { readonly: true });
}

export function openConnection(path: string, mode: OpenMode): Connection {
  const Driver = loadDriver();
  let connection: Connection | undefined;
  try {
    connection =
      mode === 'image'
        ? openImage(Driver, path)
        : new Driver(path, { fileMustExist: mode !== 'create', timeout: DRIVER_WAIT_MS });
    connection.defaultSafeIntegers(true);
    connection.pragma('trusted_schema = OFF');
    connection.pragma('foreign_keys = ON');
    connection.pragma('recursive_triggers = ON');
    if (mode === 'create') connection.pragma('journal_mode = WAL');
    if (mode === 'query') connection.pragma('query_only = ON');
    else if (mode !== 'image') connection.pragma('synchronous = FULL');
    connection.pragma('cache_size = -65536');
    return connection;
  } catch (error) {
    // Whoever waits tries many times, and each would leave open files behind.
    connection?.close();
    throw explain(error, path);
  }
}

/**
 * Sees to it that readers never wait: a copy that somebody put in place may be a file without a log. That can
 * wait for the next writer, and what else is wrong the write itself will say.
 */
export function keepLog(connection: Connection): void {
  try {
    if (connection.pragma('journal_mode', { simple: true }) === 'delete') {
      connection.pragma('journal_mode = WAL');
    }
  } catch (error) {
    if (!isDriverError(error)) throw error;
  }
}

/** Runs synchronous work on a connection of its own: for making and copying a ledger file. */
export function withConnection<T>(path: string, mode: OpenMode, use: (connection: Connection) => T): T {
  const connection = openConnection(path, mode);
  try {
    return use(connection);
  } catch (error) {
    throw explain(error, path);
  } finally {
    connection.close();
  }
}

/**
 * Opens a file that is locked and never filled.
 * @param options `waitMs` is how long the driver sleeps for a lock; without `make` the file is only looked at
 * @throws PayrunError `unexpected` when it cannot be opened
 */
export function openForLocking(
  path: string,
  { waitMs, make }: { readonly waitMs: number; readonly make: boolean },
): Connection {
  const Driver = loadDriver();
  try {
    return new Driver(path, { readonly: !make, fileMustExist: !make, timeout: waitMs });
  } catch (cause) {
    throw new PayrunError('unexpected', `The lock ${path} cannot be opened.`, {
      hint: 'Check the permissions of its folder, and the disk.',
      cause,
    });
  }
}
