/** `payrun exports list`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const exportsList = defineCommand({
  path: ['exports', 'list'],
  summary: 'List the accounting files that were made',
  description:
    'What was exported, when and by whom. payrun export FORMAT --new-only leaves out what these had.',
  examples: [{ command: 'payrun exports list', what: 'which files went to the accountant' }],
  writes: false,
  handler: (context) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { listExports } = await import('../../../app/exports.js');
      const { EXPORT_COLUMNS, exportJson, exportRow } = await import('../../render/exports.js');
      const exports = await listExports(work);
      if (terminal.json) {
        terminal.printJson({ exports: exports.map(exportJson) });
      } else if (exports.length === 0) {
        terminal.print('Nothing was exported yet.');
        terminal.note('Write an accounting file with: payrun export');
      } else {
        const { printTable } = await import('../../table.js');
        await printTable(terminal, { columns: EXPORT_COLUMNS, rows: exports.map(exportRow) });
        terminal.note('Each with the digests of its files: payrun exports list --json');
      }
      return undefined;
    }),
});
