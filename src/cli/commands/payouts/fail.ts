/** `payrun payouts fail`: a payment did not go through. */
import { changePayoutsCommand, payoutArguments, payoutOptions } from '../../change-payouts.js';
import { defineCommand, type CommandDefinition } from '../../command.js';

export const failCommand: CommandDefinition = defineCommand({
  path: ['payouts', 'fail'],
  summary: 'Mark payouts on their way as failed',
  description:
    'The money never left. It can be sent again with `payrun payments create`, by hand, or taken back.',
  arguments: payoutArguments,
  options: [
    payoutOptions.run,
    { flags: '--date <date>', description: 'the day on which it failed; today if not given' },
    {
      flags: '--reference <text>',
      description: "such as that of the bank's answer; it stands in the history",
    },
    payoutOptions.reason,
    payoutOptions.idempotencyKey,
  ],
  examples: [
    {
      command: 'payrun payouts fail INV-2026-000012 --reason "account closed"',
      what: 'the bank refused it',
    },
  ],
  writes: true,
  handler: (context, input) => changePayoutsCommand(context, input, failCommand, 'fail'),
});
