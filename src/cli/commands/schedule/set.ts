/** `payrun schedule set`. */
import type { ScheduleSet } from '../../../app/schedule.js';
import type { Work } from '../../../app/work.js';
import { SCHEDULE_FREQUENCIES, type ScheduleFrequency } from '../../../core/schedule.js';
import { defineCommand, type CommandContext, type CommandInput } from '../../command.js';
import { echoCommand, equivalentCommand } from '../../echo.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

async function frequencyOf(
  context: CommandContext,
  input: CommandInput,
  work: Work,
): Promise<ScheduleFrequency> {
  const given = input.text('frequency');
  const known = SCHEDULE_FREQUENCIES.find((one) => one === given);
  if (known !== undefined) return known;
  requireDecision(
    context.terminal,
    '--frequency weekly, monthly or off',
    'How often payouts are made has not been said.',
  );
  const { showSchedule } = await import('../../../app/schedule.js');
  const { select } = await import('../../prompts.js');
  const { frequency } = await showSchedule(work);
  return select<ScheduleFrequency>(context.terminal, {
    message: 'When are payouts made automatically?',
    choices: [
      { name: 'Weekly, on Mondays', value: 'weekly' },
      { name: 'Monthly, on the 1st', value: 'monthly' },
      { name: 'Never: only by hand', value: 'off' },
    ],
    initial: frequency,
  });
}

async function answer(context: CommandContext, set: ScheduleSet): Promise<void> {
  const { terminal, globals } = context;
  const { scheduleSetJson, scheduleSetText, warnOfDropped } = await import('../../render/schedule.js');
  if (terminal.json) {
    terminal.printJson(scheduleSetJson(set));
    warnOfDropped(terminal, set);
    return;
  }
  terminal.print(scheduleSetText(set));
  warnOfDropped(terminal, set);
  if (set.changed && set.schedule.frequency !== 'off') {
    const command = equivalentCommand({ path: ['schedule', 'run'] }, ['--yes'], globals);
    terminal.note(`payrun does not run by itself: have cron call it once a day.\n  ${command}`);
  }
}

export const scheduleSet = defineCommand({
  path: ['schedule', 'set'],
  summary: 'Set how often payouts are made automatically',
  description:
    'Weekly runs are due on Mondays, monthly ones on the 1st, in the time zone of the books, from the day on ' +
    'which it is set. It is the setting schedule.frequency.',
  options: [
    {
      flags: '--frequency <frequency>',
      description: 'weekly, monthly or off',
      choices: SCHEDULE_FREQUENCIES,
    },
  ],
  examples: [
    { command: 'payrun schedule set --frequency monthly', what: 'pay on the 1st of each month' },
    { command: 'payrun schedule set --frequency off', what: 'pay by hand only' },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const frequency = await frequencyOf(context, input, work);
      const { setSchedule } = await import('../../../app/schedule.js');
      await answer(context, await setSchedule(work, frequency));
      if (context.terminal.isInteractive && input.text('frequency') === undefined) {
        echoCommand(context, scheduleSet, ['--frequency', frequency]);
      }
      return undefined;
    }),
});
