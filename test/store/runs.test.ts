import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generate } from '../../src/app/generate.js';
import { runOrigin } from '../../src/core/run.js';
import { openLedger } from '../../src/store/open.js';
import { findRun, listRuns } from '../../src/store/runs.js';
import { affiliate, SampleLedger } from './sample-ledger.js';

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
});

afterEach(async () => {
  // eslint-disable-next-line jest/no-standalone-expect -- whatever a test did, the ledger verifies
  expect(await sample.complaints()).toEqual([]);
  await sample.remove();
});

const threeCredits = [
  { id: 'c1', amount: 1000n, affiliateId: 'aff_1' },
  { id: 'c2', amount: 2000n, affiliateId: 'aff_2' },
  { id: 'c3', amount: 3000n, affiliateId: 'aff_3' },
];

const numbersOf = (generated: { payouts: readonly { invoiceNumber: string }[] }): string[] =>
  generated.payouts.map((payout) => payout.invoiceNumber);

describe('a run', () => {
  test('keeps the background job that made it, and from where it came follows', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n });
    const options = { wantsPlanId: false, typed: {} };
    const { run } = await generate({ ...sample.work, job: 'J-000001' }, sample.request(), options);
    expect(run).toMatchObject({ id: 'R-000001', kind: 'manual', job: 'J-000001' });
    expect(runOrigin({ kind: 'manual', job: 'J-000001' })).toBe('background');
    expect([runOrigin({ kind: 'manual', job: null }), runOrigin({ kind: 'scheduled', job: null })]).toEqual([
      'manual',
      'scheduled',
    ]);
  });

  test('keeps who, when, what was asked for and the totals per currency', async () => {
    await sample.commissions(...threeCredits, { id: 'c4', amount: 500n, currency: 'JPY' });
    const { run } = await sample.generate({ campaign: null, overrideMinimum: true });
    expect(run).toEqual({
      id: 'R-000001',
      kind: 'manual',
      job: null,
      request: {
        from: '2026-10-01',
        to: '2026-10-31',
        asOf: '2026-11-22',
        affiliateId: null,
        campaign: null,
        overrideMinimum: true,
      },
      createdAt: '2026-11-22T12:00:00.000Z',
      createdBy: 'kim',
      totals: [
        { currency: 'JPY', payouts: 1, commissions: 1, amount: 500n },
        { currency: 'USD', payouts: 3, commissions: 3, amount: 6000n },
      ],
    });
    await sample.ledger.read(async (reader) => {
      expect(await listRuns(reader)).toEqual([run]);
      expect(await findRun(reader, 1n)).toEqual(run);
      expect(await findRun(reader, 2n)).toBeUndefined();
    });
  });

  test('keeps name, address and tax data of the affiliate as they were at issue', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n });
    await sample.generate();
    await sample.affiliates(affiliate('aff_1', { name: 'Another name' }));
    expect(await sample.rows('SELECT affiliate_name AS name FROM payouts')).toEqual([
      { name: 'Name of aff_1' },
    ]);
  });

  test('that finds nothing to pay leaves nothing behind, no run and no audit row', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n, status: 'pending' });
    const before = await sample.dump();
    const empty = await sample.generate();
    expect({ run: empty.run, payouts: empty.payouts }).toEqual({ run: null, payouts: [] });
    expect(await sample.dump()).toEqual(before);
  });

  test('again pays only what is newly eligible', async () => {
    await sample.commissions(...threeCredits);
    await sample.generate();
    expect((await sample.generate()).run).toBeNull();
    await sample.commissions({ id: 'c4', amount: 1n });
    expect(numbersOf(await sample.generate())).toEqual(['INV-2026-000004']);
  });

  test('whose as-of lies in the future is refused', async () => {
    await sample.commissions(...threeCredits);
    await expect(sample.generate({ asOf: '2026-11-23' })).rejects.toMatchObject({ code: 'usage' });
  });

  test.each([1, 2, 3, 4, 5, 6])('that fails at step %i leaves the ledger as it was', async (failing) => {
    await sample.commissions(...threeCredits);
    const before = await sample.dump();
    const work = {
      ...sample.work,
      progress: (step: number) => {
        if (step === failing) throw new Error('the machine fell over');
      },
    };
    const run = generate(work, sample.request(), { wantsPlanId: false, typed: {} });
    await expect(run).rejects.toThrow('the machine fell over');
    expect(await sample.dump()).toEqual(before);
    expect(numbersOf(await sample.generate())).toEqual([
      'INV-2026-000001',
      'INV-2026-000002',
      'INV-2026-000003',
    ]);
  });

  test('that fails in its very last statement leaves the ledger as it was', async () => {
    await sample.commissions(...threeCredits);
    await sample.ledger.write((writer) =>
      writer.run("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END"),
    );
    const before = await sample.dump();
    await expect(sample.generate()).rejects.toThrow('no room');
    expect(await sample.dump()).toEqual(before);
    await sample.ledger.write((writer) => writer.run('DROP TRIGGER full'));
  });
});

