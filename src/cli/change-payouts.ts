/**
 * What the verbs for payouts share: the options, which payouts are meant, consent, the answer and what comes
 * next. `payouts redo` has its own way from the selection to the answer.
 */
import type { ChangeInput, Changed, PayoutSelection } from '../app/change-payouts.js';
import type { Work } from '../app/work.js';
import type { CalendarDate } from '../core/calendar.js';
import {
  PAST,
  type Payout,
  type PayoutApproval,
  type PayoutStatus,
  type PayoutVerb,
} from '../core/payout.js';
import type {
  ArgumentDefinition,
  CommandContext,
  CommandDefinition,
  CommandInput,
  OptionDefinition,
} from './command.js';
import { echoCommand, equivalentCommand, type Repeated } from './echo.js';
import type { PickChoice } from './prompts.js';
import { requireDecision, type Terminal } from './terminal.js';
import { withWork } from './work.js';

export const payoutArguments: readonly ArgumentDefinition[] = [
  { name: 'invoiceNumber', description: 'the payouts, by invoice number', variadic: true },
];

export const payoutOptions = {
  run: { flags: '--run <run>', description: 'all payouts of a run that are not void' },
  reason: { flags: '--reason <text>', description: 'why; it stands in the history of the payout' },
  includeCorrected: {
    flags: '--include-corrected',
    description: 'also those whose lines were corrected since they were made',
  },
} as const satisfies Record<string, OptionDefinition>;

/** What says that money moved, or takes a payout back, is not done without consent. */
const NEEDS_CONSENT: ReadonlyMap<PayoutVerb, string> = new Map([
  ['pay', 'Marking payouts as paid'],
  ['void', 'Voiding payouts'],
  ['redo', 'Redoing payouts'],
]);

