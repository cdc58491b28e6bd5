/** Bills: payouts when they were issued, and their credit notes when they were voided. */
import type { Bill } from '../core/bill.js';
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { runId } from '../core/run.js';
import { notExported, type EarlierExport } from './exports.js';
import type { Reader, SqlParameters } from './ledger.js';

/** Which documents. Dates are those of issue of the document itself, inclusive; null does not matter. */
export interface BillFilter {
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  readonly run: bigint | null;
  readonly currency: CurrencyCode | null;
  /** Leaves out what these exports had. */
  readonly except: readonly EarlierExport[];
}

type BillRow = Omit<Bill, 'addressLines' | 'commissions' | 'runId'> & {
  readonly step: bigint;
  readonly addressLine1: string | null;
  readonly addressLine2: string | null;
  readonly commissions: bigint;
  readonly run: bigint;
};

const conditions = (filter: BillFilter): { sql: string; parameters: SqlParameters } => {
  const { from, to, run, currency } = filter;
  const given = { from, to, run, currency };
  const tests = {
    from: 'step.on_day >= :from',
    to: 'step.on_day <= :to',
    run: 'payout.run = :run',
    currency: 'payout.currency = :currency',
  } as const;
  const entries = Object.entries(given).filter(
    (entry): entry is [keyof typeof tests, string | bigint] => entry[1] !== null,
  );
  return {
    sql: entries.map(([key]) => `AND ${tests[key]}`).join(' '),
    parameters: Object.fromEntries(entries),
  };
};

/** The documents in the order in which they were issued, in pages of one snapshot. */
export async function* eachBill(reader: Reader, filter: BillFilter): AsyncGenerator<Bill[]> {
  const { sql, parameters } = conditions(filter);
  const fact = {
    ...{ posted: 'step.on_day', currency: 'payout.currency', run: 'payout.run' },
    ...{ fact: "'steps'", number: 'step.number' },
  };
  const pages = reader.each<BillRow>(
    `SELECT step.number AS step, iif(step.status = 'open', 'bill', 'credit_note') AS kind,
       iif(step.status = 'open', payout.invoice_number, payout.credit_note_number) AS number,
       payout.invoice_number AS invoiceNumber, step.on_day AS date, payout.affiliate_id AS affiliateId,
       payout.affiliate_name AS affiliateName, payout.email, payout.company, payout.country,
       payout.vat_number AS vatNumber, payout.address_line1 AS addressLine1, payout.address_line2 AS addressLine2,
       payout.city, payout.region, payout.postal_code AS postalCode, payout.currency, payout.amount,
       payout.commissions, payout.status, payout.from_on AS "from", payout.to_on AS "to", payout.run
     FROM payout_history AS step CROSS JOIN payouts AS payout ON payout.number = step.payout
     WHERE step.number > :afterStep AND (step.status = 'void' OR (step.status = 'open' AND step.step = 1))
       ${sql} ${notExported(filter.except, fact)}
     ORDER BY step.number LIMIT :pageRows`,
    parameters,
    { start: { afterStep: 0n }, after: (last) => ({ afterStep: last.step }) },
  );
  for await (const page of pages) yield page.map(billOf);
}

function billOf(row: BillRow): Bill {
  const { addressLine1, addressLine2, commissions, run, ...rest } = row;
  return {
    ...rest,
    addressLines: [addressLine1, addressLine2].filter((line) => line !== null),
    commissions: Number(commissions),
    runId: runId(run),
  };
}
