/** `payrun jobs work J`: the process of a background job. It is started by payrun, not by people. */
import { PassThrough } from 'node:stream';
import { systemClock } from '../../../host/clock.js';
import { defineCommand } from '../../command.js';
import { ledgerPath } from '../../work.js';

/** Standard input of a job into which nothing was piped. */
function nothing(): NodeJS.ReadableStream {
  return new PassThrough().end();
}

export const jobsWork = defineCommand({
  path: ['jobs', 'work'],
  summary: 'Do the work of a background job (started by payrun itself)',
  arguments: [{ name: 'job', description: 'such as J-000001', required: true }],
  writes: true,
  hidden: true,
  handler: async (context, input) => {
    const { performJob } = await import('../../../app/perform-job.js');
    const ledger = ledgerPath(context);
    return performJob(ledger, input.argument('job'), systemClock, ({ record, input, output, progress }) => {
      const { id, command, words, once, createdBy } = record;
      const globals = ['--json', '--quiet', '--ledger', ledger, '--actor', createdBy];
      return context.runJob(
        [...command.split(' '), ...words, ...globals],
        { id, once, tellsAgain: false },
        { stdin: input ?? nothing(), stdout: output, onProgress: progress },
      );
    });
  },
});
