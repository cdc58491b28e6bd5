/** `payrun init`: make a ledger, by questions or by options. */
import { osUser } from '../../host/os-user.js';
import { defineCommand } from '../command.js';
import { actorOf, ledgerPath } from '../work.js';

export const init = defineCommand({
  path: ['init'],
  summary: 'Create a ledger',
  description:
    'On a terminal it asks for what is not given. Elsewhere it needs --currency and --timezone; the rest has ' +
    'defaults. Currency and time zone are fixed once a commission is in; everything else can be changed with ' +
    'payrun settings set.',
  options: [
    { flags: '--currency <code>', description: 'the currency of rows that name none, such as USD' },
    {
      flags: '--minimum <amount>',
      description: 'least amount to pay out in that currency; none if not given',
    },
    { flags: '--hold-days <days>', description: 'days to hold a sale for refunds; 30 if not given' },
    { flags: '--timezone <zone>', description: 'the time zone of the books, such as Europe/Berlin' },
    { flags: '--company <name>', description: 'the name of your company', allowEmpty: true },
  ],
  examples: [
    { command: 'payrun init', what: 'ask, then create the ledger' },
    {
      command:
        'payrun init --currency USD --minimum 50 --hold-days 30 --timezone Europe/Berlin --company "Acme Ltd"',
      what: 'create it without questions',
    },
  ],
  writes: true,
  menu: 'Create a ledger',
  async handler(context, input) {
    const { terminal, globals } = context;
    const { initLedger, refuseTaken } = await import('../../app/init.js');
    await refuseTaken(ledgerPath(context));
    const { initAnswers, initWords } = await import('../init-questions.js');
    const said = await initAnswers(context, input);
    const founder = { now: context.clock.now(), actor: actorOf(context), osUser: osUser() };
    const ledger = await initLedger(founder, said, globals.waitSeconds);
    if (terminal.json) {
      terminal.printJson({ ledger });
      return undefined;
    }
    terminal.print(`Created the ledger ${ledger.path} (${ledger.currency}, ${ledger.timezone}).`);
    const { echoCommand, equivalentCommand } = await import('../echo.js');
    const next = [
      ['import', 'affiliates', 'affiliates.csv'],
      ['import', 'commissions', 'commissions.csv'],
      ['generate'],
    ];
    const lines = next.map(
      ([noun = '', ...rest]) => `  ${equivalentCommand({ path: [noun] }, rest, globals)}`,
    );
    terminal.note(`Next, take in your affiliates and what they earned, then pay them:\n${lines.join('\n')}`);
    if (said.asked) echoCommand(context, init, initWords(said));
    return undefined;
  },
});
