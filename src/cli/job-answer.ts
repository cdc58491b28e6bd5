/**
 * What a job answered. The document that its process left is shown to programs; people get what the command
 * itself would have told them, from the answer that the ledger keeps under the key of the job.
 */
import { Writable } from 'node:stream';
import type { ShownJob } from '../app/jobs.js';
import type { CommandContext, JobCall } from './command.js';
import { printFiles, type FileTold } from './render/files.js';

/** The command line of a job, as the caller of this command would give it. */
function lineOf({ globals }: CommandContext, { job }: ShownJob, more: readonly string[]): string[] {
  const { ledgerPath, actor, quiet, color } = globals;
  return [
    ...job.command.split(' '),
    ...job.words,
    ...(actor === undefined ? [] : ['--actor', actor]),
    ...(ledgerPath === undefined ? [] : ['--ledger', ledgerPath]),
    ...(quiet ? ['--quiet'] : []),
    ...(color ? [] : ['--no-color']),
    ...more,
  ];
}

function toldAgain({ job, once }: ShownJob): JobCall {
  return { id: job.id, once, tellsAgain: true };
}

/** The document of what a job answered; null where it has not, or failed. */
export async function resultOf(
  context: CommandContext,
  shown: ShownJob,
): Promise<Readonly<Record<string, unknown>> | null> {
  if (shown.job.state !== 'done') return null;
  if (shown.answer !== null && shown.answer['error'] === undefined) return withoutVersion(shown.answer);
  // Its process was killed between the commit and the answer.
  const pieces: Buffer[] = [];
  const stdout = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      pieces.push(chunk);
      done();
    },
  });
  await context.runJob(lineOf(context, shown, ['--json', '--quiet']), toldAgain(shown), { stdout });
  return withoutVersion(JSON.parse(Buffer.concat(pieces).toString('utf8')) as Record<string, unknown>);
}

/** The version belongs to the document around it. */
function withoutVersion(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([key]) => key !== 'schemaVersion'));
}

/** Prints what a job that is done answered. @returns the exit code of telling it */
export async function printAnswer(context: CommandContext, shown: ShownJob): Promise<number> {
  const { job, answer } = shown;
  if (job.command === 'export') {
    printFiles(context.terminal, (answer?.['files'] ?? []) as readonly FileTold[]);
    return 0;
  }
  return context.runJob(lineOf(context, shown, []), toldAgain(shown));
}
