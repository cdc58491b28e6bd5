/** Payouts: reading them, their lines and their history. `payout-steps.ts` changes them. */
import { PAYMENT_FIELDS, type AffiliateStatus } from '../core/affiliate.js';
import type { CalendarDate } from '../core/calendar.js';
import type {
  DetailsChange,
  Payee,
  Payout,
  PayoutLine,
  PayoutStanding,
  PayoutStatus,
  PayoutStep,
} from '../core/payout.js';
import { runId } from '../core/run.js';
import { notExported, type EarlierExport } from './exports.js';
import type { Paging, Reader, SqlParameters } from './ledger.js';
import { APPROVES_AGAIN, payTo } from './payout-steps.js';

/**
 * Whether the debits and corrections of the lines come to something that the payout does not know. It goes
 * from the few open items with a link to the lines, never the other way round.
 */
const CORRECTED_SINCE = `
  payout.status NOT IN ('paid', 'void') AND EXISTS (
    SELECT 1 FROM open_items AS item
    CROSS JOIN payout_lines AS line ON line.payout = payout.number AND line.commission = item.corrects
    WHERE item.affiliate_id = payout.affiliate_id AND item.currency = payout.currency
      AND item.corrects IS NOT NULL AND item.status = 'approved' AND (item.amount < 0 OR EXISTS (
        SELECT 1 FROM commissions AS correction
        WHERE correction.number = item.commission AND correction.origin = 'correction'))
    GROUP BY item.corrects HAVING sum(item.amount) <> 0)`;

/** SQL of the last step by which somebody said yes to where the money of a payout goes. */
const lastApproval = (column: 'at' | 'pay_to' | 'step', payout = 'payout.number'): string => `
    SELECT step.${column} FROM payout_history AS step
    WHERE step.payout = ${payout} AND step.pay_to IS NOT NULL ORDER BY step.step DESC LIMIT 1`;

/**
 * SQL of when somebody said so. A redo says nothing of where the money goes: its payout takes that over from
 * the one that it replaces, and so on back.
 */
const APPROVED_AT = `
    WITH RECURSIVE approval (payout, at, pay_to, step) AS (
      SELECT payout.number, (${lastApproval('at')}), (${lastApproval('pay_to')}), (${lastApproval('step')})
      UNION ALL
      SELECT later.replaces, (${lastApproval('at', 'later.replaces')}), approval.pay_to,
        (${lastApproval('step', 'later.replaces')})
      FROM approval CROSS JOIN payouts AS later ON later.number = approval.payout
      WHERE approval.step = 1 AND later.replaces IS NOT NULL
        AND (${lastApproval('pay_to', 'later.replaces')}) = approval.pay_to)
    SELECT min(at) FROM approval`;

/**
 * Whether the money would go elsewhere than where it was to go when somebody last said yes to it. A change
 * back to that is none.
 */
const DETAILS_CHANGED = `
  payout.status NOT IN ('processing', 'paid', 'void') AND (
    SELECT ${payTo('payee')} FROM affiliates AS payee WHERE payee.id = payout.affiliate_id)
  IS NOT (
    ${lastApproval('pay_to')})`;

/** SQL list of the fields that say where the money goes. */
const DETAILS = PAYMENT_FIELDS.map((field) => `'${field}'`).join(', ');

/** The changes of where the money of a payout goes since somebody last said yes to it. */
const SINCE_APPROVAL = `
  change.affiliate_id = payout.affiliate_id AND change.field IN (${DETAILS})
    AND change.changed_at >= (${APPROVED_AT})`;

/** Who changed where the money goes since then: of each field the last. */
const DETAILS_CHANGED_BY = `(
  SELECT json_group_array(json_object('by', "by", 'osUser', os_user)) FROM (
    SELECT change.changed_by AS "by", change.os_user AS os_user,
      row_number() OVER (PARTITION BY change.field ORDER BY change.number DESC) AS place
    FROM affiliate_changes AS change
    WHERE ${DETAILS_CHANGED} AND ${SINCE_APPROVAL} ORDER BY change.number)
  WHERE place = 1)`;

const COLUMNS = `
  payout.number, payout.run, payout.invoice_number, payout.affiliate_id, payout.affiliate_name, payout.currency,
  payout.amount, payout.commissions, payout.status, payout.issued_on, payout.from_on, payout.to_on,
  payout.paid_on, payout.reference, payout.voided_on, payout.credit_note_number,
  (SELECT other.invoice_number FROM payouts AS other WHERE other.number = payout.replaces) AS replaces,
  (SELECT other.invoice_number FROM payouts AS other WHERE other.replaces = payout.number) AS replaced_by,
  ${CORRECTED_SINCE} AS corrected_since,
  ${DETAILS_CHANGED} AS details_changed`;

