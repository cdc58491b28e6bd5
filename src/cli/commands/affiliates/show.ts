/** `payrun affiliates show X`: "when do I get paid?". */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const affiliatesShow = defineCommand({
  path: ['affiliates', 'show'],
  summary: 'Show one affiliate: what is available, on hold, in payouts and paid, and when the next payout is',
  arguments: [
    { name: 'affiliate', description: 'id, e-mail, name, or a part that fits just one', required: true },
  ],
  examples: [{ command: 'payrun affiliates show ada@example.com', what: 'when does Ada get paid?' }],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showAffiliate } = await import('../../../app/affiliates.js');
      const { payNowWords, shownAffiliateJson, shownAffiliateText } =
        await import('../../render/affiliates.js');
      const shown = await showAffiliate(work, input.argument('affiliate'));
      if (terminal.json) {
        terminal.printJson(shownAffiliateJson(shown));
        return undefined;
      }
      await terminal.page(shownAffiliateText(terminal, shown));
      const words = payNowWords(shown);
      if (words !== null) {
        const { equivalentCommand } = await import('../../echo.js');
        const command = equivalentCommand({ path: ['generate'] }, words, context.globals);
        terminal.note(`To pay what is available now:\n  ${command}`);
      }
      return undefined;
    }),
});
