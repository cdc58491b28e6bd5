/** Runs for programs and for people. */
import type { Payout } from '../../core/payout.js';
import type { Run } from '../../core/run.js';
import type { Cell, Column } from '../table.js';
import { counted, sumsByCurrency } from './money.js';
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
  { title: 'By' },
  { title: 'Kind', fixed: true },
  { title: 'Earned', fixed: true },
  { title: 'Payouts', align: 'right' },
  { title: 'Total', align: 'right' },
];

const payoutsOf = (run: Run): number => run.totals.reduce((sum, total) => sum + total.payouts, 0);

export function runCells(run: Run): Cell[] {
  return [
    run.id,
    run.createdAt.slice(0, 10),
    run.createdBy,
    run.kind,
    periodText(run.request),
    String(payoutsOf(run)),
    sumsByCurrency(run.totals),
  ];
}

/** What a run was asked for and what it made. */
export function runFacts(run: Run): string {
  const { request } = run;
  return factLines([
    ['Made', `${run.createdAt} by ${run.createdBy} (${run.kind})`],
    ['Earned', periodText(request)],
    ['As of', request.asOf],
    ['Affiliate', request.affiliateId],
    ['Campaign', request.campaign],
    ['Minimum', request.overrideMinimum ? 'overridden' : null],
    ['Payouts', `${counted(payoutsOf(run), 'payout')}: ${sumsByCurrency(run.totals)}`],
  ]);
}
