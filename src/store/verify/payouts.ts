/** Payouts: their lines, what became of them, and what stands in the place of what. */
import { APPROVED_AGAIN, STEPS } from '../../core/payout.js';
import { APPROVES_AGAIN } from '../payout-steps.js';
import { batchName, moneyName, sqlCheck, type Check } from './check.js';

const PAYOUT_EQUALS_LINES = sqlCheck({
  name: 'payout_equals_lines',
  rule: 'The amount and the line count of every payout are those of its lines; a line of a live payout has the amount, the affiliate and the currency of its commission.',
  count: 'SELECT count(*) AS checked FROM payouts',
  problems: `
    SELECT payout.invoice_number AS subject,
      payout.invoice_number || ' is ' || ${moneyName('payout.amount', 'payout.currency')} || ' over '
        || payout.commissions || iif(payout.commissions = 1, ' line', ' lines') || ', but its lines are '
        || ${moneyName('coalesce(lines.amount, 0)', 'payout.currency')} || ' over ' || coalesce(lines.count, 0)
        AS message
    FROM payouts AS payout
    LEFT JOIN (SELECT payout, sum(amount) AS amount, count(*) AS count FROM payout_lines GROUP BY payout) AS lines
      ON lines.payout = payout.number
    WHERE payout.amount IS NOT lines.amount OR payout.commissions IS NOT lines.count
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' has a line that differs from its commission '
      || commission.id
    FROM payout_lines AS line
    CROSS JOIN payouts AS payout ON payout.number = line.payout
    CROSS JOIN commissions AS commission ON commission.number = line.commission
    WHERE line.released_on IS NULL
      AND (line.amount <> commission.amount OR commission.affiliate_id <> payout.affiliate_id
        OR commission.currency <> payout.currency)`,
});

const ONE_LIVE_PAYOUT = sqlCheck({
  name: 'one_live_payout',
  rule: 'No commission is on two live payouts; the lines of a void payout are released, on the day of its void, and those of a live one are not.',
  count: 'SELECT count(*) AS checked FROM payout_lines',
  problems: `
    SELECT commission.id AS subject, commission.id || ' is on ' || live.count || ' live payouts' AS message
    FROM (
      SELECT line.commission, count(*) AS count
      FROM payout_lines AS line NOT INDEXED
      CROSS JOIN payouts AS payout ON payout.number = line.payout AND payout.status <> 'void'
      GROUP BY line.commission HAVING count(*) > 1) AS live
    CROSS JOIN commissions AS commission ON commission.number = live.commission
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' is ' || payout.status || ', but '
      || count(*) || ' of its lines are ' || iif(payout.status = 'void', 'not released', 'released')
    FROM payout_lines AS line NOT INDEXED
    CROSS JOIN payouts AS payout ON payout.number = line.payout
    WHERE (payout.status = 'void') <> (line.released_on IS NOT NULL)
    GROUP BY payout.number
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' was voided on ' || payout.voided_on || ', but '
      || count(*) || ' of its lines were released on another day'
    FROM payouts AS payout CROSS JOIN payout_lines AS line ON line.payout = payout.number
    WHERE payout.status = 'void' AND line.released_on <> payout.voided_on
    GROUP BY payout.number`,
});

/**
 * What is on a live payout is never edited, so that its run can be asked again for each line. A correction
 * that gives back was perhaps paid with its original, whatever its own days are.
 */
