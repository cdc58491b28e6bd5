/** What the next scheduled run would pay and skip, and why; or one on a later day: a forecast. */
import type { CalendarDate } from '../core/calendar.js';
import { UsageError } from '../core/errors.js';
import { scheduledRequest, slotToRun } from '../core/schedule.js';
import { Book } from './book.js';
import { preview, type Generated } from './generate.js';
import { scheduleFacts } from './schedule.js';
import type { Work } from './work.js';

export interface Upcoming {
  /** The day of the run: the one asked for, else that slot, else today where no schedule is set. */
  readonly on: CalendarDate;
  /** The slot of the next scheduled run, past if it was not made yet; null where no schedule is set. */
  readonly slot: CalendarDate | null;
  readonly today: CalendarDate;
  readonly generated: Generated;
}

/**
 * Asks the engine as a scheduled run does: everything up to the day, for everybody.
 * @param asOf the day of a forecast; null for the next slot
 * @throws UsageError when the day is past
 */
export async function upcoming(work: Work, asOf: CalendarDate | null): Promise<Upcoming> {
  return work.ledger.read(async (reader) => {
    const book = await Book.read(reader, work.now);
    if (asOf !== null && asOf < book.today) {
      throw new UsageError(`--as-of ${asOf} is past: today is ${book.today} in ${book.zone.name}.`, {
        hint: 'A forecast is for today or a later day; see `payrun runs list` for what was paid.',
      });
    }
    const slot = slotToRun(await scheduleFacts(reader, book));
    const on = asOf ?? slot ?? book.today;
    const generated = await preview(reader, work, scheduledRequest(on), true);
    return { on, slot, today: book.today, generated };
  });
}
