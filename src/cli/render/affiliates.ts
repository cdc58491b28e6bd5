/** Affiliates for programs and for people. */
import type {
  AffiliateChange,
  Estimate,
  ListedAffiliate,
  ShownAffiliate,
  ShownBalance,
} from '../../app/affiliates.js';
import { shownField, type Affiliate, type AffiliateDetails, type Balance } from '../../core/affiliate.js';
import { formatAmount } from '../../core/money.js';
import type { Payout } from '../../core/payout.js';
import type { SkipReason } from '../../core/plan.js';
import { safeText, wrapped } from '../safe-text.js';
import { renderTable, shortened, type Cell, type Column } from '../table.js';
import type { Terminal } from '../terminal.js';
import { amountCell, sumsByCurrency } from './money.js';
import { factLines } from './payouts.js';

/** What lists tell of an affiliate. His own minimum stands with its currency. */
function affiliateJson(affiliate: Affiliate): Record<string, unknown> {
  const { id, name, email, status, currency, minimum, minimumCurrency, payoutMethod } = affiliate;
  const amount = minimum === null || minimumCurrency === null ? null : formatAmount(minimum, minimumCurrency);
  return { ...{ id, name, email, status, currency }, minimum: amount, minimumCurrency, payoutMethod };
}

function balanceJson(balance: Balance): Record<string, unknown> {
  const { currency, nextAvailableOn } = balance;
  return {
    currency,
    available: formatAmount(balance.available, currency),
    onHold: formatAmount(balance.onHold, currency),
    notApproved: formatAmount(balance.notApproved, currency),
    inPayouts: formatAmount(balance.inPayouts, currency),
    paid: formatAmount(balance.paid, currency),
    nextAvailableOn,
  };
}

/** One affiliate of `affiliates list` as JSON tells it. */
export function listedAffiliateJson({ affiliate, balances }: ListedAffiliate): Record<string, unknown> {
  return { ...affiliateJson(affiliate), balances: balances.map(balanceJson) };
}

/** Everything known of an affiliate as JSON tells it; the account masked: logs keep what scripts print. */
export function affiliateDetailsJson(affiliate: AffiliateDetails): Record<string, unknown> {
  const payoutAccount = shownField(affiliate, 'payout_account');
  const { payoutName, payoutBic, country, vatNumber, company } = affiliate;
  const { addressLine1, addressLine2, city, region, postalCode } = affiliate;
  const payment = { payoutAccount, payoutName, payoutBic };
  const address = { country, vatNumber, company, addressLine1, addressLine2, city, region, postalCode };
  return { ...affiliateJson(affiliate), ...payment, ...address };
}

/** `affiliates show` as JSON tells it. */
export function shownAffiliateJson(shown: ShownAffiliate): Record<string, unknown> {
  const { affiliate, balances, nextPayout, pending, changes } = shown;
  return {
    affiliate: affiliateDetailsJson(affiliate),
    balances: balances.map(shownBalanceJson),
    nextPayout: {
      on: nextPayout.on,
      estimates: nextPayout.estimates.map(({ currency, amount, reason }) => ({
        currency,
        amount: formatAmount(amount, currency),
        reason,
      })),
    },
    payouts: pending.map(({ invoiceNumber, issuedOn, amount, currency, status, ...payout }) => ({
      ...{ invoiceNumber, issuedOn },
      amount: formatAmount(amount, currency),
      ...{ currency, status, correctedSince: payout.correctedSince, detailsChanged: payout.detailsChanged },
    })),
    history: changes.map(({ changedAt, changedOn, changedBy, field, valueBefore, valueAfter, reason }) => ({
      ...{
        at: changedAt,
        on: changedOn,
        by: changedBy,
        field,
        before: valueBefore,
        after: valueAfter,
        reason,
      },
    })),
  };
}

function shownBalanceJson(balance: ShownBalance): Record<string, unknown> {
  const { currency, holds, minimum, missing, lastPaidOn } = balance;
  return {
    ...balanceJson(balance),
    holds: holds.map(({ availableOn, amount, commissions }) => ({
      availableOn,
      amount: formatAmount(amount, currency),
      commissions,
    })),
    minimum: minimum === null ? null : formatAmount(minimum, currency),
    missing: missing === null ? null : formatAmount(missing, currency),
    lastPaidOn,
  };
}

