/** Commissions: reading them. How an import writes them stands in `commission-import.ts`. */
import type { CalendarDate } from '../core/calendar.js';
import {
  MOVABLE,
  type Commission,
  type CommissionChange,
  type CommissionStatus,
  type DecidedBy,
} from '../core/commission.js';
import { hasCorrection, isOnLivePayout } from './corrections.js';
import type { Reader } from './ledger.js';

const COLUMNS = `
  commission.number AS number, commission.id AS id, commission.affiliate_id AS affiliateId,
  commission.kind AS kind, commission.status AS status, commission.earned_on AS earnedOn,
  commission.available_on AS availableOn, commission.amount AS amount, commission.currency AS currency,
  commission.campaign AS campaign, commission.order_id AS orderId,
  (SELECT id FROM commissions AS original WHERE original.number = commission.corrects) AS corrects,
  (SELECT payout.invoice_number FROM payout_lines AS line
    CROSS JOIN payouts AS payout ON payout.number = line.payout
    WHERE line.commission = commission.number AND line.released_on IS NULL) AS invoiceNumber,
  commission.description AS description`;

type CommissionRow = Commission & { readonly number: bigint };

/** Which commissions to list. Dates are inclusive and filter the earned date. */
export interface CommissionFilter {
  readonly affiliateId?: string;
  readonly status?: CommissionStatus;
  readonly campaign?: string;
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
}

/** Commissions in the order in which they were recorded, in pages of one snapshot. */
export async function* eachCommission(
  reader: Reader,
  filter: CommissionFilter,
): AsyncGenerator<Commission[]> {
  const conditions: string[] = [];
  const parameters: Record<string, string> = {};
  const add = (condition: string, name: string, value: string | undefined): void => {
    if (value === undefined) return;
    conditions.push(`AND ${condition}`);
    parameters[name] = value;
  };
  add('commission.affiliate_id = :affiliateId', 'affiliateId', filter.affiliateId);
  add('commission.status = :status', 'status', filter.status);
  add('commission.campaign = :campaign', 'campaign', filter.campaign);
  add('commission.earned_on >= :from', 'from', filter.from);
  add('commission.earned_on <= :to', 'to', filter.to);
  const pages = reader.each<CommissionRow>(
    `SELECT ${COLUMNS} FROM commissions AS commission
     WHERE commission.number > :afterNumber ${conditions.join(' ')}
     ORDER BY commission.number LIMIT :pageRows`,
    parameters,
    { start: { afterNumber: 0n }, after: (last) => ({ afterNumber: last.number }) },
  );
  for await (const page of pages) yield page;
}

/** The commission of an id, or undefined. */
export async function findCommission(reader: Reader, id: string): Promise<Commission | undefined> {
  return reader.get<CommissionRow>(
    `SELECT ${COLUMNS} FROM commissions AS commission WHERE commission.id = :id`,
    { id },
  );
}

/** The commissions of these ids, in that order; ids that are not there are left out. */
export async function findCommissions(reader: Reader, ids: readonly string[]): Promise<Commission[]> {
  return reader.all<CommissionRow>(
    `SELECT ${COLUMNS} FROM json_each(:ids) AS wanted
     CROSS JOIN commissions AS commission ON commission.id = wanted.value ORDER BY wanted.key`,
    { ids: JSON.stringify(ids) },
  );
}

/** What corrects or takes back the commission, oldest first. */
export async function correctionsOf(reader: Reader, id: string): Promise<Commission[]> {
  return reader.all<CommissionRow>(
    `SELECT ${COLUMNS} FROM commissions AS original
     CROSS JOIN commissions AS commission ON commission.corrects = original.number
     WHERE original.id = :id ORDER BY commission.number`,
    { id },
  );
}

