/**
 * Money: the one place that parses amounts and the one that formats them (SPEC section 2).
 * An amount is a bigint count of its currency's minor unit. No floating point ever touches it.
 */
import { minorUnits, type CurrencyCode } from './currencies.js';

/** Why a text is not an amount. The codes are rejection codes of an import. */
export type AmountProblem = 'bad_amount' | 'too_many_decimals' | 'amount_too_large';

export type ParsedAmount =
  | { readonly ok: true; readonly minor: bigint }
  | { readonly ok: false; readonly code: AmountProblem; readonly message: string };

/** One line holds at most this many digits of minor units, leaving room in 64 bits for sums. */
const MAX_AMOUNT_DIGITS = 15;

const PLAIN_DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;

/**
 * Reads a plain decimal (`-?digits` with an optional `.digits`) as minor units of the currency. Nothing is
 * rounded: more decimals than the currency has are refused, even zeros: the source may mean another currency.
 *
 * @throws UsageError when the currency is unknown; whatever the text is, it is answered and not thrown.
 */
export function parseAmount(text: string, currency: CurrencyCode): ParsedAmount {
  const decimals = minorUnits(currency);
  const match = PLAIN_DECIMAL.exec(text);
  if (match === null) return { ok: false, code: 'bad_amount', message: whyNoAmount(text, currency) };

  const [, sign, whole = '', fraction = ''] = match;
  if (fraction.length > decimals) {
    return { ok: false, code: 'too_many_decimals', message: tooManyDecimals(text, currency, decimals) };
  }
  const digits = (whole + fraction.padEnd(decimals, '0')).replace(/^0+/, '');
  if (digits.length > MAX_AMOUNT_DIGITS) {
    return { ok: false, code: 'amount_too_large', message: tooLarge(text, currency) };
  }
  const magnitude = BigInt(digits);
  return { ok: true, minor: sign === '-' ? -magnitude : magnitude };
}

/**
 * Writes minor units as a plain decimal with the currency's own decimals: `-12.50`, JPY `1250`.
 *
 * @throws UsageError when the currency is unknown.
 */
export function formatAmount(minor: bigint, currency: CurrencyCode): string {
  return signed(minor, currency, (whole) => whole);
}

/**
 * The same for people to read, with a comma between thousands: `1,234.50`. Never for what a program reads.
 *
 * @throws UsageError when the currency is unknown.
 */
export function formatAmountForScreen(minor: bigint, currency: CurrencyCode): string {
  return signed(minor, currency, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ','));
}

function signed(minor: bigint, currency: CurrencyCode, dress: (whole: string) => string): string {
  const decimals = minorUnits(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  const sign = minor < 0n ? '-' : '';
  const fraction = decimals === 0 ? '' : `.${digits.slice(split)}`;
  return sign + dress(digits.slice(0, split)) + fraction;
}

/** An amount as one of this currency is written: `1234.50`, JPY `1234`. */
const exampleOf = (currency: CurrencyCode): string =>
  formatAmount((12345n * 10n ** BigInt(minorUnits(currency))) / 10n, currency);

/** One sentence that names what is wrong and how to write it instead. */
function whyNoAmount(text: string, currency: CurrencyCode): string {
  const said = quoted(text);
  const example = exampleOf(currency);
  if (text.trim() === '') return `The amount is empty; write a plain decimal such as ${example}.`;
  if (/^[-+]?[0-9.]+e[-+]?[0-9]+$/i.test(text)) {
    return `${said} is in scientific notation; write the digits out, such as ${example}.`;
  }
  const thousands = /^-?[0-9]{1,3}(?:[,' \u00a0\u202f\u2019][0-9]{3})+(?:\.[0-9]+)?$/;
  if (thousands.test(text)) {
    return `${said} has thousands separators; write ${text.replace(/[^-0-9.]/g, '')}: no thousands separators.`;
  }
  if (/^-?[0-9]+,[0-9]+$/.test(text)) {
    return `${said} has a decimal comma; write ${text.replace(',', '.')}: a dot before the decimals.`;
  }
  if (/^-?[0-9.]+,[0-9]+$/.test(text)) {
    return `${said} has thousands separators and a decimal comma; write a plain decimal such as ${example}.`;
  }
  if (/^\+[0-9]+(?:\.[0-9]+)?$/.test(text)) return `${said} has a plus sign; write ${text.slice(1)}.`;
  if (/^\([0-9.,]+\)$|^[0-9.,]+-$/.test(text)) {
    return `${said} is not a plain decimal; write a negative amount with a minus sign in front, such as -${example}.`;
  }
  if (/\p{Sc}|[A-Za-z]{3}/u.test(text) && /[0-9]/.test(text)) {
    return `${said} is more than the number; write only the number, such as ${example}: the currency has its own place.`;
  }
  return `${said} is not an amount; write a plain decimal such as ${example}.`;
}

function tooManyDecimals(text: string, currency: CurrencyCode, decimals: number): string {
  const has = decimals === 0 ? 'no decimals' : `${decimals} decimals`;
  const example = exampleOf(currency);
  return `${quoted(text)} has too many decimals: ${currency} has ${has} and nothing is rounded; write it like ${example}.`;
}

function tooLarge(text: string, currency: CurrencyCode): string {
  const largest = formatAmount(10n ** BigInt(MAX_AMOUNT_DIGITS) - 1n, currency);
  return `${quoted(text)} is too large: one line holds at most ${largest} ${currency}; check it, or split it into several lines.`;
}

/** The value as given, cut so that a cell of megabytes does not become a message of megabytes. */
function quoted(text: string): string {
  return text.length <= 40 ? `"${text}"` : `"${text.slice(0, 40)}..."`;
}
