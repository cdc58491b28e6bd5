/** `generate` for real: with consent, once under a key, here or in the background. */
import { generate, previewRun, type Generated, type GenerateOptions } from '../app/generate.js';
import type { Work } from '../app/work.js';
import { answeredByJob } from './background.js';
import type { CommandContext, CommandInput } from './command.js';
import { echoCommand } from './echo.js';
import { showGenerated, showResult, warnOfEarlier } from './generate-answer.js';
import { handOver } from './generate-background.js';
import { GENERATE, planOrAsked, type Asked } from './generate-request.js';
import { repeatedAnswer } from './idempotency.js';
import { requireDecision } from './terminal.js';

/**
 * Pays what was asked for, or has a job do it; on a terminal after a preview and a yes.
 * @throws UsageError where consent is missing and nobody can be asked; what `planOrAsked`, `generate` and
 * `handOver` throw
 */
export async function runGenerate(context: CommandContext, input: CommandInput, work: Work): Promise<void> {
  const { terminal, globals } = context;
  if (!globals.yes) requireDecision(terminal, '--yes', 'Generating payouts needs consent.');
  const isBackground = input.flag('background');
  if (await (isBackground ? answeredByJob(context, work) : toldAgain(context, work))) return;
  const { asked, planFile } = await planOrAsked(context, input, work);
  const consent = globals.yes ? CONSENT : await consentTo(context, work, asked);
  // What was previewed is what is applied: if the ledger moved meanwhile, the run refuses.
  const planId = input.text('planId') ?? consent.planId;
  const options: GenerateOptions = {
    wantsPlanId: terminal.json || planId !== undefined || work.once !== undefined,
    ...(planId === undefined ? {} : { planId }),
    ...(planFile === null ? {} : { planFile }),
    typed: { words: asked.words },
  };
  if (consent.answer !== 'yes') {
    const isEmpty = consent.answer === 'nothing to pay';
    // Under a key that is an answer which later calls get, too; it needs nobody's consent.
    if (isEmpty && work.once !== undefined && !isBackground) await generate(work, asked.input, options);
    echoCommand(context, GENERATE, repeatWords(input, asked), { declined: !isEmpty });
    return;
  }
  if (isBackground) {
    await handOver(context, input, work, { asked, planId, isPlanFile: planFile !== null });
    if (!globals.yes) echoCommand(context, GENERATE, [...asked.words, '--background', '--yes']);
    return;
  }
  const generated = await generate(work, asked.input, options);
  terminal.progressDone();
  await showResult(context, work, generated, globals.yes);
  if (globals.yes) warnOfEarlier(context, generated);
  else echoCommand(context, GENERATE, [...asked.words, '--yes']);
}

/** Tells what the first call with the key answered. @returns false where this one is the first */
async function toldAgain(context: CommandContext, work: Work): Promise<boolean> {
  const first = await repeatedAnswer<Generated>(context, work);
  if (first !== undefined) await showResult(context, work, first, true);
  return first !== undefined;
}

/** What came of the preview, and the plan that was looked at. */
interface Consent {
  readonly answer: 'yes' | 'no' | 'nothing to pay';
  readonly planId: string | undefined;
}

/** That of whoever gave --yes: he looked at no plan. */
const CONSENT: Consent = { answer: 'yes', planId: undefined };

/** Shows the preview and asks, if there is something to pay. */
async function consentTo(context: CommandContext, work: Work, asked: Asked): Promise<Consent> {
  const preview = await previewRun(work, asked.input, true);
  await showGenerated(context, preview, true);
  warnOfEarlier(context, preview);
  const planId = preview.planId ?? undefined;
  if (preview.plan.payouts.length === 0) return { answer: 'nothing to pay', planId };
  return { answer: (await confirmed(context, preview)) ? 'yes' : 'no', planId };
}

/** The words of the call that was not carried out, to be given after all. */
function repeatWords(input: CommandInput, asked: Asked): string[] {
  const planId = input.text('planId');
  return [
    ...asked.words,
    ...(planId === undefined ? [] : ['--plan-id', planId]),
    ...(input.flag('background') ? ['--background'] : []),
    '--yes',
  ];
}

/** Asks whether to make the payouts; a No is said. */
async function confirmed({ terminal }: CommandContext, { plan }: Generated): Promise<boolean> {
  const { confirm } = await import('./prompts.js');
  const { counted, sumsByCurrency } = await import('./render/money.js');
  const what = `${counted(plan.payouts.length, 'payout')} (${sumsByCurrency(plan.totals)})`;
  if (await confirm(terminal, { message: `Make ${what}?` })) return true;
  terminal.note('Nothing was paid.');
  return false;
}
