/** `--background`: handing what was asked for to a process of its own. */
import type { Again, Piped, StartedJob } from '../app/start-job.js';
import type { Work } from '../app/work.js';
import { UsageError } from '../core/errors.js';
import type { CommandContext, CommandDefinition, CommandInput, OptionDefinition } from './command.js';
import { onceOf, typedIn } from './idempotency.js';
import { namingLedger } from './job-hints.js';
import { defaultWaitSeconds } from './program.js';
import { safeText } from './safe-text.js';

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
  readonly piped: Piped | null;
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
 * cancelled, if it pays only after a yes.
 * @param piped gives what is piped in, if anything is; it is asked for where the job is started again
 * @returns false where there is none, and a job is to be made
 * @throws ConflictError when the key was used for another call; what `consentToRetry` throws
 */
export async function answeredByJob(
  context: CommandContext,
  work: Work,
  piped: () => Promise<Piped | null> = () => Promise.resolve(null),
): Promise<boolean> {
  const { once } = work;
  if (once === undefined) return false;
  const { jobUnderKey } = await import('../app/start-job.js');
  const { refuseUsedKey } = await import('../app/once.js');
  const { consentToRetry, echoRetry } = await import('./job-consent.js');
  // A key that the ledger knows for another call is refused before a job is made or started for it.
  await work.ledger.read((reader) => refuseUsedKey(reader, once));
  const asked = { isAnswered: false };
  const again: Again = async (job) => {
    const consent = await consentToRetry(context, job);
    asked.isAnswered = consent.wasAsked;
    return consent.isGiven ? piped() : 'refused';
  };
  const known = await namingLedger(context, () => jobUnderKey(work, once, again));
  if (known === null) return false;
  await printStarted(context, known);
  if (asked.isAnswered) echoRetry(context, known.job.id, !known.started);
  return true;
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
  const request = {
    command: definition.path.join(' '),
    words: [...words, ...(waitSeconds === defaultWaitSeconds ? [] : ['--wait', String(waitSeconds)])],
    typed: typedIn(input),
    key: onceOf(definition, input)?.key ?? null,
    piped,
  };
  const started = await namingLedger(context, () => startJob(work, request));
  await printStarted(context, started);
}

/** The id of the job, and how to see what becomes of it. */
export async function printStarted(context: CommandContext, answer: StartedJob): Promise<void> {
  const { terminal } = context;
  const { job, started, cancelled } = answer;
  const { jobJson, jobNext, stateText } = await import('./render/jobs.js');
  if (terminal.json) {
    terminal.printJson({ job: jobJson(job), started });
  } else {
    terminal.print(started ? `${job.id} has started.` : `${job.id} ${stateText(job)}.`);
  }
  if (cancelled !== null) {
    const { at, by } = cancelled;
    terminal.note(
      `${job.id} was cancelled by ${safeText(by)} at ${at}; it has been started again, as this call asks.`,
    );
  }
  if (!started) terminal.note('It was made before; no other process was started.');
  terminal.note(jobNext(context, started ? 'Watch it' : 'See it', 'watch', job.id));
}
