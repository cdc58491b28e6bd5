/** Amounts on the screen: with thousands separators for people, plain decimals everywhere else. */
import { formatAmount, formatAmountForScreen } from '../../core/money.js';
import type { Terminal } from '../terminal.js';

/** An amount of minor units as a cell of a table. */
export function amountCell(terminal: Terminal, minor: bigint, currency: string): string {
  return terminal.outputIsTerminal ? formatAmountForScreen(minor, currency) : formatAmount(minor, currency);
}

/** Sums by currency in one line: `USD 1,234.50, EUR 20.00`. Currencies are never added together. */
export function sumsByCurrency(
  items: readonly { readonly currency: string; readonly amount: bigint }[],
): string {
  const sums = new Map<string, bigint>();
  for (const { currency, amount } of items) sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, sum]) => `${currency} ${formatAmountForScreen(sum, currency)}`)
    .join(', ');
}

/** `1 payout`, `3 payouts`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
