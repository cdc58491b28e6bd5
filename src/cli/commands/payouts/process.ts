/** `payrun payouts process`: payouts were handed to the bank. */
import { changePayoutsCommand, payoutArguments, payoutOptions } from '../../change-payouts.js';
import { defineCommand, type CommandDefinition } from '../../command.js';

export const processCommand: CommandDefinition = defineCommand({
  path: ['payouts', 'process'],
  summary: 'Mark payouts as handed over for payment',
  description:
    'For money that you hand to the bank or to PayPal yourself: it is on its way. It sends nothing; payrun payments ' +
    'create makes a payment file and marks what is in it. From here on a payout cannot be voided, unless it fails ' +
    'or comes back. What failed or came back and is sent again by hand is marked in the same way.',
  arguments: payoutArguments,
  options: [
    payoutOptions.run,
    {
      flags: '--date <date>',
      description: 'the day on which they were handed over, from the issue date on; today if not given',
    },
    { flags: '--reference <text>', description: 'such as that of the bank file; it stays when it is paid' },
    payoutOptions.reason,
    payoutOptions.includeCorrected,
    payoutOptions.idempotencyKey,
  ],
  examples: [
    {
      command: 'payrun payouts process --run R-000003 --reference "SEPA 211"',
      what: 'the bank has the file',
    },
    { command: 'payrun payouts process INV-2026-000012', what: 'send one again that failed' },
  ],
  writes: true,
  handler: (context, input) => changePayoutsCommand(context, input, processCommand, 'process'),
});