export const AFFILIATE_COLUMNS: readonly Column[] = [
  { title: 'Affiliate', fixed: true },
  { title: 'Name' },
  { title: 'E-mail', spare: 3 },
  { title: 'Status', fixed: true },
  { title: 'Currency', fixed: true },
  { title: 'Available', money: true },
  { title: 'On hold', money: true },
  { title: 'In payouts', money: true, spare: 1 },
  { title: 'Paid', money: true, spare: 2 },
];

/** The rows of one affiliate: one per currency, his name in the first. */
export function affiliateRows(terminal: Terminal, { affiliate, balances }: ListedAffiliate): Cell[][] {
  const { id, name, email, status } = affiliate;
  const who = [id, name, email ?? '', status];
  if (balances.length === 0) return [[...who, affiliate.currency ?? '', '', '', '', '']];
  return balances.map(({ currency, available, onHold, inPayouts, paid }) => [
    ...who,
    currency,
    ...[available, onHold, inPayouts, paid].map((amount) => amountCell(terminal, amount, currency)),
  ]);
}

const WHY_NOT: Readonly<Record<SkipReason, string>> = {
  affiliate_blocked: 'nothing: blocked',
  affiliate_paused: 'nothing: paused',
  below_minimum: 'nothing, what is due is below the minimum',
  negative_balance: 'nothing: as much or more is owed back',
  on_hold: 'nothing yet: it is on hold',
  not_approved: 'nothing yet: it waits for approval',
  out_of_range: 'nothing, all was earned later',
  earned_earlier: 'nothing, all was earned earlier',
  already_in_payout: 'nothing, all is in payouts already',
};

function estimateText({ currency, amount, reason }: Estimate): string {
  return reason === null ? sumsByCurrency([{ currency, amount }]) : `${WHY_NOT[reason]} (${currency})`;
}

function nextPayoutText({ nextPayout, pending }: ShownAffiliate): string {
  const { on, isOverdue, estimates } = nextPayout;
  const late = isOverdue ? ', which is due and was not made yet,' : '';
  const when =
    on === null ? 'No schedule is set; a run today would pay' : `The run of ${on}${late} would pay`;
  const what = estimates.map(estimateText);
  if (what.length > 1) return [`${when}:`, ...what.map((each) => `  ${each}`)].join('\n');
  const nothing =
    pending.length === 0
      ? 'nothing: there is nothing unpaid'
      : 'nothing more: all of it is in payouts already';
  return `${when} ${what[0] ?? nothing}.`;
}

/** What is on its way to him already. */
function underWayText({ pending }: ShownAffiliate): string {
  return pending.length === 0 ? '' : `In payouts and not paid yet: ${sumsByCurrency(pending)}.`;
}

/** What he owes, said first: it is why nothing is paid. */
function debtsText({ balances }: ShownAffiliate): string {
  return balances
    .filter(({ available }) => available < 0n)
    .map(({ currency, available }) => {
      const debt = sumsByCurrency([{ currency, amount: -available }]);
      return `Owes ${debt}, which is netted from what is earned next.`;
    })
    .join('\n');
}

type Row = readonly [what: string, amount: string, remark: string];

/** Details stand below their sum, but a single one beside it. */
function detailed(sum: Row, details: readonly Row[]): Row[] {
  const [only] = details;
  if (details.length !== 1 || only === undefined) {
    return [sum, ...details.map(([what, amount, remark]): Row => [`  ${what}`, amount, remark])];
  }
  return [[sum[0], sum[1], only.filter((_, place) => place !== 1 && only[place] !== '').join(' ')]];
}

/** On a terminal so many payouts are named; a pipe and `--json` name them all. */
const SHOWN_PAYOUTS = 5;

