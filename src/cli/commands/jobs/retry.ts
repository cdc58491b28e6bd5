/** `payrun jobs retry J`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const jobsRetry = defineCommand({
  path: ['jobs', 'retry'],
  summary: 'Start a background job again that failed or was cancelled',
  description:
    'It does what it was asked for when it was made, however long ago. What was done already is not done twice: ' +
    'its answer is in the ledger with the work itself. A job that is done stays as it is.',
  arguments: [{ name: 'job', description: 'such as J-000001', required: true }],
  examples: [{ command: 'payrun jobs retry J-000001', what: 'starts the first job again' }],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { retryJob } = await import('../../../app/start-job.js');
      const { jobJson, jobNext } = await import('../../render/jobs.js');
      const { job, started } = await retryJob(work, input.argument('job'));
      if (terminal.json) terminal.printJson({ job: jobJson(job), started });
      else
        terminal.print(started ? `${job.id} has started again.` : `${job.id} is done; nothing was started.`);
      terminal.note(jobNext(context, started ? 'Watch it' : 'What it answered', 'watch', job.id));
      return undefined;
    }),
});
