/**
 * What a ledger must answer, worked out the slow way: plain arrays and loops over SPEC sections 2 to 7,
 * written without a look at the SQL. The property test holds payrun against it.
 */
import { Decisions } from './decisions.js';
import type { ModelPayout, PayoutStatus } from './facts.js';
import type { ModelPlan, ModelRequest } from './plan.js';

export type { ModelAffiliate, ModelCommission, ModelPayout } from './facts.js';
export type { ModelPlan, ModelRequest, ModelSkip } from './plan.js';

/** A payout that a redo would replace by nothing, or by the same. */
export interface RefusedRedo {
  readonly invoiceNumber: string;
  readonly reason: 'pays_nothing' | 'corrected_later';
}

/** A change of status that a person asks for. `redo` is void and generate again. */
export type Verb = 'approve' | 'process' | 'pay' | 'fail' | 'return' | 'void';

export interface Change {
  readonly verb: Verb;
  readonly actor: string;
  /** The day on which it happened; null is today. */
  readonly date: string | null;
  readonly reference: string | null;
  readonly includeCorrected: boolean;
}

/** Words for what stands in the way. */
export type Obstacle =
  | 'wrong_status'
  | 'approval_required'
  | 'same_person'
  | 'affiliate_blocked'
  | 'affiliate_paused'
  | 'corrected_since'
  | 'paid_otherwise'
  | 'processed_otherwise'
  | 'bad_date';

/** What a change comes to for one payout: nothing to do, the steps to take, or every obstacle. */
export type Verdict =
  | { readonly kind: 'already' }
  | { readonly kind: 'steps'; readonly steps: readonly PayoutStatus[] }
  | { readonly kind: 'refused'; readonly obstacles: readonly Obstacle[] };

const TARGET: Readonly<Record<Verb, PayoutStatus>> = {
  approve: 'approved',
  process: 'processing',
  pay: 'paid',
  fail: 'failed',
  return: 'returned',
  void: 'void',
};

const FROM: Readonly<Record<Verb, readonly PayoutStatus[]>> = {
  approve: ['open'],
  process: ['open', 'approved', 'failed', 'returned'],
  pay: ['processing', 'open', 'approved', 'failed', 'returned'],
  fail: ['processing'],
  return: ['paid'],
  void: ['open', 'approved', 'failed', 'returned'],
};

const samePerson = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