function balanceRows(terminal: Terminal, balance: ShownBalance, pending: readonly Payout[]): Row[] {
  const { currency, minimum, missing, lastPaidOn } = balance;
  const money = (minor: bigint): string => amountCell(terminal, minor, currency);
  const holds = balance.holds.map(({ availableOn, amount }): Row => [
    `until ${availableOn}`,
    money(amount),
    '',
  ]);
  if (balance.heldLater > 0n) holds.push(['and later', money(balance.heldLater), '']);
  const his = pending.filter((payout) => payout.currency === currency);
  const named = terminal.outputIsTerminal ? his.slice(0, SHOWN_PAYOUTS) : his;
  const payouts = named.map((payout): Row => {
    const { invoiceNumber, amount, issuedOn, status, correctedSince, detailsChanged } = payout;
    const since = correctedSince ? ', corrected since' : detailsChanged ? ', details changed since' : '';
    return [invoiceNumber, money(amount), `of ${issuedOn}, ${status}${since}`];
  });
  if (his.length > named.length)
    payouts.push([`and ${his.length - named.length} more`, '', 'payrun pending']);
  return [
    ['Available now', money(balance.available), ''],
    ...(balance.onHold === 0n ? [] : detailed(['On hold', money(balance.onHold), ''], holds)),
    ...(balance.notApproved === 0n ? [] : [['Not approved yet', money(balance.notApproved), ''] as const]),
    ...(balance.inPayouts === 0n ? [] : detailed(['In payouts', money(balance.inPayouts), ''], payouts)),
    ['Paid so far', money(balance.paid), lastPaidOn === null ? '' : `last on ${lastPaidOn}`],
    ...(minimum === null || missing === null
      ? []
      : [['Minimum', money(minimum), missing > 0n ? `${money(missing)} missing` : 'reached'] as const]),
  ];
}

function balanceText(terminal: Terminal, balance: ShownBalance, pending: readonly Payout[]): string {
  const columns: Column[] = [
    { title: '', fixed: true },
    { title: balance.currency, money: true },
    { title: '' },
  ];
  const layout = terminal.outputIsTerminal ? { width: terminal.width } : {};
  return renderTable(
    { columns, rows: balanceRows(terminal, balance, pending) },
    { ...layout, headStyle: (title) => (title === '' ? '' : terminal.bold(title)) },
  );
}

/** So many changes are shown; JSON has a few more. */
const SHOWN_CHANGES = 3;

function changeText({
  changedOn,
  changedBy,
  field,
  valueBefore,
  valueAfter,
  reason,
}: AffiliateChange): string {
  const what =
    field === 'added' ? 'added' : `${field} ${valueBefore ?? 'nothing'} -> ${valueAfter ?? 'nothing'}`;
  return `${changedOn} ${changedBy}: ${what}${reason === null ? '' : ` (${reason})`}`;
}

function whoText(terminal: Terminal, { affiliate, changes }: ShownAffiliate): string {
  const paidBy = [affiliate.payoutMethod, shownField(affiliate, 'payout_account')];
  const known = (parts: readonly (string | null)[], separator: string): string =>
    parts.filter((part) => part !== null && part !== '').join(separator);
  const { company, addressLine1, addressLine2, postalCode, city, region, country, vatNumber } = affiliate;
  const place = known([postalCode, city], ' ');
  const room = terminal.outputIsTerminal ? terminal.width - 'Address  '.length : Number.MAX_SAFE_INTEGER;
  return factLines([
    ['E-mail', affiliate.email],
    ['Paid by', known(paidBy, ' ')],
    ['Address', known([company, addressLine1, addressLine2, place, region, country, vatNumber], ', ')],
    ...changes
      .slice(0, SHOWN_CHANGES)
      .map((change, at) => [at === 0 ? 'Changes' : '', shortened(changeText(change), room)] as const),
  ]);
}

/** `affiliates show` for people: "when do I get paid?" answered, first in a sentence, then in figures. */
export function shownAffiliateText(terminal: Terminal, shown: ShownAffiliate): string {
  const { affiliate, balances, pending } = shown;
  const headline = `${safeText(affiliate.name)} (${safeText(affiliate.id)}), ${affiliate.status}`;
  const answer = [underWayText(shown), nextPayoutText(shown), debtsText(shown)]
    .filter((part) => part !== '')
    .join('\n');
  return [
    terminal.bold(headline),
    terminal.outputIsTerminal ? wrapped(answer, terminal.width) : answer,
    ...(balances.length === 0 ? ['Nothing is open, and nothing was paid.'] : []),
    ...balances.map((balance) => balanceText(terminal, balance, pending)),
    whoText(terminal, shown),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/**
 * The words after `payrun generate` that pay him what is available now, or null where nothing can be paid.
 */
export function payNowWords({ affiliate, balances }: ShownAffiliate): string[] | null {
  const payable = affiliate.status === 'active' || affiliate.status === 'departed';
  const due = balances.filter(({ available }) => available > 0n);
  if (!payable || due.length === 0) return null;
  const below = due.some(({ missing }) => missing !== null && missing > 0n);
  const words = ['--affiliate', affiliate.id, '--period', 'this-month', '--include-earlier'];
  return below ? [...words, '--override-minimum'] : words;
}
