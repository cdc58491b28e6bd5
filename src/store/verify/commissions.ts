/** Commissions: what is unpaid, what takes what back, and what their sources and operators said of them. */
import { hasCorrection, isOnLivePayout } from '../corrections.js';
import { moneyName, sqlCheck, type Check } from './check.js';

const IS_DUE = `
  due.amount <> 0 AND due.status IN ('pending', 'approved')
    AND NOT EXISTS (
      SELECT 1 FROM payout_lines AS line
      CROSS JOIN payouts AS payout ON payout.number = line.payout AND payout.status <> 'void'
      WHERE line.commission = due.number AND line.released_on IS NULL)`;

const OPEN_ITEMS_AGREE = sqlCheck({
  name: 'open_items_agree',
  rule: 'Every commission that is not zero, pending or approved and on no live payout is an open item exactly once, and nothing else is.',
  count: 'SELECT count(*) AS checked FROM commissions',
  problems: `
    SELECT due.id AS subject, due.id || iif(item.commission IS NULL, ' is unpaid, but it is no open item',
      ' is an open item that differs from its commission') AS message
    FROM commissions AS due LEFT JOIN open_items AS item ON item.affiliate_id = due.affiliate_id
      AND item.currency = due.currency AND item.commission = due.number
    WHERE ${IS_DUE} AND (item.commission IS NULL
      OR (item.amount, item.status, item.available_on, item.earned_on, item.campaign, item.corrects)
        IS NOT (due.amount, due.status, due.available_on, due.earned_on, due.campaign, due.corrects))
    UNION ALL
    SELECT coalesce(commission.id, item.commission), coalesce(commission.id, 'commission ' || item.commission)
      || ' is an open item, but it is not unpaid'
    FROM open_items AS item LEFT JOIN commissions AS commission ON commission.number = item.commission
    WHERE NOT EXISTS (
      SELECT 1 FROM commissions AS due
      WHERE due.number = item.commission AND due.affiliate_id = item.affiliate_id
        AND due.currency = item.currency AND ${IS_DUE})`,
});

const LINKS_AGREE = sqlCheck({
  name: 'links_agree',
  rule: 'What takes a commission back or corrects it is of the same affiliate and currency and not that commission itself; a correction is of an original, a clawback if it is negative and an adjustment if not, available when it was earned.',
  count: 'SELECT count(*) AS checked FROM commissions WHERE corrects IS NOT NULL',
  problems: `
    SELECT debit.id AS subject, debit.id || ' takes back ' || original.id || ', which is '
      || iif(debit.number = original.number, 'itself', 'of another affiliate or currency') AS message
    FROM commissions AS debit CROSS JOIN commissions AS original ON original.number = debit.corrects
    WHERE debit.corrects IS NOT NULL AND (debit.number = original.number
      OR debit.affiliate_id <> original.affiliate_id OR debit.currency <> original.currency)
    UNION ALL
    SELECT correction.id, correction.id || ' corrects ' || original.id || ', but ' || CASE
        WHEN original.origin = 'correction' THEN 'that is a correction itself'
        WHEN correction.amount = 0 THEN 'by nothing'
        WHEN correction.kind <> iif(correction.amount < 0, 'clawback', 'adjustment')
          THEN 'it is a ' || correction.kind
        ELSE 'its days are not one' END
    FROM commissions AS correction CROSS JOIN commissions AS original ON original.number = correction.corrects
    WHERE correction.corrects IS NOT NULL AND correction.origin = 'correction'
      AND (original.origin = 'correction' OR correction.amount = 0
        OR correction.kind <> iif(correction.amount < 0, 'clawback', 'adjustment')
        OR correction.earned_at <> correction.earned_on OR correction.available_on <> correction.earned_on)`,
});

const MADE_IDS_GAPLESS = sqlCheck({
  name: 'made_ids_gapless',
  rule: 'The ids that payrun makes have no gap: ADJ~000001 and so on for what operators added, and c1~1, c1~2 and so on for the corrections of c1; no id of a source holds a ~.',
  count: 'SELECT count(*) AS checked FROM commissions',
  problems: `
    SELECT id AS subject, id || ' is an id of payrun, but the commission is of a source' AS message
    FROM commissions WHERE origin = 'source' AND instr(id, '~') > 0
    UNION ALL
    SELECT id, id || ' should be ' || due FROM (
      SELECT id, printf('ADJ~%06d', row_number() OVER (ORDER BY number)) AS due
      FROM commissions WHERE origin = 'operator')
    WHERE id <> due
    UNION ALL
    SELECT id, id || ' should be ' || due FROM (
      SELECT correction.id, original.id || '~' || row_number() OVER (
        PARTITION BY correction.corrects ORDER BY correction.number) AS due
      FROM commissions AS correction CROSS JOIN commissions AS original ON original.number = correction.corrects
      WHERE correction.corrects IS NOT NULL AND correction.origin = 'correction')
    WHERE id <> due`,
});

/**
 * The amount that the source said last, in minor units; its own where no source knows it. A formatted amount
 * has all the decimals of its currency, so that its digits are the minor units.
 */
