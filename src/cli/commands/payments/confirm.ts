/** `payrun payments confirm B`: the money of a whole batch has arrived. */
import type { ConfirmInput, LookedAtBatch, SettledBatch } from '../../../app/settle-payments.js';
import type { Work } from '../../../app/work.js';
import { defineCommand, type CommandContext, type CommandDefinition } from '../../command.js';
import { echoCommand, equivalentCommand } from '../../echo.js';
import { idempotencyKeyOption, repeatedAnswer } from '../../idempotency.js';
import { agreed, batchArgument, printSettled } from '../../payment-batch.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

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
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  const what = `${counted(found.underWay.length, 'payout')} (${sumsByCurrency(found.underWay)})`;
  const question = `Mark ${what} as paid on ${input.date ?? (await todayOf(work))}?`;
  return (await agreed(context, found, { question, declined: 'Nothing was confirmed.' })) ? found : null;
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
  arguments: [batchArgument],
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
      const { parseDay } = await import('../../../core/period.js');
      const date = input.text('date');
      const reference = input.text('reference')?.trim() ?? '';
      const asked: ConfirmInput = {
        batch: input.argument('batch'),
        date: date === undefined ? null : parseDay(date),
        reference: reference === '' ? null : reference,
      };
      const expected = await looked(context, work, asked);
      const { confirmPayments } = await import('../../../app/settle-payments.js');
      if (expected !== null) await answer(context, await confirmPayments(work, asked, expected));
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
