/** The figures of `report payouts`: what was issued, what of it was paid, and what was taken back. */
import type { CurrencyCode } from './currencies.js';

/**
 * Payouts of one currency added up, amounts in minor units. Void payouts are told apart and are in none of
 * the other figures; `paid` and `notYetPaid` come to `amount`.
 */
export interface PayoutFigures {
  readonly currency: CurrencyCode;
  readonly payouts: number;
  readonly amount: bigint;
  readonly paid: bigint;
  readonly notYetPaid: bigint;
  readonly void: number;
  readonly voidAmount: bigint;
}

/** The figures of one calendar month, by the date of issue. */
export interface MonthOfPayouts extends PayoutFigures {
  /** `2026-10`. */
  readonly month: string;
}

const NOTHING: PayoutFigures = {
  currency: '',
  payouts: 0,
  amount: 0n,
  paid: 0n,
  notYetPaid: 0n,
  void: 0,
  voidAmount: 0n,
};

function added(one: PayoutFigures, other: PayoutFigures): PayoutFigures {
  return {
    currency: other.currency,
    payouts: one.payouts + other.payouts,
    amount: one.amount + other.amount,
    paid: one.paid + other.paid,
    notYetPaid: one.notYetPaid + other.notYetPaid,
    void: one.void + other.void,
    voidAmount: one.voidAmount + other.voidAmount,
  };
}

/** The months added up, one total a currency, by currency code. */
export function payoutTotals(months: readonly MonthOfPayouts[]): PayoutFigures[] {
  const totals = new Map<CurrencyCode, PayoutFigures>();
  for (const month of months) {
    totals.set(month.currency, added(totals.get(month.currency) ?? NOTHING, month));
  }
  return [...totals.values()].sort((one, other) => (one.currency < other.currency ? -1 : 1));
}
