/** Background jobs for programs and for people. */
import type { ShownJob, UnreadableJob } from '../../app/jobs.js';
import { ConflictError, InterruptedError, PayrunError, type ErrorCode } from '../../core/errors.js';
import { progressText, type Job, type JobState } from '../../core/job.js';
import { shellQuoted } from '../../core/shell.js';
import type { BookZone } from '../../core/time-zone.js';
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
  return isTold ? `${STATES[state]} (${safeText(progressText(progress))})` : STATES[state];
}

/** The columns of the list; its times are of the book zone. */
export function jobColumns(zone: BookZone): readonly Column[] {
  return [
    { title: 'Job', fixed: true },
    { title: 'State', fixed: true },
    { title: `Made (${zone.name})`, fixed: true, spare: 1 },
    { title: 'By', spare: 2 },
    { title: 'Command' },
  ];
}

/** A job that waits for the ledger is in no step. */
function stepText({ state, progress }: Job): string {
  if (state !== 'running' || progress === null) return '';
  return progress.of === 0 ? ', waiting' : ` ${progress.step}/${progress.of}`;
}

/** One row of the list, with the time of the book zone. */
export function jobRow(terminal: Terminal, job: Job, zone: BookZone): Cell[] {
  const { id, state, createdAt, createdBy } = job;
  const styles: Partial<Record<JobState, (text: string) => string>> = {
    failed: (text) => terminal.red(text),
    done: (text) => terminal.green(text),
    running: (text) => terminal.yellow(text),
  };
  const made = zone.minuteOf(Date.parse(createdAt));
  const text = `${state}${stepText(job)}`;
  const style = styles[state];
  const what = commandLine(job).slice('payrun '.length);
  return [id, style === undefined ? text : { text, style }, made, createdBy, what];
}

/** A job of the list as JSON tells it; of one that was damaged, what is wrong. */
export function listedJson(job: Job | UnreadableJob): Record<string, unknown> {
  if (!('problem' in job)) return { ...jobJson(job), problem: null };
  const { id, state, problem } = job;
  const unknown = { createdAt: null, createdBy: null, startedAt: null, endedAt: null, exitCode: null };
  return { id, command: null, commandLine: null, state, ...unknown, progress: null, problem };
}

/** One row of the list, also of a job that was damaged. */
export function listedRow(terminal: Terminal, job: Job | UnreadableJob, zone: BookZone): Cell[] {
  if (!('problem' in job)) return jobRow(terminal, job, zone);
  const state = { text: job.state, style: (text: string) => terminal.red(text) };
  return [job.id, state, '', '', safeText(job.problem)];
}

/**
 * One job on the screen: its state, when (in the book zone) and by whom, the last lines of its log, and its
 * result in a line.
 */
export function jobText(
  terminal: Terminal,
  { job, log }: ShownJob,
  zone: BookZone,
  result: string | null,
): string {
  const minuteOf = (at: string | null): string | null => (at === null ? null : zone.minuteOf(Date.parse(at)));
  const facts = factLines([
    ['Result', result],
    ['Command', commandLine(job)],
    ['Made', `${minuteOf(job.createdAt) ?? ''} (${zone.name}) by ${job.createdBy}`],
    ['Started', minuteOf(job.startedAt)],
    ['Ended', minuteOf(job.endedAt)],
    ['Exit code', job.exitCode === null ? null : String(job.exitCode)],
    [
      'Got to',
      job.progress === null || job.state === 'running' ? null : safeText(progressText(job.progress)),
    ],
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

/** What a job that is not done has left. */
export function leftBy({ command }: Pick<Job, 'command'>): string {
  return command === 'export' ? 'nothing was exported' : 'nothing was changed';
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
  const { id, state, takenBack } = job;
  const left = leftBy(job);
  const hint = jobNext(context, job.command === 'export' ? 'To write it' : 'To do it after all', 'retry', id);
  if (state === 'cancelled') return new InterruptedError(`${id} was cancelled; ${left}.`, { hint });
  if (state !== 'failed') return null;
  if (takenBack) {
    const sentence = `The ledger was taken back to before ${id} was done; nothing of it is there now.`;
    return new ConflictError(sentence, { hint: jobNext(context, 'To do it again', 'retry', id) });
  }
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
