/** Answers kept under idempotency keys, in the transaction of the work that gave them (SPEC section 5). */
import type { Reader, Writer } from './ledger.js';

const FIND = 'SELECT command, typed, answer, at, "by" FROM idempotency_keys WHERE key = :key';

const INSERT = `
  INSERT INTO idempotency_keys (key, command, typed, answer, at, "by", os_user)
  VALUES (:key, :command, :typed, :answer, :at, :by, :osUser)`;

/** What was asked for under a key, what was answered, when and to whom. */
export interface KeptAnswer {
  readonly command: string;
  /** The options as typed. */
  readonly typed: string;
  readonly answer: string;
  readonly at: string;
  readonly by: string;
}

/** The answer that a key was given; undefined where nobody used it. */
export async function findAnswer(reader: Reader, key: string): Promise<KeptAnswer | undefined> {
  return reader.get<KeptAnswer>(FIND, { key });
}

/** Keeps an answer for good. The key must be unused. */
export async function keepAnswer(
  writer: Writer,
  kept: KeptAnswer & { readonly key: string; readonly osUser: string },
): Promise<void> {
  await writer.run(INSERT, { ...kept });
}
