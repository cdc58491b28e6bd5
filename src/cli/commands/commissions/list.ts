/** `payrun commissions list`. */
import { COMMISSION_STATUSES, type CommissionStatus } from '../../../core/commission.js';
import { defineCommand } from '../../command.js';
import { dayOptions, daysOf } from '../../day-options.js';
import { withWork } from '../../work.js';

export const commissionsList = defineCommand({
  path: ['commissions', 'list'],
  summary: 'List commissions in the order in which they came in',
  options: [
    {
      flags: '--affiliate <affiliate>',
      description: 'only those of one: id, e-mail, name or a part of it',
    },
    { flags: '--status <status>', description: 'only those of this status', choices: COMMISSION_STATUSES },
    { flags: '--campaign <name>', description: 'only those of this campaign' },
    ...dayOptions('earned'),
  ],
  examples: [
    { command: 'payrun commissions list --affiliate ada@example.com', what: 'what one affiliate earned' },
    {
      command: 'payrun commissions list --status pending --to 2026-10-31',
      what: 'what still waits for approval',
    },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { withCommissions } = await import('../../../app/commissions.js');
      const { printList } = await import('../../render/list.js');
      const { commissionList } = await import('../../render/commissions.js');
      const affiliate = input.text('affiliate');
      const status = input.text('status') as CommissionStatus | undefined;
      const campaign = input.text('campaign');
      const query = {
        ...(affiliate === undefined ? {} : { affiliate }),
        ...(status === undefined ? {} : { status }),
        ...(campaign === undefined ? {} : { campaign }),
        ...(await daysOf(input)),
      };
      const form = commissionList(context.terminal, {
        sentence: Object.keys(query).length === 0 ? 'There are no commissions yet.' : 'No commission fits.',
        next: 'Take in commissions with: payrun import commissions FILE',
      });
      await printList(context.terminal, form, (use) => withCommissions(work, query, use));
      return undefined;
    }),
});
