/** Why somebody could not be paid as his details stand, in words. */
import type { PayeeDoubt } from '../../app/payee-doubt.js';

export const PAYEE_DOUBTS: Readonly<Record<PayeeDoubt, string>> = {
  no_method: 'No payout method',
  no_account: 'A payout method, but no payout account',
  account_is_no_email: 'Paid by PayPal, but the payout account is no e-mail address',
  account_is_no_iban: 'Paid by SEPA, but the payout account is no IBAN',
  iban_check_digits: 'Paid by SEPA, but the check digits of the IBAN are wrong: look for a mistyped one',
  iban_not_sepa: 'Paid by SEPA, but the IBAN is of a country outside SEPA',
  bad_bic: 'Paid by SEPA, but the BIC is not one of 8 or 11 letters and digits',
  bad_routing_number: 'Paid by ACH, but without a routing number whose check digit is right: ROUTING/ACCOUNT',
  bad_account: 'Paid by ACH, but the account is not 1 to 17 digits, capitals and hyphens',
};
