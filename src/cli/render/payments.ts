/** Payment batches for programs and for people. Accounts are masked in both. */
import type { CreatedPayments, PaymentFileTold } from '../../app/create-payments.js';
import { leftOutHint, leftOutHints, type TellCommand } from '../../app/left-out.js';
import type { ShownBatch, WrittenBatch } from '../../app/payments.js';
import { paymentsOf, type LeftOut, type PaymentPlan } from '../../app/plan-payments.js';
import type { SettledBatch } from '../../app/settle-payments.js';
import { maskedAccount } from '../../core/affiliate.js';
import { formatAmount } from '../../core/money.js';
import type { BatchStep, PaymentBatch, PaymentItem, PaymentTotal } from '../../core/payment.js';
import { equivalentCommand, type Repeated } from '../echo.js';
import { safeText } from '../safe-text.js';
import {
  brokenText,
  printTable,
  renderBrokenTable,
  renderTable,
  withoutSpare,
  type Cell,
  type Column,
} from '../table.js';
import type { Terminal } from '../terminal.js';
import { amountCell, counted, sumsByCurrency } from './money.js';
import { factLines, payoutJson } from './payouts.js';

type Amount = { readonly currency: string; readonly amount: bigint };

const amountJson = <Told extends Amount>(told: Told): Omit<Told, 'amount'> & { amount: string } => ({
  ...told,
  amount: formatAmount(told.amount, told.currency),
});

/** A batch as JSON tells it. */
export function batchJson(batch: PaymentBatch): Record<string, unknown> {
  const { id, method, format, executionOn, createdAt, createdBy, status, totals } = batch;
  return {
    ...{ id, method, format, executionOn, createdAt, createdBy, status },
    totals: totals.map(({ currency, payouts, amount }) => amountJson({ currency, payouts, amount })),
  };
}

/** Files of a batch that were written, as JSON tells them. */
export function paymentFilesJson(files: readonly PaymentFileTold[]): Record<string, unknown>[] {
  return files.map(({ path, rows, sha256, currency, amount }) =>
    amountJson({ path, rows, sha256, currency, amount }),
  );
}

function leftOutJson(leftOut: readonly LeftOut[], globals: Repeated): Record<string, unknown>[] {
  return leftOut.map((one) => {
    const { invoiceNumber, affiliateId, affiliateName, currency, amount, reason, message } = one;
    const told = amountJson({ invoiceNumber, affiliateId, affiliateName, currency, amount });
    return { ...told, reason, message, hint: leftOutHint([one], reason, tellIn(globals)) };
  });
}

/**
 * `payments create` as JSON tells it.
 * @param missing the files of an earlier call that are not there; told where there are any
 */
export function createdJson(
  { batch, files, leftOut }: CreatedPayments,
  missing: readonly string[],
  globals: Repeated,
): Record<string, unknown> {
  return {
    batch: batch === null ? null : batchJson(batch),
    files: paymentFilesJson(files),
    leftOut: leftOutJson(leftOut, globals),
    ...(missing.length === 0 ? {} : { missing }),
  };
}

/** What is paid, by currency. */
function totalsOf(plan: PaymentPlan): PaymentTotal[] {
  const totals = new Map<string, PaymentTotal>();
  for (const { currency, amount } of paymentsOf(plan)) {
    const before = totals.get(currency) ?? { currency, payouts: 0, amount: 0n };
    totals.set(currency, { currency, payouts: before.payouts + 1, amount: before.amount + amount });
  }
  return [...totals.values()].sort((one, other) => (one.currency < other.currency ? -1 : 1));
}

/** The same of a dry run, whose batch has no number. */
export function planJson(plan: PaymentPlan, createdBy: string, globals: Repeated): Record<string, unknown> {
  const { method, order, leftOut } = plan;
  const { format, executionOn } = order;
  const totals = totalsOf(plan).map(amountJson);
  const batch = { id: null, method, format, executionOn, createdAt: null, createdBy, status: null, totals };
  return {
    batch: plan.files.length === 0 ? null : batch,
    files: [],
    leftOut: leftOutJson(leftOut, globals),
    payments: paymentsOf(plan).map(({ invoiceNumber, affiliateId, payee, account, currency, amount }) =>
      amountJson({ invoiceNumber, affiliateId, payee, account: shownAccount(account), currency, amount }),
    ),
  };
}

/** Enough to recognise it, too little to use it; null where there is none. */
export function shownAccount(account: string | null): string | null {
  return account === null || account === '' ? null : maskedAccount(account);
}

const layoutOf = (terminal: Terminal): { width?: number } =>
  terminal.outputIsTerminal ? { width: terminal.width } : {};

