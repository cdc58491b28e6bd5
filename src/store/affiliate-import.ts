/**
 * How an import of affiliates changes the ledger. Staged and merged as commissions are. A column is taken
 * from the file only where the source says something else of it than it said last, so that operators and a
 * nightly file do not undo each other; what an operator stopped is never lifted by a file (SPEC section 8).
 */
import {
  AFFILIATE_FIELDS,
  PAYMENT_FIELDS,
  type AffiliateDetails,
  type AffiliateStatus,
  type PayeeData,
  type PayoutMethod,
} from '../core/affiliate.js';
import type { CurrencyCode } from '../core/currencies.js';
import type { ImportCounts } from '../core/import.js';
import { recordAddedByImport, recordOutcomeOfImport, type ChangeStamp } from './affiliate-changes.js';
import type { Paging, Reader, SqlValue, Writer } from './ledger.js';
import { countRefusals, createRefusals, refuseDuplicateIds, refuseStaged } from './refusals.js';

/** The columns that a file may leave out: what is absent changes nothing on an existing affiliate. */
const OPTIONAL = AFFILIATE_FIELDS.filter(
  (field) => field !== 'name' && field !== 'status' && field !== 'minimum_payout',
);

export type AffiliateColumns = Readonly<
  Record<(typeof OPTIONAL)[number] | 'status' | 'minimum_payout', boolean>
>;

/** A row of a file, understood. The minimum is in minor units of its currency. */
export interface StagedAffiliate extends PayeeData {
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly status: AffiliateStatus | null;
  readonly minimum: bigint | null;
  readonly minimumCurrency: string | null;
  readonly email: string | null;
  readonly currency: string | null;
  readonly payoutMethod: PayoutMethod | null;
  readonly said: string;
  readonly cells: readonly string[] | null;
}

const COLUMNS = ['id', 'name', 'status', 'minimum', 'minimum_currency', ...OPTIONAL, 'said'] as const;

const CREATE_STAGED = `
  CREATE TEMP TABLE staged (
    position INTEGER PRIMARY KEY, line INTEGER NOT NULL, cells TEXT, id TEXT NOT NULL, name TEXT NOT NULL,
    status TEXT, minimum INTEGER, minimum_currency TEXT, ${OPTIONAL.map((column) => `${column} TEXT`).join(', ')},
    said TEXT NOT NULL, refused INTEGER NOT NULL DEFAULT 0)`;

const STAGE = `
  INSERT INTO temp.staged (line, cells, ${COLUMNS.join(', ')}) VALUES (?, ?, ${COLUMNS.map(() => '?').join(', ')})`;

export async function beginStaging(staging: Writer): Promise<void> {
  await createRefusals(staging);
  await staging.run('DROP TABLE IF EXISTS temp.staged');
  await staging.run(CREATE_STAGED);
}

export async function stageAffiliates(staging: Writer, rows: readonly StagedAffiliate[]): Promise<void> {
  const values = rows.map((row): SqlValue[] => [
    BigInt(row.line),
    row.cells === null ? null : JSON.stringify(row.cells),
    row.id,
    row.name,
    row.status,
    row.minimum,
    row.minimumCurrency,
    row.email,
    row.currency,
    row.payoutMethod,
    row.payoutAccount,
    row.payoutName,
    row.payoutBic,
    row.country,
    row.vatNumber,
    row.company,
    row.addressLine1,
    row.addressLine2,
    row.city,
    row.region,
    row.postalCode,
    row.said,
  ]);
  await staging.runMany(STAGE, values);
}

export async function endStaging(staging: Writer): Promise<void> {
  await staging.run('CREATE INDEX temp.staged_by_id ON staged (id)');
}

/**
 * Without a currency column a minimum was read with the decimals of the ledger's currency, and is meant in
 * the one that the affiliate has. One that the source says as before is not taken, so it does not matter.
 */
const CURRENCY_NOT_GIVEN = `
  SELECT staged.position, 'currency' AS "column", '' AS value, 'bad_currency' AS code,
    staged.id || ' is paid in ' || existing.currency || ', but the file has no column currency. Add the column.'
      AS message
  FROM temp.staged AS staged CROSS JOIN affiliates AS existing ON existing.id = staged.id
  WHERE staged.minimum IS NOT NULL AND existing.currency NOT IN (SELECT value FROM json_each(:sameDecimals))
    AND staged.said ->> '$.minimum_payout' IS NOT existing.said ->> '$.minimum_payout'`;

const KEEP_CURRENCY = `
  UPDATE temp.staged SET minimum_currency = coalesce(
    (SELECT existing.currency FROM affiliates AS existing WHERE existing.id = staged.id), minimum_currency)
  WHERE minimum IS NOT NULL`;

