/**
 * What sources and operators say of commissions, and what becomes of those that were paid (SPEC section 3):
 * the original stays, and corrections are added until both together are what counts now.
 */
import { sum, type CommissionStatus, type ModelCommission, type Said } from './facts.js';
import { Plans } from './plan.js';

/** What a decision of an operator came to. */
export type Decided = 'changed' | 'already' | 'settled' | 'is_correction';

export interface Adjustment {
  readonly affiliateId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly earnedOn: string;
}

const LARGEST = 999_999_999_999_999n;

const isUnpaid = ({ status }: ModelCommission): boolean => status === 'pending' || status === 'approved';

export class Decisions extends Plans {
  #adjustments = 0;

  /** Never edited again: on a live payout, or corrected beside it. */
  isLocked(one: ModelCommission): boolean {
    return this.livePayout(one.id) !== undefined || this.corrections(one.id).length > 0;
  }

  /** Some of it was paid, or taken, and that payout counts. */
  isPaid(one: ModelCommission): boolean {
    return [one, ...this.corrections(one.id)].some(({ id }) => this.livePayout(id) !== undefined);
  }

  /** What a commission has to come to with its corrections. */
  target(one: ModelCommission): bigint {
    if (one.decision === 'rejected') return 0n;
    if (one.said === null) return one.amount;
    return one.decision === null && one.said.status === 'rejected' ? 0n : one.said.amount;
  }

  stands(one: ModelCommission): bigint {
    return one.amount + sum(this.corrections(one.id).filter(({ status }) => status !== 'rejected'));
  }

  /** The source gives another row for a commission that it gave before. */
  say(id: string, said: Said, today: string): void {
    const one = this.commission(id);
    const before = one.said;
    if (before?.status === said.status && before.amount === said.amount) return;
    one.said = said;
    const changedTo = said.status === before?.status ? null : said.status;
    if (this.isLocked(one)) {
      if (changedTo === 'rejected' && one.decision === 'approved') one.decision = null;
      this.#sayOfLocked(one, said, { changedTo, today });
      return;
    }
    one.amount = said.amount;
    const stands = one.decision === 'rejected' || (one.decision === 'approved' && changedTo === 'pending');
    if (changedTo === null || changedTo === one.status || stands) return;
    one.status = changedTo;
    one.byPolicy = false;
    one.decision = null;
  }

