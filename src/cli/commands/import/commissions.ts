/** `payrun import commissions`: what the affiliates earned, from a file. */
import { parseCalendarDate, type CalendarDate } from '../../../core/calendar.js';
import { UsageError } from '../../../core/errors.js';
import { defineCommand } from '../../command.js';
import type { CommissionsImported } from '../../../app/import-commissions.js';
import { countsLine, firstOf, importJson, warnOfImport } from '../../render/import.js';
import { counted } from '../../render/money.js';
import type { Terminal } from '../../terminal.js';
import { withWork } from '../../work.js';
import { importInBackground } from './background.js';
import { fileArgument, importInput, importOptions, repeatedImport } from './options.js';

function settledUntilOf(text: string | undefined): CalendarDate | null {
  if (text === undefined) return null;
  const date = parseCalendarDate(text);
  if (date === null) {
    throw new UsageError(`--settled-until ${text} is not a date of the calendar.`, {
      hint: 'Write it as 2026-10-31.',
    });
  }
  return date;
}

const NAMED = 5;

/** The operator said that these were paid elsewhere, and they are on payouts here: one of both is wrong. */
function warnOfNotSettled(
  terminal: Terminal,
  { notSettled, notSettledCount }: CommissionsImported,
  { settledUntil, dryRun }: { readonly settledUntil: CalendarDate | null; readonly dryRun: boolean },
): void {
  if (notSettledCount === 0) return;
  const pairs = notSettled
    .slice(0, NAMED)
    .map(({ commissionId, invoiceNumber }) => `${commissionId} (${invoiceNumber})`);
  const one = notSettledCount === 1;
  const what = `${counted(notSettledCount, 'commission')} up to ${settledUntil ?? ''}`;
  const are = one ? 'is on a payout here' : 'are on payouts here';
  const were = dryRun ? 'would not be' : one ? 'was not' : 'were not';
  terminal.warn(
    `${what} ${are} and ${were} settled: ${firstOf(pairs, notSettledCount)}. ` +
      `If paid elsewhere too, void ${one ? 'that payout' : 'those payouts'} and import again.`,
  );
}

export const importCommissions = defineCommand({
  path: ['import', 'commissions'],
  summary: 'Take in commissions from a CSV file',
  description:
    'Columns: id, affiliate_id, earned_at, amount; and if you have them currency, status, kind, available_on, campaign, ' +
    'order_id, corrects, sale_amount, description. Importing a file again changes only what its rows say differently ' +
    'from last time. What was paid is never edited: the difference becomes a correction in the next payout. ' +
    'A bad row refuses the whole file, with every bad row named.',
  arguments: [fileArgument],
  options: [
    ...importOptions,
    { flags: '--settled-until <date>', description: 'rows earned up to this day were paid outside payrun' },
  ],
  examples: [
    { command: 'payrun import commissions commissions.csv', what: 'imports a file, all rows or none' },
    { command: 'payrun import commissions commissions.csv --dry-run', what: 'only says what would happen' },
    {
      command: 'payrun import commissions past.csv --settled-until 2026-09-30',
      what: 'brings in the past of a programme that was paid elsewhere until September',
    },
    {
      command: 'payrun import commissions 2026-10.csv --idempotency-key import-2026-10',
      what: 'from a script: called again with this key it changes nothing',
    },
    { command: 'tracker-export | payrun import commissions - --json', what: 'reads from another program' },
  ],
  writes: true,
  menu: 'Import commissions',
  handler: async (context, input) => {
    const { terminal } = context;
    const dryRun = input.flag('dryRun');
    const settledUntil = settledUntilOf(input.text('settledUntil'));
    const imported = await withWork(context, async (work) => {
      if (input.flag('background')) {
        await importInBackground(context, input, work, importCommissions);
        return undefined;
      }
      const first = await repeatedImport<CommissionsImported>(context, input, work);
      if (first !== undefined) return first;
      const asked = { ...(await importInput(context, input, 'commissions')), settledUntil };
      const { importCommissions: run } = await import('../../../app/import-commissions.js');
      return run(work, asked);
    });
    if (imported === undefined) return undefined;
    const { possibleDuplicates, possibleDuplicateCount, counts } = imported;
    if (terminal.json) {
      const takenBackTwice = imported.takenBackTwice.map(({ id }) => id);
      const findings = { possibleDuplicates, takenBackTwice, notSettled: imported.notSettled };
      terminal.printJson({ ...importJson(imported, dryRun), ...findings });
    } else {
      terminal.print(countsLine(imported, dryRun));
    }
    warnOfImport(terminal, imported);
    warnOfNotSettled(terminal, imported, { settledUntil, dryRun });
    if (possibleDuplicateCount > 0) {
      const pairs = possibleDuplicates.map(({ line, id, sameAs }) => `${id} (line ${line}) and ${sameAs}`);
      const named = firstOf(pairs, possibleDuplicateCount);
      terminal.warn(
        `Perhaps there twice, with the same affiliate, order, kind, amount and day: ${named}. ` +
          'They were imported; look at them before you pay.',
      );
    }
    const { warnOfTakenBackTwice } = await import('../../render/commission-decisions.js');
    warnOfTakenBackTwice(context, imported.takenBackTwice);
    if (dryRun || terminal.json) return undefined;
    if (counts.corrected > 0) {
      terminal.note('What was paid already stays as it is; the corrections are netted in the next payout.');
    }
    const { equivalentCommand } = await import('../../echo.js');
    const words = ['--all', '--dry-run'];
    terminal.note(`Next: ${equivalentCommand({ path: ['generate'] }, words, context.globals)}`);
    return undefined;
  },
});
