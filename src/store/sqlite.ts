/**
 * The one driver of the SQL port: SQLite through better-sqlite3. Pragmas, busy waits and driver errors live
 * here.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';
import { BusyError, ConflictError, IntegrityError, PayrunError } from '../core/errors.js';
import type { Paging, Reader, SqlParameters, SqlValue, WriteOptions, Writer } from './ledger.js';

/** An open database, for the synchronous work of making and migrating a file. */
export type Connection = Database.Database;

/**
 * The driver sleeps while it waits, which blocks everything: so it waits briefly and the retry loop does
 * the rest.
 */
const DRIVER_WAIT_MS = 50;
const PAGE_ROWS = 1000n;

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

function isBusy(error: unknown): boolean {
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
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(error.code)) {
    return new PayrunError('unexpected', 'The disk is full; the ledger is as it was before.', {
      ...context,
      hint: 'Free some space and run the same command again.',
    });
  }
  if (/^(SQLITE_IOERR|EIO)/.test(error.code)) {
    return new PayrunError(
      'unexpected',
      `The disk failed while using ${path}; the ledger is as it was before.`,
      {
        ...context,
        hint: 'Check the disk, then run `payrun verify`.',
      },
    );
  }
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

/** Retries what finds the ledger busy, with jitter, until the wait is over. */
async function patiently<T>(action: () => T, waitMs: number, path: string): Promise<T> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      return action();
    } catch (error) {
      const busy = isBusy(error) || (error instanceof PayrunError && isBusy(error.cause));
      if (!busy) throw explain(error, path);
      if (Date.now() >= deadline) {
        throw new BusyError(`The ledger ${path} is busy: another process is writing to it.`, {
          hint: `Nothing was changed after waiting ${Math.round(waitMs / 1000)} s. Try again, or wait longer with --wait.`,
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.floor(Math.random() * 45)));
    }
  }
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
  #writing: Statements | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(path: string, options: { waitMs: number; readMode: OpenMode }) {
    this.#path = path;
    this.#waitMs = options.waitMs;
    this.#readMode = options.readMode;
  }

  /** Runs `use` on a connection and snapshot of its own. */
  async read<T>(use: (reader: Reader) => Promise<T>): Promise<T> {
    const connection = await patiently(
      () => openConnection(this.#path, this.#readMode),
      this.#waitMs,
      this.#path,
    );
    const handle = new Handle(new Statements(connection), this.#path);
    try {
      await patiently(
        () => {
          if (connection.inTransaction) connection.exec('ROLLBACK');
          connection.exec('BEGIN');
          // The snapshot is taken by the first read, not by BEGIN.
          connection.prepare('SELECT count(*) FROM sqlite_schema').get();
        },
        this.#waitMs,
        this.#path,
      );
      return await use(handle);
    } finally {
      handle.settle();
      connection.close();
    }
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
    await patiently(() => connection.exec('BEGIN IMMEDIATE'), this.#waitMs, this.#path);
    const handle = new Handle(statements, this.#path);
    let result: T;
    try {
      result = await use(handle);
      handle.settle();
      connection.exec(options.dryRun === true ? 'ROLLBACK' : 'COMMIT');
    } catch (error) {
      handle.settle();
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
      this.#writing = new Statements(await patiently(open, this.#waitMs, this.#path));
    }
    return this.#writing;
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#writing?.connection.close();
    this.#writing = undefined;
  }
}

/**
 * Runs synchronous work in one BEGIN IMMEDIATE transaction on a connection of its own: for migrating a
 * ledger.
 * @param waitMs how long to wait for whoever holds the ledger
 * @throws BusyError when it stays locked; whatever is thrown, nothing was changed
 */
export async function withWriteLock<T>(
  path: string,
  waitMs: number,
  use: (connection: Connection) => T,
): Promise<T> {
  const connection = await patiently(() => openConnection(path, 'write'), waitMs, path);
  try {
    await patiently(() => connection.exec('BEGIN IMMEDIATE'), waitMs, path);
    const result = use(connection);
    // A ledger that is not in WAL mode, such as a copy of one, cannot commit while somebody reads.
    await patiently(() => connection.exec('COMMIT'), waitMs, path);
    return result;
  } catch (error) {
    throw explain(error, path);
  } finally {
    if (connection.inTransaction) connection.exec('ROLLBACK');
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
