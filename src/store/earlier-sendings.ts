/** How the payouts of a batch were sent before it: what a provider says of that is not about the batch. */
import { batchId } from '../core/payment.js';
import type { EarlierSending } from '../core/reconciliation.js';
import type { Reader } from './ledger.js';

/**
 * How each earlier payment ended, in order. What was cancelled was never sent; a step that approves payment
 * details again is none of a payment.
 */
const ENDS = `
  SELECT payout.invoice_number AS invoiceNumber, step.on_day AS endedOn, step.reference, step.batch
  FROM payment_items AS item
  CROSS JOIN payouts AS payout ON payout.number = item.payout
  CROSS JOIN payout_history AS sent ON sent.payout = item.payout AND sent.batch = item.batch
    AND sent.status = 'processing'
  CROSS JOIN payout_history AS step ON step.payout = item.payout AND step.step < sent.step
    AND step.status IN ('paid', 'failed', 'returned') AND step.pay_to IS NULL
  WHERE item.batch = :batch AND NOT EXISTS (
    SELECT 1 FROM payment_items AS before
    WHERE before.batch = step.batch AND before.payout = step.payout AND before.outcome = 'cancelled')
  ORDER BY item.payout, step.step`;

interface EndRow {
  readonly invoiceNumber: string;
  readonly endedOn: string;
  readonly reference: string | null;
  readonly batch: bigint | null;
}

/** By invoice number; only those of a batch that were sent before. */
export async function earlierSendings(
  reader: Reader,
  batch: bigint,
): Promise<ReadonlyMap<string, EarlierSending>> {
  const sendings = new Map<string, EarlierSending>();
  for (const row of await reader.all<EndRow>(ENDS, { batch })) {
    const before = sendings.get(row.invoiceNumber);
    // Without a word of the provider a payment has the id of its batch.
    const isOwn = row.batch === null || row.reference === null || row.reference === batchId(row.batch);
    const last = before?.endedOn ?? row.endedOn;
    sendings.set(row.invoiceNumber, {
      endedOn: last > row.endedOn ? last : row.endedOn,
      ids: [...(before?.ids ?? []), ...(row.reference === null || isOwn ? [] : [row.reference])],
      areAllKnown: (before?.areAllKnown ?? true) && !isOwn,
    });
  }
  return sendings;
}
