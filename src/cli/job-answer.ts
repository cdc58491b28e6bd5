/**
 * What a job answered: what its command would tell now, from the answer that the ledger keeps under the key
 * of the job. Old exports kept nothing there; the document that their process left stands for it.
 */
import { Writable } from 'node:stream';
import type { ShownJob } from '../app/jobs.js';
import type { CommandContext, JobCall } from './command.js';
import { filesLine, printFiles, type FileTold } from './render/files.js';

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
  if (shown.answer !== null) return withoutVersion(shown.answer);
  const { text } = await toldBy(context, shown, ['--json', '--quiet']);
  return withoutVersion(JSON.parse(text) as Record<string, unknown>);
}

/** What a job that is done answered, in one line; null where it has not, or the line cannot be told. */
export async function headlineOf(context: CommandContext, shown: ShownJob): Promise<string | null> {
  if (shown.job.state !== 'done') return null;
  if (shown.answer !== null) return filesLine((shown.answer['files'] ?? []) as readonly FileTold[]);
  const { text, exitCode } = await toldBy(context, shown, ['--quiet']);
  return exitCode === 0 ? (text.split('\n')[0] ?? null) : null;
}

/** What the command of a job tells on its standard output; what it says beside that was said by the job. */
async function toldBy(
  context: CommandContext,
  shown: ShownJob,
  more: readonly string[],
): Promise<{ readonly text: string; readonly exitCode: number }> {
  const pieces: Buffer[] = [];
  const collect = (into: Buffer[] | null): Writable =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        into?.push(chunk);
        done();
      },
    });
  const io = { stdout: collect(pieces), stderr: collect(null) };
  const exitCode = await context.runJob(lineOf(context, shown, more), toldAgain(shown), io);
  return { text: Buffer.concat(pieces).toString('utf8'), exitCode };
}

/** The version belongs to the document around it. */
function withoutVersion(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([key]) => key !== 'schemaVersion'));
}

/** Prints what a job that is done answered. @returns the exit code of telling it */
export async function printAnswer(context: CommandContext, shown: ShownJob): Promise<number> {
  const { answer } = shown;
  if (answer !== null) {
    printFiles(context.terminal, (answer['files'] ?? []) as readonly FileTold[]);
    return 0;
  }
  return context.runJob(lineOf(context, shown, []), toldAgain(shown));
}
