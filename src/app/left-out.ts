/** What to do about payouts that a payment batch leaves out. */
import type { LeftOutReason } from '../core/payment.js';
import { shellQuoted } from '../core/shell.js';
import type { LeftOut } from './plan-payments.js';

/** So many numbers still make a command line that somebody reads. */
const NAMED = 10;

const MEND = (numbers: string, affiliate: string): string =>
  `Mend it with payrun affiliates edit ${affiliate}, then approve the change: payrun payouts approve ${numbers}`;

const HINTS: Readonly<Record<LeftOutReason, (numbers: string, affiliate: string) => string>> = {
  wrong_status: (numbers) => `See what became of it: payrun payouts show ${numbers}`,
  in_batch: (numbers) => `See its batch: payrun payouts show ${numbers}`,
  other_method: () => 'It goes into a batch of its own: payrun payments create --method METHOD',
  approval_required: (numbers) => `Approve first: payrun payouts approve ${numbers}`,
  affiliate_blocked: (_, affiliate) => `When all is well again: payrun affiliates activate ${affiliate}`,
  affiliate_paused: (_, affiliate) => `When all is well again: payrun affiliates activate ${affiliate}`,
  corrected_since: (numbers) =>
    `Redo with what is known now: payrun payouts redo ${numbers} (or add --include-corrected)`,
  details_changed: (numbers) =>
    `Ask the affiliate by a way known from before whether the change is his, then: payrun payouts approve ${numbers}`,
  missing_account: MEND,
  bad_account: MEND,
  bad_iban: MEND,
  bad_bic: MEND,
  bad_routing_number: MEND,
  bad_email: MEND,
  bad_currency: () => 'The method cannot pay this currency; pay it in another way: payrun payouts pay N',
  bad_name: MEND,
  name_too_long: MEND,
  bad_characters: MEND,
  amount_limit: () => 'The method cannot pay this amount; pay it in another way: payrun payouts pay N',
};

/** What to do about those that are left out for one reason, in commands. */
export function leftOutHint(leftOut: readonly LeftOut[], reason: LeftOutReason): string {
  const same = leftOut.filter((one) => one.reason === reason);
  const numbers = same.map(({ invoiceNumber }) => invoiceNumber);
  const affiliates = [...new Set(same.map(({ affiliateId }) => affiliateId))];
  const named = numbers.length > NAMED ? 'N...' : numbers.map(shellQuoted).join(' ');
  const [affiliate = ''] = affiliates;
  return HINTS[reason](named, affiliates.length === 1 ? shellQuoted(affiliate) : 'ID');
}
