/** A ledger with something of everything, for seeing what its checks make of damage. */
import { adjust } from '../../src/app/adjust.js';
import { decideAffiliate } from '../../src/app/affiliate-status.js';
import { changePayouts } from '../../src/app/change-payouts.js';
import { decideCommissions } from '../../src/app/decide-commissions.js';
import { editAffiliate } from '../../src/app/edit-affiliates.js';
import { generate } from '../../src/app/generate.js';
import { runSchedule } from '../../src/app/schedule.js';
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
  return sample;
}
