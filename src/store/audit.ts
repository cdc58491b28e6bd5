/** The audit log: one row per write command, append-only, each with the hash of the one before. */
import { createHash } from 'node:crypto';
import type { Reader, SqlValue, Writer } from './ledger.js';

/** The hash before the first row. */
export const GENESIS = '0'.repeat(64);

const HEAD = 'SELECT number, at, hash FROM audit ORDER BY number DESC LIMIT 1';

const INSERT = `
  INSERT INTO audit (number, at, actor, os_user, command, request, result, previous, hash)
  VALUES (:number, :at, :actor, :osUser, :command, :request, :result, :previous, :hash)`;

const ROWS = `
  SELECT number, at, actor, os_user AS osUser, command, request, result AS resultDigest, previous, hash
  FROM audit`;

/** Hashes are text of hexadecimal digits, so those with a beginning lie between it and it with a `g`. */
const BY_HASH = `${ROWS} WHERE hash >= :beginning AND hash < :beginning || 'g' ORDER BY number`;

export interface AuditEntry {
  readonly at: string;
  /** Who said he did it, and whom the operating system knows him as. */
  readonly actor: string;
  readonly osUser: string;
  readonly command: string;
  readonly request: unknown;
  /** What the command answered; its digest is kept. */
  readonly result: unknown;
}

/** The row up to which a log is known. */
export interface AuditHead {
  readonly number: bigint;
  /** Instant, ISO 8601 UTC. */
  readonly at: string;
  readonly hash: string;
}

/** One row as it is stored. */
export interface AuditRow extends AuditHead {
  readonly actor: string;
  readonly osUser: string;
  readonly command: string;
  /** JSON. */
  readonly request: string;
  /** The SHA-256 of what the command answered. */
  readonly resultDigest: string;
  /** The hash of the row before. */
  readonly previous: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Amounts are bigint, which JSON does not know: they are written as decimal strings. */
const json = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));

/** The hash of a row: of everything in it, its number and the hash of the row before included. */
export function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const { previous, number, at, actor, osUser, command, request, resultDigest } = row;
  return sha256(json([previous, number, at, actor, osUser, command, request, resultDigest]));
}

/** Appends one row, in the transaction of the work that it tells of. */
export async function appendAudit(writer: Writer, entry: AuditEntry): Promise<void> {
  const head = await auditHead(writer);
  const number = (head?.number ?? 0n) + 1n;
  const previous = head?.hash ?? GENESIS;
  const { at, actor, osUser, command } = entry;
  const request = json(entry.request);
  const result = sha256(json(entry.result));
  const told = { number, at, actor, osUser, command, request, previous };
  await writer.run(INSERT, { ...told, result, hash: hashOf({ ...told, resultDigest: result }) });
}

/** The last row; undefined where there is none, which no ledger has that payrun made. */
export async function auditHead(reader: Reader): Promise<AuditHead | undefined> {
  return reader.get<AuditHead>(HEAD);
}

/** The row of a number, or undefined. */
export async function findAuditRow(reader: Reader, number: bigint): Promise<AuditRow | undefined> {
  return reader.get<AuditRow>(`${ROWS} WHERE number = :number`, { number });
}

/** The rows whose hash begins with these digits. @param beginning small hexadecimal digits */
export async function findByHash(reader: Reader, beginning: string): Promise<AuditRow[]> {
  return reader.all<AuditRow>(BY_HASH, { beginning });
}

/** Which rows to list; what is absent does not matter. */
export interface AuditFilter {
  readonly actor?: string;
  /** The words of a command, or the first of them: `payouts` is all of its verbs. */
  readonly command?: string;
  /** Instants, both included. */
  readonly since?: string;
  readonly until?: string;
}

function conditionsOf({ actor, command, since, until }: AuditFilter): [string, Record<string, SqlValue>] {
  const conditions: string[] = [];
  const parameters: Record<string, SqlValue> = {};
  const add = (condition: string, name: string, value: string | undefined): void => {
    if (value === undefined) return;
    conditions.push(`AND ${condition}`);
    parameters[name] = value;
  };
  add('actor = :actor', 'actor', actor);
  add(
    "(command = :command OR substr(command, 1, length(:command) + 1) = :command || ' ')",
    'command',
    command,
  );
  add('at >= :since', 'since', since);
  add('at <= :until', 'until', until);
  return [conditions.join(' '), parameters];
}

/** Before every row, also before those that were given a number below 1. */
const BEFORE_ALL = -(2n ** 63n);

/** Rows in the order in which they were written, in pages of one snapshot. */
export async function* eachAuditRow(reader: Reader, filter: AuditFilter = {}): AsyncGenerator<AuditRow[]> {
  const [conditions, parameters] = conditionsOf(filter);
  const pages = reader.each<AuditRow>(
    `${ROWS} WHERE number > :afterNumber ${conditions} ORDER BY number LIMIT :pageRows`,
    parameters,
    { start: { afterNumber: BEFORE_ALL }, after: (last) => ({ afterNumber: last.number }) },
  );
  for await (const page of pages) yield page;
}

/** The same from the end: the last row first. */
export async function* eachAuditRowBackwards(
  reader: Reader,
  filter: AuditFilter = {},
): AsyncGenerator<AuditRow[]> {
  const [conditions, parameters] = conditionsOf(filter);
  const pages = reader.each<AuditRow>(
    `${ROWS} WHERE number < :beforeNumber ${conditions} ORDER BY number DESC LIMIT :pageRows`,
    parameters,
    { start: { beforeNumber: 2n ** 63n - 1n }, after: (last) => ({ beforeNumber: last.number }) },
  );
  for await (const page of pages) yield page;
}
