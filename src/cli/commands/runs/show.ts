/** `payrun runs show R`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const runsShow = defineCommand({
  path: ['runs', 'show'],
  summary: 'Show one run: what was asked for, and the payouts it made',
  arguments: [{ name: 'run', description: 'such as R-000001', required: true }],
  examples: [{ command: 'payrun runs show R-000001', what: 'the first run' }],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showRun } = await import('../../../app/runs.js');
      const { runFacts, shownRunJson } = await import('../../render/runs.js');
      const { run, payouts } = await showRun(work, input.argument('run'));
      if (terminal.json) {
        terminal.printJson(shownRunJson(run, payouts));
        return undefined;
      }
      const { payoutTable } = await import('../../render/payouts.js');
      await terminal.page(
        `${terminal.bold(run.id)}\n\n${runFacts(run)}\n\n${payoutTable(terminal, payouts)}`,
      );
      const { equivalentCommand } = await import('../../echo.js');
      const words = ['payouts', '--run', run.id, '--out', `payouts-${run.id}.csv`];
      const command = equivalentCommand({ path: ['export'] }, words, context.globals);
      terminal.note(`Its accounting file:\n  ${command}`);
      return undefined;
    }),
});
