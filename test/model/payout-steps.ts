/** The life of payouts, played on the ledger and in the model. */
import { expect } from '@jest/globals';
import { changePayouts } from '../../src/app/change-payouts.js';
import { redoPayouts } from '../../src/app/redo-payouts.js';
import { ConflictError, UsageError } from '../../src/core/errors.js';
import type { Coverage } from './coverage.js';
import { sum } from './facts.js';
import type { Change, ModelCommission, ModelPayout, ModelRequest, Verdict } from './model.js';
import { moveDays } from './rows.js';
import { choose, refusalOf, type Stage } from './stage.js';
import type { Pick, Step } from './steps.js';

export type ChangeStep = Extract<Step, { do: 'change' }>;
export type RedoStep = Extract<Step, { do: 'redo' }>;

interface Judged {
  readonly payout: ModelPayout;
  readonly verdict: Verdict;
}

interface Selection {
  readonly invoiceNumbers: readonly string[];
  readonly run: string | null;
}

/** What a command says of the payouts that stand in the way. */
interface Detail {
  readonly invoiceNumber: string;
  readonly reason: string;
}

/**
 * The payouts that are meant: `--run` leaves out void ones, unless that is where the verb leads; a redo
 * leaves out those that nothing replaces.
 */
function selected(
  stage: Stage,
  pick: Pick,
  { fits, isMeant }: Record<'fits' | 'isMeant', (payout: ModelPayout) => boolean>,
): { chosen: ModelPayout[]; selection: Selection } {
  const { payouts } = stage.model;
  if ('run' in pick) {
    const [run = ''] = choose([...stage.runs].reverse(), [pick.run]);
    const all = stage.ofRun(run);
    const meant = all.filter((payout) => payout.status !== 'void' || isMeant(payout));
    const chosen = meant.length === 0 ? all : meant;
    stage.coverage.note('the void payouts of a run are left out', chosen.length < all.length);
    return { chosen, selection: { invoiceNumbers: [], run } };
  }
  const fitting = pick.fitting ? payouts.filter(fits) : [];
  const chosen = choose(fitting.length > 0 ? fitting : payouts, pick.payouts);
  return { chosen, selection: { invoiceNumbers: chosen.map((one) => one.invoiceNumber), run: null } };
}

export async function playChange(stage: Stage, step: ChangeStep): Promise<void> {
  const { model, today, coverage } = stage;
  const { verb } = step;
  if (model.payouts.length === 0) return;
  const isDated = verb !== 'approve' && verb !== 'void';
  const change: Change = {
    verb,
    actor: step.by,
    date: isDated && step.daysAgo !== null ? moveDays(today, -step.daysAgo) : null,
    reference: isDated ? step.reference : null,
    includeCorrected: step.includeCorrected,
  };
  const { chosen, selection } = selected(stage, step.pick, {
    fits: (payout) => model.judge(payout, change, today).kind === 'steps',
    isMeant: () => verb === 'void',
  });
  const judged = chosen.map((payout): Judged => ({ payout, verdict: model.judge(payout, change, today) }));
  const { date, reference, includeCorrected } = change;
  const asked = { verb, selection, reason: 'a reason', date, reference, includeCorrected };
  const command = changePayouts(stage.work(step.by), asked);
  if (await isRefused(coverage, judged, command)) return;
  const result = await command;
  const changing = judged.filter(({ verdict }) => verdict.kind === 'steps').map(({ payout }) => payout);
  expect(result.changed.map(({ invoiceNumber }) => invoiceNumber)).toEqual(
    changing.map(({ invoiceNumber }) => invoiceNumber),
  );
  coverage.note('a whole run is paid', verb === 'pay' && 'run' in step.pick && changing.length > 1);
  coverage.note('what is there already changes nothing', changing.length < judged.length);
  if (verb === 'void') voidInModel(stage, judged, 'run' in step.pick);
  else changeInModel(stage, judged, change);
}

function changeInModel(stage: Stage, judged: readonly Judged[], change: Change): void {
  for (const { payout, verdict } of judged) {
    if (verdict.kind !== 'steps') continue;
    noteSteps(stage, payout, change, verdict.steps.length);
    stage.model.change(payout, verdict.steps, change, stage.today);
  }
}

