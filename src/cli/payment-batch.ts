/** What the commands for one payment batch share: its name, the look before it changes, and what is next. */
import type { LookedAtBatch, SettledBatch } from '../app/settle-payments.js';
import type { Work } from '../app/work.js';
import type { PaymentBatch } from '../core/payment.js';
import type { ArgumentDefinition, CommandContext, CommandInput } from './command.js';
import { equivalentCommand } from './echo.js';
import { safeText } from './safe-text.js';
import { requireDecision } from './terminal.js';

export const batchArgument: ArgumentDefinition = {
  name: 'batch',
  description: 'such as B-000001',
  required: true,
  offers: 'batch',
};

/** The same where it may be chosen on a terminal. */
export const askedBatchArgument: ArgumentDefinition = {
  name: 'batch',
  description: 'such as B-000001; on a terminal it is asked',
  offers: 'batch',
};

/**
 * The batch as said; on a terminal it is chosen, those under way first.
 * @throws UsageError when nobody can be asked; NotFoundError when there is none yet
 */
export async function batchOf(
  { terminal }: Pick<CommandContext, 'terminal'>,
  input: CommandInput,
  work: Work,
): Promise<string> {
  const said = input.optionalArgument('batch');
  if (said !== undefined) return said;
  requireDecision(terminal, 'a batch such as B-000001', 'Which payment batch has not been said.');
  const { listPayments } = await import('../app/payments.js');
  const { NotFoundError } = await import('../core/errors.js');
  const batches = (await listPayments(work, null)).reverse();
  if (batches.length === 0) {
    throw new NotFoundError('There are no payment batches yet.', {
      hint: 'Make one with `payrun payments create`.',
    });
  }
  const { sumsByCurrency } = await import('./render/money.js');
  const prompts = await import('./prompts.js');
  const isUnderWay = ({ status }: PaymentBatch): boolean => status === 'processing';
  const ordered = [...batches.filter(isUnderWay), ...batches.filter((batch) => !isUnderWay(batch))];
  return prompts.select(terminal, {
    message: 'Which payment batch?',
    choices: ordered.map(({ id, createdOn, method, totals, status }) => ({
      name: `${id}  ${createdOn}  ${method.padEnd(6)}  ${status.padEnd(10)}  ${sumsByCurrency(totals)}`,
      value: id,
    })),
  });
}

/** What comes next for a batch that is under way, as commands. */
export function whatNext({ globals }: Pick<CommandContext, 'globals'>, id: string): string {
  const command = (verb: string, ...parts: readonly string[]): string =>
    equivalentCommand({ path: ['payments', verb] }, [id, ...parts], globals);
  return [
    `When the provider or the bank tells what became of it:\n  ${command('reconcile', 'FILE')}`,
    `When all of it has arrived:\n  ${command('confirm')}`,
    `If the file was never sent:\n  ${command('cancel')} --reason "..."`,
  ].join('\n');
}

/**
 * Shows on a terminal what is under way, and asks.
 * @returns whether the answer was yes; a No is said
 */
export async function agreed(
  { terminal }: CommandContext,
  { underWay }: LookedAtBatch,
  words: { readonly question: string; readonly declined: string },
): Promise<boolean> {
  const { itemsTable } = await import('./render/payments.js');
  const { confirm } = await import('./prompts.js');
  await terminal.page(itemsTable(terminal, underWay));
  if (await confirm(terminal, { message: words.question })) return true;
  terminal.note(words.declined);
  return false;
}

/** What was done with a batch: a line, and what of it was known already. */
export async function printSettled(
  { terminal }: CommandContext,
  settled: SettledBatch,
  words: { readonly done: string; readonly nothing: string },
): Promise<void> {
  const { endedText, settledJson } = await import('./render/payments.js');
  if (terminal.json) {
    terminal.printJson(settledJson(settled));
    return;
  }
  const { counted, sumsByCurrency } = await import('./render/money.js');
  const { payouts, ended, batch } = settled;
  const before = ended.length === 0 ? '' : ` Known already: ${endedText(ended)}.`;
  const what =
    payouts.length === 0
      ? words.nothing
      : `${counted(payouts.length, 'payout')} of ${batch.id} ${words.done}: ${sumsByCurrency(payouts)}.`;
  terminal.print(terminal.bold(what) + before);
}

/** Files that stand beside those of a batch as if they belonged to them, and would be sent with them. */
export function warnOfLeftOver(
  { terminal }: Pick<CommandContext, 'terminal'>,
  files: readonly string[],
): void {
  if (files.length === 0) return;
  terminal.warn(`${files.map(safeText).join(', ')}: there from before, and not a part of this batch.`);
}
