/** `payrun audit head`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const auditHead = defineCommand({
  path: ['audit', 'head'],
  summary: 'Print the last hash of the audit log, to be kept elsewhere',
  description:
    'The hash stands for every entry up to it. Kept where those who can write the ledger cannot write, it shows ' +
    'later that none of them was changed or removed, the last ones included: payrun audit verify --expect HASH.',
  examples: [
    { command: 'payrun audit head', what: 'the hash alone on a line' },
    { command: 'payrun audit head --json', what: 'with the number and the time of its entry' },
  ],
  writes: false,
  handler: (context) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { showAuditHead } = await import('../../../app/audit.js');
      const { headJson, headText } = await import('../../render/audit.js');
      const head = await showAuditHead(work);
      if (terminal.json) {
        terminal.printJson({ head: headJson(head) });
      } else {
        terminal.print(head.hash);
        terminal.note(
          `${headText(head)} Keep it elsewhere; later:\n  payrun audit verify --expect ${head.hash}`,
        );
      }
      return undefined;
    }),
});
