/**
 * Slots of the schedule that were dealt with: one row a day and setting, append-only, written with the run it
 * made.
 */
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyTotal } from '../core/plan.js';
import { runId, runNumber } from '../core/run.js';
import type { ScheduleFrequency, Slot, SlotOutcome } from '../core/schedule.js';
import type { Reader, Writer } from './ledger.js';

/**
 * What was recorded at a later time than a later setting was set, was recorded under a clock that ran ahead.
 * That setting takes it back, unless it was paid.
 */
const TAKEN_BACK = `
  (slot.outcome <> 'paid' AND EXISTS (
    SELECT 1 FROM settings AS later
    WHERE later.key = 'schedule.frequency' AND later.number > slot.setting AND later.set_at < slot.recorded_at))`;

const DAYS = `SELECT due_on FROM schedule_slots AS slot WHERE due_on >= :since AND NOT ${TAKEN_BACK}`;

const AHEAD = `
  SELECT due_on, recorded_at, recorded_by FROM schedule_slots
  WHERE setting = :number AND due_on > :today ORDER BY due_on DESC LIMIT 1`;

const SLOTS = `
  SELECT slot.due_on, slot.outcome, slot.run, slot.superseded_by, slot.recorded_at, slot.recorded_by,
    ${TAKEN_BACK} AS taken_back,
    (SELECT json_group_array(json_array(total.currency, total.payouts, total.commissions,
        CAST(total.amount AS TEXT)) ORDER BY total.currency)
      FROM run_totals AS total WHERE total.run = slot.run) AS totals
  FROM schedule_slots AS slot ORDER BY slot.due_on, slot.setting`;

const INSERT = `
  INSERT INTO schedule_slots
    (due_on, setting, frequency, outcome, run, superseded_by, recorded_at, recorded_by, os_user)
  VALUES (:on, :setting, :frequency, :outcome, :run, :supersededBy, :at, :by, :osUser)`;

/** A slot as it was recorded, when and by whom, with what its run paid. */
export interface RecordedSlot extends Slot {
  readonly recordedAt: string;
  readonly recordedBy: string;
  /** Recorded under a clock that ran ahead, and set aside by a later setting: it does not count any more. */
  readonly takenBack: boolean;
  readonly totals: readonly CurrencyTotal[];
}

/** How slots are recorded: by whom, when, and under which frequency. */
export interface SlotRecording {
  /** The row of the settings that says so. */
  readonly setting: bigint;
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
  readonly taken_back: bigint;
  readonly totals: string;
}

/** The slots from that day on that were dealt with. */
export async function recordedDays(reader: Reader, since: CalendarDate): Promise<Set<CalendarDate>> {
  const rows = await reader.all<{ due_on: string }>(DAYS, { since });
  return new Set(rows.map(({ due_on }) => due_on));
}

/** A slot that was recorded before its day had come. */
export interface SlotAhead {
  readonly on: CalendarDate;
  readonly recordedAt: string;
  readonly recordedBy: string;
}

/** The last slot after today that was recorded under a setting; undefined where none was. */
export async function slotAhead(
  reader: Reader,
  number: bigint,
  today: CalendarDate,
): Promise<SlotAhead | undefined> {
  const row = await reader.get<Pick<SlotRow, 'due_on' | 'recorded_at' | 'recorded_by'>>(AHEAD, {
    number,
    today,
  });
  return row && { on: row.due_on, recordedAt: row.recorded_at, recordedBy: row.recorded_by };
}

/** Every slot that was dealt with, the earliest first; also those that do not count any more. */
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
    takenBack: row.taken_back === 1n,
    totals: totals.map(([currency, payouts, commissions, amount]) => ({
      ...{ currency, payouts, commissions },
      amount: BigInt(amount),
    })),
  };
}
