/** `payrun affiliates list`. */
import { AFFILIATE_STATUSES, type AffiliateStatus } from '../../../core/affiliate.js';
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const affiliatesList = defineCommand({
  path: ['affiliates', 'list'],
  summary: 'List affiliates and what each has',
  options: [
    { flags: '--status <status>', description: 'only those of this status', choices: AFFILIATE_STATUSES },
  ],
  examples: [{ command: 'payrun affiliates list', what: 'everybody, with what is available and on hold' }],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { listAffiliates } = await import('../../../app/affiliates.js');
      const { AFFILIATE_COLUMNS, affiliateRows, listedAffiliateJson } =
        await import('../../render/affiliates.js');
      const status = input.text('status') as AffiliateStatus | undefined;
      const affiliates = await listAffiliates(work, status);
      if (terminal.json) {
        terminal.printJson({ affiliates: affiliates.map(listedAffiliateJson) });
      } else if (affiliates.length === 0) {
        terminal.print(status === undefined ? 'There are no affiliates yet.' : `No affiliate is ${status}.`);
        if (status === undefined) terminal.note('Take them in with: payrun import affiliates FILE');
      } else {
        const { printTable } = await import('../../table.js');
        const rows = affiliates.flatMap((affiliate) => affiliateRows(terminal, affiliate));
        await printTable(terminal, { columns: AFFILIATE_COLUMNS, rows });
        terminal.note('When does one get paid? payrun affiliates show AFFILIATE');
      }
      return undefined;
    }),
});
