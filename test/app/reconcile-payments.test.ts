import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createPayments } from '../../src/app/create-payments.js';
import { editAffiliate } from '../../src/app/edit-affiliates.js';
import { previewReconciliation, readResults, reconcilePayments } from '../../src/app/reconcile-payments.js';
import { SampleLedger } from '../store/sample-ledger.js';

test('what would change is only read, and is what is changed then', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'payrun-reconcile-'));
  const sample = await SampleLedger.create();
  try {
    const { work } = sample;
    for (const [index, who] of ['aff_1', 'aff_2', 'aff_3'].entries()) {
      const details = { payout_method: 'paypal', payout_account: `${who}@example.com` };
      await editAffiliate(work, who, details, null);
      await sample.commissions({ id: `c${index}`, amount: 1000n, affiliateId: who });
    }
    await sample.generate();
    const rest = { format: null, executionOn: null, strict: false, includeCorrected: false };
    const request = { method: 'paypal', selection: { of: 'due' }, ...rest } as const;
    await createPayments(work, request, { out: folder, overwrite: false });
    const rows = ['paid', 'failed', 'returned'].map(
      (status, index) => `INV-2026-00000${index + 1},10.00,USD,${status},T-${index}`,
    );
    const stdin = Readable.from([Buffer.from(['reference,amount,currency,status,id', ...rows].join('\n'))]);
    const input = { batch: '1', path: '-', stdin, format: 'csv', mapPath: null } as const;
    const results = await readResults(work, input);
    const before = await sample.dump();
    const ledger = new Proxy(sample.ledger, {
      get: (whole, key) => {
        if (key !== 'read') throw new Error(`${String(key)} is more than reading`);
        return whole.read.bind(whole);
      },
    });
    const seen = await previewReconciliation({ ...work, ledger }, results);
    expect(await sample.dump()).toEqual(before);
    const done = await reconcilePayments(work, results);
    expect(seen).toEqual({ ...done, batch: { ...done.batch, status: 'processing' } });
    expect(done.payouts.map(({ status }) => status)).toEqual(['paid', 'failed', 'returned']);
  } finally {
    await sample.remove();
    await rm(folder, { recursive: true, force: true });
  }
});
