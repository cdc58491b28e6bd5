/** `payrun affiliates block X`. */
import { decisionInput, runDecision } from '../../affiliate-status.js';
import { defineCommand } from '../../command.js';

export const affiliatesBlock = defineCommand({
  path: ['affiliates', 'block'],
  summary: 'Block an affiliate, for fraud say: nothing is paid',
  description:
    'Payouts that are not yet paid stay and are refused by approve, process and pay; void those that shall not be paid at all. ' +
    'An import does not lift it.',
  ...decisionInput,
  examples: [{ command: 'payrun affiliates block aff_1 --reason "self-referrals"', what: 'pay nothing' }],
  writes: true,
  handler: (context, input) => runDecision(context, input, 'block'),
});
