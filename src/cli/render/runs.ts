/** Runs for programs and for people. */
import type { Payout } from '../../core/payout.js';
import { runOrigin, type Run } from '../../core/run.js';
import type { Cell, Column } from '../table.js';
import type { Terminal } from '../terminal.js';
import { amountCell, counted, sumsByCurrency } from './money.js';
import { factLines, payoutJson, periodText } from './payouts.js';
import { runJson, totalsJson } from './plan.js';

/** A stored run with its totals. */
export function runWithTotalsJson(run: Run): Record<string, unknown> {
  return { ...runJson({ ...run, dryRun: false }), totals: totalsJson(run.totals) };
}

/** `runs show` as JSON tells it. */
export function shownRunJson(run: Run, payouts: readonly Payout[]): Record<string, unknown> {
  return { run: { ...runWithTotalsJson(run), payouts: payouts.map(payoutJson) } };
}

export const RUN_COLUMNS: readonly Column[] = [
  { title: 'Run', fixed: true },
  { title: 'Made', fixed: true },
  { title: 'By', spare: 1 },
  { title: 'Origin', fixed: true, spare: 2 },
  { title: 'Earned', fixed: true },
  { title: 'Payouts', align: 'right' },
  { title: 'Total', money: true },
  { title: 'Currency', fixed: true },
];

const payoutsOf = (run: Run): number => run.totals.reduce((sum, total) => sum + total.payouts, 0);

/** The rows of one run: one per currency, the run itself in the first. */
export function runRows(terminal: Terminal, run: Run): Cell[][] {
  const { id, createdAt, createdBy, request } = run;
  const what = [id, createdAt.slice(0, 10), createdBy, runOrigin(run), periodText(request)];
  if (run.totals.length === 0) return [[...what, '0', '', '']];
  return run.totals.map(({ payouts, amount, currency }, position) => [
    ...(position === 0 ? what : what.map(() => '')),
    String(payouts),
    amountCell(terminal, amount, currency),
    currency,
  ]);
}

/** What a run was asked for and what it made. */
export function runFacts(run: Run): string {
  const { request } = run;
  return factLines([
    ['Made', `${run.createdAt} by ${run.createdBy} (${runOrigin(run)})`],
    ['Job', run.job],
    ['Earned', periodText(request)],
    ['As of', request.asOf],
    ['Affiliate', request.affiliateId],
    ['Currency', request.currency ?? null],
    ['Campaign', request.campaign],
    ['Minimum', request.overrideMinimum ? 'overridden' : null],
    ['Payouts', `${counted(payoutsOf(run), 'payout')}: ${sumsByCurrency(run.totals)}`],
  ]);
}
