/** What holds of single values, whatever they are about: rows in a row, days, amounts, settings, JSON. */
import { currencyCodes } from '../../core/currencies.js';
import { PayrunError, UsageError } from '../../core/errors.js';
import { findSetting } from '../../core/settings.js';
import { answerText, DEFLATED } from '../idempotency.js';
import type { Reader } from '../ledger.js';
import { batchName, countRows, exportName, runName, sqlCheck, type Check, type Problem } from './check.js';

/** Tables whose rows are numbered as they come and never deleted; the audit log has a check of its own. */
const NUMBERED = [
  'settings',
  'commissions',
  'commission_changes',
  'affiliate_changes',
  'runs',
  'payouts',
  'idempotency_keys',
  'payment_batches',
  'exports',
];

const ROWS_GAPLESS = sqlCheck({
  name: 'rows_gapless',
  rule: 'Rows that are never deleted are numbered from 1 without a gap: none was taken out.',
  count: countRows(...NUMBERED),
  problems: NUMBERED.map(
    (table) => `
    SELECT '${table}' AS subject, CASE
        WHEN number < 1 THEN 'row ${table} ' || number || ' has a number below 1'
        WHEN number - before = 2 THEN 'row ' || (before + 1) || ' of ${table} is missing'
        ELSE 'rows ' || (before + 1) || ' to ' || (number - 1) || ' of ${table} are missing' END AS message
    FROM (SELECT number, lag(number, 1, 0) OVER (ORDER BY number) AS before FROM ${table})
    WHERE number < 1 OR number <> before + 1`,
  ).join(' UNION ALL '),
});

const STEP = "'step ' || step || ' of payout ' || payout";
const ITEM = `'payout ' || payout || ' in ' || ${batchName('batch')}`;
const EXPORT = exportName('number');

/** Where JSON is kept; the requests in the audit log are under its hashes. */
const JSON_TEXTS: readonly (readonly [table: string, subject: string, column: string])[] = [
  ['commissions', 'id', 'said'],
  ['affiliates', 'id', 'said'],
  ['runs', runName('number'), 'request'],
  ['idempotency_keys', 'key', 'typed'],
  ['idempotency_keys', 'key', 'answer'],
  ['payout_history', STEP, 'pay_to'],
  ['payment_batches', batchName('number'), 'request'],
  ['payment_items', ITEM, 'details'],
  ['exports', EXPORT, 'files'],
];

const IS_DEFLATED = `answer GLOB '${DEFLATED}*'`;

const PLAIN_TEXTS = {
  count: countRows(...new Set(JSON_TEXTS.map(([table]) => table))),
  problems: JSON_TEXTS.map(
    ([table, subject, column]) => `
    SELECT ${subject} AS subject, 'the ${column} of ' || ${subject} || ' is no JSON' AS message
    FROM ${table} WHERE ${column} IS NOT NULL AND NOT json_valid(${column})
      ${column === 'answer' ? `AND NOT ${IS_DEFLATED}` : ''}`,
  ).join(' UNION ALL '),
};

/** SQL cannot inflate them. One is read at a time: it may be long. */
async function deflatedProblems(reader: Reader): Promise<Problem[]> {
  const problems: Problem[] = [];
  const numbers = await reader.all<{ number: bigint }>(
    `SELECT number FROM idempotency_keys WHERE ${IS_DEFLATED} ORDER BY number`,
  );
  for (const { number } of numbers) {
    const kept = await reader.get<{ key: string; answer: string }>(
      'SELECT key, answer FROM idempotency_keys WHERE number = :number',
      { number },
    );
    if (kept === undefined || isJson(kept)) continue;
    problems.push({ subject: kept.key, message: `the answer of ${kept.key} is no JSON` });
  }
  return problems;
}

function isJson(kept: { readonly answer: string }): boolean {
  try {
    JSON.parse(answerText(kept));
    return true;
  } catch (error) {
    if (error instanceof PayrunError || error instanceof SyntaxError) return false;
    throw error;
  }
}

