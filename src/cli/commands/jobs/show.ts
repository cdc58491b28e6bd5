/** `payrun jobs show J`. */
import { defineCommand } from '../../command.js';
import { describeFailure, failureDocument, failureText } from '../../failure.js';
import { withJobs } from '../../job-hints.js';

export const jobsShow = defineCommand({
  path: ['jobs', 'show'],
  summary: 'Show one background job: its state, how far it is, its log and its result',
  arguments: [{ name: 'job', description: 'such as J-000001', required: true }],
  examples: [{ command: 'payrun jobs show J-000001', what: 'what became of the first job' }],
  writes: false,
  handler: (context, input) =>
    withJobs(context, async (work) => {
      const { terminal } = context;
      const { showJob } = await import('../../../app/jobs.js');
      const render = await import('../../render/jobs.js');
      const shown = await showJob(work, input.argument('job'));
      const failure = render.jobFailure(context, shown);
      const { headlineOf, resultOf } = await import('../../job-answer.js');
      const told = failure === null ? null : describeFailure(failure);
      if (terminal.json) {
        const error = told === null ? null : (failureDocument(told)['error'] as Record<string, unknown>);
        terminal.printJson({ job: render.shownJobJson(shown, await resultOf(context, shown), error) });
        return undefined;
      }
      const { zoneOf } = await import('../../../app/book.js');
      const text = render.jobText(terminal, shown, await zoneOf(work), await headlineOf(context, shown));
      await terminal.page(told === null ? text : `${text}\n\n${terminal.red(failureText(told))}`);
      const { id, state } = shown.job;
      if (state === 'done') terminal.note(render.jobNext(context, 'What it answered', 'watch', id));
      else if (told === null) terminal.note(render.jobNext(context, 'Watch it', 'watch', id));
      else if (shown.answer?.['error'] !== undefined)
        terminal.note(render.jobNext(context, 'Start it again', 'retry', id));
      return undefined;
    }),
});
