import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { balancesOf } from '../../src/app/balances.js';
import { Book } from '../../src/app/book.js';
import { statementOf } from '../../src/app/statement.js';
import type { Balance } from '../../src/core/affiliate.js';
import { stageSums, type Stage, type Statement } from '../../src/core/statement.js';
import { decimal, SampleLedger } from '../store/sample-ledger.js';

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
});

afterEach(async () => {
  await sample.remove();
});

const everything = { affiliate: 'aff_1', from: null, to: null };

async function engineBalances(): Promise<readonly Balance[]> {
  return sample.ledger.read(async (reader) => {
    const book = await Book.read(reader, sample.work.now);
    return (await balancesOf(reader, await book.rules(reader), 'aff_1')).get('aff_1') ?? [];
  });
}

/** What the lines of a statement come to at each stage of which a balance speaks, without zeros. */
function counted(statement: Statement, stages: readonly Stage[]): Record<string, bigint> {
  const sums = stageSums(statement.commissions).filter(({ stage }) => stages.includes(stage));
  return Object.fromEntries(
    sums
      .filter(({ amount }) => amount !== 0n)
      .map(({ currency, stage, amount }) => [`${currency} ${stage}`, amount]),
  );
}

function expected(balances: readonly Balance[]): Record<string, bigint> {
  const parts = balances.flatMap(({ currency, available, onHold, notApproved, inPayouts, paid }) => [
    [`${currency} available`, available] as const,
    [`${currency} on_hold`, onHold] as const,
    [`${currency} waiting_for_approval`, notApproved] as const,
    [`${currency} being_processed`, inPayouts] as const,
    [`${currency} paid`, paid] as const,
  ]);
  return Object.fromEntries(parts.filter(([, amount]) => amount !== 0n));
}

const BALANCE_STAGES: readonly Stage[] = [
  'available',
  'on_hold',
  'waiting_for_approval',
  'being_processed',
  'paid',
];

const lines = async (): Promise<string[]> =>
  (await statementOf(sample.work, everything)).commissions.map(
    ({ description, amount, currency, stage, heldUntil }) =>
      `${description}: ${decimal(amount, currency)}, ${stage}${heldUntil === null ? '' : ` ${heldUntil}`}`,
  );

describe('a statement', () => {
  test('tells where every line stands, in the words of the affiliate', async () => {
    await sample.commissions(
      { id: 'c1', amount: 1000n },
      { id: 'c2', amount: 500n },
      { id: 'c3', amount: 300n, status: 'pending' },
      { id: 'c4', amount: 200n, status: 'rejected' },
      { id: 'c5', amount: 100n, availableOn: '2026-12-24' },
      { id: 'c6', amount: -30n, corrects: 'c5' },
      { id: 'c7', amount: 0n },
      { id: 'c8', amount: 70n, status: 'settled' },
      { id: 'c9', amount: -40n, status: 'pending' },
      { id: 'c10', amount: -200n, corrects: 'c4' },
    );

    expect(await lines()).toEqual([
      'sale c1: 10.00, available',
      'sale c2: 5.00, available',
      'sale c3: 3.00, waiting_for_approval',
      'sale c4: 2.00, declined',
      'sale c5: 1.00, on_hold 2026-12-24',
      'deduction for c5: -0.30, deducted_later',
      'sale c8: 0.70, paid_elsewhere',
    ]);
    const { balances } = await statementOf(sample.work, everything);
    expect(balances).toEqual([
      {
        currency: 'USD',
        available: 1500n,
        onHold: 100n,
        holds: [{ availableOn: '2026-12-24', amount: 100n }],
        waitingForApproval: 300n,
        deductedLater: -30n,
        beingProcessed: 0n,
        paid: 0n,
      },
    ]);
  });

  test('says "being processed" of a payout until it is paid, and nothing of a void one', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'c2', amount: 1250n, currency: 'JPY' });
    await sample.generate();
    await sample.void('INV-2026-000001');
    await sample.change('process', 'INV-2026-000002');
    await sample.change('fail', 'INV-2026-000002');

    const failed = await statementOf(sample.work, everything);
    expect(failed.payments).toEqual([
      {
        invoiceNumber: 'INV-2026-000002',
        date: '2026-11-22',
        amount: 1000n,
        currency: 'USD',
        stage: 'being_processed',
        reference: null,
      },
    ]);
    expect(await lines()).toEqual(['sale c1: 10.00, being_processed', 'sale c2: 1250, available']);

    await sample.change('pay', 'INV-2026-000002');
    await sample.commissions({ id: 'c1', amount: 400n });
    expect(await lines()).toEqual([
      'sale c1: 10.00, paid',
      'sale c2: 1250, available',
      'correction of c1: -6.00, available',
    ]);
  });

  test('takes payments by the day of payment and commissions by the day of earning', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'c2', amount: 500n, earnedAt: '2026-11-02' });
    await sample.generate();
    sample.today = '2026-12-05';
    await sample.change('pay', 'INV-2026-000001');
    const of = async (from: string, to: string): Promise<readonly number[]> => {
      const { payments, commissions } = await statementOf(sample.work, { ...everything, from, to });
      return [payments.length, commissions.length];
    };

    expect(await of('2026-10-15', '2026-10-15')).toEqual([0, 1]);
    expect(await of('2026-11-01', '2026-11-30')).toEqual([0, 1]);
    expect(await of('2026-12-05', '2026-12-05')).toEqual([1, 0]);
  });
});

