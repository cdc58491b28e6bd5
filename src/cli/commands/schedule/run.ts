/** `payrun schedule run`: what cron calls every day. */
import type { ScheduledRun } from '../../../app/schedule.js';
import type { Work } from '../../../app/work.js';
import { defineCommand, type CommandContext } from '../../command.js';
import { requireDecision } from '../../terminal.js';
import { actorOf, withWork } from '../../work.js';

async function show(context: CommandContext, run: ScheduledRun, isPreview: boolean): Promise<void> {
  const { terminal } = context;
  const { scheduledRunJson, slotText } = await import('../../render/schedule.js');
  if (terminal.json) {
    terminal.printJson(scheduledRunJson(run, isPreview ? { createdBy: actorOf(context) } : null));
    return;
  }
  if (run.generated === null) {
    terminal.print(slotText(run));
    return;
  }
  const { printPlan } = await import('../../render/plan.js');
  terminal.print(slotText(run));
  await printPlan(run.generated, terminal);
}

/** What the answer leaves open: when the next run is, and what to do with this one. */
async function whatNext(
  context: CommandContext,
  { on, generated, nextOn, today }: ScheduledRun,
): Promise<void> {
  if (on === null || generated === null) return;
  const { terminal, globals } = context;
  const { nextText } = await import('../../render/schedule.js');
  const { equivalentCommand } = await import('../../echo.js');
  const next = nextText(nextOn, today);
  if (generated.run === null) {
    terminal.note(`${on} is done and will not be run again. ${next}`);
    return;
  }
  const { id } = generated.run;
  const file = ['payouts', '--run', id, '--out', `payouts-${id}.csv`];
  terminal.note(
    `${next}\nNext:\n  ${equivalentCommand({ path: ['export'] }, file, globals)}\n` +
      `  ${equivalentCommand({ path: ['pending'] }, [], globals)}`,
  );
}

/** Looks, without a need for consent: nothing is written. */
async function dryRun(context: CommandContext, work: Work): Promise<void> {
  const { previewSchedule } = await import('../../../app/schedule.js');
  work.progress(1, 1, 'what is eligible');
  const preview = await previewSchedule(work);
  await show(context, preview, true);
  if (preview.on === null) return;
  const { equivalentCommand } = await import('../../echo.js');
  const command = equivalentCommand(scheduleRun, ['--yes'], context.globals);
  context.terminal.note(`Nothing was written. Run it with:\n  ${command}`);
}

/** On a terminal: the preview, a question whose answer of Enter is No, and exactly what was previewed. */
async function askAndRun(context: CommandContext, work: Work): Promise<void> {
  const { terminal } = context;
  const { previewSchedule, runSchedule } = await import('../../../app/schedule.js');
  work.progress(1, 1, 'what is eligible');
  const seen = await previewSchedule(work);
  await show(context, seen, true);
  if (seen.on === null || seen.generated === null) return;
  const { confirm } = await import('../../prompts.js');
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  const { payouts, totals } = seen.generated.plan;
  const message =
    payouts.length === 0
      ? `Record ${seen.on} as done, with nothing to pay?`
      : `Make ${counted(payouts.length, 'payout')} (${sumsByCurrency(totals)})?`;
  const isConfirmed = await confirm(terminal, { message });
  if (isConfirmed) {
    const done = await runSchedule(work, { wantsPlanId: true, seen });
    terminal.progressDone();
    if (done.generated !== null) {
      // The tables were seen already: the numbers are what is new.
      const { planHeadline, payoutsText } = await import('../../render/plan.js');
      const made = [terminal.bold(planHeadline(done.generated)), payoutsText(done.generated, terminal)];
      await terminal.page(made.filter((part) => part !== '').join('\n\n'));
    }
    await whatNext(context, done);
  } else {
    terminal.note(payouts.length === 0 ? 'Nothing was recorded.' : 'Nothing was paid.');
  }
  const { echoCommand } = await import('../../echo.js');
  echoCommand(context, scheduleRun, ['--yes'], { declined: !isConfirmed });
}

export const scheduleRun = defineCommand({
  path: ['schedule', 'run'],
  summary: 'Make the automatic payouts that are due, if any are',
  description:
    'What cron calls every day. It pays everything that is eligible as of the day on which the run was due, through ' +
    'the same rules as generate. Of days that were missed only the last one is run. Each day is run at most once, ' +
    'however often and by however many it is called; where nothing is due it does nothing and succeeds. Elsewhere ' +
    'than on a terminal it always needs --yes.',
  options: [{ flags: '--dry-run', description: 'show exactly what would happen, and write nothing' }],
  examples: [
    { command: 'payrun schedule run --yes --json', what: 'from cron, once a day' },
    { command: 'payrun schedule run --dry-run', what: 'what a call would do now' },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal, globals } = context;
      if (input.flag('dryRun')) {
        await dryRun(context, work);
        return undefined;
      }
      // Asked for even where nothing is due: a crontab without it is to fail on the first day.
      if (!globals.yes) {
        requireDecision(terminal, '--yes', 'Running the schedule pays affiliates, which needs consent.');
        await askAndRun(context, work);
        return undefined;
      }
      const { runSchedule } = await import('../../../app/schedule.js');
      const done = await runSchedule(work, { wantsPlanId: terminal.json });
      terminal.progressDone();
      await show(context, done, false);
      if (!terminal.json) await whatNext(context, done);
      return undefined;
    }),
});
