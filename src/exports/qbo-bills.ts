/** Bills for QuickBooks Online: one row a bill (FORMATS.md 1.4). A credit note has a negative amount. */
import { billWords, type Bill } from '../core/bill.js';
import { addDays } from '../core/calendar.js';
import { formatAmount } from '../core/money.js';
import { billHints, ofWhom } from './bill-hints.js';
import type { BillFormat, Bills, ExportPiece, FormatContext } from './format.js';
import { dateOrder, localDate } from './local-dates.js';
import { MachineCells } from './machine-cells.js';
import { DOCUMENT_NUMBER, DOCUMENT_NUMBER_WORDS, NAME_RULES, qboAccount } from './qbo-account.js';
import { SplitCsv } from './split-csv.js';
import { SupplierNames } from './supplier-names.js';
import { noteDecimals } from './two-decimals.js';

/** @param supplier what the edition calls it */
const columnsOf = (supplier: string): readonly string[] => [
  '*BillNo',
  `*${supplier}`,
  '*BillDate',
  '*DueDate',
  'Terms',
  'Location',
  'Memo',
  '*Account',
  'LineDescription',
  '*LineAmount',
  '*LineTaxCode',
  'LineTaxAmount',
  'Currency',
];

/** Said of imports of invoices; nobody is sure of it. */
const BILLS_A_FILE = 100;

async function* write(bills: Bills, context: FormatContext): AsyncGenerator<ExportPiece> {
  const cells = new MachineCells(context);
  const names = new SupplierNames(context, cells, NAME_RULES);
  const files = new SplitCsv(columnsOf(context.setting('supplier-title')), { documents: BILLS_A_FILE });
  yield files.begin();
  let row = 0;
  for await (const page of bills.each()) {
    const documents = page.map((bill) => {
      row += 1;
      return { name: bill.number, rows: [rowOf(bill, { row, cells, names, context })] };
    });
    yield* files.add(documents);
  }
  await names.finish();
  cells.finish(billHints('QuickBooks Online'));
}

interface Place {
  readonly row: number;
  readonly cells: MachineCells;
  readonly names: SupplierNames;
  readonly context: FormatContext;
}

function rowOf(bill: Bill, { row, cells, names, context }: Place): string[] {
  const isCredit = bill.kind === 'credit_note';
  const amount = isCredit ? -bill.amount : bill.amount;
  noteDecimals(context, 'QuickBooks Online', amount, bill.currency);
  if (isCredit) {
    context.note(
      'Credit notes stand as bills with a negative amount; where QuickBooks Online refuses them, enter them as ' +
        'supplier credits.',
    );
  }
  const order = dateOrder(context.setting('date-order'));
  const due = isCredit ? bill.date : addDays(bill.date, Number(context.setting('due-days')));
  const column = `*${context.setting('supplier-title')}`;
  const words = billWords(bill);
  return [
    cells.code(
      bill.number,
      { row, column: '*BillNo', ...ofWhom(bill) },
      DOCUMENT_NUMBER,
      DOCUMENT_NUMBER_WORDS,
    ),
    names.of(bill.affiliateId, bill.affiliateName, { row, column, ...ofWhom(bill) }),
    localDate(bill.date, order),
    localDate(due, order),
    '',
    '',
    words,
    qboAccount(context, context.account('expense'), 'export.qbo-bills.account'),
    words,
    formatAmount(amount, bill.currency),
    context.setting('tax-code'),
    '',
    bill.currency,
  ];
}

export const qboBills: BillFormat = { source: 'bills', write };
