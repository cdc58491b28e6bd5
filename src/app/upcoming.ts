/** What the next scheduled run would pay and skip, and why. */
import type { CalendarDate } from '../core/calendar.js';
import { nextSlot, type ScheduleFrequency } from '../core/period.js';
import { Book } from './book.js';
import { preview, type Generated } from './generate.js';
import type { Work } from './work.js';

export interface Upcoming {
  /** The day of the run: the next slot, or today where no schedule is set. */
  readonly on: CalendarDate;
  readonly frequency: ScheduleFrequency;
  readonly generated: Generated;
}

/** Asks the engine as a scheduled run does: everything up to the slot, for everybody. */
export async function upcoming(work: Work): Promise<Upcoming> {
  return work.ledger.read(async (reader) => {
    const book = await Book.read(reader, work.now);
    const frequency = book.setting('schedule.frequency') as ScheduleFrequency;
    const on = nextSlot(frequency, book.today) ?? book.today;
    const everybody = { affiliateId: null, campaign: null, overrideMinimum: false };
    const generated = await preview(reader, work, { from: null, to: on, asOf: on, ...everybody }, true);
    return { on, frequency, generated };
  });
}
