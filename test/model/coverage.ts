/** Counts how often each situation that the rules speak of really occurred in the random worlds. */
import type { Model, ModelCommission, ModelPlan, ModelRequest } from './model.js';
import { CLOCK_CHANGES, DECIMALS, dateIn } from './rows.js';
import { SITUATIONS, zoneSituation, type Situation } from './situations.js';
import type { World } from './worlds.js';

export class Coverage {
  readonly #counts = new Map<string, number>(SITUATIONS.map((name) => [name, 0]));

  note(situation: Situation, happened = true): void {
    if (happened) this.#counts.set(situation, (this.#counts.get(situation) ?? 0) + 1);
  }

  /** The situations that occurred less often than that. */
  scarce(least: number): string[] {
    return this.table()
      .filter(([, count]) => count < least)
      .map(([name, count]) => `${name}: ${count}`);
  }

  table(): [name: string, count: number][] {
    return [...this.#counts];
  }

  /** What a plan over the model shows, before anything of it is applied. */
  plan(world: World, model: Model, request: ModelRequest, plan: ModelPlan, today: string): void {
    this.#range(request, plan, today);
    for (const payout of plan.payouts) this.#payout(world, model, request, payout, plan);
    for (const one of model.commissions) {
      if (request.affiliateId !== null && request.affiliateId !== one.affiliateId) continue;
      this.#leftOut(model, request, plan, one, today);
    }
    for (const skip of plan.skipped) this.#skip(model, skip, request, today);
  }

  #range(request: ModelRequest, plan: ModelPlan, today: string): void {
    const pays = plan.payouts.length > 0;
    this.note('no beginning of the range', pays && request.from === null);
    this.note('a preview in the future', pays && request.asOf > today);
    this.note('a cut-off in the past pays', pays && request.asOf < today);
    this.note('a campaign is asked for and paid', pays && request.campaign !== null);
    this.note('one affiliate is asked for and paid', pays && request.affiliateId !== null);
    this.note('a run of several payouts', plan.payouts.length > 1);
    const affiliateIds = plan.payouts.map((payout) => payout.affiliateId);
    this.note(
      'an affiliate with payouts in two currencies of one run',
      new Set(affiliateIds).size < affiliateIds.length,
    );
    this.note(
      'an affiliate is paid and has other rows',
      plan.skipped.some((skip) => affiliateIds.includes(skip.affiliateId)),
    );
  }

