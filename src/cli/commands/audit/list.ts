/** `payrun audit list`. */
import { defineCommand, type CommandInput } from '../../command.js';
import { dayOptions, daysOf } from '../../day-options.js';
import { withWork } from '../../work.js';

/** @throws UsageError when it is no count from 1 on */
async function limitOf(input: CommandInput): Promise<{ limit?: number }> {
  const text = input.text('limit');
  if (text === undefined) return {};
  if (/^[1-9][0-9]{0,5}$/.test(text)) return { limit: Number(text) };
  const { UsageError } = await import('../../../core/errors.js');
  throw new UsageError(`--limit cannot be "${text.slice(0, 40)}".`, { hint: 'Write a number, such as 20.' });
}

export const auditList = defineCommand({
  path: ['audit', 'list'],
  summary: 'List what was done to the ledger, when and by whom',
  description:
    'One entry for each command that changed something, the first one first, at the time of the book time zone. ' +
    'The user of the operating system stands beside the actor where he is another. ' +
    'Here --actor lists only what was done by one.',
  options: [
    ...dayOptions('recorded'),
    {
      flags: '--command <command>',
      description: 'only this command, or all that begin with this word, such as payouts',
    },
    { flags: '--limit <count>', description: 'only the last so many' },
  ],
  examples: [
    { command: 'payrun audit list --limit 20', what: 'the last twenty' },
    { command: 'payrun audit list --command payouts --actor kim', what: 'what kim did to payouts' },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { auditTimezone, withAudit } = await import('../../../app/audit.js');
      const { printList } = await import('../../render/list.js');
      const { auditList: form } = await import('../../render/audit.js');
      const { actor } = context.globals;
      const command = input.text('command');
      const query = {
        ...(actor === undefined ? {} : { actor }),
        ...(command === undefined ? {} : { command }),
        ...(await daysOf(input)),
        ...(await limitOf(input)),
      };
      const isFiltered = Object.keys(query).length > 0;
      const timezone = await auditTimezone(work);
      await printList(context.terminal, form(isFiltered, timezone), (use) => withAudit(work, query, use));
      return undefined;
    }),
});
