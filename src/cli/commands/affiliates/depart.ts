/** `payrun affiliates depart X`. */
import { decisionInput, runDecision } from '../../affiliate-status.js';
import { defineCommand } from '../../command.js';

export const affiliatesDepart = defineCommand({
  path: ['affiliates', 'depart'],
  summary: 'Let an affiliate depart: what he has earned is still paid',
  description:
    'The answer says what is left, and names the command for the final payment. An import does not lift it.',
  ...decisionInput,
  examples: [
    {
      command: 'payrun affiliates depart aff_1 --reason "left the programme"',
      what: 'and see what is left to pay',
    },
  ],
  writes: true,
  handler: (context, input) => runDecision(context, input, 'depart'),
});
