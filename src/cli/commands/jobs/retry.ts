/** `payrun jobs retry J`. */
import { canBeRetried } from '../../../core/job.js';
import { defineCommand } from '../../command.js';
import { withJobs } from '../../job-hints.js';

export const jobsRetry = defineCommand({
  path: ['jobs', 'retry'],
  summary: 'Start a background job again that failed or was cancelled',
  description:
    'It does what it was asked for when it was made, however long ago. What was done already is not done twice: ' +
    'its answer is in the ledger with the work itself. A job that is done stays as it is. On a terminal it is asked ' +
    'before payouts are made; elsewhere a job that was cancelled needs --yes to make them.',
  arguments: [{ name: 'job', description: 'such as J-000001', required: true }],
  examples: [{ command: 'payrun jobs retry J-000001', what: 'starts the first job again' }],
  writes: true,
  handler: (context, input) =>
    withJobs(context, async (work) => {
      const { terminal } = context;
      const { jobIn } = await import('../../../app/jobs.js');
      const { retryJob } = await import('../../../app/start-job.js');
      const { consentToRetry, echoRetry } = await import('../../job-consent.js');
      const { jobJson, jobNext } = await import('../../render/jobs.js');
      const before = await jobIn(work, input.argument('job'));
      const consent = canBeRetried(before)
        ? await consentToRetry(context, before)
        : { isGiven: true, wasAsked: false };
      if (!consent.isGiven) {
        echoRetry(context, before.id, true);
        return undefined;
      }
      const { job, started } = await retryJob(work, before.id);
      if (terminal.json) terminal.printJson({ job: jobJson(job), started });
      else
        terminal.print(started ? `${job.id} has started again.` : `${job.id} is done; nothing was started.`);
      terminal.note(jobNext(context, started ? 'Watch it' : 'What it answered', 'watch', job.id));
      if (consent.wasAsked) echoRetry(context, job.id, false);
      return undefined;
    }),
});
