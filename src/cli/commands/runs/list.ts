/** `payrun runs list`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const runsList = defineCommand({
  path: ['runs', 'list'],
  summary: 'List the runs that made payouts',
  examples: [{ command: 'payrun runs list', what: 'who paid what, and when' }],
  writes: false,
  handler: (context) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { listRuns } = await import('../../../app/runs.js');
      const { RUN_COLUMNS, runRows, runWithTotalsJson } = await import('../../render/runs.js');
      const runs = await listRuns(work);
      if (terminal.json) {
        terminal.printJson({ runs: runs.map(runWithTotalsJson) });
      } else if (runs.length === 0) {
        terminal.print('There are no runs yet.');
        terminal.note('Make payouts with: payrun generate');
      } else {
        const { printTable } = await import('../../table.js');
        const rows = runs.flatMap((run) => runRows(terminal, run));
        await printTable(terminal, { columns: RUN_COLUMNS, rows });
      }
      return undefined;
    }),
});
