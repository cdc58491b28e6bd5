/** `payrun demo`: the main job on sample data, by the same command lines that a person would type. */
import { BookZone } from '../../core/time-zone.js';
import { defineCommand, type CommandContext } from '../command.js';
import { runChild, shownCommand } from '../demo/children.js';
import { sampleOn } from '../demo/dates.js';
import { DEMO_FILES, DEMO_FOLDER, makeDemoFolder, readSamples } from '../demo/folder.js';
import { shellQuoted } from '../../core/shell.js';

/** Half a month: however early in the month the demo is run, some of last month's sales are off hold. */
const HOLD_DAYS = '14';
const TIME_ZONE = 'Europe/Berlin';

const INIT = ['init', '--currency', 'USD', '--minimum', '50', '--hold-days', HOLD_DAYS];

/** The whole demo, in order. The ledger is new, so its first run is R-000001. */
const COMMANDS: readonly (readonly string[])[] = [
  [...INIT, '--timezone', TIME_ZONE, '--company', 'Acme Ltd'],
  ['settings', 'set', 'minimum.EUR', '50'],
  ['settings', 'set', 'minimum.JPY', '5000'],
  ['import', 'affiliates', DEMO_FILES.affiliates],
  ['import', 'commissions', DEMO_FILES.commissions],
  ['generate', '--period', 'last-month', '--all', '--yes'],
  ['export', 'payouts', '--run', 'R-000001', '--out', DEMO_FILES.payouts],
  ['export', 'lines', '--run', 'R-000001', '--out', DEMO_FILES.lines],
  ['verify'],
];

/** Writes the sample files as of today in the demo's books. */
async function writeSamples(now: Date): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  const today = new BookZone(TIME_ZONE).dateOf(now.getTime());
  const { affiliates, commissions } = await readSamples();
  await writeFile(DEMO_FILES.affiliates, affiliates);
  await writeFile(DEMO_FILES.commissions, sampleOn(commissions, today));
}

/** What the demo's own options mean for the commands that it runs. */
function passedOn({ globals }: CommandContext): readonly string[] {
  return [
    ...(globals.actor === undefined ? [] : ['--actor', globals.actor]),
    ...(globals.quiet ? ['--quiet'] : []),
    ...(globals.color ? [] : ['--no-color']),
  ];
}

function whatNext(context: CommandContext, ledger: string): string {
  // `npm run demo` comes before any `npm link`.
  const program = context.env['npm_lifecycle_event'] === undefined ? 'payrun' : 'npx payrun';
  return [
    'Try next:',
    `  export PAYRUN_LEDGER=${shellQuoted(ledger)}`,
    `  ${program} pending                      who waits for the money`,
    `  ${program} affiliates show aff_1001     what one affiliate has earned`,
    `  ${program} upcoming                     what could be paid now besides, and why the rest is not`,
    `  ${program}                              the menu`,
  ].join('\n');
}

export const demo = defineCommand({
  path: ['demo'],
  summary: 'Show the main job on sample data, in a ledger of its own',
  description:
    `Makes the folder ${DEMO_FOLDER} in the current folder, or replaces the one that an earlier demo made, and runs ` +
    'each command of the main job there: init, import, generate, export, verify. Your own ledger is never touched. ' +
    '--ledger puts the ledger of the demo at another path, where nothing may be yet.',
  examples: [
    { command: 'payrun demo', what: 'look on while last month is paid' },
    { command: 'payrun demo --ledger /tmp/try.db', what: 'keep its ledger somewhere else' },
  ],
  writes: true,
  async handler(context) {
    const { terminal, globals, env } = context;
    const ledger = globals.ledgerPath ?? DEMO_FILES.ledger;
    if (globals.ledgerPath !== undefined) {
      const { refuseTaken } = await import('../../app/init.js');
      await refuseTaken(ledger);
    }
    await makeDemoFolder();
    await writeSamples(context.clock.now());

    const commands = COMMANDS.map((words) => [...words, ...passedOn(context)]);
    const childEnv = { ...env, PAYRUN_LEDGER: ledger };
    const tell = (command: string): void => {
      if (!terminal.json) terminal.print(terminal.bold(`$ ${command}`));
    };
    tell(`export PAYRUN_LEDGER=${shellQuoted(ledger)}`);
    for (const words of commands) {
      tell(shownCommand(words));
      await terminal.flush();
      await runChild(words, { env: childEnv, silent: terminal.json });
      if (!terminal.json) terminal.print('\n');
    }
    const { affiliates, commissions, payouts, lines } = DEMO_FILES;
    if (terminal.json) {
      const files = [affiliates, commissions, payouts, lines].map((file) => ({ path: file }));
      terminal.printJson({ demo: { ledger, files, commands: commands.map(shownCommand) } });
      return undefined;
    }
    terminal.print(
      `The accounting file is ${payouts}: one row a payout. ${lines} has one row a commission.\n` +
        `The ledger is ${ledger}.`,
    );
    terminal.note(`\n${whatNext(context, ledger)}`);
    return undefined;
  },
});
