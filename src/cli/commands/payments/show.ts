/** `payrun payments show B`. */
import { batchArgument, whatNext } from '../../payment-batch.js';
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const paymentsShow = defineCommand({
  path: ['payments', 'show'],
  summary: 'Show one payment batch: its payouts, its files, what became of each',
  description: 'Accounts are masked, here as in every list; only the file has them whole.',
  arguments: [batchArgument],
  examples: [{ command: 'payrun payments show B-000001', what: 'the first batch' }],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showBatch } = await import('../../../app/payments.js');
      const { shownBatchJson, shownBatchText } = await import('../../render/payments.js');
      const shown = await showBatch(work, input.argument('batch'));
      if (terminal.json) {
        terminal.printJson(shownBatchJson(shown));
        return undefined;
      }
      await terminal.page(shownBatchText(terminal, shown));
      if (shown.batch.status === 'processing') terminal.note(whatNext(context, shown.batch.id));
      return undefined;
    }),
});