/** Which payouts, and the words that name them again. */
export interface AskedPayouts {
  readonly selection: PayoutSelection;
  readonly words: readonly string[];
  /** Whether they were ticked in a list, so that the rest may be asked as well. */
  readonly picked: boolean;
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
  const invoiceNumbers = input.argumentList('invoiceNumber');
  const run = input.text('run') ?? null;
  if (invoiceNumbers.length > 0 || run !== null) {
    const words = run === null ? invoiceNumbers : [...invoiceNumbers, '--run', run];
    return { selection: { invoiceNumbers, run }, words, picked: false };
  }
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
    const { invoiceNumber, affiliateName, affiliateId, status, correctedSince, currency, amount } = payout;
    const stands = correctedSince ? `${status}, corrected` : status;
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

/** The day that was given; asked, with today, where the payouts of a payment were ticked in a list. */
async function askDate(
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
  const { PayrunError } = await import('../core/errors.js');
  const prompts = await import('./prompts.js');
  const answer = await prompts.input(context.terminal, {
    message: 'Paid on which day?',
    initial: await todayOf(work),
    check: (typed) => {
      try {
        parseDay(typed);
        return undefined;
      } catch (error) {
        if (error instanceof PayrunError) return error.message;
        throw error;
      }
    },
  });
  return parseDay(answer);
}

async function askReference(
  context: CommandContext,
  input: CommandInput,
  paying: boolean,
): Promise<string | null> {
  const given = input.text('reference')?.trim() ?? '';
  if (given !== '' || !paying) return given === '' ? null : given;
  const prompts = await import('./prompts.js');
  const message = 'Reference of the payment? (Enter for none)';
  const answer = await prompts.input(context.terminal, { message });
  return answer === '' ? null : answer;
}

/** The question before anything is done; the answer of Enter is No. */
async function question(
  input: ChangeInput,
  changing: readonly Payout[],
  today: CalendarDate,
): Promise<string> {
  const on = input.date === null ? '' : ` on ${input.date}`;
  const { counted, sumsByCurrency } = await import('./render/money.js');
  const what = `${counted(changing.length, 'payout')} (${sumsByCurrency(changing)})`;
  const questions: Readonly<Record<ChangeInput['verb'], string>> = {
    approve: `Approve ${what}?`,
    process: `Mark ${what} as handed over for payment${on}?`,
    pay: `Mark ${what} as paid on ${input.date ?? today}?`,
    fail: `Mark ${what} as failed${on}?`,
    return: `Mark ${what} as returned${on}?`,
    void: `Void ${what}? The commissions can be paid again.`,
  };
  return questions[input.verb];
}

/**
 * Whether it may be done. On a terminal the payouts are shown and it is asked; elsewhere what moves money
 * needs --yes.
 * @throws UsageError when consent is missing; what `previewChange` throws
 */
async function consented(context: CommandContext, work: Work, input: ChangeInput): Promise<boolean> {
  const { terminal, globals } = context;
  if (globals.yes || !(terminal.isInteractive || NEEDS_CONSENT.has(input.verb))) return true;
  const { previewChange } = await import('../app/change-payouts.js');
  const { changing } = await previewChange(work, input);
  if (changing.length === 0) return true;
  if (!terminal.isInteractive) requireConsent(context, input.verb);
  const { todayOf } = await import('../app/book.js');
  const { printPayouts } = await import('./render/payouts.js');
  await printPayouts(terminal, changing);
  return confirmed(context, input.verb, await question(input, changing, await todayOf(work)));
}

/** @throws UsageError when nobody can be asked */
export function requireConsent(context: CommandContext, verb: PayoutVerb): void {
  requireDecision(context.terminal, '--yes', `${NEEDS_CONSENT.get(verb) ?? verb} needs consent.`);
}

/** Asks; a No is said. */
export async function confirmed(
  context: CommandContext,
  verb: PayoutVerb,
  message: string,
): Promise<boolean> {
  const { confirm } = await import('./prompts.js');
  if (await confirm(context.terminal, { message })) return true;
  context.terminal.note(`Nothing was ${PAST[verb]}.`);
  return false;
}

/** Does what a verb asks for, from the command line to the answer. */
export async function changePayoutsCommand(
  context: CommandContext,
  input: CommandInput,
  definition: CommandDefinition,
  verb: ChangeInput['verb'],
): Promise<undefined> {
  return withWork(context, async (work) => {
    const asked = await askPayouts(context, input, work, verb);
    if (asked === null) return undefined;
    const { selection, words, picked } = asked;
    const paying = picked && verb === 'pay';
    const includeCorrected = input.flag('includeCorrected');
    const change: ChangeInput = {
      ...{ verb, selection, includeCorrected },
      date: await askDate(context, input, work, paying),
      reference: await askReference(context, input, paying),
      reason: await askReason(context, input, { verb, picked }),
    };
    const isConfirmed = await consented(context, work, change);
    if (isConfirmed) {
      const { changePayouts } = await import('../app/change-payouts.js');
      await answer(context, change, await changePayouts(work, change), words);
    }
    if (context.terminal.isInteractive) {
      const parts = [...words, ...optionWords(change), '--yes'];
      echoCommand(context, definition, parts, { declined: !isConfirmed });
    }
    return undefined;
  });
}

function optionWords({ date, reference, reason, includeCorrected }: ChangeInput): string[] {
  return [
    ...(date === null ? [] : ['--date', date]),
    ...(reference === null ? [] : ['--reference', reference]),
    ...(reason === null ? [] : ['--reason', reason]),
    ...(includeCorrected ? ['--include-corrected'] : []),
  ];
}

async function answer(
  context: CommandContext,
  change: ChangeInput,
  done: Changed,
  words: readonly string[],
): Promise<void> {
  const { terminal } = context;
  const { verb } = change;
  const { changedJson, printChanged } = await import('./render/payout-changes.js');
  if (terminal.json) terminal.printJson(changedJson(done.payouts, done.changed.length));
  else await printChanged(terminal, verb, done, !terminal.isInteractive);
  if (done.sameAccount.length > 0) {
    const numbers = done.sameAccount.map(({ invoiceNumber }) => invoiceNumber).join(', ');
    terminal.warn(
      `${numbers}: approved under another name, but from the account of this machine that generated it. ` +
        'Two-person approval is a control, not a wall.',
    );
  }
  if (terminal.json) return;
  await noteLeftOut(terminal, verb, done.leftOut);
  if (done.changed.length > 0) terminal.note(await whatNext(context, change, done, words));
}

/** Says how many payouts of a run were not meant by `--run`. */
export async function noteLeftOut(terminal: Terminal, verb: PayoutVerb, count: number): Promise<void> {
  if (count === 0) return;
  const { counted } = await import('./render/money.js');
  const which = verb === 'redo' ? ' that nothing replaces' : '';
  const were = count === 1 ? 'was' : 'were';
  terminal.note(`${counted(count, 'void payout')} of the run${which} ${were} left out.`);
}

async function whatNext(
  context: CommandContext,
  { verb, includeCorrected }: ChangeInput,
  done: Changed,
  words: readonly string[],
): Promise<string> {
  const command = (path: readonly [string] | readonly [string, string], parts: readonly string[]): string =>
    `\n  ${equivalentCommand({ path }, parts, context.globals)}`;
  const insists = includeCorrected && done.payouts.some(({ correctedSince }) => correctedSince);
  const goingOn = insists ? [...words, '--include-corrected'] : words;
  switch (verb) {
    case 'approve':
      return `Next:${command(['payouts', 'process'], goingOn)}`;
    case 'process':
      return `When the money has arrived:${command(['payouts', 'pay'], goingOn)}`;
    case 'pay':
      return `What is not yet paid:${command(['pending'], [])}`;
    case 'fail':
    case 'return':
      return sendAgain(done.payouts, words, (to, parts) => command(['payouts', to], parts));
    case 'void':
      return `What was released can be paid again:${command(['generate'], [...done.again, '--dry-run'])}`;
  }
}

/** So many numbers still make a command line that somebody reads. */
const NUMBERS_IN_COMMAND = 10;

/** What to do with money that did not arrive. What was corrected meanwhile would not be sent as it is. */
function sendAgain(
  payouts: readonly Payout[],
  words: readonly string[],
  command: (verb: PayoutVerb | 'list', parts: readonly string[]) => string,
): string {
  const numbersOf = (isCorrected: boolean): string[] =>
    payouts
      .filter(({ correctedSince }) => correctedSince === isCorrected)
      .map(({ invoiceNumber }) => invoiceNumber);
  const corrected = numbersOf(true);
  const rest = numbersOf(false);
  const takeBack = `${command('void', words)} --reason "..."`;
  if (corrected.length === 0) return `Send it again, or take it back:${command('process', words)}${takeBack}`;
  const redo =
    corrected.length > NUMBERS_IN_COMMAND ? command('list', ['--corrected']) : command('redo', corrected);
  if (rest.length === 0) return `Redo what was corrected, or take it back:${redo}${takeBack}`;
  // A run no longer means what was redone.
  const again = command('process', words.includes('--run') ? words : rest);
  return `Redo what was corrected:${redo}\nSend the rest again:${again}\nOr take them back:${takeBack}`;
}

/** What can be done next with payouts of these statuses; empty where there is nothing to do. */
export function nextVerbs(
  statuses: ReadonlySet<PayoutStatus>,
  approval: PayoutApproval,
  globals: Repeated,
): string {
  const any = (...wanted: readonly PayoutStatus[]): boolean => wanted.some((status) => statuses.has(status));
  const approving = approval !== 'none';
  const verbs: PayoutVerb[] = [
    ...(approving && any('open') ? (['approve'] as const) : []),
    ...(any('approved', 'failed', 'returned') || (!approving && any('open')) ? (['process'] as const) : []),
    ...(any('processing') ? (['pay'] as const) : []),
  ];
  if (verbs.length === 0) return '';
  const commands = verbs.map((verb) => `\n  ${equivalentCommand({ path: ['payouts', verb] }, [], globals)}`);
  return `Next, with invoice numbers or --run R:${commands.join('')}`;
}
