/** The schedule for programs and for people: its days, what became of them, and a run that it made. */
import type { RecordedSlot, ScheduledRun, ScheduleSet, ShownSchedule } from '../../app/schedule.js';
import { dayWithWeekday, weekday } from '../../core/period.js';
import type { ScheduleFrequency, Slot } from '../../core/schedule.js';
import { renderTable, type Cell, type Column } from '../table.js';
import type { Terminal } from '../terminal.js';
import { amountCell, counted } from './money.js';
import { planDocument } from './plan.js';

/** On a terminal so many slots are shown; `--json` and a pipe have them all. */
const SHOWN_SLOTS = 10;

/** So many days are named one by one. */
const NAMED_DAYS = 3;

const WHEN: Readonly<Record<ScheduleFrequency, string>> = {
  off: 'never',
  weekly: 'weekly, on Mondays',
  monthly: 'monthly, on the 1st',
};

/** `schedule show` as JSON tells it. */
export function scheduleJson(schedule: ShownSchedule): Record<string, unknown> {
  const { frequency, timezone, next, due, ahead, slots } = schedule;
  return { schedule: { frequency, timezone, next, due, ahead, slots: slots.map(recordedSlotJson) } };
}

/** `schedule set` as JSON tells it. */
export function scheduleSetJson({ schedule, changed, dropped }: ScheduleSet): Record<string, unknown> {
  const { frequency, next } = schedule;
  return { schedule: { frequency, next }, changed, dropped };
}

/** Warns of days that were due and will not be run: whoever waits for them learns it here. */
export function warnOfDropped(terminal: Terminal, { dropped }: ScheduleSet): void {
  if (dropped.length === 0) return;
  const were = dropped.length === 1 ? 'was due and is' : 'were due and are';
  terminal.warn(
    `${daysText(dropped)} ${were} not run any more: the days of a schedule count from when it is set. ` +
      'The next run pays what they would have paid.',
  );
}

/** `schedule run` as JSON tells it: the document of `generate`, and what became of the slots. */
export function scheduledRunJson(
  { on, generated, recorded, nextOn }: ScheduledRun,
  preview: { readonly createdBy: string } | null,
): Record<string, unknown> {
  const nothing = { run: null, planId: null, totals: [], payouts: [], skipped: [] };
  const scheduled = preview === null ? null : ({ ...preview, kind: 'scheduled' } as const);
  const document = generated === null ? nothing : planDocument(generated, scheduled);
  return { ...document, on, recorded: recorded.map(slotJson), nextOn };
}

function slotJson({ on, outcome, runId, supersededBy }: Slot): Record<string, unknown> {
  return { on, outcome, runId, supersededBy };
}

function recordedSlotJson(slot: RecordedSlot): Record<string, unknown> {
  const { recordedAt, recordedBy, takenBack } = slot;
  return { ...slotJson(slot), recordedAt, recordedBy, takenBack };
}

/** `Payouts are made monthly, on the 1st.` */
export function frequencyText(frequency: ScheduleFrequency): string {
  return frequency === 'off'
    ? 'No schedule is set: nothing is paid automatically.'
    : `Payouts are made ${WHEN[frequency]}.`;
}

/** What `schedule set` changed, and when the next run is. */
export function scheduleSetText({ before, changed, schedule }: ScheduleSet): string {
  const { frequency } = schedule;
  const next = nextText(schedule.next[0] ?? null, schedule.today);
  const due = schedule.due.at(-1);
  const now = due === undefined ? next : `The run of ${dayWithWeekday(due)} is due.`;
  if (!changed) return `The schedule is ${frequency} already; nothing was changed. ${now}`.trimEnd();
  if (frequency === 'off') return `Nothing is paid automatically any more (it was ${WHEN[before]}).`;
  // After a clock that ran ahead the same frequency is set anew.
  if (before === frequency) return `Payouts are made ${WHEN[frequency]}, counted from today on. ${next}`;
  const until = before === 'off' ? 'there was no schedule' : `it was ${WHEN[before]}`;
  return `Payouts are now made ${WHEN[frequency]} (${until}). ${next}`;
}

/** When the next run is; empty without a schedule. */
export function nextText(on: string | null, today: string): string {
  if (on === null) return '';
  return `The next run is on ${dayWithWeekday(on)}${on === today ? ', today' : ''}.`;
}

/** Days in one line: a few by name, many by their first and last. */
export function daysText(days: readonly string[]): string {
  if (days.length <= NAMED_DAYS) return days.join(', ');
  return `${counted(days.length, 'day')} from ${days[0] ?? ''} to ${days.at(-1) ?? ''}`;
}

/** Which run this is, and which were missed before it; where none is due, when the next one is. */
export function slotText({ frequency, today, on, recorded, nextOn }: ScheduledRun): string {
  if (on === null) {
    return frequency === 'off' ? frequencyText(frequency) : `Nothing is due. ${nextText(nextOn, today)}`;
  }
  const missed = recorded.filter(({ outcome }) => outcome === 'superseded').map((slot) => slot.on);
  const which = `The ${frequency} run of ${dayWithWeekday(on)}`;
  return missed.length === 0 ? `${which}.` : `${which}, in place of those missed: ${daysText(missed)}.`;
}

const SLOT_COLUMNS: readonly Column[] = [
  { title: 'Due on', fixed: true },
  { title: 'Outcome', fixed: true },
  { title: 'Run', fixed: true },
  { title: 'Payouts', align: 'right' },
  { title: 'Total', money: true },
  { title: 'Currency', fixed: true },
  { title: 'By', spare: 1 },
];

/** The rows of one slot: one per currency, the slot itself in the first. */
function slotRows(terminal: Terminal, slot: RecordedSlot): Cell[][] {
  const { on, outcome, runId, supersededBy, recordedBy, takenBack, totals } = slot;
  const became = supersededBy === null ? outcome : `superseded by ${supersededBy}`;
  const what = [on, takenBack ? `${outcome}, taken back` : became, runId ?? ''];
  if (totals.length === 0) return [[...what, '', '', '', recordedBy]];
  return totals.map(({ payouts, amount, currency }, position) => [
    ...(position === 0 ? what : what.map(() => '')),
    String(payouts),
    amountCell(terminal, amount, currency),
    currency,
    position === 0 ? recordedBy : '',
  ]);
}

/** `schedule show` on the screen: what is due comes before what is to come and what was. */
export function scheduleText(terminal: Terminal, schedule: ShownSchedule): string {
  const { frequency, timezone, next, due, ahead, slots } = schedule;
  const layout = terminal.outputIsTerminal
    ? { width: terminal.width, headStyle: (title: string) => terminal.bold(title) }
    : {};
  const table = (columns: readonly Column[], rows: readonly (readonly Cell[])[]): string =>
    rows.length === 0 ? '' : renderTable({ columns, rows }, layout);
  const columns: Column[] = [{ title: 'Next', fixed: true }, { title: `(${timezone})` }];
  const shown = terminal.outputIsTerminal ? slots.slice(-SHOWN_SLOTS) : slots;
  const older = slots.length - shown.length;
  const parts = [
    terminal.bold(frequencyText(frequency)),
    ahead === null ? '' : terminal.yellow(`The schedule is ahead of the clock: ${ahead}.`),
    due.length === 0 ? '' : terminal.yellow(`Due and not run yet: ${daysText(due)}.`),
    table(
      columns,
      next.map((day) => [day, weekday(day)]),
    ),
    table(
      SLOT_COLUMNS,
      shown.flatMap((slot) => slotRows(terminal, slot)),
    ),
    older > 0 ? `… and ${counted(older, 'slot')} before (--json lists all)` : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
