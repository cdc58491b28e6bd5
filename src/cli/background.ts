/** `--background`: handing what was asked for to a process of its own. */
import type { StartedJob } from '../app/start-job.js';
import type { Work } from '../app/work.js';
import { UsageError } from '../core/errors.js';
import type { CommandContext, CommandDefinition, CommandInput, OptionDefinition } from './command.js';
import { onceOf, typedIn } from './idempotency.js';
import { defaultWaitSeconds } from './program.js';

export const backgroundOption: OptionDefinition = {
  flags: '--background',
  description: 'do it in a process of its own; answers at once with the id of the job',
};

/** What is handed over. */
export interface Handover {
  readonly definition: Pick<CommandDefinition, 'path'>;
  readonly input: CommandInput;
  /** The options and arguments with everything resolved that depends on the day or the folder. */
  readonly words: readonly string[];
  /** What is piped in and gone afterwards; null where nothing is. */
  readonly piped: AsyncIterable<Buffer> | null;
}

/**
 * Refuses what has no use for a process of its own.
 * @throws UsageError for a dry run, whose answer nobody would see
 */
export function refuseBackgroundDryRun(input: CommandInput): void {
  if (!input.flag('background')) return;
  if (input.flag('dryRun') || input.text('planOut') !== undefined) {
    throw new UsageError('A dry run is there to be looked at, so it does not go to the background.');
  }
}

/**
 * Answers the job that was made under the call's idempotency key; it is started again where it failed or was
 * cancelled.
 * @returns false where there is none, and a job is to be made
 * @throws ConflictError when the key was used for another call
 */
export async function answeredByJob(context: CommandContext, work: Work): Promise<boolean> {
  if (work.once === undefined) return false;
  const { jobUnderKey } = await import('../app/start-job.js');
  const known = await jobUnderKey(work, work.once);
  if (known !== null) {
    await printStarted(context, known);
    return true;
  }
  // A key that the ledger knows for another call is refused before a job is made for it.
  const { firstAnswer } = await import('../app/work.js');
  await firstAnswer(work);
  return false;
}

/**
 * Makes the job, starts its process and prints its id.
 * @throws ConflictError when the idempotency key was used for another call; PayrunError `unexpected` when the
 * job cannot be written or its process ends at once
 */
export async function startInBackground(
  context: CommandContext,
  work: Work,
  { definition, input, words, piped }: Handover,
): Promise<void> {
  const { startJob } = await import('../app/start-job.js');
  const { waitSeconds } = context.globals;
  const started = await startJob(work, {
    command: definition.path.join(' '),
    words: [...words, ...(waitSeconds === defaultWaitSeconds ? [] : ['--wait', String(waitSeconds)])],
    typed: typedIn(input),
    key: onceOf(definition, input)?.key ?? null,
    piped,
  });
  await printStarted(context, started);
}

/** The id of the job, and how to see what becomes of it. */
export async function printStarted(context: CommandContext, { job, started }: StartedJob): Promise<void> {
  const { terminal } = context;
  const { jobJson, jobNext, stateText } = await import('./render/jobs.js');
  if (terminal.json) {
    terminal.printJson({ job: jobJson(job), started });
  } else {
    terminal.print(started ? `${job.id} has started.` : `${job.id} ${stateText(job)}.`);
  }
  if (!started) terminal.note('It was made before; no other process was started.');
  terminal.note(jobNext(context, started ? 'Watch it' : 'See it', 'watch', job.id));
}
