/** What was paid out, month by month. */
import { payoutTotals, type MonthOfPayouts, type PayoutFigures } from '../core/payout-report.js';
import { payoutsByMonth, type PayoutReportFilter } from '../store/payout-report.js';
import type { Work } from './work.js';

export type { MonthOfPayouts, PayoutFigures, PayoutReportFilter };

export interface PayoutReport {
  /** By month, then currency. */
  readonly months: readonly MonthOfPayouts[];
  /** By currency. */
  readonly totals: readonly PayoutFigures[];
}

/**
 * The payouts issued in a range, added up by month and currency.
 * @throws ConflictError when a sum does not fit in 64 bits
 */
export async function payoutReport(work: Work, filter: PayoutReportFilter): Promise<PayoutReport> {
  const months = await work.ledger.read((reader) => payoutsByMonth(reader, filter));
  return { months, totals: payoutTotals(months) };
}
