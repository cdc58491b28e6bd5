/** Payouts for programs and for people. */
import type { ShownPayout } from '../../app/payouts.js';
import { maskedAccount } from '../../core/affiliate.js';
import { formatAmount } from '../../core/money.js';
import { stepsOf, type Payout, type PayoutStatus, type PayoutStep } from '../../core/payout.js';
import { equivalentCommand, type Repeated } from '../echo.js';
import { safeText } from '../safe-text.js';
import { printTable, renderTable, type Cell, type Column } from '../table.js';
import type { Terminal } from '../terminal.js';
import type { ListForm } from './list.js';
import { amountCell, counted, sumsByCurrency } from './money.js';

/** A payout as JSON tells it. */
export function payoutJson(payout: Payout): Record<string, unknown> {
  const { invoiceNumber, runId, affiliateId, affiliateName, currency, amount, commissions, status } = payout;
  const { issuedOn, from, to, paidOn, reference, creditNoteNumber } = payout;
  const { replaces, replacedBy, correctedSince, detailsChanged } = payout;
  return {
    ...{ invoiceNumber, runId, affiliateId, affiliateName, currency },
    amount: formatAmount(amount, currency),
    ...{ commissions, status, issuedOn, from, to, paidOn, reference, creditNoteNumber },
    ...{ replaces, replacedBy, correctedSince, detailsChanged },
  };
}

const COLUMNS: readonly Column[] = [
  { title: 'Invoice', fixed: true },
  { title: 'Issued', fixed: true, spare: 2 },
  { title: 'Affiliate', fixed: true, spare: 1 },
  { title: 'Name' },
  { title: 'Amount', money: true },
  { title: 'Currency', fixed: true },
  { title: 'Status', fixed: true },
];

/** A status stands out where somebody has to do something, or where the payout no longer counts. */
function statusCell(terminal: Terminal, { status, correctedSince, detailsChanged }: Payout): Cell {
  if (correctedSince) return { text: `${status}, corrected`, style: (text) => terminal.red(text) };
  if (detailsChanged) return { text: `${status}, details changed`, style: (text) => terminal.red(text) };
  if (status === 'failed' || status === 'returned')
    return { text: status, style: (text) => terminal.red(text) };
  if (status === 'void') return { text: status, style: (text) => terminal.dim(text) };
  return status;
}

function payoutCells(terminal: Terminal, payout: Payout): Cell[] {
  return [
    payout.invoiceNumber,
    payout.issuedOn,
    payout.affiliateId,
    payout.affiliateName,
    amountCell(terminal, payout.amount, payout.currency),
    payout.currency,
    statusCell(terminal, payout),
  ];
}

/** A few payouts as a table. */
export function payoutTable(terminal: Terminal, payouts: readonly Payout[]): string {
  const layout = terminal.outputIsTerminal ? { width: terminal.width } : {};
  return renderTable(
    { columns: COLUMNS, rows: payouts.map((payout) => payoutCells(terminal, payout)) },
    layout,
  );
}

/** Prints a few payouts as a table, fitted to the terminal. */
export async function printPayouts(terminal: Terminal, payouts: readonly Payout[]): Promise<void> {
  await printTable(terminal, {
    columns: COLUMNS,
    rows: payouts.map((payout) => payoutCells(terminal, payout)),
  });
}

/** So many numbers still make a command line that somebody reads. */
const NUMBERS_IN_COMMAND = 10;

/**
 * What can be done about payouts that were corrected since they were made. One that is on its way cannot be
 * redone unless it fails.
 */
