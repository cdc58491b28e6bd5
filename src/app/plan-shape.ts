/**
 * Whether data that somebody hands over has the shape of a plan. Its digest tells that a file was damaged or
 * edited by hand; who makes the digest as well can put anything into it.
 */
import { parseCalendarDate } from '../core/calendar.js';
import { isCurrency } from '../core/currencies.js';
import { formatAmount, parseAmount } from '../core/money.js';

type Shape = (value: unknown) => boolean;

const isText: Shape = (value) => typeof value === 'string';
const isDay: Shape = (value) => typeof value === 'string' && parseCalendarDate(value) !== null;
const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);
const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const record =
  (parts: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(parts).every(([key, shape]) => shape((value as Record<string, unknown>)[key]));

const isRequest = record({
  from: orNull(isDay),
  to: isDay,
  asOf: isDay,
  affiliateId: orNull(isText),
  campaign: orNull(isText),
  overrideMinimum: (value) => typeof value === 'boolean',
});

const isPayoutOfTexts = record({
  affiliateId: isText,
  currency: (value) => typeof value === 'string' && isCurrency(value),
  amount: isText,
  lines: listOf(record({ commissionId: isText, amount: isText })),
});

interface SummedPayout {
  readonly currency: string;
  readonly amount: string;
  readonly lines: readonly { readonly amount: string }[];
}

/** The amount that a reader looks at first is the sum of the lines that are compared later. */
function isSummed({ currency, amount, lines }: SummedPayout): boolean {
  let sum = 0n;
  for (const line of lines) {
    const parsed = parseAmount(line.amount, currency);
    if (!parsed.ok) return false;
    sum += parsed.minor;
  }
  return formatAmount(sum, currency) === amount;
}

const isPlan = record({
  request: isRequest,
  payouts: listOf((payout) => isPayoutOfTexts(payout) && isSummed(payout as SummedPayout)),
});

/** Whether the content of a plan file can be applied: request, payouts and lines are what they should be. */
export function hasPlanShape(content: unknown): boolean {
  return isPlan(content);
}