export interface AffiliateMerge {
  readonly has: AffiliateColumns;
  /** The ledger's, in which a minimum is where its row names none. */
  readonly currency: CurrencyCode;
  /** The currencies that have as many decimals as the ledger's. */
  readonly sameDecimals: readonly string[];
  readonly stamp: ChangeStamp;
}

/** Marks the bad rows. @returns how many are refused, those refused while reading included */
export async function checkStaged(writer: Writer, merge: AffiliateMerge): Promise<number> {
  await refuseDuplicateIds(writer);
  if (!merge.has.currency) {
    await refuseStaged(writer, CURRENCY_NOT_GIVEN, { sameDecimals: JSON.stringify(merge.sameDecimals) });
    await writer.run(KEEP_CURRENCY);
  }
  return countRefusals(writer);
}

const CREATE_KNOWN = `
  CREATE TEMP TABLE known (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, merged TEXT NOT NULL, same INTEGER NOT NULL,
    keeps_status INTEGER NOT NULL)`;

/** What an operator paused, blocked or made depart stays so, whatever the file says. */
const FIND_KNOWN = `
  INSERT INTO temp.known (position, id, merged, same, keeps_status)
  SELECT position, id, merged, merged IS before,
    status_by = 'operator' AND status <> 'active' AND said_status IS NOT NULL
  FROM (
    SELECT staged.position, staged.id, existing.status, existing.status_by, staged.status AS said_status,
      json_patch('{}', coalesce(existing.said, '{}')) AS before,
      json_patch(json_patch('{}', coalesce(existing.said, '{}')), staged.said) AS merged
    FROM temp.staged AS staged CROSS JOIN affiliates AS existing ON existing.id = staged.id
    WHERE staged.refused = 0)`;

const KEPT = `
  SELECT known.id AS id, affiliates.status AS status, staged.status AS said
  FROM temp.known AS known CROSS JOIN affiliates ON affiliates.id = known.id
  CROSS JOIN temp.staged AS staged ON staged.position = known.position
  WHERE known.keeps_status AND staged.status <> affiliates.status ORDER BY known.position`;

const INSERT_NEW = `
  INSERT INTO affiliates (id, name, status, status_by, minimum, minimum_currency, ${OPTIONAL.join(', ')}, said,
    recorded_at)
  SELECT id, name, coalesce(status, 'active'), 'source', minimum, minimum_currency, ${OPTIONAL.join(', ')}, said, :at
  FROM temp.staged WHERE refused = 0 AND position NOT IN (SELECT position FROM temp.known) ORDER BY position`;

/** The affiliates whose source says something new, as they will be. */
const CREATE_OUTCOME = `
  CREATE TEMP TABLE outcome (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, status TEXT NOT NULL,
    status_by TEXT NOT NULL, minimum INTEGER, minimum_currency TEXT,
    ${OPTIONAL.map((column) => `${column} TEXT`).join(', ')}, said TEXT NOT NULL)`;

const OUTCOME_COLUMNS = ['name', 'status', 'status_by', 'minimum', 'minimum_currency', ...OPTIONAL, 'said'];

const saysAnew = (column: string): string =>
  `staged.said ->> '$.${column}' IS NOT existing.said ->> '$.${column}'`;

/** Where the money goes is one thing: half from the source and half from an operator is nobody's account. */
const PAYMENT_DETAILS: readonly string[] = PAYMENT_FIELDS;

/** Whether the source says of the payment details something that is new and does not stand already. */
const paymentDetailsAreNew = (has: AffiliateColumns): string => {
  const given = OPTIONAL.filter((column) => PAYMENT_DETAILS.includes(column) && has[column]);
  const news = given.map((column) => `${saysAnew(column)} AND staged.${column} IS NOT existing.${column}`);
  return `(${news.join(' OR ')})`;
};

/** A source that empties a minimum says nothing of its currency; else the two are one thing. */
const minimumIsNew = (has: AffiliateColumns): string => {
  const movedCurrency = `
    OR staged.minimum IS NOT NULL
      AND staged.minimum_currency IS NOT coalesce(existing.said ->> '$.currency', :currency)`;
  return `(${saysAnew('minimum_payout')}${has.currency ? movedCurrency : ''})`;
};

/**
 * What becomes of each column. A status that the source says as before decides nothing, nor does an empty
 * one; another one does, unless an operator stopped.
 */
