/** `payrun payments write B`: the files of a batch again, byte for byte. */
import { defineCommand, type CommandContext, type CommandDefinition } from '../../command.js';
import { echoCommand } from '../../echo.js';
import { askedBatchArgument, batchOf, warnOfLeftOver } from '../../payment-batch.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

/** @throws UsageError when nobody can be asked */
async function askOut({ terminal }: CommandContext): Promise<string> {
  requireDecision(terminal, '--out FILE', 'Where the payment file goes has not been said.');
  const prompts = await import('../../prompts.js');
  return prompts.input(terminal, { message: 'Into which file or folder?', initial: '.' });
}

export const paymentsWrite: CommandDefinition = defineCommand({
  path: ['payments', 'write'],
  summary: 'Write the files of a payment batch again, byte for byte',
  description:
    'For a file that was lost, also when payments create was killed at its very end. It has the bytes that were ' +
    'written first, whatever changed since; a batch that was cancelled is refused. It is recorded in the batch.',
  arguments: [askedBatchArgument],
  options: [
    { flags: '--out <file>', description: 'a file, or a folder' },
    { flags: '--force', description: 'replace a file that is there' },
  ],
  examples: [{ command: 'payrun payments write B-000001 --out bank/', what: 'into the folder bank' }],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const batch = await batchOf(context, input, work);
      const said = input.text('out');
      const out = said ?? (await askOut(context));
      const { writeBatch } = await import('../../../app/payments.js');
      const { batchJson, paymentFilesJson, writtenText } = await import('../../render/payments.js');
      const place = { out, overwrite: input.flag('force') };
      const written = await writeBatch(work, batch, place);
      if (terminal.json) {
        terminal.printJson({ batch: batchJson(written.batch), files: paymentFilesJson(written.files) });
      } else {
        terminal.print(writtenText(written));
      }
      warnOfLeftOver(context, written.leftOver);
      if (written.ended > 0) {
        const { counted } = await import('../../render/money.js');
        terminal.warn(
          `Of ${counted(written.ended, 'payout')} in it something is known already: sent again, it pays twice.`,
        );
      }
      if (said === undefined || input.optionalArgument('batch') === undefined) {
        const words = [written.batch.id, '--out', out, ...(input.flag('force') ? ['--force'] : [])];
        echoCommand(context, paymentsWrite, words);
      }
      return undefined;
    }),
});
