/** `payrun pending`: payouts whose money has not arrived yet. */
import { defineCommand } from '../command.js';
import { equivalentCommand } from '../echo.js';
import { withWork } from '../work.js';

export const pending = defineCommand({
  path: ['pending'],
  summary: 'List payouts that are not yet paid',
  description: 'Those that are open, approved, processing, failed or returned.',
  examples: [{ command: 'payrun pending', what: 'what still has to leave the bank' }],
  writes: false,
  menu: 'See what is not yet paid',
  handler: (context) =>
    withWork(context, async (work) => {
      const { payoutApproval, waysOfPending, withPending } = await import('../../app/payouts.js');
      const { nextVerbs } = await import('../payout-next.js');
      const { printList } = await import('../render/list.js');
      const { payoutList } = await import('../render/payouts.js');
      const approval = await payoutApproval(work);
      const ways = await waysOfPending(work);
      const empty = {
        sentence: 'Nothing is pending: every payout is paid or void.',
        next: `Make payouts with: ${equivalentCommand({ path: ['generate'] }, [], context.globals)}`,
      };
      const form = payoutList(context.terminal, empty, context.globals, (statuses) =>
        nextVerbs(statuses, approval, ways, context.globals),
      );
      await printList(context.terminal, form, (use) => withPending(work, use));
      return undefined;
    }),
});
