/** `payrun payouts pay`: the money has arrived. */
import { changePayoutsCommand, payoutArguments, payoutOptions } from '../../change-payouts.js';
import { defineCommand, type CommandDefinition } from '../../command.js';

export const payCommand: CommandDefinition = defineCommand({
  path: ['payouts', 'pay'],
  summary: 'Mark payouts as paid, with day and reference',
  description:
    'One that was not marked as handed over before is both at once. A payout that is paid already changes nothing; ' +
    'with another day or reference it is refused.',
  arguments: payoutArguments,
  options: [
    payoutOptions.run,
    {
      flags: '--date <date>',
      description: 'the day of the payment, from the issue date on; today if not given',
    },
    { flags: '--reference <text>', description: 'such as that of the bank statement' },
    payoutOptions.reason,
    payoutOptions.includeCorrected,
    payoutOptions.idempotencyKey,
  ],
  examples: [
    {
      command: 'payrun payouts pay --run R-000003 --date 2026-11-20 --reference "statement 211" --yes',
      what: 'the bank has paid a whole run',
    },
    {
      command: 'payrun payouts pay --run R-000003 --idempotency-key statement-211 --yes',
      what: 'from a script: called again with this key it changes nothing',
    },
    { command: 'payrun payouts pay', what: 'choose from what is not yet paid' },
  ],
  writes: true,
  menu: 'Mark payouts as paid',
  handler: (context, input) => changePayoutsCommand(context, input, payCommand, 'pay'),
});
