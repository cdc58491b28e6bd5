/** `payrun affiliates show X`: "when do I get paid?". */
import type { ShownAffiliate } from '../../../app/affiliates.js';
import type { Work } from '../../../app/work.js';
import { defineCommand, type CommandContext, type CommandInput } from '../../command.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

/** Who is meant: as said, or found by typing a part of the name. */
async function whoOf(
  context: CommandContext,
  input: CommandInput,
  work: Work,
): Promise<{ readonly who: string; readonly asked: boolean }> {
  const said = input.optionalArgument('affiliate');
  if (said !== undefined) return { who: said, asked: false };
  requireDecision(context.terminal, 'an id, e-mail or name', 'Which affiliate to show has not been said.');
  const { askAffiliate } = await import('../../ask-affiliate.js');
  return { who: await askAffiliate(context.terminal, work), asked: true };
}

/** What can be done about it, as commands. */
async function noteNext(context: CommandContext, shown: ShownAffiliate): Promise<void> {
  const { payNowWords } = await import('../../render/affiliates.js');
  const { equivalentCommand } = await import('../../echo.js');
  const { id, status } = shown.affiliate;
  const words = payNowWords(shown);
  if (words !== null) {
    const command = equivalentCommand({ path: ['generate'] }, words, context.globals);
    context.terminal.note(`To pay what is available now:\n  ${command}`);
  } else if (status === 'paused' || status === 'blocked') {
    const command = equivalentCommand({ path: ['affiliates', 'activate'] }, [id], context.globals);
    context.terminal.note(`Nothing is paid while ${status}. To lift it:\n  ${command}`);
  }
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
      const { shownAffiliateJson, shownAffiliateText } = await import('../../render/affiliates.js');
      const { who, asked } = await whoOf(context, input, work);
      const shown = await showAffiliate(work, who);
      if (terminal.json) {
        terminal.printJson(shownAffiliateJson(shown));
        return undefined;
      }
      await terminal.page(shownAffiliateText(terminal, shown));
      await noteNext(context, shown);
      if (asked) {
        const { echoCommand } = await import('../../echo.js');
        echoCommand(context, affiliatesShow, [who]);
      }
      return undefined;
    }),
});
