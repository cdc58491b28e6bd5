/** The schedule on a ledger: what a slot pays, what becomes of it, and what everybody else says of it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { showAffiliate } from '../../src/app/affiliates.js';
import {
  previewSchedule,
  runSchedule,
  setSchedule,
  showSchedule,
  type ScheduledRun,
} from '../../src/app/schedule.js';
import { upcoming } from '../../src/app/upcoming.js';
import { ConflictError } from '../../src/core/errors.js';
import type { ScheduleFrequency } from '../../src/core/schedule.js';
import { SampleLedger } from '../store/sample-ledger.js';

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
});

afterEach(async () => {
  await sample.remove();
});

/** From now on it is that day. */
function on(day: string): void {
  sample.today = day;
}

const set = async (frequency: ScheduleFrequency): Promise<readonly string[]> =>
  (await setSchedule(sample.work, frequency)).dropped;
const run = async (): Promise<ScheduledRun> => runSchedule(sample.work, { wantsPlanId: false });

/** What a call did, in one line for each slot. */
const told = ({ recorded }: ScheduledRun): string[] =>
  recorded.map((slot) => `${slot.on} ${slot.outcome} ${slot.runId ?? slot.supersededBy ?? '-'}`);

describe('a slot', () => {
  test('is run once, as of its date, with the issue date of the day on which it is run', async () => {
    on('2026-11-02');
    await sample.commissions(
      { id: 'c1', amount: 700n },
      { id: 'c2', amount: 300n, availableOn: '2026-12-02' },
      { id: 'c3', amount: 100n, earnedAt: '2026-12-02', affiliateId: 'aff_2' },
    );
    await set('monthly');
    on('2026-12-04');
    const done = await run();

    expect(told(done)).toEqual(['2026-12-01 paid R-000001']);
    expect(done.nextOn).toBe('2027-01-01');
    expect(done.generated?.run).toMatchObject({
      kind: 'scheduled',
      request: { from: null, to: '2026-12-01', asOf: '2026-12-01', affiliateId: null },
    });
    expect(done.generated?.payouts).toMatchObject([{ amount: 700n, issuedOn: '2026-12-04' }]);
    expect(done.generated?.plan.skipped).toMatchObject([
      { affiliateId: 'aff_1', reason: 'on_hold', nextAvailableOn: '2026-12-02' },
    ]);
    expect(told(await run())).toEqual([]);
  });

  test('with nothing to pay is done: it leaves a slot and an audit row, and no run', async () => {
    on('2026-11-20');
    await set('weekly');
    on('2026-11-23');
    const audits = await sample.rows('SELECT command FROM audit');
    expect(told(await run())).toEqual(['2026-11-23 nothing -']);
    await sample.commissions({ id: 'c1', amount: 700n });

    expect(told(await run())).toEqual([]);
    expect(await sample.rows('SELECT number FROM runs')).toEqual([]);
    expect((await sample.rows('SELECT command FROM audit')).slice(audits.length)).toEqual([
      { command: 'schedule run' },
      { command: 'import commissions' },
    ]);
    on('2026-11-30');
    expect(told(await run())).toEqual(['2026-11-30 paid R-000001']);
    expect(await sample.rows("SELECT request FROM audit WHERE command = 'schedule run'")).toEqual([
      { request: '{"on":"2026-11-23","run":null}' },
      { request: '{"on":"2026-11-30","run":"R-000001"}' },
    ]);
  });

  test('that was missed is superseded by the last one, which pays what it would have paid', async () => {
    on('2026-09-10');
    await set('monthly');
    await sample.commissions({ id: 'c1', amount: 700n, earnedAt: '2026-09-15' });
    on('2026-12-03');

    expect(told(await run())).toEqual([
      '2026-10-01 superseded 2026-12-01',
      '2026-11-01 superseded 2026-12-01',
      '2026-12-01 paid R-000001',
    ]);
    expect((await showSchedule(sample.work)).slots).toMatchObject([
      { on: '2026-10-01', supersededBy: '2026-12-01', totals: [] },
      { on: '2026-11-01', supersededBy: '2026-12-01', totals: [] },
      { on: '2026-12-01', runId: 'R-000001', totals: [{ currency: 'USD', payouts: 1, amount: 700n }] },
    ]);
    expect(await sample.complaints()).toEqual([]);
  });

  test('is not run again when the frequency changes on its day', async () => {
    on('2027-02-01'); // a Monday
    await set('weekly');
    expect(told(await run())).toEqual(['2027-02-01 nothing -']);
    await sample.commissions({ id: 'c1', amount: 700n });
    await set('monthly');

    expect(told(await run())).toEqual([]);
    expect((await showSchedule(sample.work)).next[0]).toBe('2027-03-01');
    await set('off');
    await set('weekly');
    expect(told(await run())).toEqual([]);
    expect((await showSchedule(sample.work)).next[0]).toBe('2027-02-08');
  });

  test('keeps waiting when the same frequency is set again, and is dropped by another', async () => {
    on('2026-11-20');
    await set('weekly');
    on('2026-11-25');

    expect(await set('weekly')).toEqual([]);
    expect((await showSchedule(sample.work)).due).toEqual(['2026-11-23']);
    expect(await set('monthly')).toEqual(['2026-11-23']);
    expect((await showSchedule(sample.work)).due).toEqual([]);
  });

  test('is not closed under a clock that was set back', async () => {
    on('2026-11-20');
    await set('weekly');
    await sample.commissions({ id: 'c1', amount: 700n });
    await sample.generate();
    on('2026-12-10');
    await sample.commissions({ id: 'c2', amount: 700n });
    await sample.generate();
    on('2026-11-24');
    const before = await sample.dump();

    await expect(run()).rejects.toThrow(
      'Today is 2026-11-24, but a document was issued on 2026-12-10 already.',
    );
    // A preview shows what the run would do: the same refusal.
    await expect(previewSchedule(sample.work)).rejects.toThrow('issued on 2026-12-10 already');
    expect(await sample.dump()).toEqual(before);
  });
});

