/**
 * The TEMP table `staged`, into which the rows of a commissions file go without a lock on the ledger,
 * however slowly they come.
 */
import type { CalendarDate } from '../core/calendar.js';
import type { SaidCommission } from '../core/commission.js';
import type { SqlValue, Writer } from './ledger.js';
import { createRefusals } from './refusals.js';

const CREATE_STAGED = `
  CREATE TEMP TABLE staged (
    position INTEGER PRIMARY KEY, line INTEGER NOT NULL, id TEXT NOT NULL, affiliate_id TEXT NOT NULL,
    earned_at TEXT NOT NULL, earned_on TEXT NOT NULL, amount INTEGER NOT NULL, amount_given TEXT NOT NULL,
    currency TEXT NOT NULL, kind TEXT NOT NULL, status TEXT, available_on TEXT, held_until TEXT NOT NULL,
    campaign TEXT, order_id TEXT, corrects TEXT, sale_amount INTEGER, description TEXT, said TEXT NOT NULL,
    cells TEXT, refused INTEGER NOT NULL DEFAULT 0)`;

const STAGE = `
  INSERT INTO temp.staged (line, id, affiliate_id, earned_at, earned_on, amount, amount_given, currency, kind,
    status, available_on, held_until, campaign, order_id, corrects, sale_amount, description, said, cells)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export interface StagedCommission {
  readonly row: SaidCommission;
  /** The day on which a hold that begins when it was earned would end. */
  readonly heldUntil: CalendarDate;
  /** The cells as given, where refused rows are to be written back. */
  readonly cells: readonly string[] | null;
}

/** Which of the optional columns the file has; what is absent changes nothing on an existing commission. */
export interface CommissionColumns {
  readonly currency: boolean;
  readonly status: boolean;
  readonly kind: boolean;
  readonly available_on: boolean;
  readonly campaign: boolean;
  readonly order_id: boolean;
  readonly corrects: boolean;
  readonly sale_amount: boolean;
  readonly description: boolean;
}

export interface CommissionMerge {
  readonly has: CommissionColumns;
  /** The currencies that have as many decimals as the ledger's. */
  readonly sameDecimals: readonly string[];
  readonly today: CalendarDate;
  readonly at: string;
  readonly by: string;
  /** Rows earned up to this day were paid elsewhere. */
  readonly settledUntil: CalendarDate | null;
}

export async function beginStaging(staging: Writer): Promise<void> {
  await createRefusals(staging);
  await staging.run('DROP TABLE IF EXISTS temp.staged');
  await staging.run(CREATE_STAGED);
}

export async function stageCommissions(staging: Writer, rows: readonly StagedCommission[]): Promise<void> {
  const values = rows.map(({ row, heldUntil, cells }): SqlValue[] => [
    BigInt(row.line),
    row.id,
    row.affiliateId,
    row.earnedAt,
    row.earnedOn,
    row.amount,
    row.amountGiven,
    row.currency,
    row.kind,
    row.status,
    row.availableOn,
    heldUntil,
    row.campaign,
    row.orderId,
    row.corrects,
    row.saleAmount,
    row.description,
    row.said,
    cells === null ? null : JSON.stringify(cells),
  ]);
  await staging.runMany(STAGE, values);
}

export async function endStaging(staging: Writer): Promise<void> {
  await staging.run('CREATE INDEX temp.staged_by_id ON staged (id)');
}
