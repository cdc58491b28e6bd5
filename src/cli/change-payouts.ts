/**
 * What the verbs for payouts share: the options, the way from the command line to the answer, and the answer.
 * `payouts redo` has its own way.
 */
import type { ChangeInput, Changed } from '../app/change-payouts.js';
import type { Work } from '../app/work.js';
import type { PayoutVerb } from '../core/payout.js';
import type {
  ArgumentDefinition,
  CommandContext,
  CommandDefinition,
  CommandInput,
  OptionDefinition,
} from './command.js';
import { echoCommand } from './echo.js';
import { idempotencyKeyOption } from './idempotency.js';
import { looked, repeatedChange } from './payout-consent.js';
import { whatNext, type ToldChange } from './payout-next.js';
import { askDate, askPayouts, askReason, askReference, typedPayouts } from './payout-questions.js';
import type { Terminal } from './terminal.js';
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
  idempotencyKey: idempotencyKeyOption,
} as const satisfies Record<string, OptionDefinition>;

/** Does what a verb asks for, from the command line to the answer. */
export async function changePayoutsCommand(
  context: CommandContext,
  input: CommandInput,
  definition: CommandDefinition,
  verb: ChangeInput['verb'],
): Promise<undefined> {
  return withWork(context, async (work) => {
    const includeCorrected = input.flag('includeCorrected');
    const first = await repeatedChange<Changed>(context, work, verb);
    if (first !== undefined) {
      const numbers = first.payouts.map(({ invoiceNumber }) => invoiceNumber);
      const words = typedPayouts(input)?.words ?? numbers;
      await answer(context, work, { verb, includeCorrected }, { done: first, words, seen: false });
      return undefined;
    }
    const asked = await askPayouts(context, input, work, verb);
    if (asked === null) return undefined;
    const { selection, words, picked } = asked;
    const paying = picked && verb === 'pay';
    const change: ChangeInput = {
      ...{ verb, selection, includeCorrected },
      date: await askDate(context, input, work, paying),
      reference: await askReference(context, input, paying),
      reason: await askReason(context, input, { verb, picked }),
    };
    const expected = await looked(context, work, change);
    const { isInteractive } = context.terminal;
    if (expected !== null) {
      const { changePayouts } = await import('../app/change-payouts.js');
      const done = await changePayouts(work, change, expected);
      await answer(context, work, change, { done, words, seen: isInteractive });
    }
    if (isInteractive) {
      const parts = [...words, ...optionWords(change), '--yes'];
      echoCommand(context, definition, parts, { declined: expected === null });
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

/** What was done, the words that name its payouts, and whether these were shown just now. */
interface Told {
  readonly done: Changed;
  readonly words: readonly string[];
  readonly seen: boolean;
}

async function answer(
  context: CommandContext,
  work: Work,
  change: ToldChange,
  { done, words, seen }: Told,
): Promise<void> {
  const { terminal, globals } = context;
  const { verb } = change;
  const { changedJson, printChanged } = await import('./render/payout-changes.js');
  if (terminal.json) terminal.printJson(changedJson(done.payouts, done.changed.length));
  else await printChanged(terminal, verb, done, !seen);
  if (done.sameAccount.length > 0) {
    const numbers = done.sameAccount.map(({ invoiceNumber }) => invoiceNumber).join(', ');
    terminal.warn(
      `${numbers}: approved under another name, but from the account of this machine that generated it ` +
        'or changed its payment details. Two-person approval is a control, not a wall.',
    );
  }
  warnOfDetails(terminal, verb, done);
  if (terminal.json) return;
  await noteLeftOut(terminal, verb, done.leftOut);
  if (done.changed.length === 0) return;
  const { waysOfPayouts } = await import('../app/payouts.js');
  const ways = await waysOfPayouts(work, done.payouts);
  terminal.note(whatNext(change, done, { ways, words }, globals));
}

/** So many numbers still make a sentence that somebody reads. */
const NAMED = 10;

/** By hand money may go where it likes, but whoever sends it should know what a payment file would refuse. */
function warnOfDetails(terminal: Terminal, verb: PayoutVerb, { changed }: Changed): void {
  if (verb !== 'process' && verb !== 'pay') return;
  const numbers = changed.filter(({ detailsChanged }) => detailsChanged).map((one) => one.invoiceNumber);
  if (numbers.length === 0) return;
  const [which, made] =
    numbers.length > NAMED
      ? [`${numbers.length.toLocaleString('en-US')} payouts`, 'they were made']
      : [numbers.join(', '), numbers.length === 1 ? 'it was made' : 'they were made'];
  terminal.warn(`The payment details of ${which} were changed after ${made} or approved.`);
}

/** Says how many payouts of a run were not meant by `--run`. */
export async function noteLeftOut(terminal: Terminal, verb: PayoutVerb, count: number): Promise<void> {
  if (count === 0) return;
  const { counted } = await import('./render/money.js');
  const which = verb === 'redo' ? ' that nothing replaces' : '';
  const were = count === 1 ? 'was' : 'were';
  terminal.note(`${counted(count, 'void payout')} of the run${which} ${were} left out.`);
}
