/**
 * Random files, payments, voids and decisions of operators against the model. The worlds cover: all kinds
 * and statuses, USD, EUR and JPY, optional columns that come and go, empty cells, ids twice, unknown
 * affiliates, wrong signs, links within the file and to the ledger, corrections of corrections, --settled-
 * until, holds that have passed and not.
 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Model, REQUIRED, type File } from './commission-import-model.js';
import { refusalsOf, World } from './import-world.js';

const OPTIONAL = ['currency', 'status', 'kind', 'available_on', 'campaign', 'corrects'];
const ids = ['c1', 'c2', 'c3', 'c4', 'c5'];
const days = ['2026-09-30', '2026-10-01', '2026-11-21'];

const often = <T>(usual: T, ...rare: T[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(usual) },
    { weight: rare.length, arbitrary: fc.constantFrom(...rare) },
  );

/** Rows as sources give them most of the time: good ones, which are paid and then refunded bit by bit. */
const usualRow = fc.record({
  id: fc.constantFrom('c1', 'c2', 'c3'),
  affiliate_id: fc.constant('a1'),
  earned_at: often('2026-10-01', '2026-09-30', '2026-11-21'),
  amount: fc.constantFrom('0', '10', '20', '70'),
  currency: often('', 'USD', 'USD'),
  status: often('approved', 'approved', 'rejected', 'settled', 'pending', ''),
  kind: often('', 'sale'),
  available_on: often('', '2026-11-01', '2026-12-24'),
  campaign: often('', 'spring'),
  corrects: fc.constant(''),
});

const oddRow = fc
  .record({
    id: fc.constantFrom(...ids),
    affiliate_id: fc.oneof(
      { weight: 30, arbitrary: often('a1', 'a2') },
      { weight: 1, arbitrary: fc.constant('zz') },
    ),
    earned_at: fc.constantFrom(...days),
    size: fc.constantFrom(0, 10, 20, 70),
    currency: often('', 'USD', 'USD', 'EUR', 'JPY'),
    status: fc.constantFrom('', 'pending', 'approved', 'approved', 'approved', 'rejected', 'settled'),
    kind: often('', 'sale', 'bonus', 'adjustment', 'clawback', 'clawback'),
    available_on: often('', '2026-11-01', '2026-12-24'),
    campaign: often('', 'spring'),
    corrects: often('', ...ids),
    odd: fc.integer({ min: 0, max: 30 }),
  })
  .map(({ size, odd, ...cells }) => {
    // Mostly the sign that the kind asks for, now and then the other one.
    const negative =
      cells.kind === 'clawback' ? odd > 0 : cells.kind === 'adjustment' ? odd % 2 === 0 : odd === 0;
    return { ...cells, amount: String(negative ? -Math.max(size, 1) : size) };
  });

/** A sale and what takes it back, in either order, of one affiliate or of two. */
const refund = fc
  .record({
    first: fc.boolean(),
    taken: fc.constantFrom('-10', '-20'),
    other: often('a1', 'a2'),
    both: often('a1', 'a2'),
  })
  .map(({ first, taken, other, both }) => {
    const open = {
      earned_at: '2026-10-01',
      currency: '',
      status: 'approved',
      available_on: '',
      campaign: '',
    };
    const sale = { ...open, id: 'c4', affiliate_id: both, amount: '20', kind: 'sale', corrects: '' };
    const debit = { ...open, id: 'c5', affiliate_id: other, amount: taken, kind: 'clawback', corrects: 'c4' };
    return first ? [sale, debit] : [debit, sale];
  });

