/** A statement as a table for spreadsheets: the balances, the payments and the commissions, one row each. */
import { formatAmount } from '../core/money.js';
import { balanceLines, stageWords, type Statement } from '../core/statement.js';
import { writeCsv, type CsvCell, type CsvColumn, type CsvOptions } from './csv.js';

/** One line of a statement. Amounts are decimal strings of the currency, dates `YYYY-MM-DD`. */
interface StatementRow {
  readonly section: 'balance' | 'payment' | 'commission';
  /** The day of the balance, the payment or its invoice, or the earning. */
  readonly date: string;
  readonly description: string | null;
  readonly invoiceNumber: string | null;
  readonly stage: string;
  /** The day on which what is on hold becomes available. */
  readonly heldUntil: string | null;
  readonly reference: string | null;
  readonly currency: string;
  readonly amount: string;
}

const COLUMNS: readonly (CsvColumn & { readonly cell: (row: StatementRow) => CsvCell })[] = [
  { title: 'section', kind: 'code', cell: (row) => row.section },
  { title: 'date', kind: 'date', cell: (row) => row.date },
  { title: 'description', kind: 'text', cell: (row) => row.description },
  { title: 'invoice_number', kind: 'code', cell: (row) => row.invoiceNumber },
  { title: 'stage', kind: 'code', cell: (row) => row.stage },
  { title: 'on_hold_until', kind: 'date', cell: (row) => row.heldUntil },
  { title: 'reference', kind: 'text', cell: (row) => row.reference },
  { title: 'currency', kind: 'code', cell: (row) => row.currency },
  { title: 'amount', kind: 'amount', cell: (row) => row.amount },
];

/** The statement line by line. What it has none of is an empty cell. */
export function statementRows(statement: Statement): StatementRow[] {
  const none = { description: null, invoiceNumber: null, heldUntil: null, reference: null };
  const balances = statement.balances.flatMap((balance) =>
    balanceLines(balance).map(({ stage, heldUntil, amount }): StatementRow => ({
      ...none,
      section: 'balance',
      date: statement.on,
      stage: stageWords(stage),
      heldUntil,
      currency: balance.currency,
      amount: formatAmount(amount, balance.currency),
    })),
  );
  const payments = statement.payments.map(({ stage, amount, ...payment }): StatementRow => ({
    ...none,
    ...payment,
    section: 'payment',
    stage: stageWords(stage),
    amount: formatAmount(amount, payment.currency),
  }));
  const commissions = statement.commissions.map(
    ({ earnedOn, description, stage, heldUntil, currency, amount }): StatementRow => ({
      ...none,
      section: 'commission',
      date: earnedOn,
      stage: stageWords(stage),
      ...{ description, heldUntil, currency },
      amount: formatAmount(amount, currency),
    }),
  );
  return [...balances, ...payments, ...commissions];
}

/** The file's text in pieces; the balances alone when the period has nothing else. */
export function statementCsv(statement: Statement, options: CsvOptions): AsyncGenerator<string> {
  return writeCsv(COLUMNS, cellsOf(statementRows(statement)), options);
}

async function* cellsOf(rows: readonly StatementRow[]): AsyncGenerator<CsvCell[][]> {
  yield rows.map((row) => COLUMNS.map((column) => column.cell(row)));
}
