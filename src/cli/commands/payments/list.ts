/** `payrun payments list`. */
import type { BatchStatus } from '../../../core/payment.js';
import { defineCommand } from '../../command.js';
import { equivalentCommand } from '../../echo.js';
import { withWork } from '../../work.js';

const STATUSES = ['processing', 'done', 'cancelled'] as const satisfies readonly BatchStatus[];

export const paymentsList = defineCommand({
  path: ['payments', 'list'],
  summary: 'List the payment batches',
  options: [{ flags: '--status <status>', description: 'only those of this status', choices: STATUSES }],
  examples: [
    { command: 'payrun payments list', what: 'what was sent when, and by which way' },
    { command: 'payrun payments list --status processing', what: 'what is not confirmed yet' },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { listPayments } = await import('../../../app/payments.js');
      const { BATCH_COLUMNS, batchJson, batchRows } = await import('../../render/payments.js');
      const status = (input.text('status') as BatchStatus | undefined) ?? null;
      const batches = await listPayments(work, status);
      if (terminal.json) {
        terminal.printJson({ batches: batches.map(batchJson) });
      } else if (batches.length === 0) {
        terminal.print(status === null ? 'There are no payment batches yet.' : 'No payment batch fits.');
        const tell = (verb: string): string =>
          equivalentCommand({ path: ['payments', verb] }, [], context.globals);
        terminal.note(status === null ? `Make one with: ${tell('create')}` : `All of them: ${tell('list')}`);
      } else {
        const { printTable } = await import('../../table.js');
        const rows = batches.flatMap((batch) => batchRows(terminal, batch));
        await printTable(terminal, { columns: BATCH_COLUMNS, rows });
      }
      return undefined;
    }),
});
