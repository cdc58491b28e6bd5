/** `payrun payouts return`: money that was paid came back. */
import { changePayoutsCommand, payoutArguments, payoutOptions } from '../../change-payouts.js';
import { defineCommand, type CommandDefinition } from '../../command.js';

export const returnCommand: CommandDefinition = defineCommand({
  path: ['payouts', 'return'],
  summary: 'Mark paid payouts as returned',
  description:
    'The money came back. It can be sent again with `payrun payments create`, by hand, or taken back.',
  arguments: payoutArguments,
  options: [
    payoutOptions.run,
    { flags: '--date <date>', description: 'the day on which it came back; today if not given' },
    {
      flags: '--reference <text>',
      description: 'such as that of the bank statement; it stands in the history',
    },
    payoutOptions.reason,
    payoutOptions.idempotencyKey,
  ],
  examples: [
    {
      command: 'payrun payouts return INV-2026-000012 --reason "wrong account" --date 2026-11-20',
      what: 'the money is on our account again',
    },
  ],
  writes: true,
  handler: (context, input) => changePayoutsCommand(context, input, returnCommand, 'return'),
});
