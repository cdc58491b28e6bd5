/** What the commands for one payment batch share: its name, the look before it changes, and what is next. */
import type { LookedAtBatch, SettledBatch } from '../app/settle-payments.js';
import type { ArgumentDefinition, CommandContext } from './command.js';
import { equivalentCommand } from './echo.js';

export const batchArgument: ArgumentDefinition = {
  name: 'batch',
  description: 'such as B-000001',
  required: true,
};

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
