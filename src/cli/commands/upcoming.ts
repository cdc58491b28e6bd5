/** `payrun upcoming`. */
import type { Upcoming } from '../../app/upcoming.js';
import { defineCommand } from '../command.js';
import { actorOf, withWork } from '../work.js';

/** Which run this is. */
function whenText({ on, slot, today }: Upcoming, isForecast: boolean): string {
  if (slot === null) {
    return isForecast
      ? `A forecast for ${on}, as the ledger stands now (no schedule is set).`
      : `No schedule is set; this is for today, ${on}.`;
  }
  const next = slot < today ? `run of ${slot} is due and was not made yet` : `next run is on ${slot}`;
  return isForecast ? `A forecast for ${on}, as the ledger stands now (the ${next}).` : `The ${next}.`;
}

/** The first day after the run on which something comes off its hold; null where nothing is on hold. */
function nextChange({ generated }: Upcoming): string | null {
  const days = generated.plan.skipped.flatMap(({ nextAvailableOn }) => nextAvailableOn ?? []);
  return days.sort()[0] ?? null;
}

export const upcoming = defineCommand({
  path: ['upcoming'],
  summary: 'Show what the next scheduled run would pay and skip, and why',
  description:
    'Where no schedule is set it shows what a scheduled run would do today. With --as-of it is a forecast: what ' +
    'a run on that day would do if nothing else came in until then. Nothing is written.',
  options: [{ flags: '--as-of <date>', description: 'a forecast for a run on this day, today or later' }],
  examples: [
    { command: 'payrun upcoming', what: 'who gets paid next, and who does not' },
    { command: 'payrun upcoming --as-of 2026-12-31', what: 'what would be due by the end of the year' },
  ],
  writes: false,
  menu: 'See what comes next',
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { upcoming: ask } = await import('../../app/upcoming.js');
      const { parseDay } = await import('../../core/period.js');
      const { planDocument, printPlan } = await import('../render/plan.js');
      const asOf = input.text('asOf');
      work.progress(1, 1, 'what is eligible');
      const found = await ask(work, asOf === undefined ? null : parseDay(asOf));
      const { on, generated } = found;
      if (terminal.json) {
        terminal.printJson({
          ...planDocument(generated, { createdBy: actorOf(context), kind: 'scheduled' }),
          on,
        });
        return undefined;
      }
      terminal.print(`${whenText(found, asOf !== undefined)}\n`);
      await printPlan(generated, terminal);
      const change = nextChange(found);
      if (change !== null) {
        terminal.note(`More comes off its hold on ${change}: payrun upcoming --as-of ${change}`);
      }
      return undefined;
    }),
});