describe('after a clock that ran ahead', () => {
  test('a slot of a day to come stops every run, until the schedule is set to count from today', async () => {
    on('2026-09-10');
    await set('monthly');
    on('2027-06-10');
    expect(told(await run()).at(-1)).toBe('2027-06-01 nothing -');
    on('2026-11-22');
    await sample.commissions({ id: 'c1', amount: 700n });
    const before = await sample.dump();

    const ahead = 'its run of 2027-06-01 was recorded by kim at 2027-06-10 12:00, and today is 2026-11-22';
    for (const call of [run, async () => previewSchedule(sample.work)]) {
      await expect(call()).rejects.toMatchObject({
        message: `The schedule is ahead of the clock: ${ahead}; nothing was paid.`,
        hint: expect.stringContaining('payrun schedule set --frequency monthly'),
      });
    }
    expect(await sample.dump()).toEqual(before);
    expect((await showSchedule(sample.work)).ahead).toBe(ahead);

    const anew = await setSchedule(sample.work, 'monthly');
    expect([anew.changed, anew.schedule.ahead, anew.schedule.next[0]]).toEqual([true, null, '2026-12-01']);
    expect(anew.schedule.slots.map(({ takenBack }) => takenBack)).toEqual(Array(9).fill(true));
    expect((await setSchedule(sample.work, 'monthly')).changed).toBe(false);
    expect(told(await run())).toEqual([]);
    on('2026-12-01');
    expect(told(await run())).toEqual(['2026-12-01 paid R-000001']);
    expect(told(await run())).toEqual([]);
    on('2027-06-01');
    expect(told(await run()).at(-1)).toBe('2027-06-01 nothing -');
    expect(await sample.complaints()).toEqual([]);
  });

  test('the day on which it is set again is run, if it was not before', async () => {
    on('2026-09-10');
    await set('monthly');
    on('2027-06-01');
    await run();
    on('2026-12-01');
    await set('monthly');
    expect(told(await run())).toEqual(['2026-12-01 nothing -']);
    await set('off');
    await set('monthly');
    expect(told(await run())).toEqual([]);
  });

  test('what it paid is never paid as of that day again, and a schedule set on a day to come waits', async () => {
    await sample.commissions({ id: 'c1', amount: 700n });
    on('2026-12-10');
    await set('weekly');
    on('2026-11-20');
    await expect(run()).rejects.toThrow('it was set on 2026-12-10, and today is 2026-11-20');
    await set('weekly');
    on('2026-12-01');
    expect(told(await run())).toEqual(['2026-11-23 superseded 2026-11-30', '2026-11-30 paid R-000001']);
    on('2026-11-25');
    await set('weekly');
    expect((await showSchedule(sample.work)).next.slice(0, 2)).toEqual(['2026-12-07', '2026-12-14']);
  });
});

