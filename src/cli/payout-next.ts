/** What comes next for payouts, as commands to copy. */
import type { ChangeInput, Changed } from '../app/change-payouts.js';
import type { Payout, PayoutApproval, PayoutStatus, PayoutVerb } from '../core/payout.js';
import { equivalentCommand, type Repeated } from './echo.js';

/** What must be known of a change to tell of it. */
export type ToldChange = Pick<ChangeInput, 'verb' | 'includeCorrected'>;

/**
 * What comes after a change that was made, as commands.
 * @param words those that name its payouts
 */
export function whatNext(
  { verb, includeCorrected }: ToldChange,
  done: Changed,
  words: readonly string[],
  globals: Repeated,
): string {
  const command = (path: readonly [string] | readonly [string, string], parts: readonly string[]): string =>
    `\n  ${equivalentCommand({ path }, parts, globals)}`;
  const insists = includeCorrected && done.payouts.some(({ correctedSince }) => correctedSince);
  const goingOn = insists ? [...words, '--include-corrected'] : words;
  switch (verb) {
    case 'approve':
      return `Next:${command(['payouts', 'process'], goingOn)}`;
    case 'process':
      return `When the money has arrived:${command(['payouts', 'pay'], goingOn)}`;
    case 'pay':
      return `What is not yet paid:${command(['pending'], [])}`;
    case 'fail':
    case 'return':
      return sendAgain(done.payouts, words, (to, parts) => command(['payouts', to], parts));
    case 'void':
      return `What was released can be paid again:${command(['generate'], [...done.again, '--dry-run'])}`;
  }
}

/** So many numbers still make a command line that somebody reads. */
const NUMBERS_IN_COMMAND = 10;

/** What to do with money that did not arrive. What was corrected meanwhile would not be sent as it is. */
function sendAgain(
  payouts: readonly Payout[],
  words: readonly string[],
  command: (verb: PayoutVerb | 'list', parts: readonly string[]) => string,
): string {
  const numbersOf = (isCorrected: boolean): string[] =>
    payouts
      .filter(({ correctedSince }) => correctedSince === isCorrected)
      .map(({ invoiceNumber }) => invoiceNumber);
  const corrected = numbersOf(true);
  const rest = numbersOf(false);
  const takeBack = `${command('void', words)} --reason "..."`;
  if (corrected.length === 0) return `Send it again, or take it back:${command('process', words)}${takeBack}`;
  const redo =
    corrected.length > NUMBERS_IN_COMMAND ? command('list', ['--corrected']) : command('redo', corrected);
  if (rest.length === 0) return `Redo what was corrected, or take it back:${redo}${takeBack}`;
  // A run no longer means what was redone.
  const again = command('process', words.includes('--run') ? words : rest);
  return `Redo what was corrected:${redo}\nSend the rest again:${again}\nOr take them back:${takeBack}`;
}

/** What can be done next with payouts of these statuses; empty where there is nothing to do. */
export function nextVerbs(
  statuses: ReadonlySet<PayoutStatus>,
  approval: PayoutApproval,
  globals: Repeated,
): string {
  const any = (...wanted: readonly PayoutStatus[]): boolean => wanted.some((status) => statuses.has(status));
  const approving = approval !== 'none';
  const verbs: PayoutVerb[] = [
    ...(approving && any('open') ? (['approve'] as const) : []),
    ...(any('approved', 'failed', 'returned') || (!approving && any('open')) ? (['process'] as const) : []),
    ...(any('processing') ? (['pay'] as const) : []),
  ];
  if (verbs.length === 0) return '';
  const commands = verbs.map((verb) => `\n  ${equivalentCommand({ path: ['payouts', verb] }, [], globals)}`);
  return `Next, with invoice numbers or --run R:${commands.join('')}`;
}