const BY_INVOICE = `SELECT ${COLUMNS} FROM payouts AS payout WHERE payout.invoice_number = :invoiceNumber`;

/** Several at once, in the order asked for, with what decides whether each may change. */
const STANDINGS = `
  SELECT ${COLUMNS}, affiliate.status AS affiliate_status, run.created_by AS generated_by,
    run.os_user AS generated_by_os_user, run.campaign AS campaign, run.override_minimum AS override_minimum,
    ${DETAILS_CHANGED_BY} AS details_changed_by,
    (SELECT step.on_day FROM payout_history AS step WHERE step.payout = payout.number AND NOT ${APPROVES_AGAIN}
      ORDER BY step.step DESC LIMIT 1) AS since,
    (SELECT ${APPROVES_AGAIN} FROM payout_history AS step WHERE step.payout = payout.number
      ORDER BY step.step DESC LIMIT 1) AS details_approved
  FROM json_each(:invoiceNumbers) AS wanted
  CROSS JOIN payouts AS payout ON payout.invoice_number = wanted.value
  CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id
  CROSS JOIN runs AS run ON run.number = payout.run
  ORDER BY wanted.key`;

const LINES = `
  SELECT commission.id AS commissionId, commission.kind AS kind, commission.earned_on AS earnedOn,
    line.amount AS amount, commission.description AS description
  FROM payouts AS payout
  CROSS JOIN payout_lines AS line ON line.payout = payout.number
  CROSS JOIN commissions AS commission ON commission.number = line.commission
  WHERE payout.invoice_number = :invoiceNumber
  ORDER BY commission.earned_on, commission.id`;

const HISTORY = `
  SELECT step.at AS at, step."by" AS "by", step.status AS status, step.on_day AS "on",
    step.reference AS reference, step.reason AS reason
  FROM payouts AS payout CROSS JOIN payout_history AS step ON step.payout = payout.number
  WHERE payout.invoice_number = :invoiceNumber ORDER BY step.step`;

/** Of each affiliate and field what it was before and is now, masked; in the order of the payouts. */
const DETAILS_CHANGES = `
  SELECT affiliateId, affiliateName, field, valueBefore, valueAfter, "on", "by" FROM (
    SELECT wanted.key AS place, payout.affiliate_id AS affiliateId, affiliate.name AS affiliateName, change.field AS field,
      first_value(change.value_before) OVER changes AS valueBefore, change.value_after AS valueAfter,
      change.changed_on AS "on", change.changed_by AS "by", change.number AS number,
      row_number() OVER (PARTITION BY payout.affiliate_id, change.field ORDER BY change.number DESC, wanted.key)
        AS later
    FROM json_each(:invoiceNumbers) AS wanted
    CROSS JOIN payouts AS payout ON payout.invoice_number = wanted.value
    CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id
    CROSS JOIN affiliate_changes AS change ON ${SINCE_APPROVAL}
    WHERE ${DETAILS_CHANGED}
    WINDOW changes AS (PARTITION BY payout.affiliate_id, change.field ORDER BY change.number))
  WHERE later = 1 AND (valueBefore IS NOT valueAfter OR field = 'payout_account') ORDER BY place, number`;

const APPROVED_PAY_TO = `
  SELECT (${lastApproval('pay_to')}) AS payTo FROM payouts AS payout WHERE payout.invoice_number = :invoiceNumber`;

/** Asked after the merge of an import of affiliates, whose `temp.outcome` has those whom it changed. */
const HELD_BY_IMPORT = `
  SELECT payout.invoice_number AS invoiceNumber, payout.currency AS currency, payout.amount AS amount
  FROM temp.outcome AS outcome CROSS JOIN payouts AS payout ON payout.affiliate_id = outcome.id
  WHERE ${DETAILS_CHANGED} AND EXISTS (
    SELECT 1 FROM affiliate_changes AS change
    WHERE change.affiliate_id = outcome.id AND change.number > :after AND change.field IN (${DETAILS}))
  ORDER BY payout.number`;

const PAYEE = `
  SELECT affiliate_name, email, company, country, vat_number, address_line1, address_line2, city, region,
    postal_code
  FROM payouts WHERE invoice_number = :invoiceNumber`;

