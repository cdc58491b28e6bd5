/** What comes next for payouts, as commands to copy. */
import type { ChangeInput, Changed } from '../app/change-payouts.js';
import type { PaymentMethod } from '../core/payment.js';
import type { Payout, PayoutApproval, PayoutStatus, PayoutVerb } from '../core/payout.js';
import { equivalentCommand, type Repeated } from './echo.js';

/** What must be known of a change to tell of it. */
export type ToldChange = Pick<ChangeInput, 'verb' | 'includeCorrected'>;

/** By which way a payout would be paid. */
export interface Way {
  readonly invoiceNumber: string;
  readonly method: PaymentMethod | null;
}

/** What is paid by hand needs no payment file, and whose way is not known gets none. */
function fileMethod({ method }: Pick<Way, 'method'>): PaymentMethod | null {
  return method === 'manual' ? null : method;
}

const methodsOf = (ways: readonly Pick<Way, 'method'>[]): PaymentMethod[] =>
  [...new Set(ways.map(fileMethod).filter((method) => method !== null))].sort();

/**
 * The commands that send payouts: a payment file for each method, and the mark by hand for the rest.
 * @param words those that name the payouts, such as `--run R-000001`
 * @param more options that go with each
 */
function sendCommands(
  ways: readonly Way[],
  words: readonly string[],
  more: readonly string[],
  globals: Repeated,
): string {
  const methods = methodsOf(ways);
  const numbers = (method: PaymentMethod | null): string[] =>
    ways.filter((way) => fileMethod(way) === method).map(({ invoiceNumber }) => invoiceNumber);
  const isOneWay = methods.length + (numbers(null).length > 0 ? 1 : 0) === 1;
  const files = methods.map((method) => {
    const named = isOneWay || words.includes('--run') ? words : numbers(method);
    return equivalentCommand(
      { path: ['payments', 'create'] },
      ['--method', method, ...named, ...more],
      globals,
    );
  });
  const byHand = isOneWay ? words : numbers(null);
  const marks =
    numbers(null).length === 0
      ? []
      : [equivalentCommand({ path: ['payouts', 'process'] }, [...byHand, ...more], globals)];
  return [...files, ...marks].map((command) => `\n  ${command}`).join('');
}

/**
 * What comes after a change that was made, as commands.
 * @param ways by which the payouts would be paid
 * @param words those that name its payouts
 */
export function whatNext(
  { verb, includeCorrected }: ToldChange,
  done: Changed,
  { ways, words }: { readonly ways: readonly Way[]; readonly words: readonly string[] },
  globals: Repeated,
): string {
  const command = (path: readonly [string] | readonly [string, string], parts: readonly string[]): string =>
    `\n  ${equivalentCommand({ path }, parts, globals)}`;
  const insists = includeCorrected && done.payouts.some(({ correctedSince }) => correctedSince);
  const more = insists ? ['--include-corrected'] : [];
  switch (verb) {
    case 'approve':
      return `Next:${sendCommands(ways, words, more, globals)}`;
    case 'process':
      return `When the money has arrived:${command(['payouts', 'pay'], [...words, ...more])}`;
    case 'pay':
      return `What is not yet paid:${command(['pending'], [])}`;
    case 'fail':
    case 'return':
      return sendAgain(done.payouts, { ways, words }, globals);
    case 'void':
      return `What was released can be paid again:${command(['generate'], [...done.again, '--dry-run'])}`;
  }
}

/** So many numbers still make a command line that somebody reads. */
const NUMBERS_IN_COMMAND = 10;

