/**
 * The one driver of the SQL port: SQLite through better-sqlite3. Pragmas, busy waits and driver errors live
 * here.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { BusyError, ConflictError, IntegrityError, PayrunError } from '../core/errors.js';
import { fullFolder } from './full-disk.js';
import type {
  CopyProgress,
  Holder,
  Paging,
  Reader,
  SqlParameters,
  SqlValue,
  WriteOptions,
  Writer,
} from './ledger.js';
import { leaveWriterNote, removeWriterNote, whoWrites, type LedgerWriter } from './writer-note.js';

/** An open database, for the synchronous work of making and migrating a file. */
export type Connection = Database.Database;

/**
 * The driver sleeps while it waits, which blocks everything: so it waits briefly and the retry loop does
 * the rest.
 */
const DRIVER_WAIT_MS = 50;
const PAGE_ROWS = 1000n;
/** So many pages of a ledger are copied at a stroke (4 MB); between strokes a signal is heard. */
const COPY_PAGES = 1000;

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

function openConnection(path: string, mode: OpenMode): Connection {
  const Driver = loadDriver();
  try {
    const connection =
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
    throw explain(error, path);
  }
}

interface DriverError extends Error {
  readonly code: string;
}

/** By its shape: the native driver keeps the first Error class that it was given, whoever loads it later. */
function isDriverError(error: unknown): error is DriverError {
  const { code, message } = (error ?? {}) as Partial<DriverError>;
  return typeof code === 'string' && typeof message === 'string';
}

/** Whether somebody else holds a lock that a statement needed. */
export function isBusy(error: unknown): boolean {
  return isDriverError(error) && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

/** Turns what SQLite says into what the user can do. Errors that are not SQLite's come back as they are. */
function explain(error: unknown, path: string): unknown {
  if (!isDriverError(error)) return error;
  const context = { cause: error };
  if (/^SQLITE_(NOTADB|CORRUPT|FORMAT)/.test(error.code)) {
    return new IntegrityError(`${path} is not a payrun ledger, or it is damaged: ${error.message}.`, {
      ...context,
      hint: 'Name the right file with --ledger, or restore a backup.',
    });
  }
  if (error.code.startsWith('SQLITE_READONLY')) {
    return new ConflictError(`The ledger ${path} is read-only.`, {
      ...context,
      hint: 'Make the file and its folder writable for you, or work on a copy.',
    });
  }
  if (/^(SQLITE_CANTOPEN|EACCES|EPERM)/.test(error.code)) {
    return new PayrunError('unexpected', `The ledger ${path} cannot be opened.`, {
      ...context,
      hint: 'Check the permissions of the file and of its folder.',
    });
  }
  if (/^(SQLITE_(FULL|IOERR)|ENOSPC|EDQUOT|EFBIG|EIO)/.test(error.code)) return explainDisk(error, path);
  if (error.message === 'integer overflow') {
    return new ConflictError('A sum of amounts does not fit in 64 bits.', {
      ...context,
      hint: 'Check the amounts that were imported; pay one affiliate at a time if they are right.',
    });
  }
  if (error.code.startsWith('SQLITE_')) {
    return new PayrunError('unexpected', `The ledger refused a statement: ${error.message}.`, {
      ...context,
      hint: 'Nothing was changed. This is a bug in payrun. PAYRUN_DEBUG=1 shows where it happened.',
    });
  }
  return error;
}

/** A disk that is full shows as an input or output error, too: where there was no room for the side files. */
function explainDisk(error: DriverError, path: string): PayrunError {
  const full = fullFolder(path);
  if (full !== undefined || /FULL|ENOSPC|EDQUOT/.test(error.code)) {
    const sentence = `The disk of ${full ?? dirname(path)} is full; the ledger is as it was before.`;
    return new PayrunError('unexpected', sentence, {
      cause: error,
      hint: 'Free some space there and run the same command again.',
    });
  }
  const sentence = `The disk failed while using ${path}; the ledger is as it was before.`;
  return new PayrunError('unexpected', sentence, {
    cause: error,
    hint: 'Check the disk, its quota and the limit on the size of files (`ulimit -f`), then run `payrun verify`.',
  });
}

/** Statements of one connection, prepared once. */
class Statements {
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(readonly connection: Connection) {}

  prepare(sql: string): Database.Statement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.connection.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** A handle on one transaction; it refuses to work once the transaction is over. */
class Handle implements Writer {
  readonly #statements: Statements;
  readonly #path: string;
  readonly #committed: (() => Promise<void>)[] = [];
  #alive = true;

  constructor(statements: Statements, path: string) {
    this.#statements = statements;
    this.#path = path;
  }

  #do<T>(action: () => T): T {
    if (!this.#alive) throw new Error('A Reader or Writer was used after its function had settled.');
    try {
      return action();
    } catch (error) {
      throw explain(error, this.#path);
    }
  }

  async all<Row>(sql: string, parameters: SqlParameters = {}): Promise<Row[]> {
    return this.#do(() => this.#statements.prepare(sql).all(parameters) as Row[]);
  }

  async get<Row>(sql: string, parameters: SqlParameters = {}): Promise<Row | undefined> {
    return this.#do(() => this.#statements.prepare(sql).get(parameters) as Row | undefined);
  }

  async *each<Row>(sql: string, parameters: SqlParameters, paging: Paging<Row>): AsyncGenerator<Row[]> {
    let cursor = paging.start;
    for (;;) {
      const page = await this.all<Row>(sql, { ...parameters, ...cursor, pageRows: PAGE_ROWS });
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      if (BigInt(page.length) < PAGE_ROWS) return;
      cursor = paging.after(last);
    }
  }

  async run(sql: string, parameters: SqlParameters = {}): Promise<number> {
    return this.#do(() => this.#statements.prepare(sql).run(parameters).changes);
  }

  async runMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
    this.#do(() => {
      const statement = this.#statements.prepare(sql);
      for (const row of rows) statement.run(row);
    });
  }

  afterCommit(action: () => Promise<void>): void {
    this.#committed.push(action);
  }

  /** Ends the handle and answers what was registered for after the commit. */
  settle(): readonly (() => Promise<void>)[] {
    this.#alive = false;
    return this.#committed;
  }
}