const row = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  amount: fc.bigInt({ min: 0n, max: 5000n }),
  currency: fc.constantFrom('USD', 'JPY'),
  status: fc.constantFrom('pending', 'approved', 'rejected', 'settled'),
  availableOn: fc.constantFrom('2026-10-20', '2026-11-22', '2026-11-23', '2026-12-24'),
});
const debit = fc.record({
  id: fc.constantFrom('x', 'y', 'z'),
  amount: fc.bigInt({ min: -5000n, max: -1n }),
  corrects: fc.constantFrom(null, 'a', 'b', 'c'),
  earnedAt: fc.constantFrom('2026-10-15', '2026-12-24'),
  status: fc.constantFrom('pending', 'approved', 'rejected'),
});
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ rows: fc.array(row, { maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ debits: fc.array(debit, { maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.constantFrom('generate' as const, 'policy' as const) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('void' as const, 'pay' as const, 'process' as const, 'return' as const),
  },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Does what the step says. What payrun refuses is no matter of statements. */
async function take(one: Step): Promise<void> {
  if (one === 'generate') await sample.generate({ from: null, to: '2026-12-31', overrideMinimum: true });
  else if (one === 'policy') await sample.set('approval.commissions', 'after-hold');
  else if (typeof one === 'string') {
    const [payout] = await sample.rows<{ number: string }>(
      "SELECT invoice_number AS number FROM payouts WHERE status <> 'void' ORDER BY number DESC LIMIT 1",
    );
    if (payout === undefined) return;
    await (one === 'void' ? sample.void(payout.number) : sample.change(one, payout.number));
  } else if ('rows' in one) {
    const byId = new Map(one.rows.map((each) => [each.id, each]));
    await sample.commissions(...byId.values());
  } else {
    const byId = new Map(one.debits.map((each) => [each.id, each]));
    await sample.commissions(...byId.values());
  }
}

test('the lines of a statement add up to the balances of the engine, whatever happened', async () => {
  const stages = new Set<Stage>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      await sample.remove();
      sample = await SampleLedger.create();
      for (const one of steps) await take(one).catch(() => undefined);

      const statement = await statementOf(sample.work, everything);
      const balances = expected(await engineBalances());
      expect(counted(statement, BALANCE_STAGES)).toEqual(balances);
      expect(counted(statement, ['deducted_later'])).toEqual(
        Object.fromEntries(
          statement.balances
            .filter(({ deductedLater }) => deductedLater !== 0n)
            .map(({ currency, deductedLater }) => [`${currency} deducted_later`, deductedLater]),
        ),
      );
      for (const { onHold, holds } of statement.balances) {
        expect(holds.reduce((sum, { amount }) => sum + amount, 0n)).toBe(onHold);
      }
      const paid = stageSums(statement.payments).map(({ currency, stage, amount }) => [
        `${currency} ${stage}`,
        amount,
      ]);
      expect(Object.fromEntries(paid)).toEqual(counted(statement, ['being_processed', 'paid']));
      for (const { stage } of statement.commissions) stages.add(stage);
    }),
    { numRuns: 60, seed: 3 },
  );
  expect([...stages].sort()).toEqual([
    'available',
    'being_processed',
    'declined',
    'deducted_later',
    'on_hold',
    'paid',
    'paid_elsewhere',
    'waiting_for_approval',
  ]);
}, 120_000);
