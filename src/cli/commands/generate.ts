/** `payrun generate`: the main job, with questions or without. */
import { backgroundOption, refuseBackgroundDryRun } from '../background.js';
import { defineCommand } from '../command.js';
import { idempotencyKeyOption } from '../idempotency.js';
import { withWork } from '../work.js';

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
      const { refuseContradictions } = await import('../generate-request.js');
      refuseContradictions(input);
      refuseBackgroundDryRun(input);
      if (input.flag('dryRun') || input.text('planOut') !== undefined) {
        const { previewGenerate } = await import('../generate-preview.js');
        await previewGenerate(context, input, work);
      } else {
        const { runGenerate } = await import('../generate-run.js');
        await runGenerate(context, input, work);
      }
      return undefined;
    }),
});
