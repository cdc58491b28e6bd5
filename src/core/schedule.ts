/**
 * The schedule of automatic payouts: on which days a run is due, and what becomes of such a slot (SPEC
 * section 8). A slot is a day in the book time zone, and is dealt with once, whatever the frequency does
 * afterwards.
 */
import { addDays, addMonths, dayOfWeek, startOfMonth, type CalendarDate } from './calendar.js';
import type { RunRequest } from './plan.js';

/** How often a scheduled run happens: never, on Mondays, on the 1st. */
export const SCHEDULE_FREQUENCIES = ['off', 'weekly', 'monthly'] as const;

export type ScheduleFrequency = (typeof SCHEDULE_FREQUENCIES)[number];

/** What became of a slot. `superseded`: a later one was due already, and was run in its place. */
export type SlotOutcome = 'paid' | 'nothing' | 'superseded';

/** A slot that was dealt with. */
export interface Slot {
  readonly on: CalendarDate;
  readonly outcome: SlotOutcome;
  /** The run that it made, if it paid something. */
  readonly runId: string | null;
  /** The slot that was run in its place. */
  readonly supersededBy: CalendarDate | null;
}

/** Where a schedule stands on a day. */
export interface ScheduleFacts {
  readonly frequency: ScheduleFrequency;
  /** The day on which the frequency was set; null for the default, which is off. */
  readonly since: CalendarDate | null;
  readonly today: CalendarDate;
  /** The slots that were dealt with, from `since` on at least. */
  readonly recorded: ReadonlySet<CalendarDate>;
}

/** The first slot on that day or later; null where no schedule is set. */
export function nextSlot(frequency: ScheduleFrequency, from: CalendarDate): CalendarDate | null {
  switch (frequency) {
    case 'off':
      return null;
    case 'weekly':
      return addDays(from, (8 - dayOfWeek(from)) % 7);
    case 'monthly':
      return startOfMonth(from) === from ? from : addMonths(startOfMonth(from), 1);
  }
}

/** The slots up to today that were not dealt with, the earliest first: the last one is to be run. */
export function dueSlots({ frequency, since, today, recorded }: ScheduleFacts): CalendarDate[] {
  const due: CalendarDate[] = [];
  if (since === null) return due;
  for (const slot of slotsFrom(frequency, since)) {
    if (slot > today) break;
    if (!recorded.has(slot)) due.push(slot);
  }
  return due;
}

/** The slots to come, today included if it is one that was not dealt with; none where no schedule is set. */
export function nextSlots(facts: ScheduleFacts, count: number): CalendarDate[] {
  const { frequency, since, today, recorded } = facts;
  const next: CalendarDate[] = [];
  // After a clock was set back the frequency may have been set on a day to come.
  for (const slot of slotsFrom(frequency, since !== null && since > today ? since : today)) {
    if (next.length >= count) break;
    if (!recorded.has(slot)) next.push(slot);
  }
  return next;
}

/** What the next scheduled run pays as of: the last slot that is due, else the next one to come. */
export function slotToRun(facts: ScheduleFacts): CalendarDate | null {
  return dueSlots(facts).at(-1) ?? nextSlots(facts, 1)[0] ?? null;
}

/** What a scheduled run asks the engine for; an estimate asks it for one affiliate. */
export function scheduledRequest(on: CalendarDate, affiliateId: string | null = null): RunRequest {
  return { from: null, to: on, asOf: on, affiliateId, campaign: null, overrideMinimum: false };
}

function* slotsFrom(frequency: ScheduleFrequency, from: CalendarDate): Generator<CalendarDate> {
  let slot = nextSlot(frequency, from);
  while (slot !== null) {
    yield slot;
    slot = nextSlot(frequency, addDays(slot, 1));
  }
}
