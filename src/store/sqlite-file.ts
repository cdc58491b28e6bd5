/** The one driver of the SQL port: transactions and snapshots of one SQLite file. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  CopyProgress,
  Paging,
  Reader,
  SqlParameters,
  SqlValue,
  WriteOptions,
  Writer,
} from './ledger.js';
import {
  keepLog,
  openConnection,
  withConnection,
  type Connection,
  type OpenMode,
  type Statement,
} from './sqlite.js';
import { explain } from './sqlite-errors.js';
import { patiently, type Interruptible, type TellWait } from './waiting.js';
import { leaveWriterNote, removeWriterNote } from './writer-note.js';

const PAGE_ROWS = 1000n;
/** So many pages of a ledger are copied at a stroke (4 MB); between strokes a signal is heard. */
const COPY_PAGES = 1000;

/** Statements of one connection, prepared once. */
class Statements {
  readonly #prepared = new Map<string, Statement>();

  constructor(readonly connection: Connection) {}

  prepare(sql: string): Statement {
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
  readonly #tellWait: TellWait | undefined;
  #writing: Statements | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param options `interruptible` is what waiting for a busy ledger goes through; `tellWait` hears of it */
  constructor(
    path: string,
    options: {
      waitMs: number;
      readMode: OpenMode;
      interruptible?: Interruptible | undefined;
      tellWait?: TellWait | undefined;
    },
  ) {
    this.#path = path;
    this.#waitMs = options.waitMs;
    this.#readMode = options.readMode;
    this.#interruptible = options.interruptible;
    this.#tellWait = options.tellWait;
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
    return patiently(action, this.#waitMs, this.#path, this.#interruptible, this.#tellWait);
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#writing?.connection.close();
    this.#writing = undefined;
  }
}
