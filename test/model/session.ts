/* eslint-disable jest/no-standalone-expect -- the test that plays a world is in engine.test.ts */
/** One world played on a real ledger through the use cases and in the model, compared after each step. */
import { expect } from '@jest/globals';
import { generate, previewRun, type Generated, type GenerateInput } from '../../src/app/generate.js';
import { setSetting } from '../../src/app/settings.js';
import { ConflictError, UsageError } from '../../src/core/errors.js';
import type { Skip } from '../../src/core/plan.js';
import type { Ledger } from '../../src/store/ledger.js';
import { decimal, recordAffiliates } from '../store/sample-ledger.js';
import {
  playAdjust,
  playAffiliate,
  playDecide,
  playImportAgain,
  playSay,
  record,
} from './commission-steps.js';
import { compare } from './compare.js';
import type { Coverage } from './coverage.js';
import type { ModelPlan, ModelRequest, ModelSkip } from './model.js';
import { playChange, playRedo } from './payout-steps.js';
import { moveDays } from './rows.js';
import { compareSchedule, playSchedule, playScheduleRun } from './schedule-steps.js';
import { Stage } from './stage.js';
import type { Ask, Near, Person, Step } from './steps.js';
import type { World } from './worlds.js';

const plainSkip = (skip: Skip | ModelSkip) => ({
  affiliateId: skip.affiliateId,
  currency: skip.currency,
  reason: skip.reason,
  amount: skip.amount,
  commissions: skip.commissions,
  minimum: skip.minimum ?? null,
  nextAvailableOn: skip.nextAvailableOn ?? null,
  invoiceNumbers: skip.invoiceNumbers ?? null,
});

const totalsOf = (plan: ModelPlan) => {
  const currencies = [...new Set(plan.payouts.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const list = plan.payouts.filter((payout) => payout.currency === currency);
    return {
      currency,
      payouts: list.length,
      commissions: list.reduce((count, { lines }) => count + lines.length, 0),
      amount: list.reduce((total, { amount }) => total + amount, 0n),
    };
  });
};

export class Session {
  readonly #stage: Stage;
  /** The id of the plan that was looked at last; what has come since may have moved it. */
  #lastPlanId: string | null = null;
  #lastRun: GenerateInput | null = null;
  /** Plan ids by plan, and plans by id: the same if and only if payouts and lines are the same. */
  readonly #idOfPlan = new Map<string, { readonly planId: string; readonly request: string }>();
  readonly #planOfId = new Map<string, string>();
  /** How many runs in a row found a negative balance, by affiliate and currency. */
  readonly #carried = new Map<string, number>();

  constructor(
    private readonly world: World,
    ledger: Ledger,
    private readonly coverage: Coverage,
  ) {
    this.#stage = new Stage(world, ledger, coverage);
  }

