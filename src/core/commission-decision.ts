/**
 * What an operator's approval or rejection comes to, commission by commission (SPEC section 3). What was
 * paid is never edited, so there a decision is kept apart and a correction makes it true.
 */
import type { CommissionStatus } from './commission.js';

/** What an operator may say of a commission. */
export type DecisionVerb = 'approve' | 'reject';

/** An operator's decision as it is kept beside what the source says. */
export type Decided = 'approved' | 'rejected';

/** What a decision depends on. Amounts in minor units of the commission's currency. */
export interface DecisionFacts {
  readonly origin: 'source' | 'operator' | 'correction';
  readonly status: CommissionStatus;
  /** What an operator decided last and still stands. */
  readonly decided: Decided | null;
  /** Whether the source says that it is rejected. */
  readonly saidRejected: boolean;
  /** What the source says that it comes to; its own amount where no source knows it. */
  readonly sourceAmount: bigint;
  /** Its amount and its corrections together. */
  readonly stands: bigint;
  readonly corrections: number;
  /** On a live payout. */
  readonly live: boolean;
  /** How many of its corrections are on live payouts. */
  readonly liveCorrections: number;
}

export type DecisionObstacle = 'settled' | 'is_correction' | 'amount_too_large';

export type DecisionOutcome =
  | { readonly what: 'refused'; readonly reason: DecisionObstacle }
  /** Nothing is different; it may become the operator's own decision all the same, which is recorded. */
  | { readonly what: 'already'; readonly adopts: boolean }
  | {
      readonly what: 'changed';
      readonly status: CommissionStatus;
      /** Minor units of what is added so that original and corrections come to the target; 0 adds nothing. */
      readonly correction: bigint;
    };

const LARGEST_LINE = 10n ** 15n - 1n;

/** Whether nothing is owed for it as things stand, by whoever decided last. */
export function isRejected({ status, decided, saidRejected, corrections, live }: DecisionFacts): boolean {
  if (status === 'rejected') return true;
  // Without a payout and corrections the status alone says it: the source's word was taken over with it.
  if (!live && corrections === 0) return false;
  return decided === 'rejected' || (decided === null && saidRejected);
}

/** What the decision does to a commission that stands like this. */
export function decide(verb: DecisionVerb, facts: DecisionFacts): DecisionOutcome {
  if (facts.origin === 'correction') return { what: 'refused', reason: 'is_correction' };
  if (facts.status === 'settled') return { what: 'refused', reason: 'settled' };
  return verb === 'reject' ? reject(facts) : approve(facts);
}

function reject(facts: DecisionFacts): DecisionOutcome {
  const adopts = facts.decided !== 'rejected';
  // Money has moved while the commission or a correction of it is on a payout: only a line takes it back.
  if (facts.live || facts.liveCorrections > 0) {
    if (facts.stands === 0n && isRejected(facts)) return { what: 'already', adopts };
    // That line and the commission go together, so none of it may wait for an approval.
    return changed('approved', -facts.stands);
  }
  return facts.status === 'rejected' ? { what: 'already', adopts } : changed('rejected', 0n);
}

function approve(facts: DecisionFacts): DecisionOutcome {
  if (facts.status !== 'pending' && !isRejected(facts)) return { what: 'already', adopts: false };
  const locked = facts.live || facts.corrections > 0;
  return changed('approved', locked ? facts.sourceAmount - facts.stands : 0n);
}

function changed(status: CommissionStatus, correction: bigint): DecisionOutcome {
  const size = correction < 0n ? -correction : correction;
  if (size > LARGEST_LINE) return { what: 'refused', reason: 'amount_too_large' };
  return { what: 'changed', status, correction };
}
