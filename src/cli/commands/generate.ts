/** `payrun generate`: the main job, with questions or without. */
import { resolve } from 'node:path';
import type { Generated, GenerateInput, GenerateOptions } from '../../app/generate.js';
import type { PlanFile } from '../../app/plan-file.js';
import type { Work } from '../../app/work.js';
import { UsageError } from '../../core/errors.js';
import { defineCommand, type CommandContext, type CommandInput } from '../command.js';
import { backgroundOption, refuseBackgroundDryRun } from '../background.js';
import type { RangeAnswer } from '../generate-questions.js';
import { idempotencyKeyOption, repeatedAnswer } from '../idempotency.js';
import { requireDecision } from '../terminal.js';
import { actorOf, withWork } from '../work.js';

/** What was asked for, resolved, and the words that ask for it again. */
interface Asked {
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

function refuseContradictions(input: CommandInput): void {
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
async function rangeOf(context: CommandContext, input: CommandInput, work: Work): Promise<RangeAnswer> {
  const { todayOf } = await import('../../app/book.js');
  const { parsePeriod, rangeOf: between } = await import('../../core/period.js');
  const today = await todayOf(work);
  const from = input.text('from');
  const to = input.text('to');
  if (from !== undefined && to !== undefined) {
    const range = between(from, to);
    return { range, words: ['--from', range.from, '--to', range.to], asked: false };
  }
  const period = input.text('period');
  if (period !== undefined || !context.terminal.isInteractive) {
    const words = period ?? 'last-month';
    return { range: parsePeriod(words, today), words: ['--period', words], asked: false };
  }
  const { askRange } = await import('../generate-questions.js');
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
    const { resolveAffiliate } = await import('../../app/find-affiliate.js');
    const partial = context.terminal.isInteractive ? 'accepted' : 'refused';
    const { id } = await work.ledger.read((reader) => resolveAffiliate(reader, text, partial));
    return { affiliateId: id, words: ['--affiliate', id], asked: false };
  }
  if (input.flag('all')) return { affiliateId: null, words: ['--all'], asked: false };
  requireDecision(context.terminal, '--all or --affiliate X', 'Who is to be paid has not been said.');
  const { askWho } = await import('../generate-questions.js');
  const affiliateId = await askWho(context.terminal, work);
  return { affiliateId, words: affiliateId === null ? ['--all'] : ['--affiliate', affiliateId], asked: true };
}

async function ask(context: CommandContext, input: CommandInput, work: Work): Promise<Asked> {
  const { parseDay } = await import('../../core/period.js');
  const { range, words, asked } = await rangeOf(context, input, work);
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
    const { askEarlier, askOverride } = await import('../generate-questions.js');
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

async function showGenerated(context: CommandContext, generated: Generated, dryRun: boolean): Promise<void> {
  const { planDocument, printPlan } = await import('../render/plan.js');
  if (!context.terminal.json) {
    await printPlan(generated, context.terminal);
    return;
  }
  const preview = dryRun ? { createdBy: actorOf(context), kind: 'manual' as const } : null;
  context.terminal.printJson(planDocument(generated, preview));
}

async function warnOfEarlier(context: CommandContext, generated: Generated): Promise<void> {
  const { earnedEarlierWarning } = await import('../render/plan.js');
  const warning = earnedEarlierWarning(generated);
  if (warning !== null) context.terminal.warn(warning);
}

async function dryRun(context: CommandContext, input: CommandInput, work: Work): Promise<void> {
  const { previewRun } = await import('../../app/generate.js');
  const asked = await ask(context, input, work);
  const { terminal } = context;
  work.progress(1, 1, 'what is eligible');
  const out = input.text('planOut');
  // The file comes first: with --json a failure must find stdout still empty.
  const generated =
    out === undefined
      ? await previewRun(work, asked.input, true)
      : await import('../../app/plan-file.js').then(({ writePlan }) => writePlan(work, asked.input, out));
  await showGenerated(context, generated, true);
  if (!terminal.json && generated.planId !== null) terminal.print(`\nPlan ${generated.planId}`);
  await warnOfEarlier(context, generated);
  const { equivalentCommand } = await import('../echo.js');
  const { todayOf } = await import('../../app/book.js');
  const { asOf } = generated.plan.request;
  if (asOf > (await todayOf(work))) {
    const where = out === undefined ? 'Nothing was written.' : `The plan is in ${out}.`;
    terminal.note(`${where} This is a forecast: it can be paid on ${asOf} at the earliest.`);
  } else if (out !== undefined) {
    const command = equivalentCommand(generate, ['--plan', out, '--yes'], context.globals);
    terminal.note(`The plan is in ${out}. Apply exactly this one with:\n  ${command}`);
  } else if (generated.plan.payouts.length > 0) {
    const words = [...asked.words, '--plan-id', generated.planId ?? '', '--yes'];
    terminal.note(
      `Nothing was written. Pay exactly this with:\n  ${equivalentCommand(generate, words, context.globals)}`,
    );
  }
  if (asked.questions) {
    const { echoCommand } = await import('../echo.js');
    echoCommand(context, generate, [...asked.words, '--dry-run']);
  }
}

/** What is applied: a plan file as it stands, or what was asked for. */
async function planOrAsked(
  context: CommandContext,
  input: CommandInput,
  work: Work,
): Promise<{ asked: Asked; planFile: PlanFile | null }> {
  const path = input.text('plan');
  if (path === undefined) return { asked: await ask(context, input, work), planFile: null };
  const { readPlan } = await import('../../app/plan-file.js');
  const planFile = await readPlan(path);
  const lasting = ['--plan', resolve(path)];
  const asked = { input: planFile.request, words: ['--plan', path], lasting, questions: false };
  return { asked, planFile };
}

async function realRun(context: CommandContext, input: CommandInput, work: Work): Promise<void> {
  const { terminal, globals } = context;
  if (!globals.yes) requireDecision(terminal, '--yes', 'Generating payouts needs consent.');
  const isBackground = input.flag('background');
  if (await (isBackground ? knownJob(context, work) : toldAgain(context, work))) return;
  const { generate: run, previewRun } = await import('../../app/generate.js');
  const { asked, planFile } = await planOrAsked(context, input, work);
  let planId = input.text('planId');
  if (!globals.yes) {
    const preview = await previewRun(work, asked.input, true);
    await showGenerated(context, preview, true);
    await warnOfEarlier(context, preview);
    if (!(await consented(context, preview))) {
      await echoSession(context, asked);
      return;
    }
    // What was previewed is what is applied: if the ledger moved meanwhile, the run refuses.
    planId ??= preview.planId ?? undefined;
  }
  if (isBackground) {
    await handOver(context, input, work, { asked, planId, isPlanFile: planFile !== null });
    return;
  }
  const options: GenerateOptions = {
    wantsPlanId: terminal.json || planId !== undefined || work.once !== undefined,
    ...(planId === undefined ? {} : { planId }),
    ...(planFile === null ? {} : { planFile }),
    typed: { words: asked.words },
  };
  const generated = await run(work, asked.input, options);
  terminal.progressDone();
  await showResult(context, generated, globals.yes);
  if (globals.yes) await warnOfEarlier(context, generated);
  else await echoSession(context, asked);
}

/** Answers the job that was made under the key of the call. @returns false where there is none */
async function knownJob(context: CommandContext, work: Work): Promise<boolean> {
  const { answeredByJob } = await import('../background.js');
  return answeredByJob(context, work);
}

/** Tells what the first call with the key answered. @returns false where this one is the first */
async function toldAgain(context: CommandContext, work: Work): Promise<boolean> {
  const first = await repeatedAnswer<Generated>(context, work);
  if (first !== undefined) await showResult(context, first, true);
  return first !== undefined;
}

/** A job that is started again next month is to do what was asked for today. */
async function handOver(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  what: { readonly asked: Asked; readonly planId: string | undefined; readonly isPlanFile: boolean },
): Promise<void> {
  const { asked, planId, isPlanFile } = what;
  const { Book } = await import('../../app/book.js');
  const { refuseForecast } = await import('../../app/generate.js');
  const book = await work.ledger.read((reader) => Book.read(reader, work.now));
  const asOf = asked.input.asOf ?? book.today;
  refuseForecast(book, asOf, isPlanFile);
  const { startInBackground } = await import('../background.js');
  const words = [
    ...asked.lasting,
    ...(asked.input.asOf === null ? ['--as-of', asOf] : []),
    ...(planId === undefined ? [] : ['--plan-id', planId]),
    '--yes',
  ];
  await startInBackground(context, work, { definition: generate, input, words, piped: null });
  if (!context.globals.yes) await echoSession(context, { ...asked, words: [...asked.words, '--background'] });
}

/** A session with a person ends with the one line that does the same without him, also when he said no. */
async function echoSession(context: CommandContext, { words }: Asked): Promise<void> {
  const { echoCommand } = await import('../echo.js');
  echoCommand(context, generate, [...words, '--yes']);
}

/** After a preview the tables were seen already: the numbers are what is new. */
async function showResult(context: CommandContext, generated: Generated, whole: boolean): Promise<void> {
  const { terminal } = context;
  const { planHeadline, payoutsText } = await import('../render/plan.js');
  if (whole) await showGenerated(context, generated, false);
  else
    await terminal.page(`${terminal.bold(planHeadline(generated))}\n\n${payoutsText(generated, terminal)}`);
  if (generated.run === null) return;
  const { equivalentCommand } = await import('../echo.js');
  const { id } = generated.run;
  const file = ['payouts', '--run', id, '--out', `payouts-${id}.csv`];
  terminal.note(
    `Next:\n  ${equivalentCommand({ path: ['export'] }, file, context.globals)}\n` +
      `  ${equivalentCommand({ path: ['pending'] }, [], context.globals)}`,
  );
}

async function consented(context: CommandContext, preview: Generated): Promise<boolean> {
  const { terminal } = context;
  if (preview.plan.payouts.length === 0) return false;
  const { confirm } = await import('../prompts.js');
  const { counted, sumsByCurrency } = await import('../render/money.js');
  const what = `${counted(preview.plan.payouts.length, 'payout')} (${sumsByCurrency(preview.plan.totals)})`;
  if (await confirm(terminal, { message: `Make ${what}?` })) return true;
  terminal.note('Nothing was paid.');
  return false;
}

export const generate = defineCommand({
  path: ['generate'],
  summary: 'Turn the commissions of a date range into payouts',
  description:
    'Pays what was earned in the range, is approved, past its hold and on no payout yet: one payout per affiliate ' +
    'and currency, numbered without a gap, all of them or none. Running it again pays only what is newly eligible.',
  options: [
    {
      flags: '--period <period>',
      description:
        'last-month (the default), this-month, last-week, last-quarter, this-quarter, last-year, 2026-10, 2026-Q3, ' +
        '2026, 2026-10-05..2026-10-20',
    },
    { flags: '--from <date>', description: 'first day of the range, with --to' },
    { flags: '--to <date>', description: 'last day of the range, with --from' },
    { flags: '--all', description: 'pay every affiliate' },
    { flags: '--affiliate <affiliate>', description: 'pay one: id, e-mail or exact name' },
    { flags: '--campaign <name>', description: 'only commissions of this campaign' },
    { flags: '--override-minimum', description: 'also pay balances below the minimum' },
    { flags: '--include-earlier', description: 'also pay what was earned before the range' },
    { flags: '--as-of <date>', description: 'the day by which holds must have ended; today if not given' },
    { flags: '--dry-run', description: 'show exactly what would happen, and write nothing' },
    { flags: '--plan-id <id>', description: 'apply only if the plan is still the one with this id' },
    { flags: '--plan-out <file>', description: 'a dry run whose plan is written to a file' },
    { flags: '--plan <file>', description: 'apply exactly the plan in this file, or refuse' },
    idempotencyKeyOption,
    backgroundOption,
  ],
  examples: [
    { command: 'payrun generate', what: 'ask everything, show the preview, then confirm' },
    { command: 'payrun generate --period last-month --all --dry-run', what: 'look at last month first' },
    { command: 'payrun generate --period last-month --all --yes', what: 'close the month from a script' },
    {
      command: 'payrun generate --period 2026-10 --all --idempotency-key october-2026 --yes',
      what: 'the same, done once however often it is called',
    },
    {
      command: 'payrun generate --affiliate ada@example.com --override-minimum --include-earlier --yes',
      what: 'pay one affiliate now',
    },
    {
      command: 'payrun generate --period last-month --all --background --yes',
      what: 'do it in the background; payrun jobs watch tells the end',
    },
  ],
  writes: true,
  menu: 'Generate payouts',
  handler: (context, input) =>
    withWork(context, async (work) => {
      refuseContradictions(input);
      refuseBackgroundDryRun(input);
      const dry = input.flag('dryRun') || input.text('planOut') !== undefined;
      await (dry ? dryRun(context, input, work) : realRun(context, input, work));
      return undefined;
    }),
});
