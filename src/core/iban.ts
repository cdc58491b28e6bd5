/**
 * IBANs (ISO 13616) and BICs (ISO 9362), and the countries of SEPA. The one door of ibantools, which knows
 * the registry: how long the IBANs of a country are, of which signs they consist, and the check digits that
 * some countries have within. Its list of SEPA countries is out of date, so that list stands here.
 */
import { isValidBIC, validateIBAN, ValidationErrorsIBAN } from 'ibantools';
import { inCapitals } from './letters.js';

/**
 * The 41 countries of the SEPA schemes (EPC409-09 as of 2025): the European Union, Iceland, Liechtenstein and
 * Norway, eleven more; and Gibraltar, which belongs to the United Kingdom there but has IBANs of its own.
 */
// prettier-ignore
const SEPA_COUNTRIES: ReadonlySet<string> = new Set([
  'AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT',
  'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK',
  'IS', 'LI', 'NO',
  'AD', 'AL', 'CH', 'GB', 'MC', 'MD', 'ME', 'MK', 'RS', 'SM', 'VA',
  'GI',
]);

/** Six letters, two signs of the location, and three of a branch or none. */
const BIC = /^[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?$/;

/** What can be wrong with an IBAN. */
export type IbanProblem = 'country' | 'length' | 'form' | 'check_digits' | 'account_check_digits';

/** The same in words, as half a sentence. */
export const IBAN_PROBLEMS: Readonly<Record<IbanProblem, string>> = {
  country: 'the IBAN does not begin with a country that has IBANs',
  length: 'the IBAN is too short or too long for its country',
  form: 'the IBAN has letters or digits where its country has none',
  check_digits: 'the check digits of the IBAN are wrong: look for a mistyped one',
  account_check_digits: 'the check digits of the account in the IBAN are wrong: look for a mistyped one',
};

/** As it is written between programs: capitals, no spaces. */
export function compactCode(text: string): string {
  return inCapitals(text.replace(/\s+/gu, ''));
}

/** What is wrong with an IBAN written compactly, the first thing that a person would look for; or null. */
export function ibanProblem(iban: string): IbanProblem | null {
  const { errorCodes } = validateIBAN(iban);
  const has = (code: ValidationErrorsIBAN): boolean => errorCodes.includes(code);
  if (has(ValidationErrorsIBAN.NoIBANProvided) || has(ValidationErrorsIBAN.NoIBANCountry)) return 'country';
  if (has(ValidationErrorsIBAN.WrongBBANLength)) return 'length';
  if (has(ValidationErrorsIBAN.WrongBBANFormat) || has(ValidationErrorsIBAN.ChecksumNotNumber)) return 'form';
  if (has(ValidationErrorsIBAN.WrongIBANChecksum)) return 'check_digits';
  return errorCodes.length === 0 ? null : 'account_check_digits';
}

/** Whether the account of this IBAN, written compactly, can be reached by SEPA. */
export function isSepaIban(iban: string): boolean {
  return SEPA_COUNTRIES.has(iban.slice(0, 2));
}

/** Whether a text, written compactly, is a BIC of a country that there is. */
export function isBic(text: string): boolean {
  return BIC.test(text) && isValidBIC(text);
}
