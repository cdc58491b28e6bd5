/** `payrun payouts redo`: void payouts and generate them again with what is known now. */
import type { RedoInput, Replacement } from '../../../app/redo-payouts.js';
import type { Work } from '../../../app/work.js';
import {
  askPayouts,
  askReason,
  confirmed,
  noteLeftOut,
  payoutArguments,
  payoutOptions,
  requireConsent,
} from '../../change-payouts.js';
import { defineCommand, type CommandContext, type CommandDefinition } from '../../command.js';
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
  if (replacements.length === 0) return undefined;
  requireConsent(context, 'redo');
  const { printReplacements } = await import('../../render/payout-changes.js');
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  await printReplacements(context.terminal, replacements, true);
  const sums = sumsByCurrency(replacements.map(({ old }) => old));
  const now = sumsByCurrency(replacements.map((replacement) => replacement.new));
  const message = `Redo ${counted(replacements.length, 'payout')} (${sums}, then ${now})?`;
  return (await confirmed(context, 'redo', message)) ? replacements : null;
}

async function redo(
  context: CommandContext,
  work: Work,
  input: RedoInput,
  expected: readonly Replacement[] | undefined,
): Promise<void> {
  const { terminal } = context;
  const { redoPayouts } = await import('../../../app/redo-payouts.js');
  const { changedJson, printRedone } = await import('../../render/payout-changes.js');
  const redone = await redoPayouts(work, input, expected);
  terminal.progressDone();
  if (terminal.json) {
    terminal.printJson(changedJson(redone.payouts, redone.replacements.length));
    return;
  }
  await printRedone(terminal, redone);
  await noteLeftOut(terminal, 'redo', redone.leftOut);
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
    'campaign and override, as of today, in one transaction. If that would pay nothing, nothing is voided.',
  arguments: payoutArguments,
  options: [payoutOptions.run, payoutOptions.reason],
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
      const asked = await askPayouts(context, input, work, 'redo');
      if (asked === null) return undefined;
      const { selection, words, picked } = asked;
      const reason = (await askReason(context, input, { verb: 'redo', picked })) ?? REASON;
      const expected = await looked(context, work, { selection, reason });
      if (expected !== null) await redo(context, work, { selection, reason }, expected);
      if (context.terminal.isInteractive) {
        const { echoCommand } = await import('../../echo.js');
        const parts = [...words, '--reason', reason, '--yes'];
        echoCommand(context, redoCommand, parts, { declined: expected === null });
      }
      return undefined;
    }),
});
