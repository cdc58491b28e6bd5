/** `payrun payouts void`: take payouts back; their commissions can be paid again. */
import { changePayoutsCommand, payoutArguments, payoutOptions } from '../../change-payouts.js';
import { defineCommand, type CommandDefinition } from '../../command.js';

export const voidCommand: CommandDefinition = defineCommand({
  path: ['payouts', 'void'],
  summary: 'Take payouts back, with a credit note each',
  description:
    'The commissions are eligible again at once and their hold does not restart. The invoice number stays taken. ' +
    'A payout that is void already changes nothing. Several are voided all or none.',
  arguments: payoutArguments,
  options: [payoutOptions.run, payoutOptions.reason, payoutOptions.idempotencyKey],
  examples: [
    {
      command: 'payrun payouts void INV-2026-000012 --reason "wrong bank details" --yes',
      what: 'take one back',
    },
    {
      command: 'payrun payouts void --run R-000003 --reason "wrong month" --yes',
      what: 'take a whole run back',
    },
  ],
  writes: true,
  handler: (context, input) => changePayoutsCommand(context, input, voidCommand, 'void'),
});
