/** `--from` and `--to`, either of which may be left out, and `--period` in their place. */
import type { Work } from '../app/work.js';
import type { CalendarDate } from '../core/calendar.js';
import type { CommandInput, OptionDefinition } from './command.js';

/** The two options; what they filter is said in their description. */
export function dayOptions(what: string): readonly OptionDefinition[] {
  return [
    { flags: '--from <date>', description: `only those ${what} on this day or later` },
    { flags: '--to <date>', description: `only those ${what} on this day or earlier` },
  ];
}

/**
 * The days given, both included.
 * @throws UsageError when one is no day of the calendar, or the first is after the last
 */
export async function daysOf(input: CommandInput): Promise<{ from?: CalendarDate; to?: CalendarDate }> {
  const { parseDay, rangeOf } = await import('../core/period.js');
  const from = input.text('from');
  const to = input.text('to');
  if (from !== undefined && to !== undefined) return { ...rangeOf(from, to) };
  return {
    ...(from === undefined ? {} : { from: parseDay(from) }),
    ...(to === undefined ? {} : { to: parseDay(to) }),
  };
}

/**
 * The range of `--period`, or of `--from` and `--to`; null where it is open.
 * @throws UsageError when it is no period, or no range of days
 */
export async function rangeAskedFor(
  input: CommandInput,
  work: Work,
): Promise<{ readonly from: CalendarDate | null; readonly to: CalendarDate | null }> {
  const period = input.text('period');
  if (period !== undefined) {
    const { parsePeriod } = await import('../core/period.js');
    const { todayOf } = await import('../app/book.js');
    return parsePeriod(period, await todayOf(work));
  }
  const { from, to } = await daysOf(input);
  return { from: from ?? null, to: to ?? null };
}
