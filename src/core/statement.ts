/**
 * A statement: what an affiliate may see of his money, in words that are his and not payrun's (SPEC section
 * 7: whoever waits for a payout reads "being processed").
 */
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';

/** Where an amount stands, in the order in which it is told. */
const STAGES = [
  'available',
  'on_hold',
  'waiting_for_approval',
  'deducted_later',
  'being_processed',
  'paid',
  'paid_elsewhere',
  'declined',
] as const;

export type Stage = (typeof STAGES)[number];

const WORDS: Readonly<Record<Stage, string>> = {
  available: 'available',
  on_hold: 'on hold',
  waiting_for_approval: 'waiting for approval',
  deducted_later: 'will be deducted',
  being_processed: 'being processed',
  paid: 'paid',
  paid_elsewhere: 'paid elsewhere',
  declined: 'declined',
};

/** A stage for people; a hold with its last day where it is known. */
export function stageWords(stage: Stage, heldUntil: CalendarDate | null = null): string {
  return heldUntil === null ? WORDS[stage] : `${WORDS[stage]} until ${heldUntil}`;
}

/** What comes off its hold on one day, in minor units. */
interface HeldAmount {
  readonly availableOn: CalendarDate;
  readonly amount: bigint;
}

/** What he has in one currency today, in minor units. */
export interface StatementBalance {
  readonly currency: CurrencyCode;
  /** Negative where he owes. */
  readonly available: bigint;
  readonly onHold: bigint;
  /** By day; the sum is `onHold`. */
  readonly holds: readonly HeldAmount[];
  readonly waitingForApproval: bigint;
  /** What will be deducted together with what it takes back, or from a day on. Negative, or zero. */
  readonly deductedLater: bigint;
  readonly beingProcessed: bigint;
  readonly paid: bigint;
}

/** One payment, sent or about to be. */
export interface StatementPayment {
  readonly invoiceNumber: string;
  /** The day on which it was paid, else the day of its invoice. */
  readonly date: CalendarDate;
  readonly amount: bigint;
  readonly currency: CurrencyCode;
  readonly stage: 'being_processed' | 'paid';
  /** That of a payment that was made. */
  readonly reference: string | null;
}

/** One commission that he earned, or a deduction. */
export interface StatementLine {
  readonly earnedOn: CalendarDate;
  readonly description: string;
  readonly amount: bigint;
  readonly currency: CurrencyCode;
  readonly stage: Stage;
  /** The day on which it becomes available; null where it is not on hold. */
  readonly heldUntil: CalendarDate | null;
}

/** What one affiliate is told. The balances are today's, whatever the period is. */
export interface Statement {
  readonly affiliateId: string;
  readonly affiliateName: string;
  /** Who tells him; empty where the ledger does not say. */
  readonly company: string;
  /** Today in the book zone. */
  readonly on: CalendarDate;
  /** The first and the last day of the period; null where it has none. */
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  readonly balances: readonly StatementBalance[];
  readonly payments: readonly StatementPayment[];
  readonly commissions: readonly StatementLine[];
}

/** The period for people. */
export function statementPeriod({ from, to }: Pick<Statement, 'from' | 'to'>): string {
  if (from === null) return to === null ? 'everything so far' : `everything up to ${to}`;
  return to === null ? `from ${from} on` : `${from} to ${to}`;
}

/** One line of a balance: where how much stands, and until when. */
interface BalanceLine {
  readonly stage: Stage;
  readonly heldUntil: CalendarDate | null;
  readonly amount: bigint;
}

/** A balance line by line, each day of a hold for itself. Only what is available and paid is told as zero. */
export function balanceLines(balance: StatementBalance): BalanceLine[] {
  const line = (stage: Stage, amount: bigint, heldUntil: CalendarDate | null = null): BalanceLine => ({
    stage,
    heldUntil,
    amount,
  });
  const lines = [
    ...balance.holds.map((hold) => line('on_hold', hold.amount, hold.availableOn)),
    line('waiting_for_approval', balance.waitingForApproval),
    line('deducted_later', balance.deductedLater),
    line('being_processed', balance.beingProcessed),
  ].filter(({ amount }) => amount !== 0n);
  return [line('available', balance.available), ...lines, line('paid', balance.paid)];
}

/** What is said below balances of which one is below zero; null where none is. */
export function debtSentence(balances: readonly StatementBalance[]): string | null {
  const owes = balances.some(({ available }) => available < 0n);
  return owes ? 'What is below zero is taken off what you earn next.' : null;
}

/** A sum in one currency of what stands at one stage, in minor units. */
export interface StageSum {
  readonly currency: CurrencyCode;
  readonly stage: Stage;
  readonly amount: bigint;
}

/** Sums by currency and stage. Currencies are never added together. */
export function stageSums(items: readonly StageSum[]): StageSum[] {
  const sums = new Map<string, StageSum>();
  for (const { currency, stage, amount } of items) {
    const key = `${currency} ${stage}`;
    sums.set(key, { currency, stage, amount: (sums.get(key)?.amount ?? 0n) + amount });
  }
  const rank = ({ stage }: StageSum): number => STAGES.indexOf(stage);
  return [...sums.values()].sort((a, b) => compare(a.currency, b.currency) || rank(a) - rank(b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
