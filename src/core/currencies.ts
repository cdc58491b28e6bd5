/** Which currencies there are, and how many decimals each has. The one table is `iso-4217.ts`. */
import { UsageError } from './errors.js';
import { ISO_4217_MINOR_UNITS } from './iso-4217.js';

/** An active ISO 4217 code in capitals, such as `USD`. Check foreign text with `isCurrency`. */
export type CurrencyCode = string;

const digitsByCode: ReadonlyMap<string, number> = new Map(Object.entries(ISO_4217_MINOR_UNITS));
const codes: readonly CurrencyCode[] = [...digitsByCode.keys()].sort();

/** Whether the text is an active ISO 4217 code, in capitals. */
export function isCurrency(code: string): boolean {
  return digitsByCode.has(code);
}

/**
 * How many decimals the currency has (JPY 0, USD 2, BHD 3), by ISO 4217.
 *
 * @throws UsageError when the code is not an active ISO 4217 currency.
 */
export function minorUnits(code: CurrencyCode): number {
  const digits = digitsByCode.get(code);
  if (digits === undefined) throw unknownCurrency(code);
  return digits;
}

/** All the codes that payrun knows, in alphabetical order. */
export function currencyCodes(): readonly CurrencyCode[] {
  return codes;
}

/** Those with as many decimals as this one, itself included: an amount reads the same in each of them. */
export function currenciesLike(code: CurrencyCode): readonly CurrencyCode[] {
  const digits = minorUnits(code);
  return codes.filter((other) => digitsByCode.get(other) === digits);
}

/** The refusal of a text that is no currency, with the nearest remedy that can be known. */
export function unknownCurrency(text: string): UsageError {
  const capitals = text.trim().toUpperCase();
  const hint = digitsByCode.has(capitals)
    ? `Write ${capitals}.`
    : 'Use the three capital letters of an ISO 4217 currency, such as USD, EUR or JPY.';
  return new UsageError(`"${text.slice(0, 40)}" is not a currency that payrun knows.`, { hint });
}
