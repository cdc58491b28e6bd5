/** What the verbs for payouts ask: which, why, on which day, and with what reference. */
import type { PayoutSelection } from '../app/change-payouts.js';
import type { Work } from '../app/work.js';
import type { CalendarDate } from '../core/calendar.js';
import { PayrunError } from '../core/errors.js';
import { parseReference, PAST, type Payout, type PayoutVerb } from '../core/payout.js';
import type { CommandContext, CommandInput } from './command.js';
import type { PickChoice } from './prompts.js';
import { requireDecision } from './terminal.js';

/** Which payouts, and the words that name them again. */
export interface AskedPayouts {
  readonly selection: PayoutSelection;
  readonly words: readonly string[];
  /** Whether they were ticked in a list, so that the rest may be asked as well. */
  readonly picked: boolean;
}

/** The payouts on the command line; null where none are named. */
export function typedPayouts(input: CommandInput): AskedPayouts | null {
  const invoiceNumbers = input.argumentList('invoiceNumber');
  const run = input.text('run') ?? null;
  if (invoiceNumbers.length === 0 && run === null) return null;
  const words = run === null ? invoiceNumbers : [...invoiceNumbers, '--run', run];
  return { selection: { invoiceNumbers, run }, words, picked: false };
}

/**
 * The payouts on the command line; on a terminal without any, those ticked in a list of the fitting ones.
 * Null, which was said, when none fits.
 * @throws UsageError when nobody can be asked
 */
export async function askPayouts(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  verb: PayoutVerb,
): Promise<AskedPayouts | null> {
  const { terminal } = context;
  const typed = typedPayouts(input);
  if (typed !== null) return typed;
  requireDecision(terminal, 'invoice numbers, or --run R', `Which payouts to ${verb} has not been said.`);
  const { changeablePayouts } = await import('../app/change-payouts.js');
  const fitting = await changeablePayouts(work, { verb, includeCorrected: input.flag('includeCorrected') });
  if (fitting.length === 0) {
    terminal.print(`No payout can be ${PAST[verb]} now.`);
    terminal.note('What is not yet paid, and why:\n  payrun pending');
    return null;
  }
  const { pick } = await import('./prompts.js');
  const picked = await pick(terminal, {
    message: `Which payouts are to be ${PAST[verb]}?`,
    choices: await choicesOf(fitting),
  });
  return { selection: { invoiceNumbers: picked, run: null }, words: picked, picked: true };
}

async function choicesOf(payouts: readonly Payout[]): Promise<PickChoice<string>[]> {
  const { sumsByCurrency } = await import('./render/money.js');
  const amounts = payouts.map((payout) => sumsByCurrency([payout]));
  const widest = amounts.reduce((most, { length }) => Math.max(most, length), 0);
  return payouts.map((payout, index) => {
    const { invoiceNumber, affiliateName, affiliateId, status, currency, amount } = payout;
    const wrong = payout.correctedSince ? ', corrected' : payout.detailsChanged ? ', details changed' : '';
    const stands = status + wrong;
    const who = `${affiliateName} (${affiliateId})`;
    const name = `${invoiceNumber}  ${(amounts[index] ?? '').padStart(widest)}  ${who}  ${stands}`;
    return { name, value: invoiceNumber, currency, amount };
  });
}

/** The text of an option, or what is answered on a terminal; null where it may be left out and was. */
export async function askReason(
  context: CommandContext,
  input: CommandInput,
  { verb, picked }: { readonly verb: PayoutVerb; readonly picked: boolean },
): Promise<string | null> {
  const given = input.text('reason')?.trim() ?? '';
  if (given !== '') return given;
  if (verb === 'void') {
    requireDecision(context.terminal, '--reason TEXT', 'Voiding a payout needs a reason.');
    const prompts = await import('./prompts.js');
    return prompts.input(context.terminal, {
      message: 'Why?',
      check: (answer) => (answer === '' ? 'A void needs a reason: it stands in the history.' : undefined),
    });
  }
  if (!picked || (verb !== 'fail' && verb !== 'return')) return null;
  const prompts = await import('./prompts.js');
  const answer = await prompts.input(context.terminal, { message: 'Why? (Enter for no reason)' });
  return answer === '' ? null : answer;
}

/** What is wrong with what was typed, as a sentence. */
function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof PayrunError) return error.message;
    throw error;
  }
}

/** The day that was given; asked, with today, where the payouts of a payment were ticked in a list. */
export async function askDate(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  paying: boolean,
): Promise<CalendarDate | null> {
  const { parseDay } = await import('../core/period.js');
  const given = input.text('date');
  if (given !== undefined) return parseDay(given);
  if (!paying) return null;
  const { todayOf } = await import('../app/book.js');
  const prompts = await import('./prompts.js');
  const answer = await prompts.input(context.terminal, {
    message: 'Paid on which day?',
    initial: await todayOf(work),
    check: (typed) => problemOf(() => parseDay(typed)),
  });
  return parseDay(answer);
}

/** The reference that was given; asked where the payouts of a payment were ticked in a list. */
export async function askReference(
  context: CommandContext,
  input: CommandInput,
  paying: boolean,
): Promise<string | null> {
  const given = parseReference(input.text('reference') ?? '');
  if (given !== null || !paying) return given;
  const prompts = await import('./prompts.js');
  const message = 'Reference of the payment? (Enter for none)';
  const answer = await prompts.input(context.terminal, {
    message,
    check: (typed) => problemOf(() => parseReference(typed)),
  });
  return parseReference(answer);
}
