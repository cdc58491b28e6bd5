/** Histories: each change begins where the one before it ended, and the last ends with what stands. */
import { AFFILIATE_FIELDS } from '../../core/affiliate.js';
import { ADDED, decimalsByCurrency, historyText, mayBeOneAccount } from '../affiliate-changes.js';
import { leftBy } from '../commission-changes.js';
import { moneyName, sqlCheck, type Check } from './check.js';

const CHANGES_IN_ORDER = `
  SELECT number, commission, status_before, status_after, amount_before, amount_after,
    lead(number) OVER later AS next_number, lead(status_before) OVER later AS next_status,
    lead(amount_before) OVER later AS next_amount
  FROM commission_changes WINDOW later AS (PARTITION BY commission ORDER BY number)`;

const COMMISSION_CHANGES_AGREE = sqlCheck({
  name: 'commission_changes_agree',
  rule: 'The changes of every commission follow each other: each begins with the status and amount with which the one before it ended, and the last ends with those that stand; what payrun itself added was approved at first.',
  count: 'SELECT count(*) AS checked FROM commission_changes',
  problems: `
    SELECT commission.id AS subject, commission.id || ': change ' || change.number || ' ends with '
      || change.status_after || ' ' || ${moneyName('change.amount_after', 'commission.currency')} || ', but '
      || iif(change.next_number IS NULL,
        'what stands is ' || commission.status || ' ' || ${moneyName('commission.amount', 'commission.currency')},
        'change ' || change.next_number || ' begins with ' || change.next_status || ' '
          || ${moneyName('change.next_amount', 'commission.currency')}) AS message
    FROM (${CHANGES_IN_ORDER}) AS change
    CROSS JOIN commissions AS commission ON commission.number = change.commission
    WHERE change.status_after IS NOT iif(change.next_number IS NULL, commission.status, change.next_status)
      OR change.amount_after IS NOT iif(change.next_number IS NULL, commission.amount, change.next_amount)
    UNION ALL
    SELECT id, id || ' was added by payrun and is ' || status || ', but no change says so'
    FROM commissions AS commission
    WHERE origin <> 'source' AND status <> 'approved'
      AND NOT EXISTS (SELECT 1 FROM commission_changes AS change WHERE change.commission = commission.number)`,
});

const MOVED = [
  ['affiliate_before', 'commission.affiliate_id'],
  ['currency_before', 'commission.currency'],
  ['earned_before', 'commission.earned_on'],
  ['corrects_before', 'coalesce(commission.corrects, 0)'],
] as const;

const MOVES_AGREE = sqlCheck({
  name: 'moves_agree',
  rule: 'What a change says a commission had before (affiliate, currency, day, what it takes back) was there and is another than what followed; when it was changed, no commission was there that is not there now, and it was itself.',
  count: 'SELECT count(*) AS checked FROM commission_changes',
  problems: [
    ...MOVED.map(
      ([column, standing]) => `
    SELECT commission.id AS subject, commission.id || ': change ' || change.number || ' says that ${column} was '
      || change.${column} || ', and so it was after it' AS message
    FROM commission_changes AS change CROSS JOIN commissions AS commission ON commission.number = change.commission
    WHERE change.${column} IS NOT NULL AND change.${column} = ${leftBy(column, standing)}`,
    ),
    `
    SELECT commission.id, commission.id || ': change ' || change.number || ' moved it from '
      || change.affiliate_before || ', who is not there'
    FROM commission_changes AS change CROSS JOIN commissions AS commission ON commission.number = change.commission
    WHERE change.affiliate_before NOT IN (SELECT id FROM affiliates)`,
    `
    SELECT commission.id, commission.id || ': change ' || change.number || ' says that it took back commission '
      || change.corrects_before || ', which is not there'
    FROM commission_changes AS change CROSS JOIN commissions AS commission ON commission.number = change.commission
    WHERE change.corrects_before <> 0 AND change.corrects_before NOT IN (SELECT number FROM commissions)`,
    `
    SELECT commission.id, commission.id || ': change ' || change.number || ' was made when commission '
      || change.commissions_before || ' was the last'
    FROM commission_changes AS change CROSS JOIN commissions AS commission ON commission.number = change.commission
    WHERE change.commissions_before NOT BETWEEN change.commission AND (SELECT max(number) FROM commissions)`,
  ].join(' UNION ALL '),
});

const STANDING = AFFILIATE_FIELDS.map(
  (field) => `WHEN '${field}' THEN ${historyText('affiliate', field)}`,
).join('\n        ');

const AFFILIATE_CHANGES_IN_ORDER = `
  SELECT number, affiliate_id, field, value_after, lead(number) OVER later AS next_number,
    lead(value_before) OVER later AS next_value
  FROM affiliate_changes WHERE field <> '${ADDED}'
  WINDOW later AS (PARTITION BY affiliate_id, field ORDER BY number)`;

const AFFILIATE_CHANGES_AGREE = sqlCheck({
  name: 'affiliate_changes_agree',
  rule: 'The changes of every field of an affiliate follow each other: each begins with the value with which the one before it ended, and the last ends with what stands.',
  count: 'SELECT count(*) AS checked FROM affiliate_changes',
  problems: `
    SELECT affiliate_id AS subject, affiliate_id || ': change ' || number || ' of ' || field || ' ends with '
      || coalesce(value_after, '(empty)') || ', but '
      || iif(next_number IS NULL, 'what stands is ', 'change ' || next_number || ' begins with ')
      || coalesce(due, '(empty)') AS message
    FROM (
      SELECT change.*, iif(change.next_number IS NOT NULL, change.next_value, CASE change.field
        ${STANDING} END) AS due
      FROM (${AFFILIATE_CHANGES_IN_ORDER}) AS change
      CROSS JOIN affiliates AS affiliate ON affiliate.id = change.affiliate_id)
    WHERE value_after IS NOT due AND NOT (field = 'payout_account' AND ${mayBeOneAccount('value_after', 'due')})
    UNION ALL
    SELECT affiliate_id, affiliate_id || ': change ' || number || ' says that ' || coalesce(value_after, 'nobody')
      || ' was added'
    FROM affiliate_changes WHERE field = '${ADDED}' AND value_after IS NOT affiliate_id`,
  parameters: { decimals: decimalsByCurrency() },
});

export const HISTORY_CHECKS: readonly Check[] = [
  COMMISSION_CHANGES_AGREE,
  MOVES_AGREE,
  AFFILIATE_CHANGES_AGREE,
];
