/** Slots of the schedule that were dealt with: one row a day, append-only, written with the run it made. */
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyTotal } from '../core/plan.js';
import { runId, runNumber } from '../core/run.js';
import type { ScheduleFrequency, Slot, SlotOutcome } from '../core/schedule.js';
import type { Reader, Writer } from './ledger.js';

const DAYS = 'SELECT due_on FROM schedule_slots WHERE due_on >= :since';

const SLOTS = `
  SELECT slot.due_on, slot.outcome, slot.run, slot.superseded_by, slot.recorded_at, slot.recorded_by,
    (SELECT json_group_array(json_array(total.currency, total.payouts, total.commissions,
        CAST(total.amount AS TEXT)) ORDER BY total.currency)
      FROM run_totals AS total WHERE total.run = slot.run) AS totals
  FROM schedule_slots AS slot ORDER BY slot.due_on`;

const INSERT = `
  INSERT INTO schedule_slots (due_on, frequency, outcome, run, superseded_by, recorded_at, recorded_by, os_user)
  VALUES (:on, :frequency, :outcome, :run, :supersededBy, :at, :by, :osUser)`;

/** A slot as it was recorded, when and by whom, with what its run paid. */
export interface RecordedSlot extends Slot {
  readonly recordedAt: string;
  readonly recordedBy: string;
  readonly totals: readonly CurrencyTotal[];
}

/** How slots are recorded: by whom, when, and under which frequency. */
export interface SlotRecording {
  readonly frequency: ScheduleFrequency;
  readonly at: string;
  readonly by: string;
  readonly osUser: string;
}

interface SlotRow {
  readonly due_on: string;
  readonly outcome: SlotOutcome;
  readonly run: bigint | null;
  readonly superseded_by: string | null;
  readonly recorded_at: string;
  readonly recorded_by: string;
  readonly totals: string;
}

/** The slots from that day on that were dealt with. */
export async function recordedDays(reader: Reader, since: CalendarDate): Promise<Set<CalendarDate>> {
  const rows = await reader.all<{ due_on: string }>(DAYS, { since });
  return new Set(rows.map(({ due_on }) => due_on));
}

/** Every slot that was dealt with, the earliest first. */
export async function listSlots(reader: Reader): Promise<RecordedSlot[]> {
  return (await reader.all<SlotRow>(SLOTS)).map(slotOf);
}

/** Records slots for good. None may be there already; the one that supersedes others comes with them. */
export async function recordSlots(
  writer: Writer,
  slots: readonly Slot[],
  recording: SlotRecording,
): Promise<void> {
  // A slot refers to the later one that was run in its place.
  const latestFirst = [...slots].sort((a, b) => (a.on < b.on ? 1 : -1));
  for (const { on, outcome, runId: run, supersededBy } of latestFirst) {
    await writer.run(INSERT, {
      ...{ on, outcome, supersededBy, ...recording },
      run: run === null ? null : runNumber(run),
    });
  }
}

function slotOf(row: SlotRow): RecordedSlot {
  const totals = JSON.parse(row.totals) as [string, number, number, string][];
  return {
    on: row.due_on,
    outcome: row.outcome,
    runId: row.run === null ? null : runId(row.run),
    supersededBy: row.superseded_by,
    recordedAt: row.recorded_at,
    recordedBy: row.recorded_by,
    totals: totals.map(([currency, payouts, commissions, amount]) => ({
      ...{ currency, payouts, commissions },
      amount: BigInt(amount),
    })),
  };
}
