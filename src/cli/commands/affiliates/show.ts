/** `payrun affiliates show X`: "when do I get paid?". */
import type { Work } from '../../../app/work.js';
import { defineCommand, type CommandContext, type CommandInput } from '../../command.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

/** Who is meant: as said, or found by typing a part of the name. */
async function whoOf(context: CommandContext, input: CommandInput, work: Work): Promise<string> {
  const said = input.optionalArgument('affiliate');
  if (said !== undefined) return said;
  requireDecision(context.terminal, 'an id, e-mail or name', 'Which affiliate to show has not been said.');
  const { askAffiliate } = await import('../../ask-affiliate.js');
  return askAffiliate(context.terminal, work);
}

export const affiliatesShow = defineCommand({
  path: ['affiliates', 'show'],
  summary: 'Show one affiliate: what is available, on hold, in payouts and paid, and when the next payout is',
  arguments: [{ name: 'affiliate', description: 'id, e-mail, name, or a part that fits just one' }],
  examples: [{ command: 'payrun affiliates show ada@example.com', what: 'when does Ada get paid?' }],
  writes: false,
  menu: 'When does one affiliate get paid?',
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showAffiliate } = await import('../../../app/affiliates.js');
      const { payNowWords, shownAffiliateJson, shownAffiliateText } =
        await import('../../render/affiliates.js');
      const shown = await showAffiliate(work, await whoOf(context, input, work));
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
