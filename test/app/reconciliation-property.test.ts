/* eslint-disable jest/no-standalone-expect -- what must hold after each step is looked at by the world */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPayments } from '../../src/app/create-payments.js';
import { editAffiliate } from '../../src/app/edit-affiliates.js';
import { readResults, reconcilePayments } from '../../src/app/reconcile-payments.js';
import { addDays } from '../../src/core/calendar.js';
import { ConflictError, UsageError } from '../../src/core/errors.js';
import { SampleLedger } from '../store/sample-ledger.js';

const INVOICES = ['INV-2026-000001', 'INV-2026-000002'] as const;
const MAP = JSON.stringify({
  columns: { reference: 'text', amount: 'amount', date: 'date', id: 'id' },
  ...{ currency: 'USD', payments: 'negative' },
});

/** What may happen between payrun and a provider; numbers choose among what is there. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), payout: fc.nat(1) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('pays' as const, 'fails' as const), payout: fc.nat(1) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('returns' as const), payout: fc.nat(1) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      kind: fc.constantFrom('report' as const, 'statement' as const),
      hasIds: fc.boolean(),
      batch: fc.constantFrom(0, 0, 1, 2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('replay' as const), file: fc.nat(5), batch: fc.nat(3) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 3 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** One payment as the provider knows it. */
interface Sending {
  readonly payout: number;
  readonly batch: string;
  readonly sentOn: string;
  state: 'pending' | 'paid' | 'failed' | 'returned';
  doneOn: string | null;
  returnedOn: string | null;
}

class World {
  readonly #sendings: Sending[] = [];
  readonly #files: string[] = [];
  marked = 0;

  constructor(
    private readonly sample: SampleLedger,
    private readonly folder: string,
  ) {}

  async begin(): Promise<void> {
    for (const [index, affiliateId] of ['aff_1', 'aff_2'].entries()) {
      const details = { payout_method: 'paypal', payout_account: `${affiliateId}@example.com` };
      await editAffiliate(this.sample.work, affiliateId, details, null);
      await this.sample.commissions({ id: `c${index}`, amount: 1000n, affiliateId });
    }
    await this.sample.generate();
  }

  get retries(): number {
    return this.#sendings.length - new Set(this.#sendings.map(({ payout }) => payout)).size;
  }

  async take(one: Step): Promise<void> {
    const { today } = this.sample;
    const last = 'payout' in one ? this.#sendings.findLast(({ payout }) => payout === one.payout) : undefined;
    switch (one.do) {
      case 'wait':
        this.sample.today = addDays(today, one.days);
        return;
      case 'send':
        return this.#send(one.payout);
      case 'pays':
      case 'fails':
        if (last?.state === 'pending') {
          last.state = one.do === 'pays' ? 'paid' : 'failed';
          last.doneOn = today;
        }
        return;
      case 'returns':
        if (last?.state === 'paid') {
          last.state = 'returned';
          last.returnedOn = today;
        }
        return;
      case 'answer': {
        const path = join(this.folder, `${one.kind}-${this.#files.length}.csv`);
        await writeFile(path, this.#file(one.kind, one.hasIds));
        this.#files.push(path);
        return this.#reconcile(path, one.batch);
      }
      case 'replay': {
        const path = this.#files[one.file];
        if (path !== undefined) await this.#reconcile(path, one.batch);
      }
    }
  }

  async #send(payout: number): Promise<void> {
    const { sample } = this;
    const invoiceNumbers = [INVOICES[payout] ?? ''];
    const rest = { format: null, executionOn: null, strict: false, includeCorrected: false };
    const request = { method: 'paypal', selection: { of: 'named', invoiceNumbers }, ...rest } as const;
    const place = { out: this.folder, overwrite: false };
    const made = await createPayments(sample.work, request, place).catch((error: unknown) => {
      if (error instanceof ConflictError || error instanceof UsageError) return null;
      throw error;
    });
    const batch = made?.batch?.id;
    if (batch === undefined) return;
    const own = this.#sendings.filter((one) => one.payout === payout);
    const isPaid = own.some(({ state }) => state === 'pending' || state === 'paid');
    expect(isPaid).toBe(false);
    const news = { state: 'pending', doneOn: null, returnedOn: null } as const;
    this.#sendings.push({ ...{ payout, batch, sentOn: sample.today }, ...news });
  }

