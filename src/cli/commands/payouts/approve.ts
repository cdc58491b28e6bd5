/** `payrun payouts approve`: let payouts be paid, where the programme asks for an approval. */
import { changePayoutsCommand, payoutArguments, payoutOptions } from '../../change-payouts.js';
import { defineCommand, type CommandDefinition } from '../../command.js';

export const approveCommand: CommandDefinition = defineCommand({
  path: ['payouts', 'approve'],
  summary: 'Approve payouts, so that they may be paid',
  description:
    'Needed where the setting approval.payouts is required or two-person; under two-person not by who generated ' +
    'them. That is a control and not a wall: names are given, not proved. Several are approved all or none. ' +
    'Where the payment details of an affiliate were changed after his payout was made or approved, it is left out ' +
    'of payment files until it is approved again, also after it failed or came back.',
  arguments: payoutArguments,
  options: [
    payoutOptions.run,
    payoutOptions.reason,
    payoutOptions.includeCorrected,
    payoutOptions.idempotencyKey,
  ],
  examples: [
    { command: 'payrun payouts approve --run R-000003', what: 'approve a whole run' },
    { command: 'payrun payouts approve', what: 'choose from what is open or needs it again' },
  ],
  writes: true,
  handler: (context, input) => changePayoutsCommand(context, input, approveCommand, 'approve'),
});
