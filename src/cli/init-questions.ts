/** What `init` asks for on a terminal, and what it takes from its options everywhere. */
import type { InitInput } from '../app/init.js';
import { PayrunError, UsageError } from '../core/errors.js';
import { findSetting, minimumKey, NO_MINIMUM } from '../core/settings.js';
import type { CommandContext, CommandInput } from './command.js';
import { requireDecision, type Terminal } from './terminal.js';
import { ledgerPath } from './work.js';

/** The refusal of a setting as the sentence below a question, or undefined. */
function problemOf(key: string, text: string): string | undefined {
  try {
    findSetting(key).parse(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof PayrunError)) throw error;
    return [error.message, error.hint].filter((part) => part !== undefined).join(' ');
  }
}

/** The value of an option that is there, checked here so that the error names the option. */
function given(input: CommandInput, option: string, key: string): string | undefined {
  const text = input.text(option);
  if (text === undefined) return undefined;
  const problem = problemOf(key, text);
  if (problem !== undefined) {
    const flag = option === 'holdDays' ? '--hold-days' : `--${option}`;
    throw new UsageError(`${flag}: ${problem}`, { hint: 'Nothing was made.' });
  }
  return text;
}

const OPTIONS = ['currency', 'timezone', 'minimum', 'holdDays', 'company'];

interface Question {
  readonly message: string;
  readonly key: string;
  readonly initial?: string;
}

async function ask(terminal: Terminal, { message, key, initial }: Question): Promise<string> {
  const prompts = await import('./prompts.js');
  return prompts.input(terminal, {
    message,
    ...(initial === undefined ? {} : { initial }),
    check: (answer) => problemOf(key, answer),
  });
}

/** What a new ledger is told, and whether any of it was asked for. */
export interface InitAnswers extends InitInput {
  readonly asked: boolean;
}

/**
 * The options given; on a terminal the rest is asked for, elsewhere it has its default.
 * @throws UsageError for a value that is not allowed, or a missing decision without a terminal
 */
export async function initAnswers(context: CommandContext, input: CommandInput): Promise<InitAnswers> {
  const { terminal } = context;
  let currency = given(input, 'currency', 'currency');
  let timezone = given(input, 'timezone', 'timezone');
  const missing = [
    ...(currency === undefined ? ['--currency USD'] : []),
    ...(timezone === undefined ? ['--timezone Europe/Berlin'] : []),
  ];
  if (missing.length > 0) {
    requireDecision(
      terminal,
      `${missing.join(' ')} or another`,
      'A ledger needs a currency and a time zone.',
    );
  }
  const interactive = terminal.isInteractive;
  const asked = interactive && OPTIONS.some((option) => input.options[option] === undefined);
  currency ??= await ask(terminal, { message: 'Currency of the programme', key: 'currency', initial: 'USD' });
  const systemZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  timezone ??= await ask(terminal, {
    message: 'Time zone of the books',
    key: 'timezone',
    initial: systemZone,
  });
  const minimumIn = minimumKey(findSetting('currency').parse(currency));
  const rest = async (
    option: string,
    key: string,
    message: string,
    initial: string,
  ): Promise<string | null> =>
    given(input, option, key) ?? (interactive ? await ask(terminal, { message, key, initial }) : null);
  const minimum = await rest('minimum', minimumIn, 'Least amount to pay out (or none)', NO_MINIMUM);
  const holdDays = await rest('holdDays', 'hold.days', 'Days to hold a sale for refunds', '30');
  const company = await rest('company', 'company.name', 'Name of your company', '');
  return { path: ledgerPath(context), currency, timezone, minimum, holdDays, company, asked };
}

/** The options that give the same answers. */
export function initWords(said: InitInput): string[] {
  const { currency, timezone, minimum, holdDays, company } = said;
  const option = (flag: string, value: string | null): string[] =>
    value === null || value === '' ? [] : [flag, value];
  return [
    ...['--currency', currency, '--timezone', timezone],
    ...option('--minimum', minimum),
    ...option('--hold-days', holdDays),
    ...option('--company', company),
  ];
}