const OWN = "coalesce(CAST(replace(commission.said ->> '$.amount', '.', '') AS INTEGER), commission.amount)";

/**
 * What each commission is to come to with its corrections, in minor units; null where nothing can be said of
 * it: what is unpaid and rejected is owed to nobody, whatever its corrections are. Of most commissions their
 * source says just what they are; those are left out first, because it is quick.
 */
const TARGETS = `
  SELECT number, id, currency, amount, corrected, CASE
      WHEN status = 'settled' OR (status = 'rejected' AND live = 0) OR said_status = 'settled' THEN NULL
      WHEN NOT live AND corrected IS NULL THEN own
      WHEN decided = 'rejected' OR (decided IS NULL AND said_status = 'rejected') THEN 0
      ELSE own END AS target
  FROM (
    SELECT commission.number, commission.id, commission.currency, commission.amount, commission.status, commission.decided,
      commission.said ->> '$.status' AS said_status, ${OWN} AS own, ${isOnLivePayout('commission.number')} AS live,
      (SELECT sum(correction.amount) FROM commissions AS correction
        WHERE correction.corrects = commission.number AND correction.origin = 'correction'
          AND correction.status <> 'rejected') AS corrected
    FROM commissions AS commission
    WHERE commission.origin <> 'correction' AND iif(commission.said IS NULL, 1, json_valid(commission.said))
      AND (${OWN} <> commission.amount OR commission.said ->> '$.status' = 'rejected'
        OR commission.decided IS NOT NULL OR ${hasCorrection('commission.number')})
    LIMIT -1)`;

/** What payrun itself pays for the corrections of a commission that was paid elsewhere. */
const PAID_FOR_SETTLED = `
  SELECT correction.corrects AS commission, sum(correction.amount) AS amount
  FROM commissions AS correction CROSS JOIN commissions AS original ON original.number = correction.corrects
  WHERE correction.corrects IS NOT NULL AND correction.origin = 'correction'
    AND original.status = 'settled' AND correction.status IN ('pending', 'approved')
  GROUP BY correction.corrects`;

const COMMISSIONS_AS_SAID = sqlCheck({
  name: 'commissions_as_said',
  rule: 'A commission and its corrections come to what its source said last, to 0 if an operator rejected it after it was paid (or its source did), and for payrun to 0 once it was paid elsewhere; affiliate, currency and kind are as its source said.',
  count: "SELECT count(*) AS checked FROM commissions WHERE origin <> 'correction'",
  problems: `
    SELECT id AS subject, id || ' comes to ' || ${moneyName('(amount + coalesce(corrected, 0))', 'currency')}
      || ' with its corrections, and should come to ' || ${moneyName('target', 'currency')} AS message
    FROM (${TARGETS}) AS commission
    WHERE amount + coalesce(corrected, 0) <> target
      -- A line that differs from its commission is the matter of payout_equals_lines.
      AND NOT EXISTS (SELECT 1 FROM payout_lines AS line
        WHERE line.commission = commission.number AND line.released_on IS NULL AND line.amount <> commission.amount)
    UNION ALL
    SELECT original.id, original.id || ' was paid elsewhere, but its corrections still come to '
      || ${moneyName('paid.amount', 'original.currency')} || ' here'
    FROM (${PAID_FOR_SETTLED}) AS paid CROSS JOIN commissions AS original ON original.number = paid.commission
    WHERE paid.amount <> 0
    UNION ALL
    SELECT id, id || ' is of another affiliate, currency or kind than its source said'
    FROM (
      SELECT number, id FROM commissions
      WHERE said IS NOT NULL AND json_valid(said) AND (affiliate_id <> said ->> '$.affiliate_id'
        OR currency <> said ->> '$.currency' OR kind <> said ->> '$.kind')
      LIMIT -1) AS other
    -- What is on a live payout and differs from it is the matter of payout_equals_lines.
    WHERE NOT ${isOnLivePayout('other.number')}`,
});

const DECISIONS_STAND = sqlCheck({
  name: 'decisions_stand',
  rule: 'What an operator decided of a commission that is unpaid and uncorrected is its status: rejected, or approved (or settled since).',
  count: 'SELECT count(*) AS checked FROM commissions WHERE decided IS NOT NULL',
  problems: `
    SELECT id AS subject, id || ' was ' || decided || ' by an operator, but is ' || status AS message
    FROM commissions AS commission
    WHERE decided IS NOT NULL
      AND iif(decided = 'rejected', status <> 'rejected', status NOT IN ('approved', 'settled'))
      AND NOT ${isOnLivePayout('commission.number')}
      AND NOT EXISTS (SELECT 1 FROM commissions AS correction
        WHERE correction.corrects = commission.number AND correction.origin = 'correction')`,
});

export const COMMISSION_CHECKS: readonly Check[] = [
  OPEN_ITEMS_AGREE,
  LINKS_AGREE,
  MADE_IDS_GAPLESS,
  COMMISSIONS_AS_SAID,
  DECISIONS_STAND,
];
