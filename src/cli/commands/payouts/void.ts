/** `payrun payouts void`: take payouts back; their commissions can be paid again. */
import type { PayoutSelection, Voided } from '../../../app/void-payouts.js';
import type { Work } from '../../../app/work.js';
import type { Payout } from '../../../core/payout.js';
import { defineCommand, type CommandContext, type CommandInput } from '../../command.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

async function selectionOf(
  context: CommandContext,
  input: CommandInput,
  work: Work,
): Promise<PayoutSelection> {
  const invoiceNumbers = input.argumentList('invoiceNumber');
  const run = input.text('run') ?? null;
  if (invoiceNumbers.length > 0 || run !== null) return { invoiceNumbers, run };
  requireDecision(
    context.terminal,
    'invoice numbers, or --run R',
    'Which payouts to void has not been said.',
  );
  const { search } = await import('../../prompts.js');
  const { voidablePayouts } = await import('../../../app/void-payouts.js');
  const { sumsByCurrency } = await import('../../render/money.js');
  const choices = (await voidablePayouts(work)).map((payout) => ({
    name: `${payout.invoiceNumber}  ${payout.affiliateName} (${payout.affiliateId})  ${sumsByCurrency([payout])}  ${payout.status}`,
    value: payout.invoiceNumber,
  }));
  const invoiceNumber = await search(context.terminal, {
    message: 'Which payout? (type a part of its number or of the name)',
    find: async (typed) => {
      const wanted = typed.trim().toLowerCase();
      return choices.filter((choice) => choice.name.toLowerCase().includes(wanted)).slice(0, 50);
    },
  });
  return { invoiceNumbers: [invoiceNumber], run: null };
}

async function reasonOf(context: CommandContext, input: CommandInput): Promise<string> {
  const given = input.text('reason')?.trim() ?? '';
  if (given !== '') return given;
  requireDecision(context.terminal, '--reason TEXT', 'Voiding a payout needs a reason.');
  const prompts = await import('../../prompts.js');
  return prompts.input(context.terminal, {
    message: 'Why?',
    check: (answer) => (answer === '' ? 'A void needs a reason: it stands in the history.' : undefined),
  });
}

async function consented(context: CommandContext, waiting: readonly Payout[]): Promise<boolean> {
  if (context.globals.yes) return true;
  requireDecision(context.terminal, '--yes', 'Voiding payouts needs consent.');
  const { confirm } = await import('../../prompts.js');
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  const what = `${counted(waiting.length, 'payout')} (${sumsByCurrency(waiting)})`;
  if (await confirm(context.terminal, { message: `Void ${what}? The commissions can be paid again.` }))
    return true;
  context.terminal.note('Nothing was voided.');
  return false;
}

export const voidCommand = defineCommand({
  path: ['payouts', 'void'],
  summary: 'Take payouts back, with a credit note each',
  description:
    'The commissions are eligible again at once and their hold does not restart. The invoice number stays taken. ' +
    'A payout that is void already changes nothing. Several are voided all or none.',
  arguments: [{ name: 'invoiceNumber', description: 'the payouts, by invoice number', variadic: true }],
  options: [
    { flags: '--run <run>', description: 'all payouts of a run' },
    { flags: '--reason <text>', description: 'why; it stands in the history of the payout' },
  ],
  examples: [
    {
      command: 'payrun payouts void INV-2026-000012 --reason "wrong bank details" --yes',
      what: 'take one back',
    },
    {
      command: 'payrun payouts void --run R-000003 --reason "wrong month" --yes',
      what: 'take a whole run back',
    },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { findSelected, toBeVoided, voidSelected } = await import('../../../app/void-payouts.js');
      const selection = await selectionOf(context, input, work);
      const reason = await reasonOf(context, input);
      const waiting = toBeVoided(await findSelected(work, selection));
      if (waiting.length === 0 || (await consented(context, waiting))) {
        await show(context, await voidSelected(work, selection, reason));
      }
      if (terminal.isInteractive) {
        const { echoCommand } = await import('../../echo.js');
        const which = selection.run === null ? selection.invoiceNumbers : ['--run', selection.run];
        echoCommand(context, voidCommand, [...which, '--reason', reason, '--yes']);
      }
      return undefined;
    }),
});

/** The words after `payrun generate` that show what was released: range and affiliate of the payouts. */
function againWords(voided: readonly Payout[]): string[] {
  const ranges = new Map(voided.map(({ from, to }) => [`${from ?? ''}..${to}`, { from, to }]));
  const [range] = ranges.values();
  const ids = new Set(voided.map(({ affiliateId }) => affiliateId));
  const [id] = ids;
  return [
    ...(range !== undefined && ranges.size === 1 && range.from !== null
      ? ['--from', range.from, '--to', range.to]
      : ['--period', 'this-month', '--include-earlier']),
    ...(id !== undefined && ids.size === 1 ? ['--affiliate', id] : ['--all']),
    '--dry-run',
  ];
}

async function show(context: CommandContext, { payouts, voided }: Voided): Promise<void> {
  const { terminal } = context;
  const changed = voided.length;
  const { payoutJson } = await import('../../render/payouts.js');
  if (terminal.json) {
    terminal.printJson({ payouts: payouts.map(payoutJson), changed });
    return;
  }
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  const before = payouts.length - changed;
  const already =
    before === 0 ? '' : ` ${counted(before, 'payout')} ${before === 1 ? 'was' : 'were'} void already.`;
  const answer =
    changed === 0 ? 'Nothing to void.' : `${counted(changed, 'payout')} voided: ${sumsByCurrency(voided)}.`;
  terminal.print(answer + already);
  for (const { invoiceNumber, creditNoteNumber } of payouts) {
    terminal.print(`  ${invoiceNumber}  credit note ${creditNoteNumber ?? ''}`);
  }
  if (changed > 0) {
    const { equivalentCommand } = await import('../../echo.js');
    const command = equivalentCommand({ path: ['generate'] }, againWords(voided), context.globals);
    terminal.note(`What was released can be paid again:\n  ${command}`);
  }
}