const each = { selector: ({ id }: { id: string }) => id };
const file: fc.Arbitrary<File> = fc.record({
  columns: fc.oneof(fc.constant(OPTIONAL), fc.subarray(OPTIONAL)),
  rows: fc.oneof(
    { weight: 12, arbitrary: fc.uniqueArray(usualRow, { ...each, minLength: 1, maxLength: 3 }) },
    { weight: 4, arbitrary: fc.uniqueArray(oddRow, { ...each, minLength: 1, maxLength: 3 }) },
    { weight: 3, arbitrary: refund },
    { weight: 1, arbitrary: fc.array(oddRow, { maxLength: 4 }) },
  ),
  settledUntil: often<string | null>(null, null, '2026-09-30', '2026-10-01'),
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ import: file }) },
  { weight: 3, arbitrary: fc.constant('pay' as const) },
  { weight: 1, arbitrary: fc.record({ void: fc.nat() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      decide: often('c1', 'c2', 'c2', 'c3', 'c4', 'c5', 'c1~1'),
      verb: fc.constantFrom('approve', 'reject'),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

const saying = (status: string, amount: string, ...rows: readonly string[]): Step => ({
  import: {
    columns: ['status'],
    rows: rows.map((id) => ({ id, affiliate_id: 'a1', earned_at: '2026-10-01', amount, status })),
    settledUntil: null,
  },
});

/** Two commissions that were paid, so that much happens to those. */
const paidBefore: readonly Step[] = [saying('approved', '70', 'c1', 'c2'), 'pay'];

/** The correction of one is on the payout of another, and the payout of the one is void. */
const nettedAndFreed: readonly Step[] = [
  saying('approved', '70', 'c1'),
  'pay',
  saying('approved', '60', 'c1'),
  saying('approved', '70', 'c2'),
  'pay',
  { void: 0 },
];

/** What was netted is given back by a third one. */
const givenBack: readonly Step[] = [...nettedAndFreed, saying('settled', '60', 'c1'), 'pay'];

const story = fc
  .tuple(
    fc.constantFrom([], paidBefore, nettedAndFreed, givenBack, [...givenBack, { void: 1 }]),
    fc.array(step, { minLength: 6, maxLength: 16, size: 'max' }),
  )
  .map(([before, steps]) => [...before, ...steps]);

const csvOf = ({ columns, rows }: File): string => {
  const titles = [...REQUIRED, ...columns];
  const lines = rows.map((cells) => titles.map((title) => cells[title]).join(','));
  return [titles.join(','), ...lines, ''].join('\n');
};

/** What the test has met, so that it cannot pass by meeting nothing. */
const met = new Map<string, number>();
const meet = (what: string, times = 1): void => {
  met.set(what, (met.get(what) ?? 0) + times);
};

async function importBoth(world: World, model: Model, given: File): Promise<void> {
  const options = { settledUntil: given.settledUntil };
  const expected = model.import(given);
  const importing = world.commissions(csvOf(given), options);
  if ('refused' in expected) {
    const refused = (await refusalsOf(importing)).map((text) => text.replace(/ .* /, ' '));
    expect(refused).toEqual(expected.refused);
    for (const refusal of refused) meet(refusal.replace(/^\d+ /, ''));
    return;
  }
  expect((await importing).counts).toEqual(expected.counts);
  for (const [what, times] of Object.entries(expected.counts)) meet(what, times);
  const again = model.import({ ...given, settledUntil: null });
  expect(again).toEqual({
    counts: { new: 0, changed: 0, unchanged: given.rows.length, corrected: 0, rejected: 0 },
  });
  expect((await world.commissions(csvOf(given))).counts).toEqual('counts' in again ? again.counts : null);
}

async function decideBoth(
  world: World,
  model: Model,
  { decide: id, verb }: { decide: string; verb: 'approve' | 'reject' },
): Promise<void> {
  const isLive = model.commissions.get(id)?.live === true;
  const before = model.commissions.size;
  const expected = model.decide(id, verb);
  meet(`${verb} ${isLive ? 'paid' : 'unpaid'}: ${expected}`);
  if (expected === 'refused') {
    await expect(world.decide(id, verb)).rejects.toMatchObject({ code: 'conflict' });
    return;
  }
  const { changed, corrections } = await world.decide(id, verb);
  expect([changed.length, corrections.length]).toEqual([
    expected === 'changed' ? 1 : 0,
    model.commissions.size - before,
  ]);
  const again = await world.decide(id, verb);
  expect([model.decide(id, verb), again.changed, again.corrections]).toEqual(['already', [], []]);
}

it('does what the model says, whatever came before, and leaves a ledger that verifies', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const world = await World.make();
      try {
        await world.affiliates('id,name\na1,Ada\na2,Bo\n');
        const model = new Model(['a1', 'a2'], 30);
        let payouts: string[] = [];
        for (const one of steps) {
          if (one === 'pay') payouts.push(...(await world.pay()));
          else if ('void' in one) {
            const [invoice] = payouts.splice(one.void % Math.max(payouts.length, 1), 1);
            if (invoice !== undefined) await world.void(invoice);
            payouts = payouts.filter((payout) => payout !== invoice);
          } else if ('decide' in one) {
            if (model.commissions.has(one.decide)) await decideBoth(world, model, one);
          } else await importBoth(world, model, one.import);
          model.setLive(await world.live());
          expect(await world.lines()).toEqual(model.lines());
          expect(await world.problems()).toEqual([]);
        }
        meet('what was netted of what is settled is given back', model.evened.anew);
        meet('what gives that back stays after a void', model.evened.asBefore);
      } finally {
        await world.remove();
      }
    }),
    { numRuns: Number(process.env['MODEL_RUNS'] ?? 20), seed: Number(process.env['MODEL_SEED'] ?? 2026) },
  );
  for (const what of [
    'new',
    'changed',
    'unchanged',
    'corrected',
    'bad_value',
    'wrong_sign',
    'locked_field',
    'reject unpaid: changed',
    'reject paid: changed',
    'reject paid: already',
    'approve unpaid: changed',
    'approve paid: changed',
    'reject unpaid: refused',
    'what was netted of what is settled is given back',
    'what gives that back stays after a void',
  ]) {
    expect([what, (met.get(what) ?? 0) > 0]).toEqual([what, true]);
  }
}, 3_600_000);
