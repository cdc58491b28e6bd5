/**
 * The history of affiliates: one row for each field that was changed, by an operator or by an import. A
 * payment account stands there masked: a history is read by more people than those who pay.
 */
import { AFFILIATE_FIELDS, type AffiliateField } from '../core/affiliate.js';
import { currencyCodes, minorUnits } from '../core/currencies.js';
import type { Reader, SqlValue, Writer } from './ledger.js';

/** One field of one affiliate, changed once. Values are texts as a file of affiliates gives them. */
export interface AffiliateChange {
  /** Instant, ISO 8601 UTC. */
  readonly changedAt: string;
  /** The day in the book zone. */
  readonly changedOn: string;
  readonly changedBy: string;
  readonly osUser: string;
  /**
   * The column of a canonical file (`payout_account`), or `added` for the beginning, whose `valueAfter` is
   * the id. A `minimum_payout` stands with its currency: `20.00 USD`.
   */
  readonly field: string;
  readonly valueBefore: string | null;
  readonly valueAfter: string | null;
  /** `import` where a file brought it; else what the operator gave, or null. */
  readonly reason: string | null;
}

/** The field of the row with which a history begins. */
export const ADDED = 'added';

/** The reason of what a file brought. */
const BY_IMPORT = 'import';

/** Who changed something, and when: `at` an instant, `on` the day in the book zone. */
export interface ChangeStamp {
  readonly at: string;
  readonly on: string;
  readonly by: string;
  readonly osUser: string;
}

/** What is different in one field. */
export type FieldChange = Pick<AffiliateChange, 'field' | 'valueBefore' | 'valueAfter'>;

const LIST = `
  SELECT changed_at AS changedAt, changed_on AS changedOn, changed_by AS changedBy, os_user AS osUser, field,
    value_before AS valueBefore, value_after AS valueAfter, reason
  FROM affiliate_changes WHERE affiliate_id = :affiliateId ORDER BY number DESC LIMIT :limit`;

const HEAD = `
  INSERT INTO affiliate_changes (affiliate_id, changed_at, changed_on, changed_by, os_user, field, value_before,
    value_after, reason)`;

