/** `payrun payments show B`. */
import { askedBatchArgument, batchOf, whatNext } from '../../payment-batch.js';
import { defineCommand, type CommandDefinition } from '../../command.js';
import { echoCommand } from '../../echo.js';
import { withWork } from '../../work.js';

export const paymentsShow: CommandDefinition = defineCommand({
  path: ['payments', 'show'],
  summary: 'Show one payment batch: its payouts, its files, what became of each',
  description:
    'Accounts are masked, here as in every list; only the file has them whole. A payout ' +
    'that failed or came back and went out again says in which batch.',
  arguments: [askedBatchArgument],
  examples: [{ command: 'payrun payments show B-000001', what: 'the first batch' }],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showBatch } = await import('../../../app/payments.js');
      const { shownBatchJson, shownBatchText } = await import('../../render/payments.js');
      const shown = await showBatch(work, await batchOf(context, input, work));
      if (terminal.json) {
        terminal.printJson(shownBatchJson(shown));
        return undefined;
      }
      await terminal.page(shownBatchText(terminal, shown));
      if (shown.batch.status === 'processing') terminal.note(whatNext(context, shown.batch.id));
      if (input.optionalArgument('batch') === undefined) echoCommand(context, paymentsShow, [shown.batch.id]);
      return undefined;
    }),
});
