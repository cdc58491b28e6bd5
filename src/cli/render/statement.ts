/** Statements as text and as JSON. */
import { formatAmount } from '../../core/money.js';
import {
  balanceLines,
  debtSentence,
  stageSums,
  stageWords,
  statementPeriod,
  type StageSum,
  type Statement,
  type StatementBalance,
} from '../../core/statement.js';
import { safeText } from '../safe-text.js';
import { renderBrokenTable, renderTable, type Column } from '../table.js';

/** A statement as JSON tells it. */
export function statementJson(statement: Statement): Record<string, unknown> {
  const { affiliateId, affiliateName, company, on, from, to } = statement;
  return {
    ...{ affiliateId, affiliateName, company: company === '' ? null : company, on, from, to },
    balances: statement.balances.map(balanceJson),
    payments: statement.payments.map(({ amount, ...payment }) => ({
      ...payment,
      amount: formatAmount(amount, payment.currency),
    })),
    commissions: statement.commissions.map(({ amount, ...line }) => ({
      ...line,
      amount: formatAmount(amount, line.currency),
    })),
  };
}

function balanceJson(balance: StatementBalance): Record<string, unknown> {
  const { currency, holds } = balance;
  const money = (minor: bigint): string => formatAmount(minor, currency);
  return {
    currency,
    available: money(balance.available),
    onHold: money(balance.onHold),
    holds: holds.map(({ availableOn, amount }) => ({ availableOn, amount: money(amount) })),
    waitingForApproval: money(balance.waitingForApproval),
    deductedLater: money(balance.deductedLater),
    beingProcessed: money(balance.beingProcessed),
    paid: money(balance.paid),
  };
}

/** How a statement is laid out as text. */
export interface StatementLayout {
  /** In columns; long texts go on in the next line. */
  readonly width: number;
  readonly amount: (minor: bigint, currency: string) => string;
  readonly bold: (text: string) => string;
}

/** The layout of a file, and of everything that is no terminal. */
export const PLAIN_STATEMENT: StatementLayout = { width: 80, amount: formatAmount, bold: (text) => text };

/** A statement as text. It is sent to somebody, so nothing in it is cut short. */
export function statementText(statement: Statement, layout: StatementLayout): string {
  const { affiliateName, affiliateId, company, on } = statement;
  return [
    [
      ...(company === '' ? [] : [layout.bold(safeText(company))]),
      layout.bold(`Statement for ${safeText(affiliateName)} (${safeText(affiliateId)})`),
      `Made on ${on}, for ${statementPeriod(statement)}`,
    ].join('\n'),
    `${layout.bold(`Balance on ${on}`)}\n${balanceText(statement, layout)}`,
    `${layout.bold('Payments')}\n${paymentsText(statement, layout)}`,
    `${layout.bold('Commissions')}\n${commissionsText(statement, layout)}`,
  ].join('\n\n');
}

function balanceText({ balances }: Statement, { amount }: StatementLayout): string {
  if (balances.length === 0) return 'There is nothing yet.';
  const debt = debtSentence(balances);
  const table = renderTable({
    columns: [
      { title: 'Stage', fixed: true },
      { title: 'Amount', money: true },
      { title: 'Currency', fixed: true },
    ],
    rows: balances.flatMap((balance) =>
      balanceLines(balance).map((line) => [
        stageWords(line.stage, line.heldUntil),
        amount(line.amount, balance.currency),
        balance.currency,
      ]),
    ),
  });
  return debt === null ? table : `${table}\n${debt}`;
}

const AMOUNT_COLUMNS: readonly Column[] = [
  { title: 'Amount', money: true },
  { title: 'Currency', fixed: true },
  { title: 'Stage', fixed: true },
];

function paymentsText({ payments }: Statement, layout: StatementLayout): string {
  if (payments.length === 0) return 'No payments in this period.';
  const columns: Column[] = [
    { title: 'Date', fixed: true },
    { title: 'Invoice', fixed: true },
    ...AMOUNT_COLUMNS,
    { title: 'Reference' },
  ];
  const rows = payments.map(({ date, invoiceNumber, amount, currency, stage, reference }) => [
    date,
    invoiceNumber,
    layout.amount(amount, currency),
    currency,
    stageWords(stage),
    reference ?? '',
  ]);
  const sums = sumRows(stageSums(payments), layout).map((row) => [...row, '']);
  return renderBrokenTable(columns, [...rows, columns.map(() => ''), ...sums], layout.width);
}

function commissionsText({ commissions }: Statement, layout: StatementLayout): string {
  if (commissions.length === 0) return 'No commissions in this period.';
  const columns: Column[] = [{ title: 'Earned', fixed: true }, { title: 'For' }, ...AMOUNT_COLUMNS];
  const rows = commissions.map(({ earnedOn, description, amount, currency, stage, heldUntil }) => [
    earnedOn,
    description,
    layout.amount(amount, currency),
    currency,
    stageWords(stage, heldUntil),
  ]);
  const sums = sumRows(stageSums(commissions), layout);
  return renderBrokenTable(columns, [...rows, columns.map(() => ''), ...sums], layout.width);
}

/** The sums under a table whose columns are two, then amount, currency and stage. */
function sumRows(sums: readonly StageSum[], layout: StatementLayout): string[][] {
  return sums.map(({ currency, stage, amount }) => [
    'sum',
    '',
    layout.amount(amount, currency),
    currency,
    stageWords(stage),
  ]);
}
