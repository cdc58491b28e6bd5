/** What a call of `generate` asks for, from its options or from a person, and the words that ask it again. */
import { resolve } from 'node:path';
import { todayOf } from '../app/book.js';
import type { GenerateInput } from '../app/generate.js';
import { readPlan, type PlanFile } from '../app/plan-file.js';
import type { Work } from '../app/work.js';
import { UsageError } from '../core/errors.js';
import { parseDay, parsePeriod, rangeOf } from '../core/period.js';
import type { CommandContext, CommandInput } from './command.js';
import type { RangeAnswer } from './generate-questions.js';
import { requireDecision } from './terminal.js';

/** The command that the words are for. */
export const GENERATE = { path: ['generate'] } as const;

/** What was asked for, resolved, and the words that ask for it again. */
export interface Asked {
  readonly input: GenerateInput;
  readonly words: readonly string[];
  /** The same with the days in place of a period, and a path that holds in any folder. */
  readonly lasting: readonly string[];
  /** Whether a question was asked, so that the session ends with its one-line command. */
  readonly questions: boolean;
}

const SELECTION = [
  'period',
  'from',
  'to',
  'all',
  'affiliate',
  'campaign',
  'overrideMinimum',
  'includeEarlier',
  'asOf',
];

/** @throws UsageError for options that exclude each other, or where one needs another */
export function refuseContradictions(input: CommandInput): void {
  const given = (key: string): boolean => input.options[key] !== undefined && input.options[key] !== false;
  if (given('period') && (given('from') || given('to'))) {
    throw new UsageError('--period and --from/--to exclude each other.', { hint: 'Give one of them.' });
  }
  if (given('from') !== given('to')) {
    throw new UsageError(given('from') ? '--from needs --to.' : '--to needs --from.', {
      hint: 'A range has a first and a last day: --from 2026-10-01 --to 2026-10-31.',
    });
  }
  if (given('all') && given('affiliate')) {
    throw new UsageError('--all and --affiliate exclude each other.', { hint: 'Give one of them.' });
  }
  const beside = SELECTION.filter(given);
  if (given('plan') && beside.length > 0) {
    throw new UsageError('A plan file says itself what is paid: --plan goes with no other selection.');
  }
  if (given('planId') && (given('dryRun') || given('planOut') || given('plan'))) {
    throw new UsageError('--plan-id applies a plan, so it goes with no --dry-run, --plan-out or --plan.');
  }
  if (given('plan') && (given('dryRun') || given('planOut'))) {
    throw new UsageError('--plan applies a plan, so it goes with no --dry-run and no --plan-out.');
  }
}

/** The range asked for; without one it is last month, off a terminal too. */
async function rangeAsked(context: CommandContext, input: CommandInput, work: Work): Promise<RangeAnswer> {
  const today = await todayOf(work);
  const from = input.text('from');
  const to = input.text('to');
  if (from !== undefined && to !== undefined) {
    const range = rangeOf(from, to);
    return { range, words: ['--from', range.from, '--to', range.to], asked: false };
  }
  const period = input.text('period');
  if (period !== undefined || !context.terminal.isInteractive) {
    const words = period ?? 'last-month';
    return { range: parsePeriod(words, today), words: ['--period', words], asked: false };
  }
  const { askRange } = await import('./generate-questions.js');
  return askRange(context.terminal, today);
}

interface Who {
  readonly affiliateId: string | null;
  readonly words: readonly string[];
  readonly asked: boolean;
}

async function whoOf(context: CommandContext, input: CommandInput, work: Work): Promise<Who> {
  const text = input.text('affiliate');
  if (text !== undefined) {
    const { resolveAffiliate } = await import('../app/find-affiliate.js');
    const partial = context.terminal.isInteractive ? 'accepted' : 'refused';
    const { id } = await work.ledger.read((reader) => resolveAffiliate(reader, text, partial));
    return { affiliateId: id, words: ['--affiliate', id], asked: false };
  }
  if (input.flag('all')) return { affiliateId: null, words: ['--all'], asked: false };
  requireDecision(context.terminal, '--all or --affiliate X', 'Who is to be paid has not been said.');
  const { askWho } = await import('./generate-questions.js');
  const affiliateId = await askWho(context.terminal, work);
  return { affiliateId, words: affiliateId === null ? ['--all'] : ['--affiliate', affiliateId], asked: true };
}

/**
 * What was asked for; on a terminal what is missing is asked now.
 * @throws UsageError for a bad day or period, or where nobody can say who is paid; NotFoundError for an
 * affiliate that is not there
 */
export async function askedFor(context: CommandContext, input: CommandInput, work: Work): Promise<Asked> {
  const { range, words, asked } = await rangeAsked(context, input, work);
  const who = await whoOf(context, input, work);
  const asOfText = input.text('asOf');
  const asOf = asOfText === undefined ? null : parseDay(asOfText);
  const campaign = input.text('campaign') ?? null;
  let request: GenerateInput = {
    from: input.flag('includeEarlier') ? null : range.from,
    to: range.to,
    asOf,
    affiliateId: who.affiliateId,
    campaign,
    overrideMinimum: input.flag('overrideMinimum'),
  };
  const questions = asked || who.asked;
  if (context.terminal.isInteractive && questions) {
    const { askEarlier, askOverride } = await import('./generate-questions.js');
    request = await askEarlier(context.terminal, work, request);
    request = await askOverride(context.terminal, work, request);
  }
  const rest = [
    ...who.words,
    ...(campaign === null ? [] : ['--campaign', campaign]),
    ...(request.from === null ? ['--include-earlier'] : []),
    ...(request.overrideMinimum ? ['--override-minimum'] : []),
    ...(asOf === null ? [] : ['--as-of', asOf]),
  ];
  const lasting = ['--from', range.from, '--to', range.to, ...rest];
  return { input: request, questions, words: [...words, ...rest], lasting };
}

/**
 * What is applied: a plan file as it stands, or what was asked for. Throws as `askedFor` and what reading a
 * plan throws.
 */
export async function planOrAsked(
  context: CommandContext,
  input: CommandInput,
  work: Work,
): Promise<{ asked: Asked; planFile: PlanFile | null }> {
  const path = input.text('plan');
  if (path === undefined) return { asked: await askedFor(context, input, work), planFile: null };
  const planFile = await readPlan(path);
  const lasting = ['--plan', resolve(path)];
  const asked = { input: planFile.request, words: ['--plan', path], lasting, questions: false };
  return { asked, planFile };
}
