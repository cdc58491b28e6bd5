/**
 * The verdict on one open item: whether a run pays it, and if not, why (SPEC section 4). SQL expressions over
 * a row of `open_items` and its `affiliate`; `eligibility.ts` alone asks for them, and sums them up.
 */
import type { SkipReason } from '../core/plan.js';
import { isOnLivePayout } from './corrections.js';

/** What a verdict says of one open item. Null means: not listed and not counted. */
export const PAID = 0;
const BLOCKED = 1;
const PAUSED = 2;
const OUT_OF_RANGE = 3;
export const NOT_APPROVED = 4;
export const ON_HOLD = 5;
const EARNED_EARLIER = 6;

export const CREDIT_REASONS: readonly [verdict: number, reason: SkipReason][] = [
  [BLOCKED, 'affiliate_blocked'],
  [PAUSED, 'affiliate_paused'],
  [OUT_OF_RANGE, 'out_of_range'],
  [NOT_APPROVED, 'not_approved'],
  [ON_HOLD, 'on_hold'],
  [EARNED_EARLIER, 'earned_earlier'],
];

/**
 * A correction of what was rejected unpaid corrects nothing, and neither does one that gives back what a
 * debit took where that debit is owed to nobody. One of what is settled gives back what another one took.
 */
const correctsNothing = (item: string): string => `
  ${item}.corrects IS NOT NULL AND EXISTS (
    SELECT 1 FROM commissions AS correction
    CROSS JOIN commissions AS corrected ON corrected.number = correction.corrects
    LEFT JOIN commissions AS taken ON taken.number = corrected.corrects AND corrected.amount < 0
    WHERE correction.number = ${item}.commission AND correction.origin = 'correction'
      AND 'rejected' IN (corrected.status, taken.status) AND corrected.status <> 'settled'
      AND NOT ${isOnLivePayout('corrected.number')})`;

/**
 * What becomes of a credit that has a link. A correction and its original that a void freed are paid together
 * or not at all, so the correction has the verdict of its original; any other credit is judged by itself.
 */
const linkedCreditVerdict = (item: string, links: number): string => `(
  SELECT CASE
    WHEN correction.origin <> 'correction' OR corrected${links}.status = 'settled'
      OR ${isOnLivePayout(`corrected${links}.number`)} THEN ${ownVerdict(item)}
    ELSE (
      SELECT ${verdict(`freed${links}`, links - 1)}
      FROM open_items AS freed${links}
      WHERE freed${links}.affiliate_id = ${item}.affiliate_id AND freed${links}.currency = ${item}.currency
        AND freed${links}.commission = corrected${links}.number)
  END
  FROM commissions AS correction CROSS JOIN commissions AS corrected${links}
    ON corrected${links}.number = correction.corrects
  WHERE correction.number = ${item}.commission)`;

/** The verdict on a credit as it stands by itself. */
const ownVerdict = (item: string): string => `
  CASE
    WHEN ${item}.earned_on > :to THEN ${OUT_OF_RANGE}
    WHEN :campaign IS NOT NULL AND ${item}.campaign IS NOT :campaign THEN ${OUT_OF_RANGE}
    WHEN ${item}.status = 'pending' AND (
      :policySince IS NULL OR (${item}.available_on <= :asOf AND :policySince > :asOf)) THEN ${NOT_APPROVED}
    WHEN ${item}.available_on > :asOf THEN ${ON_HOLD}
    WHEN ${item}.earned_on < :from THEN ${EARNED_EARLIER}
    ELSE ${PAID}
  END`;

/** The verdict on an open credit: the first reason that fits, or PAID. */
const creditVerdict = (item: string, links: number): string => `
  CASE
    WHEN ${correctsNothing(item)} THEN NULL
    WHEN affiliate.status = 'blocked' AND :anyAffiliateStatus = 0 THEN ${BLOCKED}
    WHEN affiliate.status = 'paused' AND :anyAffiliateStatus = 0 THEN ${PAUSED}
    ${links === 0 ? '' : `WHEN ${item}.corrects IS NOT NULL THEN ${linkedCreditVerdict(item, links)}`}
    ELSE ${ownVerdict(item)}
  END`;

/**
 * A debit is netted whatever the range or campaign. One that takes back a commission which is itself still
 * open is paid only together with it; one whose commission was rejected unpaid is owed to nobody.
 *
 * @param links how many links are followed: a correction may be of a debit, which takes back a credit. There
 * is no longer chain, because a source names credits only and corrections are not corrected.
 */
const debitVerdict = (item: string, links: number): string => `
  CASE
    WHEN ${item}.status <> 'approved' OR ${item}.earned_on > :debitsUntil THEN NULL
    WHEN affiliate.status IN ('blocked', 'paused') AND :anyAffiliateStatus = 0 THEN NULL
    WHEN ${item}.corrects IS NULL THEN ${PAID}
    ELSE ${links === 0 ? PAID : linkedVerdict(item, links)}
  END`;

const linkedVerdict = (item: string, links: number): string => `(
  SELECT CASE
    WHEN original${links}.status = 'rejected' THEN NULL
    WHEN original${links}.status = 'settled' THEN ${PAID}
    WHEN ${isOnLivePayout(`original${links}.number`)} THEN ${PAID}
    WHEN (
      SELECT ${verdict(`partner${links}`, links - 1)}
      FROM open_items AS partner${links}
      WHERE partner${links}.affiliate_id = ${item}.affiliate_id AND partner${links}.currency = ${item}.currency
        AND partner${links}.commission = original${links}.number) = ${PAID} THEN ${PAID}
    ELSE NULL
  END
  FROM commissions AS original${links}
  WHERE original${links}.number = ${item}.corrects)`;

const verdict = (item: string, links: number): string =>
  `CASE WHEN ${item}.amount > 0 THEN ${creditVerdict(item, links)} ELSE ${debitVerdict(item, links)} END`;

export const VERDICT = verdict('item', 2);