/** Runs a wait that may be given up; the signal says so. Where none is given, nobody listens. */
export type Interruptible = <T>(wait: (signal: AbortSignal) => Promise<T>) => Promise<T>;

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

/** Retries what finds the ledger busy, with jitter, until the wait is over. */
async function patiently<T>(
  action: () => T,
  waitMs: number,
  path: string,
  interruptible: Interruptible = uninterrupted,
): Promise<T> {
  const deadline = Date.now() + waitMs;
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
      if (next === undefined) continue;
      // A signal that came while the driver slept is heard only now; closing the connection rolls back.
      await delay(1, undefined, { signal });
      return next.done;
    }
  });
}

/**
 * The files that the running function writes to. All share one storage, because each storage costs every
 * promise a step for as long as the process lives.
 */
const writingIn = new AsyncLocalStorage<readonly SqliteFile[]>();

/** One SQLite file: a queue of writes on one connection, and a connection for each read. */
export class SqliteFile {
  readonly #path: string;
  readonly #waitMs: number;
  readonly #readMode: OpenMode;
  readonly #interruptible: Interruptible | undefined;
  #writing: Statements | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param options `interruptible` is what waiting for a busy ledger goes through */
  constructor(
    path: string,
    options: { waitMs: number; readMode: OpenMode; interruptible?: Interruptible | undefined },
  ) {
    this.#path = path;
    this.#waitMs = options.waitMs;
    this.#readMode = options.readMode;
    this.#interruptible = options.interruptible;
  }

