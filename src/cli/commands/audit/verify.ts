/** `payrun audit verify`: is the log as it was written? */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const auditVerify = defineCommand({
  path: ['audit', 'verify'],
  summary: 'Prove that nobody changed the audit log',
  description:
    'Works out every hash again: a row that was changed, removed or inserted is named. The removal of the last ' +
    'rows, or a log written anew, shows only against a hash that was kept elsewhere: --expect. ' +
    'Ends with exit code 7 when something is wrong.',
  options: [
    {
      flags: '--expect <hash>',
      description: 'a hash that `payrun audit head` printed earlier, or its first 12 digits and more',
    },
  ],
  examples: [
    { command: 'payrun audit verify', what: 'the chain of hashes' },
    {
      command: 'payrun audit verify --expect 3f0c9a7be21d',
      what: 'and whether it still holds what was noted',
    },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { auditNotSound, verifyAudit } = await import('../../../app/audit.js');
      const { auditVerifiedText, verifiedJson } = await import('../../render/audit.js');
      const verified = await verifyAudit(work, input.text('expect') ?? null);
      if (terminal.json) {
        const { describeFailure, failureDocument } = await import('../../failure.js');
        const failure = describeFailure(auditNotSound(verified));
        terminal.printJson({ ...verifiedJson(verified), ...(verified.ok ? {} : failureDocument(failure)) });
        return verified.ok ? 0 : failure.exitCode;
      }
      terminal.print(auditVerifiedText(terminal, verified));
      if (!verified.ok) throw auditNotSound(verified);
      return 0;
    }),
});