  /** All that the provider knows: a report has a row a payment, a statement one for each move of money. */
  #file(kind: 'report' | 'statement', hasIds: boolean): string {
    const rows = this.#sendings.flatMap((one, index) => {
      const { payout, state, sentOn, doneOn, returnedOn } = one;
      const reference = INVOICES[payout] ?? '';
      const id = (suffix: string): string => (hasIds ? `T-${index}${suffix}` : '');
      const last = returnedOn ?? doneOn ?? sentOn;
      if (kind === 'report') return [[reference, '10.00', 'USD', state, last, id('')]];
      const moves = state === 'paid' || state === 'returned' ? [['-10.00', doneOn, id('')]] : [];
      if (returnedOn !== null) moves.push(['10.00', returnedOn, id('-back')]);
      return moves.map(([amount, date, own]) => [`${reference} thanks`, amount, date, own]);
    });
    const head = kind === 'report' ? 'reference,amount,currency,status,date,id' : 'text,amount,date,id';
    return [head, ...rows.map((row) => row.join(','))].join('\n');
  }

  /** The same file again changes nothing. */
  async #reconcile(path: string, number: number): Promise<void> {
    const batches = [...new Set(this.#sendings.map(({ batch }) => batch))];
    const batch = batches[batches.length - 1 - (number % Math.max(batches.length, 1))];
    if (batch === undefined) return;
    const { work } = this.sample;
    const mapPath = path.includes('statement') ? join(this.folder, 'map.json') : null;
    const input = { batch, path, stdin: Readable.from([]), format: 'csv', mapPath } as const;
    const results = await readResults(work, input);
    this.marked += (await reconcilePayments(work, results)).settlements.length;
    expect((await reconcilePayments(work, results)).settlements).toEqual([]);
  }

  /** What payrun says of a payment is what became of it; what it has not heard of is under way. */
  async check(): Promise<void> {
    const items = await this.sample.rows<{
      batch: bigint;
      payout: bigint;
      outcome: string | null;
      onDay: string;
    }>('SELECT batch, payout, outcome, outcome_on AS onDay FROM payment_items ORDER BY batch, payout');
    for (const { batch, outcome, onDay } of items) {
      const sending = this.#sendings.find((one) => one.batch === `B-${String(batch).padStart(6, '0')}`);
      const { state, doneOn, returnedOn } = sending ?? {};
      const was = state === 'returned' ? ['paid', 'returned'] : [state];
      expect(outcome === null ? [outcome] : was).toContain(outcome);
      if (outcome === 'failed') expect(onDay).toBe(doneOn);
      if (outcome === 'returned') expect(onDay).toBe(returnedOn);
    }
  }
}

describe('reconciling in any order of events', () => {
  test('marks as paid what the provider paid, and no old file pays anything twice', async () => {
    let marked = 0;
    let retries = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 60 }), async (steps) => {
        const sample = await SampleLedger.create();
        const folder = await mkdtemp(join(tmpdir(), 'payrun-reconcile-'));
        try {
          await writeFile(join(folder, 'map.json'), MAP);
          const world = new World(sample, folder);
          await world.begin();
          for (const one of steps) {
            await world.take(one);
            await world.check();
          }
          expect(await sample.complaints()).toEqual([]);
          marked += world.marked;
          retries += world.retries;
        } finally {
          await sample.remove();
          await rm(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: Number(process.env['RECONCILE_RUNS'] ?? 16), seed: 20_261_122 },
    );
    expect(marked).toBeGreaterThan(25);
    expect(retries).toBeGreaterThan(5);
  }, 600_000);
});