export function correctedHint(
  corrected: readonly Pick<Payout, 'invoiceNumber' | 'status'>[],
  globals: Repeated,
): string {
  const numbersOf = (redoable: boolean): string[] =>
    corrected
      .filter(({ status }) => stepsOf('redo', status).length > 0 === redoable)
      .map(({ invoiceNumber }) => invoiceNumber);
  const commandOf = (numbers: readonly string[], verb: string, ...options: readonly string[]): string =>
    numbers.length > NUMBERS_IN_COMMAND
      ? equivalentCommand({ path: ['payouts', 'list'] }, ['--corrected'], globals)
      : equivalentCommand({ path: ['payouts', verb] }, [...numbers, ...options], globals);
  const redo = numbersOf(true);
  const sent = numbersOf(false);
  return [
    ...(redo.length === 0 ? [] : [`Redo what was corrected:\n  ${commandOf(redo, 'redo')}`]),
    ...(sent.length === 0
      ? []
      : [
          'What is on its way already is paid as it is, and the next payout nets the correction:\n  ' +
            commandOf(sent, 'pay', '--include-corrected'),
        ]),
  ].join('\n');
}

/** What can be done about payouts whose money would go elsewhere by now than somebody said yes to. */
export function detailsHint(changed: readonly Pick<Payout, 'invoiceNumber'>[], globals: Repeated): string {
  if (changed.length === 0) return '';
  const numbers = changed.map(({ invoiceNumber }) => invoiceNumber);
  const command =
    numbers.length > NUMBERS_IN_COMMAND
      ? equivalentCommand({ path: ['payouts', 'list'] }, ['--details-changed'], globals)
      : equivalentCommand({ path: ['payouts', 'approve'] }, numbers, globals);
  return `When the new payment details are right, approve them:\n  ${command}`;
}

/** How many of a list are known to be wrong by now; empty where none is. */
function sinceText(corrected: number, changed: number): string {
  const one = (count: number): boolean => count === 1;
  const many = (count: number): string => count.toLocaleString('en-US');
  return [
    ...(corrected === 0
      ? []
      : [
          `${many(corrected)} ${one(corrected) ? 'was corrected since it was' : 'were corrected since they were'} made.`,
        ]),
    ...(changed === 0
      ? []
      : [
          `${many(changed)} would go to payment details that were changed since ${one(changed) ? 'it was' : 'they were'} made or approved.`,
        ]),
  ]
    .map((sentence) => `\n${sentence}`)
    .join('');
}

/**
 * How lists of payouts are told. Void payouts are listed but not summed.
 * @param next what can be done next with payouts of these statuses, besides redoing what was corrected and
 * approving changed payment details
 */
export function payoutList(
  terminal: Terminal,
  empty: ListForm<Payout>['empty'],
  globals: Repeated,
  next: (statuses: ReadonlySet<PayoutStatus>) => string = () => '',
): ListForm<Payout> {
  const sums = new Map<string, bigint>();
  const corrected: Payout[] = [];
  const changed: Payout[] = [];
  const statuses = new Set<PayoutStatus>();
  let live = 0;
  let taken = 0;
  return {
    key: 'payouts',
    json: payoutJson,
    columns: COLUMNS,
    cells: (payout) => payoutCells(terminal, payout),
    empty,
    narrower: 'Narrow them with --status, --affiliate or --from and --to; --json gives all of them.',
    summary: {
      add: (payout) => {
        const { status, currency, amount } = payout;
        if (payout.correctedSince) corrected.push(payout);
        else statuses.add(status);
        if (payout.detailsChanged && !payout.correctedSince) changed.push(payout);
        if (status === 'void') taken += 1;
        else {
          live += 1;
          sums.set(currency, (sums.get(currency) ?? 0n) + amount);
        }
      },
      text: () => {
        const total = [...sums].map(([currency, amount]) => ({ currency, amount }));
        const parts = live === 0 ? [] : [`${counted(live, 'payout')}: ${sumsByCurrency(total)}`];
        if (taken > 0) parts.push(`${taken.toLocaleString('en-US')} void`);
        return parts.join('; ') + sinceText(corrected.length, changed.length);
      },
      next: () =>
        [correctedHint(corrected, globals), detailsHint(changed, globals), next(statuses)]
          .filter((text) => text !== '')
          .join('\n'),
    },
  };
}

/** The account to which a payout was sent in its batch, masked; null where there is none. */
function sentTo(sent: ShownPayout['sent']): string | null {
  return sent === null || sent.account === '' ? null : maskedAccount(sent.account);
}

