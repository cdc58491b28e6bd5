/** Decisions of operators on commissions: what they depend on, and what they leave in the ledger. */
import type { CalendarDate } from '../core/calendar.js';
import type { Commission, CommissionStatus } from '../core/commission.js';
import type { Decided, DecisionFacts, DecisionVerb } from '../core/commission-decision.js';
import { parseAmount } from '../core/money.js';
import { recordChanges } from './commission-changes.js';
import {
  correctionsSum,
  hasCorrection,
  insertCorrections,
  isOnLivePayout,
  lastCommission,
} from './corrections.js';
import type { Reader, SqlValue, Writer } from './ledger.js';
import { closeItems, openItems } from './open-items.js';

const FACTS = `
  SELECT commission.number AS number, commission.id AS id, commission.currency AS currency,
    commission.amount AS amount, commission.origin AS origin, commission.status AS status,
    commission.status_by AS statusBy, commission.decided AS decided,
    commission.said ->> '$.status' AS saidStatus, commission.said ->> '$.amount' AS saidAmount,
    commission.amount + coalesce(${correctionsSum('commission.number')}, 0) AS stands,
    (SELECT count(*) FROM commissions AS correction
      WHERE correction.corrects = commission.number AND correction.origin = 'correction') AS corrections,
    ${isOnLivePayout('commission.number')} AS live,
    (SELECT count(*) FROM commissions AS correction
      WHERE correction.corrects = commission.number AND correction.origin = 'correction'
        AND ${isOnLivePayout('correction.number')}) AS liveCorrections
  FROM json_each(:ids) AS wanted CROSS JOIN commissions AS commission ON commission.id = wanted.value
  ORDER BY wanted.key`;

/** What is unpaid and was never corrected: the others are decided by naming them. */
const UNPAID = `
  FROM open_items AS item CROSS JOIN commissions AS commission ON commission.number = item.commission
  WHERE commission.origin <> 'correction' AND NOT ${hasCorrection('commission.number')}`;

const CREATE = `
  CREATE TEMP TABLE decisions (
    position INTEGER PRIMARY KEY, commission INTEGER NOT NULL UNIQUE, status TEXT NOT NULL,
    status_by TEXT NOT NULL, decided TEXT NOT NULL, correction INTEGER NOT NULL, reason TEXT NOT NULL)`;

const INSERT = `
  INSERT INTO temp.decisions (commission, status, status_by, decided, correction, reason)
  VALUES (?, ?, ?, ?, ?, ?)`;

const RECORD = recordChanges({
  from: `
    FROM temp.decisions AS decision
    CROSS JOIN commissions AS commission ON commission.number = decision.commission
    ORDER BY decision.position`,
  status: 'decision.status',
  reason: 'decision.reason',
});

const CLOSE = closeItems('temp.decisions');

const UPDATE = `
  UPDATE commissions SET (status, status_by, decided) = (
    SELECT decision.status, decision.status_by, decision.decided
    FROM temp.decisions AS decision WHERE decision.commission = commissions.number)
  WHERE number IN (SELECT commission FROM temp.decisions)`;

const OPEN = openItems(`number IN (SELECT commission FROM temp.decisions)
    AND amount <> 0 AND status IN ('pending', 'approved') AND NOT ${isOnLivePayout('commissions.number')}`);

const NEEDED = 'SELECT position, commission, correction AS amount FROM temp.decisions';

/** A commission to be decided, with everything that the decision depends on. */
export interface DecisionCandidate extends DecisionFacts {
  readonly number: bigint;
  readonly id: string;
  readonly statusBy: 'source' | 'operator' | 'policy';
}

type FactsRow = Omit<
  DecisionCandidate,
  'saidRejected' | 'sourceAmount' | 'corrections' | 'live' | 'liveCorrections'
> & {
  readonly currency: string;
  readonly amount: bigint;
  readonly saidStatus: string | null;
  readonly saidAmount: string | null;
  readonly corrections: bigint;
  readonly live: bigint;
  readonly liveCorrections: bigint;
};

