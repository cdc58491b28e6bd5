/** `payrun commissions reject`: take commissions back, paid or not. */
import { defineCommand } from '../../command.js';
import { decisionOptions } from '../../decision-options.js';

export const commissionsReject = defineCommand({
  path: ['commissions', 'reject'],
  summary: 'Reject commissions: refunded, fraudulent, declined',
  description:
    'An unpaid commission is not paid. One that was paid stays as it is, and a correction takes back what it came ' +
    'to, from the next payout; doing it again adds nothing. The rejection stands, whatever the source says, until ' +
    'somebody approves it again. Several are rejected all or none. Filters take unpaid ones only.',
  arguments: [{ name: 'commission', description: 'the commissions, by id', variadic: true }],
  options: decisionOptions,
  examples: [
    { command: 'payrun commissions reject cm_1001 --reason "order refunded"', what: 'take one back' },
    {
      command:
        'payrun commissions reject --affiliate ada@example.com --campaign spring --reason "self-referrals"',
      what: 'reject what one affiliate has unpaid of a campaign',
    },
  ],
  writes: true,
  handler: async (context, input) => {
    const { decideCommand } = await import('../../decide-commissions.js');
    return decideCommand(context, input, 'reject', commissionsReject);
  },
});
