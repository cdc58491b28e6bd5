/**
 * Affiliates: reading and finding them, and what operators write. How an import writes them stands in
 * `affiliate-import.ts`.
 */
import {
  AFFILIATE_KEYS,
  type Affiliate,
  type AffiliateDetails,
  type AffiliateStatus,
} from '../core/affiliate.js';
import type { Reader, SqlParameters, Writer } from './ledger.js';

const COLUMNS = `
  id, name, email, status, currency, minimum, minimum_currency AS minimumCurrency, payout_method AS payoutMethod`;

const DETAILS = `${COLUMNS},
  payout_account AS payoutAccount, payout_name AS payoutName, payout_bic AS payoutBic, country,
  vat_number AS vatNumber, company, address_line1 AS addressLine1, address_line2 AS addressLine2, city, region,
  postal_code AS postalCode`;

/** Affiliates by id, in UTF-8 byte order. */
export async function listAffiliates(reader: Reader): Promise<Affiliate[]> {
  return reader.all<Affiliate>(`SELECT ${COLUMNS} FROM affiliates ORDER BY id`);
}

/** Their ids and names alone, by id. */
export async function affiliateNames(reader: Reader): Promise<Pick<Affiliate, 'id' | 'name'>[]> {
  return reader.all<Pick<Affiliate, 'id' | 'name'>>('SELECT id, name FROM affiliates ORDER BY id');
}

/** Everything known of the affiliate of an id, or undefined. */
export async function findAffiliate(reader: Reader, id: string): Promise<AffiliateDetails | undefined> {
  return reader.get<AffiliateDetails>(`SELECT ${DETAILS} FROM affiliates WHERE id = :id`, { id });
}

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** SQLite folds the case of ASCII only; where other letters count, all affiliates are looked at here. */
async function scan(reader: Reader, fits: (part: string) => boolean, limit: number): Promise<Affiliate[]> {
  const found = (await listAffiliates(reader)).filter(({ id, name, email }) =>
    [id, name, email ?? ''].some((part) => fits(part.toLowerCase())),
  );
  return found.slice(0, limit);
}

/** Those whose e-mail or name is the text, capitals not minded. */
export async function affiliatesNamed(reader: Reader, text: string): Promise<Affiliate[]> {
  const wanted = text.toLowerCase();
  if (!isAscii(text)) return scan(reader, (part) => part === wanted, Number.MAX_SAFE_INTEGER);
  return reader.all<Affiliate>(
    `SELECT ${COLUMNS} FROM affiliates
     WHERE email = :text COLLATE NOCASE OR name = :text COLLATE NOCASE ORDER BY id`,
    { text },
  );
}

/** Up to `limit` affiliates whose id, name or e-mail contains the text, capitals not minded. */
export async function affiliatesLike(reader: Reader, text: string, limit: number): Promise<Affiliate[]> {
  const wanted = text.toLowerCase();
  if (!isAscii(text)) return scan(reader, (part) => part.includes(wanted), limit);
  return reader.all<Affiliate>(
    `SELECT ${COLUMNS} FROM affiliates
     WHERE instr(lower(id), lower(:text)) > 0 OR instr(lower(name), lower(:text)) > 0
       OR instr(lower(email), lower(:text)) > 0
     ORDER BY id LIMIT :limit`,
    { text, limit: BigInt(limit) },
  );
}

/** Where the columns of an affiliate take their values from: parameters of the same names as his keys. */
const VALUES: readonly (readonly [column: string, key: keyof AffiliateDetails])[] = [
  ...(Object.entries(AFFILIATE_KEYS) as [string, keyof AffiliateDetails][]).filter(
    ([column]) => column !== 'status',
  ),
  ['minimum', 'minimum'],
  ['minimum_currency', 'minimumCurrency'],
];

const INSERT = `
  INSERT INTO affiliates (id, status, status_by, ${VALUES.map(([column]) => column).join(', ')}, recorded_at)
  VALUES (:id, :status, 'operator', ${VALUES.map(([, key]) => `:${key}`).join(', ')}, :at)`;

const UPDATE = `UPDATE affiliates SET ${VALUES.map(([column, key]) => `${column} = :${key}`).join(', ')} WHERE id = :id`;

const DECIDE = `UPDATE affiliates SET status = :status, status_by = 'operator' WHERE id = :id`;

const parametersOf = (affiliate: AffiliateDetails): SqlParameters => ({
  id: affiliate.id,
  ...Object.fromEntries(VALUES.map(([, key]) => [key, affiliate[key]])),
});

/** Adds an affiliate whom no source has named. `at` is an instant. */
export async function insertAffiliate(
  writer: Writer,
  affiliate: AffiliateDetails,
  at: string,
): Promise<void> {
  await writer.run(INSERT, { ...parametersOf(affiliate), status: affiliate.status, at });
}

/** Writes everything of an affiliate but his status, and leaves alone what his source said of him. */
export async function updateAffiliate(writer: Writer, affiliate: AffiliateDetails): Promise<void> {
  await writer.run(UPDATE, parametersOf(affiliate));
}

/** Writes the status that an operator decided; no import lifts it then. */
export async function decideStatus(writer: Writer, id: string, status: AffiliateStatus): Promise<void> {
  await writer.run(DECIDE, { id, status });
}

/** Whether an operator decided the status of the affiliate, or his source. */
export async function isStatusOfOperator(reader: Reader, id: string): Promise<boolean> {
  const row = await reader.get<{ statusBy: string }>(
    'SELECT status_by AS statusBy FROM affiliates WHERE id = :id',
    { id },
  );
  return row?.statusBy === 'operator';
}

/** What an affiliate has on live payouts, per currency, in minor units. */
export interface PayoutSums {
  readonly affiliateId: string;
  readonly currency: string;
  readonly inPayouts: bigint;
  readonly paid: bigint;
}

/** Sums of live payouts per affiliate and currency; of one affiliate where an id is given. */
export async function payoutSums(reader: Reader, affiliateId?: string): Promise<PayoutSums[]> {
  const one = affiliateId === undefined ? '' : 'AND affiliate_id = :affiliateId';
  return reader.all<PayoutSums>(
    `SELECT affiliate_id AS affiliateId, currency,
       sum(CASE WHEN status <> 'paid' THEN amount ELSE 0 END) AS inPayouts,
       sum(CASE WHEN status = 'paid' THEN amount ELSE 0 END) AS paid
     FROM payouts WHERE status <> 'void' ${one}
     GROUP BY affiliate_id, currency ORDER BY affiliate_id, currency`,
    affiliateId === undefined ? {} : { affiliateId },
  );
}
