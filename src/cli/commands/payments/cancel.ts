/** `payrun payments cancel B`: the file of a batch was never sent. */
import type { CancelInput, LookedAtBatch, SettledBatch } from '../../../app/settle-payments.js';
import type { Work } from '../../../app/work.js';
import {
  defineCommand,
  type CommandContext,
  type CommandDefinition,
  type CommandInput,
} from '../../command.js';
import { echoCommand, equivalentCommand } from '../../echo.js';
import { idempotencyKeyOption, repeatedAnswer } from '../../idempotency.js';
import { agreed, askedBatchArgument, batchOf, printSettled } from '../../payment-batch.js';
import { safeText } from '../../safe-text.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

async function reasonOf({ terminal }: CommandContext, input: CommandInput): Promise<string> {
  const given = input.text('reason')?.trim() ?? '';
  if (given !== '') return given;
  requireDecision(terminal, '--reason TEXT', 'Cancelling a payment batch needs a reason.');
  const prompts = await import('../../prompts.js');
  return prompts.input(terminal, {
    message: 'Why?',
    check: (answer) => (answer === '' ? 'It needs a reason: it stands in the history.' : undefined),
  });
}

const CONSENT = 'Cancelling a payment batch needs consent: what was sent would be paid twice.';

/** @returns what was shown; undefined where nobody looked; null for a No */
async function looked(
  context: CommandContext,
  work: Work,
  input: CancelInput,
): Promise<LookedAtBatch | undefined | null> {
  if (context.globals.yes) return undefined;
  const { previewCancel } = await import('../../../app/settle-payments.js');
  const found = await previewCancel(work, input);
  if (found.underWay.length === 0) return found;
  requireDecision(context.terminal, '--yes', CONSENT);
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  const what = `${counted(found.underWay.length, 'payout')} (${sumsByCurrency(found.underWay)})`;
  const question = `Its file was never sent: cancel ${what}?`;
  return (await agreed(context, found, { question, declined: 'Nothing was cancelled.' })) ? found : null;
}

async function answer(context: CommandContext, settled: SettledBatch): Promise<void> {
  const nothing = `Nothing to cancel: ${settled.batch.id} is cancelled.`;
  await printSettled(context, settled, { done: 'cancelled', nothing });
  const { terminal, globals } = context;
  if (terminal.json || settled.payouts.length === 0) return;
  const { batch, files } = settled;
  const its = files.length === 0 ? 'its file' : files.map(safeText).join(', ');
  const list = equivalentCommand({ path: ['payouts', 'list'] }, ['--status', 'failed'], globals);
  const create = equivalentCommand(
    { path: ['payments', 'create'] },
    ['--method', batch.method, 'N...'],
    globals,
  );
  terminal.note(
    `Remove ${its} and every copy. The payouts are failed and go into a new batch when they are named:\n` +
      `  ${list}\n  ${create}`,
  );
}

export const paymentsCancel: CommandDefinition = defineCommand({
  path: ['payments', 'cancel'],
  summary: 'Take back a payment batch whose file was never sent',
  description:
    'What is under way becomes failed and can be paid anew, and the file is not written again. A batch of which ' +
    'something was paid was sent, and is refused. Only cancel what was never sent: the payouts would be paid twice.',
  arguments: [askedBatchArgument],
  options: [
    { flags: '--reason <text>', description: 'why; it stands in the history of the batch and its payouts' },
    idempotencyKeyOption,
  ],
  examples: [
    {
      command: 'payrun payments cancel B-000001 --reason "wrong account" --yes',
      what: 'before the file went to the bank',
    },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      if (work.once !== undefined && !context.globals.yes)
        requireDecision(context.terminal, '--yes', CONSENT);
      const first = await repeatedAnswer<SettledBatch>(context, work);
      if (first !== undefined) {
        await answer(context, first);
        return undefined;
      }
      const asked = { batch: await batchOf(context, input, work), reason: await reasonOf(context, input) };
      const expected = await looked(context, work, asked);
      const { cancelBatch } = await import('../../../app/settle-payments.js');
      if (expected !== null) await answer(context, await cancelBatch(work, asked, expected));
      if (context.terminal.isInteractive) {
        const words = [asked.batch, '--reason', asked.reason, '--yes'];
        echoCommand(context, paymentsCancel, words, { declined: expected === null });
      }
      return undefined;
    }),
});
