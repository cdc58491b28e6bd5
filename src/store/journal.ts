/**
 * The facts of the journal: what the ledger knows that is booked, summed up by day (or month), affiliate and
 * currency. `core/journal.ts` says between which accounts, `core/accrual.ts` what of a commission is owed.
 */
import { endOfMonth, startOfMonth, addDays, type CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { JOURNAL_KINDS, type JournalFact, type JournalKind } from '../core/journal.js';
import type { PayoutMethod } from '../core/affiliate.js';
import { runId } from '../core/run.js';
import { leftBy } from './commission-changes.js';
import { isExported, notExported, type EarlierExport } from './exports.js';
import type { Reader, SqlParameters } from './ledger.js';
import { linkedAccruals, LINKED } from './linked-accruals.js';
import { APPROVES_AGAIN } from './payout-steps.js';

/** Which facts. Dates are posting dates, inclusive; null does not matter. */
export interface JournalFilter {
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  /** Only what became of the payouts of this run. */
  readonly run: bigint | null;
  readonly currency: CurrencyCode | null;
  /** One fact a day, affiliate and currency, of a payout alone; or the sums of a month. */
  readonly detail: 'day' | 'month';
  /** Leaves out what these exports had, each within what it was asked for. */
  readonly except: readonly EarlierExport[];
}

const counts = (status: string, amount: string): string =>
  `iif(${status} IN ('pending', 'approved'), ${amount}, 0)`;

const AFTER = {
  affiliate: leftBy('affiliate_before', 'commission.affiliate_id'),
  currency: leftBy('currency_before', 'commission.currency'),
  earned: leftBy('earned_before', 'commission.earned_on'),
} as const;

const KIND_OF_CHANGE = `
  CASE WHEN change.status_after IN ('rejected', 'settled') THEN change.status_after
    WHEN change.status_before IN ('rejected', 'settled') THEN 'reinstated' ELSE 'amended' END`;

const MOVED = `
  coalesce(change.affiliate_before, change.currency_before, change.earned_before) IS NOT NULL`;

const VALUE_BEFORE = counts('change.status_before', 'change.amount_before');
const VALUE_AFTER = counts('change.status_after', 'change.amount_after');

/** The day on which a change of the day itself is booked: in the books of both days. */
const movedOn = (day: string): string => `iif(change.earned_before IS NULL, change.changed_on, ${day})`;

const CHANGES = `
  FROM commission_changes AS change CROSS JOIN commissions AS commission ON commission.number = change.commission
  WHERE change.commission NOT IN (SELECT line FROM linked)`;

/**
 * What accrued, a row for each commission and each change that says something: a commission as it came, what
 * changed it, and, where it was moved, away from there and to here.
 */
const ACCRUALS = `
  SELECT commission.earned_on AS posted, iif(commission.amount < 0, 'clawed_back', 'earned') AS kind,
    commission.affiliate_id AS affiliate, commission.currency AS currency,
    ${counts('commission.status', 'commission.amount')} AS amount, 'commissions' AS fact,
    commission.number AS number
  FROM commissions AS commission
  WHERE commission.earned_on BETWEEN :from AND :to AND commission.number NOT IN (SELECT line FROM linked)
    AND NOT EXISTS (SELECT 1 FROM commission_changes AS change WHERE change.commission = commission.number)
  UNION ALL
  SELECT coalesce(change.earned_before, ${AFTER.earned}),
    iif(change.amount_before < 0, 'clawed_back', 'earned'),
    coalesce(change.affiliate_before, ${AFTER.affiliate}), coalesce(change.currency_before, ${AFTER.currency}),
    ${VALUE_BEFORE}, 'commissions', change.commission
  ${CHANGES} AND change.number = (
    SELECT min(first.number) FROM commission_changes AS first WHERE first.commission = change.commission)
  UNION ALL
  SELECT change.changed_on, ${KIND_OF_CHANGE}, ${AFTER.affiliate}, ${AFTER.currency},
    ${VALUE_AFTER} - ${VALUE_BEFORE}, 'changes', change.number
  ${CHANGES} AND NOT (${MOVED}) AND ${VALUE_AFTER} <> ${VALUE_BEFORE}
  UNION ALL
  SELECT ${movedOn('change.earned_before')}, 'amended', coalesce(change.affiliate_before, ${AFTER.affiliate}),
    coalesce(change.currency_before, ${AFTER.currency}), -${VALUE_BEFORE}, 'changes', change.number
  ${CHANGES} AND ${MOVED} AND ${VALUE_BEFORE} <> 0
  UNION ALL
  SELECT ${movedOn(AFTER.earned)}, 'amended', ${AFTER.affiliate}, ${AFTER.currency}, ${VALUE_AFTER}, 'changes',
    change.number
  ${CHANGES} AND ${MOVED} AND ${VALUE_AFTER} <> 0`;

const inCurrency = (filter: JournalFilter, currency: string): string =>
  filter.currency === null ? '' : `AND ${currency} = :currency`;

const accrualsOf = (filter: JournalFilter): string => `
  WITH linked (line) AS MATERIALIZED (${LINKED})
  SELECT posted, kind, accrual.affiliate AS affiliateId, affiliates.name AS affiliateName, accrual.currency AS currency,
    sum(accrual.amount) AS amount, count(*) AS count
  FROM (${ACCRUALS}) AS accrual CROSS JOIN affiliates ON affiliates.id = accrual.affiliate
  WHERE accrual.amount <> 0 AND accrual.posted BETWEEN :from AND :to ${inCurrency(filter, 'accrual.currency')}
    ${notExported(filter.except, { posted: 'posted', currency: 'accrual.currency', run: 'NULL', fact: 'fact', number: 'accrual.number' })}
  GROUP BY posted, kind, accrual.affiliate, accrual.currency`;

/** Of a run its own steps are looked up: they are few, whatever else there is. */
const STEPS = `
  payout_history AS step CROSS JOIN payouts AS payout ON payout.number = step.payout`;
const STEPS_OF_RUN = `
  payouts AS payout CROSS JOIN payout_history AS step ON step.payout = payout.number`;

const payoutsOf = (filter: JournalFilter): string => `
  SELECT step.on_day AS posted,
    CASE step.status WHEN 'open' THEN 'issued' WHEN 'void' THEN 'voided' ELSE step.status END AS kind,
    payout.affiliate_id AS affiliateId, payout.affiliate_name AS affiliateName, payout.currency AS currency,
    payout.amount AS amount, 1 AS count, payout.invoice_number AS invoiceNumber,
    payout.credit_note_number AS creditNoteNumber, payout.run AS run, step.method AS method,
    step.reference AS reference, step.step AS step
  FROM ${filter.run === null ? STEPS : STEPS_OF_RUN}
  WHERE step.on_day BETWEEN :from AND :to
    AND (step.status IN ('void', 'paid') OR (step.status = 'open' AND step.step = 1)
      OR (step.status = 'returned' AND NOT ${APPROVES_AGAIN}))
    ${inCurrency(filter, 'payout.currency')} ${filter.run === null ? '' : 'AND payout.run = :run'}
    ${notExported(filter.except, { posted: 'step.on_day', currency: 'payout.currency', run: 'payout.run', fact: "'steps'", number: 'step.number' })}`;

interface AccrualRow {
  readonly posted: CalendarDate;
  readonly kind: JournalKind;
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly currency: CurrencyCode;
  readonly amount: bigint;
  readonly count: bigint;
}

interface PayoutRow extends AccrualRow {
  readonly invoiceNumber: string;
  readonly creditNoteNumber: string | null;
  readonly run: bigint;
  readonly method: PayoutMethod | null;
  readonly reference: string | null;
  readonly step: bigint;
}

const ENDS = `
  SELECT min(first) AS first, max(last) AS last FROM (
    SELECT min(earned_on) AS first, max(earned_on) AS last FROM commissions
    UNION ALL SELECT min(earned_before), max(earned_before) FROM commission_changes
    UNION ALL SELECT min(changed_on), max(changed_on) FROM commission_changes
    UNION ALL SELECT min(on_day), max(on_day) FROM payout_history)`;

const SIZE = `
  SELECT (SELECT count(*) FROM commissions) + (SELECT count(*) FROM commission_changes) AS size`;

/**
 * Changes are found by looking at all of them, so that each chunk costs as much as the ledger has; and it is
 * in memory as a whole. So it has as many months as hold about this many commissions and changes.
 */
const CHUNK_SIZE = 200_000;

interface Days {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

/** The months of a range, the first and the last of which may be parts. */
function monthsIn({ from: first, to: last }: Days): Days[] {
  const months: Days[] = [];
  for (let from = first; from <= last; from = addDays(endOfMonth(from), 1)) {
    const end = endOfMonth(from);
    months.push({ from, to: end < last ? end : last });
  }
  return months;
}

/** The months in which something happened, clipped to what is asked for, so many at once as may be read. */
async function chunksOf(reader: Reader, filter: JournalFilter, chunkSize: number): Promise<Days[]> {
  const ends = await reader.get<{ first: CalendarDate | null; last: CalendarDate | null }>(ENDS);
  if (ends === undefined || ends.first === null || ends.last === null) return [];
  const from = filter.from !== null && filter.from > ends.first ? filter.from : ends.first;
  const to = filter.to !== null && filter.to < ends.last ? filter.to : ends.last;
  if (from > to) return [];
  if (filter.run !== null) return [{ from, to }];
  const size = Number((await reader.get<{ size: bigint }>(SIZE))?.size ?? 0n);
  const perMonth = size / monthsIn({ from: ends.first, to: ends.last }).length;
  const atOnce = Math.max(1, Math.floor(chunkSize / Math.max(perMonth, 1)));
  const months = monthsIn({ from, to });
  return months.flatMap((month, place) =>
    place % atOnce === 0 ? [{ from: month.from, to: months[place + atOnce - 1]?.to ?? to }] : [],
  );
}

/** Facts in their order, a page for each month. */
function* byMonth(facts: readonly JournalFact[]): Generator<JournalFact[]> {
  let page: JournalFact[] = [];
  for (const fact of facts) {
    const [first] = page;
    if (first !== undefined && startOfMonth(first.postingDate) !== startOfMonth(fact.postingDate)) {
      yield page;
      page = [];
    }
    page.push(fact);
  }
  if (page.length > 0) yield page;
}

/**
 * The facts in the order of their posting dates, a page for each month in which there are any; within a day
 * by kind, affiliate, currency and invoice.
 * @param chunkSize about how many commissions and changes are read at once
 */
export async function* eachJournalFact(
  reader: Reader,
  filter: JournalFilter,
  chunkSize = CHUNK_SIZE,
): AsyncGenerator<JournalFact[]> {
  const linked = filter.run === null ? await linkedAccruals(reader) : [];
  for (const { from, to } of await chunksOf(reader, filter, chunkSize)) {
    const range: SqlParameters = {
      from,
      to,
      ...(filter.currency === null ? {} : { currency: filter.currency }),
    };
    const accruals = filter.run === null ? await reader.all<AccrualRow>(accrualsOf(filter), range) : [];
    const ofLinked = linked.filter(
      ({ posted, currency, ...fact }) =>
        posted >= from &&
        posted <= to &&
        (filter.currency === null || currency === filter.currency) &&
        !isExported(filter.except, { posted, currency, run: null, ...fact }),
    );
    const payouts = await reader.all<PayoutRow>(payoutsOf(filter), {
      ...range,
      ...(filter.run === null ? {} : { run: filter.run }),
    });
    const facts = [
      ...together(
        accruals,
        ofLinked.map((one) => ({ ...one, count: 1n })),
      ).map(accrualFact),
      ...payouts.map(payoutFact),
    ];
    const told = filter.detail === 'day' ? facts : monthly(facts, filter.to);
    yield* byMonth(told.sort(inOrder));
  }
}

/** One row for what is booked together. Rows that come to nothing are left out. */
function together(summed: readonly AccrualRow[], single: readonly AccrualRow[]): AccrualRow[] {
  // SQL has summed up all but the few single ones.
  if (single.length === 0) return summed.filter(({ amount }) => amount !== 0n);
  const sums = new Map<string, AccrualRow>();
  for (const row of [...summed, ...single]) {
    const key = JSON.stringify([row.posted, row.kind, row.affiliateId, row.currency]);
    const sum = sums.get(key);
    sums.set(
      key,
      sum === undefined ? row : { ...row, amount: sum.amount + row.amount, count: sum.count + row.count },
    );
  }
  return [...sums.values()].filter(({ amount }) => amount !== 0n);
}

/** The sums of a month, dated on its last day or the last that was asked for. */
function monthly(facts: readonly JournalFact[], to: CalendarDate | null): JournalFact[] {
  const sums = new Map<string, JournalFact>();
  for (const fact of facts) {
    const end = endOfMonth(fact.postingDate);
    const postingDate = to !== null && to < end ? to : end;
    const key = JSON.stringify([startOfMonth(fact.postingDate), fact.kind, fact.currency, fact.method]);
    const sum = sums.get(key);
    sums.set(key, {
      kind: fact.kind,
      postingDate,
      currency: fact.currency,
      amount: fact.amount + (sum?.amount ?? 0n),
      count: fact.count + (sum?.count ?? 0),
      affiliateId: null,
      affiliateName: null,
      invoiceNumber: null,
      creditNoteNumber: null,
      runId: null,
      method: fact.method,
      reference: null,
      step: 0,
    });
  }
  return [...sums.values()].filter(({ amount }) => amount !== 0n);
}

function accrualFact({ posted, count, ...row }: AccrualRow): JournalFact {
  return {
    ...row,
    postingDate: posted,
    count: Number(count),
    invoiceNumber: null,
    creditNoteNumber: null,
    runId: null,
    method: null,
    reference: null,
    step: 0,
  };
}

function payoutFact({ posted, count, run, step, ...row }: PayoutRow): JournalFact {
  return { ...row, postingDate: posted, count: Number(count), runId: runId(run), step: Number(step) };
}

const PLACES = new Map(JOURNAL_KINDS.map((kind, place) => [kind, place]));

/** Ids are compared by their UTF-8 bytes, as everywhere. */
function inOrder(left: JournalFact, right: JournalFact): number {
  const bytes = (one: string | null, other: string | null): number =>
    one === other ? 0 : Buffer.compare(Buffer.from(one ?? ''), Buffer.from(other ?? ''));
  return (
    bytes(left.postingDate, right.postingDate) ||
    (PLACES.get(left.kind) ?? 0) - (PLACES.get(right.kind) ?? 0) ||
    bytes(left.affiliateId, right.affiliateId) ||
    bytes(left.currency, right.currency) ||
    bytes(left.method, right.method) ||
    bytes(left.invoiceNumber, right.invoiceNumber) ||
    left.step - right.step
  );
}
