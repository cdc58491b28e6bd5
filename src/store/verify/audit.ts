/** The audit log: its chain of hashes, and that it tells of every fact. */
import { walkChain } from '../audit-chain.js';
import { batchName, countRows, exportName, runName, sqlCheck, type Check } from './check.js';

const AUDIT_CHAIN: Check = {
  name: 'audit_chain',
  rule: 'The audit log begins with row 1, has no gap, and every row has the hash of what stands in it and in the row before.',
  run: async (reader) => {
    const { checked, problems } = await walkChain(reader);
    const empty = { subject: 'audit', message: 'the audit log is empty: every row is missing' };
    return { checked, problems: checked === 0 ? [empty] : problems };
  },
};

/** Facts that a command records, as the instant and the actor that its audit row has, too. */
interface Facts {
  readonly what: string;
  readonly table: string;
  readonly subject: string;
  readonly at: string;
  /** Null where the fact does not say who recorded it. */
  readonly by: string | null;
  readonly osUser: string | null;
}

const FACTS: readonly Facts[] = [
  { what: 'setting', table: 'settings', subject: 'key', at: 'set_at', by: 'set_by', osUser: null },
  { what: 'affiliate', table: 'affiliates', subject: 'id', at: 'recorded_at', by: null, osUser: null },
  { what: 'commission', table: 'commissions', subject: 'id', at: 'recorded_at', by: null, osUser: null },
  {
    what: 'change of a commission',
    table: 'commission_changes AS change CROSS JOIN commissions ON commissions.number = change.commission',
    ...{ subject: 'commissions.id', at: 'change.changed_at', by: 'change.changed_by', osUser: null },
  },
  {
    what: 'change of an affiliate',
    table: 'affiliate_changes',
    ...{ subject: 'affiliate_id', at: 'changed_at', by: 'changed_by', osUser: 'os_user' },
  },
  {
    what: 'run',
    table: 'runs',
    ...{ subject: runName('number'), at: 'created_at', by: 'created_by', osUser: 'os_user' },
  },
  {
    what: 'step of a payout',
    table: 'payout_history AS step CROSS JOIN payouts ON payouts.number = step.payout',
    ...{ subject: 'payouts.invoice_number', at: 'step.at', by: 'step."by"', osUser: 'step.os_user' },
  },
  {
    what: 'slot',
    table: 'schedule_slots',
    ...{ subject: 'due_on', at: 'recorded_at', by: 'recorded_by', osUser: 'os_user' },
  },
  {
    what: 'payment batch',
    table: 'payment_batches',
    ...{ subject: batchName('number'), at: 'created_at', by: 'created_by', osUser: 'os_user' },
  },
  {
    what: 'step of the payment batch',
    table: 'payment_batch_history',
    ...{ subject: batchName('batch'), at: 'at', by: '"by"', osUser: 'os_user' },
  },
  {
    what: 'export',
    table: 'exports',
    ...{ subject: exportName('number'), at: 'exported_at', by: 'exported_by', osUser: 'os_user' },
  },
];

/** One command records many facts at one instant: they are told together, by the first of them. */
const untold = ({ what, table, subject, at, by, osUser }: Facts): string => `
  SELECT subject, 'no row of the audit log tells of the ${what} ' || subject
    || iif(count = 1, '', ' and ' || (count - 1) || ' more') || ', recorded at ' || at || coalesce(' by ' || "by", '')
    AS message
  FROM (
    SELECT min(${subject}) AS subject, count(*) AS count, ${at} AS at, ${by ?? 'NULL'} AS "by",
      ${osUser ?? 'NULL'} AS os_user
    FROM ${table} GROUP BY 3, 4, 5) AS fact
  WHERE NOT EXISTS (
    SELECT 1 FROM told WHERE told.at = fact.at AND told.actor = coalesce(fact."by", told.actor)
      AND told.os_user = coalesce(fact.os_user, told.os_user))`;

const AUDIT_COVERS = sqlCheck({
  name: 'audit_covers',
  rule: 'Every setting, affiliate, commission, change, run, step of a payout, slot, payment batch and export was recorded by a command that the audit log tells of, at that instant and by that actor.',
  count: countRows(
    ...['settings', 'affiliates', 'commissions', 'commission_changes', 'affiliate_changes', 'runs'],
    ...['payout_history', 'schedule_slots', 'payment_batches', 'payment_batch_history', 'exports'],
  ),
  problems: `
    WITH told AS MATERIALIZED (SELECT DISTINCT at, actor, os_user FROM audit)
    ${FACTS.map(untold).join(' UNION ALL ')}`,
});

export const AUDIT_CHECKS: readonly Check[] = [AUDIT_CHAIN, AUDIT_COVERS];
