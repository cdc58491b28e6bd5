/** Pausing, blocking and activating an affiliate and letting him depart: what the four have in common. */
import type { StatusDecided } from '../app/affiliate-status.js';
import type { Work } from '../app/work.js';
import type { AffiliateVerb } from '../core/affiliate.js';
import { affiliateName } from './affiliate-fields.js';
import { equivalentCommand } from './echo.js';
import type { CommandContext, CommandDefinition, CommandInput } from './command.js';
import { requireDecision } from './terminal.js';
import { withWork } from './work.js';

/** The arguments and options of the four. */
export const decisionInput: Pick<CommandDefinition, 'arguments' | 'options'> = {
  arguments: [{ name: 'affiliate', description: 'id, e-mail or name' }],
  options: [{ flags: '--reason <text>', description: 'why; it stands in the history of the affiliate' }],
};

const QUESTIONS: Readonly<Record<AffiliateVerb, (who: string) => string>> = {
  pause: (who) => `Pause ${who}?`,
  block: (who) => `Block ${who}?`,
  activate: (who) => `Make ${who} active?`,
  depart: (who) => `Let ${who} depart?`,
};

interface Decision {
  readonly who: string;
  readonly reason: string | null;
  readonly isAsked: boolean;
  readonly isConfirmed: boolean;
}

/** Whom and why, as said; one who was picked from a list is confirmed. */
async function decisionOf(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  verb: AffiliateVerb,
): Promise<Decision> {
  const { terminal } = context;
  const said = input.optionalArgument('affiliate');
  const given = input.text('reason') ?? null;
  if (said !== undefined) return { who: said, reason: given, isAsked: false, isConfirmed: true };
  requireDecision(terminal, 'an id, e-mail or name', 'Which affiliate is meant has not been said.');
  const { askAffiliate } = await import('./ask-affiliate.js');
  const prompts = await import('./prompts.js');
  const { showForEdit } = await import('../app/edit-affiliates.js');
  const who = await askAffiliate(terminal, work);
  const typed = given ?? (await prompts.input(terminal, { message: 'Why? (Enter: no reason)' }));
  const message = QUESTIONS[verb](affiliateName(await showForEdit(work, who)));
  const isConfirmed = await prompts.confirm(terminal, { message });
  return { who, reason: typed === '' ? null : typed, isAsked: true, isConfirmed };
}

/** Runs one of the four: decides, and says what follows from it. */
export async function runDecision(
  context: CommandContext,
  input: CommandInput,
  verb: AffiliateVerb,
): Promise<undefined> {
  await withWork(context, async (work) => {
    const { terminal } = context;
    const { who, reason, isAsked, isConfirmed } = await decisionOf(context, input, work, verb);
    const { decideAffiliate } = await import('../app/affiliate-status.js');
    if (isConfirmed) await show(context, verb, await decideAffiliate(work, verb, who, reason));
    else terminal.note('Nothing was changed.');
    if (isAsked) {
      const { echoCommand } = await import('./echo.js');
      const why = reason === null ? [] : ['--reason', reason];
      echoCommand(context, { path: ['affiliates', verb] }, [who, ...why], { declined: !isConfirmed });
    }
  });
  return undefined;
}

async function show(context: CommandContext, verb: AffiliateVerb, decided: StatusDecided): Promise<void> {
  const { terminal } = context;
  const { affiliate, before, changed } = decided;
  if (terminal.json) {
    const { affiliateDetailsJson } = await import('./render/affiliates.js');
    terminal.printJson({ affiliate: affiliateDetailsJson(affiliate), changed: changed ? 1 : 0 });
    return;
  }
  const { status } = affiliate;
  terminal.print(
    changed
      ? `${affiliateName(affiliate)} is now ${status} (was ${before}).`
      : `${affiliateName(affiliate)} is ${status} already.`,
  );
  if (verb === 'depart') await noteDeparture(context, decided);
  else if (verb === 'activate')
    noteNext(context, 'When is the next payment?', ['affiliates', 'show'], [affiliate.id]);
  else await noteStop(context, decided);
}

function noteNext(
  { terminal, globals }: CommandContext,
  sentence: string,
  path: readonly [string] | readonly [string, string],
  words: readonly string[],
): void {
  terminal.note(`${sentence}\n  ${equivalentCommand({ path }, words, globals)}`);
}

/** What a pause or a block holds back. */
async function noteStop(context: CommandContext, { affiliate, pending }: StatusDecided): Promise<void> {
  const { counted, sumsByCurrency } = await import('./render/money.js');
  const { id, status } = affiliate;
  if (pending.length > 0) {
    const are = pending.length === 1 ? 'is' : 'are';
    const what = `${counted(pending.length, 'payout')} (${sumsByCurrency(pending)}) ${are} not yet paid`;
    const sentence = `${what}: approve, process and pay refuse ${pending.length === 1 ? 'it' : 'them'} now.`;
    noteNext(context, sentence, ['payouts', 'list'], ['--affiliate', id]);
  }
  noteNext(
    context,
    `No run pays an affiliate who is ${status}. To undo it:`,
    ['affiliates', 'activate'],
    [id],
  );
}

/** What is left for the final payment, and the command that makes it. */
async function noteDeparture(
  context: CommandContext,
  { affiliate, pending, balances }: StatusDecided,
): Promise<void> {
  const { terminal } = context;
  const { counted, sumsByCurrency } = await import('./render/money.js');
  const sums = (part: 'available' | 'onHold' | 'notApproved'): string =>
    sumsByCurrency(
      balances
        .filter((balance) => balance[part] !== 0n)
        .map((balance) => ({ currency: balance.currency, amount: balance[part] })),
    );
  const [day] = balances.flatMap(({ nextAvailableOn }) => nextAvailableOn ?? []).sort();
  const until = day === undefined ? '' : ` (the first of it until ${day})`;
  const left = [
    ...(sums('available') === '' ? [] : [`still available: ${sums('available')}`]),
    ...(sums('onHold') === '' ? [] : [`on hold: ${sums('onHold')}${until}`]),
    ...(sums('notApproved') === '' ? [] : [`not approved: ${sums('notApproved')}`]),
    ...(pending.length === 0
      ? []
      : [`in ${counted(pending.length, 'payout')} not yet paid: ${sumsByCurrency(pending)}`]),
  ];
  if (left.length === 0) {
    terminal.note('Nothing is left to pay.');
    return;
  }
  const listed = left.join('; ');
  terminal.note(`${listed.charAt(0).toUpperCase()}${listed.slice(1)}.`);
  const words = [
    '--affiliate',
    affiliate.id,
    '--period',
    'this-month',
    '--include-earlier',
    '--override-minimum',
  ];
  if (left.length > (pending.length === 0 ? 0 : 1))
    noteNext(context, 'The final payment:', ['generate'], words);
}