describe('two at once', () => {
  test('over everything pay each commission once: one makes the run, the other finds nothing', async () => {
    await sample.commissions(...threeCredits);
    const other = await openLedger(sample.path, { waitMs: 20_000 });
    const runs = await Promise.all(
      [sample.ledger, other, sample.ledger, other].map((ledger) =>
        generate({ ...sample.work, ledger }, sample.request(), { wantsPlanId: false, typed: {} }),
      ),
    );
    await other.close();
    expect(runs.filter(({ run }) => run !== null)).toHaveLength(1);
    expect(await sample.rows('SELECT count(*) AS count FROM payouts')).toEqual([{ count: 3n }]);
  });

  test('over different affiliates number their payouts without a gap', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `p${index}`);
    await sample.affiliates(...ids.map((id) => affiliate(id)));
    await sample.commissions(...ids.map((id) => ({ id: `c-${id}`, amount: 100n, affiliateId: id })));
    const other = await openLedger(sample.path, { waitMs: 20_000 });
    const runs = await Promise.all(
      ids.map((affiliateId, index) =>
        generate(
          { ...sample.work, ledger: index % 2 === 0 ? sample.ledger : other },
          sample.request({ affiliateId }),
          { wantsPlanId: false, typed: {} },
        ),
      ),
    );
    await other.close();
    expect(runs.flatMap(numbersOf).sort()).toEqual(
      ids.map((_, index) => `INV-2026-${String(index + 1).padStart(6, '0')}`),
    );
  });
});

