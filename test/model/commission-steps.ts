/** What sources and operators say of commissions and affiliates, played on the ledger and in the model. */
import { expect } from '@jest/globals';
import { decideAffiliate } from '../../src/app/affiliate-status.js';
import { adjust } from '../../src/app/adjust.js';
import { decideCommissions } from '../../src/app/decide-commissions.js';
import { ConflictError, UsageError } from '../../src/core/errors.js';
import { decimal, recordAffiliates, recordCommissions } from '../store/sample-ledger.js';
import type { AffiliateStatus, ModelCommission } from './facts.js';
import { dateIn, MOST, moveDays, type WorldRow } from './rows.js';
import { choose, refusalOf, type Stage } from './stage.js';
import type { Among, NewAmount, Say, Step } from './steps.js';

export type DecideStep = Extract<Step, { do: 'decide' }>;
export type AdjustStep = Extract<Step, { do: 'adjust' }>;
export type AffiliateStep = Extract<Step, { do: 'affiliate' }>;

/** The source gives rows that it never gave before. */
export async function record(stage: Stage, rows: readonly WorldRow[]): Promise<void> {
  await recordCommissions(stage.work(), rows);
  stage.rows.push(...rows);
  const { zone, holdDays } = stage.world;
  for (const row of rows) {
    const isDate = row.earnedAt.length === 10;
    const earnedOn = isDate ? row.earnedAt : dateIn(zone, Date.parse(row.earnedAt));
    const held = row.kind === 'sale' ? moveDays(earnedOn, holdDays) : earnedOn;
    stage.model.commissions.push({
      id: row.id,
      affiliateId: row.affiliateId,
      currency: row.currency,
      amount: row.amount,
      earnedOn,
      availableOn: row.availableOn ?? held,
      campaign: row.campaign,
      corrects: row.corrects,
      origin: 'source',
      status: row.status ?? (row.kind === 'sale' ? 'pending' : 'approved'),
      byPolicy: false,
      said: { status: row.status, amount: row.amount },
      decision: null,
    });
  }
}

function isAmong({ model }: Stage, one: ModelCommission, among: Among): boolean {
  const isLive = model.livePayout(one.id) !== undefined;
  const isCorrected = model.corrections(one.id).length > 0;
  switch (among) {
    case 'any':
      return true;
    case 'unpaid':
      return !model.isLocked(one) && one.origin !== 'correction';
    case 'paid':
      return isLive && one.origin !== 'correction';
    case 'freed':
      return !isLive && model.payouts.some(({ lines }) => lines.some(({ id }) => id === one.id));
    case 'corrected':
      return isCorrected;
    case 'corrections':
      return one.origin === 'correction';
    case 'added':
      return one.origin === 'operator';
  }
}

/** Picks among commissions of a sort, or among all where there is none of it. */
function among(stage: Stage, sort: Among, ids: readonly string[], picks: readonly number[]): string[] {
  const fitting = ids.filter((id) => isAmong(stage, stage.model.commission(id), sort));
  return choose(fitting.length > 0 ? fitting : ids, picks);
}

function newAmount(stage: Stage, row: WorldRow, how: NewAmount): bigint {
  const { amount } = row;
  const isDebit = amount < 0n;
  switch (how) {
    case 'same':
      return amount;
    case 'half':
      return isDebit && amount / 2n === 0n ? amount : amount / 2n;
    case 'more':
      return isDebit ? amount : amount + 700n > MOST ? MOST : amount + 700n;
    case 'nothing':
      return isDebit ? amount : 0n;
    case 'first':
      return stage.world.firstAmounts.get(row.id) ?? amount;
  }
}

/** The source says something else of commissions that it gave before. */
export async function playSay(stage: Stage, says: readonly Say[]): Promise<void> {
  const { model } = stage;
  const changed = new Map<string, WorldRow>();
  for (const say of says) {
    const ids = stage.rows.map(({ id }) => id);
    const [id = ''] = among(stage, say.among, ids, [say.commission]);
    const row = stage.rows.find((one) => one.id === id);
    if (row === undefined) continue;
    const status = say.status === 'same' ? row.status : say.status;
    changed.set(id, { ...row, status, amount: newAmount(stage, row, say.amount) });
  }
  const rows = [...changed.values()];
  await recordCommissions(stage.work(), rows);
  for (const row of rows) {
    stage.rows[stage.rows.findIndex(({ id }) => id === row.id)] = row;
    const one = model.commission(row.id);
    const before: Before = {
      ...one,
      stands: model.stands(one),
      corrections: model.corrections(row.id).length,
      isLocked: model.isLocked(one),
    };
    model.say(row.id, { status: row.status, amount: row.amount }, stage.today);
    noteSaid(stage, row, before);
  }
}