function sentText(sent: ShownPayout['sent']): string | null {
  const to = sentTo(sent);
  return sent === null ? null : sent.batch + (to === null ? '' : `, to ${to}`);
}

/** `payouts show` as JSON tells it. */
export function shownPayoutJson({ payout, lines, sent, history }: ShownPayout): Record<string, unknown> {
  return {
    payout: {
      ...payoutJson(payout),
      batch: sent?.batch ?? null,
      sentTo: sentTo(sent),
      lines: lines.map(({ commissionId, kind, earnedOn, amount, description }) => ({
        ...{ commissionId, kind, earnedOn },
        amount: formatAmount(amount, payout.currency),
        description,
      })),
      history: history.map(({ at, by, status, on, reference, reason }) => ({
        ...{ at, by, status, on, reference, reason },
      })),
    },
  };
}

/** The period of a run or payout for people. */
export function periodText({ from, to }: { readonly from: string | null; readonly to: string }): string {
  return from === null ? `up to ${to}` : `${from} to ${to}`;
}

/** Facts below each other: name, then value. Those without a value are left out. */
export function factLines(facts: readonly (readonly [name: string, value: string | null])[]): string {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null && fact[1] !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${safeText(value)}`).join('\n');
}

function linesTable(terminal: Terminal, { payout, lines }: ShownPayout): string {
  return renderTable({
    columns: [
      { title: 'Commission', fixed: true },
      { title: 'Kind', fixed: true },
      { title: 'Earned', fixed: true },
      { title: 'Amount', money: true },
      { title: 'Description' },
    ],
    rows: lines.map((line) => [
      line.commissionId,
      line.kind,
      line.earnedOn,
      amountCell(terminal, line.amount, payout.currency),
      line.description ?? '',
    ]),
    footer: ['total', '', '', amountCell(terminal, payout.amount, payout.currency), payout.currency],
  });
}

/** Each step on the day on which it happened; when it was recorded comes last, where there is room. */
function stepsTable(terminal: Terminal, history: readonly PayoutStep[]): string {
  const references = history.some(({ reference }) => reference !== null);
  const steps = history.map(({ at, by, status, on, reference, reason }) => [
    on,
    status,
    by,
    ...(references ? [reference ?? ''] : []),
    reason ?? '',
    at,
  ]);
  return renderTable(
    {
      columns: [
        { title: 'On', fixed: true },
        { title: 'Status', fixed: true },
        { title: 'Who' },
        ...(references ? [{ title: 'Reference' }] : []),
        { title: 'Reason' },
        { title: 'Recorded', fixed: true },
      ],
      rows: steps,
    },
    terminal.outputIsTerminal ? { width: terminal.width } : {},
  );
}

/** `payouts show` for people. */
export function shownPayoutText(terminal: Terminal, shown: ShownPayout): string {
  const { payout, payee, history } = shown;
  const { amount, currency, status, correctedSince, detailsChanged } = payout;
  const stands = [
    status,
    ...(correctedSince ? ['corrected since it was made'] : []),
    ...(detailsChanged ? ['payment details changed since'] : []),
  ].join(', ');
  const headline = `${payout.invoiceNumber}: ${amountCell(terminal, amount, currency)} ${currency}, ${stands}`;
  const facts = factLines([
    ['Affiliate', `${payee.name} (${payout.affiliateId})`],
    ['Company', payee.company],
    ['Address', payee.address.join(', ')],
    ['Country', payee.country],
    ['VAT number', payee.vatNumber],
    ['E-mail', payee.email],
    ['Issued', payout.issuedOn],
    ['Earned', periodText(payout)],
    ['Run', payout.runId],
    ['Batch', sentText(shown.sent)],
    ['Paid', payout.paidOn],
    ['Reference', payout.reference],
    ['Voided', payout.voidedOn],
    ['Credit note', payout.creditNoteNumber],
    ['Replaces', payout.replaces],
    ['Replaced by', payout.replacedBy],
  ]);
  return [terminal.bold(headline), facts, linesTable(terminal, shown), stepsTable(terminal, history)].join(
    '\n\n',
  );
}
