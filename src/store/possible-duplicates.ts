/**
 * Rows of an import that look like another commission: a source that gives new ids to what it gave before.
 */
import type { Reader, Writer } from './ledger.js';

/** Rows of other ids that look like the same commission. */
export interface PossibleDuplicate {
  readonly id: string;
  readonly line: number;
  readonly sameAs: string;
}

/** What a row that is new or changed must look like another in, before the rest is compared. Index-only. */
const FIND_SUSPECTS = `
  INSERT INTO temp.suspects (commission, line)
  SELECT own.number, staged.line
  FROM temp.staged AS staged CROSS JOIN commissions AS own ON own.id = staged.id
  WHERE staged.refused = 0
    AND NOT EXISTS (SELECT 1 FROM temp.known AS known WHERE known.position = staged.position AND known.same)
    AND EXISTS (
      SELECT 1 FROM commissions AS other
      WHERE other.affiliate_id = own.affiliate_id AND other.earned_on = own.earned_on
        AND other.amount = own.amount AND other.number <> own.number)`;

/**
 * Everything that has affiliate, day and amount in common with a suspect, grouped by all that counts. Each
 * row is looked at once, however many there are of a kind.
 */
const FIND_DUPLICATES = `
  INSERT INTO temp.duplicates (commission, same_as)
  SELECT number, iif(number = first, second, first)
  FROM (
    SELECT number, first_value(number) OVER alike AS first, nth_value(number, 2) OVER alike AS second
    FROM (
      SELECT one.number, one.affiliate_id, one.earned_on, one.amount, one.currency, one.kind, one.order_id
      FROM (
        SELECT DISTINCT own.affiliate_id, own.earned_on, own.amount
        FROM temp.suspects AS suspect CROSS JOIN commissions AS own ON own.number = suspect.commission) AS shape
      CROSS JOIN commissions AS one ON one.affiliate_id = shape.affiliate_id
        AND one.earned_on = shape.earned_on AND one.amount = shape.amount
      WHERE one.origin = 'source')
    WINDOW alike AS (
      PARTITION BY affiliate_id, earned_on, amount, currency, kind, order_id ORDER BY number
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))
  WHERE second IS NOT NULL AND number IN (SELECT commission FROM temp.suspects)
    AND (number <> first OR second NOT IN (SELECT commission FROM temp.suspects))`;

/**
 * Finds rows that are new or changed and equal another id's affiliate, order, kind, amount and earned
 * date. Asked after the merge, so that two of the same file are found as well; of those the later one is
 * told.
 * @returns how many there are; `listPossibleDuplicates` names them
 */
export async function findPossibleDuplicates(writer: Writer): Promise<number> {
  for (const table of ['suspects', 'duplicates']) await writer.run(`DROP TABLE IF EXISTS temp.${table}`);
  await writer.run('CREATE TEMP TABLE suspects (commission INTEGER PRIMARY KEY, line INTEGER NOT NULL)');
  await writer.run('CREATE TEMP TABLE duplicates (commission INTEGER PRIMARY KEY, same_as INTEGER NOT NULL)');
  await writer.run(FIND_SUSPECTS);
  return writer.run(FIND_DUPLICATES);
}

/** The first possible duplicates by line, or all of them where the limit is null. */
export async function listPossibleDuplicates(
  reader: Reader,
  limit: number | null,
): Promise<PossibleDuplicate[]> {
  const rows = await reader.all<{ id: string; line: bigint; sameAs: string }>(
    `SELECT own.id AS id, suspect.line AS line, other.id AS sameAs
     FROM temp.duplicates AS duplicate
     CROSS JOIN temp.suspects AS suspect ON suspect.commission = duplicate.commission
     CROSS JOIN commissions AS own ON own.number = duplicate.commission
     CROSS JOIN commissions AS other ON other.number = duplicate.same_as
     ORDER BY suspect.line LIMIT :limit`,
    { limit: BigInt(limit ?? -1) },
  );
  return rows.map((row) => ({ ...row, line: Number(row.line) }));
}
