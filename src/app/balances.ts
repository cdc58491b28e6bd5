/** What affiliates have: open items as the engine sees them, and what is on payouts. */
import type { Balance } from '../core/affiliate.js';
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
