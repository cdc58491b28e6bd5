/** `payrun payouts redo`: void payouts and generate them again with what is known now. */
import type { RedoInput, Redone, Replacement } from '../../../app/redo-payouts.js';
import type { Work } from '../../../app/work.js';
import { noteLeftOut, payoutArguments, payoutOptions } from '../../change-payouts.js';
import { defineCommand, type CommandContext, type CommandDefinition } from '../../command.js';
import { confirmed, repeatedChange, requireConsent } from '../../payout-consent.js';
import { askPayouts, askReason } from '../../payout-questions.js';
import { withWork } from '../../work.js';

/** What stands in the history of a payout where nobody said why. */
const REASON = 'redone';

/**
 * On a terminal the old and the new amounts are shown and it is asked.
 * @returns what was shown; undefined where nobody looked; null for a No
 */
async function looked(
  context: CommandContext,
  work: Work,
  input: RedoInput,
): Promise<readonly Replacement[] | undefined | null> {
  if (context.globals.yes) return undefined;
  const { previewRedo } = await import('../../../app/redo-payouts.js');
  const { replacements } = await previewRedo(work, input);
  if (replacements.length === 0) return replacements;
  requireConsent(context, 'redo');
  const { printReplacements } = await import('../../render/payout-changes.js');
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  await printReplacements(context.terminal, replacements, true);
  await warnOfDetails(context, replacements, true);
  const sums = sumsByCurrency(replacements.map(({ old }) => old));
  const now = sumsByCurrency(replacements.map((replacement) => replacement.new));
  const message = `Redo ${counted(replacements.length, 'payout')} (${sums}, then ${now})?`;
  return (await confirmed(context, 'redo', message)) ? replacements : null;
}

/** Warns where payment details were changed before somebody said yes to them: a redo is no such yes. */
async function warnOfDetails(
  { terminal, globals }: CommandContext,
  replacements: readonly Replacement[],
  preview: boolean,
): Promise<void> {
  const changed = replacements.filter(({ detailsChanges }) => detailsChanges.length > 0);
  if (changed.length === 0) return;
  const { redoneDetailsText } = await import('../../render/payout-changes.js');
  terminal.warn(redoneDetailsText(changed));
  if (preview || terminal.json) return;
  const { detailsHint } = await import('../../render/payouts.js');
  terminal.note(
    detailsHint(
      changed.map((one) => one.new),
      globals,
    ),
  );
}

async function show(context: CommandContext, redone: Redone): Promise<void> {
  const { terminal } = context;
  const { changedJson, printRedone } = await import('../../render/payout-changes.js');
  if (terminal.json) {
    terminal.printJson(changedJson(redone.payouts, redone.replacements.length));
    await warnOfDetails(context, redone.replacements, false);
    return;
  }
  await printRedone(terminal, redone);
  await noteLeftOut(terminal, 'redo', redone.leftOut);
  await warnOfDetails(context, redone.replacements, false);
  const { equivalentCommand } = await import('../../echo.js');
  if (redone.replacements.length > 0) {
    terminal.note(
      `What is not yet paid:\n  ${equivalentCommand({ path: ['pending'] }, [], context.globals)}`,
    );
  }
}

export const redoCommand: CommandDefinition = defineCommand({
  path: ['payouts', 'redo'],
  summary: 'Void payouts and generate them again with what is known now',
  description:
    'Each is voided with a credit note and generated again for its affiliate and currency with the same range, ' +
    'campaign and override, as of today, in one transaction. If that would pay nothing, nothing is voided. ' +
    'Payment details that were changed meanwhile wait for an approval as before.',
  arguments: payoutArguments,
  options: [payoutOptions.run, payoutOptions.reason, payoutOptions.idempotencyKey],
  examples: [
    {
      command: 'payrun payouts redo INV-2026-000012 --reason "refund of W-2" --yes',
      what: 'pay the net of a refund',
    },
    { command: 'payrun payouts list --corrected', what: 'which payouts should be redone' },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const first = await repeatedChange<Redone>(context, work, 'redo');
      if (first !== undefined) {
        await show(context, first);
        return undefined;
      }
      const asked = await askPayouts(context, input, work, 'redo');
      if (asked === null) return undefined;
      const { selection, words, picked } = asked;
      const reason = (await askReason(context, input, { verb: 'redo', picked })) ?? REASON;
      const expected = await looked(context, work, { selection, reason });
      if (expected !== null) {
        const { redoPayouts } = await import('../../../app/redo-payouts.js');
        const redone = await redoPayouts(work, { selection, reason }, expected);
        context.terminal.progressDone();
        await show(context, redone);
      }
      if (context.terminal.isInteractive) {
        const { echoCommand } = await import('../../echo.js');
        const parts = [...words, '--reason', reason, '--yes'];
        echoCommand(context, redoCommand, parts, { declined: expected === null });
      }
      return undefined;
    }),
});
