/** Payment batches: what they sent, the bytes of their files, and what became of each payment. */
import { createHash } from 'node:crypto';
import type { Reader } from '../ledger.js';
import { batchName, countRows, moneyName, sqlCheck, type Check, type Problem } from './check.js';

/** What became of a payment, as the last step says by which its payout was in its batch. */
const LAST_STEPS = `
  SELECT item.batch, item.payout, item.outcome, item.outcome_on, step.status, step.on_day
  FROM payment_items AS item
  CROSS JOIN payout_history AS step ON step.payout = item.payout AND step.step = (
    SELECT max(last.step) FROM payout_history AS last WHERE last.payout = item.payout AND last.batch = item.batch)`;

const PAYMENT_ITEMS_AGREE = sqlCheck({
  name: 'payment_items_agree',
  rule: 'Every payment in a batch has the amount and the currency of its payout, which was handed over by that batch once; what became of it, and when, is what the history of the payout says, and a payout is handed over by no batch in which it is not.',
  count: countRows('payment_items'),
  problems: `
    SELECT payout.invoice_number AS subject, payout.invoice_number || ' is '
      || ${moneyName('payout.amount', 'payout.currency')} || ', but ' || ${batchName('item.batch')} || ' sends '
      || ${moneyName('item.amount', 'item.currency')} AS message
    FROM payment_items AS item CROSS JOIN payouts AS payout ON payout.number = item.payout
    WHERE item.amount <> payout.amount OR item.currency <> payout.currency
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' is in ' || ${batchName('item.batch')}
      || ', but was handed over by it ' || iif(handed.count = 0, 'never', handed.count || ' times')
    FROM (
      SELECT item.batch, item.payout, (
        SELECT count(*) FROM payout_history AS step
        WHERE step.payout = item.payout AND step.batch = item.batch AND step.status = 'processing') AS count
      FROM payment_items AS item) AS handed
    CROSS JOIN payment_items AS item ON item.batch = handed.batch AND item.payout = handed.payout
    CROSS JOIN payouts AS payout ON payout.number = item.payout
    WHERE handed.count <> 1
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' was handed over by ' || ${batchName('step.batch')}
      || ', but is not in it'
    FROM payout_history AS step CROSS JOIN payouts AS payout ON payout.number = step.payout
    WHERE step.status = 'processing' AND step.batch IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM payment_items AS item WHERE item.batch = step.batch AND item.payout = step.payout)
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' in ' || ${batchName('last.batch')} || ' is '
      || coalesce(last.outcome || ' on ' || last.outcome_on, 'under way') || ', but its history says '
      || last.status || ' on ' || last.on_day
    FROM (${LAST_STEPS}) AS last CROSS JOIN payouts AS payout ON payout.number = last.payout
    WHERE CASE last.status WHEN 'processing' THEN last.outcome IS NOT NULL
      ELSE last.outcome_on IS NOT last.on_day
        OR NOT (last.outcome = last.status OR (last.outcome = 'cancelled' AND last.status = 'failed')) END`,
});

const FILES = {
  count: countRows('payment_files'),
  problems: `
    SELECT ${batchName('file.batch')} AS subject, 'file ' || file.file || ' of ' || ${batchName('file.batch')}
      || ' says ' || file.payouts || ' payouts of ' || ${moneyName('file.amount', 'file.currency')}
      || ', but has ' || coalesce(items.payouts, 0) || ' of '
      || coalesce(${moneyName('items.amount', 'items.currency')}, 'nothing') AS message
    FROM payment_files AS file
    LEFT JOIN (
      SELECT batch, file, count(*) AS payouts, sum(amount) AS amount,
        iif(min(currency) = max(currency), min(currency), 'several currencies') AS currency
      FROM payment_items GROUP BY batch, file) AS items ON items.batch = file.batch AND items.file = file.file
    WHERE (file.payouts, file.amount, file.currency) IS NOT (items.payouts, items.amount, items.currency)
    UNION ALL
    SELECT ${batchName('batch')}, 'before file ' || file || ' of ' || ${batchName('batch')} || ' one is missing'
    FROM (SELECT batch, file, lag(file, 1, 0) OVER (PARTITION BY batch ORDER BY file) AS before FROM payment_files)
    WHERE file <> before + 1
    UNION ALL
    SELECT ${batchName('number')}, ${batchName('number')} || ' has no file' FROM payment_batches
    WHERE NOT EXISTS (SELECT 1 FROM payment_files AS file WHERE file.batch = payment_batches.number)`,
};

