/** A ledger with something of everything, for seeing what its checks make of damage. */
import { createHash } from 'node:crypto';
import { adjust } from '../../src/app/adjust.js';
import { decideAffiliate } from '../../src/app/affiliate-status.js';
import { changePayouts } from '../../src/app/change-payouts.js';
import { decideCommissions } from '../../src/app/decide-commissions.js';
import { editAffiliate } from '../../src/app/edit-affiliates.js';
import { generate } from '../../src/app/generate.js';
import { runSchedule } from '../../src/app/schedule.js';
import { write } from '../../src/app/work.js';
import { insertExport, readMarks } from '../../src/store/exports.js';
import {
  cancelPayments,
  insertBatch,
  nextBatchNumber,
  paymentCandidates,
  recordBatchStep,
} from '../../src/store/payments.js';
import { takeStep } from '../../src/store/payout-steps.js';
import { affiliate, SampleLedger } from './sample-ledger.js';

/** INV-2026-000001 to 6: three live payouts of aff_1, one void of aff_2, one of aff_3 that was redone. */
async function firstPayouts(sample: SampleLedger): Promise<void> {
  await sample.commissions(
    { id: 'c1', amount: 1000n },
    { id: 'c2', amount: 1000n, currency: 'EUR' },
    { id: 'c3', amount: 500n, affiliateId: 'aff_2' },
  );
  await sample.generate();
  await sample.commissions(
    { id: 'c4', amount: 1000n },
    { id: 'c5', amount: 700n, affiliateId: 'aff_3', status: 'pending' },
    { id: 'c6', amount: 0n },
    { id: 'c7', amount: 900n, status: 'rejected' },
  );
  await sample.generate({ affiliateId: 'aff_1' });
  await sample.void('INV-2026-000003');
  await sample.commissions({ id: 'c8', amount: 300n, affiliateId: 'aff_3', currency: 'EUR' });
  await sample.generate({ affiliateId: 'aff_3' });
  await sample.redo('INV-2026-000005');
}

/** INV-2026-000007 to 11, of aff_4: paid after a return, approved, processing, failed, returned. */
async function everyStatus(sample: SampleLedger): Promise<void> {
  for (const [campaign, amount] of Object.entries({ p: 100n, q: 200n, r: 300n, s: 400n, t: 500n })) {
    await sample.commissions({ id: `c-${campaign}`, amount, affiliateId: 'aff_4', campaign });
    await sample.generate({ campaign });
  }
  const rest = { reason: null, date: null, includeCorrected: false };
  const step = (verb: 'process' | 'pay', invoice: string, reference: string) =>
    changePayouts(sample.work, { ...rest, verb, selection: selected(invoice), reference });
  await step('pay', 'INV-2026-000007', 'B1');
  await sample.change('return', 'INV-2026-000007');
  await step('pay', 'INV-2026-000007', 'B2');
  await sample.change('approve', 'INV-2026-000008');
  await step('process', 'INV-2026-000009', 'B3');
  await step('process', 'INV-2026-000010', 'B4');
  await sample.change('fail', 'INV-2026-000010');
  await step('pay', 'INV-2026-000011', 'B5');
  await sample.change('return', 'INV-2026-000011');
}

const selected = (...invoiceNumbers: readonly string[]) => ({ invoiceNumbers, run: null });

/** Corrections by the source, and one of a commission that was paid elsewhere after its payout was void. */
async function corrections(sample: SampleLedger): Promise<void> {
  await sample.commissions({ id: 'c2', amount: 900n, currency: 'EUR' });
  await sample.commissions({ id: 'c2', amount: 950n, currency: 'EUR' });
  await sample.commissions({ id: 'c40', amount: 600n, affiliateId: 'aff_5' });
  await sample.generate({ affiliateId: 'aff_5' });
  await sample.commissions({ id: 'c40', amount: 450n, affiliateId: 'aff_5' });
  await sample.void('INV-2026-000012');
  await sample.commissions({ id: 'c40', amount: 450n, affiliateId: 'aff_5', status: 'settled' });
}

/** What operators decide and add, and what becomes of affiliates. */
async function operators(sample: SampleLedger): Promise<void> {
  await sample.commissions(
    { id: 'c14', amount: 110n, affiliateId: 'aff_2', status: 'pending' },
    { id: 'c15', amount: 120n, affiliateId: 'aff_2' },
    { id: 'c30', amount: 130n, affiliateId: 'aff_2' },
    { id: 'd30', amount: -30n, affiliateId: 'aff_2', corrects: 'c30' },
  );
  const decide = (verb: 'approve' | 'reject', id: string) =>
    decideCommissions(sample.work, { verb, selection: { ids: [id] }, reason: 'looked at', dryRun: false });
  await decide('reject', 'c14');
  await decide('approve', 'c14');
  await decide('reject', 'c15');
  for (const amount of ['5.00', '6.00']) {
    const add = { currency: 'USD', kind: 'bonus', earnedOn: null, reason: 'thanks' } as const;
    await adjust(sample.work, { ...add, affiliate: 'aff_2', amount });
  }
  await editAffiliate(sample.work, 'aff_2', { name: 'Bo B.' }, null);
  await editAffiliate(sample.work, 'aff_2', { name: 'Bo Berg' }, null);
  await decideAffiliate(sample.work, 'pause', 'aff_2', null);
}

