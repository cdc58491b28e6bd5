/** `payrun upcoming`. */
import { defineCommand } from '../command.js';
import { actorOf, withWork } from '../work.js';

export const upcoming = defineCommand({
  path: ['upcoming'],
  summary: 'Show what the next scheduled run would pay and skip, and why',
  description: 'Where no schedule is set it shows what a scheduled run would do today. Nothing is written.',
  examples: [{ command: 'payrun upcoming', what: 'who gets paid next, and who does not' }],
  writes: false,
  menu: 'See what comes next',
  handler: (context) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { upcoming: ask } = await import('../../app/upcoming.js');
      const { planDocument, printPlan } = await import('../render/plan.js');
      work.progress(1, 1, 'what is eligible');
      const { on, frequency, generated } = await ask(work);
      if (terminal.json) {
        terminal.printJson({
          ...planDocument(generated, { createdBy: actorOf(context), kind: 'scheduled' }),
          on,
        });
        return undefined;
      }
      const when =
        frequency === 'off' ? `No schedule is set; this is for today, ${on}.` : `The next run is on ${on}.`;
      terminal.print(`${when}\n`);
      await printPlan(generated, terminal);
      return undefined;
    }),
});
