/** What affiliates have: open items as the engine sees them, and what is on payouts. */
import type { Balance } from '../core/affiliate.js';
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { payoutSums } from '../store/affiliates.js';
import { Engine, type ProgrammeRules } from '../store/eligibility.js';
import type { Reader } from '../store/ledger.js';

const NOTHING: Omit<Balance, 'currency'> = {
  available: 0n,
  onHold: 0n,
  notApproved: 0n,
  inPayouts: 0n,
  paid: 0n,
  nextAvailableOn: null,
};

/** Balances by affiliate id, each by currency; of one affiliate where an id is given. */
export async function balancesOf(
  reader: Reader,
  rules: ProgrammeRules,
  affiliateId: string | null,
): Promise<ReadonlyMap<string, readonly Balance[]>> {
  const found = new Map<string, Map<string, Balance>>();
  const merge = (id: string, balance: Partial<Balance> & { readonly currency: string }): void => {
    const byCurrency = found.get(id) ?? new Map<string, Balance>();
    found.set(
      id,
      byCurrency.set(balance.currency, { ...NOTHING, ...byCurrency.get(balance.currency), ...balance }),
    );
  };
  for (const { affiliateId: id, ...open } of await Engine.balances(reader, rules, affiliateId))
    merge(id, open);
  for (const { affiliateId: id, ...onPayouts } of await payoutSums(reader, affiliateId ?? undefined)) {
    merge(id, onPayouts);
  }
  const byText = (a: Balance, b: Balance): number => (a.currency < b.currency ? -1 : 1);
  return new Map([...found].map(([id, byCurrency]) => [id, [...byCurrency.values()].sort(byText)]));
}

/** What comes off its hold on one day, in minor units, and how many commissions that is. */
export interface HeldOnDay {
  readonly availableOn: CalendarDate;
  readonly amount: bigint;
  readonly commissions: number;
}

/** What an affiliate has on hold today, by currency, the earliest day first. */
export async function holdsOf(
  reader: Reader,
  rules: ProgrammeRules,
  affiliateId: string,
): Promise<ReadonlyMap<CurrencyCode, readonly HeldOnDay[]>> {
  const holds = new Map<CurrencyCode, HeldOnDay[]>();
  for (const { currency, availableOn, amount, commissions } of await Engine.holds(
    reader,
    rules,
    affiliateId,
  )) {
    const days = holds.get(currency) ?? [];
    days.push({ availableOn, amount, commissions });
    holds.set(currency, days);
  }
  return holds;
}
