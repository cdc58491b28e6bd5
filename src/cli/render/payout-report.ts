/** `report payouts` for programs and for people. */
import type { MonthOfPayouts, PayoutFigures, PayoutReport } from '../../app/report-payouts.js';
import { formatAmount } from '../../core/money.js';
import type { Cell, Column, TableContent } from '../table.js';
import type { Terminal } from '../terminal.js';
import { amountCell } from './money.js';

function figuresJson(figures: PayoutFigures): Record<string, unknown> {
  const { currency, payouts, amount, paid, notYetPaid, void: voids, voidAmount } = figures;
  return {
    currency,
    payouts,
    amount: formatAmount(amount, currency),
    paid: formatAmount(paid, currency),
    notYetPaid: formatAmount(notYetPaid, currency),
    void: voids,
    voidAmount: formatAmount(voidAmount, currency),
  };
}

/** The report as JSON tells it. */
export function payoutReportJson({ months, totals }: PayoutReport): Record<string, unknown> {
  return {
    report: months.map((month) => ({ month: month.month, ...figuresJson(month) })),
    totals: totals.map(figuresJson),
  };
}

const BAR_COLUMNS = 10;
/** What stands for so many eighths of a column, from one to eight. */
const EIGHTHS = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/** A bar for an amount, as long as `BAR_COLUMNS` for the largest; what is not nothing is seen. */
export function bar(amount: bigint, largest: bigint): string {
  if (amount <= 0n) return '';
  const whole = BigInt(BAR_COLUMNS * EIGHTHS.length);
  const eighths = Math.max(1, Number((2n * whole * amount + largest) / (2n * largest)));
  const full = Math.floor(eighths / EIGHTHS.length);
  return '█'.repeat(full) + (EIGHTHS[(eighths % EIGHTHS.length) - 1] ?? '');
}

/** The amount of the largest month of each currency, in minor units. */
function largestMonths(months: readonly MonthOfPayouts[]): ReadonlyMap<string, bigint> {
  const largest = new Map<string, bigint>();
  for (const { currency, amount } of months) {
    const before = largest.get(currency) ?? 0n;
    largest.set(currency, amount > before ? amount : before);
  }
  return largest;
}

/** A month, or the total of a currency, which is no month. */
type Line = PayoutFigures & { readonly month?: string };

interface Field {
  readonly column: Column;
  readonly cell: (line: Line) => string;
}

function voidFields(terminal: Terminal): readonly Field[] {
  return [
    {
      column: { title: 'Void', align: 'right' },
      cell: (line) => line.void.toLocaleString('en-US'),
    },
    {
      column: { title: 'Void amount', money: true, spare: 2 },
      cell: (line) => amountCell(terminal, line.voidAmount, line.currency),
    },
  ];
}

function fieldsOf(terminal: Terminal, { months, totals }: PayoutReport): readonly Field[] {
  const money = (title: string, minor: (line: Line) => bigint): Field => ({
    column: { title, money: true },
    cell: (line) => amountCell(terminal, minor(line), line.currency),
  });
  const fields: readonly Field[] = [
    { column: { title: 'Month', fixed: true }, cell: (line) => line.month ?? 'total' },
    { column: { title: 'Currency', fixed: true }, cell: (line) => line.currency },
    { column: { title: 'Payouts', align: 'right' }, cell: (line) => line.payouts.toLocaleString('en-US') },
    money('Amount', (line) => line.amount),
    money('Paid', (line) => line.paid),
    money('Not paid', (line) => line.notYetPaid),
  ];
  // Off a terminal the columns are always the same; a person is spared those that would be empty.
  if (!terminal.outputIsTerminal) return [...fields, ...voidFields(terminal)];
  const largest = largestMonths(months);
  const bars: Field = {
    column: { title: 'Compared', fixed: true, spare: 1 },
    cell: ({ month, currency, amount }) =>
      month === undefined ? '' : bar(amount, largest.get(currency) ?? amount),
  };
  return [...fields, ...(totals.some((total) => total.void > 0) ? voidFields(terminal) : []), bars];
}

/**
 * The report as a table, the totals below a gap, a line for each currency. Bars are for a terminal only, each
 * measured by the largest month of its own currency.
 */
export function payoutReportTable(terminal: Terminal, report: PayoutReport): TableContent {
  const fields = fieldsOf(terminal, report);
  const cells = (line: Line): Cell[] => fields.map(({ cell }) => cell(line));
  return {
    columns: fields.map(({ column }) => column),
    rows: [...report.months.map(cells), fields.map(() => ''), ...report.totals.map(cells)],
  };
}