const LINES_WERE_PAYABLE = sqlCheck({
  name: 'lines_were_payable',
  rule: 'What is on a live payout is approved; its credits (but for corrections) were available by the cut-off of their run, earned in its range and of its campaign, and its debits were earned by then.',
  count: 'SELECT count(*) AS checked FROM payout_lines WHERE released_on IS NULL',
  problems: `
    SELECT commission.id AS subject, commission.id || ' is on ' || payout.invoice_number || ', but ' || CASE
        WHEN commission.status <> 'approved' THEN 'it is ' || commission.status
        WHEN commission.amount < 0 THEN 'it was earned on ' || commission.earned_on || ', after its run'
        WHEN commission.available_on > run.as_of
          THEN 'it was available on ' || commission.available_on || ', after ' || run.as_of
        WHEN run.campaign IS NOT NULL AND commission.campaign IS NOT run.campaign THEN 'it is of another campaign'
        ELSE 'it was earned on ' || commission.earned_on || ', outside of the range of its run' END AS message
    FROM payout_lines AS line
    CROSS JOIN commissions AS commission ON commission.number = line.commission
    CROSS JOIN payouts AS payout ON payout.number = line.payout
    CROSS JOIN runs AS run ON run.number = payout.run
    WHERE line.released_on IS NULL AND (commission.status <> 'approved' OR CASE
      WHEN commission.amount < 0 THEN commission.earned_on > max(run.as_of, run.created_on)
      WHEN commission.origin = 'correction' THEN 0
      ELSE commission.available_on > run.as_of OR commission.earned_on > run.to_on
        OR commission.earned_on < coalesce(run.from_on, '')
        OR (run.campaign IS NOT NULL AND commission.campaign IS NOT run.campaign) END)`,
});

/** The transition table of `core/payout.ts` as rows. */
const STEP_ROWS = STEPS.map(([from, to]) => `('${from}', '${to}')`).join(', ');

/** A status may stand once more where somebody said yes to payment details that were changed. */
const REPEATS = `
  step.status = before.status AND step.pay_to IS NOT NULL
  AND step.status IN (${APPROVED_AGAIN.map((status) => `'${status}'`).join(', ')})`;

const HISTORY_AGREES = sqlCheck({
  name: 'history_agrees',
  rule: 'The history of every payout begins with open, goes on only by transitions that there are, or stays where payment details are approved again, and ends with its status; a payout has a day of payment exactly when it is paid.',
  count: 'SELECT count(*) AS checked FROM payouts',
  problems: `
    SELECT payout.invoice_number AS subject,
      payout.invoice_number || ' is ' || payout.status || ', but its history says '
        || coalesce((SELECT status FROM payout_history WHERE payout = payout.number ORDER BY step DESC LIMIT 1),
          'nothing') AS message
    FROM payouts AS payout
    WHERE payout.status IS NOT (
        SELECT status FROM payout_history AS step WHERE step.payout = payout.number ORDER BY step DESC LIMIT 1)
      OR 'open' IS NOT (
        SELECT status FROM payout_history AS step WHERE step.payout = payout.number AND step.step = 1)
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' went from ' || coalesce(before.status, 'nothing')
      || ' to ' || step.status || ', which no command does'
    FROM payout_history AS step
    CROSS JOIN payouts AS payout ON payout.number = step.payout
    LEFT JOIN payout_history AS before ON before.payout = step.payout AND before.step = step.step - 1
    WHERE step.step > 1 AND (before.status IS NULL
      OR ((before.status, step.status) NOT IN (VALUES ${STEP_ROWS}) AND NOT (${REPEATS})))
    UNION ALL
    SELECT invoice_number, invoice_number || ' is ' || status || ', but its day of payment is '
      || coalesce(paid_on, 'missing')
    FROM payouts WHERE (status = 'paid') <> (paid_on IS NOT NULL)`,
});

/**
 * The last step of the kinds that set or clear the reference of a payout. Approving, failing and voiding
 * leave it.
 */
const STANDING_REFERENCE = `(
  SELECT iif(step.status = 'returned', NULL, step.reference) FROM payout_history AS step
  WHERE step.payout = payout.number AND step.status IN ('processing', 'paid', 'returned')
  ORDER BY step.step DESC LIMIT 1)`;

const lastDayOf = (status: string): string => `(
  SELECT step.on_day FROM payout_history AS step
  WHERE step.payout = payout.number AND step.status = '${status}' ORDER BY step.step DESC LIMIT 1)`;