describe('invoice numbers', () => {
  test('go by affiliate id in UTF-8 bytes, then currency', async () => {
    await sample.commissions(
      { id: 'c1', amount: 1n, affiliateId: 'aff_2' },
      { id: 'c2', amount: 1n, affiliateId: 'aff_1' },
      { id: 'c3', amount: 1n, affiliateId: 'aff_1', currency: 'EUR' },
    );
    const { payouts } = await sample.generate();
    expect(payouts.map((one) => [one.invoiceNumber, one.affiliateId, one.currency])).toEqual([
      ['INV-2026-000001', 'aff_1', 'EUR'],
      ['INV-2026-000002', 'aff_1', 'USD'],
      ['INV-2026-000003', 'aff_2', 'USD'],
    ]);
  });

  test('have no gap and no reuse over runs and voids', async () => {
    await sample.commissions(...threeCredits);
    await sample.generate();
    await sample.void('INV-2026-000002');
    expect(numbersOf(await sample.generate())).toEqual(['INV-2026-000004']);
    await sample.void('INV-2026-000004', 'INV-2026-000001');
    expect(numbersOf(await sample.generate())).toEqual(['INV-2026-000005', 'INV-2026-000006']);
    expect(await sample.rows("SELECT number FROM documents WHERE kind = 'credit_note'")).toEqual([
      { number: 'CN-2026-000001' },
      { number: 'CN-2026-000002' },
      { number: 'CN-2026-000003' },
    ]);
  });

  test('start again at 1 with the year of the issue date, which is not the as-of', async () => {
    await sample.commissions({ id: 'c1', amount: 1n });
    await sample.generate();
    sample.today = '2027-01-01';
    await sample.commissions({ id: 'c2', amount: 1n });
    expect(numbersOf(await sample.generate({ asOf: '2026-12-31' }))).toEqual(['INV-2027-000001']);
    await sample.void('INV-2026-000001');
    expect(
      await sample.rows('SELECT credit_note_number AS number FROM payouts ORDER BY invoice_number'),
    ).toEqual([{ number: 'CN-2027-000001' }, { number: null }]);
  });

  test('count for each affiliate where the pattern names him', async () => {
    await sample.set('invoice.pattern', '{AFFILIATE}/{SEQ:2}-{MM}.{YY}');
    await sample.commissions(...threeCredits.slice(0, 2));
    expect(numbersOf(await sample.generate())).toEqual(['aff_1/01-11.26', 'aff_2/01-11.26']);
    await sample.commissions({ id: 'c4', amount: 1n });
    expect(numbersOf(await sample.generate())).toEqual(['aff_1/02-11.26']);
  });

  test('share a series with credit notes where both patterns are the same', async () => {
    await sample.set('invoice.pattern', 'D-{SEQ:3}');
    await sample.set('credit-note.pattern', 'D-{SEQ:3}');
    await sample.commissions({ id: 'c1', amount: 1n });
    await sample.generate();
    const { payouts } = await sample.void('D-001');
    expect(payouts[0]?.creditNoteNumber).toBe('D-002');
    expect(numbersOf(await sample.generate())).toEqual(['D-003']);
  });

  test('grow past their width, and go on when only the width of the pattern changes', async () => {
    await sample.set('invoice.pattern', 'D-{SEQ}');
    const ids = Array.from({ length: 11 }, (_, index) => `p${String(index).padStart(2, '0')}`);
    await sample.affiliates(...ids.map((id) => affiliate(id)));
    await sample.commissions(...ids.map((id) => ({ id: `c-${id}`, amount: 100n, affiliateId: id })));
    expect(numbersOf(await sample.generate()).slice(-3)).toEqual(['D-9', 'D-10', 'D-11']);
    await sample.set('invoice.pattern', 'D-{SEQ:4}');
    await sample.commissions({ id: 'c1', amount: 1n });
    expect(numbersOf(await sample.generate())).toEqual(['D-0012']);
  });

  test('that another series has taken are a conflict, and nothing is paid', async () => {
    await sample.set('invoice.pattern', 'D-{SEQ:2}');
    await sample.commissions({ id: 'c1', amount: 1n });
    await sample.generate();
    await sample.set('invoice.pattern', 'D-0{SEQ}');
    await sample.commissions({ id: 'c2', amount: 1n });
    const before = await sample.dump();
    await expect(sample.generate()).rejects.toMatchObject({
      code: 'conflict',
      message: 'The number D-01 is taken already.',
    });
    expect(await sample.dump()).toEqual(before);
  });

  test('are refused on a day before the latest issue date: the clock was set back', async () => {
    await sample.commissions({ id: 'c1', amount: 1n });
    await sample.generate();
    await sample.commissions({ id: 'c2', amount: 1n });
    sample.today = '2026-11-21';
    const before = await sample.dump();
    await expect(sample.generate()).rejects.toMatchObject({ code: 'conflict' });
    await expect(sample.void('INV-2026-000001')).rejects.toMatchObject({ code: 'conflict' });
    expect(await sample.dump()).toEqual(before);
    sample.today = '2026-11-22';
    expect(numbersOf(await sample.generate())).toEqual(['INV-2026-000002']);
  });
});

describe('the ledger itself refuses', () => {
  const attempts: readonly [title: string, sql: string, message: RegExp][] = [
    ['a second live line of a commission', 'INSERT INTO payout_lines SELECT 2, commission, amount, NULL FROM payout_lines WHERE payout = 1', /UNIQUE/], // prettier-ignore
    ['another amount of a payout', 'UPDATE payouts SET amount = amount + 1', /closed/],
    ['another issue date', "UPDATE payouts SET issued_on = '2026-11-01'", /closed/],
    ['deleting a payout', 'DELETE FROM payouts', /never deleted/],
    ['another amount of a line', 'UPDATE payout_lines SET amount = amount + 1', /released/],
    ['deleting a line', 'DELETE FROM payout_lines', /never deleted/],
    ['replacing a line', 'INSERT OR REPLACE INTO payout_lines SELECT * FROM payout_lines', /never deleted/],
    ['another number', "UPDATE documents SET number = 'X'", /append-only/],
    ['deleting a run', 'DELETE FROM runs', /append-only/],
    ['another history', "UPDATE payout_history SET status = 'paid'", /append-only/],
    ['deleting an audit row', 'DELETE FROM audit', /append-only/],
  ];

  test.each(attempts)('%s', async (_title, sql, message) => {
    await sample.commissions(...threeCredits);
    await sample.generate();
    const before = await sample.dump();
    await expect(sample.ledger.write((writer) => writer.run(sql))).rejects.toThrow(message);
    expect(await sample.dump()).toEqual(before);
  });
});
