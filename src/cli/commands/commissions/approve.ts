/** `payrun commissions approve`: let commissions be paid. */
import { defineCommand } from '../../command.js';
import { decisionOptions } from '../../decision-options.js';

export const commissionsApprove = defineCommand({
  path: ['commissions', 'approve'],
  summary: 'Approve pending or rejected commissions',
  description:
    'An approval stands against a source that still says pending; a source that rejects afterwards overrides it. ' +
    'What was taken back after it was paid is given again by a correction. Several are approved all or none. ' +
    'Filters take pending ones only.',
  arguments: [{ name: 'commission', description: 'the commissions, by id', variadic: true }],
  options: decisionOptions,
  examples: [
    { command: 'payrun commissions approve cm_1001 cm_1002', what: 'approve two' },
    {
      command: 'payrun commissions approve --affiliate ada@example.com --to 2026-10-31',
      what: 'approve what one affiliate has pending up to October',
    },
    {
      command: 'payrun commissions approve --campaign spring --dry-run',
      what: 'only say which that would be',
    },
  ],
  writes: true,
  handler: async (context, input) => {
    const { decideCommand } = await import('../../decide-commissions.js');
    return decideCommand(context, input, 'approve', commissionsApprove);
  },
});