interface PayoutRow {
  readonly number: bigint;
  readonly run: bigint;
  readonly invoice_number: string;
  readonly affiliate_id: string;
  readonly affiliate_name: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly commissions: bigint;
  readonly status: PayoutStatus;
  readonly issued_on: string;
  readonly from_on: string | null;
  readonly to_on: string;
  readonly paid_on: string | null;
  readonly reference: string | null;
  readonly voided_on: string | null;
  readonly credit_note_number: string | null;
  readonly replaces: string | null;
  readonly replaced_by: string | null;
  readonly corrected_since: bigint;
  readonly details_changed: bigint;
}

type StandingRow = PayoutRow & {
  readonly affiliate_status: AffiliateStatus;
  readonly generated_by: string;
  readonly generated_by_os_user: string;
  readonly campaign: string | null;
  readonly override_minimum: bigint;
  readonly details_changed_by: string;
  readonly details_approved: bigint;
  readonly since: string;
};

/** Which payouts to list. Dates are inclusive and filter the issue date. */
export interface PayoutFilter {
  readonly statuses?: readonly PayoutStatus[];
  readonly run?: bigint;
  readonly affiliateId?: string;
  readonly currency?: string;
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
  /** Only those whose lines were corrected since. */
  readonly corrected?: boolean;
  /** Only those whose money would go elsewhere by now than where somebody last said yes to. */
  readonly detailsChanged?: boolean;
  /** Only those that none of these exports had when they were issued. */
  readonly notIn?: readonly EarlierExport[];
}

/** The issue of a payout, as the fact that an export has or has not. */
const ISSUE = {
  posted: 'payout.issued_on',
  currency: 'payout.currency',
  run: 'payout.run',
  fact: "'steps'",
  number: `(SELECT step.number FROM payout_history AS step WHERE step.payout = payout.number AND step.step = 1)`,
} as const;

/** Its becoming void, known from where its issue was exported. */
const VOID = {
  ...ISSUE,
  number: `(SELECT step.number FROM payout_history AS step
    WHERE step.payout = payout.number AND step.status = 'void')`,
} as const;

function where(filter: PayoutFilter): { sql: string; parameters: SqlParameters } {
  const conditions: string[] = [];
  const parameters: Record<string, string | bigint> = {};
  const add = (condition: string, name: string, value: string | bigint | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters[name] = value;
  };
  add('payout.run = :run', 'run', filter.run);
  add('payout.affiliate_id = :affiliateId', 'affiliateId', filter.affiliateId);
  add('payout.currency = :currency', 'currency', filter.currency);
  add('payout.issued_on >= :from', 'from', filter.from);
  add('payout.issued_on <= :to', 'to', filter.to);
  if (filter.statuses !== undefined) {
    add(
      'payout.status IN (SELECT value FROM json_each(:statuses))',
      'statuses',
      JSON.stringify(filter.statuses),
    );
  }
  if (filter.corrected === true) conditions.push(CORRECTED_SINCE);
  if (filter.detailsChanged === true) conditions.push(DETAILS_CHANGED);
  const notIn = filter.notIn ?? [];
  if (notIn.length > 0) conditions.push(`true ${notExported(notIn, ISSUE)}`);
  return { sql: conditions.length === 0 ? '' : `AND ${conditions.join(' AND ')}`, parameters };
}

const FIRST_PAGE = { afterIssued: '', afterNumber: 0n } as const;

/** The first ten that the exports of `notIn` had, and that became void after the last of those. */
export async function exportedAndVoidSince(reader: Reader, filter: PayoutFilter): Promise<string[]> {
  const { notIn = [], ...rest } = filter;
  if (notIn.length === 0) return [];
  const { sql, parameters } = where(rest);
  const rows = await reader.all<{ readonly invoiceNumber: string }>(
    `SELECT payout.invoice_number AS invoiceNumber FROM payouts AS payout
     WHERE payout.status = 'void' ${sql} ${notExported(notIn, VOID)} AND NOT (true ${notExported(notIn, ISSUE)})
     ORDER BY payout.number LIMIT 10`,
    parameters,
  );
  return rows.map(({ invoiceNumber }) => invoiceNumber);
}