  #sayOfLocked(
    one: ModelCommission,
    said: Said,
    { changedTo, today }: { changedTo: CommissionStatus | null; today: string },
  ): void {
    const isLive = this.livePayout(one.id) !== undefined;
    if (said.status === 'settled') {
      if (!isLive && isUnpaid(one)) this.#settle(one, today);
      return;
    }
    const isToBePaid = changedTo === 'pending' || changedTo === 'approved';
    if (one.status === 'settled' && isToBePaid) this.#unsettle(one, changedTo);
    // What is taken back comes to nothing, for which nobody has to approve it.
    const isTakenBack = one.decision === 'rejected' || changedTo === 'rejected';
    if (one.status === 'pending' && (changedTo === 'approved' || isTakenBack)) one.status = 'approved';
    if (isLive || isUnpaid(one)) this.#correct(one, today);
  }

  /** Adds what is missing to the target. */
  #correct(one: ModelCommission, today: string): ModelCommission | null {
    const amount = this.target(one) - this.stands(one);
    return amount === 0n ? null : this.#addCorrection(one, amount, today);
  }

  #addCorrection(one: ModelCommission, amount: bigint, today: string): ModelCommission {
    const correction: ModelCommission = {
      id: `${one.id}~${this.corrections(one.id).length + 1}`,
      affiliateId: one.affiliateId,
      currency: one.currency,
      amount,
      earnedOn: today,
      availableOn: today,
      campaign: one.campaign,
      corrects: one.id,
      origin: 'correction',
      status: 'approved',
      byPolicy: false,
      said: null,
      decision: null,
    };
    this.commissions.push(correction);
    return correction;
  }

  /**
   * What it came to with its corrections was paid elsewhere. Here nothing is to be paid for it all in all: so
   * what was paid of its corrections has one that evens it, and no other waits.
   */
  #settle(one: ModelCommission, today: string): void {
    one.status = 'settled';
    const due = -sum(this.paidCorrections(one));
    const waiting = this.waitingCorrections(one);
    const evening = due === 0n ? undefined : waiting.find(({ amount }) => amount === due);
    for (const correction of waiting) if (correction !== evening) correction.status = 'settled';
    if (evening === undefined) this.#addLines(one, due, today);
  }

  /** In lines of which each has at most 15 digits. */
  #addLines(one: ModelCommission, amount: bigint, today: string): void {
    for (let rest = amount; rest !== 0n;) {
      const line = rest > LARGEST ? LARGEST : rest < -LARGEST ? -LARGEST : rest;
      this.#addCorrection(one, line, today);
      rest -= line;
    }
  }

  paidCorrections(one: ModelCommission): ModelCommission[] {
    return this.corrections(one.id).filter(({ id }) => this.livePayout(id) !== undefined);
  }

  /** Its corrections that are still to be paid or netted. */
  waitingCorrections(one: ModelCommission): ModelCommission[] {
    return this.corrections(one.id).filter(
      (correction) => isUnpaid(correction) && this.livePayout(correction.id) === undefined,
    );
  }

  /** It was not paid elsewhere after all, and neither was what corrects it. */
  #unsettle(one: ModelCommission, status: CommissionStatus): void {
    one.status = status;
    for (const correction of this.corrections(one.id)) {
      if (correction.status === 'settled') correction.status = 'approved';
    }
  }

  /** Approved by its source alone, and not any more: it waits as soon as no payout holds it. */
  isCalledPending(one: ModelCommission): boolean {
    const isApprovedBySource = one.status === 'approved' && one.decision === null && !one.byPolicy;
    return isApprovedBySource && one.said?.status === 'pending' && this.corrections(one.id).length === 0;
  }

  /** The lines of payouts that have just become void: what its source said of them meanwhile counts now. */
  protected release(ids: readonly string[], today: string): void {
    const released = ids.map((id) => this.commission(id));
    for (const one of released) if (this.isCalledPending(one)) one.status = 'pending';
    for (const one of released) if (one.said?.status === 'settled') this.#settle(one, today);
    const corrected = new Set(
      released.flatMap((one) => (one.origin === 'correction' ? (one.corrects ?? []) : [])),
    );
    for (const original of [...corrected].map((id) => this.commission(id))) {
      if (original.status === 'settled') this.#settle(original, today);
    }
  }

  /** Why an operator cannot decide on it at all. */
  #refused(one: ModelCommission): Decided | null {
    if (one.origin === 'correction') return 'is_correction';
    return one.status === 'settled' ? 'settled' : null;
  }

  wouldReject(id: string): Decided {
    const one = this.commission(id);
    const refused = this.#refused(one);
    if (refused !== null) return refused;
    if (!this.isPaid(one)) return one.status === 'rejected' ? 'already' : 'changed';
    return this.stands(one) === 0n && this.#isTakenBack(one) ? 'already' : 'changed';
  }

  reject(id: string, today: string): void {
    const one = this.commission(id);
    one.decision = 'rejected';
    if (!this.isPaid(one)) {
      one.status = 'rejected';
      return;
    }
    this.#correct(one, today);
    if (one.status === 'pending') one.status = 'approved';
  }

  wouldApprove(id: string): Decided {
    const one = this.commission(id);
    const refused = this.#refused(one);
    if (refused !== null) return refused;
    if (!this.isLocked(one)) return one.status === 'approved' ? 'already' : 'changed';
    const waits = one.status === 'pending' || one.status === 'rejected';
    return waits || this.#isTakenBack(one) ? 'changed' : 'already';
  }

  #isTakenBack(one: ModelCommission): boolean {
    return one.decision === 'rejected' || (one.decision === null && one.said?.status === 'rejected');
  }

  approve(id: string, today: string): void {
    const one = this.commission(id);
    one.decision = 'approved';
    const isLocked = this.isLocked(one);
    one.status = 'approved';
    if (isLocked) this.#correct(one, today);
  }

  /** A bonus or deduction of an operator: approved at once, never held. */
  adjust(adjustment: Adjustment): ModelCommission {
    this.#adjustments += 1;
    const one: ModelCommission = {
      ...adjustment,
      id: `ADJ~${String(this.#adjustments).padStart(6, '0')}`,
      availableOn: adjustment.earnedOn,
      campaign: null,
      corrects: null,
      origin: 'operator',
      status: 'approved',
      byPolicy: false,
      said: null,
      decision: 'approved',
    };
    this.commissions.push(one);
    return one;
  }
}
