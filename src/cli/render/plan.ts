/** What a run would do or did, for programs and for people: `generate`, its preview, `upcoming`. */
import type { Generated } from '../../app/generate.js';
import { formatAmount } from '../../core/money.js';
import type { CurrencyTotal, RunRequest, Skip, SkipReason } from '../../core/plan.js';
import { runOrigin, type RunKind } from '../../core/run.js';
import { renderTable, type Cell, type Column } from '../table.js';
import type { Terminal } from '../terminal.js';
import { amountCell, counted, sumsByCurrency } from './money.js';

/** A run as JSON tells it; of a dry run `id` and `createdAt` are null. */
export function runJson(run: {
  readonly id: string | null;
  readonly kind: RunKind;
  readonly job: string | null;
  readonly request: RunRequest;
  readonly dryRun: boolean;
  readonly createdAt: string | null;
  readonly createdBy: string;
}): Record<string, unknown> {
  const { from, to, asOf, affiliateId, campaign, overrideMinimum } = run.request;
  const { id, kind, job, dryRun, createdAt, createdBy } = run;
  return {
    ...{ id, kind, origin: runOrigin(run), job },
    ...{ from, to, asOf, affiliateId, campaign, overrideMinimum, dryRun, createdAt, createdBy },
  };
}

export function totalsJson(totals: readonly CurrencyTotal[]): Record<string, unknown>[] {
  return totals.map(({ currency, payouts, commissions, amount }) => ({
    currency,
    payouts,
    commissions,
    amount: formatAmount(amount, currency),
  }));
}

function skipJson(skip: Skip): Record<string, unknown> {
  const { affiliateId, affiliateName, currency, reason, amount, commissions } = skip;
  return {
    affiliateId,
    affiliateName,
    currency,
    reason,
    amount: formatAmount(amount, currency),
    commissions,
    ...(skip.minimum === undefined ? {} : { minimum: formatAmount(skip.minimum, currency) }),
    ...(skip.nextAvailableOn === undefined ? {} : { nextAvailableOn: skip.nextAvailableOn }),
    ...(skip.invoiceNumbers === undefined ? {} : { invoiceNumbers: skip.invoiceNumbers }),
  };
}

/** The document of SPEC section 8. `preview` says who asked, for a run that was not made. */
export function planDocument(
  generated: Generated,
  preview: { readonly createdBy: string; readonly kind: RunKind } | null,
): Record<string, unknown> {
  const { plan, planId, run, payouts } = generated;
  const dry = { id: null, job: null, request: plan.request, dryRun: true, createdAt: null };
  const made = run === null ? null : runJson({ ...run, dryRun: false });
  const planned = plan.payouts.map((payout, position) => ({
    invoiceNumber: payouts[position]?.invoiceNumber ?? null,
    affiliateId: payout.affiliateId,
    affiliateName: payout.affiliateName,
    currency: payout.currency,
    amount: formatAmount(payout.amount, payout.currency),
    commissions: payout.commissions,
    status: payouts[position]?.status ?? null,
  }));
  return {
    run: preview === null ? made : runJson({ ...dry, ...preview }),
    planId,
    totals: totalsJson(plan.totals),
    payouts: planned,
    skipped: plan.skipped.map(skipJson),
  };
}

/** What each reason means, and what can be done about it; the most useful first. */
const REASONS: Readonly<Record<SkipReason, { readonly title: string; readonly remedy: string }>> = {
  earned_earlier: { title: 'Earned before the range', remedy: '--include-earlier takes it in' },
  below_minimum: {
    title: 'Below the minimum',
    remedy: '--override-minimum pays it; else it is carried forward',
  },
  not_approved: {
    title: 'Not approved yet',
    remedy: 'waits for an approval, by the source or by payrun commissions approve',
  },
  on_hold: { title: 'On hold', remedy: 'available once the hold has passed' },
  negative_balance: {
    title: 'Owes as much as is due, or more',
    remedy: 'carried forward to the next payout',
  },
  affiliate_paused: { title: 'Affiliate paused', remedy: 'kept until active again' },
  affiliate_blocked: { title: 'Affiliate blocked', remedy: 'kept until active again' },
  out_of_range: { title: 'Outside the range', remedy: 'earned later, or of another campaign' },
  already_in_payout: { title: 'In a payout already', remedy: 'see payrun payouts show' },
};

const USEFUL_FIRST = Object.keys(REASONS) as SkipReason[];

/** On a terminal so many affiliates are named per reason; `--json` and a pipe name them all. */
const SHOWN_PER_REASON = 8;

function skipRemark(skip: Skip, terminal: Terminal): string {
  if (skip.minimum !== undefined) return `minimum ${amountCell(terminal, skip.minimum, skip.currency)}`;
  if (skip.nextAvailableOn !== undefined) return `next on ${skip.nextAvailableOn}`;
  if (skip.invoiceNumbers !== undefined) {
    const first = skip.invoiceNumbers.slice(0, 3).join(', ');
    return skip.invoiceNumbers.length > 3 ? `${first}, and ${skip.invoiceNumbers.length - 3} more` : first;
  }
  return '';
}

