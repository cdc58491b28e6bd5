/**
 * The schedule: setting it, looking at it, and the run that cron calls for. A slot is looked for, run and
 * recorded in one write transaction, so that however many call at once it is paid at most once.
 */
import type { CalendarDate } from '../core/calendar.js';
import { ConflictError } from '../core/errors.js';
import {
  dueSlots,
  nextSlots,
  scheduledRequest,
  type ScheduleFacts,
  type ScheduleFrequency,
  type Slot,
} from '../core/schedule.js';
import { refuseEarlierIssue } from '../store/documents.js';
import type { Reader, Writer } from '../store/ledger.js';
import {
  listSlots,
  recordedDays,
  recordSlots,
  slotAhead,
  type RecordedSlot,
} from '../store/schedule-slots.js';
import { standingSetting } from '../store/settings.js';
import { Book } from './book.js';
import { generateWithin, preview, type Generated } from './generate.js';
import { setSetting, type SettingChanged } from './settings.js';
import { write, type Work } from './work.js';

export type { RecordedSlot };

/** The setting that is the schedule. */
export const SCHEDULE_SETTING = 'schedule.frequency';
const SHOWN_NEXT = 5;

/** The schedule and what comes of it. */
export interface ShownSchedule {
  readonly frequency: ScheduleFrequency;
  /** The book time zone, in which its days are meant. */
  readonly timezone: string;
  readonly today: CalendarDate;
  /** The next five slots, today included if it is one that was not run yet; none without a schedule. */
  readonly next: readonly CalendarDate[];
  /** Slots up to today that were not run yet, the earliest first. */
  readonly due: readonly CalendarDate[];
  /**
   * Why the schedule waits, in half a sentence: it was set, or a slot recorded, on a day that has not come
   * yet, because a clock ran ahead; null where none did.
   */
  readonly ahead: string | null;
  /** Every slot that was dealt with, the earliest first. */
  readonly slots: readonly RecordedSlot[];
}

/** What setting the schedule did. */
export interface ScheduleSet extends SettingChanged {
  readonly before: ScheduleFrequency;
  readonly schedule: ShownSchedule;
  /** Slots that were due under the frequency before and will not be run any more. */
  readonly dropped: readonly CalendarDate[];
}

/** What a call of the schedule did, or would do. */
export interface ScheduledRun {
  readonly frequency: ScheduleFrequency;
  readonly today: CalendarDate;
  /** The slot that was run; null where none was due. */
  readonly on: CalendarDate | null;
  /** What was paid and skipped as of the slot; null where none was due. */
  readonly generated: Generated | null;
  /** What became of the slots that were due, the earliest first. */
  readonly recorded: readonly Slot[];
  /** The next slot after that; null without a schedule. */
  readonly nextOn: CalendarDate | null;
}

export interface ScheduledRunOptions {
  /** The digest over the lines is worth its time only where somebody looks at it. */
  readonly wantsPlanId: boolean;
  /** What was previewed: exactly that is applied, or nothing. */
  readonly seen?: ScheduledRun;
}

/** Where the schedule stands today. */
export async function scheduleFacts(reader: Reader, book: Book): Promise<ScheduleFacts> {
  const setting = await standingSetting(reader, SCHEDULE_SETTING);
  return {
    frequency: book.setting(SCHEDULE_SETTING) as ScheduleFrequency,
    since: setting?.since ?? null,
    today: book.today,
    recorded: setting === undefined ? new Set() : await recordedDays(reader, setting.since),
  };
}

/** Why the schedule waits for a day that a clock which ran ahead had seen already; null where none did. */
async function aheadOf(reader: Reader, book: Book): Promise<string | null> {
  const setting = await standingSetting(reader, SCHEDULE_SETTING);
  if (setting === undefined || book.setting(SCHEDULE_SETTING) === 'off') return null;
  if (setting.since > book.today) return `it was set on ${setting.since}, and today is ${book.today}`;
  const slot = await slotAhead(reader, setting.number, book.today);
  if (slot === undefined) return null;
  const at = book.zone.minuteOf(Date.parse(slot.recordedAt));
  return `its run of ${slot.on} was recorded by ${slot.recordedBy} at ${at}, and today is ${book.today}`;
}

/** @throws ConflictError where the schedule would wait, without a word, for a day that seemed to have come */
async function refuseAhead(reader: Reader, book: Book): Promise<void> {
  const ahead = await aheadOf(reader, book);
  if (ahead === null) return;
  const frequency = book.setting(SCHEDULE_SETTING);
  throw new ConflictError(`The schedule is ahead of the clock: ${ahead}; nothing was paid.`, {
    hint:
      'If the clock is wrong now, set it; if it was wrong then, have the schedule count from today: ' +
      `payrun schedule set --frequency ${frequency}`,
    details: [{ frequency, today: book.today, ahead }],
  });
}

/** The schedule, its next days, and what became of those that were. */
export async function showSchedule(work: Work): Promise<ShownSchedule> {
  return work.ledger.read(async (reader) => {
    const book = await Book.read(reader, work.now);
    const facts = await scheduleFacts(reader, book);
    return {
      frequency: facts.frequency,
      timezone: book.zone.name,
      today: book.today,
      next: nextSlots(facts, SHOWN_NEXT),
      due: dueSlots(facts),
      ahead: await aheadOf(reader, book),
      slots: await listSlots(reader),
    };
  });
}