/** All or nothing: one payout in the way refuses all, and each that is in the way is named. */
async function isRefused(
  coverage: Coverage,
  judged: readonly Judged[],
  command: Promise<unknown>,
): Promise<boolean> {
  const refused = judged.flatMap(({ payout, verdict }) =>
    verdict.kind === 'refused' ? [{ payout, obstacles: verdict.obstacles }] : [],
  );
  if (refused.length === 0) return false;
  const error = await refusalOf(command);
  const isOnlyTheDay = refused.every(({ obstacles }) => obstacles.every((one) => one === 'bad_date'));
  expect(error).toBeInstanceOf(isOnlyTheDay ? UsageError : ConflictError);
  const details = (error as ConflictError).details as readonly Detail[];
  expect(details.map(({ invoiceNumber }) => invoiceNumber)).toEqual(
    refused.map(({ payout }) => payout.invoiceNumber),
  );
  for (const [place, { obstacles }] of refused.entries()) {
    expect(obstacles).toContain(details[place]?.reason);
  }
  const reasons = new Set(details.map(({ reason }) => reason));
  coverage.note('a mixed selection is refused whole', refused.length < judged.length);
  coverage.note('a verb that does not lead on from there is refused', reasons.has('wrong_status'));
  coverage.note('a payment without the approval that it needs is refused', reasons.has('approval_required'));
  coverage.note('two-person approval refuses who generated', reasons.has('same_person'));
  coverage.note('a payout of a blocked affiliate is refused', reasons.has('affiliate_blocked'));
  coverage.note('a payout of a paused affiliate is refused', reasons.has('affiliate_paused'));
  coverage.note('a payout that was corrected since is refused', reasons.has('corrected_since'));
  coverage.note('paying again otherwise is refused', reasons.has('paid_otherwise'));
  coverage.note('handing over again otherwise is refused', reasons.has('processed_otherwise'));
  coverage.note('a day before the issue or after today is refused', reasons.has('bad_date'));
  const isTooEarly = refused.some(
    ({ payout, obstacles }) =>
      (payout.status === 'failed' || payout.status === 'returned') && obstacles.includes('bad_date'),
  );
  coverage.note('what came back is not sent again before it was back', isTooEarly);
  return true;
}

function noteSteps(stage: Stage, payout: ModelPayout, change: Change, steps: number): void {
  const { coverage, model } = stage;
  const { verb } = change;
  const was = (status: string): boolean => payout.history.some((one) => one.status === status);
  coverage.note(
    'an open payout is paid in one step',
    verb === 'pay' && payout.status === 'open' && steps === 2,
  );
  coverage.note('a payment that was on its way arrives', verb === 'pay' && steps === 1);
  coverage.note('a payment that failed is paid in the end', verb === 'pay' && was('failed'));
  coverage.note('a payment that came back is paid again', verb === 'pay' && was('returned'));
  coverage.note('a payment of another day', verb === 'pay' && (change.date ?? stage.today) < stage.today);
  coverage.note(
    'the reference of what is on its way is kept',
    verb === 'pay' && steps === 1 && change.reference === null && payout.reference !== null,
  );
  const isOtherPerson = model.approval === 'two-person' && change.actor !== payout.createdBy;
  coverage.note('two-person approval lets another approve', verb === 'approve' && isOtherPerson);
  const insists = verb !== 'fail' && verb !== 'return' && model.correctedSince(payout);
  coverage.note('a payout that was corrected since goes on because somebody insists', insists);
  coverage.note('a payout of a departed affiliate is paid', verb === 'pay' && isDeparted(stage, payout));
}

const isDeparted = (stage: Stage, payout: ModelPayout): boolean =>
  stage.model.affiliate(payout.affiliateId).status === 'departed';

function voidInModel(stage: Stage, judged: readonly Judged[], isRun: boolean): void {
  const { model, coverage, today } = stage;
  const live = judged.filter(({ verdict }) => verdict.kind === 'steps').map(({ payout }) => payout);
  coverage.note('a void of a void payout changes nothing', live.length < judged.length);
  coverage.note('a whole run is void', isRun);
  coverage.note('a payout is void', live.length > 0);
  const has = (status: string): boolean => live.some((payout) => payout.status === status);
  coverage.note('a payment that failed or came back is void', has('failed') || has('returned'));
  const ids = live.flatMap((payout) => payout.lines.map(({ id }) => id));
  const calledPending = ids.filter((id) => model.isCalledPending(model.commission(id)));
  const corrections = new Set(model.commissions.filter(isCorrection).map(({ id }) => id));
  model.void(
    live.map((payout) => payout.invoiceNumber),
    today,
  );
  coverage.note('a line that its source calls pending by now waits after the void', calledPending.length > 0);
  for (const one of ids.map((id) => model.commission(id))) {
    const stands = one.said?.status === 'pending' && one.status === 'approved';
    coverage.note(
      'a line that an operator approved stays so after the void',
      stands && one.decision !== null,
    );
    coverage.note('a line that the policy approved stays so after the void', stands && one.byPolicy);
    const settled = one.status === 'settled';
    coverage.note('a line that the source settled meanwhile is settled by the void', settled);
    const isGivenBack = model.corrections(one.id).some(({ id }) => !corrections.has(id));
    coverage.note(
      'what was netted of a commission is given back when a void settles it',
      settled && isGivenBack,
    );
    noteFreed(stage, one);
  }
}

const isCorrection = ({ origin }: ModelCommission): boolean => origin === 'correction';

