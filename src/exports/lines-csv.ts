/** The generic accounting file: one row a payout line, that is a commission on a payout. */
import { writeCsv, type CsvCell, type CsvColumn, type CsvOptions } from './csv.js';

/**
 * A payout line as an accountant sees it. Amounts are decimal strings of the currency, dates `YYYY-MM-DD`.
 */
export interface LineExportRow {
  readonly invoiceNumber: string;
  readonly issueDate: string;
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly email: string | null;
  readonly commissionId: string;
  readonly kind: string;
  readonly earnedOn: string;
  readonly campaign: string | null;
  readonly orderId: string | null;
  readonly description: string | null;
  readonly currency: string;
  readonly amount: string;
  /** Null where the run had no first day. */
  readonly periodFrom: string | null;
  readonly periodTo: string;
  /** Of the payout. */
  readonly status: string;
  readonly expenseAccount: string;
  readonly payableAccount: string;
}

const COLUMNS: readonly (CsvColumn & { readonly cell: (row: LineExportRow) => CsvCell })[] = [
  { title: 'invoice_number', kind: 'code', cell: (row) => row.invoiceNumber },
  { title: 'issue_date', kind: 'date', cell: (row) => row.issueDate },
  { title: 'affiliate_id', kind: 'text', cell: (row) => row.affiliateId },
  { title: 'affiliate_name', kind: 'text', cell: (row) => row.affiliateName },
  { title: 'email', kind: 'text', cell: (row) => row.email },
  { title: 'commission_id', kind: 'text', cell: (row) => row.commissionId },
  { title: 'kind', kind: 'code', cell: (row) => row.kind },
  { title: 'earned_on', kind: 'date', cell: (row) => row.earnedOn },
  { title: 'campaign', kind: 'text', cell: (row) => row.campaign },
  { title: 'order_id', kind: 'text', cell: (row) => row.orderId },
  { title: 'description', kind: 'text', cell: (row) => row.description },
  { title: 'currency', kind: 'code', cell: (row) => row.currency },
  { title: 'amount', kind: 'amount', cell: (row) => row.amount },
  { title: 'period_from', kind: 'date', cell: (row) => row.periodFrom },
  { title: 'period_to', kind: 'date', cell: (row) => row.periodTo },
  { title: 'status', kind: 'code', cell: (row) => row.status },
  { title: 'expense_account', kind: 'code', cell: (row) => row.expenseAccount },
  { title: 'payable_account', kind: 'code', cell: (row) => row.payableAccount },
];

/** The file's text in pieces, one a batch of rows; the header alone when there are none. */
export function linesCsv(
  batches: AsyncIterable<readonly LineExportRow[]>,
  options: CsvOptions,
): AsyncGenerator<string> {
  return writeCsv(COLUMNS, cellsOf(batches), options);
}

async function* cellsOf(batches: AsyncIterable<readonly LineExportRow[]>): AsyncGenerator<CsvCell[][]> {
  for await (const batch of batches) yield batch.map((row) => COLUMNS.map((column) => column.cell(row)));
}
