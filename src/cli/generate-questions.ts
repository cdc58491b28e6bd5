/** What interactive `generate` asks: the range, who, what was earned earlier, and the minimum. */
import { previewRun, type GenerateInput } from '../app/generate.js';
import type { Work } from '../app/work.js';
import type { CalendarDate } from '../core/calendar.js';
import { PayrunError } from '../core/errors.js';
import { describeRange, namedPeriod, parsePeriod, type DateRange, type NamedPeriod } from '../core/period.js';
import type { Plan } from '../core/plan.js';
import { askAffiliate } from './ask-affiliate.js';
import { confirm, input, select, type Choice } from './prompts.js';
import { counted, sumsByCurrency } from './render/money.js';
import type { Terminal } from './terminal.js';

/** A range, the words that ask for it on the command line, and whether a question was asked. */
export interface RangeAnswer {
  readonly range: DateRange;
  readonly words: readonly string[];
  readonly asked: boolean;
}

const OFFERED: readonly (readonly [NamedPeriod, string])[] = [
  ['last-month', 'Last month'],
  ['this-month', 'This month'],
  ['last-week', 'Last week'],
  ['last-quarter', 'Last quarter'],
  ['this-quarter', 'This quarter'],
  ['last-year', 'Last year'],
];

/** Asks for the range: choices with the real dates, starting with last month, or one that is typed. */
export async function askRange(terminal: Terminal, today: CalendarDate): Promise<RangeAnswer> {
  const choices: Choice<NamedPeriod | 'custom'>[] = OFFERED.map(([period, title]) => ({
    name: `${title}: ${describeRange(namedPeriod(period, today))}`,
    value: period,
  }));
  const message = 'Which commissions, by the day they were earned?';
  const custom: Choice<'custom'> = { name: 'Another range …', value: 'custom' };
  const period = await select(terminal, { message, choices: [...choices, custom] });
  if (period !== 'custom') {
    return { range: namedPeriod(period, today), words: ['--period', period], asked: true };
  }
  const typed = await input(terminal, {
    message: 'Range (2026-10, 2026-Q3, 2026, 2026-10-05..2026-10-20):',
    check: (answer) => {
      try {
        parsePeriod(answer, today);
        return undefined;
      } catch (error) {
        if (error instanceof PayrunError) return [error.message, error.hint].filter(Boolean).join(' ');
        throw error;
      }
    },
  });
  const range = parsePeriod(typed, today);
  terminal.note(`Understood: ${describeRange(range)}`);
  return { range, words: ['--from', range.from, '--to', range.to], asked: true };
}

/** Asks for everybody or one, who is found by typing a part of his name, e-mail or id. */
export async function askWho(terminal: Terminal, work: Work): Promise<string | null> {
  const everybody = await select(terminal, {
    message: 'Who is paid?',
    choices: [
      { name: 'All affiliates', value: true },
      { name: 'One affiliate …', value: false },
    ],
  });
  if (everybody) return null;
  return askAffiliate(terminal, work);
}

/** Offers to pay what was earned before the range, where there is something. */
export async function askEarlier(
  terminal: Terminal,
  work: Work,
  request: GenerateInput,
): Promise<GenerateInput> {
  if (request.from === null) return request;
  const { plan } = await previewRun(work, request, false);
  const earlier = plan.skipped.filter((skip) => skip.reason === 'earned_earlier');
  if (earlier.length === 0) return request;
  const commissions = earlier.reduce((sum, skip) => sum + skip.commissions, 0);
  const what = `${counted(commissions, 'commission')} (${sumsByCurrency(earlier)})`;
  const message = `${what} earned before ${request.from} would be left out. Include them?`;
  return (await confirm(terminal, { message })) ? { ...request, from: null } : request;
}

/** What overriding the minimum would add to a plan. */
function addedBy(without: Plan, within: Plan): string {
  const before = new Map(without.totals.map((total) => [total.currency, total.amount]));
  const added = within.totals
    .map(({ currency, amount }) => ({ currency, amount: amount - (before.get(currency) ?? 0n) }))
    .filter(({ amount }) => amount !== 0n);
  const count = within.payouts.length - without.payouts.length;
  return `${counted(count, 'payout')}${added.length === 0 ? '' : ` (${sumsByCurrency(added)})`}`;
}

/** Asks whether to override the minimum; says how many payouts and how much that would add. */
export async function askOverride(
  terminal: Terminal,
  work: Work,
  request: GenerateInput,
): Promise<GenerateInput> {
  if (request.overrideMinimum) return request;
  const without = await previewRun(work, request, false);
  const within = await previewRun(work, { ...request, overrideMinimum: true }, false);
  const idle = within.plan.payouts.length === without.plan.payouts.length;
  const effect = idle ? 'Nobody is below it.' : `It would add ${addedBy(without.plan, within.plan)}.`;
  const message = `Override the minimum? ${effect}`;
  return { ...request, overrideMinimum: await confirm(terminal, { message }) };
}