interface Before extends ModelCommission {
  readonly stands: bigint;
  readonly corrections: number;
  readonly isLocked: boolean;
}

function noteSaid({ model, coverage }: Stage, row: WorldRow, before: Before): void {
  const one = model.commission(row.id);
  const adds = model.corrections(row.id).length > before.corrections;
  const stands = model.stands(one);
  coverage.note('a paid line is corrected by its source', adds);
  coverage.note('a partial refund of what was paid', adds && 0n < stands && stands < before.stands);
  coverage.note('a raise of what was paid', adds && before.stands > 0n && stands > before.stands);
  coverage.note('what was taken back is given back', adds && before.stands === 0n);
  const saysAnew = before.said?.status !== row.status || before.said.amount !== row.amount;
  const isTakenBack = before.isLocked && model.target(one) === 0n && before.stands === 0n && saysAnew;
  coverage.note('a refund of what was taken back already adds nothing', isTakenBack && !adds);
  const isKept = isTakenBack && one.decision === 'rejected' && row.status !== 'rejected';
  const isLive = model.livePayout(row.id) !== undefined;
  coverage.note("an operator's rejection of what was paid survives its source", isKept && isLive);
  coverage.note(
    "an operator's rejection of what was paid and freed survives its source",
    isKept && !isLive && one.status === 'approved',
  );
  coverage.note(
    "a source's rejection overrides an operator's approval",
    before.decision === 'approved' && one.decision === null,
  );
  const wasSettled = before.status === 'settled';
  const isSettled = one.status === 'settled';
  coverage.note(
    'what was corrected and freed was paid elsewhere',
    before.corrections > 0 && !wasSettled && isSettled,
  );
  coverage.note(
    'what was corrected and settled is to be paid after all',
    before.corrections > 0 && wasSettled && !isSettled,
  );
  coverage.note('what was netted of a commission is given back when it is settled', adds && isSettled);
  coverage.note(
    'what was settled and given back is to be paid after all',
    wasSettled && !isSettled && model.paidCorrections(one).length > 0,
  );
  coverage.note(
    'what waits for approval again is rejected while its correction is paid',
    row.status === 'rejected' && before.status === 'pending' && model.paidCorrections(one).length > 0,
  );
}

/** The rows as they were given last, and the affiliates: nothing at all is different afterwards. */
export async function playImportAgain(stage: Stage): Promise<void> {
  const before = await stage.dump();
  await recordCommissions(stage.work('lee'), stage.rows);
  await recordAffiliates(
    stage.work('lee'),
    stage.model.affiliates.map((one) => ({ ...one, status: one.said })),
  );
  expect(await stage.dump()).toEqual(before);
  const wasDecided = stage.model.commissions.some(
    (one) => one.decision !== null && one.said !== null && one.said.status !== one.decision,
  );
  stage.coverage.note('the same files again undo nothing that operators decided', wasDecided);
}

export async function playDecide(stage: Stage, step: DecideStep): Promise<void> {
  const { model, coverage, today } = stage;
  const { verb } = step;
  const all = model.commissions.map(({ id }) => id);
  const ids = among(stage, step.among, all, step.commissions);
  const judged = ids.map((id) => ({
    id,
    what: verb === 'reject' ? model.wouldReject(id) : model.wouldApprove(id),
  }));
  const command = decideCommissions(stage.work('lee'), {
    verb,
    selection: { ids },
    reason: null,
    dryRun: false,
  });
  const refused = judged.filter(({ what }) => what === 'settled' || what === 'is_correction');
  if (refused.length > 0) {
    const error = await refusalOf(command);
    expect(error).toBeInstanceOf(ConflictError);
    const details = (error as ConflictError).details as { commissionId: string; reason: string }[];
    expect(details.map(({ commissionId, reason }) => ({ id: commissionId, what: reason }))).toEqual(refused);
    coverage.note('a decision on what is settled or a correction is refused');
    return;
  }
  const result = await command;
  const before = new Set(all);
  for (const { id, what } of judged) {
    noteDecision(stage, verb, id, what);
    if (verb === 'reject') model.reject(id, today);
    else if (what === 'changed') model.approve(id, today);
  }
  const changed = judged.filter(({ what }) => what === 'changed').map(({ id }) => id);
  expect(result.changed.map(({ id }) => id)).toEqual(changed);
  const added = model.commissions.filter(({ id }) => !before.has(id)).map(({ id }) => id);
  expect(result.corrections.map(({ id }) => id)).toEqual(added);
}

