/** Which commissions a run pays and which it skips, worked out the slow way from SPEC section 4. */
import { byBytes, Facts, later, sum, type ModelCommission, type ModelLine } from './facts.js';

export type Reason =
  | 'affiliate_blocked'
  | 'affiliate_paused'
  | 'out_of_range'
  | 'not_approved'
  | 'on_hold'
  | 'earned_earlier'
  | 'negative_balance'
  | 'below_minimum'
  | 'already_in_payout';

export interface ModelRequest {
  readonly from: string | null;
  readonly to: string;
  readonly asOf: string;
  readonly affiliateId: string | null;
  readonly campaign: string | null;
  readonly overrideMinimum: boolean;
  /** Only this currency; a redo asks so. */
  readonly currency?: string;
  /** Balances are told whatever the status of the affiliate is. */
  readonly anyAffiliateStatus?: boolean;
}

export interface ModelSkip {
  readonly affiliateId: string;
  readonly currency: string;
  readonly reason: Reason;
  readonly amount: bigint;
  readonly commissions: number;
  readonly minimum?: bigint;
  readonly nextAvailableOn?: string;
  readonly invoiceNumbers?: readonly string[];
}

export interface ModelPlanned {
  readonly affiliateId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly lines: readonly ModelLine[];
}

export interface ModelPlan {
  readonly payouts: readonly ModelPlanned[];
  readonly skipped: readonly ModelSkip[];
}

export interface ModelBalance {
  readonly affiliateId: string;
  readonly currency: string;
  readonly available: bigint;
  readonly onHold: bigint;
  readonly notApproved: bigint;
  readonly inPayouts: bigint;
  readonly paid: bigint;
  readonly nextAvailableOn: string | null;
}

export const hasSomething = (balance: ModelBalance): boolean =>
  Object.values(balance).some((value) => typeof value === 'bigint' && value !== 0n);

export class Plans extends Facts {
  /** The day from which a pending credit counts as approved, or null where no policy approves it. */
  approvedFrom(credit: ModelCommission): string | null {
    if (this.afterHoldSince === null) return null;
    return later(credit.availableOn, this.afterHoldSince);
  }

  isApproved(credit: ModelCommission, asOf: string): boolean {
    if (credit.status === 'approved') return true;
    if (credit.status !== 'pending') return false;
    const from = this.approvedFrom(credit);
    return from !== null && from <= asOf;
  }

