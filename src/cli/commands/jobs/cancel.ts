/** `payrun jobs cancel J`. */
import { defineCommand } from '../../command.js';
import { withJobs } from '../../job-hints.js';

export const jobsCancel = defineCommand({
  path: ['jobs', 'cancel'],
  summary: 'End a background job before it is done',
  description:
    'Its work is one transaction: it is there whole or not at all. A job that was faster stays done, and the ' +
    'cancelling is refused.',
  arguments: [{ name: 'job', description: 'such as J-000001', required: true }],
  examples: [{ command: 'payrun jobs cancel J-000001', what: 'ends the first job' }],
  writes: false,
  handler: (context, input) =>
    withJobs(context, async (work) => {
      const { terminal } = context;
      const { cancelJob } = await import('../../../app/cancel-job.js');
      const { jobJson, jobNext, leftBy } = await import('../../render/jobs.js');
      const { job, changed } = await cancelJob(work, input.argument('job'));
      if (terminal.json) {
        terminal.printJson({ job: jobJson(job), changed });
      } else {
        terminal.print(
          changed ? `${job.id} was cancelled; ${leftBy(job)}.` : `${job.id} was cancelled already.`,
        );
      }
      terminal.note(jobNext(context, 'To do it after all', 'retry', job.id));
      return undefined;
    }),
});
