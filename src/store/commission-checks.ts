/**
 * What is wrong with staged commissions: compared with each other and with the ledger by SQL. The same look
 * finds those that are there already, into the TEMP table `known`, and the corrections that they need.
 */
import type { CommissionColumns, CommissionMerge } from './commission-staging.js';
import { correctionsSum, hasCorrection, isOnLivePayout } from './corrections.js';
import type { Writer } from './ledger.js';
import { countRefusals, refuseDuplicateIds, refuseStaged } from './refusals.js';

const UNKNOWN_AFFILIATES = `
  SELECT position, 'affiliate_id' AS "column", affiliate_id AS value, 'unknown_affiliate' AS code,
    'There is no affiliate ' || affiliate_id || '. Import the affiliates first: payrun import affiliates FILE.'
      AS message
  FROM temp.staged
  WHERE NOT EXISTS (SELECT 1 FROM affiliates WHERE affiliates.id = staged.affiliate_id)`;

const LIVE = isOnLivePayout('existing.number');

/** What makes a commission locked: a live payout, or a correction that stands beside it. */
const LOCKED = `(${LIVE} OR ${hasCorrection('existing.number')})`;

/**
 * How the staged rows meet the ledger. `merged` is what the source says now, columns it did not give
 * included.
 */
const CREATE_KNOWN = `
  CREATE TEMP TABLE known (
    position INTEGER PRIMARY KEY, commission INTEGER NOT NULL UNIQUE, merged TEXT NOT NULL,
    same INTEGER NOT NULL, locked INTEGER NOT NULL, live INTEGER NOT NULL,
    settles INTEGER NOT NULL DEFAULT 0, reopens INTEGER NOT NULL DEFAULT 0,
    correction INTEGER NOT NULL DEFAULT 0)`;

/**
 * An equal row is left alone, so nothing more is asked of it; most rows of a nightly file are equal to the
 * letter. The LIMITs keep SQLite from copying an expression into every place that uses it.
 */
const FIND_KNOWN = `
  INSERT INTO temp.known (position, commission, merged, same, locked, live)
  SELECT position, number, iif(idle, '{}', merged), same, iif(idle, 0, ${LOCKED}), iif(idle, 0, ${LIVE})
  FROM (
    SELECT position, number, merged, merged IS before AS same, merged IS before AND NOT settling AS idle
    FROM (
      SELECT position, number, settling, before, iif(exact, before, json_patch(before, said)) AS merged
      FROM (
        SELECT staged.position, existing.number, staged.said, existing.said IS staged.said AS exact,
          coalesce(staged.earned_on <= :settledUntil, 0) AS settling,
          iif(existing.said IS staged.said, existing.said, json_patch('{}', coalesce(existing.said, '{}'))) AS before
        FROM temp.staged AS staged CROSS JOIN commissions AS existing ON existing.id = staged.id
        WHERE staged.refused = 0
        LIMIT -1)
      LIMIT -1)
    LIMIT -1) AS existing`;

/** A locked commission keeps its affiliate, currency and kind. */
const lockedField = (column: 'affiliate_id' | 'currency' | 'kind'): string => `
  SELECT known.position, '${column}' AS "column", staged.${column} AS value, 'locked_field' AS code,
    staged.id || ' is on a payout or has a correction: its ${column.replace('_id', '')} stays ' || existing.${column}
      || '. Give the row back as it was; what was paid is corrected by its amount.' AS message
  FROM temp.known AS known
  CROSS JOIN temp.staged AS staged ON staged.position = known.position
  CROSS JOIN commissions AS existing ON existing.number = known.commission
  WHERE known.locked AND staged.${column} <> existing.${column}`;

/** Without a kind column an existing commission keeps its kind, and the sign must fit that. */
const SIGN_OF_KEPT_KIND = `
  SELECT staged.position, 'amount' AS "column", staged.amount_given AS value, 'wrong_sign' AS code,
    'The sign does not fit a ' || coalesce(existing.kind, 'sale') || '. '
      || 'What an affiliate owes back is a clawback or an adjustment: give the kind.' AS message
  FROM temp.staged AS staged LEFT JOIN commissions AS existing ON existing.id = staged.id
  WHERE CASE coalesce(existing.kind, 'sale')
    WHEN 'clawback' THEN staged.amount >= 0 WHEN 'adjustment' THEN 0 ELSE staged.amount < 0 END`;

/**
 * Without a currency column the amount was read with the decimals of the ledger's; the kept one may have
 * others.
 */
