/**
 * How a payment file names a payout: short, without spaces, and so that no two payouts of a ledger can have
 * the same name. By it the provider's answer finds back.
 */
import { shortDigest } from './short-digest.js';

/** No space, nothing that a bank changes, and no beginning that a spreadsheet takes for a formula. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;
const DIGEST_LENGTH = 10;

/**
 * The invoice number where it fits, else its beginning with a digest of ten characters behind: the same for
 * the same number, always.
 * @param maxLength in characters, at least 12
 * @param fits what an invoice number must be to stand as it is
 */
export function shortReference(invoiceNumber: string, maxLength: number, fits: RegExp = PLAIN): string {
  if (invoiceNumber.length <= maxLength && fits.test(invoiceNumber)) return invoiceNumber;
  const digest = shortDigest(invoiceNumber, DIGEST_LENGTH);
  const start = invoiceNumber
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxLength - DIGEST_LENGTH - 1)
    .replace(/-+$/, '');
  return start === '' ? digest : `${start}-${digest}`;
}