/** SQL of what a column of a change was followed by: what the next that moved it says, else what stands. */
const followedBy = (column: string, standing: string): string => `coalesce((
    SELECT later.${column} FROM commission_changes AS later
    WHERE later.commission = change.commission AND later.number > change.number AND later.${column} IS NOT NULL
    ORDER BY later.number LIMIT 1), ${standing})`;

const idOf = (number: string): string =>
  `(SELECT other.id FROM commissions AS other WHERE other.number = ${number})`;

const CURRENCY_AFTER = followedBy('currency_before', 'commission.currency');

const CHANGES = `
  SELECT change.changed_at AS at, change.changed_by AS by, change.status_before AS statusBefore,
    change.status_after AS statusAfter, change.amount_before AS amountBefore, change.amount_after AS amountAfter,
    coalesce(change.currency_before, ${CURRENCY_AFTER}) AS currencyBefore, ${CURRENCY_AFTER} AS currencyAfter,
    change.affiliate_before AS affiliate, ${followedBy('affiliate_before', 'commission.affiliate_id')} AS toAffiliate,
    change.currency_before AS currency, ${CURRENCY_AFTER} AS toCurrency,
    change.earned_before AS earned, ${followedBy('earned_before', 'commission.earned_on')} AS toEarned,
    iif(change.corrects_before IS NULL, NULL, coalesce(${idOf('change.corrects_before')}, '')) AS corrects,
    ${idOf(followedBy('corrects_before', 'commission.corrects'))} AS toCorrects,
    change.reason AS reason
  FROM commissions AS commission CROSS JOIN commission_changes AS change ON change.commission = commission.number
  WHERE commission.id = :id ORDER BY change.number`;

interface ChangeRow extends Omit<CommissionChange, 'moved'> {
  /** Null where it stayed; what it corrected is empty where that was nothing. */
  readonly affiliate: string | null;
  readonly toAffiliate: string;
  readonly currency: string | null;
  readonly toCurrency: string;
  readonly earned: string | null;
  readonly toEarned: string;
  readonly corrects: string | null;
  readonly toCorrects: string | null;
}

/** What became of the commission since it came in, oldest first. */
export async function changesOf(reader: Reader, id: string): Promise<CommissionChange[]> {
  const rows = await reader.all<ChangeRow>(CHANGES, { id });
  return rows.map(
    ({ affiliate, toAffiliate, currency, toCurrency, earned, toEarned, corrects, toCorrects, ...change }) => {
      const places = {
        affiliate: [affiliate, toAffiliate],
        currency: [currency, toCurrency],
        earned: [earned, toEarned],
        corrects: [corrects, toCorrects],
      } as const;
      const moved = MOVABLE.flatMap((what) => {
        const [before, after] = places[what];
        return before === null ? [] : [{ what, before: before === '' ? null : before, after }];
      });
      return { ...change, moved };
    },
  );
}

/** Its source rejects what was paid and is not edited any more, and no operator has decided otherwise. */
const REJECTED_SINCE = `
  (commission.decided IS NULL AND commission.status <> 'rejected'
    AND commission.said ->> '$.status' = 'rejected'
    AND (${isOnLivePayout('commission.number')} OR ${hasCorrection('commission.number')}))`;

const DECIDED_BY = `
  SELECT
    CASE WHEN status = 'settled' THEN status_by
      WHEN decided IS NOT NULL THEN 'operator'
      WHEN ${REJECTED_SINCE} THEN 'source'
      ELSE status_by END AS by,
    CASE WHEN status = 'settled' THEN NULL
      WHEN ${REJECTED_SINCE} THEN 'rejected'
      ELSE decided END AS decided
  FROM commissions AS commission WHERE id = :id`;

/**
 * Who decided what the commission is now: a decision on what was paid, of an operator or of its source,
 * stands over its status.
 */
export async function decidedBy(reader: Reader, id: string): Promise<DecidedBy> {
  const row = await reader.get<DecidedBy>(DECIDED_BY, { id });
  return row ?? { by: 'source', decided: null };
}
