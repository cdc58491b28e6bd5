/** Commissions for programs and for people. */
import type { ShownCommission } from '../../app/commissions.js';
import type { Commission, CommissionChange, DecidedBy } from '../../core/commission.js';
import { formatAmount } from '../../core/money.js';
import { printTable, renderTable, type Column } from '../table.js';
import type { Terminal } from '../terminal.js';
import type { ListForm } from './list.js';
import { amountCell, sumsByCurrency } from './money.js';
import { factLines } from './payouts.js';

/** A commission as JSON tells it. */
export function commissionJson(commission: Commission): Record<string, unknown> {
  const { id, affiliateId, kind, status, earnedOn, availableOn, amount, currency } = commission;
  const { campaign, orderId, corrects, invoiceNumber, description } = commission;
  return {
    ...{ id, affiliateId, kind, status, earnedOn, availableOn },
    amount: formatAmount(amount, currency),
    ...{ currency, campaign, orderId, corrects, invoiceNumber, description },
  };
}

const COLUMNS: readonly Column[] = [
  { title: 'Commission', fixed: true },
  { title: 'Affiliate', fixed: true },
  { title: 'Kind', fixed: true, spare: 2 },
  { title: 'Status', fixed: true },
  { title: 'Earned', fixed: true },
  { title: 'Available', fixed: true, spare: 3 },
  { title: 'Amount', money: true },
  { title: 'Currency', fixed: true },
  { title: 'Payout', fixed: true, spare: 1 },
];

/** How lists of commissions are told. */
export function commissionList(
  terminal: Terminal,
  empty: ListForm<Commission>['empty'],
): ListForm<Commission> {
  return {
    key: 'commissions',
    json: commissionJson,
    columns: COLUMNS,
    cells: (commission) => [
      commission.id,
      commission.affiliateId,
      commission.kind,
      commission.status,
      commission.earnedOn,
      commission.availableOn,
      amountCell(terminal, commission.amount, commission.currency),
      commission.currency,
      commission.invoiceNumber ?? '',
    ],
    empty,
    narrower: 'Narrow them with --affiliate, --status or --from and --to; --json gives all of them.',
  };
}

/** Prints a few commissions as a table. */
export async function printCommissions(
  terminal: Terminal,
  commissions: readonly Commission[],
): Promise<void> {
  const { columns, cells } = commissionList(terminal, { sentence: '', next: '' });
  await printTable(terminal, { columns, rows: commissions.map(cells) });
}

/** What corrects a commission; affiliate and currency are those of the commission itself. */
function correctionsTable(terminal: Terminal, corrections: readonly Commission[]): string {
  return renderTable({
    columns: [
      { title: 'Commission', fixed: true },
      { title: 'Kind', fixed: true },
      { title: 'Status', fixed: true },
      { title: 'Earned', fixed: true },
      { title: 'Amount', money: true },
      { title: 'Payout', fixed: true },
    ],
    rows: corrections.map((one) => [
      one.id,
      one.kind,
      one.status,
      one.earnedOn,
      amountCell(terminal, one.amount, one.currency),
      one.invoiceNumber ?? '',
    ]),
  });
}

/** `commissions show` as JSON tells it. */
export function shownCommissionJson(shown: ShownCommission): Record<string, unknown> {
  const { commission, corrections, history, decidedBy } = shown;
  return {
    commission: {
      ...commissionJson(commission),
      decidedBy: decidedBy.by,
      decided: decidedBy.decided,
      history: history.map(({ amountBefore, amountAfter, ...change }) => ({
        ...change,
        amountBefore: formatAmount(amountBefore, change.currencyBefore),
        amountAfter: formatAmount(amountAfter, change.currencyAfter),
      })),
      corrections: corrections.map(commissionJson),
    },
  };
}

/**
 * What a change was, in a few words: the status and the amount, then in lines of their own what it was moved
 * by (affiliate, currency, day, what it corrects); empty where it was paid already.
 */
function changeTexts(terminal: Terminal, change: CommissionChange): string[] {
  const { statusBefore, statusAfter, moved } = change;
  const status = statusBefore === statusAfter ? '' : `${statusBefore} -> ${statusAfter}`;
  const first = [status, amountText(terminal, change)].filter((part) => part !== '').join(', ');
  const moves = moved
    .filter(({ what }) => what !== 'currency')
    .map(({ what, before, after }) => `${what} ${before ?? 'nothing'} -> ${after ?? 'nothing'}`);
  return first === '' && moves.length > 0 ? moves : [first, ...moves];
}

/** With the currencies where these are two. */
function amountText(terminal: Terminal, change: CommissionChange): string {
  const { amountBefore, amountAfter, currencyBefore, currencyAfter } = change;
  const isMoved = currencyBefore !== currencyAfter;
  if (!isMoved && amountBefore === amountAfter) return '';
  const [before, after] = [
    [amountBefore, currencyBefore] as const,
    [amountAfter, currencyAfter] as const,
  ].map(([minor, currency]) => amountCell(terminal, minor, currency) + (isMoved ? ` ${currency}` : ''));
  return `${before ?? ''} -> ${after ?? ''}`;
}

function historyText(terminal: Terminal, { history }: ShownCommission): string {
  if (history.length === 0) return '';
  const rows = history.flatMap((change) => {
    const at = change.at.slice(0, 16).replace('T', ' ');
    return changeTexts(terminal, change).map((text, place) =>
      place === 0 ? [at, change.by, text, change.reason] : ['', '', text, ''],
    );
  });
  const columns = [
    { title: 'At (UTC)', fixed: true },
    { title: 'By', fixed: true },
    { title: 'Change', fixed: true },
    { title: 'Reason' },
  ];
  const layout = terminal.outputIsTerminal ? { width: terminal.width } : {};
  return `History\n${renderTable({ columns, rows }, layout)}`;
}

const DECIDED_BY = {
  source: 'its source',
  operator: 'an operator',
  policy: 'the approval policy',
} as const satisfies Record<DecidedBy['by'], string>;

/** Who decided what; a word of the source against what was paid is told as that. */
function decidedText({ commission, decidedBy }: ShownCommission): string {
  const { by, decided } = decidedBy;
  const since = by === 'source' && decided !== null && commission.invoiceNumber !== null;
  return `${decided ?? commission.status} by ${DECIDED_BY[by]}${since ? ' after it was paid' : ''}`;
}

/** `commissions show` for people. */
export function shownCommissionText(terminal: Terminal, shown: ShownCommission): string {
  const { commission, corrections } = shown;
  const { amount, currency, status } = commission;
  const headline = `${commission.id}: ${amountCell(terminal, amount, currency)} ${currency}, ${status}`;
  const facts = factLines([
    ['Affiliate', commission.affiliateId],
    ['Kind', commission.kind],
    ['Earned', commission.earnedOn],
    ['Available', commission.availableOn],
    ['Campaign', commission.campaign],
    ['Order', commission.orderId],
    ['Corrects', commission.corrects],
    ['Payout', commission.invoiceNumber],
    ['Decided', decidedText(shown)],
    ['Description', commission.description],
  ]);
  const parts = [terminal.bold(headline), facts];
  if (corrections.length > 0) {
    const counting = corrections.filter((one) => one.status !== 'rejected');
    parts.push(`Corrected by\n${correctionsTable(terminal, corrections)}`);
    parts.push(`Together: ${sumsByCurrency([commission, ...counting])}`);
  }
  const history = historyText(terminal, shown);
  return [...parts, ...(history === '' ? [] : [history])].join('\n\n');
}
