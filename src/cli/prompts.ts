/**
 * Questions to a person; the door of inquirer. Every one stands behind the same gate: without a terminal it
 * is never asked, so that a piped `y` can never consent to a payment.
 */

import { InterruptedError, UsageError } from '../core/errors.js';
import { Interruption } from '../host/interruption.js';
import { exitCodes } from './failure.js';
import { safeText, wrapped } from './safe-text.js';
import type { Terminal } from './terminal.js';

/** One thing to choose. */
export interface Choice<Value> {
  readonly name: string;
  readonly value: Value;
  /** Shown below the list while the cursor is on it. */
  readonly description?: string;
}

/** One thing to tick, with the amount that it adds to the sum of its currency. */
export interface PickChoice<Value> extends Choice<Value> {
  readonly currency: string;
  /** In minor units. */
  readonly amount: bigint;
  /** Whether it is ticked from the start. */
  readonly checked?: boolean;
}

/** Says what is wrong with an answer, as a sentence, or undefined when nothing is. */
export type Check = (answer: string) => string | undefined | Promise<string | undefined>;

function shown<Value>(choice: Choice<Value>): Choice<Value> {
  const { name, value, description } = choice;
  return {
    name: safeText(name),
    value,
    ...(description === undefined ? {} : { description: safeText(description) }),
  };
}

/** The library puts two columns before a message, and breaks long lines in the middle of a word. */
const MARK_COLUMNS = 2;
/** Room behind a question for `(y/N)` and the answer. */
const ANSWER_COLUMNS = 8;

function checker(
  terminal: Terminal,
  check: Check | undefined,
): (answer: string) => Promise<string | boolean> {
  return async (answer) => {
    const problem = await check?.(answer);
    return problem === undefined ? true : wrapped(safeText(problem), terminal.errorWidth - MARK_COLUMNS);
  };
}

/**
 * Asks one question on stderr.
 * @throws UsageError when the terminal is not interactive; `requireDecision` names the flag before that
 * @throws InterruptedError on Ctrl-C, on a signal that ends programs, or when the terminal goes away
 */
async function ask<Value>(
  terminal: Terminal,
  question: Readonly<Record<string, unknown>> & { readonly message: string },
): Promise<Value> {
  if (!terminal.isInteractive) {
    throw new UsageError('A question came up and there is no terminal to ask it on.', {
      hint: 'Give all decisions as options; --help lists them.',
    });
  }
  terminal.progressDone();
  if (!terminal.errorsInColour) {
    // The library looks at the environment alone and knows nothing of --no-color.
    process.env['NO_COLOR'] = '1';
  }
  const { default: inquirer } = await import('inquirer');
  const { checkboxWithTotals } = await import('./checkbox-with-totals.js');
  // The library waits for ever when its input ends, and on Ctrl-D it closes the input and waits too: with
  // nothing left to do, the process would leave with exit code 0, as if the answer had been given. So the
  // code of an interruption stands until there is an answer; `main` sets the final one.
  const exitCodeBefore = process.exitCode;
  process.exitCode = exitCodes.interrupted;
  const gone = new AbortController();
  const leave = (): void => {
    gone.abort();
  };
  terminal.stdin.once('end', leave).once('close', leave);
  // A signal that ended the process at once would leave the terminal without echo and without a cursor.
  const interruption = new Interruption();
  const prompt = inquirer.createPromptModule({
    input: terminal.stdin,
    output: terminal.stderr,
    signal: AbortSignal.any([gone.signal, interruption.signal]),
  });
  prompt.registerPrompt('pick', checkboxWithTotals);
  try {
    const message = wrapped(question.message, terminal.errorWidth - MARK_COLUMNS - ANSWER_COLUMNS);
    const answers = await prompt<{ answer: Value }>([{ ...question, message, name: 'answer' }] as never);
    process.exitCode = exitCodeBefore;
    return answers.answer as Value;
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)) {
      throw new InterruptedError(undefined, { cause: error });
    }
    throw error;
  } finally {
    interruption.end();
    terminal.stdin.removeListener('end', leave).removeListener('close', leave);
  }
}

/** So many choices stand at once, where they are more than fit on the screen with the question. */
const FEWEST_ON_A_PAGE = 7;

/** All of them where they fit: a list that goes on below the last line looks as if it ended there. */
function pageSizeOf({ stderr }: Terminal, choices: number): number {
  const rows = stderr.rows ?? 24;
  return Math.max(FEWEST_ON_A_PAGE, Math.min(choices, rows - 6));
}

/** Asks to choose one of a few. `initial` is the value that the cursor starts on. */
export async function select<Value>(
  terminal: Terminal,
  question: { message: string; choices: readonly Choice<Value>[]; initial?: Value },
): Promise<Value> {
  const { message, choices, initial } = question;
  return ask(terminal, {
    type: 'select',
    message,
    choices: choices.map(shown),
    loop: false,
    pageSize: pageSizeOf(terminal, choices.length),
    ...(initial === undefined ? {} : { default: initial }),
  });
}

/** Asks to choose one of many by typing a part of it; `find` is called with what was typed so far. */
export async function search<Value>(
  terminal: Terminal,
  question: { message: string; find: (typed: string) => Promise<readonly Choice<Value>[]> },
): Promise<Value> {
  return ask(terminal, {
    type: 'search',
    message: question.message,
    pageSize: 12,
    source: async (typed: string | undefined) => (await question.find(typed ?? '')).map(shown),
  });
}

/**
 * Asks to tick some of the choices, at least one of which there must be, with the sums of what is ticked per
 * currency. The values come in the order of the choices; none of them only where `atLeastOne` is false.
 */
export async function pick<Value>(
  terminal: Terminal,
  question: { message: string; choices: readonly PickChoice<Value>[]; atLeastOne?: boolean },
): Promise<readonly Value[]> {
  const { message, choices, atLeastOne = true } = question;
  const ticked = await ask<readonly boolean[]>(terminal, {
    type: 'pick',
    message,
    rows: choices.map((choice) => ({ ...choice, ...shown(choice) })),
    ticked: choices.map(({ checked }) => checked === true),
    atLeastOne,
    width: () => terminal.errorWidth,
    height: () => terminal.stderr.rows ?? 0,
  });
  return choices.filter((_, index) => ticked[index] === true).map(({ value }) => value);
}

/**
 * Asks for a text. The answer is trimmed, before `check` sees it too.
 * @param question `leaves` turns the answer into what stays on the screen, for an account say
 */
export async function input(
  terminal: Terminal,
  question: { message: string; initial?: string; check?: Check; leaves?: (answer: string) => string },
): Promise<string> {
  const { message, initial, check, leaves } = question;
  const validate = checker(terminal, check);
  const answer = await ask<string>(terminal, {
    type: 'input',
    message,
    validate: async (typed: string) => validate(typed.trim()),
    ...(initial === undefined ? {} : { default: initial }),
    ...(leaves === undefined
      ? {}
      : {
          transformer: (typed: string, { isFinal }: { isFinal: boolean }) =>
            isFinal ? leaves(typed.trim()) : typed,
        }),
  });
  return answer.trim();
}

/** Asks yes or no. Enter alone is No unless `initial` says otherwise; never let it for what moves money. */
export async function confirm(
  terminal: Terminal,
  question: { message: string; initial?: boolean },
): Promise<boolean> {
  return ask(terminal, { type: 'confirm', message: question.message, default: question.initial ?? false });
}