const STEPS_AGREE = sqlCheck({
  name: 'steps_agree',
  rule: 'The first step of a payout is that of its run; every other lies between the day of issue and the day on which it was recorded, and not before the payment, failure or return that it follows; the days of payment and of void and the reference are those of the steps.',
  count: 'SELECT count(*) AS checked FROM payout_history',
  problems: `
    SELECT payout.invoice_number AS subject,
      payout.invoice_number || ' was made otherwise than its first step says' AS message
    FROM payouts AS payout
    CROSS JOIN runs AS run ON run.number = payout.run
    CROSS JOIN payout_history AS step ON step.payout = payout.number AND step.step = 1
    WHERE (step.on_day, step.at, step."by", step.os_user)
      IS NOT (payout.issued_on, run.created_at, run.created_by, run.os_user)
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ': step ' || step.step || ' (' || step.status || ') is of '
      || coalesce(step.on_day, 'no day') || CASE
        WHEN step.on_day > date(step.at, '+14 hours') THEN ', after it was recorded at ' || step.at
        WHEN step.on_day < payout.issued_on THEN ', before the day of issue'
        WHEN step.on_day < before.on_day THEN ', before the step that it follows'
        ELSE '' END
    FROM payout_history AS step
    CROSS JOIN payouts AS payout ON payout.number = step.payout
    LEFT JOIN payout_history AS before ON before.payout = step.payout AND before.step = step.step - 1
    WHERE step.step > 1 AND (step.on_day IS NULL OR step.on_day < payout.issued_on
      OR step.on_day > date(step.at, '+14 hours')
      OR (before.status IN ('paid', 'failed', 'returned') AND step.on_day < before.on_day))
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' was ' || payout.status || ' on '
      || coalesce(payout.paid_on, payout.voided_on) || ', but its history says another day'
    FROM payouts AS payout
    WHERE (payout.status = 'paid' AND payout.paid_on <> ${lastDayOf('paid')})
      OR (payout.status = 'void' AND payout.voided_on <> ${lastDayOf('void')})
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' has the reference '
      || coalesce(payout.reference, '(none)') || ', but its history says '
      || coalesce(${STANDING_REFERENCE}, '(none)')
    FROM payouts AS payout WHERE payout.reference IS NOT ${STANDING_REFERENCE}`,
});

const HISTORY_NUMBERS = sqlCheck({
  name: 'history_numbers',
  rule: 'The steps of all payouts are numbered from 1 without a gap in the order in which they were recorded, those of one payout in their own order; each had seen no fewer changes of commissions than the one before, and none that is not there.',
  count: 'SELECT count(*) AS checked FROM payout_history',
  problems: `
    SELECT payout.invoice_number AS subject, payout.invoice_number || ': step ' || step.step || ' has '
      || iif(step.number <> step.earlier + 1,
        'the number ' || step.number || ', but the one before it is ' || step.earlier,
        'seen change ' || step.changes_before || ', but the steps before it change ' || step.seen) AS message
    FROM (
      SELECT payout, step, number, changes_before, lag(number, 1, 0) OVER recorded AS earlier,
        max(changes_before) OVER (recorded ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS seen
      FROM payout_history WHERE number IS NOT NULL WINDOW recorded AS (ORDER BY number)) AS step
    CROSS JOIN payouts AS payout ON payout.number = step.payout
    WHERE step.number <> step.earlier + 1 OR step.changes_before < step.seen
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ': step ' || step.step || ' has no number'
    FROM payout_history AS step CROSS JOIN payouts AS payout ON payout.number = step.payout
    WHERE step.number IS NULL
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ': step ' || step.step || ' is numbered before step '
      || before.step
    FROM payout_history AS step
    CROSS JOIN payout_history AS before ON before.payout = step.payout AND before.step = step.step - 1
    CROSS JOIN payouts AS payout ON payout.number = step.payout
    WHERE step.number < before.number
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ': step ' || step.step || ' had seen change '
      || step.changes_before || ', which is not there'
    FROM payout_history AS step CROSS JOIN payouts AS payout ON payout.number = step.payout
    WHERE step.changes_before NOT BETWEEN 0 AND (SELECT coalesce(max(number), 0) FROM commission_changes)`,
});

/** Whether a step says what became of money that was handed over. */
const IS_OUTCOME = `(step.status IN ('paid', 'failed', 'returned') AND NOT ${APPROVES_AGAIN})`;

