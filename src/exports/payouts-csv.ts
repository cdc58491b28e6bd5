/** The generic accounting file: one row a payout. */
import { writeCsv, type CsvCell, type CsvColumn, type CsvOptions } from './csv.js';

/** A payout as an accountant sees it. Amounts are decimal strings of the currency, dates `YYYY-MM-DD`. */
export interface PayoutExportRow {
  readonly invoiceNumber: string;
  readonly issueDate: string;
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly country: string | null;
  readonly vatNumber: string | null;
  readonly currency: string;
  readonly amount: string;
  /** Null where the run had no first day. */
  readonly periodFrom: string | null;
  readonly periodTo: string;
  readonly status: string;
  readonly paidOn: string | null;
  readonly reference: string | null;
  readonly creditNoteNumber: string | null;
  readonly voidedOn: string | null;
  readonly runId: string;
  /** The number of its lines. */
  readonly commissions: string;
  readonly expenseAccount: string;
  readonly payableAccount: string;
}

const COLUMNS: readonly (CsvColumn & { readonly cell: (row: PayoutExportRow) => CsvCell })[] = [
  { title: 'invoice_number', kind: 'code', cell: (row) => row.invoiceNumber },
  { title: 'issue_date', kind: 'date', cell: (row) => row.issueDate },
  { title: 'affiliate_id', kind: 'text', cell: (row) => row.affiliateId },
  { title: 'affiliate_name', kind: 'text', cell: (row) => row.affiliateName },
  { title: 'email', kind: 'text', cell: (row) => row.email },
  { title: 'company', kind: 'text', cell: (row) => row.company },
  { title: 'country', kind: 'text', cell: (row) => row.country },
  { title: 'vat_number', kind: 'text', cell: (row) => row.vatNumber },
  { title: 'currency', kind: 'code', cell: (row) => row.currency },
  { title: 'amount', kind: 'amount', cell: (row) => row.amount },
  { title: 'period_from', kind: 'date', cell: (row) => row.periodFrom },
  { title: 'period_to', kind: 'date', cell: (row) => row.periodTo },
  { title: 'status', kind: 'code', cell: (row) => row.status },
  { title: 'paid_on', kind: 'date', cell: (row) => row.paidOn },
  { title: 'reference', kind: 'text', cell: (row) => row.reference },
  { title: 'credit_note_number', kind: 'code', cell: (row) => row.creditNoteNumber },
  { title: 'voided_on', kind: 'date', cell: (row) => row.voidedOn },
  { title: 'run_id', kind: 'code', cell: (row) => row.runId },
  { title: 'commissions', kind: 'integer', cell: (row) => row.commissions },
  { title: 'expense_account', kind: 'code', cell: (row) => row.expenseAccount },
  { title: 'payable_account', kind: 'code', cell: (row) => row.payableAccount },
];

/** The file's text in pieces, one a batch of rows; the header alone when there are none. */
export function payoutsCsv(
  batches: AsyncIterable<readonly PayoutExportRow[]>,
  options: CsvOptions,
): AsyncGenerator<string> {
  return writeCsv(COLUMNS, cellsOf(batches), options);
}

async function* cellsOf(batches: AsyncIterable<readonly PayoutExportRow[]>): AsyncGenerator<CsvCell[][]> {
  for await (const batch of batches) yield batch.map((row) => COLUMNS.map((column) => column.cell(row)));
}
