/** `payrun schedule show`. */
import type { ShownSchedule } from '../../../app/schedule.js';
import { defineCommand, type CommandContext } from '../../command.js';
import { withWork } from '../../work.js';

async function whatNext({ terminal, globals }: CommandContext, shown: ShownSchedule): Promise<void> {
  const { equivalentCommand } = await import('../../echo.js');
  const see = `\n  ${equivalentCommand({ path: ['upcoming'] }, [], globals)}`;
  const run = `\n  ${equivalentCommand({ path: ['schedule', 'run'] }, [], globals)}`;
  const frequency = shown.frequency === 'off' ? 'monthly' : shown.frequency;
  const set = `\n  ${equivalentCommand({ path: ['schedule', 'set'] }, ['--frequency', frequency], globals)}`;
  if (shown.ahead !== null) {
    terminal.note(
      `Nothing is run like that. If the clock was wrong then, have the schedule count from today:${set}`,
    );
  } else if (shown.due.length > 0) terminal.note(`See what is due, then run it:${see}${run}`);
  else if (shown.frequency === 'off') terminal.note(`Set one:${set}`);
  else terminal.note(`What the next run would pay:${see}`);
}

export const scheduleShow = defineCommand({
  path: ['schedule', 'show'],
  summary: 'Show when payouts are made automatically, and what became of the days so far',
  examples: [{ command: 'payrun schedule show', what: 'the next five days, and what is due now' }],
  writes: false,
  handler: (context) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showSchedule } = await import('../../../app/schedule.js');
      const { scheduleJson, scheduleText } = await import('../../render/schedule.js');
      const schedule = await showSchedule(work);
      if (terminal.json) {
        terminal.printJson(scheduleJson(schedule));
        return undefined;
      }
      await terminal.page(scheduleText(terminal, schedule));
      await whatNext(context, schedule);
      return undefined;
    }),
});
