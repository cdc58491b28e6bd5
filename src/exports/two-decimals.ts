/** Amounts in currencies with three decimals or more, for programs that may keep two. */
import { minorUnits, type CurrencyCode } from '../core/currencies.js';
import type { FormatContext } from './format.js';

/**
 * Tells of an amount, in minor units, that two decimals cannot hold. It is written as it is: nobody knows for
 * sure what the program makes of it.
 */
export function noteDecimals(
  context: FormatContext,
  program: string,
  amount: bigint,
  currency: CurrencyCode,
): void {
  const decimals = minorUnits(currency);
  if (decimals <= 2 || amount % 10n ** BigInt(decimals - 2) === 0n) return;
  context.note(
    `Amounts in ${currency} have ${decimals} decimals, and ${program} may keep two: compare them after the import.`,
  );
}
