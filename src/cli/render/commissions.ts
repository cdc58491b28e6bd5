/** Commissions for programs and for people. */
import type { ShownCommission } from '../../app/commissions.js';
import type { Commission } from '../../core/commission.js';
import { formatAmount } from '../../core/money.js';
import { renderTable, type Column } from '../table.js';
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

/** `commissions show` for people. */
export function shownCommissionText(
  terminal: Terminal,
  { commission, corrections }: ShownCommission,
): string {
  const { amount, currency } = commission;
  const headline = `${commission.id}: ${amountCell(terminal, amount, currency)} ${currency}, ${commission.status}`;
  const facts = factLines([
    ['Affiliate', commission.affiliateId],
    ['Kind', commission.kind],
    ['Earned', commission.earnedOn],
    ['Available', commission.availableOn],
    ['Campaign', commission.campaign],
    ['Order', commission.orderId],
    ['Corrects', commission.corrects],
    ['Payout', commission.invoiceNumber],
    ['Description', commission.description],
  ]);
  if (corrections.length === 0) return `${terminal.bold(headline)}\n\n${facts}`;
  const form = commissionList(terminal, { sentence: '', next: '' });
  const table = renderTable({ columns: form.columns, rows: corrections.map(form.cells) });
  const counting = corrections.filter((one) => one.status !== 'rejected');
  const rest = sumsByCurrency([commission, ...counting]);
  return `${terminal.bold(headline)}\n\n${facts}\n\nCorrected by\n${table}\n\nTogether: ${rest}`;
}
