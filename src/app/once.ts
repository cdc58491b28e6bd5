/**
 * Idempotency keys: the first call with a key does the work, every later call with the same key and options
 * gets that first answer and changes nothing (SPEC section 5).
 */
import { ConflictError } from '../core/errors.js';
import { exactJson, parseExactJson } from '../core/exact-json.js';
import { answerText, findAnswer, findCall, keepAnswer, type KeptCall } from '../store/idempotency.js';
import type { Reader, Writer } from '../store/ledger.js';
import { answerIn, keptForm } from './kept-answer.js';
import type { Actor } from './work.js';

/** A call that is to be done once. */
export interface Once {
  readonly key: string;
  /** The words of the command, such as `payouts void`. */
  readonly command: string;
  /** Its arguments and options as they were typed, without those that change only how it is told. */
  readonly typed: string;
}

/** What the first call answered, and whose it was. */
export interface FirstAnswer<T> {
  readonly answer: T;
  readonly at: string;
  readonly by: string;
}

/**
 * What the first call with this key answered; undefined where this one is the first.
 * @throws ConflictError when the key was used for something else; IntegrityError when the answer was damaged
 */
export async function answerOf<T>(reader: Reader, once: Once): Promise<FirstAnswer<T> | undefined> {
  const kept = await findAnswer(reader, once.key);
  if (kept === undefined) return undefined;
  refuseOtherCall(once, kept);
  const answer = await answerIn(kept.command, parseExactJson(answerText(kept)), reader);
  return { answer: answer as T, at: kept.at, by: kept.by };
}

/**
 * A key stands for one call with its options.
 * @param first the call that used the key first
 * @throws ConflictError when this one asks for something else
 */
export function refuseOtherCall(once: Once, first: KeptCall): void {
  const { command, typed, at, by } = first;
  if (command === once.command && typed === once.typed) return;
  const call = command === once.command ? `${command} with other options` : command;
  throw new ConflictError(
    `The idempotency key ${once.key} was used already for ${call}, by ${by} at ${at}; nothing was changed.`,
    {
      hint: 'Give each call a key of its own, and repeat a call with exactly its own options.',
      details: [{ key: once.key, command, typed: JSON.parse(typed) as unknown, at, by }],
    },
  );
}

/**
 * Looks whether the ledger knows the key for another call, without reading what that was answered.
 * @throws ConflictError where it does
 */
export async function refuseUsedKey(reader: Reader, once: Once): Promise<void> {
  const first = await findCall(reader, once.key);
  if (first !== undefined) refuseOtherCall(once, first);
}

/** Keeps the answer of the first call, in the transaction of its work. */
export async function keep(writer: Writer, once: Once, actor: Actor, answer: unknown): Promise<void> {
  const { now, actor: by, osUser } = actor;
  const text = exactJson(keptForm(once.command, answer));
  await keepAnswer(writer, { ...once, answer: text, at: now.toISOString(), by, osUser });
}
