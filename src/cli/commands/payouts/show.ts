/** `payrun payouts show N`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const payoutsShow = defineCommand({
  path: ['payouts', 'show'],
  summary: 'Show one payout with its lines and its history',
  arguments: [{ name: 'invoiceNumber', description: 'such as INV-2026-000012', required: true }],
  examples: [
    { command: 'payrun payouts show INV-2026-000012', what: 'what it pays, to whom, and what became of it' },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showPayout } = await import('../../../app/payouts.js');
      const { correctedHint, detailsHint, shownPayoutJson, shownPayoutText } =
        await import('../../render/payouts.js');
      const shown = await showPayout(work, input.argument('invoiceNumber'));
      if (terminal.json) {
        terminal.printJson(shownPayoutJson(shown));
        return undefined;
      }
      await terminal.page(shownPayoutText(terminal, shown));
      const { payout } = shown;
      if (payout.correctedSince) terminal.note(correctedHint([payout], context.globals));
      else if (payout.detailsChanged) terminal.note(detailsHint([payout], context.globals));
      return undefined;
    }),
});
