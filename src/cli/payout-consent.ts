/** Consent to what is done with payouts: who must give it, what is shown before, and how it is asked. */
import type { ChangeInput } from '../app/change-payouts.js';
import type { Work } from '../app/work.js';
import type { CalendarDate } from '../core/calendar.js';
import { PAST, type Payout, type PayoutVerb } from '../core/payout.js';
import type { CommandContext } from './command.js';
import { repeatedAnswer } from './idempotency.js';
import { requireDecision } from './terminal.js';

/** What says that money moved, or takes a payout back, is not done without consent. */
const NEEDS_CONSENT: ReadonlyMap<PayoutVerb, string> = new Map([
  ['pay', 'Marking payouts as paid'],
  ['void', 'Voiding payouts'],
  ['redo', 'Redoing payouts'],
]);

/**
 * What the first call with the idempotency key of this one answered; undefined where this one is the first.
 * A call that needs consent needs it every time, whatever became of the one before.
 * @throws UsageError when consent is missing; ConflictError when the key was used for another call
 */
export async function repeatedChange<T>(
  context: CommandContext,
  work: Work,
  verb: PayoutVerb,
): Promise<T | undefined> {
  const needsConsent = work.once !== undefined && NEEDS_CONSENT.has(verb);
  if (needsConsent && !context.globals.yes) requireConsent(context, verb);
  return repeatedAnswer<T>(context, work);
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
 * On a terminal the payouts are shown and it is asked; elsewhere what moves money needs --yes.
 * @returns what would change, as it was looked at; undefined where nobody looked; null for a No
 * @throws UsageError when consent is missing; what `previewChange` throws
 */
export async function looked(
  context: CommandContext,
  work: Work,
  input: ChangeInput,
): Promise<readonly Payout[] | undefined | null> {
  const { terminal, globals } = context;
  if (globals.yes || !(terminal.isInteractive || NEEDS_CONSENT.has(input.verb))) return undefined;
  const { previewChange } = await import('../app/change-payouts.js');
  const { changing, detailsChanges } = await previewChange(work, input);
  if (changing.length === 0) return changing;
  if (!terminal.isInteractive) requireConsent(context, input.verb);
  const { todayOf } = await import('../app/book.js');
  const { printPayouts } = await import('./render/payouts.js');
  await printPayouts(terminal, changing);
  if (detailsChanges.length > 0) {
    const { printDetailsChanges } = await import('./render/payout-changes.js');
    printDetailsChanges(terminal, detailsChanges);
  }
  const message = await question(input, changing, await todayOf(work));
  return (await confirmed(context, input.verb, message)) ? changing : null;
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
