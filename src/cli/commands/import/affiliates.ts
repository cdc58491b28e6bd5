/** `payrun import affiliates`: who gets paid, from a file. */
import type { AffiliatesImported } from '../../../app/import-affiliates.js';
import { countryHint } from '../../../core/countries.js';
import { defineCommand, type CommandContext } from '../../command.js';
import { countsLine, firstOf, importJson, warnOfImport } from '../../render/import.js';
import { PAYEE_DOUBTS } from '../../render/payee-doubts.js';
import { safeText } from '../../safe-text.js';
import { withWork } from '../../work.js';
import { importInBackground } from './background.js';
import { fileArgument, importInput, importOptions, repeatedImport } from './options.js';

async function warnOfAffiliates(
  { terminal, globals }: CommandContext,
  imported: AffiliatesImported,
): Promise<void> {
  const { keptStatuses, doubtfulPayees } = imported;
  if (keptStatuses.length > 0) {
    const kept = keptStatuses.map(
      ({ id, status, said }) => `${safeText(id)} is ${status} (the file says ${said})`,
    );
    terminal.warn(`Kept, because an operator decided it: ${firstOf(kept, kept.length)}.`);
  }
  for (const { doubt, count, affiliateIds } of doubtfulPayees) {
    terminal.warn(`${PAYEE_DOUBTS[doubt]}: ${firstOf(affiliateIds, count)}.`);
  }
  for (const { country, count, affiliateIds } of imported.unknownCountries) {
    const those = firstOf(affiliateIds, count);
    terminal.warn(`${country} is no country code. ${countryHint(country)} It stands with: ${those}.`);
  }
  const { held } = imported;
  if (held.length === 0) return;
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  const { detailsHint } = await import('../../render/payouts.js');
  const wait = held.length === 1 ? 'waits' : 'wait';
  const what = `${counted(held.length, 'payout')} (${sumsByCurrency(held)}) ${wait}`;
  const why = 'payment details were changed. Payment files leave out what was made before';
  terminal.warn(`${what} for approval: ${why}. ${detailsHint(held, globals)}`);
}

export const importAffiliates = defineCommand({
  path: ['import', 'affiliates'],
  summary: 'Take in affiliates from a CSV file',
  description:
    'Columns: id, name; and if you have them email, status, currency, minimum_payout, payout_method, payout_account, ' +
    'payout_name, payout_bic, country, vat_number, company, address_line1, address_line2, city, region, postal_code. ' +
    'A column that the file lacks changes nothing on affiliates who are there already. ' +
    'A column changes only where the file says something else than the last one did, so what operators edited ' +
    'stands. Who was paused, blocked or made depart by an operator stays so.',
  arguments: [fileArgument],
  options: importOptions,
  examples: [
    { command: 'payrun import affiliates affiliates.csv', what: 'imports a file, all rows or none' },
    {
      command: 'payrun import affiliates affiliates.csv --skip-invalid',
      what: 'imports the good rows and writes the bad ones to affiliates.csv.rejected.csv',
    },
  ],
  writes: true,
  menu: 'Import affiliates',
  handler: async (context, input) => {
    const { terminal } = context;
    const dryRun = input.flag('dryRun');
    const imported = await withWork(context, async (work) => {
      if (input.flag('background')) {
        await importInBackground(context, input, work, importAffiliates);
        return undefined;
      }
      const first = await repeatedImport<AffiliatesImported>(context, input, work);
      if (first !== undefined) return first;
      const asked = await importInput(context, input, 'affiliates');
      const { importAffiliates: run } = await import('../../../app/import-affiliates.js');
      return run(work, asked);
    });
    if (imported === undefined) return undefined;
    if (terminal.json) {
      const { keptStatuses, doubtfulPayees, unknownCountries, held } = imported;
      const heldByDetails = held.map(({ invoiceNumber }) => invoiceNumber);
      const document = importJson(imported, dryRun);
      terminal.printJson({
        ...document,
        possibleDuplicates: [],
        keptStatuses,
        doubtfulPayees,
        unknownCountries,
        heldByDetails,
      });
    } else {
      terminal.print(countsLine(imported, dryRun));
    }
    warnOfImport(terminal, imported);
    await warnOfAffiliates(context, imported);
    if (dryRun || terminal.json) return undefined;
    const { equivalentCommand } = await import('../../echo.js');
    const next = equivalentCommand({ path: ['import', 'commissions'] }, ['FILE'], context.globals);
    terminal.note(`Next: ${next}`);
    return undefined;
  },
});
