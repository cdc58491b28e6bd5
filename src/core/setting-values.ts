/** What the values of settings may be: each takes what was typed and answers its normal form. */
import { countryHint, isCountry } from './countries.js';
import { isCurrency, unknownCurrency } from './currencies.js';
import { UsageError } from './errors.js';
import { compactCode, ibanProblem, isBic } from './iban.js';
import { inCapitals, inSmallLetters } from './letters.js';
import { nearestOf } from './nearest.js';
import { parsePattern } from './numbering.js';
import { isRoutingNumber } from './routing-number.js';
import { isTimeZone } from './time-zone.js';

/** The value in its normal form; throws UsageError saying what is allowed. */
export interface ParseValue {
  (text: string): string;
  /** All that it takes, where that is a few words. */
  readonly choices?: readonly string[];
}

const MAX_HOLD_DAYS = 3650;
const MAX_CODE_LENGTH = 40;

/** C0, C1 and line separators, direction overrides, and halves of characters: none of them is text. */
const NOT_TEXT = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** One line of text; empty takes the setting away. */
export function text(maxLength: number): ParseValue {
  return (said) => {
    const value = said.trim();
    if (value.length > maxLength) throw new UsageError(`The text is longer than ${maxLength} characters.`);
    if (NOT_TEXT.test(value)) {
      throw new UsageError('The text holds a line break or another control character.', {
        hint: 'Write it in one line, for an address with commas.',
      });
    }
    return value;
  };
}

export function optional(parse: ParseValue): ParseValue {
  const parseIfAny = (said: string): string => (said.trim() === '' ? '' : parse(said));
  return withChoices(parseIfAny, parse.choices);
}

export function oneOf(choices: readonly string[]): ParseValue {
  return withChoices((said) => {
    const value = inSmallLetters(said.trim());
    if (!choices.includes(value)) throw refused(said, `one of ${choices.join(', ')}`);
    return value;
  }, choices);
}

function withChoices(parse: (said: string) => string, choices: readonly string[] | undefined): ParseValue {
  return choices === undefined ? parse : Object.assign(parse, { choices });
}

export function country(said: string): string {
  const value = inCapitals(said.trim());
  if (!isCountry(value)) {
    throw new UsageError(`"${said.slice(0, 60)}" is no country code.`, { hint: countryHint(value) });
  }
  return value;
}

export function timeZone(said: string): string {
  const value = said.trim();
  // The list leaves UTC out.
  const names = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const lower = value.toLowerCase();
  if (isTimeZone(value)) return names.find((name) => name.toLowerCase() === lower) ?? value;
  const nearest = nearestOf(lower.replaceAll(' ', '_'), names);
  const question = nearest === null ? '' : ` Did you mean ${nearest}?`;
  throw new UsageError(`"${value.slice(0, 60)}" is not an IANA time zone.${question}`, {
    hint: 'Use a name such as Europe/Berlin, America/New_York or UTC.',
  });
}

export function currency(said: string): string {
  const code = inCapitals(said.trim());
  if (!isCurrency(code)) throw unknownCurrency(said);
  return code;
}

export function holdDays(said: string): string {
  const value = said.trim();
  if (!/^[0-9]{1,4}$/.test(value) || Number(value) > MAX_HOLD_DAYS) {
    throw refused(said, `a whole number of days from 0 to ${MAX_HOLD_DAYS}`);
  }
  return String(Number(value));
}

export function pattern(said: string): string {
  return parsePattern(said.trim()).text;
}

export function accountCode(said: string): string {
  const value = text(MAX_CODE_LENGTH)(said);
  if (value === '') throw refused(said, 'an account code, such as 6200');
  return value;
}

/** An IBAN as it is written between programs. */
export function iban(said: string): string {
  const value = compactCode(said);
  const problem = ibanProblem(value);
  if (problem === 'check_digits' || problem === 'account_check_digits')
    throw refused(said, 'an IBAN with right check digits; look for a mistyped one');
  if (problem !== null) throw refused(said, 'an IBAN, such as DE89370400440532013000');
  return value;
}

/** A BIC as it is written between programs. */
export function bic(said: string): string {
  const value = compactCode(said);
  if (!isBic(value)) throw refused(said, 'a BIC, such as COBADEFFXXX');
  return value;
}

/** A whole number between two, both included. */
export function wholeNumber(least: number, most: number): ParseValue {
  return (said) => {
    const value = said.trim();
    if (!/^[0-9]{1,9}$/.test(value) || Number(value) < least || Number(value) > most) {
      throw refused(said, `a whole number from ${least} to ${most}`);
    }
    return String(Number(value));
  };
}

/** One of these, in whatever letters it is typed; it stands as it is written here. */
export function oneOfWords(choices: readonly string[]): ParseValue {
  return withChoices((said) => {
    const value = choices.find((choice) => inSmallLetters(choice) === inSmallLetters(said.trim()));
    if (value === undefined) throw refused(said, `one of ${choices.join(', ')}`);
    return value;
  }, choices);
}

/** What fits the fixed fields of a bank's file: ASCII, not empty, at most so many characters. */
export function shortText(maxLength: number): ParseValue {
  return (said) => {
    const value = said.trim();
    if (value === '' || value.length > maxLength || !/^[\x20-\x7e]+$/.test(value)) {
      throw refused(said, `1 to ${maxLength} letters, digits or ASCII signs`);
    }
    return value;
  };
}

/** The tax codes of Sage 50. */
export function taxCode(said: string): string {
  const value = inCapitals(said.trim());
  if (!/^T[0-9]{1,2}$/.test(value)) throw refused(said, 'a tax code from T0 to T99');
  return value;
}

/** A routing number of a US bank: nine digits, weighted 3, 7, 1 a multiple of ten (ABA). */
export function routingNumber(said: string): string {
  const value = said.trim();
  if (!isRoutingNumber(value)) {
    throw refused(said, 'a routing number of nine digits with a right check digit, such as 021000021');
  }
  return value;
}

function refused(said: string, allowed: string): UsageError {
  return new UsageError(`"${said.slice(0, 60)}" is not allowed here; it takes ${allowed}.`);
}
