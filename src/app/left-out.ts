/** What to do about payouts that a payment batch leaves out. */
import type { LeftOutReason } from '../core/payment.js';
import { shellQuoted } from '../core/shell.js';
import type { LeftOut } from './plan-payments.js';

/** So many numbers still make a command line that somebody reads. */
const NAMED = 10;

/** A command as it is to be typed: `payrun`, its words, the arguments. */
export type TellCommand = (path: readonly [string, string], parts: readonly string[]) => string;

const plainCommand: TellCommand = (path, parts) => ['payrun', ...path, ...parts.map(shellQuoted)].join(' ');

/** What is said of several payouts for one reason. */
interface Same {
  readonly numbers: readonly string[];
  readonly affiliate: string;
  readonly tell: TellCommand;
}

const MEND = ({ numbers, affiliate, tell }: Same): string =>
  `Mend it with ${tell(['affiliates', 'edit'], [affiliate])}, then approve the change: ` +
  tell(['payouts', 'approve'], numbers);

const ACTIVATE = ({ affiliate, tell }: Same): string =>
  `When all is well again: ${tell(['affiliates', 'activate'], [affiliate])}`;

const otherWay =
  (what: string) =>
  ({ numbers, tell }: Same): string =>
    `The method cannot pay this ${what}; pay it in another way: ${tell(['payouts', 'pay'], numbers)}`;

const HINTS: Readonly<Record<LeftOutReason, (same: Same) => string>> = {
  wrong_status: ({ numbers, tell }) => `See what became of it: ${tell(['payouts', 'show'], numbers)}`,
  in_batch: ({ numbers, tell }) => `See its batch: ${tell(['payouts', 'show'], numbers)}`,
  other_method: ({ tell }) =>
    `It goes into a batch of its own: ${tell(['payments', 'create'], ['--method', 'METHOD'])}`,
  approval_required: ({ numbers, tell }) => `Approve first: ${tell(['payouts', 'approve'], numbers)}`,
  affiliate_blocked: ACTIVATE,
  affiliate_paused: ACTIVATE,
  corrected_since: ({ numbers, tell }) =>
    `Redo with what is known now: ${tell(['payouts', 'redo'], numbers)} (or add --include-corrected)`,
  details_changed: ({ numbers, tell }) =>
    'Ask the affiliate by a way known from before whether the change is his, then: ' +
    tell(['payouts', 'approve'], numbers),
  missing_account: MEND,
  bad_account: MEND,
  bad_iban: MEND,
  bad_bic: MEND,
  bad_routing_number: MEND,
  bad_email: MEND,
  bad_currency: otherWay('currency'),
  bad_name: MEND,
  name_too_long: MEND,
  bad_characters: MEND,
  amount_limit: otherWay('amount'),
};

/**
 * What to do about those that are left out for one reason, in commands.
 * @param tell how commands are told; without the options of the call where it is not given
 */
export function leftOutHint(
  leftOut: readonly LeftOut[],
  reason: LeftOutReason,
  tell: TellCommand = plainCommand,
): string {
  const same = leftOut.filter((one) => one.reason === reason);
  const all = same.map(({ invoiceNumber }) => invoiceNumber);
  const affiliates = [...new Set(same.map(({ affiliateId }) => affiliateId))];
  const numbers = all.length > NAMED ? ['N...'] : all;
  const [affiliate = ''] = affiliates;
  return HINTS[reason]({ numbers, affiliate: affiliates.length === 1 ? affiliate : 'ID', tell });
}

/** The same for every reason, a line each. */
export function leftOutHints(leftOut: readonly LeftOut[], tell: TellCommand = plainCommand): string[] {
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  return reasons.map((reason) => leftOutHint(leftOut, reason, tell));
}
