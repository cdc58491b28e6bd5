/** The audit log: one row per write command, append-only, each with the hash of the one before. */
import { createHash } from 'node:crypto';
import type { Writer } from './ledger.js';

/** The hash before the first row. */
const GENESIS = '0'.repeat(64);

const HEAD = 'SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1';

const INSERT = `
  INSERT INTO audit (number, at, actor, os_user, command, request, result, previous, hash)
  VALUES (:number, :at, :actor, :osUser, :command, :request, :result, :previous, :hash)`;

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

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Amounts are bigint, which JSON does not know: they are written as decimal strings. */
const json = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));

/** Appends one row, in the transaction of the work that it tells of. */
export async function appendAudit(writer: Writer, entry: AuditEntry): Promise<void> {
  const head = await writer.get<{ number: bigint; hash: string }>(HEAD);
  const number = (head?.number ?? 0n) + 1n;
  const previous = head?.hash ?? GENESIS;
  const { at, actor, osUser, command } = entry;
  const request = json(entry.request);
  const result = sha256(json(entry.result));
  const hash = sha256(json([previous, number, at, actor, osUser, command, request, result]));
  await writer.run(INSERT, { number, at, actor, osUser, command, request, result, previous, hash });
}
