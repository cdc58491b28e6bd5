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
  const consent = globals.yes ? { planId: undefined } : await consentTo(context, input, work, asked);
  if (consent === null) return;
  // What was previewed is what is applied: if the ledger moved meanwhile, the run refuses.
  const planId = input.text('planId') ?? consent.planId;
  if (isBackground) {
    await handOver(context, input, work, { asked, planId, isPlanFile: planFile !== null });
    if (!globals.yes) echoCommand(context, GENERATE, [...asked.words, '--background', '--yes']);
    return;
  }
  const options = optionsOf(work, asked, planId);
  const generated = await generate(work, asked.input, {
    ...options,
    wantsPlanId: options.wantsPlanId || terminal.json,
    ...(planFile === null ? {} : { planFile }),
  });
  terminal.progressDone();
  await showResult(context, generated, globals.yes);
  if (globals.yes) warnOfEarlier(context, generated);
  else echoCommand(context, GENERATE, [...asked.words, '--yes']);
}

/** An answer that is kept holds the plan id, whoever gets it. */
function optionsOf(work: Work, asked: Asked, planId: string | undefined): GenerateOptions {
  return {
    wantsPlanId: planId !== undefined || work.once !== undefined,
    ...(planId === undefined ? {} : { planId }),
    typed: { words: asked.words },
  };
}

/** Tells what the first call with the key answered. @returns false where this one is the first */
async function toldAgain(context: CommandContext, work: Work): Promise<boolean> {
  const first = await repeatedAnswer<Generated>(context, work);
  if (first !== undefined) await showResult(context, first, true);
  return first !== undefined;
}

/**
 * Shows the preview and asks.
 * @returns the plan that was consented to; null where there is nothing to pay, or for a No
 */
async function consentTo(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  asked: Asked,
): Promise<{ readonly planId: string | undefined } | null> {
  const preview = await previewRun(work, asked.input, true);
  await showGenerated(context, preview, true);
  warnOfEarlier(context, preview);
  const isEmpty = preview.plan.payouts.length === 0;
  const isBackground = input.flag('background');
  // Under a key "nothing to pay" is an answer that later calls get, too; it needs nobody's consent.
  if (isEmpty && work.once !== undefined && !isBackground) {
    await generate(work, asked.input, optionsOf(work, asked, preview.planId ?? undefined));
  }
  if (!isEmpty && (await confirmed(context, preview))) return { planId: preview.planId ?? undefined };
  const planId = input.text('planId');
  const words = [
    ...asked.words,
    ...(planId === undefined ? [] : ['--plan-id', planId]),
    ...(isBackground ? ['--background'] : []),
    '--yes',
  ];
  echoCommand(context, GENERATE, words, { declined: !isEmpty });
  return null;
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
