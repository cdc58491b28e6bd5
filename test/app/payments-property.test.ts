/* eslint-disable jest/no-standalone-expect -- what must hold after each step is looked at by the world */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideAffiliate } from '../../src/app/affiliate-status.js';
import { createPayments } from '../../src/app/create-payments.js';
import { editAffiliate } from '../../src/app/edit-affiliates.js';
import { cancelBatch, confirmPayments } from '../../src/app/settle-payments.js';
import { ConflictError, NotFoundError, UsageError } from '../../src/core/errors.js';
import { SampleLedger } from '../store/sample-ledger.js';

const AFFILIATES = ['aff_1', 'aff_2', 'aff_3'] as const;
const VERBS = ['approve', 'process', 'pay', 'fail', 'return', 'void'] as const;

/** What may happen to payouts and batches, in any order; numbers choose among those that are there. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), named: fc.option(fc.nat(4)) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('earn' as const), who: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom(...VERBS), payout: fc.nat(4) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('confirm' as const, 'cancel' as const), batch: fc.nat(2) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('details' as const), who: fc.nat(2), account: fc.nat(2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('block' as const, 'activate' as const), who: fc.nat(2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('correct' as const), commission: fc.nat(5), amount: fc.nat(900) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

const account = (who: string, number: number): string => `${who}.${number}@example.com`;

class World {
  #earned = 0;

  constructor(
    private readonly sample: SampleLedger,
    private readonly folder: string,
  ) {}

  async begin(): Promise<void> {
    for (const who of AFFILIATES) {
      const details = { payout_method: 'paypal', payout_account: account(who, 0) };
      await editAffiliate(this.sample.work, who, details, null);
      await this.#earn(who);
    }
  }

  async #earn(who: string): Promise<void> {
    this.#earned += 1;
    await this.sample.commissions({ id: `c${this.#earned}`, amount: 1000n, affiliateId: who });
    await this.sample.generate({ affiliateId: who });
  }

  /** What the ledger's state forbids is refused, and that is all. */
  async take(one: Step): Promise<void> {
    await this.#take(one).catch((error: unknown) => {
      const isRefusal = [ConflictError, UsageError, NotFoundError].some((kind) => error instanceof kind);
      if (!isRefusal) throw error;
    });
  }

  async #take(one: Step): Promise<unknown> {
    const { sample } = this;
    const who = 'who' in one ? (AFFILIATES[one.who] ?? 'aff_1') : 'aff_1';
    const invoice = (number: number): string => `INV-2026-${String(number + 1).padStart(6, '0')}`;
    const batch = (number: number): string => `B-${String(number + 1).padStart(6, '0')}`;
    switch (one.do) {
      case 'create': {
        const selection =
          one.named === null
            ? ({ of: 'due' } as const)
            : ({ of: 'named', invoiceNumbers: [invoice(one.named)] } as const);
        const rest = { format: null, executionOn: null, strict: false, includeCorrected: false };
        const request = { method: 'paypal', selection, ...rest } as const;
        return createPayments(sample.work, request, { out: this.folder, overwrite: false });
      }
      case 'earn':
        return this.#earn(who);
      case 'confirm':
        return confirmPayments(sample.work, { batch: batch(one.batch), date: null, reference: null });
      case 'cancel':
        return cancelBatch(sample.work, { batch: batch(one.batch), reason: 'never sent' });
      case 'details':
        return editAffiliate(sample.work, who, { payout_account: account(who, one.account) }, null);
      case 'block':
      case 'activate':
        return decideAffiliate(sample.work, one.do, who, null);
      case 'correct':
        return sample.commissions({
          ...{ id: `c${(one.commission % this.#earned) + 1}`, amount: BigInt(one.amount) },
          affiliateId: await this.#affiliateOf(`c${(one.commission % this.#earned) + 1}`),
        });
      case 'void':
        return sample.void(invoice(one.payout));
      default:
        return sample.change(one.do, invoice(one.payout));
    }
  }

  async #affiliateOf(id: string): Promise<string> {
    const [row] = await this.sample.rows<{ who: string }>(
      `SELECT affiliate_id AS who FROM commissions WHERE id = '${id}'`,
    );
    return row?.who ?? 'aff_1';
  }

  /** Money leaves once at most, to where somebody said yes to, and not for whom it must not. */
  async check(files: Map<string, string>): Promise<void> {
    const { sample } = this;
    expect(
      await sample.rows(`
        SELECT payout FROM payment_items WHERE outcome IS NULL OR outcome = 'paid'
        GROUP BY payout HAVING count(*) > 1`),
    ).toEqual([]);
    expect(
      await sample.rows(`
        SELECT item.payout, item.account, approved.pay_to
        FROM payment_items AS item
        JOIN payout_history AS sent ON sent.payout = item.payout AND sent.batch = item.batch
          AND sent.status = 'processing'
        JOIN payout_history AS approved ON approved.payout = item.payout AND approved.step = (
          SELECT max(step) FROM payout_history AS yes
          WHERE yes.payout = item.payout AND yes.step < sent.step AND yes.pay_to IS NOT NULL)
        WHERE item.account <> approved.pay_to ->> '$[1]'`),
    ).toEqual([]);
    const stored = await sample.rows<{ key: string; content: string; payouts: bigint; amount: bigint }>(
      `SELECT batch || '/' || file AS key, content, payouts, amount FROM payment_files`,
    );
    for (const { key, content, payouts, amount } of stored) {
      expect(files.get(key) ?? content).toBe(content);
      files.set(key, content);
      const cells = content
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(','));
      const cents = cells.reduce((sum, [, size = '']) => sum + BigInt(size.replace('.', '')), 0n);
      expect([BigInt(cells.length), cents]).toEqual([payouts, amount]);
    }
    for (const key of files.keys()) expect(stored.map((one) => one.key)).toContain(key);
  }
}

describe('payment batches in any order of events', () => {
  test('a payout is sent once at most, only to where somebody said yes to, and the books hold', async () => {
    let batches = 0;
    let again = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 25 }), async (steps) => {
        const sample = await SampleLedger.create();
        const folder = await mkdtemp(join(tmpdir(), 'payrun-payments-'));
        try {
          const world = new World(sample, folder);
          await world.begin();
          const files = new Map<string, string>();
          for (const one of steps) {
            await world.take(one);
            await world.check(files);
          }
          expect(await sample.complaints()).toEqual([]);
          batches += files.size;
          const [twice] = await sample.rows<{ count: bigint }>(`
            SELECT count(*) AS count FROM (
              SELECT payout FROM payment_items GROUP BY payout HAVING count(*) > 1)`);
          again += Number(twice?.count ?? 0n);
        } finally {
          await sample.remove();
          await rm(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: Number(process.env['PAYMENT_RUNS'] ?? 25), seed: 20_261_122 },
    );
    expect(batches).toBeGreaterThan(25);
    expect(again).toBeGreaterThan(1);
  }, 600_000);
});