const LEFT_OUT_COLUMNS: readonly Column[] = [
  { title: 'Left out', fixed: true },
  { title: 'Affiliate', fixed: true, spare: 1 },
  { title: 'Name', spare: 2 },
  { title: 'Amount', money: true },
  { title: 'Currency', fixed: true },
  { title: 'Why' },
];

/** Before a reason is broken into lines shorter than this and ten more, other columns are left out. */
const ROOM_FOR_WHY = 20;

/** Never shortened: a reason that is cut off is none. On a terminal it goes on in the next line. */
function leftOutTable(terminal: Terminal, leftOut: readonly LeftOut[]): string {
  const rows = leftOut.map(({ invoiceNumber, affiliateId, affiliateName, currency, amount, message }) => [
    ...[invoiceNumber, affiliateId, affiliateName],
    ...[amountCell(terminal, amount, currency), currency, message],
  ]);
  if (!terminal.outputIsTerminal) return renderTable({ columns: LEFT_OUT_COLUMNS, rows });
  const { width } = terminal;
  const { fitting } = withoutSpare({ columns: LEFT_OUT_COLUMNS, rows }, width - ROOM_FOR_WHY);
  return renderBrokenTable(fitting.columns, fitting.rows as readonly (readonly string[])[], width);
}

/** So many rows are seen at a glance. */
const FEW = 10;

/** How many are left out for which reason. */
function leftOutSums(terminal: Terminal, leftOut: readonly LeftOut[]): string {
  const told = (list: readonly LeftOut[]): string =>
    `${counted(list.length, 'payout')}, ${sumsByCurrency(list)}`;
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  const lines = reasons.map((reason) => {
    const same = leftOut.filter((one) => one.reason === reason);
    const messages = [...new Set(same.map(({ message }) => message))];
    const why = messages.length === 1 ? (messages[0] ?? '') : reason.replaceAll('_', ' ');
    return `${told(same)}: ${safeText(why)}`;
  });
  return [`Left out: ${told(leftOut)}`, ...lines].map((line) => wrapped(terminal, line)).join('\n');
}

/** What is left out, where it is many with the sums by reason first. */
function leftOutText(terminal: Terminal, leftOut: readonly LeftOut[]): string {
  const table = leftOutTable(terminal, leftOut);
  return leftOut.length > FEW ? `${leftOutSums(terminal, leftOut)}\n\n${table}` : table;
}

/** On a terminal in lines that end between words. */
function wrapped(terminal: Terminal, text: string): string {
  return terminal.outputIsTerminal ? brokenText(text, terminal.width).join('\n') : text;
}

/**
 * What to do about those that are left out, a line a reason, and what else of the method is not paid.
 * @param globals the options of the call that go with its commands
 */
export function leftOutNotes(
  { leftOut, notMeant }: Pick<CreatedPayments, 'leftOut' | 'notMeant'>,
  globals: Repeated,
): string {
  const { cameBack, withoutMethod } = notMeant;
  const tell = tellIn(globals);
  const cameBackList = tell(['payouts', 'list'], ['--status', 'failed', '--status', 'returned']);
  const pending = equivalentCommand({ path: ['pending'] }, [], globals);
  return [
    ...leftOutHints(leftOut, tell),
    ...(cameBack === 0
      ? []
      : [
          `Failed or returned: ${counted(cameBack, 'payout')} of the method. They are sent again when they are named. ` +
            `See: ${cameBackList}`,
        ]),
    ...(withoutMethod === 0
      ? []
      : [
          `Without a payout method: ${counted(withoutMethod, 'payout')}, which no order means. ` +
            `See: ${pending}; set it with ${tell(['affiliates', 'edit'], ['X', '--payout-method', 'METHOD'])}`,
        ]),
  ].join('\n');
}

/** Commands with the options of the call. */
function tellIn(globals: Repeated): TellCommand {
  return (path, parts) => equivalentCommand({ path }, parts, globals);
}

const PAYMENT_COLUMNS: readonly Column[] = [
  { title: 'Invoice', fixed: true },
  { title: 'Affiliate', fixed: true, spare: 1 },
  { title: 'Payee' },
  { title: 'Account' },
  { title: 'Amount', money: true },
  { title: 'Currency', fixed: true },
];

/**
 * Prints what a batch would pay, and what it would leave out. Long tables are paged on a terminal; what they
 * come to is printed below them, so that it is seen before anything is asked.
 */