/** Payouts by issue date, then number, in pages of one snapshot. */
export async function* eachPayout(reader: Reader, filter: PayoutFilter): AsyncGenerator<Payout[]> {
  const { sql, parameters } = where(filter);
  const paging: Paging<PayoutRow> = {
    start: FIRST_PAGE,
    after: (last) => ({ afterIssued: last.issued_on, afterNumber: last.number }),
  };
  const pages = reader.each<PayoutRow>(
    `SELECT ${COLUMNS} FROM payouts AS payout
     WHERE (payout.issued_on, payout.number) > (:afterIssued, :afterNumber) ${sql}
     ORDER BY payout.issued_on, payout.number LIMIT :pageRows`,
    parameters,
    paging,
  );
  for await (const page of pages) yield page.map(payoutOf);
}

/** A payout with who it was issued to, as he was then. */
export type PayoutForExport = Payout & Pick<Payee, 'email' | 'company' | 'country' | 'vatNumber'>;

type ExportRow = PayoutRow & {
  readonly email: string | null;
  readonly company: string | null;
  readonly country: string | null;
  readonly vat_number: string | null;
};

/**
 * Payouts in the order in which they were made, which is that of their issue dates, in pages of one
 * snapshot.
 */
export async function* eachPayoutForExport(
  reader: Reader,
  filter: PayoutFilter,
): AsyncGenerator<PayoutForExport[]> {
  const { sql, parameters } = where(filter);
  const pages = reader.each<ExportRow>(
    `SELECT ${COLUMNS}, payout.email, payout.company, payout.country, payout.vat_number
     FROM payouts AS payout
     WHERE (payout.issued_on, payout.number) > (:afterIssued, :afterNumber) ${sql}
     ORDER BY payout.issued_on, payout.number LIMIT :pageRows`,
    parameters,
    { start: FIRST_PAGE, after: (last) => ({ afterIssued: last.issued_on, afterNumber: last.number }) },
  );
  for await (const page of pages) {
    yield page.map((row) => {
      const { email, company, country, vat_number: vatNumber } = row;
      return { ...payoutOf(row), email, company, country, vatNumber };
    });
  }
}

/** A payout line with what an accountant wants to know of its commission and its payout. */
export interface LineForExport {
  readonly payout: bigint;
  readonly commission: bigint;
  readonly invoiceNumber: string;
  readonly issuedOn: CalendarDate;
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly email: string | null;
  readonly commissionId: string;
  readonly kind: string;
  readonly earnedOn: CalendarDate;
  readonly campaign: string | null;
  readonly orderId: string | null;
  readonly description: string | null;
  readonly currency: string;
  /** In minor units. */
  readonly amount: bigint;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate;
  /** Of the payout. */
  readonly status: PayoutStatus;
}

/**
 * The lines of those payouts, in the order of the payouts, then of the commissions, in pages of one
 * snapshot.
 */
export async function* eachLineForExport(
  reader: Reader,
  filter: PayoutFilter,
): AsyncGenerator<LineForExport[]> {
  const { sql, parameters } = where(filter);
  // Payouts are numbered in the order of their issue dates, so the lines are one stretch of their key.
  const ends = await reader.get<{ first: bigint | null; last: bigint | null }>(
    `SELECT min(payout.number) AS first, max(payout.number) AS last FROM payouts AS payout WHERE true ${sql}`,
    parameters,
  );
  if (ends === undefined || ends.first === null) return;
  const pages = reader.each<LineForExport>(
    `SELECT line.payout AS payout, line.commission AS commission, payout.invoice_number AS invoiceNumber,
       payout.issued_on AS issuedOn, payout.affiliate_id AS affiliateId, payout.affiliate_name AS affiliateName,
       payout.email AS email, commission.id AS commissionId, commission.kind AS kind,
       commission.earned_on AS earnedOn, commission.campaign AS campaign, commission.order_id AS orderId,
       commission.description AS description, payout.currency AS currency, line.amount AS amount,
       payout.from_on AS "from", payout.to_on AS "to", payout.status AS status
     FROM payout_lines AS line
     CROSS JOIN payouts AS payout ON payout.number = line.payout
     CROSS JOIN commissions AS commission ON commission.number = line.commission
     WHERE (line.payout, line.commission) > (:afterPayout, :afterCommission) AND line.payout <= :last ${sql}
     ORDER BY line.payout, line.commission LIMIT :pageRows`,
    { ...parameters, last: ends.last },
    {
      start: { afterPayout: ends.first - 1n, afterCommission: 2n ** 62n },
      after: (last) => ({ afterPayout: last.payout, afterCommission: last.commission }),
    },
  );
  for await (const page of pages) yield page;
}

