/** The words after `payrun generate` that pay what voids released. */
import type { PayoutStanding } from '../core/payout.js';

/** What all of them have, or null. */
function shared<T>(values: readonly T[]): T | null {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}

/**
 * Asks for what the runs of these payouts were asked for, as far as they share it: range, affiliate, campaign
 * and override. The words are unquoted.
 */
export function generateAgainWords(released: readonly PayoutStanding[]): string[] {
  const from = shared(released.map(({ payout }) => payout.from));
  const to = shared(released.map(({ payout }) => payout.to));
  const affiliateId = shared(released.map(({ payout }) => payout.affiliateId));
  const campaign = shared(released.map((standing) => standing.campaign));
  return [
    ...(from === null || to === null
      ? ['--period', 'this-month', '--include-earlier']
      : ['--from', from, '--to', to]),
    ...(affiliateId === null ? ['--all'] : ['--affiliate', affiliateId]),
    ...(campaign === null ? [] : ['--campaign', campaign]),
    ...(shared(released.map(({ overrideMinimum }) => overrideMinimum)) === true
      ? ['--override-minimum']
      : []),
  ];
}