  get #model() {
    return this.#stage.model;
  }

  get #today(): string {
    return this.#stage.today;
  }

  async play(): Promise<void> {
    await this.#begin();
    for (const [place, step] of this.world.steps.entries()) {
      await this.#step(step);
      // What a step left wrong is there after the next one as well.
      if (step.do !== 'pass' && place % 2 === 0) await compare(this.#stage, false);
    }
    await compare(this.#stage, true);
    await compareSchedule(this.#stage);
  }

  async #begin(): Promise<void> {
    const { world } = this;
    const model = this.#model;
    await this.#set('hold.days', String(world.holdDays));
    await this.#set('invoice.pattern', world.invoicePattern);
    await this.#set('credit-note.pattern', world.creditNotePattern);
    model.invoicePattern = world.invoicePattern;
    model.creditNotePattern = world.creditNotePattern;
    for (const { currency, amount } of world.minimums) await this.#setMinimum(currency, amount);
    await recordAffiliates(this.#stage.work(), world.affiliates);
    for (const one of world.affiliates) {
      model.affiliates.push({ ...one, said: one.status, statusBy: 'source' });
    }
    await record(this.#stage, world.rows);
  }

  async #set(key: string, value: string): Promise<void> {
    await setSetting(this.#stage.work(), key, value);
  }

  async #setMinimum(currency: string, amount: bigint | null): Promise<void> {
    await this.#set(`minimum.${currency}`, amount === null ? 'none' : decimal(amount, currency));
    if (amount === null) this.#model.minimums.delete(currency);
    else this.#model.minimums.set(currency, amount);
  }

  async #step(step: Step): Promise<void> {
    const stage = this.#stage;
    switch (step.do) {
      case 'record':
        return record(stage, step.rows);
      case 'pass':
        stage.nowMs += step.hours * 3_600_000;
        return;
      case 'policy':
        await this.#set('approval.commissions', step.value);
        if (step.value === 'manual') stage.model.afterHoldSince = null;
        else stage.model.afterHoldSince ??= this.#today;
        return;
      case 'approval':
        await this.#set('approval.payouts', step.value);
        stage.model.approval = step.value;
        return;
      case 'minimum':
        return this.#setMinimum(step.currency, step.amount);
      case 'affiliate':
        return playAffiliate(stage, step);
      case 'say':
        return playSay(stage, step.says);
      case 'importAgain':
        return playImportAgain(stage);
      case 'decide':
        return playDecide(stage, step);
      case 'adjust':
        return playAdjust(stage, step);
      case 'preview':
        return this.#preview(this.#request(step.ask));
      case 'generate':
        return this.#generate(this.#request(step.ask), step.planId, step.by);
      case 'again':
        return this.#again();
      case 'change':
        return playChange(stage, step);
      case 'redo':
        return playRedo(stage, step);
      case 'schedule':
        return playSchedule(stage, step.frequency);
      case 'scheduleRun':
        return playScheduleRun(stage, step, (answered, plan) => {
          this.#comparePlan(answered, plan);
        });
    }
  }

  #day(near: Near): string {
    const one = this.#model.commissions[near.commission % this.#model.commissions.length];
    return moveDays(one?.earnedOn ?? this.#today, near.days);
  }

  #request(ask: Ask): GenerateInput {
    const { commissions, affiliates } = this.#model;
    const to = ask.to === null ? this.#today : this.#day(ask.to);
    const from = ask.from === null ? null : this.#day(ask.from);
    const held = ask.asOf === null ? null : commissions[ask.asOf.commission % commissions.length];
    return {
      from: from !== null && from > to ? to : from,
      to: from !== null && from > to ? from : to,
      asOf: held === undefined || held === null ? null : moveDays(held.availableOn, ask.asOf?.days ?? 0),
      affiliateId:
        ask.affiliate === null ? null : (affiliates[ask.affiliate % affiliates.length]?.id ?? null),
      campaign: ask.campaign,
      overrideMinimum: ask.overrideMinimum,
    };
  }

  #expected(request: GenerateInput): { request: ModelRequest; plan: ModelPlan } {
    const full: ModelRequest = { ...request, asOf: request.asOf ?? this.#today };
    return { request: full, plan: this.#model.plan(full, this.#today) };
  }

  /** A preview answers the model's plan, with an id that is the same if and only if payouts and lines are. */
  async #preview(request: GenerateInput): Promise<void> {
    await this.#look({ ...request, overrideMinimum: !request.overrideMinimum });
    await this.#look(request);
  }

  async #look(request: GenerateInput): Promise<void> {
    const { request: full, plan } = this.#expected(request);
    this.coverage.plan(this.world, this.#model, full, plan, this.#today);
    const answered = await previewRun(this.#stage.work(), request, true);
    this.#comparePlan(answered, plan);
    expect(answered.run).toBeNull();
    this.#lastPlanId = answered.planId;
  }

  #comparePlan(answered: Generated, plan: ModelPlan): void {
    expect(answered.plan.skipped.map(plainSkip)).toEqual(plan.skipped.map(plainSkip));
    expect(answered.plan.payouts).toEqual(
      plan.payouts.map(({ affiliateId, currency, amount, lines }) => ({
        affiliateId,
        affiliateName: this.#model.affiliate(affiliateId).name,
        currency,
        amount,
        commissions: lines.length,
      })),
    );
    expect(answered.plan.totals).toEqual(totalsOf(plan));
    this.#comparePlanId(answered.planId, planKey(plan), JSON.stringify(answered.plan.request));
  }

  #comparePlanId(planId: string | null, key: string, request: string): void {
    if (planId === null) return;
    const known = this.#idOfPlan.get(key);
    expect(known?.planId ?? planId).toBe(planId);
    expect(this.#planOfId.get(planId) ?? key).toBe(key);
    const isOther = known !== undefined && known.request !== request && key !== '[]';
    this.coverage.note('the same plan came from another request', isOther);
    this.#idOfPlan.set(key, { planId, request });
    this.#planOfId.set(planId, key);
  }

  async #generate(request: GenerateInput, planId: 'none' | 'fresh' | 'last', by: Person): Promise<void> {
    const { request: full, plan } = this.#expected(request);
    const options = { wantsPlanId: planId !== 'none', typed: request };
    if (full.asOf > this.#today) {
      await expect(generate(this.#stage.work(), request, options)).rejects.toThrow(UsageError);
      this.coverage.note('a real run in the future is refused');
      return this.#preview(request);
    }
    if (planId === 'fresh') await this.#preview(request);
    const wanted = planId === 'none' ? null : this.#lastPlanId;
    if (wanted !== null && this.#planOfId.get(wanted) !== planKey(plan)) {
      const refused = generate(this.#stage.work(), request, { ...options, planId: wanted });
      await expect(refused).rejects.toThrow(ConflictError);
      this.coverage.note('a plan that moved is refused by its id');
      return;
    }
    this.coverage.plan(this.world, this.#model, full, plan, this.#today);
    const applied = await generate(
      this.#stage.work(by),
      request,
      wanted === null ? options : { ...options, planId: wanted },
    );
    this.coverage.note('a plan is applied by its id', wanted !== null && plan.payouts.length > 0);
    this.#comparePlan(applied, plan);
    const made = this.#model.generate(full, this.#today, by);
    this.#noteDebts(plan);
    expect(applied.run?.id ?? null).toBe(made.runId);
    expect(applied.payouts.map((payout) => payout.invoiceNumber)).toEqual(
      made.made.map((payout) => payout.invoiceNumber),
    );
    this.#lastRun = request;
    if (made.runId !== null) this.#noteSeries();
  }

  #noteSeries(): void {
    const { invoicePattern, creditNotePattern, payouts } = this.#model;
    const part = invoicePattern.includes('{MM}') ? 7 : 4;
    const restarts = payouts.some((one) => one.issuedOn.slice(0, part) < this.#today.slice(0, part));
    this.coverage.note('a series begins again in another year or month', restarts);
    this.coverage.note('a series has the affiliate in it', invoicePattern.includes('{AFFILIATE}'));
    const [invoices, creditNotes] = [invoicePattern, creditNotePattern].map((text) =>
      text.replace(/:\d/, ''),
    );
    const isVoid = payouts.some((one) => one.status === 'void');
    this.coverage.note('invoices and credit notes share a series', invoices === creditNotes && isVoid);
  }

  /** The same again at once: nothing that was paid is paid again. */
  async #again(): Promise<void> {
    if (this.#lastRun === null) return;
    const request = this.#lastRun;
    await this.#generate(request, 'none', 'kim');
    const asOf = request.asOf ?? this.#today;
    if (asOf > this.#today) return;
    const again = await generate(this.#stage.work(), request, { wantsPlanId: false, typed: request });
    expect(again.run).toBeNull();
    this.coverage.note('a run right after a run pays nothing');
  }

  /** A debt is carried from run to run until there is enough to net it. */
  #noteDebts({ payouts, skipped }: ModelPlan): void {
    const key = (one: { affiliateId: string; currency: string }): string =>
      JSON.stringify([one.affiliateId, one.currency]);
    for (const payout of payouts) {
      const runs = this.#carried.get(key(payout)) ?? 0;
      const netsIt = payout.lines.some(({ amount }) => amount < 0n);
      this.coverage.note('a debt is carried over several runs until it is netted', runs > 1 && netsIt);
      this.#carried.delete(key(payout));
    }
    for (const skip of skipped.filter(({ reason }) => reason === 'negative_balance')) {
      this.#carried.set(key(skip), (this.#carried.get(key(skip)) ?? 0) + 1);
    }
  }
}

const planKey = (plan: ModelPlan): string =>
  JSON.stringify(plan.payouts, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
