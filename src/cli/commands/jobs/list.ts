/** `payrun jobs list`. */
import { defineCommand } from '../../command.js';
import { withJobs } from '../../job-hints.js';

export const jobsList = defineCommand({
  path: ['jobs', 'list'],
  summary: 'List the background jobs and what became of them',
  examples: [{ command: 'payrun jobs list', what: 'every job, the newest one last' }],
  writes: false,
  handler: (context) =>
    withJobs(context, async (work) => {
      const { terminal } = context;
      const { listJobs } = await import('../../../app/jobs.js');
      const { jobColumns, jobNext, listedJson, listedRow } = await import('../../render/jobs.js');
      const jobs = await listJobs(work);
      if (terminal.json) {
        terminal.printJson({ jobs: jobs.map(listedJson) });
      } else if (jobs.length === 0) {
        terminal.print('There are no jobs.');
        terminal.note('Start one with --background: payrun generate --background');
      } else {
        const { printTable } = await import('../../table.js');
        const { zoneOf } = await import('../../../app/book.js');
        const zone = await zoneOf(work);
        const rows = jobs.map((job) => listedRow(terminal, job, zone));
        await printTable(terminal, { columns: jobColumns(zone), rows });
        const failed = jobs.findLast(({ state }) => state === 'failed');
        if (failed !== undefined) terminal.note(jobNext(context, 'What went wrong', 'show', failed.id));
      }
      return undefined;
    }),
});
