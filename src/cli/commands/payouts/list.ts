/** `payrun payouts list`. */
import { PAYOUT_STATUSES, type PayoutStatus } from '../../../core/payout.js';
import { defineCommand } from '../../command.js';
import { dayOptions, daysOf } from '../../day-options.js';
import { withWork } from '../../work.js';

export const payoutsList = defineCommand({
  path: ['payouts', 'list'],
  summary: 'List payouts, void ones too',
  options: [
    {
      flags: '--status <status>',
      description: 'only those of this status; may be given several times',
      choices: PAYOUT_STATUSES,
      repeatable: true,
    },
    { flags: '--run <run>', description: 'only those of this run' },
    {
      flags: '--affiliate <affiliate>',
      description: 'only those of one: id, e-mail, name or a part of it',
    },
    { flags: '--corrected', description: 'only those whose lines were corrected since they were made' },
    {
      flags: '--details-changed',
      description: 'only those whose payment details were changed since they were made or approved',
    },
    ...dayOptions('issued'),
  ],
  examples: [
    { command: 'payrun payouts list --from 2026-11-01 --to 2026-11-30', what: 'what was issued in November' },
    { command: 'payrun payouts list --run R-000003', what: 'the payouts of one run' },
    { command: 'payrun payouts list --status failed --status returned', what: 'what has to be sent again' },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { withPayouts } = await import('../../../app/payouts.js');
      const { printList } = await import('../../render/list.js');
      const { payoutList } = await import('../../render/payouts.js');
      const statuses = input.list('status') as readonly PayoutStatus[];
      const run = input.text('run');
      const affiliate = input.text('affiliate');
      const query = {
        ...(statuses.length === 0 ? {} : { statuses }),
        ...(run === undefined ? {} : { run }),
        ...(affiliate === undefined ? {} : { affiliate }),
        ...(input.flag('corrected') ? { corrected: true } : {}),
        ...(input.flag('detailsChanged') ? { detailsChanged: true } : {}),
        ...(await daysOf(input)),
      };
      const empty =
        Object.keys(query).length === 0
          ? { sentence: 'There are no payouts yet.', next: 'Make payouts with: payrun generate' }
          : { sentence: 'No payout fits.', next: 'All of them: payrun payouts list' };
      const form = payoutList(terminal, empty, context.globals);
      await printList(terminal, form, (use) => withPayouts(work, query, use));
      return undefined;
    }),
});
