/** `generate --dry-run` and `--plan-out`: what would happen, and how exactly that is paid. */
import { todayOf } from '../app/book.js';
import { previewRun, type Generated } from '../app/generate.js';
import { writePlan } from '../app/plan-file.js';
import type { Work } from '../app/work.js';
import type { CommandContext, CommandInput } from './command.js';
import { echoCommand, equivalentCommand } from './echo.js';
import { showGenerated, warnOfEarlier } from './generate-answer.js';
import { askedFor, GENERATE, type Asked } from './generate-request.js';

/** Shows exactly what would happen; the plan goes to a file where one is named. Throws as `askedFor`. */
export async function previewGenerate(
  context: CommandContext,
  input: CommandInput,
  work: Work,
): Promise<void> {
  const asked = await askedFor(context, input, work);
  const { terminal } = context;
  work.progress(1, 1, 'what is eligible');
  const out = input.text('planOut');
  // The file comes first: with --json a failure must find stdout still empty.
  const generated =
    out === undefined ? await previewRun(work, asked.input, true) : await writePlan(work, asked.input, out);
  await showGenerated(context, generated, true);
  if (!terminal.json && generated.planId !== null) terminal.print(`\nPlan ${generated.planId}`);
  warnOfEarlier(context, generated);
  await noteWhatNext(context, work, { asked, generated, out });
  if (asked.questions) echoCommand(context, GENERATE, [...asked.words, '--dry-run']);
}

/** How exactly this plan is paid, or from when on it can be. */
async function noteWhatNext(
  { terminal, globals }: CommandContext,
  work: Work,
  previewed: { readonly asked: Asked; readonly generated: Generated; readonly out: string | undefined },
): Promise<void> {
  const { asked, generated, out } = previewed;
  const { asOf } = generated.plan.request;
  if (asOf > (await todayOf(work))) {
    const where = out === undefined ? 'Nothing was written.' : `The plan is in ${out}.`;
    terminal.note(`${where} This is a forecast: it can be paid on ${asOf} at the earliest.`);
  } else if (out !== undefined) {
    const command = equivalentCommand(GENERATE, ['--plan', out, '--yes'], globals);
    terminal.note(`The plan is in ${out}. Apply exactly this one with:\n  ${command}`);
  } else if (generated.plan.payouts.length > 0) {
    const words = [...asked.words, '--plan-id', generated.planId ?? '', '--yes'];
    const command = equivalentCommand(GENERATE, words, globals);
    terminal.note(`Nothing was written. Pay exactly this with:\n  ${command}`);
  }
}
