/** `payrun jobs list`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const jobsList = defineCommand({
  path: ['jobs', 'list'],
  summary: 'List the background jobs and what became of them',
  examples: [{ command: 'payrun jobs list', what: 'every job, the newest one last' }],
  writes: false,
  handler: (context) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { listJobs } = await import('../../../app/jobs.js');
      const { JOB_COLUMNS, jobJson, jobNext, jobRow } = await import('../../render/jobs.js');
      const jobs = await listJobs(work);
      if (terminal.json) {
        terminal.printJson({ jobs: jobs.map(jobJson) });
      } else if (jobs.length === 0) {
        terminal.print('There are no jobs.');
        terminal.note('Start one with --background: payrun generate --background');
      } else {
        const { printTable } = await import('../../table.js');
        await printTable(terminal, { columns: JOB_COLUMNS, rows: jobs.map((job) => jobRow(terminal, job)) });
        const failed = jobs.findLast(({ state }) => state === 'failed');
        if (failed !== undefined) terminal.note(jobNext(context, 'What went wrong', 'show', failed.id));
      }
      return undefined;
    }),
});
