/** Payouts for programs and for people. */
import type { ShownPayout } from '../../app/payouts.js';
import { formatAmount } from '../../core/money.js';
import type { Payout } from '../../core/payout.js';
import { renderTable, type Cell, type Column } from '../table.js';
import { safeText, type Terminal } from '../terminal.js';
import type { ListForm } from './list.js';
import { amountCell, counted, sumsByCurrency } from './money.js';

/** A payout as JSON tells it. */
export function payoutJson(payout: Payout): Record<string, unknown> {
  const { invoiceNumber, runId, affiliateId, affiliateName, currency, amount, commissions, status } = payout;
  const { issuedOn, from, to, paidOn, reference, creditNoteNumber } = payout;
  return {
    ...{ invoiceNumber, runId, affiliateId, affiliateName, currency },
    amount: formatAmount(amount, currency),
    ...{ commissions, status, issuedOn, from, to, paidOn, reference, creditNoteNumber },
  };
}

const COLUMNS: readonly Column[] = [
  { title: 'Invoice', fixed: true },
  { title: 'Issued', fixed: true },
  { title: 'Affiliate', fixed: true },
  { title: 'Name' },
  { title: 'Amount', money: true },
  { title: 'Currency', fixed: true },
  { title: 'Status', fixed: true },
];

/** A status stands out where somebody has to do something, or where the payout no longer counts. */
function statusCell(terminal: Terminal, { status }: Payout): Cell {
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

/** How lists of payouts are told. Void payouts are listed but not summed. */
export function payoutList(terminal: Terminal, empty: ListForm<Payout>['empty']): ListForm<Payout> {
  const sums = new Map<string, bigint>();
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
      add: ({ status, currency, amount }) => {
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
        return parts.join('; ');
      },
    },
  };
}

/** `payouts show` as JSON tells it. */
export function shownPayoutJson({ payout, lines, history }: ShownPayout): Record<string, unknown> {
  return {
    payout: {
      ...payoutJson(payout),
      lines: lines.map(({ commissionId, kind, earnedOn, amount, description }) => ({
        ...{ commissionId, kind, earnedOn },
        amount: formatAmount(amount, payout.currency),
        description,
      })),
      history: history.map(({ at, by, status, reason }) => ({ at, by, status, reason })),
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

/** `payouts show` for people. */
export function shownPayoutText(terminal: Terminal, shown: ShownPayout): string {
  const { payout, payee, history } = shown;
  const { amount, currency, status } = payout;
  const headline = `${payout.invoiceNumber}: ${amountCell(terminal, amount, currency)} ${currency}, ${status}`;
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
    ['Paid', payout.paidOn],
    ['Reference', payout.reference],
    ['Voided', payout.voidedOn],
    ['Credit note', payout.creditNoteNumber],
  ]);
  const steps = renderTable({
    columns: [
      { title: 'When', fixed: true },
      { title: 'Who', fixed: true },
      { title: 'Status', fixed: true },
      { title: 'Reason' },
    ],
    rows: history.map(({ at, by, status: after, reason }) => [at, by, after, reason ?? '']),
  });
  return [terminal.bold(headline), facts, linesTable(terminal, shown), steps].join('\n\n');
}
