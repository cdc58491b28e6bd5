/**
 * What a ledger and a backup know of each other: the heads of their audit chains, and what one has that the
 * other lacks.
 */
import type { AuditRow } from './audit.js';
import type { Reader } from './ledger.js';
import type { LedgerFile } from './open.js';

/** `main` is the ledger that was opened, `backup` the one beside it. */
type Which = 'main' | 'backup';

const HEAD = (which: Which): string =>
  `SELECT number, at, hash FROM ${which}.audit ORDER BY number DESC LIMIT 1`;

const HAS_ROW = (which: Which): string =>
  `SELECT 1 FROM ${which}.audit WHERE number = :number AND hash = :hash`;

const COUNT_COMMISSIONS = 'SELECT count(*) AS count FROM commissions';

/** By all that a payout is known by: the same number may be another payout in another programme's ledger. */
const LOST_PAYOUTS = `
  SELECT payout.invoice_number AS "invoiceNumber", payout.affiliate_id AS "affiliateId", payout.amount,
    payout.currency, payout.status, other.affiliate_id AS "backupAffiliateId",
    other.amount AS "backupAmount", other.currency AS "backupCurrency", other.status AS "backupStatus"
  FROM main.payouts AS payout
  LEFT JOIN backup.payouts AS other ON other.invoice_number = payout.invoice_number
  WHERE (other.affiliate_id, other.currency, other.amount, other.status)
    IS NOT (payout.affiliate_id, payout.currency, payout.amount, payout.status)
  ORDER BY payout.number`;

const LOST_COMMISSIONS = `
  SELECT count(*) AS count FROM main.commissions AS commission
  WHERE NOT EXISTS (SELECT 1 FROM backup.commissions AS other WHERE other.id = commission.id)`;

const LOST_AFFILIATES = `
  SELECT count(*) AS count FROM main.affiliates AS affiliate
  WHERE NOT EXISTS (SELECT 1 FROM backup.affiliates AS other WHERE other.id = affiliate.id)`;

const LOST_ENTRIES = `
  SELECT number, at, actor, os_user AS osUser, command, request, result AS resultDigest, previous, hash
  FROM main.audit AS entry
  WHERE NOT EXISTS (
    SELECT 1 FROM backup.audit AS other WHERE other.number = entry.number AND other.hash = entry.hash)
  ORDER BY number`;

/** The last row of the audit log: with it stands and falls every row before it. */
export interface AuditHead {
  readonly number: number;
  readonly at: string;
  readonly hash: string;
}

/** What a ledger says of the payout of a number. */
export interface KnownPayout {
  readonly affiliateId: string;
  /** In minor units. */
  readonly amount: bigint;
  readonly currency: string;
  readonly status: string;
}

/** A payout that a backup lacks, or of which it says something else. */
export interface LostPayout extends KnownPayout {
  readonly invoiceNumber: string;
  /** Null where the backup has no payout of this number. */
  readonly inBackup: KnownPayout | null;
}

type LostPayoutRow = Omit<LostPayout, 'inBackup'> & {
  readonly backupAffiliateId: string | null;
  readonly backupAmount: bigint | null;
  readonly backupCurrency: string | null;
  readonly backupStatus: string | null;
};

/** What a ledger has that a backup lacks. */
export interface Lost {
  readonly payouts: readonly LostPayout[];
  readonly commissions: number;
  readonly affiliates: number;
  /** What was done, as the audit log says: the first one first. */
  readonly entries: readonly AuditRow[];
}

/**
 * How a ledger stands to a backup: `same`; `ahead` where it went on since; `behind` where the backup did;
 * `diverged` where each has rows that the other lacks, as two programmes have.
 */
export type Standing = 'same' | 'ahead' | 'behind' | 'diverged';

export interface Comparison {
  readonly standing: Standing;
  readonly head: AuditHead | null;
  readonly lost: Lost;
}

/** Null in a ledger that nothing was written to. */
export async function readHead(reader: Reader, which: Which = 'main'): Promise<AuditHead | null> {
  const row = await reader.get<{ number: bigint; at: string; hash: string }>(HEAD(which));
  return row === undefined ? null : { ...row, number: Number(row.number) };
}

/** Whether the audit log goes back to this row; to the nothing before the first one every log does. */
export async function holdsHead(
  reader: Reader,
  head: AuditHead | null,
  which: Which = 'main',
): Promise<boolean> {
  if (head === null) return true;
  const found = await reader.get(HAS_ROW(which), { number: BigInt(head.number), hash: head.hash });
  return found !== undefined;
}

export async function countCommissions(reader: Reader): Promise<number> {
  return count(reader, COUNT_COMMISSIONS);
}

/**
 * Compares a ledger with a backup.
 * @param backup the path of a ledger that nobody writes to
 * @throws IntegrityError when one of them cannot be read
 */
export async function compareWithBackup({ file }: LedgerFile, backup: string): Promise<Comparison> {
  return file.read(async (reader) => {
    const head = await readHead(reader);
    const isBehind = await holdsHead(reader, head, 'backup');
    const isAhead = await holdsHead(reader, await readHead(reader, 'backup'));
    const standing = isBehind ? (isAhead ? 'same' : 'behind') : isAhead ? 'ahead' : 'diverged';
    return { standing, head, lost: isBehind ? NOTHING : await readLost(reader) };
  }, backup);
}

/** What both logs hold was done in both, whatever became of it in the backup since. */
const NOTHING: Lost = { payouts: [], commissions: 0, affiliates: 0, entries: [] };

async function readLost(reader: Reader): Promise<Lost> {
  return {
    payouts: (await reader.all<LostPayoutRow>(LOST_PAYOUTS)).map(lostPayout),
    commissions: await count(reader, LOST_COMMISSIONS),
    affiliates: await count(reader, LOST_AFFILIATES),
    entries: await reader.all<AuditRow>(LOST_ENTRIES),
  };
}

async function count(reader: Reader, sql: string): Promise<number> {
  return Number((await reader.get<{ count: bigint }>(sql))?.count ?? 0n);
}

function lostPayout(row: LostPayoutRow): LostPayout {
  const { backupAffiliateId, backupAmount, backupCurrency, backupStatus, ...payout } = row;
  const isThere =
    backupAffiliateId !== null && backupAmount !== null && backupCurrency !== null && backupStatus !== null;
  const inBackup = isThere
    ? { affiliateId: backupAffiliateId, amount: backupAmount, currency: backupCurrency, status: backupStatus }
    : null;
  return { ...payout, inBackup };
}