export class Model extends Decisions {
  #taken = new Map<string, number>();
  #runs = 0;

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
    actor: string,
    replaces: string | null = null,
  ): { plan: ModelPlan; runId: string | null; made: ModelPayout[] } {
    const plan = this.plan(request, today);
    if (plan.payouts.length === 0) return { plan, runId: null, made: [] };
    this.#runs += 1;
    const runId = `R-${String(this.#runs).padStart(6, '0')}`;
    for (const { id } of plan.payouts.flatMap((payout) => payout.lines)) {
      const one = this.commission(id);
      if (one.status === 'pending') one.byPolicy = true;
      one.status = 'approved';
    }
    const made = plan.payouts.map((payout): ModelPayout => ({
      ...payout,
      invoiceNumber: this.#number(this.invoicePattern, payout.affiliateId, today),
      runId,
      issuedOn: today,
      from: request.from,
      to: request.to,
      campaign: request.campaign,
      overrideMinimum: request.overrideMinimum,
      createdBy: actor,
      replaces,
      history: [{ status: 'open', on: today, reference: null }],
      status: 'open',
      paidOn: null,
      reference: null,
      voidedOn: null,
      creditNoteNumber: null,
    }));
    this.payouts.push(...made);
    return { plan, runId, made };
  }

  /** Refunded after it was made: something open is linked to one of its lines and does not sum up to 0. */
  correctedSince(payout: ModelPayout): boolean {
    if (payout.status === 'paid' || payout.status === 'void') return false;
    return payout.lines.some(({ id }) => {
      const linked = this.commissions.filter(
        (one) => one.corrects === id && one.status === 'approved' && this.isOpen(one),
      );
      return linked.reduce((total, { amount }) => total + amount, 0n) !== 0n;
    });
  }

  judge(payout: ModelPayout, change: Change, today: string): Verdict {
    const { verb } = change;
    if (payout.status === TARGET[verb]) {
      const isOther = change.reference !== null && change.reference !== payout.reference;
      const isOtherDay = change.date !== null && change.date !== payout.paidOn;
      if (verb === 'pay' && (isOther || isOtherDay))
        return { kind: 'refused', obstacles: ['paid_otherwise'] };
      if (verb === 'process' && isOther) return { kind: 'refused', obstacles: ['processed_otherwise'] };
      return { kind: 'already' };
    }
    if (!FROM[verb].includes(payout.status)) return { kind: 'refused', obstacles: ['wrong_status'] };
    const obstacles = this.#obstacles(payout, change, today);
    if (obstacles.length > 0) return { kind: 'refused', obstacles };
    const isTwoSteps = verb === 'pay' && payout.status !== 'processing';
    return { kind: 'steps', steps: isTwoSteps ? ['processing', 'paid'] : [TARGET[verb]] };
  }

  #obstacles(payout: ModelPayout, change: Change, today: string): Obstacle[] {
    const { verb, actor } = change;
    const obstacles: Obstacle[] = [];
    const leaves = verb === 'process' || verb === 'pay';
    if (leaves && payout.status === 'open' && this.approval !== 'none') obstacles.push('approval_required');
    if (verb === 'approve' && this.approval === 'two-person' && samePerson(actor, payout.createdBy))
      obstacles.push('same_person');
    if (leaves || verb === 'approve') {
      const { status } = this.affiliate(payout.affiliateId);
      if (status === 'blocked') obstacles.push('affiliate_blocked');
      if (status === 'paused') obstacles.push('affiliate_paused');
      if (!change.includeCorrected && this.correctedSince(payout)) obstacles.push('corrected_since');
    }
    const earliest = this.earliestDay(payout);
    if (change.date !== null && (change.date < earliest || change.date > today)) obstacles.push('bad_date');
    return obstacles;
  }

  /** What came back cannot have come back before it was paid, nor gone out again before it was back. */
  earliestDay(payout: ModelPayout): string {
    if (payout.status === 'paid') return payout.paidOn ?? payout.issuedOn;
    const isBack = payout.status === 'failed' || payout.status === 'returned';
    return (isBack ? payout.history.at(-1)?.on : undefined) ?? payout.issuedOn;
  }

  /** Takes the steps of a change that nothing stands in the way of. */
  change(payout: ModelPayout, steps: readonly PayoutStatus[], change: Change, today: string): void {
    const on = change.date ?? today;
    for (const status of steps) {
      payout.status = status;
      if (status === 'processing') payout.reference = change.reference;
      if (status === 'paid') payout.reference = change.reference ?? payout.reference;
      if (status === 'paid') payout.paidOn = on;
      if (status === 'returned') {
        payout.paidOn = null;
        payout.reference = null;
      }
      const isPayment = status === 'processing' || status === 'paid';
      payout.history.push({ status, on, reference: isPayment ? payout.reference : change.reference });
    }
  }

  /** Takes payouts back, in the order in which they were made. */
  void(invoiceNumbers: readonly string[], today: string): void {
    const chosen = this.payouts.filter(
      (payout) => payout.status !== 'void' && invoiceNumbers.includes(payout.invoiceNumber),
    );
    for (const payout of chosen) {
      payout.status = 'void';
      payout.voidedOn = today;
      payout.creditNoteNumber = this.#number(this.creditNotePattern, payout.affiliateId, today);
      payout.history.push({ status: 'void', on: today, reference: null });
    }
    this.release(
      chosen.flatMap((payout) => payout.lines.map(({ id }) => id)),
      today,
    );
  }

  /** The run that a redo of a payout asks for. */
  redoRequest(payout: ModelPayout, today: string): ModelRequest {
    const { affiliateId, currency, from, to, campaign, overrideMinimum } = payout;
    return { affiliateId, currency, from, to, campaign, overrideMinimum, asOf: today };
  }

  /**
   * Takes each payout back and makes it anew, in the order given. Where some would pay nothing, or the same
   * because what takes them back counts later, all stays as it was.
   * @returns those that stand in the way
   */
  redo(payouts: readonly ModelPayout[], today: string, actor: string): RefusedRedo[] {
    const kept = structuredClone({
      commissions: this.commissions,
      payouts: this.payouts,
      taken: [...this.#taken],
      runs: this.#runs,
    });
    const refused = payouts.flatMap((payout): RefusedRedo[] => {
      const { invoiceNumber, amount } = payout;
      const request = this.redoRequest(payout, today);
      this.void([invoiceNumber], today);
      const [made] = this.generate(request, today, actor, invoiceNumber).made;
      if (made === undefined) return [{ invoiceNumber, reason: 'pays_nothing' }];
      const isStillCorrected = made.amount === amount && this.correctedSince(made);
      return isStillCorrected ? [{ invoiceNumber, reason: 'corrected_later' }] : [];
    });
    if (refused.length === 0) return [];
    this.commissions.splice(0, Infinity, ...kept.commissions);
    this.payouts.splice(0, Infinity, ...kept.payouts);
    this.#taken = new Map(kept.taken);
    this.#runs = kept.runs;
    return refused;
  }
}
