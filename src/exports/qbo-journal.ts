/**
 * Journal entries for QuickBooks Online: rows of one JournalNo are one entry, each with a debit or a credit
 * (FORMATS.md 1.3).
 */
import { UsageError } from '../core/errors.js';
import type { JournalEntry, JournalLine } from '../core/journal.js';
import { formatAmount } from '../core/money.js';
import { billHints, ofWhom } from './bill-hints.js';
import { countWords, entryNumber, isMonthly, monthWords } from './entry-numbers.js';
import type { ExportPiece, FormatContext, Journal, JournalFormat } from './format.js';
import { dateOrder, localDate } from './local-dates.js';
import { MachineCells } from './machine-cells.js';
import { DOCUMENT_NUMBER, DOCUMENT_NUMBER_WORDS, NAME_RULES, qboAccount } from './qbo-account.js';
import { SplitCsv, type CsvDocument } from './split-csv.js';
import { SupplierNames } from './supplier-names.js';
import { noteDecimals } from './two-decimals.js';

const COLUMNS = [
  '*JournalNo',
  '*JournalDate',
  '*AccountName',
  '*Debits',
  '*Credits',
  'Description',
  'Name',
  'Currency',
  'Location',
  'Class',
] as const;

/** Said of imports of transactions; nobody is sure of it. */
const ROWS_A_FILE = 1000;

/** Accounts of this kind are called so, unless somebody renamed his. */
const ACCOUNTS_PAYABLE = /accounts payable|a\/p/i;

async function* write(journal: Journal, context: FormatContext): AsyncGenerator<ExportPiece> {
  const cells = new MachineCells(context);
  const names = new SupplierNames(context, cells, NAME_RULES);
  const files = new SplitCsv(COLUMNS, { rows: ROWS_A_FILE });
  yield files.begin();
  let row = 0;
  for await (const page of journal.each()) {
    const documents = page.map((entry) => {
      const document = documentOf(entry, { row: row + 1, cells, names, context });
      row += document.rows.length;
      return document;
    });
    yield* files.add(documents);
  }
  await names.finish();
  cells.finish(billHints('QuickBooks Online'));
}

interface Place {
  /** Of the first line. */
  readonly row: number;
  readonly cells: MachineCells;
  readonly names: SupplierNames;
  readonly context: FormatContext;
}

function documentOf(entry: JournalEntry, { row, cells, names, context }: Place): CsvDocument {
  const number = cells.code(
    entryNumber(entry, context),
    { row, column: '*JournalNo', ...ofWhom(entry) },
    DOCUMENT_NUMBER,
    DOCUMENT_NUMBER_WORDS,
  );
  const description = cells.text(wordsOf(entry), { row, column: 'Description' });
  const date = localDate(entry.postingDate, dateOrder(context.setting('date-order')));
  const isRepeated = context.setting('repeat-date') === 'yes';
  const rows = entry.lines.map((line, position) => {
    const { debit, credit } = sidesOf(entry, line, context);
    const account = accountOf(entry, line, context);
    const [on, currency] = position === 0 || isRepeated ? [date, entry.currency] : ['', ''];
    const name =
      line.role === 'payable' && entry.affiliateId !== null
        ? names.of(entry.affiliateId, entry.affiliateName, {
            ...{ row: row + position, column: 'Name' },
            ...ofWhom(entry),
          })
        : '';
    return [number, on, account, debit, credit, description, name, currency, '', ''];
  });
  return { name: number, rows };
}

/** A debit or a credit, without a sign; the other side stays empty. */
function sidesOf(
  { currency }: JournalEntry,
  { amount }: JournalLine,
  context: FormatContext,
): { readonly debit: string; readonly credit: string } {
  noteDecimals(context, 'QuickBooks Online', amount, currency);
  const size = formatAmount(amount < 0n ? -amount : amount, currency);
  return amount < 0n ? { debit: '', credit: size } : { debit: size, credit: '' };
}

/** @throws UsageError when a sum without a supplier would stand on accounts payable */
function accountOf(entry: JournalEntry, { role }: JournalLine, context: FormatContext): string {
  const account = qboAccount(
    context,
    context.account(role, entry.method),
    context.accountSetting(role, entry.method),
  );
  if (role === 'payable' && isMonthly(entry) && ACCOUNTS_PAYABLE.test(account)) {
    throw new UsageError(
      `QuickBooks Online takes a line on "${account}" only with a supplier, and the sum of a month has none.`,
      {
        hint:
          'Run `payrun settings set export.qbo-journal.detail day`, or name another current liability account in ' +
          'export.qbo-journal.payable.',
      },
    );
  }
  return account;
}

function wordsOf(entry: JournalEntry): string {
  const what = isMonthly(entry) ? monthWords(entry) : `${entry.words}, ${entry.affiliateName ?? ''}`;
  return `${what}, ${countWords(entry)}`;
}

export const qboJournal: JournalFormat = {
  source: 'journal',
  detail: (context) => (context.setting('detail') === 'month' ? 'month' : 'day'),
  write,
};
