/** `payrun audit show N`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const auditShow = defineCommand({
  path: ['audit', 'show'],
  summary: 'Show one entry of the audit log whole',
  arguments: [{ name: 'entry', description: 'its number, such as 12', required: true }],
  examples: [{ command: 'payrun audit show 12', what: 'what was asked for, and the hashes' }],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showAudit } = await import('../../../app/audit.js');
      const { auditEntryText, auditJson } = await import('../../render/audit.js');
      const entry = await showAudit(work, input.argument('entry'));
      if (terminal.json) terminal.printJson({ entry: auditJson(entry) });
      else await terminal.page(auditEntryText(terminal, entry));
      return undefined;
    }),
});