const SKIP_COLUMNS: readonly Column[] = [
  { title: 'Affiliate', fixed: true },
  { title: 'Name' },
  { title: 'Commissions', align: 'right' },
  { title: 'Amount', money: true },
  { title: 'Currency', fixed: true },
  { title: 'Remark' },
];

const layoutOf = (terminal: Terminal): { width?: number; headStyle?: (title: string) => string } =>
  terminal.outputIsTerminal
    ? { width: terminal.width, headStyle: (title: string) => terminal.bold(title) }
    : {};

/** The skips as text, grouped by reason. Empty where nothing was skipped. */
export function skipsText(skipped: readonly Skip[], terminal: Terminal): string {
  const parts: string[] = [];
  for (const reason of USEFUL_FIRST) {
    const skips = skipped.filter((skip) => skip.reason === reason);
    if (skips.length === 0) continue;
    const shown = terminal.outputIsTerminal ? skips.slice(0, SHOWN_PER_REASON) : skips;
    const rows = shown.map((skip): Cell[] => [
      skip.affiliateId,
      skip.affiliateName,
      String(skip.commissions),
      amountCell(terminal, skip.amount, skip.currency),
      skip.currency,
      skipRemark(skip, terminal),
    ]);
    const { title, remedy } = REASONS[reason];
    const more =
      skips.length > shown.length ? `\n… and ${skips.length - shown.length} more (--json lists all)` : '';
    const sums = `${title}: ${sumsByCurrency(skips)}`;
    const why = `(${reason}; ${remedy})`;
    const isWide = terminal.outputIsTerminal && sums.length + 1 + why.length > terminal.width;
    parts.push(
      `${terminal.bold(sums)}${isWide ? '\n' : ' '}${terminal.dim(why)}\n` +
        renderTable({ columns: SKIP_COLUMNS, rows }, layoutOf(terminal)) +
        more,
    );
  }
  return parts.join('\n\n');
}

/** The payouts as a table with a total per currency. Empty where there is none. */
export function payoutsText(generated: Generated, terminal: Terminal): string {
  const { plan, payouts } = generated;
  if (plan.payouts.length === 0) return '';
  const numbered = payouts.length > 0;
  const columns: Column[] = [
    ...(numbered ? [{ title: 'Invoice', fixed: true }] : []),
    { title: 'Affiliate', fixed: true },
    { title: 'Name' },
    { title: 'Commissions', align: 'right' },
    { title: 'Amount', money: true },
    { title: 'Currency', fixed: true },
  ];
  const rows = plan.payouts.map((payout, position): Cell[] => [
    ...(numbered ? [payouts[position]?.invoiceNumber ?? ''] : []),
    payout.affiliateId,
    payout.affiliateName,
    String(payout.commissions),
    amountCell(terminal, payout.amount, payout.currency),
    payout.currency,
  ]);
  const totals = plan.totals.map((total): Cell[] => [
    ...(numbered ? [''] : []),
    'total',
    counted(total.payouts, 'payout'),
    String(total.commissions),
    amountCell(terminal, total.amount, total.currency),
    total.currency,
  ]);
  const rule = columns.map(() => '');
  return renderTable({ columns, rows: [...rows, rule, ...totals] }, layoutOf(terminal));
}

/** One line per run or preview: how many payouts, how much per currency. */
export function planHeadline(generated: Generated): string {
  const { plan, run } = generated;
  if (plan.payouts.length === 0) return 'Nothing to pay.';
  const what = `${counted(plan.payouts.length, 'payout')}: ${sumsByCurrency(plan.totals)}`;
  return run === null ? `Would make ${what}` : `Run ${run.id} made ${what}`;
}

/** The warning about what would wait for ever because it was earned before the range, or null. */
export function earnedEarlierWarning(generated: Generated): string | null {
  const earlier = generated.plan.skipped.filter((skip) => skip.reason === 'earned_earlier');
  if (earlier.length === 0) return null;
  const commissions = earlier.reduce((sum, skip) => sum + skip.commissions, 0);
  return (
    `${counted(commissions, 'commission')} (${sumsByCurrency(earlier)}) earned before ` +
    `${generated.plan.request.from ?? ''} are not in the range; --include-earlier takes them in.`
  );
}

/** Answer, payouts, skips: through the pager where it does not fit. */
export async function printPlan(generated: Generated, terminal: Terminal): Promise<void> {
  const skips = skipsText(generated.plan.skipped, terminal);
  const parts = [
    terminal.bold(planHeadline(generated)),
    payoutsText(generated, terminal),
    skips === '' ? '' : `${terminal.bold('Not paid')}\n\n${skips}`,
  ];
  await terminal.page(parts.filter((part) => part !== '').join('\n\n'));
}
