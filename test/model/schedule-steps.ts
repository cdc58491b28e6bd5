/** The schedule of a world: what is due, day by day, and what a run of it must come to. */
import { expect } from '@jest/globals';
import { generateWithin, type Generated } from '../../src/app/generate.js';
import { runSchedule, setSchedule, showSchedule } from '../../src/app/schedule.js';
import { upcoming } from '../../src/app/upcoming.js';
import type { Work } from '../../src/app/work.js';
import type { ModelPlan, ModelRequest } from './model.js';
import { moveDays } from './rows.js';
import type { Stage } from './stage.js';
import type { Step } from './steps.js';

type Frequency = Extract<Step, { do: 'schedule' }>['frequency'];

interface ModelSlot {
  readonly on: string;
  readonly outcome: 'paid' | 'nothing' | 'superseded';
  readonly runId: string | null;
  readonly supersededBy: string | null;
}

/** Slots, worked out by going through the days. */
export class ModelSchedule {
  frequency: Frequency = 'off';
  readonly slots: ModelSlot[] = [];
  #since = '';

  /** The day counts from which the frequency is another one. */
  set(frequency: Frequency, today: string): void {
    if (frequency === this.frequency) return;
    this.frequency = frequency;
    this.#since = today;
  }

  due(today: string): string[] {
    const due: string[] = [];
    for (let day = this.#since; day !== '' && day <= today; day = moveDays(day, 1)) {
      if (this.#isOpen(day)) due.push(day);
    }
    return due;
  }

  /** The first slot from today on that was not dealt with. */
  next(today: string): string | null {
    if (this.frequency === 'off') return null;
    let day = today;
    while (!this.#isOpen(day)) day = moveDays(day, 1);
    return day;
  }

  #isOpen(day: string): boolean {
    const isSlot =
      this.frequency === 'weekly'
        ? new Date(`${day}T00:00:00Z`).getUTCDay() === 1
        : this.frequency === 'monthly' && day.endsWith('-01');
    return isSlot && this.slots.every(({ on }) => on !== day);
  }
}

export async function playSchedule(stage: Stage, frequency: Frequency): Promise<void> {
  const isOther = frequency !== stage.schedule.frequency;
  stage.coverage.note('a schedule is changed while a slot is due', isOther && stage.due.length > 0);
  const { changed } = await setSchedule(stage.work(), frequency);
  expect(changed).toBe(isOther);
  stage.schedule.set(frequency, stage.today);
}

/** A manual run over the same range, rolled back. */
async function manualRun(work: Work, on: string): Promise<Generated> {
  const asked = { from: '1970-01-01', to: on, asOf: on };
  const request = { ...asked, affiliateId: null, campaign: null, overrideMinimum: false };
  const options = { wantsPlanId: true, typed: request };
  return work.ledger.write((writer) => generateWithin(writer, work, request, options), { dryRun: true });
}

/** The same payouts with the same numbers, the same amounts and skips; only the range is told otherwise. */
function compareRuns(scheduled: Generated, manual: Generated): void {
  const told = ({ plan, planId, payouts }: Generated): unknown => ({
    ...{ planId, totals: plan.totals, payouts: plan.payouts, skipped: plan.skipped },
    stored: payouts.map((payout) => ({ ...payout, from: null })),
  });
  expect(told(scheduled)).toEqual(told(manual));
  expect([scheduled.run?.kind, manual.run?.kind]).toEqual(
    scheduled.run === null ? [undefined, undefined] : ['scheduled', 'manual'],
  );
}

/** Runs the schedule: the last slot that is due, as a manual run over the same range would pay it. */
export async function playScheduleRun(
  stage: Stage,
  { by }: Extract<Step, { do: 'scheduleRun' }>,
  comparePlan: (answered: Generated, plan: ModelPlan) => void,
): Promise<void> {
  const { schedule, model, today, coverage } = stage;
  const work = stage.work(by);
  const due = stage.due;
  const on = due.at(-1);
  const expected = await upcoming(work, null);
  expect(expected.slot).toBe(on ?? schedule.next(today));
  const manual = on === undefined ? null : await manualRun(work, on);
  const done = await runSchedule(work, { wantsPlanId: true });
  expect(done.recorded.map((slot) => slot.on)).toEqual(due);
  coverage.note('nothing is due', on === undefined && schedule.frequency !== 'off');
  if (on === undefined || manual === null || done.generated === null) {
    expect([on, manual, done.generated]).toEqual([undefined, null, null]);
    return;
  }
  expect(expected.generated.planId).toBe(done.generated.planId);
  compareRuns(done.generated, manual);
  const all = { affiliateId: null, campaign: null, overrideMinimum: false };
  const request: ModelRequest = { from: null, to: on, asOf: on, ...all };
  comparePlan(done.generated, model.plan(request, today));
  const { runId } = model.generate(request, today, by);
  for (const slot of due.slice(0, -1)) {
    schedule.slots.push({ on: slot, outcome: 'superseded', runId: null, supersededBy: on });
  }
  schedule.slots.push({ on, outcome: runId === null ? 'nothing' : 'paid', runId, supersededBy: null });
  coverage.note('a scheduled run pays', runId !== null);
  coverage.note('a scheduled run pays late', runId !== null && on < today);
  coverage.note('a slot has nothing to pay', runId === null);
  coverage.note('a slot was missed', due.length > 1);
}

/** What was recorded, and what is due, is what the model says. */
export async function compareSchedule(stage: Stage): Promise<void> {
  const { slots, due } = await showSchedule(stage.work());
  expect(due).toEqual(stage.due);
  expect(slots.map(({ on, outcome, runId, supersededBy }) => ({ on, outcome, runId, supersededBy }))).toEqual(
    [...stage.schedule.slots].sort((a, b) => (a.on < b.on ? -1 : 1)),
  );
}
