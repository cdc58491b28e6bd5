/**
 * What a ledger must answer, worked out the slow way: plain arrays and loops over SPEC sections 3 to 7,
 * written without a look at the SQL. The property test holds the engine against it.
 */

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

export interface ModelAffiliate {
  readonly id: string;
  readonly name: string;
  status: 'active' | 'paused' | 'blocked' | 'departed';
  own: { readonly amount: bigint; readonly currency: string } | null;
}

export interface ModelCommission {
  readonly id: string;
  readonly affiliateId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly earnedOn: string;
  readonly availableOn: string;
  readonly campaign: string | null;
  readonly corrects: string | null;
  /** Made by payrun itself, not by the source. */
  readonly isCorrection: boolean;
  status: 'pending' | 'approved' | 'rejected' | 'settled';
  said: 'pending' | 'approved' | 'rejected' | 'settled' | null;
}

export interface ModelLine {
  readonly id: string;
  readonly amount: bigint;
}

export interface ModelPayout {
  readonly invoiceNumber: string;
  readonly runId: string;
  readonly affiliateId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly lines: readonly ModelLine[];
  readonly issuedOn: string;
  readonly from: string | null;
  readonly to: string;
  status: 'open' | 'void';
  voidedOn: string | null;
  creditNoteNumber: string | null;
}

export interface ModelRequest {
  readonly from: string | null;
  readonly to: string;
  readonly asOf: string;
  readonly affiliateId: string | null;
  readonly campaign: string | null;
  readonly overrideMinimum: boolean;
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

/** Text by its UTF-8 bytes, which is not the order of JavaScript's own comparison. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const later = (a: string, b: string): string => (a > b ? a : b);
const sum = (list: readonly { readonly amount: bigint }[]): bigint =>
  list.reduce((total, { amount }) => total + amount, 0n);

export class Model {
  readonly affiliates: ModelAffiliate[] = [];
  readonly commissions: ModelCommission[] = [];
  readonly payouts: ModelPayout[] = [];
  readonly minimums = new Map<string, bigint>();
  invoicePattern = 'INV-{YYYY}-{SEQ:6}';
  creditNotePattern = 'CN-{YYYY}-{SEQ:6}';
  /** The day on which `after-hold` was set; null under `manual`. */
  afterHoldSince: string | null = null;
  readonly #taken = new Map<string, number>();
  #runs = 0;

  commission(id: string): ModelCommission {
    const found = this.commissions.find((one) => one.id === id);
    if (found === undefined) throw new Error(`The model has no commission ${id}.`);
    return found;
  }

  affiliate(id: string): ModelAffiliate {
    const found = this.affiliates.find((one) => one.id === id);
    if (found === undefined) throw new Error(`The model has no affiliate ${id}.`);
    return found;
  }

  /** The live payout that a commission is on. */
  livePayout(id: string): ModelPayout | undefined {
    return this.payouts.find(
      (payout) => payout.status !== 'void' && payout.lines.some((line) => line.id === id),
    );
  }