  #mayBePaid(affiliateId: string, request: ModelRequest): boolean {
    const { status } = this.affiliate(affiliateId);
    const isStopped = status !== 'active' && status !== 'departed';
    if (isStopped && request.anyAffiliateStatus !== true) return false;
    return request.affiliateId === null || request.affiliateId === affiliateId;
  }

  #outOfRange(credit: ModelCommission, request: ModelRequest): boolean {
    return (
      credit.earnedOn > request.to || (request.campaign !== null && credit.campaign !== request.campaign)
    );
  }

  /**
   * A correction of what was rejected unpaid, or of a debit that is owed to nobody, corrects nothing. What is
   * settled had its correction paid, and gets that back.
   */
  correctsNothing(credit: ModelCommission): boolean {
    if (credit.origin !== 'correction' || credit.corrects === null) return false;
    const original = this.commission(credit.corrects);
    if (this.livePayout(original.id) !== undefined || original.status === 'settled') return false;
    const taken =
      original.amount < 0n && original.corrects !== null ? this.commission(original.corrects) : null;
    return original.status === 'rejected' || taken?.status === 'rejected';
  }

  /** The unpaid original with which a correction is paid together or not at all. */
  #partner(credit: ModelCommission): ModelCommission | null {
    if (credit.origin !== 'correction' || credit.corrects === null) return null;
    const original = this.commission(credit.corrects);
    const isUnpaid = original.status === 'pending' || original.status === 'approved';
    return isUnpaid && this.livePayout(original.id) === undefined ? original : null;
  }

  creditIsEligible(credit: ModelCommission, request: ModelRequest, today: string): boolean {
    if (credit.amount <= 0n || this.correctsNothing(credit)) return false;
    if (this.livePayout(credit.id) !== undefined) return false;
    const partner = this.#partner(credit);
    if (partner !== null && credit.status === 'approved') {
      return partner.amount > 0n
        ? this.creditIsEligible(partner, request, today)
        : this.debitIsEligible(partner, request, today);
    }
    return (
      this.isApproved(credit, request.asOf) &&
      credit.availableOn <= request.asOf &&
      this.#mayBePaid(credit.affiliateId, request) &&
      (request.from === null || credit.earnedOn >= request.from) &&
      !this.#outOfRange(credit, request)
    );
  }

  debitIsEligible(debit: ModelCommission, request: ModelRequest, today: string): boolean {
    if (debit.amount >= 0n || debit.status !== 'approved' || this.livePayout(debit.id) !== undefined)
      return false;
    if (!this.#mayBePaid(debit.affiliateId, request)) return false;
    if (debit.earnedOn > later(request.asOf, today)) return false;
    if (debit.corrects === null) return true;
    const original = this.commission(debit.corrects);
    if (this.livePayout(original.id) !== undefined || original.status === 'settled') return true;
    if (original.status === 'rejected') return false;
    return this.creditIsEligible(original, request, today) || this.debitIsEligible(original, request, today);
  }

  /** The first reason that fits an unpaid credit which is not eligible; null for what follows a debit. */
  #whyNot(credit: ModelCommission, request: ModelRequest): Reason | null {
    const { status } = this.affiliate(credit.affiliateId);
    const isTold = request.anyAffiliateStatus !== true;
    if (isTold && status === 'blocked') return 'affiliate_blocked';
    if (isTold && status === 'paused') return 'affiliate_paused';
    const partner = this.#partner(credit);
    if (partner !== null) return partner.amount > 0n ? this.#whyNot(partner, request) : null;
    if (this.#outOfRange(credit, request)) return 'out_of_range';
    if (!this.isApproved(credit, request.asOf)) {
      const waitsForItsHold = this.afterHoldSince !== null && credit.availableOn > request.asOf;
      return waitsForItsHold ? 'on_hold' : 'not_approved';
    }
    return credit.availableOn > request.asOf ? 'on_hold' : 'earned_earlier';
  }

  minimumOf(affiliateId: string, currency: string): bigint {
    const { own } = this.affiliate(affiliateId);
    if (own !== null && own.currency === currency) return own.amount;
    return this.minimums.get(currency) ?? 0n;
  }

  plan(request: ModelRequest, today: string): ModelPlan {
    const payouts: ModelPlanned[] = [];
    const skipped: ModelSkip[] = [];
    const affiliateIds = this.affiliates.map(({ id }) => id).sort(byBytes);
    for (const affiliateId of affiliateIds) {
      if (request.affiliateId !== null && request.affiliateId !== affiliateId) continue;
      const his = this.commissions.filter((one) => one.affiliateId === affiliateId);
      for (const currency of [...new Set(his.map((one) => one.currency))].sort(byBytes)) {
        if (request.currency !== undefined && request.currency !== currency) continue;
        const lines = his.filter((one) => one.currency === currency);
        const planned = this.#planOne(lines, request, today);
        if (planned.payout !== null) payouts.push({ affiliateId, currency, ...planned.payout });
        const rows = planned.skips.map((skip) => ({ affiliateId, currency, ...skip }));
        skipped.push(...rows.sort((a, b) => byBytes(a.reason, b.reason)));
      }
    }
    return { payouts, skipped };
  }

  #planOne(
    lines: readonly ModelCommission[],
    request: ModelRequest,
    today: string,
  ): {
    payout: { amount: bigint; lines: ModelLine[] } | null;
    skips: Omit<ModelSkip, 'affiliateId' | 'currency'>[];
  } {
    const credits = lines.filter((one) => this.creditIsEligible(one, request, today));
    const eligible = lines.filter(
      (one) => credits.includes(one) || this.debitIsEligible(one, request, today),
    );
    const skips = this.#skippedCredits(
      lines.filter((one) => !credits.includes(one) && !this.correctsNothing(one)),
      request,
    );
    const one = lines[0];
    if (one === undefined) return { payout: null, skips };
    if (request.affiliateId !== null) skips.push(...this.#alreadyInPayout(lines, request));

    const total = sum(eligible);
    const minimum = this.minimumOf(one.affiliateId, one.currency);
    if (eligible.length === 0) return { payout: null, skips };
    if (credits.length === 0 || total <= 0n) {
      skips.push({ reason: 'negative_balance', amount: total, commissions: eligible.length });
      return { payout: null, skips };
    }
    if (total < minimum && !request.overrideMinimum) {
      skips.push({ reason: 'below_minimum', amount: total, commissions: eligible.length, minimum });
      return { payout: null, skips };
    }
    const paid = eligible.map(({ id, amount }) => ({ id, amount })).sort((a, b) => byBytes(a.id, b.id));
    return { payout: { amount: total, lines: paid }, skips };
  }

  #skippedCredits(
    rest: readonly ModelCommission[],
    request: ModelRequest,
  ): Omit<ModelSkip, 'affiliateId' | 'currency'>[] {
    const byReason = new Map<Reason, ModelCommission[]>();
    for (const one of rest) {
      const isUnpaid = one.status === 'pending' || one.status === 'approved';
      if (one.amount <= 0n || !isUnpaid || this.livePayout(one.id) !== undefined) continue;
      const reason = this.#whyNot(one, request);
      if (reason === null || (reason === 'out_of_range' && request.affiliateId === null)) continue;
      byReason.set(reason, [...(byReason.get(reason) ?? []), one]);
    }
    return [...byReason].map(([reason, list]) => {
      const skip = { reason, amount: sum(list), commissions: list.length };
      if (reason !== 'on_hold') return skip;
      const days = list.map((one) =>
        one.status === 'approved' ? one.availableOn : (this.approvedFrom(one) ?? one.availableOn),
      );
      return { ...skip, nextAvailableOn: days.sort()[0] ?? '' };
    });
  }

  #alreadyInPayout(
    lines: readonly ModelCommission[],
    request: ModelRequest,
  ): Omit<ModelSkip, 'affiliateId' | 'currency'>[] {
    const paid = lines.filter(
      (one) =>
        this.livePayout(one.id) !== undefined &&
        (request.from === null || one.earnedOn >= request.from) &&
        !this.#outOfRange(one, request),
    );
    if (paid.length === 0) return [];
    const invoices = new Set(paid.map((one) => this.livePayout(one.id)?.invoiceNumber ?? ''));
    return [
      {
        reason: 'already_in_payout',
        amount: sum(paid),
        commissions: paid.length,
        invoiceNumbers: [...invoices].sort(),
      },
    ];
  }

  /** What each affiliate has in each currency; those who have nothing are absent. */
  balances(today: string): ModelBalance[] {
    const groups = new Map(
      this.commissions.map(({ affiliateId, currency }) => [
        JSON.stringify([affiliateId, currency]),
        { affiliateId, currency },
      ]),
    );
    return [...groups.values()]
      .sort((a, b) => byBytes(a.affiliateId, b.affiliateId) || byBytes(a.currency, b.currency))
      .map((group) => this.#balance(group, today))
      .filter(hasSomething);
  }

  #balance(group: { affiliateId: string; currency: string }, today: string): ModelBalance {
    const { affiliateId, currency } = group;
    const his = <T extends { affiliateId: string; currency: string }>(list: readonly T[]): T[] =>
      list.filter((one) => one.affiliateId === affiliateId && one.currency === currency);
    const request: ModelRequest = {
      from: null,
      to: '9999-12-31',
      asOf: today,
      affiliateId: null,
      campaign: null,
      overrideMinimum: true,
      anyAffiliateStatus: true,
    };
    const lines = his(this.commissions);
    const { payout, skips } = this.#planOne(lines, request, today);
    const skipped = (reason: Reason): bigint => sum(skips.filter((skip) => skip.reason === reason));
    const payouts = his(this.payouts).filter(({ status }) => status !== 'void');
    return {
      affiliateId,
      currency,
      available: (payout?.amount ?? 0n) + skipped('negative_balance'),
      onHold: skipped('on_hold'),
      notApproved: skipped('not_approved'),
      inPayouts: sum(payouts.filter(({ status }) => status !== 'paid')),
      paid: sum(payouts.filter(({ status }) => status === 'paid')),
      nextAvailableOn: skips.find((skip) => skip.reason === 'on_hold')?.nextAvailableOn ?? null,
    };
  }
}