/** A correction that a void freed, of a commission that is settled. */
function noteFreed({ model, coverage }: Stage, one: ModelCommission): void {
  const original = isCorrection(one) && one.corrects !== null ? model.commission(one.corrects) : undefined;
  if (original?.status !== 'settled') return;
  coverage.note(
    'what was given back to a settled commission goes when what was netted is freed',
    one.status === 'settled' && model.corrections(original.id).length > 1,
  );
  coverage.note(
    'what is given back to a settled commission is due again after a void',
    one.status === 'approved',
  );
}

function judgeRedo(stage: Stage, payout: ModelPayout): Verdict {
  if (payout.status === 'void' && stage.model.replacementOf(payout.invoiceNumber) === undefined)
    return { kind: 'refused', obstacles: ['wrong_status'] };
  const change = { verb: 'void', actor: '', date: null, reference: null, includeCorrected: false } as const;
  return stage.model.judge(payout, change, stage.today);
}

export async function playRedo(stage: Stage, step: RedoStep): Promise<void> {
  const { model, coverage, today } = stage;
  if (model.payouts.length === 0) return;
  const { chosen, selection } = selected(stage, step.pick, {
    fits: (payout) => judgeRedo(stage, payout).kind === 'steps',
    isMeant: ({ invoiceNumber }) => model.replacementOf(invoiceNumber) !== undefined,
  });
  const judged = chosen.map((payout): Judged => ({ payout, verdict: judgeRedo(stage, payout) }));
  const command = redoPayouts(stage.work(step.by), { selection, reason: 'redone' });
  const isVoidAlone = judged.some(
    ({ payout, verdict }) => payout.status === 'void' && verdict.kind === 'refused',
  );
  if (await isRefused(coverage, judged, command)) {
    coverage.note('a void payout that nothing replaces cannot be redone', isVoidAlone);
    return;
  }
  const doing = judged.filter(({ verdict }) => verdict.kind === 'steps').map(({ payout }) => payout);
  const wereCorrected = doing.filter((payout) => model.correctedSince(payout));
  const nothing = model.redo(doing, today, step.by);
  if (nothing.length > 0) {
    const error = await refusalOf(command);
    expect(error).toBeInstanceOf(ConflictError);
    expect((error as ConflictError).details).toMatchObject(
      nothing.map(({ invoiceNumber, reason }) => ({ invoiceNumber, reason })),
    );
    coverage.note('a redo that would pay nothing is refused, and nothing is void');
    const refused = doing.filter((payout) =>
      nothing.some(({ invoiceNumber }) => invoiceNumber === payout.invoiceNumber),
    );
    const lines = refused.flatMap((payout) => payout.lines.map(({ id }) => model.commission(id)));
    coverage.note(
      'a redo of what its source calls pending by now is refused',
      lines.some((one) => model.isCalledPending(one)),
    );
    return;
  }
  const result = await command;
  const { payouts, replacements } = result;
  expect(payouts.map(({ invoiceNumber }) => invoiceNumber)).toEqual(
    chosen.map(({ invoiceNumber }) => invoiceNumber),
  );
  expect(payouts.map(({ replacedBy }) => replacedBy)).toEqual(
    chosen.map(({ invoiceNumber }) => model.replacementOf(invoiceNumber)?.invoiceNumber),
  );
  expect(replacements.map((one) => one.old.invoiceNumber)).toEqual(doing.map((one) => one.invoiceNumber));
  noteRedone(stage, { doing, wereCorrected, isPartly: doing.length < judged.length });
}

function noteRedone(
  { model, coverage, today }: Stage,
  done: { doing: readonly ModelPayout[]; wereCorrected: readonly ModelPayout[]; isPartly: boolean },
): void {
  coverage.note('what is redone already changes nothing', done.isPartly);
  coverage.note('several payouts are redone at once', done.doing.length > 1);
  for (const old of done.doing) {
    const { amount = 0n, lines = [] } = model.replacementOf(old.invoiceNumber) ?? {};
    const isNet = done.wereCorrected.includes(old) && amount === sum(lines) && amount < old.amount;
    coverage.note('a redo pays the net of what was corrected since', isNet);
    coverage.note('a redo takes in what has come since', amount > old.amount);
    coverage.note('a redo pays the same again', amount === old.amount);
    const minimum = model.minimumOf(old.affiliateId, old.currency);
    coverage.note('a redo pays below the minimum as its run did', old.overrideMinimum && amount < minimum);
    const request = { ...model.redoRequest(old, today), overrideMinimum: true };
    const leaves = (wider: Partial<ModelRequest>): boolean =>
      model.plan({ ...request, ...wider }, today).payouts.length > 0;
    coverage.note(
      'a redo keeps to the campaign of its run',
      old.campaign !== null && leaves({ campaign: null }),
    );
    coverage.note('a redo keeps to the range of its run', old.from !== null && leaves({ from: null }));
  }
}
