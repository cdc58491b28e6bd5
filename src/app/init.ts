/** Making a ledger, with the settings that it starts with. */
import { findSetting, minimumKey } from '../core/settings.js';
import { BookZone } from '../core/time-zone.js';
import { createLedger, refuseExisting } from '../store/open.js';
import { insertSetting } from '../store/settings.js';
import { audit, type Actor } from './work.js';

/** What a new ledger is told, as typed; null leaves a default. */
export interface InitInput {
  readonly path: string;
  readonly currency: string;
  readonly timezone: string;
  /** The programme's minimum payout in that currency, or `none`. */
  readonly minimum: string | null;
  readonly holdDays: string | null;
  readonly company: string | null;
}

export interface CreatedLedger {
  /** Absolute. */
  readonly path: string;
  readonly currency: string;
  readonly timezone: string;
}

/** Refuses a place that is taken, before anybody is asked anything. @throws ConflictError */
export async function refuseTaken(path: string): Promise<void> {
  return refuseExisting(path);
}

/**
 * Makes a ledger and stores its first settings in the same creation.
 * @param waitSeconds how long to wait while another process has the file
 * @throws UsageError for a value that its setting does not take, or a path that can hold no file;
 * ConflictError when a file is there already
 */
export async function initLedger(
  founder: Actor,
  input: InitInput,
  waitSeconds: number,
): Promise<CreatedLedger> {
  const currency = findSetting('currency').parse(input.currency);
  const timezone = findSetting('timezone').parse(input.timezone);
  const said: readonly (readonly [key: string, value: string | null])[] = [
    ['currency', currency],
    ['timezone', timezone],
    ['hold.days', input.holdDays],
    [minimumKey(currency), input.minimum],
    ['company.name', input.company],
  ];
  const values = said.flatMap(([key, value]) =>
    value === null ? [] : [[key, findSetting(key).parse(value)] as const],
  );
  const setOn = new BookZone(timezone).dateOf(founder.now.getTime());
  const setAt = founder.now.toISOString();
  const path = await createLedger(input.path, { waitMs: waitSeconds * 1000 }, async (writer) => {
    for (const [key, value] of values) {
      await insertSetting(writer, { key, value, setOn, setAt, setBy: founder.actor });
    }
    const settings = Object.fromEntries(values);
    await audit(writer, founder, { command: 'init', request: { settings } }, { currency, timezone });
  });
  return { path, currency, timezone };
}