describe('what was looked at', () => {
  beforeEach(async () => {
    on('2026-11-20');
    await set('weekly');
    await sample.commissions({ id: 'c1', amount: 700n });
    on('2026-11-24');
  });

  const apply = async (seen: ScheduledRun): Promise<ScheduledRun> =>
    runSchedule(sample.work, { wantsPlanId: true, seen });

  test('is what is applied, and looking changes nothing', async () => {
    const before = await sample.dump();
    const seen = await previewSchedule(sample.work);
    expect(await sample.dump()).toEqual(before);
    expect(told(seen)).toEqual(['2026-11-23 paid -']);
    const done = await apply(seen);

    expect(told(done)).toEqual(['2026-11-23 paid R-000001']);
    expect([done.generated?.planId, done.nextOn]).toEqual([seen.generated?.planId, seen.nextOn]);
  });

  test('is refused when the slot was run meanwhile, or what it pays has moved', async () => {
    const seen = await previewSchedule(sample.work);
    await sample.commissions({ id: 'c2', amount: 100n });
    const moved = await sample.dump();
    await expect(apply(seen)).rejects.toThrow(ConflictError);
    expect(await sample.dump()).toEqual(moved);
    const again = await previewSchedule(sample.work);
    await run();
    await expect(apply(again)).rejects.toThrow('What is due has changed since it was looked at');
  });
});

describe('the next run', () => {
  test('is the slot that was missed until it is run, for everybody who is asked, then the next', async () => {
    on('2026-11-20');
    await sample.commissions({ id: 'c1', amount: 700n }, { id: 'c2', amount: 100n, earnedAt: '2026-11-24' });
    const shown = async (): Promise<unknown[]> => {
      const { on: day, generated } = await upcoming(sample.work, null);
      const { nextPayout } = await showAffiliate(sample.work, 'aff_1');
      return [
        [day, generated.plan.totals[0]?.amount ?? 0n],
        [nextPayout.on, nextPayout.estimates[0]?.amount ?? 0n, nextPayout.isOverdue],
      ];
    };
    await set('weekly');
    expect(await shown()).toEqual([
      ['2026-11-23', 700n],
      ['2026-11-23', 700n, false],
    ]);
    on('2026-11-25');
    expect(await shown()).toEqual([
      ['2026-11-23', 700n],
      ['2026-11-23', 700n, true],
    ]);
    await run();
    expect(await shown()).toEqual([
      ['2026-11-30', 100n],
      ['2026-11-30', 100n, false],
    ]);
  });

  test('is not today any more once today was run', async () => {
    on('2026-11-23');
    await set('weekly');
    expect((await upcoming(sample.work, null)).on).toBe('2026-11-23');
    await run();
    expect((await upcoming(sample.work, null)).on).toBe('2026-11-30');
  });
});

describe('the day of a slot', () => {
  const at = async (instant: string): Promise<string[]> =>
    told(await runSchedule({ ...sample.work, now: new Date(instant) }, { wantsPlanId: false }));

  test.each([
    // The clocks go back on 1 November in Los Angeles, in the hour that is there twice.
    [
      'America/Los_Angeles',
      '2026-11-01T06:59:59Z',
      '2026-11-01T07:00:00Z',
      ['2026-11-01T08:30:00Z', '2026-11-01T09:30:00Z', '2026-11-02T07:59:00Z'],
    ],
    ['Pacific/Auckland', '2026-10-31T10:59:59Z', '2026-10-31T11:00:00Z', ['2026-11-01T11:00:00Z']],
    ['Pacific/Kiritimati', '2026-10-31T09:59:59Z', '2026-10-31T10:00:00Z', ['2026-11-02T00:00:00Z']],
  ])('begins at midnight in %s, whatever its clocks do on it', async (zone, before, from, later) => {
    on('2026-10-15');
    await sample.set('timezone', zone);
    await set('monthly');

    expect(await at(before)).toEqual([]);
    expect(await at(from)).toEqual(['2026-11-01 nothing -']);
    for (const instant of later) expect(await at(instant)).toEqual([]);
  });
});
