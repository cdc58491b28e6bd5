/** `payrun affiliates pause X`. */
import { decisionInput, runDecision } from '../../affiliate-status.js';
import { defineCommand } from '../../command.js';

export const affiliatesPause = defineCommand({
  path: ['affiliates', 'pause'],
  summary: 'Pause an affiliate: nothing is paid until he is active again',
  description:
    'What he earns goes on to be kept for him. Payouts that are not yet paid stay and are refused by approve, process and pay. ' +
    'An import does not lift it.',
  ...decisionInput,
  examples: [
    {
      command: 'payrun affiliates pause aff_1 --reason "asked for new bank details"',
      what: 'pay nothing for now',
    },
  ],
  writes: true,
  handler: (context, input) => runDecision(context, input, 'pause'),
});
