/** What a statement tells of one affiliate's commissions and payouts. */
import type { CalendarDate } from '../core/calendar.js';
import type { CommissionKind, CommissionStatus } from '../core/commission.js';
import type { PayoutStatus } from '../core/payout.js';
import type { Reader } from './ledger.js';

const COMMISSIONS = `
  SELECT commission.number AS number, commission.id AS id, commission.kind AS kind,
    commission.status AS status, commission.earned_on AS earnedOn, commission.currency AS currency,
    coalesce(line.amount, commission.amount) AS amount, commission.order_id AS orderId,
    commission.description AS description, commission.origin AS origin, original.id AS correctedId,
    original.order_id AS correctedOrderId, original.origin AS correctedOrigin,
    original.description AS correctedDescription, payout.status AS payoutStatus
  FROM commissions AS commission
  LEFT JOIN commissions AS original ON original.number = commission.corrects
  LEFT JOIN payout_lines AS line ON line.commission = commission.number AND line.released_on IS NULL
  LEFT JOIN payouts AS payout ON payout.number = line.payout
  WHERE commission.affiliate_id = :affiliateId AND commission.earned_on BETWEEN :from AND :to
    AND commission.amount <> 0
  ORDER BY commission.earned_on, commission.number`;

/** A void payout does not appear. */
const PAYMENTS = `
  SELECT invoice_number AS invoiceNumber, day AS date, amount, currency, status, reference
  FROM (
    SELECT *, iif(status = 'paid', coalesce(paid_on, issued_on), issued_on) AS day
    FROM payouts WHERE affiliate_id = :affiliateId AND status <> 'void')
  WHERE day BETWEEN :from AND :to
  ORDER BY day, number`;

/** Debits that are owed. What takes back a rejected credit, or corrects such a debit, is owed to nobody. */
const OPEN_DEBITS = `
  SELECT item.commission AS number, item.currency AS currency, item.amount AS amount
  FROM open_items AS item
  LEFT JOIN commissions AS original ON original.number = item.corrects
  LEFT JOIN commissions AS taken ON taken.number = original.corrects
  WHERE item.affiliate_id = :affiliateId AND item.amount < 0 AND item.status = 'approved'
    AND original.status IS NOT 'rejected' AND taken.status IS NOT 'rejected'`;

const LAST_PAYMENTS = `
  SELECT currency, max(paid_on) AS paidOn FROM payouts
  WHERE affiliate_id = :affiliateId AND status = 'paid' GROUP BY currency`;

/** A commission with what it corrects or takes back, and the stage of the live payout that it is on. */
export interface StatementCommission {
  readonly number: bigint;
  readonly id: string;
  readonly kind: CommissionKind;
  readonly status: CommissionStatus;
  readonly earnedOn: CalendarDate;
  readonly currency: string;
  /** In minor units; as it is on the payout where it is on one. */
  readonly amount: bigint;
  readonly orderId: string | null;
  readonly description: string | null;
  readonly origin: 'source' | 'operator' | 'correction';
  readonly correctedId: string | null;
  readonly correctedOrderId: string | null;
  readonly correctedOrigin: 'source' | 'operator' | 'correction' | null;
  readonly correctedDescription: string | null;
  readonly payoutStatus: PayoutStatus | null;
}

/** A live payout with the day on which it was paid, else issued. */
export interface StatementPayout {
  readonly invoiceNumber: string;
  readonly date: CalendarDate;
  readonly amount: bigint;
  readonly currency: string;
  readonly status: PayoutStatus;
  readonly reference: string | null;
}

/** A debit among the open items, in minor units. */
export interface OpenDebit {
  readonly number: bigint;
  readonly currency: string;
  readonly amount: bigint;
}

/** Whose, and from when to when; both days are included, null takes everything. */
export interface StatementRange {
  readonly affiliateId: string;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
}

const bound = ({ affiliateId, from, to }: StatementRange): Record<string, string> => ({
  affiliateId,
  from: from ?? '',
  to: to ?? '9999-12-31',
});

/** His commissions earned in the range, by day; lines of zero are left out. */
export async function statementCommissions(
  reader: Reader,
  range: StatementRange,
): Promise<StatementCommission[]> {
  return reader.all<StatementCommission>(COMMISSIONS, bound(range));
}

/** His live payouts paid, or else issued, in the range, by day. */
export async function statementPayouts(reader: Reader, range: StatementRange): Promise<StatementPayout[]> {
  return reader.all<StatementPayout>(PAYMENTS, bound(range));
}

/** The debits that he owes or will owe. */
export async function openDebits(reader: Reader, affiliateId: string): Promise<OpenDebit[]> {
  return reader.all<OpenDebit>(OPEN_DEBITS, { affiliateId });
}

/** The day of his last payment in each currency. */
export async function lastPaymentDays(
  reader: Reader,
  affiliateId: string,
): Promise<ReadonlyMap<string, CalendarDate>> {
  const rows = await reader.all<{ currency: string; paidOn: CalendarDate | null }>(LAST_PAYMENTS, {
    affiliateId,
  });
  return new Map(rows.flatMap(({ currency, paidOn }) => (paidOn === null ? [] : [[currency, paidOn]])));
}