  #payout(
    world: World,
    model: Model,
    request: ModelRequest,
    payout: ModelPlan['payouts'][number],
    plan: ModelPlan,
  ): void {
    const decimals = DECIMALS[payout.currency];
    this.note('a payout in a currency without decimals', decimals === 0);
    this.note('a payout in a currency with 2 decimals', decimals === 2);
    this.note('a payout in a currency with 3 decimals', decimals === 3);
    const zone = zoneSituation(world.zone);
    this.#counts.set(zone, (this.#counts.get(zone) ?? 0) + 1);
    const { status } = model.affiliate(payout.affiliateId);
    this.note('an active affiliate is paid', status === 'active');
    this.note('a departed affiliate is paid', status === 'departed');
    this.#paidMinimum(model, request, payout);
    for (const line of payout.lines) {
      const one = model.commission(line.id);
      this.#origin(world, one);
      if (one.amount > 0n) this.#paidCredit(model, request, one);
      else this.#nettedDebit(model, request, one, plan);
    }
  }

  #paidMinimum(model: Model, request: ModelRequest, payout: ModelPlan['payouts'][number]): void {
    const { own } = model.affiliate(payout.affiliateId);
    const programme = model.minimums.get(payout.currency) ?? 0n;
    const minimum = model.minimumOf(payout.affiliateId, payout.currency);
    const isOwn = own?.currency === payout.currency;
    const positive = minimum > 0n;
    this.note('a total below the minimum is paid by the override', payout.amount < minimum);
    this.note('a total equal to an own minimum is paid', isOwn && positive && payout.amount === minimum);
    this.note(
      'a total equal to the minimum of the programme is paid',
      !isOwn && positive && payout.amount === minimum,
    );
    const below = payout.amount < programme && !request.overrideMinimum;
    this.note('an own minimum of 0 lifts that of the programme', isOwn && minimum === 0n && below);
    this.note('an own minimum below that of the programme is enough', isOwn && positive && below);
  }

  #origin(world: World, one: ModelCommission): void {
    const row = [
      ...world.rows,
      ...world.steps.flatMap((step) => (step.do === 'record' ? step.rows : [])),
    ].find(({ id }) => id === one.id);
    if (row === undefined) return;
    const isInstant = row.earnedAt.length > 10;
    this.note('a bare date', !isInstant);
    this.note('a line earned on a day when clocks change somewhere', CLOCK_CHANGES.includes(one.earnedOn));
    if (!isInstant) return;
    const instant = Date.parse(row.earnedAt);
    this.note(
      'a line earned on another date in the book zone than in UTC',
      one.earnedOn !== dateIn('UTC', instant),
    );
    this.note(
      'a line earned in the last second of a day',
      dateIn(world.zone, instant + 1000) !== one.earnedOn,
    );
    this.note(
      'a line earned in the first second of a day',
      dateIn(world.zone, instant - 1000) !== one.earnedOn,
    );
  }

  #paidCredit(model: Model, request: ModelRequest, one: ModelCommission): void {
    this.note(
      'a hold that ends on the cut-off day is paid',
      one.availableOn === request.asOf && one.earnedOn < one.availableOn,
    );
    this.note('a credit earned on the first day of the range is paid', one.earnedOn === request.from);
    this.note('a credit earned on the last day of the range is paid', one.earnedOn === request.to);
    this.note('a pending credit is paid by the policy', one.status === 'pending');
    this.note('a line of a void payout is paid again', wasVoid(model, one.id));
    this.note('a bonus of an operator is paid', one.origin === 'operator');
    if (one.origin !== 'correction' || one.corrects === null) return;
    const isFreed = model.livePayout(one.corrects) === undefined;
    this.note('a positive correction is paid with its freed original', isFreed);
    this.note('a correction that gives back is paid', !isFreed);
  }

  #nettedDebit(model: Model, request: ModelRequest, one: ModelCommission, plan: ModelPlan): void {
    this.note('a debit is netted against credits');
    const outside = one.earnedOn > request.to || (request.from !== null && one.earnedOn < request.from);
    this.note('a debit earned outside the range is netted', outside);
    this.note(
      'a debit of another campaign is netted',
      request.campaign !== null && one.campaign !== request.campaign,
    );
    this.note('a correction is netted', one.origin === 'correction');
    this.note('a debit earned after a past cut-off is netted', one.earnedOn > request.asOf);
    this.note('a deduction of an operator is netted', one.origin === 'operator');
    if (one.corrects === null) return;
    const original = model.commission(one.corrects);
    const isPlanned = plan.payouts.some((payout) => payout.lines.some((line) => line.id === original.id));
    const live = model.livePayout(original.id) !== undefined;
    this.note(
      'a refund after the payment is netted by the next payout',
      one.origin === 'correction' && model.livePayout(original.id)?.status === 'paid',
    );
    this.note('a debit is paid together with its open original', isPlanned);
    this.note(
      'a debit is netted with the original that a void released',
      isPlanned && wasVoid(model, original.id),
    );
    this.note('a debit on a paid original is netted', live);
    this.note('a debit on a settled original is netted', !live && original.status === 'settled');
  }

  /** What is on no payout of the plan although its affiliate was asked for. */
  #leftOut(model: Model, request: ModelRequest, plan: ModelPlan, one: ModelCommission, today: string): void {
    const group = (list: readonly { affiliateId: string; currency: string }[]): boolean =>
      list.some((other) => other.affiliateId === one.affiliateId && other.currency === one.currency);
    const cutOff = request.asOf > today ? request.asOf : today;
    const isPaid = plan.payouts.some((payout) => payout.lines.some((line) => line.id === one.id));
    this.note('a zero line is left out', one.amount === 0n && group(plan.payouts));
    this.note(
      'a rejected credit is left out',
      one.status === 'rejected' && one.amount > 0n && group(plan.payouts),
    );
    this.note(
      'a settled credit is left out',
      one.status === 'settled' && one.amount > 0n && group(plan.payouts),
    );
    if (one.amount >= 0n || model.livePayout(one.id) !== undefined) return;
    this.note(
      'a debit earned in the future is netted by a forecast',
      isPaid && one.earnedOn > today && one.earnedOn <= request.asOf,
    );
    if (isPaid || !group(plan.payouts)) return;
    this.note('a pending debit is left out', one.status === 'pending');
    if (one.status !== 'approved') return;
    this.note('a debit earned after today and the cut-off waits', one.earnedOn > cutOff);
    if (one.corrects === null || one.earnedOn > cutOff) return;
    const original = model.commission(one.corrects);
    this.note('a debit on a rejected original is dropped', original.status === 'rejected');
    this.note('a debit waits with its pending original', original.status === 'pending');
    this.note(
      'a debit waits with its original that is on hold or out of range',
      original.status === 'approved',
    );
  }

  #skip(model: Model, skip: ModelPlan['skipped'][number], request: ModelRequest, today: string): void {
    const lines = model.commissions.filter(
      (one) =>
        one.affiliateId === skip.affiliateId &&
        one.currency === skip.currency &&
        one.amount > 0n &&
        model.livePayout(one.id) === undefined,
    );
    const some = (test: (one: ModelCommission) => boolean): boolean => lines.some(test);
    const dayAfter = (date: string): string =>
      new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    const { reason } = skip;
    const underPolicy = model.afterHoldSince !== null;
    this.note('a blocked affiliate is skipped', reason === 'affiliate_blocked');
    this.note('a paused affiliate is skipped', reason === 'affiliate_paused');
    this.note(
      'a credit earned the day after the range is out of it',
      reason === 'out_of_range' && some((one) => one.earnedOn === dayAfter(request.to)),
    );
    this.note('a pending credit is not approved', reason === 'not_approved');
    this.note(
      'a pending credit was past its hold, but the policy was set after the cut-off',
      reason === 'not_approved' && underPolicy,
    );
    this.note(
      'a hold that ends the day after the cut-off waits',
      reason === 'on_hold' && skip.nextAvailableOn === dayAfter(request.asOf),
    );
    this.note(
      'a pending credit waits for its hold under the policy',
      reason === 'on_hold' &&
        underPolicy &&
        some((one) => one.status === 'pending' && one.availableOn > request.asOf),
    );
    this.note(
      'a credit earned the day before the range is told as earned earlier',
      reason === 'earned_earlier' && some((one) => dayAfter(one.earnedOn) === request.from),
    );
    this.note('one affiliate is told what is on a payout already', reason === 'already_in_payout');
    if (reason === 'negative_balance') this.#negative(model, skip, request, today);
    if (reason === 'below_minimum') this.#below(model, skip);
  }

  #negative(model: Model, skip: ModelPlan['skipped'][number], request: ModelRequest, today: string): void {
    const hasCredit = model.commissions.some(
      (one) =>
        one.affiliateId === skip.affiliateId &&
        one.currency === skip.currency &&
        model.creditIsEligible(one, request, today),
    );
    this.note('debits alone', !hasCredit);
    this.note('debits exceed credits', hasCredit && skip.amount < 0n);
    this.note('debits equal credits', hasCredit && skip.amount === 0n);
  }

  #below(model: Model, skip: ModelPlan['skipped'][number]): void {
    const { own } = model.affiliate(skip.affiliateId);
    const isOwn = own?.currency === skip.currency;
    this.note('a total below an own minimum waits', isOwn);
    this.note('a total below the minimum of the programme waits', !isOwn);
    this.note('an own minimum in another currency falls back to the programme', !isOwn && own !== null);
  }
}

function wasVoid(model: Model, id: string): boolean {
  return model.payouts.some(
    (payout) => payout.status === 'void' && payout.lines.some((line) => line.id === id),
  );
}
