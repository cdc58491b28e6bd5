/** What is missing or odd in payment details, said when they are given, not first when money is to leave. */
import type { AffiliateDetails } from '../core/affiliate.js';
import { compactCode, ibanProblem, isBic, isSepaIban } from '../core/iban.js';
import { achTarget } from '../exports/ach-account.js';

/** Why somebody could not be paid as his details stand. */
export type PayeeDoubt =
  | 'no_method'
  | 'no_account'
  | 'account_is_no_email'
  | 'account_is_no_iban'
  | 'iban_check_digits'
  | 'iban_not_sepa'
  | 'bad_bic'
  | 'bad_routing_number'
  | 'bad_account';

/** Where the money of an affiliate goes. */
export type PaymentDetails = Pick<AffiliateDetails, 'payoutMethod' | 'payoutAccount' | 'payoutBic'>;

/** Why these details could not be used to pay, null where nothing speaks against it. */
export function payeeDoubt({ payoutMethod, payoutAccount, payoutBic }: PaymentDetails): PayeeDoubt | null {
  if (payoutMethod === null) return 'no_method';
  if (payoutMethod === 'manual') return null;
  if (payoutAccount === null) return 'no_account';
  switch (payoutMethod) {
    case 'paypal':
      return /.@./u.test(payoutAccount) ? null : 'account_is_no_email';
    case 'sepa':
      return sepaDoubt(compactCode(payoutAccount), compactCode(payoutBic ?? ''));
    case 'ach':
      return achDoubt(payoutAccount, payoutBic);
    case 'wise':
      return null;
  }
}

function sepaDoubt(iban: string, bic: string): PayeeDoubt | null {
  const problem = ibanProblem(iban);
  if (problem === 'check_digits' || problem === 'account_check_digits') return 'iban_check_digits';
  if (problem !== null) return 'account_is_no_iban';
  if (!isSepaIban(iban)) return 'iban_not_sepa';
  return bic === '' || isBic(bic) ? null : 'bad_bic';
}

function achDoubt(account: string, bic: string | null): PayeeDoubt | null {
  const target = achTarget({ account, bic });
  if (!('reason' in target)) return null;
  return target.reason === 'bad_routing_number' ? 'bad_routing_number' : 'bad_account';
}
