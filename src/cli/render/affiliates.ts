/** Affiliates for programs and for people. */
import type { Estimate, ListedAffiliate, ShownAffiliate } from '../../app/affiliates.js';
import type { Affiliate, AffiliateDetails, Balance } from '../../core/affiliate.js';
import { formatAmount } from '../../core/money.js';
import type { SkipReason } from '../../core/plan.js';
import { renderTable, type Cell, type Column } from '../table.js';
import { safeText, type Terminal } from '../terminal.js';
import { amountCell } from './money.js';
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

/** `affiliates show` as JSON tells it. */
export function shownAffiliateJson({
  affiliate,
  balances,
  nextPayout,
}: ShownAffiliate): Record<string, unknown> {
  const { payoutAccount, payoutName, payoutBic, country, vatNumber, company } = affiliate;
  const { addressLine1, addressLine2, city, region, postalCode } = affiliate;
  const payment = { payoutAccount, payoutName, payoutBic };
  const address = { country, vatNumber, company, addressLine1, addressLine2, city, region, postalCode };
  return {
    affiliate: { ...affiliateJson(affiliate), ...payment, ...address },
    balances: balances.map(balanceJson),
    nextPayout: {
      on: nextPayout.on,
      estimates: nextPayout.estimates.map(({ currency, amount, reason }) => ({
        currency,
        amount: formatAmount(amount, currency),
        reason,
      })),
    },
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

/** What is missing to the minimum, where something is due and too little. */
function minimumText(terminal: Terminal, balance: Balance, minimum: bigint | undefined): string | null {
  if (minimum === undefined) return null;
  const { currency, available } = balance;
  const missing = minimum - available;
  const text = `${amountCell(terminal, minimum, currency)} ${currency}`;
  return missing > 0n ? `${text}, ${amountCell(terminal, missing, currency)} missing` : `${text}, reached`;
}

function balanceText(terminal: Terminal, balance: Balance, shown: ShownAffiliate): string {
  const { currency } = balance;
  const money = (minor: bigint): string => `${amountCell(terminal, minor, currency)} ${currency}`;
  const some = (minor: bigint, also = ''): string | null => (minor === 0n ? null : money(minor) + also);
  const until = balance.nextAvailableOn === null ? '' : `, the first of it until ${balance.nextAvailableOn}`;
  return factLines([
    ['Available now', money(balance.available)],
    ['On hold', some(balance.onHold, until)],
    ['Not approved yet', some(balance.notApproved)],
    ['In payouts', some(balance.inPayouts)],
    ['Paid so far', money(balance.paid)],
    ['Minimum', minimumText(terminal, balance, shown.minimums.get(currency))],
  ]);
}

function estimateText(terminal: Terminal, { currency, amount, reason }: Estimate): string {
  return reason === null
    ? `${amountCell(terminal, amount, currency)} ${currency}`
    : `${WHY_NOT[reason]} (${currency})`;
}

function nextPayoutText(terminal: Terminal, { on, estimates }: ShownAffiliate['nextPayout']): string {
  const when = on === null ? 'No schedule is set; a run today would pay' : `The run of ${on} would pay`;
  const what = estimates.map((estimate) => estimateText(terminal, estimate));
  if (what.length > 1) return [`${when}:`, ...what.map((each) => `  ${each}`)].join('\n');
  return `${when} ${what[0] ?? 'nothing: there is nothing unpaid'}.`;
}

function payoutsText(terminal: Terminal, { pending }: ShownAffiliate): string {
  if (pending.length === 0) return '';
  return renderTable({
    columns: [
      { title: 'Payout', fixed: true },
      { title: 'Issued', fixed: true },
      { title: 'Amount', money: true },
      { title: 'Currency', fixed: true },
      { title: 'Stage', fixed: true },
    ],
    rows: pending.map(({ invoiceNumber, issuedOn, amount, currency, status }) => [
      invoiceNumber,
      issuedOn,
      amountCell(terminal, amount, currency),
      currency,
      status === 'open' ? 'open (generated, not sent yet)' : status,
    ]),
  });
}

/** An account number as a screen may show it: enough to recognise it, too little to use it. E-mails stay. */
function maskedAccount(account: string | null): string | null {
  if (account === null || account.includes('@')) return account;
  return account.length <= 8 ? '…' : `${account.slice(0, 4)}…${account.slice(-4)}`;
}

function whoText(affiliate: AffiliateDetails): string {
  const { payoutMethod, payoutAccount } = affiliate;
  const address = [
    affiliate.addressLine1,
    affiliate.addressLine2,
    [affiliate.postalCode, affiliate.city].filter((part) => part !== null).join(' '),
    affiliate.region,
    affiliate.country,
  ];
  return factLines([
    ['E-mail', affiliate.email],
    ['Company', affiliate.company],
    ['Address', address.filter((part) => part !== null && part !== '').join(', ')],
    ['VAT number', affiliate.vatNumber],
    ['Paid by', [payoutMethod, maskedAccount(payoutAccount)].filter((part) => part !== null).join(' ')],
  ]);
}

/** `affiliates show` for people: "when do I get paid?" answered. */
export function shownAffiliateText(terminal: Terminal, shown: ShownAffiliate): string {
  const { affiliate, balances } = shown;
  const headline = `${safeText(affiliate.name)} (${safeText(affiliate.id)}), ${affiliate.status}`;
  return [
    terminal.bold(headline),
    nextPayoutText(terminal, shown.nextPayout),
    whoText(affiliate),
    ...(balances.length === 0 ? ['Nothing is open, and nothing was paid.'] : []),
    ...balances.map((balance) => balanceText(terminal, balance, shown)),
    payoutsText(terminal, shown),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/**
 * The words after `payrun generate` that pay him what is available now, or null where nothing can be paid.
 */
export function payNowWords({ affiliate, balances, minimums }: ShownAffiliate): string[] | null {
  const payable = affiliate.status === 'active' || affiliate.status === 'departed';
  const due = balances.filter(({ available }) => available > 0n);
  if (!payable || due.length === 0) return null;
  const below = due.some(({ currency, available }) => available < (minimums.get(currency) ?? 0n));
  const words = ['--affiliate', affiliate.id, '--period', 'this-month', '--include-earlier'];
  return below ? [...words, '--override-minimum'] : words;
}
