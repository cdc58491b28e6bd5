/** Background jobs for programs and for people. */
import type { ShownJob } from '../../app/jobs.js';
import { InterruptedError, PayrunError, type ErrorCode } from '../../core/errors.js';
import type { Job, JobState } from '../../core/job.js';
import { shellQuoted } from '../../core/shell.js';
import type { CommandContext } from '../command.js';
import { equivalentCommand } from '../echo.js';
import { safeText } from '../safe-text.js';
import type { Cell, Column } from '../table.js';
import type { Terminal } from '../terminal.js';
import { factLines } from './payouts.js';

/** The last lines of a log that a screen shows. */
const LOG_LINES = 20;

/** The command line of a job, for a shell. */
export function commandLine({ command, words }: Pick<Job, 'command' | 'words'>): string {
  return ['payrun', ...command.split(' '), ...words].map(shellQuoted).join(' ');
}

/** A job as JSON tells it. */
export function jobJson(job: Job): Record<string, unknown> {
  const { id, command, state, createdAt, createdBy, startedAt, endedAt, exitCode, progress } = job;
  return {
    id,
    command,
    commandLine: commandLine(job),
    state,
    createdAt,
    createdBy,
    startedAt,
    endedAt,
    exitCode,
    progress,
  };
}

/** The document of one job with its log, and its result or its error. */
export function shownJobJson(
  shown: ShownJob,
  result: Readonly<Record<string, unknown>> | null,
  failure: Readonly<Record<string, unknown>> | null,
): Record<string, unknown> {
  return { ...jobJson(shown.job), log: shown.log, result, error: failure };
}

/** A command about a job, as a note that says what it is for. */
export function jobNext(context: CommandContext, what: string, verb: string, id: string): string {
  return `${what}: ${equivalentCommand({ path: ['jobs', verb] }, [id], context.globals)}`;
}

const STATES: Readonly<Record<JobState, string>> = {
  starting: 'is starting',
  running: 'is running',
  done: 'is done',
  failed: 'has failed',
  cancelled: 'was cancelled',
};

/** "is running (3 of 6: lines)". */
export function stateText({ state, progress }: Job): string {
  const isTold = progress !== null && state === 'running';
  return isTold ? `${STATES[state]} (${progressText(progress)})` : STATES[state];
}

function progressText({ step, of, label }: NonNullable<Job['progress']>): string {
  return `${step} of ${of}: ${safeText(label)}`;
}

export const JOB_COLUMNS: readonly Column[] = [
  { title: 'Job', fixed: true },
  { title: 'State', fixed: true },
  { title: 'Made', fixed: true, spare: 1 },
  { title: 'By', spare: 2 },
  { title: 'Command' },
];

/** One row of the list. */
export function jobRow(terminal: Terminal, job: Job): Cell[] {
  const { id, state, createdAt, createdBy, progress } = job;
  const step = state === 'running' && progress !== null ? ` ${progress.step}/${progress.of}` : '';
  const styles: Partial<Record<JobState, (text: string) => string>> = {
    failed: (text) => terminal.red(text),
    done: (text) => terminal.green(text),
    running: (text) => terminal.yellow(text),
  };
  const made = `${createdAt.slice(0, 10)} ${createdAt.slice(11, 16)}Z`;
  const text = `${state}${step}`;
  const style = styles[state];
  const what = commandLine(job).slice('payrun '.length);
  return [id, style === undefined ? text : { text, style }, made, createdBy, what];
}

/** One job on the screen: its state, when and by whom, and the last lines of its log. */
export function jobText(terminal: Terminal, { job, log }: ShownJob): string {
  const facts = factLines([
    ['Command', commandLine(job)],
    ['Made', `${job.createdAt} by ${job.createdBy}`],
    ['Started', job.startedAt],
    ['Ended', job.endedAt],
    ['Exit code', job.exitCode === null ? null : String(job.exitCode)],
    ['Got to', job.progress === null || job.state === 'running' ? null : progressText(job.progress)],
  ]);
  const last = log.slice(-LOG_LINES);
  const more = log.length - last.length;
  const lines = [...(more > 0 ? [`... ${more} earlier lines: --json has them all`] : []), ...last];
  return [
    terminal.bold(`${job.id} ${stateText(job)}`),
    facts,
    ...(log.length === 0 ? [] : [`${terminal.bold('Log')}\n${lines.map((line) => `  ${line}`).join('\n')}`]),
  ].join('\n\n');
}

interface ToldError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly details: readonly unknown[];
}

/**
 * Why a job has no result, as the error that its command would have ended with; null where it has one or
 * still runs.
 */
export function jobFailure(context: CommandContext, { job, answer }: ShownJob): PayrunError | null {
  const { id, state, command } = job;
  const isFile = command === 'export';
  const left = isFile ? 'its file is there whole or not at all' : 'nothing was changed';
  const hint = jobNext(context, isFile ? 'To write it' : 'To do it after all', 'retry', id);
  if (state === 'cancelled') return new InterruptedError(`${id} was cancelled; ${left}.`, { hint });
  if (state !== 'failed') return null;
  const told = answer?.['error'] as ToldError | undefined;
  if (told !== undefined) {
    const { code, message, details } = told;
    return new PayrunError(code, message, { details, ...(told.hint === null ? {} : { hint: told.hint }) });
  }
  const why =
    job.exitCode === null
      ? `The process of ${id} ended without a word (killed, or the machine stopped)`
      : `The process of ${id} ended with exit code ${job.exitCode}`;
  return new PayrunError('unexpected', `${why}; ${left}.`, { hint });
}
