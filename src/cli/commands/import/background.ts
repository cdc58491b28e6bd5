/** Imports in the background: what is handed over, and what is piped in with it. */
import { resolve } from 'node:path';
import type { Work } from '../../../app/work.js';
import { answeredByJob, refuseBackgroundDryRun, startInBackground } from '../../background.js';
import type { CommandContext, CommandDefinition, CommandInput } from '../../command.js';
import { importInput } from './options.js';

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
  if (await answeredByJob(context, work)) return;
  const { passingInput } = await import('../../../host/input-file.js');
  const what = definition.path[1] ?? 'rows';
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