function noteDecision({ model, coverage }: Stage, verb: DecideStep['verb'], id: string, what: string): void {
  const one = model.commission(id);
  const isLocked = model.isLocked(one);
  const rejects = verb === 'reject' && what === 'changed';
  const approves = verb === 'approve' && what === 'changed';
  coverage.note('a decision that stands already changes nothing', what === 'already');
  coverage.note('an operator rejects what is unpaid', rejects && !isLocked);
  coverage.note('an operator approves what is pending', approves && one.status === 'pending');
  coverage.note(
    'an operator approves what was rejected unpaid',
    approves && !isLocked && one.status === 'rejected',
  );
  coverage.note('an operator takes back what was paid', rejects && model.isPaid(one));
  coverage.note(
    'an operator rejects what was corrected and freed by a void',
    rejects && isLocked && !model.isPaid(one),
  );
  coverage.note(
    'an operator rejects what a void freed when its correction was paid',
    rejects && model.isPaid(one) && model.livePayout(id) === undefined,
  );
  coverage.note(
    "an operator's approval after the source's rejection gives back what was taken",
    approves && isLocked && one.said?.status === 'rejected',
  );
  coverage.note(
    'what waits for approval again is rejected while its correction is paid',
    rejects && model.isPaid(one) && one.status === 'pending',
  );
  coverage.note('an operator takes back an adjustment', rejects && one.origin === 'operator');
}

export async function playAdjust(stage: Stage, step: AdjustStep): Promise<void> {
  const { model, coverage, today } = stage;
  const ids = model.commissions.map(({ id }) => id);
  const [like = ''] = among(stage, step.among, ids, [step.like]);
  const { affiliateId, currency } = model.commission(like);
  const { kind, amount } = step;
  const earnedOn = step.days === null ? null : moveDays(today, step.days);
  const command = adjust(stage.work('lee'), {
    affiliate: affiliateId,
    amount: decimal(amount, currency),
    currency,
    kind,
    earnedOn,
    reason: 'a reason',
  });
  const fits = kind === 'adjustment' || (kind === 'bonus' ? amount > 0n : amount < 0n);
  if (!fits) {
    expect(await refusalOf(command)).toBeInstanceOf(UsageError);
    coverage.note('an adjustment of the wrong sign is refused');
    return;
  }
  const { commission } = await command;
  const added = model.adjust({ affiliateId, currency, amount, earnedOn: earnedOn ?? today });
  expect(commission.id).toBe(added.id);
}

const VERBS = { active: 'activate', paused: 'pause', blocked: 'block', departed: 'depart' } as const;

export async function playAffiliate(stage: Stage, step: AffiliateStep): Promise<void> {
  const [one] = choose(stage.model.affiliates, [step.affiliate]);
  if (one === undefined) return;
  if (step.by === 'operator') {
    const { changed } = await decideAffiliate(stage.work('lee'), VERBS[step.status], one.id, null);
    expect(changed).toBe(one.status !== step.status);
    if (step.status !== 'active' || one.status !== 'active') one.statusBy = 'operator';
    one.status = step.status;
    return;
  }
  await recordAffiliates(stage.work(), [{ ...one, status: step.status }]);
  sayOfAffiliate(stage, one.id, step.status);
}

function sayOfAffiliate({ model, coverage }: Stage, id: string, status: AffiliateStatus): void {
  const one = model.affiliate(id);
  const isNew = status !== one.said;
  one.said = status;
  if (!isNew) return;
  const isStopped = one.statusBy === 'operator' && one.status !== 'active';
  coverage.note('an import does not lift what an operator stopped', isStopped && status === 'active');
  if (isStopped) return;
  one.status = status;
  one.statusBy = 'source';
}
