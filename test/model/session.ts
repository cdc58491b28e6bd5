/* eslint-disable jest/no-standalone-expect -- the test that plays a world is in engine.test.ts */
/** One world played on a real ledger through the use cases and in the model, compared after each step. */
import { expect } from '@jest/globals';
import { Book } from '../../src/app/book.js';
import { generate, previewRun, type Generated, type GenerateInput } from '../../src/app/generate.js';
import { setSetting } from '../../src/app/settings.js';
import { voidSelected } from '../../src/app/void-payouts.js';
import type { Work } from '../../src/app/work.js';
import { ConflictError, UsageError } from '../../src/core/errors.js';
import type { Skip } from '../../src/core/plan.js';
import { eachCommission } from '../../src/store/commissions.js';
import type { Ledger } from '../../src/store/ledger.js';
import { historyOf, linesOf, listPayouts } from '../../src/store/payouts.js';
import { listRuns } from '../../src/store/runs.js';
import { CHECK_NAMES, runCheck } from '../../src/store/verify.js';
import { decimal, recordAffiliates, recordCommissions } from '../store/sample-ledger.js';
import type { Coverage } from './coverage.js';
import {
  Model,
  type ModelCommission,
  type ModelPayout,
  type ModelPlan,
  type ModelRequest,
  type ModelSkip,
} from './model.js';
import {
  dateIn,
  moveDays,
  type Ask,
  type Near,
  type Step,
  type World,
  type WorldAffiliate,
  type WorldRow,
} from './worlds.js';

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
  readonly #model = new Model();
  #nowMs: number;
  #rows: WorldRow[] = [];
  #lastPreview: { planId: string | null; input: GenerateInput } | null = null;
  #lastRun: GenerateInput | null = null;
  /** Plan ids by plan, and plans by id: the same if and only if payouts and lines are the same. */
  readonly #idOfPlan = new Map<string, { readonly planId: string; readonly request: string }>();
  readonly #planOfId = new Map<string, string>();

  constructor(
    private readonly world: World,
    private readonly ledger: Ledger,
    private readonly coverage: Coverage,
  ) {
    this.#nowMs = world.start;
  }

  get #work(): Work {
    return {
      ledger: this.ledger,
      now: new Date(this.#nowMs),
      actor: 'kim',
      osUser: 'kim',
      progress: () => undefined,
    };
  }

  get #today(): string {
    return dateIn(this.world.zone, this.#nowMs);
  }

  async play(): Promise<void> {
    await this.#begin();
    for (const step of this.world.steps) {
      await this.#step(step);
      if (step.do !== 'pass') await this.#compare(false);
    }
    await this.#compare(true);
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
    await recordAffiliates(this.#work, world.affiliates);
    model.affiliates.push(...world.affiliates.map((one) => ({ ...one })));
    await this.#record(world.rows);
  }

  async #set(key: string, value: string): Promise<void> {
    await setSetting(this.#work, key, value);
  }

  async #setMinimum(currency: string, amount: bigint | null): Promise<void> {
    await this.#set(`minimum.${currency}`, amount === null ? 'none' : decimal(amount, currency));
    if (amount === null) this.#model.minimums.delete(currency);
    else this.#model.minimums.set(currency, amount);
  }

  async #record(rows: readonly WorldRow[]): Promise<void> {
    await recordCommissions(this.#work, rows);
    this.#rows.push(...rows);
    for (const row of rows) {
      const isDate = row.earnedAt.length === 10;
      const earnedOn = isDate ? row.earnedAt : dateIn(this.world.zone, Date.parse(row.earnedAt));
      const held =
        row.kind === 'sale' && row.amount > 0n ? moveDays(earnedOn, this.world.holdDays) : earnedOn;
      this.#model.commissions.push({
        id: row.id,
        affiliateId: row.affiliateId,
        currency: row.currency,
        amount: row.amount,
        earnedOn,
        availableOn: row.availableOn ?? held,
        campaign: row.campaign,
        corrects: row.corrects,
        isCorrection: false,
        status: row.status ?? (row.kind === 'sale' ? 'pending' : 'approved'),
        said: row.status,
      });
    }
  }

  async #step(step: Step): Promise<void> {
    const model = this.#model;
    switch (step.do) {
      case 'record':
        return this.#record(step.rows);
      case 'pass':
        this.#nowMs += step.hours * 3_600_000;
        return;
      case 'policy':
        await this.#set('approval.commissions', step.value);
        if (step.value === 'manual') model.afterHoldSince = null;
        else model.afterHoldSince ??= this.#today;
        return;
      case 'minimum':
        return this.#setMinimum(step.currency, step.amount);
      case 'affiliate':
        return this.#setStatus(step.affiliate, step.status);
      case 'say':
        return this.#say(step.commission, step.paid, step.status);
      case 'preview':
        return this.#preview(this.#request(step.ask));
      case 'generate':
        return this.#generate(this.#request(step.ask), step.planId);
      case 'again':
        return this.#again();
      case 'void':
        return this.#void(step.payouts);
      case 'voidRun':
        return this.#voidRun(step.run);
    }
  }

  async #setStatus(index: number, status: WorldAffiliate['status']): Promise<void> {
    const one = this.#model.affiliates[index % this.#model.affiliates.length];
    if (one === undefined) return;
    one.status = status;
    await recordAffiliates(this.#work, [one]);
  }

  async #say(index: number, paid: boolean, status: WorldRow['status'] & string): Promise<void> {
    const places = [...this.#rows.keys()].filter(
      (one) => !paid || this.#model.livePayout(this.#rows[one]?.id ?? '') !== undefined,
    );
    const place = places[index % Math.max(1, places.length)] ?? 0;
    const row = this.#rows[place];
    if (row === undefined) return;
    // SPEC does not say what becomes of the corrections of a commission that is settled elsewhere afterwards.
    if (status === 'settled' && this.#model.corrections(row.id).length > 0) return;
    const before = this.#model.corrections(row.id).length;
    const said = { ...row, status };
    this.#rows[place] = said;
    await recordCommissions(this.#work, [said]);
    this.#model.say(row.id, status, this.#today);
    this.coverage.note(
      'a paid line is corrected by its source',
      this.#model.corrections(row.id).length > before,
    );
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
    const answered = await previewRun(this.#work, request, true);
    this.#comparePlan(answered, plan);
    expect(answered.run).toBeNull();
    this.#lastPreview = { planId: answered.planId, input: request };
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

  async #generate(request: GenerateInput, planId: 'none' | 'fresh' | 'last'): Promise<void> {
    const { request: full, plan } = this.#expected(request);
    const options = { wantsPlanId: planId !== 'none', typed: request };
    if (full.asOf > this.#today) {
      await expect(generate(this.#work, request, options)).rejects.toThrow(UsageError);
      this.coverage.note('a real run in the future is refused');
      return this.#preview(request);
    }
    if (planId !== 'none')
      await this.#preview(planId === 'last' ? (this.#lastPreview?.input ?? request) : request);
    const wanted = planId === 'none' ? null : (this.#lastPreview?.planId ?? null);
    if (wanted !== null && this.#planOfId.get(wanted) !== planKey(plan)) {
      const refused = generate(this.#work, request, { ...options, planId: wanted });
      await expect(refused).rejects.toThrow(ConflictError);
      this.coverage.note('a plan that moved is refused by its id');
      return;
    }
    this.coverage.plan(this.world, this.#model, full, plan, this.#today);
    const applied = await generate(
      this.#work,
      request,
      wanted === null ? options : { ...options, planId: wanted },
    );
    this.coverage.note('a plan is applied by its id', wanted !== null && plan.payouts.length > 0);
    this.#comparePlan(applied, plan);
    const made = this.#model.generate(full, this.#today);
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
    await this.#generate(request, 'none');
    const asOf = request.asOf ?? this.#today;
    if (asOf > this.#today) return;
    const again = await generate(this.#work, request, { wantsPlanId: false, typed: request });
    expect(again.run).toBeNull();
    this.coverage.note('a run right after a run pays nothing');
  }

  async #void(picks: readonly number[]): Promise<void> {
    const { payouts } = this.#model;
    if (payouts.length === 0) return;
    const chosen = [...new Set(picks.map((pick) => payouts[pick % payouts.length]))].filter(
      (payout) => payout !== undefined,
    );
    const result = await voidSelected(
      this.#work,
      { invoiceNumbers: chosen.map((payout) => payout.invoiceNumber), run: null },
      'a reason',
    );
    this.#voidInModel(chosen, result.voided.length);
  }

  async #voidRun(pick: number): Promise<void> {
    const runs = [...new Set(this.#model.payouts.map((payout) => payout.runId))];
    const run = runs[pick % Math.max(1, runs.length)];
    if (run === undefined) return;
    const chosen = this.#model.payouts.filter((payout) => payout.runId === run);
    const result = await voidSelected(this.#work, { invoiceNumbers: [], run }, 'a reason');
    this.coverage.note('a whole run is void');
    this.#voidInModel(chosen, result.voided.length);
  }

  #voidInModel(chosen: readonly ModelPayout[], changed: number): void {
    const live = chosen.filter((payout) => payout.status !== 'void');
    expect(changed).toBe(live.length);
    this.coverage.note('a void of a void payout changes nothing', live.length < chosen.length);
    this.#model.void(
      live.map((payout) => payout.invoiceNumber),
      this.#today,
    );
    this.coverage.note('a payout is void', live.length > 0);
    for (const { id } of live.flatMap((payout) => payout.lines)) {
      const settled = this.#model.commission(id).status === 'settled';
      this.coverage.note('a line that the source settled meanwhile is settled by the void', settled);
    }
  }

  /** Everything that the ledger holds is what the model holds, and every check of `verify` is clean. */
  async #compare(everything: boolean): Promise<void> {
    await this.ledger.read(async (reader) => {
      expect((await Book.read(reader, this.#work.now)).today).toBe(this.#today);
      const stored = await listPayouts(reader, {});
      const kept = await Promise.all(
        stored.map(async (payout) => ({
          ...payout,
          lines: (await linesOf(reader, payout.invoiceNumber)).map(({ commissionId, amount }) => ({
            id: commissionId,
            amount,
          })),
          history: (await historyOf(reader, payout.invoiceNumber)).map((one) => one.status),
        })),
      );
      expect(kept.map(plainPayout)).toEqual(this.#model.payouts.map(plainPayout));
      const commissions: Recorded[] = [];
      for await (const page of eachCommission(reader, {})) commissions.push(...page);
      const live = (id: string): string | null => this.#model.livePayout(id)?.invoiceNumber ?? null;
      const recorded = this.#model.commissions.map((one) => ({ ...one, invoiceNumber: live(one.id) }));
      expect(commissions.map(plainCommission)).toEqual(recorded.map(plainCommission));
      const runs = new Set(this.#model.payouts.map((payout) => payout.runId));
      expect((await listRuns(reader)).map((run) => run.id)).toEqual([...runs]);
      for (const name of CHECK_NAMES.filter((one) => everything || one !== 'sqlite_integrity')) {
        const { ok, problems } = await runCheck(reader, name);
        expect({ name, ok, problems }).toEqual({ name, ok: true, problems: [] });
      }
    });
  }
}

const planKey = (plan: ModelPlan): string =>
  JSON.stringify(plan.payouts, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );

interface Recorded extends Omit<ModelCommission, 'isCorrection' | 'said'> {
  readonly invoiceNumber: string | null;
}

/** Only a credit has a day from which it is available. */
function plainCommission(one: Recorded) {
  const { id, status, earnedOn, amount, corrects, campaign, invoiceNumber } = one;
  const availableOn = amount > 0n ? one.availableOn : null;
  return { id, status, earnedOn, availableOn, amount, corrects, campaign, invoiceNumber };
}

interface Comparable extends Omit<ModelPayout, 'status'> {
  readonly status: string;
}

function plainPayout(payout: Comparable) {
  const { invoiceNumber, runId, affiliateId, currency, amount, status, issuedOn, from, to } = payout;
  return {
    invoiceNumber,
    runId,
    affiliateId,
    currency,
    amount,
    status,
    issuedOn,
    from,
    to,
    voidedOn: payout.voidedOn,
    creditNoteNumber: payout.creditNoteNumber,
    lines: [...payout.lines].map(({ id, amount: minor }) => `${id} ${minor}`).sort(),
    history: (payout as { history?: readonly string[] }).history ?? historyFor(status),
  };
}

const historyFor = (status: string): string[] => (status === 'void' ? ['open', 'void'] : ['open']);