const CURRENCY_NOT_GIVEN = `
  SELECT staged.position, 'currency' AS "column", '' AS value, 'bad_currency' AS code,
    staged.id || ' is in ' || existing.currency || ', but the file has no column currency. Add the column.'
      AS message
  FROM temp.staged AS staged CROSS JOIN commissions AS existing ON existing.id = staged.id
  WHERE existing.currency NOT IN (SELECT value FROM json_each(:sameDecimals))`;

/** What a column that the file lacks says of a commission that is there already: what stands. */
const keepStanding = (column: 'currency' | 'kind'): string => `
  UPDATE temp.staged SET ${column} = coalesce(
    (SELECT existing.${column} FROM commissions AS existing WHERE existing.id = staged.id), ${column})`;

/** A debit takes back a credit of the same affiliate and currency, in the ledger or in the same file. */
const UNKNOWN_ORIGINALS = `
  SELECT position, 'corrects' AS "column", corrects AS value, 'bad_value' AS code,
    CASE
      WHEN corrects = id THEN 'A commission cannot correct itself.'
      WHEN affiliate IS NULL THEN 'There is no commission ' || corrects
        || '. Import it first, or leave the cell empty to take the debit back from whatever is earned next.'
      WHEN amount < 0 THEN corrects || ' is a debit itself; name the credit that is taken back.'
      ELSE corrects || ' belongs to another affiliate or currency.'
    END AS message
  FROM (
    SELECT staged.position, staged.id, staged.corrects, staged.affiliate_id, staged.currency,
      coalesce(beside.affiliate_id, existing.affiliate_id) AS affiliate,
      coalesce(beside.currency, existing.currency) AS original_currency,
      coalesce(beside.amount, existing.amount) AS amount
    FROM temp.staged AS staged
    LEFT JOIN temp.staged AS beside ON beside.id = staged.corrects AND beside.refused = 0
    LEFT JOIN commissions AS existing ON existing.id = staged.corrects
    WHERE staged.corrects IS NOT NULL AND staged.refused = 0
      AND staged.position NOT IN (SELECT position FROM temp.known WHERE same))
  WHERE corrects = id OR affiliate IS NULL OR affiliate <> affiliate_id OR original_currency <> currency
    OR amount < 0`;

/**
 * A commission that debits take back cannot go to another affiliate or currency without them. Where the
 * file has a column for it, a debit may also let go of it.
 */
const leftBehind = (has: CommissionColumns): string => `
  SELECT staged.position, iif(existing.affiliate_id <> staged.affiliate_id, 'affiliate_id', 'currency') AS "column",
    iif(existing.affiliate_id <> staged.affiliate_id, staged.affiliate_id, staged.currency) AS value,
    'locked_field' AS code,
    debit.id || ' takes ' || staged.id || ' back, and it is of another affiliate or currency. Change both rows.'
      AS message
  FROM temp.known AS known
  CROSS JOIN temp.staged AS staged ON staged.position = known.position
  CROSS JOIN commissions AS existing ON existing.number = known.commission
  CROSS JOIN commissions AS debit ON debit.corrects = existing.number
  WHERE NOT known.same
    AND (existing.affiliate_id <> staged.affiliate_id OR existing.currency <> staged.currency)
    AND NOT EXISTS (
      SELECT 1 FROM temp.staged AS beside
      WHERE beside.id = debit.id AND beside.refused = 0 AND (
        (beside.affiliate_id, beside.currency) = (staged.affiliate_id, staged.currency)
        ${has.corrects ? 'OR beside.corrects IS NOT staged.id' : ''}))
  GROUP BY staged.position`;

/** Without the column a debit that is there already still takes back what it took back. */
const KEEP_LINKS = `
  UPDATE temp.staged SET corrects = original.id
  FROM temp.known AS known
  CROSS JOIN commissions AS existing ON existing.number = known.commission
  CROSS JOIN commissions AS original ON original.number = existing.corrects
  WHERE staged.position = known.position AND NOT known.same`;

/** An existing row is settled where the operator says up to which day everything was paid elsewhere. */
const MARK_SETTLED = `
  UPDATE temp.known SET settles = 1
  WHERE NOT live AND position IN (
    SELECT staged.position FROM temp.known AS known
    CROSS JOIN temp.staged AS staged ON staged.position = known.position
    CROSS JOIN commissions AS existing ON existing.number = known.commission
    WHERE staged.earned_on <= :settledUntil AND existing.status IN ('pending', 'approved')
      AND known.merged ->> '$.status' IS NOT 'rejected')`;

/**
 * What its source called settled after its payout was void, and now calls something to be paid: it was not
 * paid elsewhere after all. What an operator settled stays so. One that came back as pending waits no longer
 * when its source approves or rejects it.
 */
