/** What decisions on commissions come to, for programs and for people, and what follows from them. */
import type { DecisionInput, DecisionsMade } from '../../app/decide-commissions.js';
import type { Commission, TakenBackTwice } from '../../core/commission.js';
import { TRANSITIONS, type Payout } from '../../core/payout.js';
import type { CommandContext } from '../command.js';
import { equivalentCommand } from '../echo.js';
import { safeText } from '../safe-text.js';
import { commissionJson, printCommissions } from './commissions.js';
import { counted, sumsByCurrency } from './money.js';

/** What a decision came to, as JSON tells it. */
export function decisionsJson(made: DecisionsMade, dryRun: boolean): Record<string, unknown> {
  return {
    commissions: made.commissions.map(commissionJson),
    corrections: made.corrections.map(commissionJson),
    changed: made.changed.length,
    takenBackTwice: made.takenBackTwice.map(({ id }) => id),
    dryRun,
  };
}

function headlineOf({ verb, dryRun }: DecisionInput, { commissions, changed }: DecisionsMade): string {
  const done = verb === 'approve' ? 'approved' : 'rejected';
  const before = commissions.length - changed.length;
  const [only] = commissions;
  const already =
    commissions.length === 1 && only !== undefined
      ? `${only.id} is ${done} already.`
      : `${counted(before, 'commission')} ${before === 1 ? 'is' : 'are'} ${done} already.`;
  if (changed.length === 0) return `Nothing to ${verb}: ${already}`;
  const what = `${counted(changed.length, 'commission')} ${dryRun ? 'would be ' : ''}${done}`;
  return `${what}: ${sumsByCurrency(changed)}.${before === 0 ? '' : ` ${already}`}`;
}

/** Says what a decision came to: the answer, the lines, and what follows from it. */
export async function printDecisions(
  context: CommandContext,
  input: DecisionInput,
  made: DecisionsMade,
): Promise<void> {
  const { terminal } = context;
  const { changed, corrections } = made;
  terminal.print(terminal.bold(headlineOf(input, made)));
  if (changed.length > 0) {
    terminal.print('\n');
    await printCommissions(terminal, changed);
  }
  if (corrections.length > 0) {
    terminal.print('\nCorrections');
    await printCommissions(terminal, corrections);
  }
  if (input.dryRun) {
    terminal.note('Nothing was written: this was a dry run.');
    return;
  }
  noteCorrections(context, made);
  if (input.verb === 'approve') noteAvailable(context, made);
  warnOfTakenBackTwice(context, made.takenBackTwice);
}

/**
 * A payout whose money is still here is made anew; of any other the next payout nets the corrections. What is
 * due with an unpaid original is told with that.
 */
function noteCorrections(context: CommandContext, made: DecisionsMade): void {
  const { terminal } = context;
  const redoable: readonly string[] = TRANSITIONS.redo.from;
  const payoutOf = new Map(made.payouts.map((payout) => [payout.invoiceNumber, payout]));
  const invoiceOf = new Map(made.commissions.map(({ id, invoiceNumber }) => [id, invoiceNumber]));
  const sums = new Map<Payout, bigint>();
  const next: Commission[] = [];
  for (const correction of made.corrections) {
    if (made.due.has(correction.corrects ?? '')) continue;
    const payout = payoutOf.get(invoiceOf.get(correction.corrects ?? '') ?? '');
    if (payout === undefined || !redoable.includes(payout.status)) next.push(correction);
    else sums.set(payout, (sums.get(payout) ?? 0n) + correction.amount);
  }
  const taken = next.filter(({ amount }) => amount < 0n);
  const given = next.filter(({ amount }) => amount > 0n);
  if (taken.length > 0) {
    const positive = taken.map(({ currency, amount }) => ({ currency, amount: -amount }));
    terminal.note(`${sumsByCurrency(positive)} will be netted from the next payout.`);
  }
  if (given.length > 0) terminal.note(`${sumsByCurrency(given)} will be paid with the next payout.`);
  // What was rejected and approved again is as it was issued.
  const corrected = [...sums].filter(([{ correctedSince }]) => correctedSince);
  noteWrong(
    context,
    corrected.filter(([{ amount }, sum]) => amount + sum > 0n).map(([payout]) => payout),
    'redo',
  );
  noteWrong(
    context,
    corrected.filter(([{ amount }, sum]) => amount + sum <= 0n).map(([payout]) => payout),
    'void',
  );
}

/** Names payouts that must not be paid as they are, and the command that mends it. */
function noteWrong(
  { terminal, globals }: CommandContext,
  payouts: readonly Payout[],
  verb: 'redo' | 'void',
): void {
  if (payouts.length === 0) return;
  const named = payouts.map(({ invoiceNumber, status }) => `${invoiceNumber} (${status})`).join(', ');
  const numbers = payouts.map(({ invoiceNumber }) => invoiceNumber);
  const words = verb === 'redo' ? numbers : [...numbers, '--reason', 'refunded'];
  const command = equivalentCommand({ path: ['payouts', verb] }, words, globals);
  const [is, it] = payouts.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const why =
    verb === 'redo'
      ? `${is} not paid yet and would pay too much or too little now. Make ${it} anew with:`
      : `${is} not paid yet, and nothing of ${it} is owed now. Take ${it} back with:`;
  terminal.note(`${named} ${why}\n  ${command}`);
}

/** When what was approved can be paid, and the command that does it. */
function noteAvailable({ terminal, globals }: CommandContext, made: DecisionsMade): void {
  const due = made.changed
    .map((commission) => ({ ...commission, amount: made.due.get(commission.id) ?? 0n }))
    .filter(({ amount }) => amount > 0n);
  if (due.length === 0) return;
  const later = due.filter(({ availableOn }) => availableOn > made.today);
  const days = later.map(({ availableOn }) => availableOn).sort();
  const [first] = days;
  const last = days.at(-1);
  const span = first === last ? `on ${first ?? ''}` : `between ${first ?? ''} and ${last ?? ''}`;
  const ids = new Set(due.map(({ affiliateId }) => affiliateId));
  const who = ids.size === 1 ? ['--affiliate', ...ids] : ['--all'];
  const words = [...who, '--period', 'this-month', '--include-earlier'];
  const pay = equivalentCommand({ path: ['generate'] }, words, globals);
  const sums = sumsByCurrency(due);
  if (later.length === 0) terminal.note(`${sums} available now. Pay it with:\n  ${pay}`);
  else if (later.length === due.length) {
    terminal.note(`${sums} on hold: available ${span}. Then pay it with:\n  ${pay}`);
  } else {
    const now = sumsByCurrency(due.filter(({ availableOn }) => availableOn <= made.today));
    terminal.note(`${now} available now, ${sumsByCurrency(later)} ${span}. Pay it with:\n  ${pay}`);
  }
}

const NAMED = 5;

/** A debit of the source and a correction that take the same commission back: one of them is too much. */
export function warnOfTakenBackTwice(
  { terminal, globals }: CommandContext,
  twice: readonly TakenBackTwice[],
): void {
  if (twice.length === 0) return;
  const named = twice.slice(0, NAMED);
  const pairs = named.map(({ id, by }) => `${safeText(id)} (by ${safeText(by)})`).join(', ');
  const more = twice.length > NAMED ? ` and ${twice.length - NAMED} more` : '';
  const debits = named.map(({ by }) => by);
  const reject = equivalentCommand({ path: ['commissions', 'reject'] }, debits, globals);
  terminal.warn(
    `Taken back by more than it was: ${pairs}${more}. A correction and a debit of the source take back the same. ` +
      `If the debit is too much:\n  ${reject}`,
  );
}
