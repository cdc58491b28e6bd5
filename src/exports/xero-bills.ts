/** Bills for Xero: one row a bill. A credit note is a bill with a negative amount (FORMATS.md 1.1). */
import { billWords, type Bill } from '../core/bill.js';
import { addDays } from '../core/calendar.js';
import { formatAmount } from '../core/money.js';
import { billHints, ofWhom } from './bill-hints.js';
import type { BillFormat, Bills, ExportPiece, FormatContext } from './format.js';
import { dateOrder, localDate } from './local-dates.js';
import { MachineCells } from './machine-cells.js';
import { SplitCsv } from './split-csv.js';
import { SupplierNames } from './supplier-names.js';
import { noteDecimals } from './two-decimals.js';
import { xeroAccount } from './xero-account.js';

/** Xero knows its columns by these texts, the asterisk included. */
const COLUMNS = [
  '*ContactName',
  'EmailAddress',
  'POAddressLine1',
  'POAddressLine2',
  'POAddressLine3',
  'POAddressLine4',
  'POCity',
  'PORegion',
  'POPostalCode',
  'POCountry',
  '*InvoiceNumber',
  '*InvoiceDate',
  '*DueDate',
  'Total',
  'InventoryItemCode',
  'Description',
  '*Quantity',
  '*UnitAmount',
  '*AccountCode',
  '*TaxType',
  'TaxAmount',
  'TrackingName1',
  'TrackingOption1',
  'TrackingName2',
  'TrackingOption2',
  'Currency',
] as const;

type Column = (typeof COLUMNS)[number];

/** Xero takes no more at once. */
const BILLS_A_FILE = 500;
const NUMBER = /^[\p{L}\p{N}][^\p{Cc}\u2028\u2029]{0,254}$/u;
const MAX_NAME = 255;

async function* write(bills: Bills, context: FormatContext): AsyncGenerator<ExportPiece> {
  const cells = new MachineCells(context);
  const names = new SupplierNames(context, cells, { maxLength: MAX_NAME });
  const files = new SplitCsv(COLUMNS, { documents: BILLS_A_FILE });
  yield files.begin();
  let row = 0;
  for await (const page of bills.each()) {
    const documents = page.map((bill) => {
      row += 1;
      const written = rowOf(bill, { row, cells, names, context });
      return { name: bill.number, rows: [COLUMNS.map((column) => written[column] ?? '')] };
    });
    yield* files.add(documents);
  }
  await names.finish();
  cells.finish(billHints('Xero'));
}

interface Place {
  readonly row: number;
  readonly cells: MachineCells;
  readonly names: SupplierNames;
  readonly context: FormatContext;
}

/** Xero works out the total and the tax by itself. */
function rowOf(bill: Bill, { row, cells, names, context }: Place): Partial<Record<Column, string>> {
  const isCredit = bill.kind === 'credit_note';
  const amount = isCredit ? -bill.amount : bill.amount;
  noteDecimals(context, 'Xero', amount, bill.currency);
  const order = dateOrder(context.setting('date-order'));
  const due = isCredit ? bill.date : addDays(bill.date, Number(context.setting('due-days')));
  const text = (column: Column, value: string | null | undefined): string =>
    cells.text(value ?? null, { row, column });
  const [line1, line2, line3] = [bill.company, ...bill.addressLines].filter((line) => line !== null);
  return {
    '*ContactName': names.of(bill.affiliateId, bill.affiliateName, {
      row,
      column: '*ContactName',
      ...ofWhom(bill),
    }),
    EmailAddress: text('EmailAddress', bill.email),
    POAddressLine1: text('POAddressLine1', line1),
    POAddressLine2: text('POAddressLine2', line2),
    POAddressLine3: text('POAddressLine3', line3),
    POCity: text('POCity', bill.city),
    PORegion: text('PORegion', bill.region),
    POPostalCode: text('POPostalCode', bill.postalCode),
    POCountry: text('POCountry', bill.country),
    '*InvoiceNumber': cells.code(
      bill.number,
      { row, column: '*InvoiceNumber', ...ofWhom(bill) },
      NUMBER,
      'at most 255 characters that begin with a letter or digit',
    ),
    '*InvoiceDate': localDate(bill.date, order),
    '*DueDate': localDate(due, order),
    Description: billWords(bill),
    '*Quantity': '1',
    '*UnitAmount': formatAmount(amount, bill.currency),
    '*AccountCode': xeroAccount(context.account('expense'), [
      'export.xero-bills.account',
      'accounts.expense',
    ]),
    '*TaxType': context.setting('tax-type'),
    Currency: bill.currency,
  };
}

export const xeroBills: BillFormat = { source: 'bills', write };
