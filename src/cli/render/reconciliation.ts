/** What a reconciliation changed, and what did not match, for people and for programs. */
import type { Reconciled } from '../../app/reconcile-payments.js';
import type { Settlement, Unmatched } from '../../core/reconciliation.js';
import { printTable } from '../table.js';
import type { Terminal } from '../terminal.js';
import { amountCell, counted, sumsByCurrency } from './money.js';
import { payoutJson } from './payouts.js';

/** So many rows that are about something else are listed. */
const FEW_ROWS = 20;

/** The answer as JSON tells it; the batch as the other commands for payments do. */
export function reconciledJson(
  { payouts, settlements, unchanged, unmatched }: Reconciled,
  batch: Record<string, unknown>,
): Record<string, unknown> {
  return {
    batch,
    changed: settlements.length,
    payouts: payouts.map(payoutJson),
    unchanged,
    unmatched,
  };
}

const lastOf = ({ steps }: Settlement): Settlement['steps'][number] | undefined => steps.at(-1);

/** What would change, or did: each payout with what became of it. */
export async function printSettlements(
  terminal: Terminal,
  settlements: readonly Settlement[],
): Promise<void> {
  if (settlements.length === 0) return;
  await printTable(terminal, {
    columns: [
      { title: 'Invoice', fixed: true },
      { title: 'Payee' },
      { title: 'Amount', money: true },
      { title: 'Currency', fixed: true },
      { title: 'Becomes', fixed: true },
      { title: 'On', fixed: true },
      { title: 'Reference' },
      { title: 'Reason', spare: 1 },
    ],
    rows: settlements.map((settlement) => {
      const { item } = settlement;
      const last = lastOf(settlement);
      return [
        item.invoiceNumber,
        item.payee,
        amountCell(terminal, item.amount, item.currency),
        item.currency,
        last?.status ?? '',
        last?.on ?? '',
        last?.reference ?? '',
        last?.reason ?? '',
      ];
    }),
  });
}

/** `2 paid (USD 30.00), 1 failed (USD 5.00)`. */
export function settledWords(settlements: readonly Settlement[]): string {
  return (['paid', 'failed', 'returned'] as const)
    .map((status) => [status, settlements.filter((one) => lastOf(one)?.status === status)] as const)
    .filter(([, some]) => some.length > 0)
    .map(([status, some]) => `${some.length} ${status} (${sumsByCurrency(some.map(({ item }) => item))})`)
    .join(', ');
}

/** A few rows that name no payout are shown; of a statement these are most, so that many are only counted. */
function shownOf(unmatched: readonly Unmatched[]): { readonly shown: Unmatched[]; readonly others: number } {
  const others = unmatched.filter(({ reason }) => reason === 'unknown_reference').length;
  const areFew = others <= FEW_ROWS;
  const shown = unmatched.filter(({ reason }) => areFew || reason !== 'unknown_reference');
  return { shown, others: areFew ? 0 : others };
}

/** What does not match on either side. */
export async function printUnmatched(terminal: Terminal, unmatched: readonly Unmatched[]): Promise<void> {
  const { shown, others } = shownOf(unmatched);
  if (shown.length > 0) {
    terminal.print('\n');
    terminal.print(terminal.bold('Not changed:'));
    await printTable(terminal, {
      columns: [
        { title: 'Line', align: 'right' },
        { title: 'Invoice', fixed: true },
        { title: 'Amount', fixed: true, align: 'right' },
        { title: 'Reason', fixed: true },
        { title: 'What' },
      ],
      rows: shown.map((one) => [
        one.line?.toString() ?? '',
        one.invoiceNumber ?? '',
        `${one.amount} ${one.currency}`,
        one.reason,
        one.invoiceNumber === null && one.side === 'file' ? `"${one.reference}" ${one.message}` : one.message,
      ]),
    });
  }
  if (others > 0) {
    terminal.note(`${counted(others, 'row')} of the file name no payout of the batch; --json lists them.`);
  }
}
