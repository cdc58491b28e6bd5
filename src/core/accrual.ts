/**
 * What of a commission is accrued as owed, and how that changes. A commission counts while it is pending or
 * approved, also on a payout. One that takes back another counts for nothing while that one is rejected and
 * it is itself on no live payout: nothing is owed then (SPEC section 4).
 */
import type { CalendarDate } from './calendar.js';
import type { CommissionStatus } from './commission.js';
import type { JournalKind } from './journal.js';

/** What decides whether, and for how much, a commission counts. Minor units. */
export interface AccrualState {
  readonly status: CommissionStatus;
  readonly amount: bigint;
  /** Of what it takes back; null where it takes back nothing. */
  readonly originalStatus: CommissionStatus | null;
  readonly isOnLivePayout: boolean;
}

/** What of it is owed, in minor units. */
export function accrued({ status, amount, originalStatus, isOnLivePayout }: AccrualState): bigint {
  if (status !== 'pending' && status !== 'approved') return 0n;
  if (amount < 0n && originalStatus === 'rejected' && !isOnLivePayout) return 0n;
  return amount;
}

/** A change of what is owed. */
export interface AccrualChange {
  readonly on: CalendarDate;
  readonly kind: JournalKind;
  /** In minor units, signed. */
  readonly amount: bigint;
}

/** Under which name a change of state is booked; null where nothing is owed more or less. */
export function changeOf(before: AccrualState, after: AccrualState, on: CalendarDate): AccrualChange | null {
  const amount = accrued(after) - accrued(before);
  if (amount === 0n) return null;
  return { on, amount, kind: kindOf(before, after) };
}

function kindOf(before: AccrualState, after: AccrualState): JournalKind {
  if (after.status === 'rejected') return 'rejected';
  if (after.status === 'settled') return 'settled';
  if (before.status === 'rejected' || before.status === 'settled') return 'reinstated';
  if (before.amount !== after.amount) return 'amended';
  return accrued(after) === 0n ? 'rejected' : 'reinstated';
}
