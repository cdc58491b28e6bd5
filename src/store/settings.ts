/** Settings are dated facts: each change is a row, the last one stands. */
import type { CalendarDate } from '../core/calendar.js';
import type { Reader, Writer } from './ledger.js';

const LATEST = `
  SELECT key, value FROM settings AS setting
  WHERE number = (SELECT max(number) FROM settings WHERE key = setting.key)
  ORDER BY key`;

const STANDING = `SELECT number, set_on FROM settings WHERE key = :key ORDER BY number DESC LIMIT 1`;

const INSERT = `
  INSERT INTO settings (key, value, set_on, set_at, set_by) VALUES (:key, :value, :setOn, :setAt, :setBy)`;

/** What was set and still stands, by key; a key that was set back to its default is absent. */
export async function readSettings(reader: Reader): Promise<Map<string, string>> {
  const rows = await reader.all<{ key: string; value: string | null }>(LATEST);
  return new Map(rows.flatMap(({ key, value }) => (value === null ? [] : [[key, value] as const])));
}

/** The row of the settings by which a value stands. */
export interface StandingSetting {
  readonly number: bigint;
  /** The day on which it was set. */
  readonly since: CalendarDate;
}

/** By which row a value stands; undefined where the default stands from the beginning. */
export async function standingSetting(reader: Reader, key: string): Promise<StandingSetting | undefined> {
  const row = await reader.get<{ number: bigint; set_on: string }>(STANDING, { key });
  return row && { number: row.number, since: row.set_on };
}

/** The day on which the value that stands was set, or null where the default stands from the beginning. */
export async function settingSince(reader: Reader, key: string): Promise<CalendarDate | null> {
  return (await standingSetting(reader, key))?.since ?? null;
}

export interface SettingChange {
  readonly key: string;
  /** Null sets it back to its default. */
  readonly value: string | null;
  readonly setOn: CalendarDate;
  readonly setAt: string;
  readonly setBy: string;
}

export async function insertSetting(writer: Writer, change: SettingChange): Promise<void> {
  await writer.run(INSERT, { ...change });
}

/** Whether a commission is in the ledger: what is fixed once used is fixed then. */
export async function hasCommissions(reader: Reader): Promise<boolean> {
  return (await reader.get('SELECT 1 AS yes FROM commissions LIMIT 1')) !== undefined;
}