export async function printPlan(terminal: Terminal, plan: PaymentPlan): Promise<void> {
  const payments = paymentsOf(plan);
  const { order, method, leftOut } = plan;
  if (payments.length === 0) terminal.print('Nothing to pay.');
  else {
    const rows = payments.map(({ invoiceNumber, affiliateId, payee, account, currency, amount }) => [
      ...[invoiceNumber, affiliateId, payee, shownAccount(account) ?? ''],
      ...[amountCell(terminal, amount, currency), currency],
    ]);
    await printTable(terminal, { columns: PAYMENT_COLUMNS, rows });
  }
  const isPaged = terminal.outputIsTerminal && leftOut.length > FEW;
  if (isPaged) await terminal.page(`\n${leftOutTable(terminal, leftOut)}`);
  const how = `by ${method}, as ${order.format}, on ${order.executionOn}`;
  const files = plan.files.length === 1 ? '' : `, in ${plan.files.length} files`;
  const sums = `${counted(payments.length, 'payout')}: ${sumsByCurrency(payments)}, ${how}${files}`;
  const parts = [
    ...(payments.length === 0 ? [] : [wrapped(terminal, sums)]),
    ...(leftOut.length === 0
      ? []
      : [isPaged ? leftOutSums(terminal, leftOut) : leftOutText(terminal, leftOut)]),
  ];
  if (parts.length > 0) terminal.print(`\n${parts.join('\n\n')}`);
}

const fileLines = (files: readonly PaymentFileTold[]): string =>
  files
    .map((file) => {
      const what = `${counted(file.rows, 'payout')}, ${sumsByCurrency([file])}`;
      return `${safeText(file.path)}: ${what}\n  sha256 ${file.sha256}`;
    })
    .join('\n');

/** What was made. @param seen whether what is left out was shown just now */
export function createdText(terminal: Terminal, created: CreatedPayments, seen: boolean): string {
  const { batch, files, leftOut } = created;
  const table = leftOut.length === 0 || seen ? [] : [leftOutText(terminal, leftOut)];
  if (batch === null) return [terminal.bold('Nothing to pay.'), ...table].join('\n\n');
  const { id, method, format, executionOn, totals } = batch;
  const payouts = totals.reduce((sum, total) => sum + total.payouts, 0);
  const what = `${counted(payouts, 'payout')}, ${sumsByCurrency(totals)}`;
  const headline = `${id}: ${what}, by ${method}, as ${format}, on ${executionOn}.`;
  return [`${terminal.bold(wrapped(terminal, headline))}\n${fileLines(files)}`, ...table].join('\n\n');
}

/** `payments write` for people. */
export function writtenText({ files }: WrittenBatch): string {
  return fileLines(files);
}

export const BATCH_COLUMNS: readonly Column[] = [
  { title: 'Batch', fixed: true },
  { title: 'Created', fixed: true },
  { title: 'By', spare: 1 },
  { title: 'Method', fixed: true },
  { title: 'Execution', fixed: true, spare: 2 },
  { title: 'Status', fixed: true },
  { title: 'Payouts', align: 'right' },
  { title: 'Total', money: true },
  { title: 'Currency', fixed: true },
];

/** The rows of one batch: one per currency, the batch itself in the first. */
export function batchRows(terminal: Terminal, batch: PaymentBatch): Cell[][] {
  const { id, createdOn, createdBy, method, executionOn, status, totals } = batch;
  const what = [id, createdOn, createdBy, method, executionOn, status];
  return totals.map(({ payouts, amount, currency }, position) => [
    ...(position === 0 ? what : what.map(() => '')),
    String(payouts),
    amountCell(terminal, amount, currency),
    currency,
  ]);
}

/** A payment in a batch as JSON tells it. */
function itemJson(item: PaymentItem): Record<string, unknown> {
  const { invoiceNumber, affiliateId, payee, account, currency, amount, file, reference } = item;
  const { outcome, outcomeOn, outcomeReference, status } = item;
  return {
    ...amountJson({ invoiceNumber, affiliateId, payee, account: shownAccount(account), currency, amount }),
    ...{ file, reference, outcome, outcomeOn, outcomeReference, status },
  };
}

/** `payments show` as JSON tells it. */
export function shownBatchJson({ batch, items, files, history, again }: ShownBatch): Record<string, unknown> {
  return {
    batch: {
      ...batchJson(batch),
      items: items.map((item) => ({ ...itemJson(item), sentAgain: again.get(item.invoiceNumber) ?? null })),
      files: files.map(({ file, payouts, sha256, currency, amount }) =>
        amountJson({ file, rows: payouts, sha256, currency, amount }),
      ),
      history: history.map(({ at, by, verb, on, reason, reference, payouts }) => ({
        ...{ at, by, verb, on, reason, reference, payouts },
      })),
    },
  };
}