  /**
   * Runs `use` on a connection and snapshot of its own.
   * @param backup the path of another ledger, whose tables can be read beside these as `backup.<table>`
   */
  async read<T>(use: (reader: Reader) => Promise<T>, backup?: string): Promise<T> {
    const connection = await this.#patiently(() => openConnection(this.#path, this.#readMode));
    const handle = new Handle(new Statements(connection), this.#path);
    try {
      if (backup !== undefined) connection.prepare('ATTACH ? AS backup').run(backup);
      await this.#takeSnapshot(connection);
      return await use(handle);
    } finally {
      handle.settle();
      connection.close();
    }
  }

  async #takeSnapshot(connection: Connection): Promise<void> {
    await this.#patiently(() => {
      if (connection.inTransaction) connection.exec('ROLLBACK');
      connection.exec('BEGIN');
      // The snapshot is taken by the first read, not by BEGIN.
      connection.prepare('SELECT count(*) FROM sqlite_schema').get();
    });
  }

  /**
   * Copies one snapshot into an empty file, however much is written meanwhile, and leaves it as a single file
   * that needs no log beside it.
   * @param onProgress is told how far it is, and gives up by throwing
   */
  async copyInto(target: string, onProgress: CopyProgress): Promise<void> {
    const connection = await this.#patiently(() => openConnection(this.#path, this.#readMode));
    try {
      // Held for the whole copy: it would begin anew whenever somebody has written.
      await this.#takeSnapshot(connection);
      await connection.backup(target, {
        progress: ({ totalPages, remainingPages }) => {
          onProgress(totalPages - remainingPages, totalPages);
          return COPY_PAGES;
        },
      });
    } catch (error) {
      throw explain(error, target);
    } finally {
      connection.close();
    }
    withConnection(target, 'write', (copy) => copy.pragma('journal_mode = DELETE'));
  }

  /**
   * Runs `use` in one BEGIN IMMEDIATE transaction. Writes wait for each other; a nested one is a bug and
   * throws.
   */
  async write<T>(use: (writer: Writer) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    const outer = writingIn.getStore() ?? [];
    if (outer.includes(this)) throw new Error('A write inside a write.');
    const turn = this.#queue.then(() => writingIn.run([...outer, this], () => this.#writeNow(use, options)));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #writeNow<T>(use: (writer: Writer) => Promise<T>, options: WriteOptions): Promise<T> {
    const statements = await this.#connect();
    const { connection } = statements;
    if (options.stage !== undefined) await this.#stage(statements, options.stage);
    await this.#patiently(() => connection.exec('BEGIN IMMEDIATE'));
    leaveWriterNote(this.#path, options.holder);
    const handle = new Handle(statements, this.#path);
    let result: T;
    try {
      result = await use(handle);
      handle.settle();
      removeWriterNote(this.#path, options.holder);
      connection.exec(options.dryRun === true ? 'ROLLBACK' : 'COMMIT');
    } catch (error) {
      handle.settle();
      removeWriterNote(this.#path, options.holder);
      if (connection.inTransaction) connection.exec('ROLLBACK');
      throw explain(error, this.#path);
    }
    if (options.dryRun !== true) for (const action of handle.settle()) await action();
    return result;
  }

  /** TEMP tables only: a deferred transaction that touches nothing else takes no lock on the ledger. */
  async #stage(statements: Statements, stage: (staging: Writer) => Promise<void>): Promise<void> {
    const handle = new Handle(statements, this.#path);
    statements.connection.exec('BEGIN DEFERRED');
    try {
      await stage(handle);
      handle.settle();
      statements.connection.exec('COMMIT');
    } catch (error) {
      handle.settle();
      if (statements.connection.inTransaction) statements.connection.exec('ROLLBACK');
      throw error;
    }
  }

  async #connect(): Promise<Statements> {
    if (this.#writing === undefined) {
      const open = (): Connection => openConnection(this.#path, 'write');
      const connection = await this.#patiently(open);
      keepLog(connection);
      this.#writing = new Statements(connection);
    }
    return this.#writing;
  }

  #patiently<T>(action: () => T): Promise<T> {
    return patiently(action, this.#waitMs, this.#path, this.#interruptible);
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#writing?.connection.close();
    this.#writing = undefined;
  }
}

/**
 * Sees to it that readers never wait: a copy that somebody put in place may be a file without a log. That can
 * wait for the next writer, and what else is wrong the write itself will say.
 */
function keepLog(connection: Connection): void {
  try {
    if (connection.pragma('journal_mode', { simple: true }) === 'delete') {
      connection.pragma('journal_mode = WAL');
    }
  } catch (error) {
    if (!isDriverError(error)) throw error;
  }
}

/** How long to wait for whoever holds a ledger, in milliseconds, and who will hold it then. */
export interface Waiting {
  readonly waitMs: number;
  readonly holder?: Holder | undefined;
  readonly interruptible?: Interruptible | undefined;
}

/**
 * Runs synchronous work in one BEGIN IMMEDIATE transaction on a connection of its own: for migrating a
 * ledger.
 * @throws BusyError when it stays locked; whatever is thrown, nothing was changed
 */
export async function withWriteLock<T>(
  path: string,
  { waitMs, holder }: Waiting,
  use: (connection: Connection) => T,
): Promise<T> {
  const connection = await patiently(() => openConnection(path, 'write'), waitMs, path);
  try {
    await patiently(() => connection.exec('BEGIN IMMEDIATE'), waitMs, path);
    leaveWriterNote(path, holder);
    const result = use(connection);
    removeWriterNote(path, holder);
    // A ledger that is not in WAL mode, such as a copy of one, cannot commit while somebody reads.
    await patiently(() => connection.exec('COMMIT'), waitMs, path);
    return result;
  } catch (error) {
    throw explain(error, path);
  } finally {
    if (connection.inTransaction) {
      removeWriterNote(path, holder);
      connection.exec('ROLLBACK');
    }
    connection.close();
  }
}

/**
 * Runs synchronous work while nobody else can open the ledger, and all of it is in the one file: what its log
 * held is in it, and the log is gone. The file stays so when the work is done, because another one has its
 * name then; else it has a log again.
 * @throws BusyError when others have it open all the time; whatever is thrown, the ledger is what it was
 */
export async function withSoleUse<T>(
  path: string,
  { waitMs, holder, interruptible }: Waiting,
  use: (connection: Connection) => T,
): Promise<T> {
  const connection = await patiently(() => openConnection(path, 'write'), waitMs, path, interruptible);
  try {
    // With a lock that is never let go: between the end of the log and a new lock somebody could write.
    connection.pragma('locking_mode = EXCLUSIVE');
    await patiently(() => connection.pragma('journal_mode = DELETE'), waitMs, path, interruptible);
    leaveWriterNote(path, holder);
    try {
      return use(connection);
    } catch (error) {
      keepLog(connection);
      throw error;
    } finally {
      removeWriterNote(path, holder);
    }
  } catch (error) {
    throw explain(error, path);
  } finally {
    connection.close();
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
