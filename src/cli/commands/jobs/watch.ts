/** `payrun jobs watch J`. */
import type { Work } from '../../../app/work.js';
import { InterruptedError } from '../../../core/errors.js';
import { interruptible } from '../../../host/interruption.js';
import { defineCommand, type CommandContext } from '../../command.js';
import { describeFailure, failureDocument } from '../../failure.js';
import { withJobs } from '../../job-hints.js';

/** Waits for the end of a job. Ctrl-C ends the waiting alone. */
async function waitFor(context: CommandContext, work: Work, job: string): Promise<void> {
  const { awaitJob, findJob } = await import('../../../app/jobs.js');
  const { jobNext } = await import('../../render/jobs.js');
  const { id } = findJob(work.ledger, job).record;
  const stopped = new InterruptedError(`No longer watching; ${id} goes on.`, {
    hint: jobNext(context, 'Watch it again', 'watch', id),
  });
  await interruptible(
    (signal) =>
      awaitJob(
        work,
        job,
        ({ step, of, label }) => {
          work.progress(step, of, label);
        },
        signal,
      ),
    stopped,
  );
  context.terminal.progressDone();
}

export const jobsWatch = defineCommand({
  path: ['jobs', 'watch'],
  summary: 'Wait for a background job, and end as it ends',
  description:
    'Shows how far it is, then what it answered, and ends with its exit code. Ctrl-C ends the watching alone; ' +
    'the job goes on.',
  arguments: [{ name: 'job', description: 'such as J-000001', required: true }],
  examples: [{ command: 'payrun jobs watch J-000001', what: 'waits until the first job is over' }],
  writes: false,
  handler: (context, input) =>
    withJobs(context, async (work) => {
      const { terminal } = context;
      const { showJob } = await import('../../../app/jobs.js');
      const { jobFailure, shownJobJson } = await import('../../render/jobs.js');
      const { printAnswer, resultOf } = await import('../../job-answer.js');
      await waitFor(context, work, input.argument('job'));
      const shown = await showJob(work, input.argument('job'));
      const failure = jobFailure(context, shown);
      if (!terminal.json) {
        if (failure === null) return printAnswer(context, shown);
        for (const line of shown.log) terminal.note(line);
        throw failure;
      }
      if (failure === null) {
        terminal.printJson({ job: shownJobJson(shown, await resultOf(context, shown), null) });
        return undefined;
      }
      const told = describeFailure(failure);
      const error = failureDocument(told)['error'] as Record<string, unknown>;
      terminal.printJson({ job: shownJobJson(shown, null, error), error });
      return told.exitCode;
    }),
});
