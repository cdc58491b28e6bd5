/** Runs: their payouts, their totals, and the slots of the schedule that they were made for. */
import { runName, sqlCheck, type Check } from './check.js';

const RUN = runName('run.number');

const PAYOUTS_OF_RUN = sqlCheck({
  name: 'payouts_of_run',
  rule: 'Every run made payouts, issued on its day, of its range, and of the affiliate and currency that it was asked for, made and numbered in the order of runs, affiliates and currencies; none was made as of a day to come.',
  count: 'SELECT count(*) AS checked FROM payouts',
  problems: `
    SELECT ${RUN} AS subject, ${RUN} || ' made no payout' AS message
    FROM runs AS run WHERE NOT EXISTS (SELECT 1 FROM payouts WHERE payouts.run = run.number)
    UNION ALL
    SELECT ${RUN}, ${RUN} || ' of ' || run.created_on || ' was made as of a day to come, ' || run.as_of
    FROM runs AS run WHERE run.as_of > run.created_on
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' differs from its run ' || ${RUN} || ' in '
      || CASE
        WHEN payout.issued_on <> run.created_on THEN 'the day of issue'
        WHEN run.affiliate_id <> payout.affiliate_id THEN 'the affiliate'
        WHEN run.currency <> payout.currency THEN 'the currency'
        ELSE 'the range' END
    FROM payouts AS payout CROSS JOIN runs AS run ON run.number = payout.run
    WHERE payout.issued_on <> run.created_on OR (payout.from_on, payout.to_on) IS NOT (run.from_on, run.to_on)
      OR run.affiliate_id <> payout.affiliate_id OR run.currency <> payout.currency
    UNION ALL
    SELECT invoice_number, invoice_number || ' is not in the order of runs, affiliates and currencies'
    FROM (
      SELECT invoice_number, run, affiliate_id, currency, lag(run) OVER made AS run_before,
        lag(affiliate_id) OVER made AS affiliate_before, lag(currency) OVER made AS currency_before
      FROM payouts WINDOW made AS (ORDER BY number))
    WHERE (run, affiliate_id, currency) <= (run_before, affiliate_before, currency_before)`,
});

const RUN_TOTALS_AGREE = sqlCheck({
  name: 'run_totals_agree',
  rule: 'The totals of every run are those of its payouts.',
  count: 'SELECT count(*) AS checked FROM runs',
  problems: `
    SELECT ${runName('run.number')} AS subject,
      ${runName('run.number')} || ' has totals that differ from its payouts' AS message
    FROM runs AS run
    WHERE (SELECT json_group_array(json_array(currency, payouts, commissions, amount) ORDER BY currency)
        FROM run_totals WHERE run_totals.run = run.number)
      <> (SELECT json_group_array(json_array(currency, payouts, commissions, amount) ORDER BY currency)
        FROM (SELECT currency, count(*) AS payouts, sum(commissions) AS commissions, sum(amount) AS amount
          FROM payouts WHERE payouts.run = run.number GROUP BY currency))`,
});

const IS_SCHEDULED_REQUEST = `
  (run.kind, run.from_on, run.to_on, run.as_of, run.affiliate_id, run.campaign, run.override_minimum, run.currency)
    IS ('scheduled', NULL, slot.due_on, slot.due_on, NULL, NULL, 0, NULL)`;

const SLOTS_AGREE = sqlCheck({
  name: 'slots_agree',
  rule: 'Every slot is a Monday or a 1st, as its schedule was set, and was recorded no earlier; one that was paid has a run of everything as of that day, and no scheduled run is without one; one that was superseded names a later one that was run.',
  count: 'SELECT count(*) AS checked FROM schedule_slots',
  problems: `
    SELECT slot.due_on AS subject, 'the slot of ' || slot.due_on || ' is no day of a ' || slot.frequency
      || ' schedule' AS message
    FROM schedule_slots AS slot
    WHERE CASE slot.frequency WHEN 'weekly' THEN strftime('%w', slot.due_on) <> '1'
      ELSE substr(slot.due_on, 9) <> '01' END
    UNION ALL
    SELECT slot.due_on, 'the slot of ' || slot.due_on || ' is of a ' || slot.frequency
      || ' schedule, which was not set before it'
    FROM schedule_slots AS slot LEFT JOIN settings AS setting ON setting.number = slot.setting
    WHERE (setting.key, setting.value) IS NOT ('schedule.frequency', slot.frequency)
      OR setting.set_on > slot.due_on
    UNION ALL
    SELECT slot.due_on, 'the slot of ' || slot.due_on || ' was recorded before its day, at ' || slot.recorded_at
    FROM schedule_slots AS slot WHERE slot.due_on > date(slot.recorded_at, '+14 hours')
    UNION ALL
    SELECT slot.due_on, 'the slot of ' || slot.due_on || ' was paid by ' || ${RUN} || ', which is '
      || iif(run.kind = 'scheduled', 'of another day or asked for less', 'no scheduled run')
    FROM schedule_slots AS slot CROSS JOIN runs AS run ON run.number = slot.run
    WHERE NOT (${IS_SCHEDULED_REQUEST})
    UNION ALL
    SELECT ${RUN}, ${RUN} || ' was scheduled, but no slot names it'
    FROM runs AS run
    WHERE run.kind = 'scheduled' AND NOT EXISTS (SELECT 1 FROM schedule_slots AS slot WHERE slot.run = run.number)
    UNION ALL
    SELECT slot.due_on, 'the slot of ' || slot.due_on || ' gave way to that of ' || later.due_on
      || ', which gave way itself'
    FROM schedule_slots AS slot CROSS JOIN schedule_slots AS later
      ON later.due_on = slot.superseded_by AND later.setting = slot.setting
    WHERE later.outcome = 'superseded'`,
});

export const RUN_CHECKS: readonly Check[] = [PAYOUTS_OF_RUN, RUN_TOTALS_AGREE, SLOTS_AGREE];
