/** `--from` and `--to` of lists: either may be left out. */
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
