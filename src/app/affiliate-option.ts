/** How the fields of an affiliate are called on the command line: in its options and in refusals. */
import type { AffiliateField } from '../core/affiliate.js';

/** The option that gives a field: `payout_bic` is `--payout-bic`. */
export function optionOf(field: AffiliateField): string {
  return field === 'minimum_payout' ? '--minimum' : `--${field.replaceAll('_', '-')}`;
}