/**
 * Sets the frequency from now on: the setting `schedule.frequency`. The one that stands already changes
 * nothing, so its slots still count from the day on which it was set first; unless a clock ran ahead, after
 * which they count from today.
 * @throws UsageError for a frequency that there is not
 */
export async function setSchedule(work: Work, frequency: string): Promise<ScheduleSet> {
  const { due, ahead } = await showSchedule(work);
  const { setting, before, changed } = await setSetting(work, SCHEDULE_SETTING, frequency, ahead !== null);
  const schedule = await showSchedule(work);
  return {
    setting,
    before: before as ScheduleFrequency,
    changed,
    schedule,
    dropped: changed ? due.filter((slot) => !schedule.due.includes(slot)) : [],
  };
}

/**
 * Shows what a call of the schedule would do now, and writes nothing.
 * @throws ConflictError after a clock that ran ahead, or was set back
 */
export async function previewSchedule(work: Work): Promise<ScheduledRun> {
  return work.ledger.read(async (reader) => {
    const book = await Book.read(reader, work.now);
    await refuseAhead(reader, book);
    const facts = await scheduleFacts(reader, book);
    const due = dueSlots(facts);
    const on = due.at(-1);
    if (on === undefined) return idle(facts);
    await refuseEarlierIssue(reader, book.today);
    const generated = await preview(reader, work, scheduledRequest(on), true);
    return scheduledRun(facts, due, on, generated);
  });
}

/**
 * Runs the last slot that is due and records it, with those that were missed before it as superseded. Where
 * none is due it changes nothing.
 * @throws ConflictError when what was previewed is no longer what would be done, a number is taken, the clock
 * was set back, or ran ahead before
 */
export async function runSchedule(work: Work, options: ScheduledRunOptions): Promise<ScheduledRun> {
  const { seen } = options;
  if (seen === undefined) {
    // Cron calls every day: on most of them the ledger need not be locked.
    const facts = await work.ledger.read(async (reader) => {
      const book = await Book.read(reader, work.now);
      await refuseAhead(reader, book);
      return scheduleFacts(reader, book);
    });
    if (dueSlots(facts).length === 0) return idle(facts);
  }
  const asked = seen === undefined ? {} : { on: seen.on, planId: seen.generated?.planId ?? null };
  return write(work, { command: 'schedule run', request: asked }, async (writer) => {
    const done = await runWithin(writer, work, options);
    const { on, recorded, generated } = done;
    return {
      result: done,
      changed: on !== null,
      request: { ...asked, on, run: generated?.run?.id ?? null },
      recorded: { recorded, totals: generated?.plan.totals },
    };
  });
}

async function runWithin(
  writer: Writer,
  work: Work,
  { wantsPlanId, seen }: ScheduledRunOptions,
): Promise<ScheduledRun> {
  const book = await Book.read(writer, work.now);
  await refuseAhead(writer, book);
  const facts = await scheduleFacts(writer, book);
  const due = dueSlots(facts);
  const on = due.at(-1);
  if (seen !== undefined) refuseMoved(due, dueOf(seen));
  if (on === undefined) return idle(facts);
  // Also where nothing is paid: what a wrong clock takes for due is not to be closed.
  await refuseEarlierIssue(writer, book.today);
  const generated = await generateWithin(writer, work, scheduledRequest(on), {
    kind: 'scheduled',
    wantsPlanId: wantsPlanId || seen !== undefined,
    typed: { slot: on, frequency: facts.frequency },
  });
  if (seen !== undefined) refuseMoved(generated.planId, seen.generated?.planId ?? null);
  const done = scheduledRun(facts, due, on, generated);
  const setting = await standingSetting(writer, SCHEDULE_SETTING);
  await recordSlots(writer, done.recorded, {
    setting: setting?.number ?? 0n,
    frequency: facts.frequency,
    at: work.now.toISOString(),
    by: work.actor,
    osUser: work.osUser,
  });
  return done;
}

const dueOf = ({ recorded }: ScheduledRun): CalendarDate[] => recorded.map(({ on }) => on);

/** @throws ConflictError when the slots that are due, or the plan, are not those that were looked at */
function refuseMoved<T extends readonly string[] | string | null>(found: T, expected: T): void {
  if (String(found) === String(expected)) return;
  throw new ConflictError('What is due has changed since it was looked at; nothing was paid.', {
    hint: 'Look at it again: payrun schedule run --dry-run',
    details: [{ expected, found }],
  });
}

/** What a run of the slot `on` comes to, the last of those that are due. */
function scheduledRun(
  facts: ScheduleFacts,
  due: readonly CalendarDate[],
  on: CalendarDate,
  generated: Generated,
): ScheduledRun {
  const paid = generated.plan.payouts.length > 0;
  const missed = due.filter((slot) => slot !== on);
  const recorded: Slot[] = [
    ...missed.map((slot): Slot => ({ on: slot, outcome: 'superseded', runId: null, supersededBy: on })),
    { on, outcome: paid ? 'paid' : 'nothing', runId: generated.run?.id ?? null, supersededBy: null },
  ];
  const after = { ...facts, recorded: new Set([...facts.recorded, ...due]) };
  const { frequency, today } = facts;
  return { frequency, today, on, generated, recorded, nextOn: nextSlots(after, 1)[0] ?? null };
}

function idle(facts: ScheduleFacts): ScheduledRun {
  const { frequency, today } = facts;
  const nextOn = nextSlots(facts, 1)[0] ?? null;
  return { frequency, today, on: null, generated: null, recorded: [], nextOn };
}
