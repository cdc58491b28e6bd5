/** Texts of other people's files as a screen, a history or an error may show them. */
import { MASK } from './affiliate.js';

const EMAIL = /[^\s@<>,;:"]+@([^\s@<>,;"]+)/g;
/** Also in groups of four, as people write it. */
const IBAN = /\b[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,4})?\b/g;
/** A sort code or a card may have its digits in groups. */
const DIGITS = /[0-9](?:[ -]?[0-9]){5,}/g;
/** What of digits is shown: too little to use. */
const SHOWN_DIGITS = 3;

/** A text without whole account numbers and e-mail addresses: enough to recognise them, too little to use. */
export function maskedText(text: string): string {
  return text
    .replace(EMAIL, (address: string, domain: string) => `${address.slice(0, 1)}${MASK}@${domain}`)
    .replace(IBAN, (iban: string) => (/[0-9]{4}/.test(iban) ? `${iban.slice(0, 4)}${MASK}` : iban))
    .replace(DIGITS, (digits: string) => `${MASK}${digits.slice(-SHOWN_DIGITS)}`);
}