/** What to do with money that did not arrive. What was corrected meanwhile would not be sent as it is. */
function sendAgain(
  payouts: readonly Payout[],
  { ways, words }: { readonly ways: readonly Way[]; readonly words: readonly string[] },
  globals: Repeated,
): string {
  const command = (verb: PayoutVerb | 'list', parts: readonly string[]): string =>
    `\n  ${equivalentCommand({ path: ['payouts', verb] }, parts, globals)}`;
  const numbersOf = (isCorrected: boolean): string[] =>
    payouts
      .filter(({ correctedSince }) => correctedSince === isCorrected)
      .map(({ invoiceNumber }) => invoiceNumber);
  const corrected = numbersOf(true);
  const rest = numbersOf(false);
  const takeBack = `${command('void', words)} --reason "..."`;
  if (corrected.length === 0) {
    return `Send it again, or take it back:${sendCommands(ways, words, [], globals)}${takeBack}`;
  }
  const redo =
    corrected.length > NUMBERS_IN_COMMAND ? command('list', ['--corrected']) : command('redo', corrected);
  if (rest.length === 0) return `Redo what was corrected, or take it back:${redo}${takeBack}`;
  // A run no longer means what was redone.
  const meant = words.includes('--run') ? words : rest;
  const others = ways.filter(({ invoiceNumber }) => rest.includes(invoiceNumber));
  const again = sendCommands(others, meant, [], globals);
  return `Redo what was corrected:${redo}\nSend the rest again:${again}\nOr take them back:${takeBack}`;
}

/** By which ways what is not yet paid would be paid, or in which batch it is under way. */
export interface PendingWay {
  readonly status: PayoutStatus;
  readonly method: PaymentMethod | null;
  readonly batch: string | null;
}

/**
 * What can be done next with payouts of these statuses; empty where there is nothing to do.
 * @param ways those of all that is not yet paid
 */
export function nextVerbs(
  statuses: ReadonlySet<PayoutStatus>,
  approval: PayoutApproval,
  ways: readonly PendingWay[],
  globals: Repeated,
): string {
  const approving = approval !== 'none';
  const sendable: readonly PayoutStatus[] = [
    ...(['approved', 'failed', 'returned'] as const),
    ...(approving ? [] : (['open'] as const)),
  ];
  const there = ways.filter(({ status }) => statuses.has(status));
  const toSend = there.filter(({ status }) => sendable.includes(status));
  const underWay = there.filter(({ status }) => status === 'processing');
  const words: (readonly [path: readonly [string, string], parts: readonly string[]])[] = [
    ...(approving && statuses.has('open') ? [[['payouts', 'approve'], []] as const] : []),
    ...methodsOf(toSend).map(
      (method) =>
        [
          ['payments', 'create'],
          ['--method', method],
        ] as const,
    ),
    ...(toSend.some((way) => fileMethod(way) === null) ? [[['payouts', 'process'], []] as const] : []),
    ...(underWay.some(({ batch }) => batch === null) ? [[['payouts', 'pay'], []] as const] : []),
  ];
  const next = words.map(([path, parts]) => `\n  ${equivalentCommand({ path }, parts, globals)}`);
  const batches = [...new Set(underWay.flatMap(({ batch }) => (batch === null ? [] : [batch])))];
  const [batch = ''] = batches;
  const shown =
    batches.length === 1
      ? equivalentCommand({ path: ['payments', 'show'] }, [batch], globals)
      : equivalentCommand({ path: ['payments', 'list'] }, ['--status', 'processing'], globals);
  return [
    ...(next.length === 0 ? [] : [`Next, with invoice numbers or --run R:${next.join('')}`]),
    ...(batches.length === 0 ? [] : [`What is under way in a payment batch:\n  ${shown}`]),
  ].join('\n');
}

/** What comes next for payouts that were just made by a run. */
export function afterRun(
  run: string,
  approval: PayoutApproval,
  ways: readonly Way[],
  globals: Repeated,
): string[] {
  if (ways.length === 0) return [];
  const words = ['--run', run];
  if (approval !== 'none') return [equivalentCommand({ path: ['payouts', 'approve'] }, words, globals)];
  return methodsOf(ways).map((method) =>
    equivalentCommand({ path: ['payments', 'create'] }, ['--method', method, ...words], globals),
  );
}
