/** Starting a job again that makes payouts: who must say yes to it, and how he is asked. */
import { isPaying, needsConsentAgain, type Job } from '../core/job.js';
import type { CommandContext } from './command.js';
import { echoCommand } from './echo.js';
import { commandLine, stateText } from './render/jobs.js';
import { requireDecision } from './terminal.js';

/** Whether a job may be started again, and whether somebody was asked. */
export interface RetryConsent {
  readonly isGiven: boolean;
  readonly wasAsked: boolean;
}

/**
 * Asks on a terminal; elsewhere a job that was cancelled needs --yes, and one that failed goes on with the
 * consent that was given with it.
 * @throws UsageError when consent is missing and nobody can be asked
 */
export async function consentToRetry(context: CommandContext, job: Job): Promise<RetryConsent> {
  const { terminal, globals } = context;
  if (globals.yes || !isPaying(job)) return { isGiven: true, wasAsked: false };
  if (!terminal.isInteractive) {
    const sentence = `${job.id} was cancelled; to start it again needs consent, because it makes payouts.`;
    if (needsConsentAgain(job)) requireDecision(terminal, '--yes', sentence);
    return { isGiven: true, wasAsked: false };
  }
  terminal.note(`${job.id} ${stateText(job)}. It does:\n  ${commandLine(job)}`);
  const { confirm } = await import('./prompts.js');
  const isGiven = await confirm(terminal, { message: `Start ${job.id} again? It makes payouts.` });
  if (!isGiven) terminal.note('Nothing was started.');
  return { isGiven, wasAsked: true };
}

/** After a question: the one line that starts the job again without it. */
export function echoRetry({ terminal, globals }: CommandContext, id: string, declined: boolean): void {
  echoCommand({ terminal, globals }, { path: ['jobs', 'retry'] }, [id, '--yes'], { declined });
}
