/**
 * The small SQL port that `store/` speaks to. A function that takes a Reader cannot write; one that takes a
 * Writer is in a transaction by construction. `sqlite-file.ts` is the one driver.
 */

/** What can be bound. Numbers are missing on purpose: the driver would bind them as floating point. */
export type SqlValue = string | bigint | null;
export type SqlParameters = Readonly<Record<string, SqlValue>>;

/** How `each` goes on from the last row of a page. */
export interface Paging<Row> {
  /** Binds for the first page: values before every key. */
  readonly start: SqlParameters;
  /**
   * Binds for the page after `last`. The statement must use them, order by the key and end in `LIMIT
   * :pageRows`.
   */
  readonly after: (last: Row) => SqlParameters;
}

/** Reads one snapshot of the ledger. Dead once the function that got it settles. */
export interface Reader {
  all<Row>(sql: string, parameters?: SqlParameters): Promise<Row[]>;
  get<Row>(sql: string, parameters?: SqlParameters): Promise<Row | undefined>;
  /** Pages through a result by key, so that no iterator stays open across an await. */
  each<Row>(sql: string, parameters: SqlParameters, paging: Paging<Row>): AsyncGenerator<Row[]>;
}

/** Reads and writes inside one transaction. Dead once the function that got it settles. */
export interface Writer extends Reader {
  /** Runs one statement and answers how many rows it changed. */
  run(sql: string, parameters?: SqlParameters): Promise<number>;
  /** Runs one statement once per set of positional values. */
  runMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void>;
  /** Registers what is to be done once the transaction is committed, and only then. */
  afterCommit(action: () => Promise<void>): void;
}

/** Who writes to a ledger, as those are told who wait for it. */
export interface Holder {
  /** The words of the command, such as `payouts void`. */
  readonly command: string;
  readonly actor: string;
}

/** How many of how many pages of a ledger are copied; by throwing it gives up. */
export type CopyProgress = (done: number, of: number) => void;

export interface WriteOptions {
  /**
   * Fills TEMP tables of the same connection before the ledger is locked, so that a slow input does not keep
   * others waiting. It must not write to the ledger's own tables.
   */
  readonly stage?: (staging: Writer) => Promise<void>;
  /** Rolls back at the end and answers all the same: what would have been done. */
  readonly dryRun?: boolean;
  /** Who holds the ledger meanwhile, for those who wait in vain. */
  readonly holder?: Holder;
}

/** One ledger, opened. */
export interface Ledger {
  readonly path: string;
  /** What opening did that the user should know, for example a migration with its copy. */
  readonly notices: readonly string[];
  /** Runs `use` on a snapshot and connection of its own. */
  read<T>(use: (reader: Reader) => Promise<T>): Promise<T>;
  /**
   * Runs `use` in one write transaction: committed when it resolves (rolled back in a dry run), rolled back
   * when it rejects.
   * @throws BusyError when another process held the ledger longer than the wait.
   * @throws ConflictError when the ledger is read-only.
   */
  write<T>(use: (writer: Writer) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** @throws ConflictError when nothing can be written to the ledger: for who would find out only later */
  refuseReadOnly(): void;
  /** Copies one snapshot into an empty file, while others write; the copy is one file, whole by itself. */
  copyInto(target: string, onProgress: CopyProgress): Promise<void>;
  close(): Promise<void>;
}
