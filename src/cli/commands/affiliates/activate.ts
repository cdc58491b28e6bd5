/** `payrun affiliates activate X`. */
import { decisionInput, runDecision } from '../../affiliate-status.js';
import { defineCommand } from '../../command.js';

export const affiliatesActivate = defineCommand({
  path: ['affiliates', 'activate'],
  summary: 'Make an affiliate active again',
  description: 'What was kept is paid with the next run.',
  ...decisionInput,
  examples: [{ command: 'payrun affiliates activate aff_1', what: 'pay him again' }],
  writes: true,
  handler: (context, input) => runDecision(context, input, 'activate'),
});
