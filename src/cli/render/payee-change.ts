/** What a change of payment details means for money that is under way or waits to be sent. */
import type { AffiliateEdited } from '../../app/edit-affiliates.js';
import { equivalentCommand, type Repeated } from '../echo.js';
import { counted, sumsByCurrency } from './money.js';
import { detailsHint } from './payouts.js';
import { shownAccount } from './payments.js';

type Money = readonly { readonly currency: string; readonly amount: bigint }[];

const told = (payouts: Money): string => `${counted(payouts.length, 'payout')} (${sumsByCurrency(payouts)})`;

/** What is in a batch goes where it was sent, unless its file never left. */
function inBatches({ underWay }: NonNullable<AffiliateEdited['payment']>, globals: Repeated): string[] {
  return [...new Set(underWay.map(({ batch }) => batch))].map((batch) => {
    const sent = underWay.filter((one) => one.batch === batch);
    const accounts = [...new Set(sent.map(({ account }) => shownAccount(account)))];
    const to = accounts.filter((account) => account !== null).join(' and ');
    const where = to === '' ? 'as it was sent' : `to ${to}, as it was sent`;
    const cancel = equivalentCommand({ path: ['payments', 'cancel'] }, [batch], globals);
    return (
      `Under way in ${batch} ${where}: ${told(sent)}; the change does not reach it.\n` +
      `If the file of ${batch} was not sent to the bank, take it back:\n  ${cancel} --reason "..."`
    );
  });
}

/** Each case in a sentence of its own: what is under way, what waits for an approval, what goes there. */
export function moneyUnderWay(payment: NonNullable<AffiliateEdited['payment']>, globals: Repeated): string {
  const { pending, underWay } = payment;
  const sent = new Set(underWay.map(({ invoiceNumber }) => invoiceNumber));
  const byHand = pending.filter(
    ({ status, invoiceNumber }) => status === 'processing' && !sent.has(invoiceNumber),
  );
  const atRest = pending.filter(({ status }) => status !== 'processing');
  const waiting = atRest.filter(({ detailsChanged }) => detailsChanged);
  const agreed = atRest.filter(({ detailsChanged }) => !detailsChanged);
  return [
    ...inBatches(payment, globals),
    ...(byHand.length === 0
      ? []
      : [`Handed over by hand already: ${told(byHand)}; the change does not reach it.`]),
    ...(waiting.length === 0
      ? []
      : [
          `No payment file pays ${told(waiting)} until the change is approved. ${detailsHint(waiting, globals)}`,
        ]),
    ...(agreed.length === 0 ? [] : [`This is where ${told(agreed)} not yet paid will be sent.`]),
    'Payouts made from now on go there.',
  ].join('\n');
}