const TEXTS_PARSE: Check = {
  name: 'texts_parse',
  rule: 'What is kept as JSON is JSON: what sources said, the requests of runs, the calls and answers of idempotency keys, where payouts were to go, what payment batches were asked for and sent, and the files of exports.',
  run: async (reader) => {
    const counted = await reader.get<{ checked: bigint }>(PLAIN_TEXTS.count);
    const problems = await reader.all<Problem>(PLAIN_TEXTS.problems);
    return {
      checked: Number(counted?.checked ?? 0n),
      problems: [...problems, ...(await deflatedProblems(reader))],
    };
  },
};

/** How a row is named, and its columns. */
type Dated = readonly [table: string, subject: string, columns: readonly string[]];

const change = "'change ' || number";
const BATCH_STEP = `'step ' || step || ' of ' || ${batchName('batch')}`;

const DAYS: readonly Dated[] = [
  ['settings', 'key', ['set_on']],
  ['commissions', 'id', ['earned_on', 'available_on']],
  ['commission_changes', change, ['changed_on', 'earned_before']],
  ['affiliate_changes', change, ['changed_on']],
  ['runs', runName('number'), ['from_on', 'to_on', 'as_of', 'created_on']],
  ['payouts', 'invoice_number', ['issued_on', 'from_on', 'to_on', 'paid_on', 'voided_on']],
  ['payout_lines', "'line ' || commission || ' of payout ' || payout", ['released_on']],
  ['payout_history', STEP, ['on_day']],
  ['documents', 'number', ['issued_on']],
  ['schedule_slots', 'due_on', ['due_on']],
  ['payment_batches', batchName('number'), ['execution_on', 'created_on']],
  ['payment_items', ITEM, ['outcome_on']],
  ['payment_batch_history', BATCH_STEP, ['on_day']],
  ['exports', EXPORT, ['from_on', 'to_on', 'exported_on']],
];

const INSTANTS: readonly Dated[] = [
  ['settings', 'key', ['set_at']],
  ['affiliates', 'id', ['recorded_at']],
  ['commissions', 'id', ['recorded_at']],
  ['commission_changes', change, ['changed_at']],
  ['affiliate_changes', change, ['changed_at']],
  ['runs', runName('number'), ['created_at']],
  ['payout_history', STEP, ['at']],
  ['idempotency_keys', 'key', ['at']],
  ['schedule_slots', 'due_on', ['recorded_at']],
  ['payment_batches', batchName('number'), ['created_at']],
  ['payment_batch_history', BATCH_STEP, ['at']],
  ['exports', EXPORT, ['exported_at']],
];

const complaints = (dated: readonly Dated[], wrong: (column: string) => string, what: string): string[] =>
  dated.flatMap(([table, subject, columns]) =>
    columns.map(
      (column) => `
    SELECT ${subject} AS subject, ${subject} || ': ${column} is ' || ${column} || ', ${what}' AS message
    FROM ${table} WHERE ${wrong(column)}`,
    ),
  );

/** One UTC instant is at most two days on earth, from 12 hours behind UTC to 14 ahead. */
export const canBeDay = (instant: string, day: string): string =>
  `${day} BETWEEN date(${instant}, '-12 hours') AND date(${instant}, '+14 hours')`;

/** The day on which something was recorded, beside its instant. */
const RECORDED: readonly (readonly [table: string, subject: string, at: string, on: string])[] = [
  ['settings', 'key', 'set_at', 'set_on'],
  ['commission_changes', change, 'changed_at', 'changed_on'],
  ['affiliate_changes', change, 'changed_at', 'changed_on'],
  ['runs', runName('number'), 'created_at', 'created_on'],
  ['payment_batches', batchName('number'), 'created_at', 'created_on'],
  ['exports', EXPORT, 'exported_at', 'exported_on'],
];

/** A bare date is its own day. */
const EARNED = `
  SELECT id AS subject, id || ' was earned on ' || earned_on || ', but at ' || earned_at AS message
  FROM commissions
  WHERE earned_at <> earned_on AND (length(earned_at) = 10 OR ${canBeDay('earned_at', 'earned_on')} IS NOT 1)
    AND date(earned_on) = earned_on`;

