/** `payrun commissions show C`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const commissionsShow = defineCommand({
  path: ['commissions', 'show'],
  summary: 'Show one commission, what corrects it and its history',
  arguments: [{ name: 'commission', description: 'its id', required: true }],
  examples: [{ command: 'payrun commissions show c_1001', what: 'where this commission stands' }],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showCommission } = await import('../../../app/commissions.js');
      const { shownCommissionJson, shownCommissionText } = await import('../../render/commissions.js');
      const shown = await showCommission(work, input.argument('commission'));
      if (terminal.json) terminal.printJson(shownCommissionJson(shown));
      else await terminal.page(shownCommissionText(terminal, shown));
      return undefined;
    }),
});