const MARK_REOPENED = `
  UPDATE temp.known SET reopens = 1
  WHERE locked AND NOT live AND NOT same AND position IN (
    SELECT known.position FROM temp.known AS known
    CROSS JOIN temp.staged AS staged ON staged.position = known.position
    CROSS JOIN commissions AS existing ON existing.number = known.commission
    WHERE known.locked
      AND (existing.status = 'settled' AND existing.status_by = 'source'
          AND known.merged ->> '$.status' IN ('pending', 'approved')
        OR existing.status = 'pending' AND known.merged ->> '$.status' IN ('approved', 'rejected'))
      AND known.merged ->> '$.status' IS NOT existing.said ->> '$.status'
      AND ((staged.earned_on <= :settledUntil) IS NOT 1 OR known.merged ->> '$.status' = 'rejected'))`;

/**
 * What the commission is to come to: nothing when it is rejected, by whoever's word stands. A source that
 * begins to reject overrides the approval of an operator; one that goes on to does not.
 */
const TARGET = `
  CASE
    WHEN existing.decided = 'rejected' THEN 0
    WHEN known.merged ->> '$.status' IS NOT 'rejected' THEN staged.amount
    WHEN existing.decided = 'approved' AND existing.said ->> '$.status' = 'rejected' THEN staged.amount
    ELSE 0
  END`;

/**
 * Original + corrections = what they are to come to. What an operator rejected since it was released is owed
 * to nobody, whatever its source says; what turns out to be paid elsewhere came to what was paid there.
 */
const NEEDED_CORRECTIONS = `
  UPDATE temp.known SET correction = (
    SELECT CASE
        WHEN NOT known.live AND NOT known.reopens
          AND (known.settles OR existing.status IN ('rejected', 'settled')) THEN 0
        ELSE ${TARGET} - existing.amount - coalesce(${correctionsSum('existing.number')}, 0)
      END
    FROM temp.staged AS staged CROSS JOIN commissions AS existing
    WHERE staged.position = known.position AND existing.number = known.commission)
  WHERE locked AND NOT same AND merged ->> '$.status' IS NOT 'settled'`;

/** From almost the largest debit to almost the largest credit is more than one line holds. */
const CORRECTION_TOO_LARGE = `
  SELECT known.position, 'amount' AS "column", staged.amount_given AS value, 'amount_too_large' AS code,
    staged.id || ' is on a payout or has a correction, and the correction would have more than 15 digits. '
      || 'Change the amount in two steps.' AS message
  FROM temp.known AS known CROSS JOIN temp.staged AS staged ON staged.position = known.position
  WHERE abs(known.correction) > 999999999999999`;

/**
 * Checks the staged rows against each other and the ledger, marks the bad ones, and finds those already
 * there.
 * @returns how many rows are refused, those refused while reading included
 */
export async function checkStaged(writer: Writer, merge: CommissionMerge): Promise<number> {
  await refuseDuplicateIds(writer);
  await refuseStaged(writer, UNKNOWN_AFFILIATES);
  if (!merge.has.kind) {
    await refuseStaged(writer, SIGN_OF_KEPT_KIND);
    await writer.run(keepStanding('kind'));
  }
  if (!merge.has.currency) {
    await refuseStaged(writer, CURRENCY_NOT_GIVEN, { sameDecimals: JSON.stringify(merge.sameDecimals) });
    await writer.run(keepStanding('currency'));
  }
  await writer.run('DROP TABLE IF EXISTS temp.known');
  await writer.run(CREATE_KNOWN);
  await writer.run(FIND_KNOWN, { settledUntil: merge.settledUntil });
  await refuseStaged(writer, lockedField('affiliate_id'));
  await refuseStaged(writer, lockedField('currency'));
  await refuseStaged(writer, lockedField('kind'));
  if (merge.settledUntil !== null) await writer.run(MARK_SETTLED, { settledUntil: merge.settledUntil });
  await writer.run(MARK_REOPENED, { settledUntil: merge.settledUntil });
  await writer.run(NEEDED_CORRECTIONS);
  await refuseStaged(writer, CORRECTION_TOO_LARGE);
  if (!merge.has.corrects) await writer.run(KEEP_LINKS);
  // A refused original refuses its debits, and so on: until nothing more is refused.
  for (let before = -1, now = await countRefusals(writer); now > before;) {
    await refuseStaged(writer, leftBehind(merge.has));
    await refuseStaged(writer, UNKNOWN_ORIGINALS);
    before = now;
    now = await countRefusals(writer);
  }
  await writer.run(
    'DELETE FROM temp.known WHERE position IN (SELECT position FROM temp.staged WHERE refused = 1)',
  );
  return countRefusals(writer);
}