const DAYS_EXIST = sqlCheck({
  name: 'days_exist',
  rule: 'Every day is one of the calendar, every instant is ISO 8601 in UTC, and the day of what was earned or recorded at an instant is one that it was somewhere on earth.',
  count: countRows(...new Set([...DAYS, ...INSTANTS].map(([table]) => table))),
  problems: [
    ...complaints(DAYS, (day) => `date(${day}) IS NOT ${day}`, 'which is no day of the calendar'),
    ...complaints(
      INSTANTS,
      (at) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${at}) IS NOT ${at}`,
      'which is no instant of ISO 8601 in UTC',
    ),
    EARNED,
    ...RECORDED.map(
      ([table, subject, at, on]) => `
    SELECT ${subject} AS subject, ${subject} || ' was recorded at ' || ${at} || ', but on ' || ${on} AS message
    FROM ${table} WHERE date(${on}) = ${on} AND ${canBeDay(at, on)} = 0`,
    ),
  ].join(' UNION ALL '),
});

const LARGEST = '999999999999999';
const KNOWN_CURRENCY = '(SELECT value FROM json_each(:currencies))';

const MONEY_IN_BOUNDS = sqlCheck({
  name: 'money_in_bounds',
  rule: 'Every amount of one line and every minimum has at most 15 digits of minor units, and every currency is one of ISO 4217.',
  count: countRows('commissions', 'commission_changes', 'payouts', 'affiliates', 'exports'),
  problems: `
    SELECT id AS subject, id || ' has an amount of more than 15 digits' AS message FROM commissions
    WHERE amount NOT BETWEEN -${LARGEST} AND ${LARGEST} OR sale_amount NOT BETWEEN -${LARGEST} AND ${LARGEST}
    UNION ALL
    SELECT id, id || ' has a minimum of more than 15 digits' FROM affiliates WHERE minimum > ${LARGEST}
    UNION ALL
    SELECT id, id || ' is in ' || currency || ', which is no currency' FROM commissions
    WHERE currency NOT IN ${KNOWN_CURRENCY}
    UNION ALL
    SELECT 'change ' || number, 'change ' || number || ' was in ' || currency_before || ', which is no currency'
    FROM commission_changes WHERE currency_before NOT IN ${KNOWN_CURRENCY}
    UNION ALL
    SELECT ${EXPORT}, ${EXPORT} || ' is in ' || currency || ', which is no currency' FROM exports
    WHERE currency NOT IN ${KNOWN_CURRENCY}
    UNION ALL
    SELECT invoice_number, invoice_number || ' is in ' || currency || ', which is no currency' FROM payouts
    WHERE currency NOT IN ${KNOWN_CURRENCY}
    UNION ALL
    SELECT id, id || ' is paid in ' || currency || ', which is no currency' FROM affiliates
    WHERE currency NOT IN ${KNOWN_CURRENCY}
    UNION ALL
    SELECT id, id || ' has a minimum in ' || minimum_currency || ', which is no currency' FROM affiliates
    WHERE minimum_currency NOT IN ${KNOWN_CURRENCY}`,
  parameters: { currencies: JSON.stringify(currencyCodes()) },
});

/** Why a setting cannot stand as it does; null where it can. */
function settingProblem(key: string, value: string): string | null {
  try {
    const normal = findSetting(key).parse(value);
    return normal === value ? null : `it would be written as ${normal}`;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }
}

/** Without these two no other date or amount is understood. */
const ESSENTIAL = ['timezone', 'currency'];

async function settingProblems(reader: Reader): Promise<{ checked: number; problems: Problem[] }> {
  const rows = await reader.all<{ number: bigint; key: string; value: string | null }>(
    'SELECT number, key, value FROM settings ORDER BY number',
  );
  const problems = rows.flatMap(({ number, key, value }) => {
    const problem = value === null ? null : settingProblem(key, value);
    const message = `row ${number} of settings, ${key}: ${problem ?? ''}`;
    return problem === null ? [] : [{ subject: key, message }];
  });
  const missing = ESSENTIAL.filter((key) => !rows.some((row) => row.key === key)).map((key) => {
    return { subject: key, message: `the ledger has no setting ${key}` };
  });
  return { checked: rows.length, problems: [...problems, ...missing] };
}

const SETTINGS_KNOWN: Check = {
  name: 'settings_known',
  rule: 'Every setting that was ever made is one that payrun knows, with a value that it takes; time zone and currency are there.',
  run: settingProblems,
};

export const VALUE_CHECKS: readonly Check[] = [
  ROWS_GAPLESS,
  TEXTS_PARSE,
  DAYS_EXIST,
  MONEY_IN_BOUNDS,
  SETTINGS_KNOWN,
];
