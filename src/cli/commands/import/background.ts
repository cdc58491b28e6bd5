/** Imports in the background: what is handed over, and what is piped in with it. */
import { resolve } from 'node:path';
import type { Imported } from '../../../app/import-file.js';
import type { Piped } from '../../../app/start-job.js';
import type { Work } from '../../../app/work.js';
import { answeredByJob, refuseBackgroundDryRun, startInBackground } from '../../background.js';
import type { CommandContext, CommandDefinition, CommandInput } from '../../command.js';
import { importInput, warnOfOtherContent } from './options.js';

/**
 * Makes a job of an import. A file is read by the job where it lies; what comes from a pipe is taken in
 * first.
 * @throws UsageError for a dry run; NotFoundError when the file is not there; and what starting a job throws
 */
export async function importInBackground(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  definition: CommandDefinition,
): Promise<void> {
  refuseBackgroundDryRun(input);
  const what = definition.path[1] ?? 'rows';
  const { passingInput } = await import('../../../host/input-file.js');
  const passing = async (): Promise<Piped | null> => {
    const { path, stdin } = await importInput(context, input, what);
    return passingInput(path, stdin);
  };
  const isAnswered = await answeredByJob(context, work, passing);
  const { firstAnswer } = await import('../../../app/work.js');
  const first = await firstAnswer<Imported>(work);
  if (first !== undefined) await warnOfOtherContent(context, input, first.answer);
  if (isAnswered) return;
  work.ledger.refuseReadOnly();
  const { path, stdin, rejectedPath } = await importInput(context, input, what);
  const piped = await passingInput(path, stdin);
  const settledUntil = input.options['settledUntil'];
  const words = [
    piped === null ? resolve(path) : '-',
    ...(rejectedPath === null ? [] : ['--skip-invalid', '--rejected', resolve(rejectedPath)]),
    ...(typeof settledUntil === 'string' ? ['--settled-until', settledUntil] : []),
  ];
  await startInBackground(context, work, { definition, input, words, piped });
}
