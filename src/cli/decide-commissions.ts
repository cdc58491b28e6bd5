/** What `commissions approve` and `commissions reject` share: which are meant, the questions, the answer. */
import {
  decidableCommissions,
  decideCommissions,
  type CommissionSelection,
  type DecisionInput,
  type DecisionsMade,
  type UnpaidQuery,
} from '../app/decide-commissions.js';
import type { Work } from '../app/work.js';
import type { Commission } from '../core/commission.js';
import type { DecisionVerb } from '../core/commission-decision.js';
import { UsageError } from '../core/errors.js';
import { formatAmountForScreen } from '../core/money.js';
import { daysOf } from './day-options.js';
import type { CommandContext, CommandDefinition, CommandInput } from './command.js';
import { echoCommand } from './echo.js';
import { decisionsJson, printDecisions } from './render/commission-decisions.js';
import { printCommissions } from './render/commissions.js';
import { counted, sumsByCurrency } from './render/money.js';
import { requireDecision, type Terminal } from './terminal.js';
import { withWork } from './work.js';

/** A list to tick that is longer than this begins with the question whose it is. */
const TICKED_AT_ONCE = 500;

const WORDS = {
  approve: { Verb: 'Approve', done: 'approved', none: 'No commission is pending.', which: 'pending' },
  reject: {
    Verb: 'Reject',
    done: 'rejected',
    none: 'No commission is unpaid.',
    which: 'unpaid (pending or approved)',
  },
} as const satisfies Record<DecisionVerb, unknown>;

/** What a filter fits: nothing yet, or unpaid ones, found and to be confirmed. */
interface Asked {
  readonly selection: CommissionSelection;
  /** The words that ask for them again. */
  readonly words: readonly string[];
  /** Those found where somebody is to look at them first. */
  readonly found: readonly Commission[] | null;
}

async function queryOf(input: CommandInput): Promise<UnpaidQuery | null> {
  const affiliate = input.text('affiliate');
  const campaign = input.text('campaign');
  const query = {
    ...(affiliate === undefined ? {} : { affiliate }),
    ...(campaign === undefined ? {} : { campaign }),
    ...(await daysOf(input)),
  };
  return Object.keys(query).length === 0 ? null : query;
}

function queryWords({ affiliate, campaign, from, to }: UnpaidQuery): string[] {
  const given = { '--affiliate': affiliate, '--from': from, '--to': to, '--campaign': campaign };
  return Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
}

/** Rows of a list to tick, in columns. */
function choicesOf(commissions: readonly Commission[]): { name: string; value: string }[] {
  const amounts = commissions.map(({ amount, currency }) => formatAmountForScreen(amount, currency));
  const idWidth = Math.max(...commissions.map(({ id }) => id.length));
  const amountWidth = Math.max(...amounts.map(({ length }) => length));
  return commissions.map(({ id, affiliateId, kind, status, earnedOn, currency }, index) => {
    const money = `${(amounts[index] ?? '').padStart(amountWidth)} ${currency}`;
    const what = kind === 'sale' ? status : `${kind}, ${status}`;
    return { name: `${id.padEnd(idWidth)}  ${money}  ${earnedOn}  ${affiliateId}  ${what}`, value: id };
  });
}

async function picked(terminal: Terminal, work: Work, verb: DecisionVerb): Promise<Asked> {
  const limit = TICKED_AT_ONCE + 1;
  let offered = await decidableCommissions(work, verb, {}, limit);
  if (offered.length > TICKED_AT_ONCE) {
    const { askAffiliate } = await import('./ask-affiliate.js');
    const affiliate = await askAffiliate(terminal, work);
    offered = await decidableCommissions(work, verb, { affiliate }, limit);
  }
  if (offered.length > TICKED_AT_ONCE) {
    terminal.note(`These are the first ${TICKED_AT_ONCE}. Give --from, --to or --campaign for others.`);
    offered = offered.slice(0, TICKED_AT_ONCE);
  }
  if (offered.length === 0) return { selection: { ids: [], unpaidOnly: true }, words: [], found: [] };
  const { pick } = await import('./prompts.js');
  const names = choicesOf(offered);
  const ids = await pick(terminal, {
    message: `Which commissions? These are ${WORDS[verb].which}.`,
    choices: offered.map(({ currency, amount }, index) => ({
      ...(names[index] ?? { name: '', value: '' }),
      currency,
      amount,
    })),
  });
  const found = offered.filter(({ id }) => ids.includes(id));
  return { selection: { ids, unpaidOnly: true }, words: ids, found };
}