const handoverName = (method: string, batch: string): string =>
  `coalesce(${method}, 'no method') || coalesce(' in ' || ${batchName(batch)}, '')`;

const HANDOVERS_AGREE = sqlCheck({
  name: 'handovers_agree',
  rule: 'What was paid, failed or came back was so by the method and the payment batch by which it was handed over, and no other step has them; a batch hands over by its own method. Where the money was to go stands at issue and approval, also where that was given again, and at no other step.',
  count: 'SELECT count(*) AS checked FROM payout_history',
  problems: `
    SELECT payout.invoice_number AS subject, payout.invoice_number || ': step ' || step.step || ' (' || step.status
      || ') is by ' || ${handoverName('step.method', 'step.batch')} || ', which should be '
      || ${handoverName('step.due_method', 'step.due_batch')} AS message
    FROM (
      SELECT step.payout, step.step, step.status, step.method, step.batch,
        CASE WHEN step.status = 'processing' THEN coalesce(batch.method, step.method)
          WHEN ${IS_OUTCOME} THEN handover.method END AS due_method,
        CASE WHEN step.status = 'processing' THEN step.batch WHEN ${IS_OUTCOME} THEN handover.batch END AS due_batch
      FROM payout_history AS step
      LEFT JOIN payment_batches AS batch ON batch.number = step.batch
      LEFT JOIN payout_history AS handover ON handover.payout = step.payout AND handover.step = (
        SELECT max(before.step) FROM payout_history AS before
        WHERE before.payout = step.payout AND before.status = 'processing' AND before.step < step.step)) AS step
    CROSS JOIN payouts AS payout ON payout.number = step.payout
    WHERE (step.method, step.batch) IS NOT (step.due_method, step.due_batch)
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ': step ' || step.step || ' (' || step.status || ') says '
      || iif(step.pay_to IS NULL, 'not ', '') || 'where the money was to go'
    FROM payout_history AS step
    CROSS JOIN payouts AS payout ON payout.number = step.payout
    LEFT JOIN payout_history AS before ON before.payout = step.payout AND before.step = step.step - 1
    WHERE iif(step.pay_to IS NULL, step.status IN ('open', 'approved'),
      step.status NOT IN ('open', 'approved') AND NOT coalesce(${REPEATS}, 0))`,
});

const REDO_AGREES = sqlCheck({
  name: 'redo_agrees',
  rule: 'A payout that replaces another is of the same affiliate and currency, range, campaign and override, was made after it, and the other was voided on that day.',
  count: 'SELECT count(*) AS checked FROM payouts WHERE replaces IS NOT NULL',
  problems: `
    SELECT payout.invoice_number AS subject, payout.invoice_number || ' replaces ' || other.invoice_number
      || ', which is ' || CASE
        WHEN other.status <> 'void' THEN other.status
        WHEN other.number >= payout.number THEN 'not older'
        WHEN other.affiliate_id <> payout.affiliate_id OR other.currency <> payout.currency
          THEN 'of another affiliate or currency'
        WHEN other.voided_on <> payout.issued_on THEN 'void since ' || other.voided_on
        ELSE 'of another range, campaign or override' END AS message
    FROM payouts AS payout
    CROSS JOIN payouts AS other ON other.number = payout.replaces
    CROSS JOIN runs AS run ON run.number = payout.run
    CROSS JOIN runs AS earlier ON earlier.number = other.run
    WHERE payout.replaces IS NOT NULL AND (other.status <> 'void' OR other.number >= payout.number
      OR other.affiliate_id <> payout.affiliate_id OR other.currency <> payout.currency
      OR other.voided_on <> payout.issued_on
      OR (other.from_on, other.to_on, earlier.campaign, earlier.override_minimum)
        IS NOT (payout.from_on, payout.to_on, run.campaign, run.override_minimum))`,
});

export const PAYOUT_CHECKS: readonly Check[] = [
  PAYOUT_EQUALS_LINES,
  ONE_LIVE_PAYOUT,
  LINES_WERE_PAYABLE,
  HISTORY_AGREES,
  STEPS_AGREE,
  HISTORY_NUMBERS,
  HANDOVERS_AGREE,
  REDO_AGREES,
];