const RECORD = `
  ${HEAD}
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** SQL of `isRoutingNumber`, for nine digits. */
const isRouting = (digits: string): string => `
  (${digits} <> '000000000'
    AND (${[3, 7, 1, 3, 7, 1, 3, 7, 1].map((weight, place) => `${weight} * substr(${digits}, ${place + 1}, 1)`).join(' + ')}) % 10 = 0)`;

const NINE_DIGITS = '[0-9]'.repeat(9);

/** SQL of what may be seen of the end of an account at a US bank. */
const endOf = (account: string): string =>
  `iif(length(${account}) <= 4, '', substr(${account}, -min(4, length(${account}) - 2)))`;

/** What `maskedAccount` does, as SQL. */
const masked = (account: string): string => `
  (SELECT CASE
    WHEN compact GLOB '?*@?*' AND compact NOT GLOB '*@*@*'
      THEN substr(compact, 1, 1) || '…' || substr(compact, instr(compact, '@'))
    WHEN number GLOB '${NINE_DIGITS}[/:]*' OR (said GLOB '${NINE_DIGITS}[- ]*' AND ${isRouting('substr(number, 1, 9)')})
      THEN substr(number, 1, 9) || '/…' || ${endOf('rest')} || kind
    WHEN kind <> '' THEN '…' || ${endOf('number')} || kind
    WHEN length(compact) < 7 THEN '…'
    WHEN length(compact) < 14 THEN '…' || substr(compact, -3)
    ELSE substr(compact, 1, 4) || '…' || substr(compact, -4)
  END
  FROM (SELECT *, ltrim(substr(number, 10), '/:-') AS rest
    FROM (SELECT *, iif(kind = '', compact, rtrim(substr(compact, 1, length(compact) + 1 - length(kind)), '/:-')) AS number
      FROM (SELECT *, CASE WHEN lower(compact) GLOB '*checking' THEN '/checking'
          WHEN lower(compact) GLOB '*savings' THEN '/savings' ELSE '' END AS kind
        FROM (SELECT ${account} AS said, replace(${account}, ' ', '') AS compact)))))`;

/**
 * SQL of whether two masked accounts may be one. Before version 4 of the ledger the first four and the last
 * three or four characters were shown of accounts at US banks, too, and those rows stay as they were written.
 */
export const mayBeOneAccount = (former: string, shown: string): string => `
  EXISTS (
    SELECT 1 FROM (
      SELECT substr(${former}, 1, instr(${former}, '…') - 1) AS former_head,
        lower(substr(${former}, instr(${former}, '…') + 1)) AS former_end,
        substr(${shown}, instr(${shown}, '…') + 1) AS shown_end)
    WHERE ${former} GLOB '*…*'
      AND (${shown} GLOB '${NINE_DIGITS}/…*' AND substr(${shown}, 1, length(former_head)) = former_head
        OR ${shown} GLOB '…*/checking' OR ${shown} GLOB '…*/savings')
      AND (former_end = '' OR shown_end = '' OR substr(shown_end, -length(former_end)) = former_end
        OR substr(former_end, -length(shown_end)) = lower(shown_end)))`;

/** A minimum with the decimals of its currency: `20.00 USD`. */
const minimumText = (row: string): string => `
  (SELECT iif(decimals = 0, digits, substr(digits, 1, length(digits) - decimals) || '.' || substr(digits, -decimals))
     || ' ' || ${row}.minimum_currency
   FROM (
     SELECT value AS decimals, substr('0000', 1, max(0, value + 1 - length(${row}.minimum))) || ${row}.minimum AS digits
     FROM json_each(:decimals) WHERE key = ${row}.minimum_currency))`;

/** How the history writes a field of a row: SQL that needs the parameter `decimals` for a minimum. */
export function historyText(row: string, field: AffiliateField): string {
  if (field === 'minimum_payout') return minimumText(row);
  return field === 'payout_account' ? masked(`${row}.${field}`) : `${row}.${field}`;
}

/** The parameter `decimals` of `historyText`. */
export function decimalsByCurrency(): string {
  return JSON.stringify(Object.fromEntries(currencyCodes().map((code) => [code, minorUnits(code)])));
}

const differs = (field: AffiliateField): string =>
  field === 'minimum_payout'
    ? '(existing.minimum IS NOT later.minimum OR existing.minimum_currency IS NOT later.minimum_currency)'
    : `existing.${field} IS NOT later.${field}`;

/** The affiliates of `temp.outcome` as they are and as they will be, one row for each field that differs. */
const RECORD_OUTCOME = `
  ${HEAD}
  SELECT id, :at, :on, :by, :osUser, field, value_before, value_after, '${BY_IMPORT}'
  FROM (
    ${AFFILIATE_FIELDS.map(
      (field, place) => `
    SELECT later.position, ${place} AS place, later.id, '${field}' AS field,
      ${historyText('existing', field)} AS value_before, ${historyText('later', field)} AS value_after
    FROM temp.outcome AS later CROSS JOIN affiliates AS existing ON existing.id = later.id WHERE ${differs(field)}`,
    ).join(' UNION ALL ')})
  ORDER BY position, place`;

const RECORD_NEW = `
  ${HEAD}
  SELECT id, :at, :on, :by, :osUser, '${ADDED}', NULL, id, '${BY_IMPORT}'
  FROM temp.staged WHERE refused = 0 AND position NOT IN (SELECT position FROM temp.known) ORDER BY position`;

/**
 * Records what an import is about to change: `temp.outcome` holds, by position and id, the affiliates as they
 * will be. The ledger must still have them as they were.
 */
export async function recordOutcomeOfImport(
  writer: Writer,
  { at, on, by, osUser }: ChangeStamp,
): Promise<void> {
  await writer.run(RECORD_OUTCOME, { at, on, by, osUser, decimals: decimalsByCurrency() });
}

/** Records whom an import added: those of `temp.staged` whom it did not know (`temp.known`). */
export async function recordAddedByImport(
  writer: Writer,
  { at, on, by, osUser }: ChangeStamp,
): Promise<void> {
  await writer.run(RECORD_NEW, { at, on, by, osUser });
}

/** The number of the last change so far, 0 where there is none. */
export async function lastAffiliateChange(reader: Reader): Promise<bigint> {
  const row = await reader.get<{ last: bigint }>(
    'SELECT coalesce(max(number), 0) AS last FROM affiliate_changes',
  );
  return row?.last ?? 0n;
}

/** Up to `limit` changes of an affiliate, the latest first. Accounts are masked. */
export async function listAffiliateChanges(
  reader: Reader,
  affiliateId: string,
  limit: number,
): Promise<AffiliateChange[]> {
  return reader.all<AffiliateChange>(LIST, { affiliateId, limit: BigInt(limit) });
}

/** Appends what was changed of one affiliate. The values must be masked already. */
export async function recordAffiliateChanges(
  writer: Writer,
  affiliateId: string,
  changes: readonly FieldChange[],
  { at, on, by, osUser, reason }: ChangeStamp & { readonly reason: string | null },
): Promise<void> {
  const rows = changes.map(({ field, valueBefore, valueAfter }): SqlValue[] => [
    ...[affiliateId, at, on, by, osUser, field, valueBefore, valueAfter, reason],
  ]);
  await writer.runMany(RECORD, rows);
}
