/** `--idempotency-key`: what a call asked for as it was typed, and the first answer for a later one. */
import type { Once } from '../app/once.js';
import type { Work } from '../app/work.js';
import { UsageError } from '../core/errors.js';
import type { CommandContext, CommandDefinition, CommandInput, OptionDefinition } from './command.js';

export const idempotencyKeyOption: OptionDefinition = {
  flags: '--idempotency-key <key>',
  description: 'do it once: later calls with this key get the first answer and change nothing',
};

const LONGEST_KEY = 200;

/** What is no part of the question: the key itself, and where the work is done. */
const BESIDE = new Set(['idempotencyKey', 'background']);

/**
 * The key of a call and what it asks for; undefined where none was given.
 * @throws UsageError for a key that is too long, or where nothing is going to be done
 */
export function onceOf(definition: Pick<CommandDefinition, 'path'>, input: CommandInput): Once | undefined {
  const { options } = input;
  const key = options['idempotencyKey'];
  if (typeof key !== 'string') return undefined;
  if (key.length > LONGEST_KEY) {
    throw new UsageError(`--idempotency-key has more than ${LONGEST_KEY} characters.`);
  }
  if (options['dryRun'] === true || options['planOut'] !== undefined) {
    throw new UsageError(
      'A dry run does nothing that an --idempotency-key could keep from being done twice.',
    );
  }
  return { key, command: definition.path.join(' '), typed: typedIn(input) };
}

/** What a call asks for as it was typed: its arguments and options, in an order of their own. */
export function typedIn({ args, options }: CommandInput): string {
  const isGiven = (value: unknown): boolean =>
    value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  const typed = Object.entries({ ...args, ...options })
    .filter(([name, value]) => !BESIDE.has(name) && isGiven(value))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(typed));
}

/**
 * What the first call with the key of this one answered, which is said; undefined where this one is the
 * first.
 * @throws ConflictError when the key was used for another call
 */
export async function repeatedAnswer<T>(context: CommandContext, work: Work): Promise<T | undefined> {
  if (work.once === undefined) return undefined;
  const { firstAnswer } = await import('../app/work.js');
  const first = await firstAnswer<T>(work);
  if (context.job?.tellsAgain === true) {
    // Whoever only tells what a job answered must never come to do it.
    if (first === undefined) throw new Error(`the answer of ${context.job.id} is not in the ledger`);
    return first.answer;
  }
  if (first === undefined) return undefined;
  context.terminal.note(
    `Done already under this idempotency key, by ${first.by} at ${first.at}. Nothing was changed; the answer of then:`,
  );
  return first.answer;
}
