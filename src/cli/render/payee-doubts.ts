/** Why somebody could not be paid as his details stand, in words. */
import type { AffiliatesImported } from '../../app/import-affiliates.js';

type PayeeDoubt = AffiliatesImported['doubtfulPayees'][number]['doubt'];

export const PAYEE_DOUBTS: Readonly<Record<PayeeDoubt, string>> = {
  no_method: 'No payout method',
  no_account: 'A payout method, but no payout account',
  account_is_no_email: 'Paid by PayPal, but the payout account is no e-mail address',
  account_is_no_iban: 'Paid by SEPA, but the payout account is no IBAN',
};