/** The commissions of these ids in that order; ids that are not there are left out. */
export async function decisionCandidates(
  reader: Reader,
  ids: readonly string[],
): Promise<DecisionCandidate[]> {
  const rows = await reader.all<FactsRow>(FACTS, { ids: JSON.stringify(ids) });
  return rows.map((row) => ({
    number: row.number,
    id: row.id,
    origin: row.origin,
    status: row.status,
    statusBy: row.statusBy,
    decided: row.decided,
    saidRejected: row.saidStatus === 'rejected',
    sourceAmount: sourceAmountOf(row),
    stands: row.stands,
    corrections: Number(row.corrections),
    live: row.live !== 0n,
    liveCorrections: Number(row.liveCorrections),
  }));
}

/** The amount of a source is kept as it was said; where no source knows the commission it is its own. */
function sourceAmountOf({ saidAmount, amount, currency }: FactsRow): bigint {
  if (saidAmount === null) return amount;
  const parsed = parseAmount(saidAmount, currency);
  return parsed.ok ? parsed.minor : amount;
}

/** Which unpaid commissions a filter fits. Dates are inclusive and filter the earned date. */
export interface UnpaidFilter {
  readonly affiliateId?: string;
  readonly campaign?: string;
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
}

/**
 * The ids of the commissions that the verb applies to and the filter fits, in the order in which they came
 * in: unpaid, never corrected, not zero. Approving takes pending ones, rejecting pending and approved ones.
 * @param limit the first so many; null for all
 */
export async function unpaidIds(
  reader: Reader,
  verb: DecisionVerb,
  filter: UnpaidFilter,
  limit: number | null,
): Promise<string[]> {
  const conditions = verb === 'approve' ? ["AND item.status = 'pending'"] : [];
  const parameters: Record<string, SqlValue> = { limit: BigInt(limit ?? -1) };
  const add = (condition: string, name: string, value: string | undefined): void => {
    if (value === undefined) return;
    conditions.push(`AND ${condition}`);
    parameters[name] = value;
  };
  add('item.affiliate_id = :affiliateId', 'affiliateId', filter.affiliateId);
  add('item.campaign = :campaign', 'campaign', filter.campaign);
  add('item.earned_on >= :from', 'from', filter.from);
  add('item.earned_on <= :to', 'to', filter.to);
  const rows = await reader.all<Pick<Commission, 'id'>>(
    `SELECT commission.id AS id ${UNPAID} ${conditions.join(' ')}
     ORDER BY commission.number LIMIT :limit`,
    parameters,
  );
  return rows.map(({ id }) => id);
}

/** One decision to be stored. */
export interface StoredDecision {
  readonly commission: bigint;
  readonly status: CommissionStatus;
  readonly statusBy: 'source' | 'operator' | 'policy';
  readonly decided: Decided;
  /** Minor units of the correction that it needs; 0 for none. */
  readonly correction: bigint;
  readonly reason: string;
}

/**
 * Stores decisions: status and history, open items, and the corrections of what was paid.
 * @returns the ids of the new corrections, in the order of the decisions
 */
export async function storeDecisions(
  writer: Writer,
  decisions: readonly StoredDecision[],
  facts: { readonly on: CalendarDate; readonly at: string; readonly by: string },
): Promise<string[]> {
  const { on, at, by } = facts;
  await writer.run('DROP TABLE IF EXISTS temp.decisions');
  await writer.run(CREATE);
  await writer.runMany(
    INSERT,
    decisions.map((one): SqlValue[] => [
      one.commission,
      one.status,
      one.statusBy,
      one.decided,
      one.correction,
      one.reason,
    ]),
  );
  const before = await lastCommission(writer);
  await writer.run(RECORD, { on, at, by });
  await writer.run(CLOSE);
  await writer.run(UPDATE);
  await writer.run(OPEN);
  await insertCorrections(writer, NEEDED, { today: on, at, statusBy: 'operator' });
  const added = await writer.all<Pick<Commission, 'id'>>(
    'SELECT id FROM commissions WHERE number > :before ORDER BY number',
    { before },
  );
  return added.map(({ id }) => id);
}