async function ask(
  { terminal }: CommandContext,
  input: CommandInput,
  work: Work,
  verb: DecisionVerb,
): Promise<Asked> {
  const ids = input.argumentList('commission');
  const query = await queryOf(input);
  if (ids.length > 0 && query !== null) {
    throw new UsageError('Name commissions by id or filter them, not both.', {
      hint: 'Leave out the ids, or --affiliate, --from, --to and --campaign.',
    });
  }
  if (ids.length > 0) return { selection: { ids }, words: ids, found: null };
  if (query === null) {
    const flags = 'ids, or --affiliate X, --from D, --to D, --campaign NAME';
    requireDecision(terminal, flags, `Which commissions to ${verb} has not been said.`);
    return picked(terminal, work, verb);
  }
  const words = queryWords(query);
  if (!terminal.isInteractive || input.flag('dryRun')) return { selection: { query }, words, found: null };
  const found = await decidableCommissions(work, verb, query);
  // What was looked at is what is decided, whatever comes in meanwhile.
  return { selection: { ids: found.map(({ id }) => id), unpaidOnly: true }, words, found };
}

/** Shows what was found and asks; a reason may be given with the answer. Null when the answer is no. */
async function consented(
  terminal: Terminal,
  verb: DecisionVerb,
  found: readonly Commission[],
  given: string | null,
): Promise<{ reason: string | null } | null> {
  const { confirm, input } = await import('./prompts.js');
  await printCommissions(terminal, found);
  const message = `${WORDS[verb].Verb} ${counted(found.length, 'commission')} (${sumsByCurrency(found)})?`;
  if (!(await confirm(terminal, { message }))) {
    terminal.note(`Nothing was ${WORDS[verb].done}.`);
    return null;
  }
  if (given !== null || verb === 'approve') return { reason: given };
  const reason = await input(terminal, { message: 'Why? (Enter for no reason)' });
  return { reason: reason === '' ? null : reason };
}

async function show(context: CommandContext, input: DecisionInput, made: DecisionsMade): Promise<void> {
  if (context.terminal.json) context.terminal.printJson(decisionsJson(made, input.dryRun));
  else await printDecisions(context, input, made);
}

function nothing({ terminal }: CommandContext, verb: DecisionVerb, filtered: boolean): void {
  terminal.print(filtered ? `Nothing to ${verb}: no commission fits.` : WORDS[verb].none);
  terminal.note(`Only what is ${WORDS[verb].which} is looked for. Anything else is named by its id.`);
}

/** The handler of both commands. */
export async function decideCommand(
  context: CommandContext,
  input: CommandInput,
  verb: DecisionVerb,
  definition: CommandDefinition,
): Promise<undefined> {
  const { terminal } = context;
  return withWork(context, async (work) => {
    const asked = await ask(context, input, work, verb);
    const dryRun = input.flag('dryRun');
    const given = input.text('reason')?.trim() ?? '';
    let reason = given === '' ? null : given;
    if (asked.found?.length === 0) {
      nothing(context, verb, asked.words.length > 0);
      return undefined;
    }
    let isWanted = true;
    if (asked.found !== null && !dryRun) {
      const consent = await consented(terminal, verb, asked.found, reason);
      isWanted = consent !== null;
      reason = consent?.reason ?? reason;
    }
    if (isWanted) {
      const request: DecisionInput = { verb, selection: asked.selection, reason, dryRun };
      const made = await decideCommissions(work, request, asked.found);
      if (made.commissions.length === 0 && !terminal.json) nothing(context, verb, true);
      else await show(context, request, made);
    }
    if (asked.found !== null) {
      const reasonWords = reason === null ? [] : ['--reason', reason];
      const words = [...asked.words, ...reasonWords, ...(dryRun ? ['--dry-run'] : [])];
      echoCommand(context, definition, words, { declined: !isWanted });
    }
    return undefined;
  });
}