/** The payouts as one list, in the order of `eachPayout`. */
export async function listPayouts(reader: Reader, filter: PayoutFilter): Promise<Payout[]> {
  const list: Payout[] = [];
  for await (const page of eachPayout(reader, filter)) list.push(...page);
  return list;
}

/** The payout of an invoice number, or undefined. */
export async function findPayout(reader: Reader, invoiceNumber: string): Promise<Payout | undefined> {
  const row = await reader.get<PayoutRow>(BY_INVOICE, { invoiceNumber });
  return row === undefined ? undefined : payoutOf(row);
}

/** Those of these invoice numbers, in their order, each with what decides whether it may change. */
export async function standingsOf(
  reader: Reader,
  invoiceNumbers: readonly string[],
): Promise<PayoutStanding[]> {
  const rows = await reader.all<StandingRow>(STANDINGS, { invoiceNumbers: JSON.stringify(invoiceNumbers) });
  return rows.map((row) => ({
    payout: payoutOf(row),
    affiliateStatus: row.affiliate_status,
    generatedBy: row.generated_by,
    generatedByOsUser: row.generated_by_os_user,
    detailsChangedBy: JSON.parse(row.details_changed_by) as PayoutStanding['detailsChangedBy'],
    detailsApproved: row.details_approved === 1n,
    since: row.since,
    campaign: row.campaign,
    overrideMinimum: row.override_minimum === 1n,
  }));
}

/** The lines of a payout, also of a void one, by earned date, then commission id. */
export async function linesOf(reader: Reader, invoiceNumber: string): Promise<PayoutLine[]> {
  return reader.all<PayoutLine>(LINES, { invoiceNumber });
}

export async function historyOf(reader: Reader, invoiceNumber: string): Promise<PayoutStep[]> {
  return reader.all<PayoutStep>(HISTORY, { invoiceNumber });
}

/** Where the money of a payout was to go when somebody last said yes to it, as its history keeps it. */
export async function approvedPayTo(reader: Reader, invoiceNumber: string): Promise<string | null> {
  const row = await reader.get<{ readonly payTo: string | null }>(APPROVED_PAY_TO, { invoiceNumber });
  return row?.payTo ?? null;
}

/** What has become of the payment details of these payouts since somebody last said yes to them. */
export async function detailsChangesOf(
  reader: Reader,
  invoiceNumbers: readonly string[],
): Promise<DetailsChange[]> {
  return reader.all<DetailsChange>(DETAILS_CHANGES, { invoiceNumbers: JSON.stringify(invoiceNumbers) });
}

/** A payout that waits until somebody says yes to where its money goes now. In minor units. */
export type HeldPayout = Pick<Payout, 'invoiceNumber' | 'currency' | 'amount'>;

/**
 * Those whose payment details an import changed, asked within its transaction.
 * @param after the last change of an affiliate before it
 */
export async function heldByImport(reader: Reader, after: bigint): Promise<HeldPayout[]> {
  return reader.all<HeldPayout>(HELD_BY_IMPORT, { after });
}

/** Who the payout was issued to, as he was then. */
export async function payeeOf(reader: Reader, invoiceNumber: string): Promise<Payee> {
  const row = await reader.get<Record<string, string | null>>(PAYEE, { invoiceNumber });
  const cell = (column: string): string | null => row?.[column] ?? null;
  const address = ['address_line1', 'address_line2', 'postal_code', 'city', 'region'].flatMap((column) => {
    const text = cell(column);
    return text === null ? [] : [text];
  });
  return {
    name: cell('affiliate_name') ?? '',
    email: cell('email'),
    company: cell('company'),
    country: cell('country'),
    vatNumber: cell('vat_number'),
    address,
  };
}

function payoutOf(row: PayoutRow): Payout {
  return {
    invoiceNumber: row.invoice_number,
    runId: runId(row.run),
    affiliateId: row.affiliate_id,
    affiliateName: row.affiliate_name,
    currency: row.currency,
    amount: row.amount,
    commissions: Number(row.commissions),
    status: row.status,
    issuedOn: row.issued_on,
    from: row.from_on,
    to: row.to_on,
    paidOn: row.paid_on,
    reference: row.reference,
    voidedOn: row.voided_on,
    creditNoteNumber: row.credit_note_number,
    replaces: row.replaces,
    replacedBy: row.replaced_by,
    correctedSince: row.corrected_since === 1n,
    detailsChanged: row.details_changed === 1n,
  };
}