const findOutcome = (has: AffiliateColumns): string => {
  const standing = `(known.keeps_status OR staged.status IS NULL OR NOT ${saysAnew('status')})`;
  const whenNew = (isGiven: boolean, column: string, isNew: string): string =>
    isGiven ? `iif(${isNew}, staged.${column}, existing.${column})` : `existing.${column}`;
  const values = [
    whenNew(true, 'name', saysAnew('name')),
    has.status ? `iif(${standing}, existing.status, staged.status)` : 'existing.status',
    has.status ? `iif(${standing}, existing.status_by, 'source')` : 'existing.status_by',
    whenNew(has.minimum_payout, 'minimum', minimumIsNew(has)),
    whenNew(has.minimum_payout, 'minimum_currency', minimumIsNew(has)),
    ...OPTIONAL.map((column) =>
      whenNew(
        has[column],
        column,
        PAYMENT_DETAILS.includes(column) ? paymentDetailsAreNew(has) : saysAnew(column),
      ),
    ),
    'known.merged',
  ];
  return `
    INSERT INTO temp.outcome (position, id, ${OUTCOME_COLUMNS.join(', ')})
    SELECT staged.position, existing.id, ${values.join(',\n      ')}
    FROM temp.known AS known CROSS JOIN temp.staged AS staged ON staged.position = known.position
    CROSS JOIN affiliates AS existing ON existing.id = known.id
    WHERE NOT known.same`;
};

const UPDATE_CHANGED = `
  UPDATE affiliates SET (${OUTCOME_COLUMNS.join(', ')}) = (
    SELECT ${OUTCOME_COLUMNS.join(', ')} FROM temp.outcome WHERE outcome.id = affiliates.id)
  WHERE id IN (SELECT id FROM temp.outcome)`;

const COUNT = `
  SELECT (SELECT count(*) FROM temp.staged WHERE refused = 0) - count(*) AS new,
    count(CASE WHEN NOT same THEN 1 END) AS changed, count(CASE WHEN same THEN 1 END) AS unchanged
  FROM temp.known`;

/** An affiliate whom an operator stopped and whose file says otherwise. */
export interface KeptStatus {
  readonly id: string;
  readonly status: AffiliateStatus;
  readonly said: AffiliateStatus;
}

/** Merges the rows that were not refused and counts what became of them. `checkStaged` came before. */
export async function mergeStaged(
  writer: Writer,
  merge: AffiliateMerge,
): Promise<Omit<ImportCounts, 'rejected'>> {
  const { has, currency, stamp } = merge;
  await writer.run('DROP TABLE IF EXISTS temp.known');
  await writer.run('DROP TABLE IF EXISTS temp.outcome');
  await writer.run(CREATE_KNOWN);
  await writer.run(CREATE_OUTCOME);
  await writer.run(FIND_KNOWN);
  await writer.run(INSERT_NEW, { at: stamp.at });
  await recordAddedByImport(writer, stamp);
  await writer.run(findOutcome(has), has.minimum_payout && has.currency ? { currency } : {});
  await recordOutcomeOfImport(writer, stamp);
  await writer.run(UPDATE_CHANGED);
  return countMerged(writer);
}

/**
 * Those whom an operator stopped and whose row says otherwise, in the order of the file. Asked after the
 * merge.
 */
export async function listKeptStatuses(reader: Reader): Promise<KeptStatus[]> {
  return reader.all<KeptStatus>(KEPT);
}

const PAYEES = `
  SELECT staged.position AS position, affiliate.id AS id, affiliate.payout_method AS payoutMethod,
    affiliate.payout_account AS payoutAccount, affiliate.payout_bic AS payoutBic, affiliate.country AS country
  FROM temp.staged AS staged CROSS JOIN affiliates AS affiliate ON affiliate.id = staged.id
  WHERE staged.position > :afterPosition AND staged.refused = 0 ORDER BY staged.position LIMIT :pageRows`;

/** An affiliate of a file, where his money goes and where he is. */
export type StagedPayee = Pick<
  AffiliateDetails,
  'id' | 'payoutMethod' | 'payoutAccount' | 'payoutBic' | 'country'
>;

/** The affiliates of the file as they are now, in its order, in pages. Asked after the merge. */
export async function* eachStagedPayee(reader: Reader): AsyncGenerator<StagedPayee[]> {
  const paging: Paging<StagedPayee & { readonly position: bigint }> = {
    start: { afterPosition: 0n },
    after: (last) => ({ afterPosition: last.position }),
  };
  for await (const page of reader.each(PAYEES, {}, paging)) yield page;
}

async function countMerged(reader: Reader): Promise<Omit<ImportCounts, 'rejected'>> {
  const row = await reader.get<Record<'new' | 'changed' | 'unchanged', bigint>>(COUNT);
  return {
    new: Number(row?.new ?? 0n),
    changed: Number(row?.changed ?? 0n),
    unchanged: Number(row?.unchanged ?? 0n),
    corrected: 0,
  };
}
