/** What `generate` answers: the plan or the run, what was earned too early for it, and what comes next. */
import type { Generated } from '../app/generate.js';
import type { Work } from '../app/work.js';
import type { CommandContext } from './command.js';
import { equivalentCommand } from './echo.js';
import { earnedEarlierWarning, payoutsText, planDocument, planHeadline, printPlan } from './render/plan.js';
import { actorOf } from './work.js';

/** Prints payouts and skips as tables or as JSON. */
export async function showGenerated(
  context: CommandContext,
  generated: Generated,
  dryRun: boolean,
): Promise<void> {
  if (!context.terminal.json) {
    await printPlan(generated, context.terminal);
    return;
  }
  const preview = dryRun ? { createdBy: actorOf(context), kind: 'manual' as const } : null;
  context.terminal.printJson(planDocument(generated, preview));
}

/** Warns of what would be paid, had it not been earned before the range. */
export function warnOfEarlier(context: CommandContext, generated: Generated): void {
  const warning = earnedEarlierWarning(generated);
  if (warning !== null) context.terminal.warn(warning);
}

/**
 * Prints what a run did.
 * @param whole false after a preview: the tables were seen already, and the numbers are what is new
 */
export async function showResult(
  context: CommandContext,
  work: Work,
  generated: Generated,
  whole: boolean,
): Promise<void> {
  const { terminal } = context;
  if (whole) await showGenerated(context, generated, false);
  else
    await terminal.page(`${terminal.bold(planHeadline(generated))}\n\n${payoutsText(generated, terminal)}`);
  if (generated.run === null) return;
  const { id } = generated.run;
  const { payoutApproval, waysOfPayouts } = await import('../app/payouts.js');
  const { afterRun } = await import('./payout-next.js');
  const ways = await waysOfPayouts(work, generated.payouts);
  const file = ['payouts', '--run', id, '--out', `payouts-${id}.csv`];
  const next = [
    equivalentCommand({ path: ['export'] }, file, context.globals),
    ...afterRun(id, await payoutApproval(work), ways, context.globals),
    equivalentCommand({ path: ['pending'] }, [], context.globals),
  ];
  terminal.note(`Next:${next.map((command) => `\n  ${command}`).join('')}`);
}
