/**
 * Answers kept under idempotency keys, in the transaction of the work that gave them (SPEC section 5). A long
 * one is deflated.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { IntegrityError } from '../core/errors.js';
import type { Reader, Writer } from './ledger.js';

const FIND = 'SELECT command, typed, answer, at, "by" FROM idempotency_keys WHERE key = :key';

const FIND_CALL = 'SELECT command, typed, at, "by" FROM idempotency_keys WHERE key = :key';

const INSERT = `
  INSERT INTO idempotency_keys (key, command, typed, answer, at, "by", os_user)
  VALUES (:key, :command, :typed, :answer, :at, :by, :osUser)`;

/** What a deflated text begins with, which no JSON does; the rest is base64. */
export const DEFLATED = 'deflated:';

/** A shorter text is kept as it is: there is little to gain, and it can be read in any database browser. */
const LONG = 1024;

/** What was asked for under a key, when and by whom. */
export interface KeptCall {
  readonly command: string;
  /** The options as typed. */
  readonly typed: string;
  readonly at: string;
  readonly by: string;
}

/** The same, with what was answered. */
export interface KeptAnswer extends KeptCall {
  /** As it is kept: read it by `answerText`. */
  readonly answer: string;
}

/** The call that used a key, without its answer, which may be long; undefined where nobody did. */
export async function findCall(reader: Reader, key: string): Promise<KeptCall | undefined> {
  return reader.get<KeptCall>(FIND_CALL, { key });
}

/** The answer that a key was given; undefined where nobody used it. */
export async function findAnswer(reader: Reader, key: string): Promise<KeptAnswer | undefined> {
  return reader.get<KeptAnswer>(FIND, { key });
}

/** The text of an answer that was kept. @throws IntegrityError when it was damaged */
export function answerText({ answer }: Pick<KeptAnswer, 'answer'>): string {
  if (!answer.startsWith(DEFLATED)) return answer;
  try {
    return inflateSync(Buffer.from(answer.slice(DEFLATED.length), 'base64')).toString('utf8');
  } catch (error) {
    throw new IntegrityError('An answer that was kept under an idempotency key is damaged.', {
      hint: 'Run `payrun verify --check texts_parse`, and go back to the last good backup.',
      cause: error,
    });
  }
}

function keptText(text: string): string {
  return text.length < LONG ? text : DEFLATED + deflateSync(text).toString('base64');
}

/** Keeps the text of an answer for good. The key must be unused. */
export async function keepAnswer(
  writer: Writer,
  kept: KeptAnswer & { readonly key: string; readonly osUser: string },
): Promise<void> {
  await writer.run(INSERT, { ...kept, answer: keptText(kept.answer) });
}
