/** Affiliates: reading and finding them. How an import writes them stands in `affiliate-import.ts`. */
import type { Affiliate, AffiliateDetails } from '../core/affiliate.js';
import type { Reader } from './ledger.js';

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
