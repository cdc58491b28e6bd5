/** `payrun report payouts`. */
import type { PayoutReportFilter } from '../../../app/report-payouts.js';
import type { Work } from '../../../app/work.js';
import { defineCommand, type CommandInput } from '../../command.js';
import { equivalentCommand } from '../../echo.js';
import { withWork } from '../../work.js';

async function filterOf(input: CommandInput, work: Work): Promise<PayoutReportFilter> {
  const { rangeAskedFor } = await import('../../day-options.js');
  const { findSetting } = await import('../../../core/settings.js');
  const currency = input.text('currency');
  return {
    ...(await rangeAskedFor(input, work)),
    currency: currency === undefined ? null : findSetting('currency').parse(currency),
  };
}

export const reportPayouts = defineCommand({
  path: ['report', 'payouts'],
  summary: 'Add up the payouts of each month',
  description:
    'One row a calendar month and currency, by issue date: how many payouts, their amount, and how much of ' +
    'it is paid and not yet paid. Void payouts are counted apart and are in none of the amounts. The bars ' +
    'compare the months of one currency with each other. Without a range everything is added up.',
  options: [
    {
      flags: '--period <period>',
      description: 'issued in this period: last-month, 2026-10, 2026-Q3, 2026, 2026-10-05..2026-10-20, ...',
      conflicts: ['from', 'to'],
    },
    { flags: '--from <date>', description: 'issued on this day or later' },
    { flags: '--to <date>', description: 'issued on this day or earlier' },
    { flags: '--currency <code>', description: 'only payouts in this currency' },
  ],
  examples: [
    { command: 'payrun report payouts --period 2026', what: 'the year, month by month' },
    { command: 'payrun report payouts --currency EUR --json', what: 'all months in EUR, for a program' },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal, globals } = context;
      const { payoutReport } = await import('../../../app/report-payouts.js');
      const { payoutReportJson, payoutReportTable } = await import('../../render/payout-report.js');
      const report = await payoutReport(work, await filterOf(input, work));
      if (terminal.json) {
        terminal.printJson(payoutReportJson(report));
      } else if (report.months.length === 0) {
        terminal.print('No payouts fit.');
        terminal.note(`All payouts:\n  ${equivalentCommand({ path: ['payouts', 'list'] }, [], globals)}`);
      } else {
        const { printTable } = await import('../../table.js');
        await printTable(terminal, payoutReportTable(terminal, report));
        if (report.totals.some(({ notYetPaid }) => notYetPaid > 0n)) {
          terminal.note(`What is not yet paid:\n  ${equivalentCommand({ path: ['pending'] }, [], globals)}`);
        }
      }
      return undefined;
    }),
});
