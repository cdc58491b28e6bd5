/**
 * Manual journals for Xero: rows of one narration and date are one journal, a debit is positive and a credit
 * negative (FORMATS.md 1.2). There is no column for a currency: Xero takes all of it for its base currency.
 */
import type { JournalEntry } from '../core/journal.js';
import { formatAmount } from '../core/money.js';
import { countWords, entryNumber, isMonthly, monthWords } from './entry-numbers.js';
import type { ExportPiece, FormatContext, Journal, JournalFormat } from './format.js';
import { dateOrder, localDate } from './local-dates.js';
import { MachineCells } from './machine-cells.js';
import { OneCurrency } from './one-currency.js';
import { SplitCsv, type CsvDocument } from './split-csv.js';
import { noteDecimals } from './two-decimals.js';
import { xeroAccount } from './xero-account.js';

/** Xero knows its columns by these texts, the asterisk included. */
const COLUMNS = [
  '*Narration',
  '*Date',
  'Description',
  '*AccountCode',
  '*TaxRate',
  '*Amount',
  'TrackingName1',
  'TrackingOption1',
  'TrackingName2',
  'TrackingOption2',
] as const;

/** Xero takes no more at once. */
const LINES_A_FILE = 300;

async function* write(journal: Journal, context: FormatContext): AsyncGenerator<ExportPiece> {
  const cells = new MachineCells(context);
  const files = new SplitCsv(COLUMNS, { rows: LINES_A_FILE });
  const currency = new OneCurrency(context, 'A Xero journal has no currency', 'entries');
  yield files.begin();
  let row = 0;
  for await (const page of journal.each()) {
    for (const entry of page) currency.take(entry.currency);
    // What is refused in the end needs its currencies only.
    if (currency.areSeveral) continue;
    const documents = page.map((entry) => {
      const document = documentOf(entry, { row: row + 1, cells, context });
      row += document.rows.length;
      return document;
    });
    yield* files.add(documents);
  }
  currency.finish();
  cells.finish();
}

function documentOf(
  entry: JournalEntry,
  place: { readonly row: number; readonly cells: MachineCells; readonly context: FormatContext },
): CsvDocument {
  const { row, cells, context } = place;
  const narration = cells.text(narrationOf(entry, context), { row, column: '*Narration' });
  const description = cells.text(countWords(entry), { row, column: 'Description' });
  const date = localDate(entry.postingDate, dateOrder(context.setting('date-order')));
  const rows = entry.lines.map(({ role, amount }) => {
    noteDecimals(context, 'Xero', amount, entry.currency);
    const deciding = context.accountSetting(role, entry.method);
    const settings = deciding.startsWith('export.') ? [deciding, `accounts.${role}`] : [deciding];
    const account = xeroAccount(context.account(role, entry.method), settings);
    const size = formatAmount(amount, entry.currency);
    return [narration, date, description, account, context.setting('tax-rate'), size, '', '', '', ''];
  });
  return { name: narration, rows };
}

/** Unique on its day, in this export and among those of news. */
function narrationOf(entry: JournalEntry, context: FormatContext): string {
  if (!isMonthly(entry)) {
    const name = entry.affiliateName === null ? '' : `, ${entry.affiliateName}`;
    return `${entry.words} ${entryNumber(entry, context)}${name}`;
  }
  const { currency, part, run } = context;
  const foreign = entry.currency === currency ? '' : ` ${entry.currency}`;
  return `${monthWords(entry)}${foreign}${run === null ? '' : `, run ${run}`}${part === null ? '' : `, part ${part}`}`;
}

export const xeroJournal: JournalFormat = {
  source: 'journal',
  detail: (context) => (context.setting('detail') === 'day' ? 'day' : 'month'),
  write,
};