  corrections(id: string): ModelCommission[] {
    return this.commissions.filter((one) => one.isCorrection && one.corrects === id);
  }

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
    if (status !== 'active' && status !== 'departed') return false;
    return request.affiliateId === null || request.affiliateId === affiliateId;
  }

  #outOfRange(credit: ModelCommission, request: ModelRequest): boolean {
    return (
      credit.earnedOn > request.to || (request.campaign !== null && credit.campaign !== request.campaign)
    );
  }

  /** A correction of what was rejected unpaid, or of a debit that is owed to nobody, has nothing to correct. */
  #correctsNothing(credit: ModelCommission): boolean {
    if (!credit.isCorrection || credit.corrects === null) return false;
    const original = this.commission(credit.corrects);
    if (this.livePayout(original.id) !== undefined) return false;
    const taken =
      original.amount < 0n && original.corrects !== null ? this.commission(original.corrects) : null;
    return original.status === 'rejected' || taken?.status === 'rejected';
  }

  /** The unpaid original with which a correction is paid together or not at all. */
  #partner(credit: ModelCommission): ModelCommission | null {
    if (!credit.isCorrection || credit.corrects === null) return null;
    const original = this.commission(credit.corrects);
    const isUnpaid = original.status === 'pending' || original.status === 'approved';
    return isUnpaid && this.livePayout(original.id) === undefined ? original : null;
  }

  creditIsEligible(credit: ModelCommission, request: ModelRequest, today: string): boolean {
    if (credit.amount <= 0n || this.#correctsNothing(credit)) return false;
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
    if (status === 'blocked') return 'affiliate_blocked';
    if (status === 'paused') return 'affiliate_paused';
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
      lines.filter((one) => !credits.includes(one) && !this.#correctsNothing(one)),
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

  /** The next number of its series: everything but `{SEQ}` names the series. */
  #number(pattern: string, affiliateId: string, issuedOn: string): string {
    const [year = '', month = ''] = issuedOn.split('-');
    const series = pattern
      .split('{YYYY}')
      .join(year)
      .split('{YY}')
      .join(year.slice(2))
      .split('{MM}')
      .join(month);
    const width = Number(/\{SEQ:(\d+)\}/.exec(series)?.[1] ?? 1);
    const named = series.replace(/\{SEQ(:\d+)?\}/, '\u0000');
    const [before = '', after = ''] = named
      .split('\u0000')
      .map((part) => part.split('{AFFILIATE}').join(affiliateId));
    const key = JSON.stringify([before, after]);
    const next = (this.#taken.get(key) ?? 0) + 1;
    this.#taken.set(key, next);
    return before + String(next).padStart(width, '0') + after;
  }

  /** Makes the payouts of a plan; the id of the run, or null where nothing is paid. */
  generate(
    request: ModelRequest,
    today: string,
  ): { plan: ModelPlan; runId: string | null; made: ModelPayout[] } {
    const plan = this.plan(request, today);
    if (plan.payouts.length === 0) return { plan, runId: null, made: [] };
    this.#runs += 1;
    const runId = `R-${String(this.#runs).padStart(6, '0')}`;
    for (const { id } of plan.payouts.flatMap((payout) => payout.lines)) {
      this.commission(id).status = 'approved';
    }
    const made = plan.payouts.map((payout): ModelPayout => ({
      ...payout,
      invoiceNumber: this.#number(this.invoicePattern, payout.affiliateId, today),
      runId,
      issuedOn: today,
      from: request.from,
      to: request.to,
      status: 'open',
      voidedOn: null,
      creditNoteNumber: null,
    }));
    this.payouts.push(...made);
    return { plan, runId, made };
  }

  /** Takes payouts back, in the order in which they were made. */
  void(invoiceNumbers: readonly string[], today: string): void {
    for (const payout of this.payouts) {
      if (payout.status === 'void' || !invoiceNumbers.includes(payout.invoiceNumber)) continue;
      payout.status = 'void';
      payout.voidedOn = today;
      payout.creditNoteNumber = this.#number(this.creditNotePattern, payout.affiliateId, today);
      for (const { id } of payout.lines) {
        const released = this.commission(id);
        if (released.said === 'settled') released.status = 'settled';
      }
    }
  }

  /** The source gives another status for a commission that it gave before. */
  say(id: string, status: ModelCommission['status'], today: string): void {
    const one = this.commission(id);
    if (one.said === status) return;
    one.said = status;
    const corrections = this.corrections(id);
    if (this.livePayout(id) === undefined && corrections.length === 0) {
      one.status = status;
      return;
    }
    if (status === 'settled') return;
    const amount = (status === 'rejected' ? 0n : one.amount) - one.amount - sum(corrections);
    if (amount === 0n) return;
    this.commissions.push({
      id: `${id}~${corrections.length + 1}`,
      affiliateId: one.affiliateId,
      currency: one.currency,
      amount,
      earnedOn: today,
      availableOn: today,
      campaign: one.campaign,
      corrects: id,
      isCorrection: true,
      status: 'approved',
      said: null,
    });
  }
}