const COUNTED = sqlCheck({ name: '', rule: '', ...FILES });

/** SQL knows no SHA-256. One file is read at a time: it may be long. */
async function changedFiles(reader: Reader): Promise<Problem[]> {
  const problems: Problem[] = [];
  const files = await reader.all<{ batch: bigint; file: bigint; name: string }>(
    `SELECT batch, file, ${batchName('batch')} AS name FROM payment_files ORDER BY batch, file`,
  );
  for (const { batch, file, name } of files) {
    const kept = await reader.get<{ sha256: string; content: string }>(
      'SELECT sha256, content FROM payment_files WHERE batch = :batch AND file = :file',
      { batch, file },
    );
    if (kept === undefined) continue;
    if (createHash('sha256').update(kept.content).digest('hex') === kept.sha256) continue;
    problems.push({ subject: name, message: `file ${file} of ${name} is not what its digest says` });
  }
  return problems;
}

const PAYMENT_FILES_AGREE: Check = {
  name: 'payment_files_agree',
  rule: 'Every payment file has the bytes that its SHA-256 digest is of, and the count, the sum and the currency of its payments; the files of a batch are numbered from 1 without a gap, and no batch is without one.',
  run: async (reader) => {
    const { checked, problems } = await COUNTED.run(reader);
    return { checked, problems: [...problems, ...(await changedFiles(reader))] };
  },
};

const PAYMENT_BATCHES_AGREE = sqlCheck({
  name: 'payment_batches_agree',
  rule: 'The history of every payment batch begins with its creation, with all its payments, and has no gap; a batch is cancelled once at most and not written after that; of a cancelled one nothing is under way, and no other has a cancelled payment.',
  count: countRows('payment_batches', 'payment_batch_history'),
  problems: `
    SELECT ${batchName('batch.number')} AS subject, ${batchName('batch.number')}
      || ' was made otherwise than its history says' AS message
    FROM payment_batches AS batch
    LEFT JOIN payment_batch_history AS step ON step.batch = batch.number AND step.step = 1
    WHERE (step.verb, step.on_day, step.at, step."by", step.os_user, step.payouts) IS NOT ('created',
      batch.created_on, batch.created_at, batch.created_by, batch.os_user,
      (SELECT count(*) FROM payment_items AS item WHERE item.batch = batch.number))
    UNION ALL
    SELECT ${batchName('step.batch')}, ${batchName('step.batch')} || ': step ' || step.step || ' (' || step.verb
      || ') cannot follow ' || coalesce('what is ' || before.verb, 'a step that is missing')
    FROM payment_batch_history AS step
    LEFT JOIN payment_batch_history AS before ON before.batch = step.batch AND before.step = step.step - 1
    WHERE step.step <> 1 AND (before.verb IS NULL OR step.verb = 'created'
      OR (step.verb IN ('cancelled', 'written') AND EXISTS (
        SELECT 1 FROM payment_batch_history AS earlier
        WHERE earlier.batch = step.batch AND earlier.step < step.step AND earlier.verb = 'cancelled')))
    UNION ALL
    SELECT ${batchName('item.batch')}, ${batchName('item.batch')} || ' is ' || iif(item.outcome IS NULL, '', 'not ')
      || 'cancelled, but ' || count(*) || ' of its payments '
      || iif(item.outcome IS NULL, 'under way', 'cancelled')
    FROM payment_items AS item
    WHERE (item.outcome IS NULL AND ${isCancelled('item.batch')})
      OR (item.outcome = 'cancelled' AND NOT ${isCancelled('item.batch')})
    GROUP BY item.batch, item.outcome`,
});

function isCancelled(batch: string): string {
  return `EXISTS (
    SELECT 1 FROM payment_batch_history AS cancelled
    WHERE cancelled.batch = ${batch} AND cancelled.verb = 'cancelled')`;
}

export const PAYMENT_CHECKS: readonly Check[] = [
  PAYMENT_ITEMS_AGREE,
  PAYMENT_FILES_AGREE,
  PAYMENT_BATCHES_AGREE,
];
