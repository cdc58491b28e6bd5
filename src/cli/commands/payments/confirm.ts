/** `payrun payments confirm B`: the money of a whole batch has arrived. */
import type { ConfirmInput, LookedAtBatch, SettledBatch } from '../../../app/settle-payments.js';
import type { Work } from '../../../app/work.js';
import type { CalendarDate } from '../../../core/calendar.js';
import type { PaymentBatch } from '../../../core/payment.js';
import {
  defineCommand,
  type CommandContext,
  type CommandDefinition,
  type CommandInput,
} from '../../command.js';
import { echoCommand, equivalentCommand } from '../../echo.js';
import { idempotencyKeyOption, repeatedAnswer } from '../../idempotency.js';
import { agreed, askedBatchArgument, batchOf, printSettled } from '../../payment-batch.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

/** Money does not leave before its day: most likely it is a slip. */
function warnOfDay({ terminal }: CommandContext, { id, executionOn }: PaymentBatch, on: CalendarDate): void {
  if (on >= executionOn) return;
  terminal.warn(`${on} lies before ${executionOn}, the day on which ${id} was to be carried out.`);
}

/**
 * On a terminal what would be paid is shown and it is asked.
 * @returns what was shown; undefined where nobody looked; null for a No
 */
async function looked(
  context: CommandContext,
  work: Work,
  input: ConfirmInput,
): Promise<LookedAtBatch | undefined | null> {
  if (context.globals.yes) return undefined;
  const { previewConfirm } = await import('../../../app/settle-payments.js');
  const found = await previewConfirm(work, input);
  if (found.underWay.length === 0) return found;
  requireDecision(context.terminal, '--yes', 'Marking payouts as paid needs consent.');
  const { todayOf } = await import('../../../app/book.js');
  const on = input.date ?? (await todayOf(work));
  warnOfDay(context, found.batch, on);
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  const what = `${counted(found.underWay.length, 'payout')} (${sumsByCurrency(found.underWay)})`;
  const question = `Mark ${what} as paid on ${on}?`;
  return (await agreed(context, found, { question, declined: 'Nothing was confirmed.' })) ? found : null;
}

/** The day and the reference as said; whoever chose the batch from a list is asked for them, too. */
async function askedFor(context: CommandContext, input: CommandInput, work: Work): Promise<ConfirmInput> {
  const { terminal, globals } = context;
  const batch = await batchOf(context, input, work);
  const isChosen = input.optionalArgument('batch') === undefined;
  if (isChosen) {
    const reconcile = equivalentCommand({ path: ['payments', 'reconcile'] }, [batch, 'FILE'], globals);
    terminal.note(`Where the provider gives a file that says what became of each:\n  ${reconcile}`);
  }
  const { askDate, askReference } = await import('../../payout-questions.js');
  return {
    batch,
    date: await askDate(context, input, work, isChosen),
    reference: await askReference(context, input, isChosen),
  };
}

async function answer(context: CommandContext, settled: SettledBatch): Promise<void> {
  await printSettled(context, settled, { done: 'paid', nothing: 'Nothing to confirm.' });
  if (context.terminal.json) return;
  const pending = equivalentCommand({ path: ['pending'] }, [], context.globals);
  context.terminal.note(`What is not yet paid:\n  ${pending}`);
}

export const paymentsConfirm: CommandDefinition = defineCommand({
  path: ['payments', 'confirm'],
  summary: 'Mark everything of a payment batch that is under way as paid',
  description:
    'For a batch that the bank or provider has carried out as a whole; what failed is marked before, by payrun ' +
    'payouts fail. Where there is a result file, payrun payments reconcile reads it. A batch that is confirmed ' +
    'already changes nothing; with another day or reference it is refused.',
  arguments: [askedBatchArgument],
  options: [
    {
      flags: '--date <date>',
      description: 'the day of the payment, from the making of the batch on; today if not given',
    },
    {
      flags: '--reference <text>',
      description: 'such as that of the bank statement; else payouts keep the id of the batch',
    },
    idempotencyKeyOption,
  ],
  examples: [
    {
      command: 'payrun payments confirm B-000001 --date 2026-11-24 --reference "statement 211" --yes',
      what: 'the bank has carried it out',
    },
  ],
  writes: true,
  menu: 'Tell what became of a payment file',
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal, globals } = context;
      const isKeyed = work.once !== undefined && !globals.yes;
      if (isKeyed) requireDecision(terminal, '--yes', 'Marking payouts as paid needs consent.');
      const first = await repeatedAnswer<SettledBatch>(context, work);
      if (first !== undefined) {
        await answer(context, first);
        return undefined;
      }
      const asked = await askedFor(context, input, work);
      const expected = await looked(context, work, asked);
      const { todayOf } = await import('../../../app/book.js');
      const { confirmPayments } = await import('../../../app/settle-payments.js');
      if (expected !== null) {
        const settled = await confirmPayments(work, asked, expected);
        await answer(context, settled);
        const isNew = expected === undefined && settled.payouts.length > 0;
        if (isNew) warnOfDay(context, settled.batch, asked.date ?? (await todayOf(work)));
      }
      if (terminal.isInteractive) {
        const words = [
          asked.batch,
          ...(asked.date === null ? [] : ['--date', asked.date]),
          ...(asked.reference === null ? [] : ['--reference', asked.reference]),
          '--yes',
        ];
        echoCommand(context, paymentsConfirm, words, { declined: expected === null });
      }
      return undefined;
    }),
});
