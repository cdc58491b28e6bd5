/** Payouts added up by the month in which they were issued. */
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import type { MonthOfPayouts } from '../core/payout-report.js';
import type { Reader } from './ledger.js';

const MONTHS = `
  SELECT substr(payout.issued_on, 1, 7) AS month, payout.currency AS currency,
    sum(payout.status <> 'void') AS payouts,
    sum(iif(payout.status <> 'void', payout.amount, 0)) AS amount,
    sum(iif(payout.status = 'paid', payout.amount, 0)) AS paid,
    sum(iif(payout.status NOT IN ('paid', 'void'), payout.amount, 0)) AS notYetPaid,
    sum(payout.status = 'void') AS void,
    sum(iif(payout.status = 'void', payout.amount, 0)) AS voidAmount
  FROM payouts AS payout
  WHERE payout.issued_on BETWEEN coalesce(:from, '') AND coalesce(:to, '9999-12-31')
    AND payout.currency = coalesce(:currency, payout.currency)
  GROUP BY 1, 2 ORDER BY 1, 2`;

type MonthRow = Omit<MonthOfPayouts, 'payouts' | 'void'> & {
  readonly payouts: bigint;
  readonly void: bigint;
};

/** Which payouts to add up; null does not matter. The range goes by issue date, both ends included. */
export interface PayoutReportFilter {
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  readonly currency: CurrencyCode | null;
}

/**
 * One row a month and currency, in this order; a month without payouts has none.
 * @throws ConflictError when a sum does not fit in 64 bits
 */
export async function payoutsByMonth(reader: Reader, filter: PayoutReportFilter): Promise<MonthOfPayouts[]> {
  const rows = await reader.all<MonthRow>(MONTHS, { ...filter });
  return rows.map((row) => ({ ...row, payouts: Number(row.payouts), void: Number(row.void) }));
}