/** The columns of the payments of a batch that say something: how it was sent, what became of it. */
function itemColumns(
  items: readonly PaymentItem[],
  again: ReadonlyMap<string, string>,
): readonly (Column & { cell: (item: PaymentItem) => Cell })[] {
  const any = (test: (item: PaymentItem) => boolean, ...columns: ReturnType<typeof itemColumns>) =>
    items.some(test) ? columns : [];
  return [
    ...any(({ file }) => file > 1, { title: 'File', align: 'right', cell: ({ file }) => String(file) }),
    ...any(({ reference, invoiceNumber }) => reference !== invoiceNumber, {
      title: 'Sent as',
      cell: ({ reference }) => reference,
    }),
    { title: 'Outcome', fixed: true, cell: ({ outcome }) => outcome ?? 'under way' },
    ...any(({ outcomeOn }) => outcomeOn !== null, {
      title: 'On',
      fixed: true,
      cell: ({ outcomeOn }) => outcomeOn ?? '',
    }),
    ...any(({ outcomeReference }) => outcomeReference !== null, {
      title: 'Reference',
      cell: ({ outcomeReference }) => outcomeReference ?? '',
    }),
    ...any(({ invoiceNumber }) => again.has(invoiceNumber), {
      title: 'Again in',
      fixed: true,
      cell: ({ invoiceNumber }) => again.get(invoiceNumber) ?? '',
    }),
  ];
}

/**
 * The payments of a batch, each with what became of it.
 * @param again in which later batch a payout went out again, by invoice number
 */
export function itemsTable(
  terminal: Terminal,
  items: readonly PaymentItem[],
  again: ReadonlyMap<string, string> = new Map(),
): string {
  const more = itemColumns(items, again);
  const columns: readonly Column[] = [
    { title: 'Invoice', fixed: true },
    { title: 'Payee' },
    { title: 'Account' },
    { title: 'Amount', money: true },
    { title: 'Currency', fixed: true },
    ...more,
  ];
  const rows = items.map((item) => [
    ...[item.invoiceNumber, item.payee, shownAccount(item.account) ?? ''],
    ...[amountCell(terminal, item.amount, item.currency), item.currency],
    ...more.map(({ cell }) => cell(item)),
  ]);
  return renderTable({ columns, rows }, layoutOf(terminal));
}

function stepsTable(terminal: Terminal, history: readonly BatchStep[]): string {
  const references = history.some(({ reference }) => reference !== null);
  const reasons = history.some(({ reason }) => reason !== null);
  const columns: readonly Column[] = [
    { title: 'On', fixed: true },
    { title: 'What', fixed: true },
    { title: 'Payouts', align: 'right' },
    { title: 'Who' },
    ...(references ? [{ title: 'Reference' }] : []),
    ...(reasons ? [{ title: 'Reason' }] : []),
    { title: 'Recorded', fixed: true },
  ];
  const rows = history.map(({ on, verb, payouts, by, reference, reason, at }) => [
    ...[on, verb, String(payouts), by],
    ...(references ? [reference ?? ''] : []),
    ...(reasons ? [reason ?? ''] : []),
    at,
  ]);
  return renderTable({ columns, rows }, layoutOf(terminal));
}

/** `payments show` for people. */
export function shownBatchText(terminal: Terminal, shown: ShownBatch): string {
  const { batch, items, files, history, again } = shown;
  const { id, method, format, executionOn, status, totals, createdAt, createdBy } = batch;
  const headline = `${id}: ${counted(items.length, 'payout')}, ${sumsByCurrency(totals)}, ${status}`;
  const facts = factLines([
    ['Created', `${createdAt} by ${createdBy}`],
    ['Method', `${method}, as ${format}`],
    ['Execution', executionOn],
    ...files.flatMap((one) => [
      [
        files.length === 1 ? 'File' : `File ${one.file}`,
        `${counted(one.payouts, 'payout')}, ${sumsByCurrency([one])}`,
      ] as const,
      ['sha256', one.sha256] as const,
    ]),
  ]);
  return [
    terminal.bold(headline),
    facts,
    itemsTable(terminal, items, again),
    stepsTable(terminal, history),
  ].join('\n\n');
}

/** `payments confirm|cancel` as JSON tells it. */
export function settledJson({ batch, payouts, ended }: SettledBatch): Record<string, unknown> {
  return {
    batch: batchJson(batch),
    changed: payouts.length,
    payouts: payouts.map(payoutJson),
    ended: ended.map(itemJson),
  };
}

/** What had been said of a batch before: `1 failed, 2 paid`; empty where nothing was. */
export function endedText(ended: readonly PaymentItem[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of ended) counts.set(outcome ?? '', (counts.get(outcome ?? '') ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count.toLocaleString('en-US')} ${outcome}`).join(', ');
}