/** On other days: an invoice of another pattern, and the slots of a weekly schedule. */
async function laterDays(sample: SampleLedger): Promise<void> {
  await sample.set('schedule.frequency', 'weekly');
  sample.today = '2026-11-24';
  await sample.set('invoice.pattern', 'F{YYYY}-{AFFILIATE}-{SEQ:4}');
  await sample.commissions({ id: 'c50', amount: 700n, affiliateId: 'aff_5' });
  const once = { key: 'november', command: 'generate', typed: '{}' };
  const request = sample.request({ affiliateId: 'aff_5' });
  await generate({ ...sample.work, once }, request, { wantsPlanId: false, typed: {} });
  await generate({ ...sample.work, once: { ...once, key: 'again' } }, request, {
    ...{ wantsPlanId: false, typed: {} },
  });
  await sample.set('invoice.pattern', 'INV-{YYYY}-{SEQ:6}');
  await sample.commissions({ id: 'c60', amount: 1500n, currency: 'EUR' });
  sample.today = '2026-12-08';
  await runSchedule(sample.work, { wantsPlanId: false });
  sample.today = '2026-12-14';
  await runSchedule(sample.work, { wantsPlanId: false });
  await sample.set('hold.days', '7');
  await sample.set('hold.days', '14');
  await sample.commissions({ id: 'c70', amount: 800n, status: 'pending' });
}

/** A batch of one file a currency, as `payments create` leaves it. */
async function payInBatch(sample: SampleLedger, ...invoiceNumbers: readonly string[]): Promise<bigint> {
  const { work, today } = sample;
  const facts = { on: today, at: work.now.toISOString(), by: work.actor, osUser: work.osUser };
  return write(work, { command: 'payments create', request: { invoiceNumbers } }, async (writer) => {
    const number = await nextBatchNumber(writer);
    const payments = (await paymentCandidates(writer, invoiceNumbers)).map(({ payment }) => ({
      ...payment,
      reference: payment.invoiceNumber,
    }));
    const files = [...new Set(payments.map(({ currency }) => currency))].map((currency) => {
      const content = `${currency} ł of ${invoiceNumbers.join(' ')}\n`;
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { currency, content, sha256, payments: payments.filter((one) => one.currency === currency) };
    });
    const what = { number, method: 'paypal', format: 'paypal', executionOn: today } as const;
    await insertBatch(writer, { ...what, typed: {}, files, ...facts });
    const batch = { number, method: 'paypal' } as const;
    const step = { ...facts, status: 'processing', reference: null, reason: null, batch } as const;
    await takeStep(writer, { ...step, invoiceNumbers });
    return { result: number, changed: true };
  });
}

/** Takes back a batch that was not sent, as `payments cancel` does. */
async function cancelBatch(sample: SampleLedger, batch: bigint, invoiceNumber: string): Promise<void> {
  const { work, today } = sample;
  const facts = { on: today, at: work.now.toISOString(), by: work.actor, osUser: work.osUser };
  await write(work, { command: 'payments cancel', request: { batch: String(batch) } }, async (writer) => {
    const why = { reason: 'not sent', reference: null };
    await cancelPayments(writer, batch, today);
    await takeStep(writer, { ...facts, ...why, invoiceNumbers: [invoiceNumber], status: 'failed' });
    await recordBatchStep(writer, { ...facts, ...why, batch, verb: 'cancelled', payouts: 1 });
    return { result: null, changed: true };
  });
}

/**
 * B-000001 sends INV-2026-000004 (paid) and 6 (failed), B-000002 8 (came back), B-000003 10 (cancelled, and
 * approved again with other details), B-000004 6 again and 14, which is under way.
 */
async function payments(sample: SampleLedger): Promise<void> {
  const [usd, eur, back, cancelled, last] = [4, 6, 8, 10, 13].map(
    (sequence) => `INV-2026-${String(sequence).padStart(6, '0')}`,
  ) as [string, string, string, string, string];
  await payInBatch(sample, usd, eur);
  await sample.change('pay', usd);
  await sample.change('fail', eur);
  await payInBatch(sample, back);
  await sample.change('pay', back);
  await sample.change('return', back);
  await cancelBatch(sample, await payInBatch(sample, cancelled), cancelled);
  await editAffiliate(sample.work, 'aff_4', { payout_account: 'eve@example.com' }, null);
  await sample.change('approve', cancelled);
  await payInBatch(sample, eur, last);
}

/** What was exported, and a commission that its source moved to somebody else and to another day. */
async function exported(sample: SampleLedger): Promise<void> {
  const { work, today } = sample;
  await write(work, { command: 'export', request: {} }, async (writer) => {
    const what = { format: 'journal', template: null, from: '2026-11-01', to: '2026-11-30' };
    const files = [{ path: 'journal.csv', rows: 4, sha256: 'a'.repeat(64) }];
    const facts = { at: work.now.toISOString(), on: today, by: work.actor, osUser: work.osUser };
    const rest = {
      run: null,
      currency: 'USD',
      newOnly: false,
      counts: true,
      marks: await readMarks(writer),
      files,
    };
    return { result: await insertExport(writer, { ...what, ...rest, ...facts }), changed: true };
  });
  const moved = { affiliateId: 'aff_3', earnedAt: '2026-10-20', currency: 'EUR' };
  await sample.commissions({ id: 'd80', amount: -10n, corrects: 'c70' });
  await sample.commissions({ id: 'd80', amount: -10n, ...moved, corrects: 'c8' });
}

/**
 * Made from 22 November to 14 December 2026. Slots of 23 and 30 November and 7 December: the first two were
 * superseded; that of 14 December paid nothing.
 */
export async function richLedger(): Promise<SampleLedger> {
  const sample = await SampleLedger.create();
  await sample.affiliates(affiliate('aff_4'), affiliate('aff_5'));
  await firstPayouts(sample);
  await everyStatus(sample);
  await corrections(sample);
  await operators(sample);
  await laterDays(sample);
  await payments(sample);
  await exported(sample);
  return sample;
}
