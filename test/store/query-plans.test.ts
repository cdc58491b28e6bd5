import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { changePayouts } from '../../src/app/change-payouts.js';
import { generate, previewRun } from '../../src/app/generate.js';
import { previewRedo } from '../../src/app/redo-payouts.js';
import type { Ledger, SqlParameters, Writer } from '../../src/store/ledger.js';
import { affiliate, SampleLedger, voidSelected } from './sample-ledger.js';

/** The plan of one statement, as SQLite tells it: one line a step. */
interface Explained {
  readonly sql: string;
  readonly steps: readonly string[];
}

/** A ledger that explains each statement on the connection and at the moment at which it is about to run. */
function explaining(ledger: Ledger, found: Explained[]): Ledger {
  const explain = async (
    writer: Pick<Writer, 'all'>,
    sql: string,
    parameters?: SqlParameters,
  ): Promise<void> => {
    if (!/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/.test(sql)) return;
    const rows = await writer.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
    found.push({ sql: sql.trim().replaceAll(/\s+/g, ' '), steps: rows.map((row) => row.detail) });
  };
  const wrap = <T extends Pick<Writer, 'all'>>(handle: T): T =>
    new Proxy(handle, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (!['all', 'get', 'run'].includes(String(name))) return value.bind(target) as unknown;
        return async (sql: string, parameters?: SqlParameters): Promise<unknown> => {
          await explain(target, sql, parameters);
          return (value as Writer['all']).call(target, sql, parameters);
        };
      },
    });
  return {
    path: ledger.path,
    notices: [],
    read: (use) => ledger.read((reader) => use(wrap(reader))),
    write: (use, options) => ledger.write((writer) => use(wrap(writer)), options),
    refuseReadOnly: () => {
      ledger.refuseReadOnly();
    },
    copyInto: (target, onProgress) => ledger.copyInto(target, onProgress),
    close: () => ledger.close(),
  };
}

/** The names by which statements call what holds the years behind. */
const NAMES =
  'payout_lines line commissions commission original1 original2 payouts payout documents document ' +
  'payout_history step commission_changes runs run audit';
const HISTORY = new RegExp(`^SCAN (${NAMES.replaceAll(' ', '|')})\\b`);

/** How a search that skips through a whole index is told. */
const SKIPS = '(ANY(';

const scansOfHistory = (found: readonly Explained[]): string[] =>
  found.flatMap(({ sql, steps }) =>
    steps
      // The end of an index is one row, however long the table is.
      .filter(
        (one) =>
          (HISTORY.test(one) || one.includes(SKIPS)) &&
          !/^SELECT max\(|ORDER BY number DESC LIMIT 1$/.test(sql),
      )
      .map((one) => `${one}: ${sql.slice(0, 200)}`),
  );

/** A plan is sorted by affiliate and a digest sorts each payout; all open items at once never are. */
const sortsOfOpenItems = (found: readonly Explained[]): string[] =>
  found
    .filter(({ steps }) => steps.some((one) => /^(SCAN|SEARCH) (item|open_items)/.test(one)))
    .filter(({ sql }) => !/FROM plan( WHERE outcome = 'payout')? ORDER BY affiliate_id, currency$/.test(sql))
    .flatMap(({ sql, steps }) =>
      steps.filter((one) => one.includes('TEMP B-TREE')).map((one) => `${one}: ${sql.slice(0, 200)}`),
    );

const AFFILIATES = Array.from({ length: 20 }, (_, index) => `p${String(index).padStart(2, '0')}`);

let sample: SampleLedger;

/** Years of runs, a few of them void, and unpaid work of this month. */
beforeAll(async () => {
  sample = await SampleLedger.create();
  await sample.affiliates(...AFFILIATES.map((id) => affiliate(id)));
  await sample.set('approval.commissions', 'after-hold');
  for (let round = 0; round < 10; round += 1) {
    await record(`h${round}`, 10);
    const { payouts } = await sample.generate();
    await sample.void(payouts[round]?.invoiceNumber ?? '');
  }
  await record('now', 10);
});

afterAll(async () => {
  await sample.remove();
});

async function record(name: string, each: number): Promise<void> {
  const rows = AFFILIATES.flatMap((affiliateId) =>
    Array.from({ length: each }, (_, index) => ({
      id: `${name}-${affiliateId}-${index}`,
      affiliateId,
      amount: index % 5 === 4 ? -10n : 100n,
      status: index % 5 === 1 ? 'pending' : 'approved',
      corrects: index % 5 === 4 ? `${name}-${affiliateId}-0` : null,
    })),
  );
  await sample.commissions(...rows);
}

/** What a run does to the ledger, explained, and then taken back. */
async function run(rest: Parameters<SampleLedger['request']>[0] = {}): Promise<Explained[]> {
  const found: Explained[] = [];
  const undone = new Error('taken back');
  const ledger = explaining(
    {
      ...explaining(sample.ledger, []),
      write: (use, options) =>
        sample.ledger.write(async (writer) => {
          await use(writer);
          throw undone;
        }, options),
    },
    found,
  );
  const request = sample.request(rest);
  const made = generate({ ...sample.work, ledger }, request, { wantsPlanId: true, typed: {} });
  await expect(made).rejects.toBe(undone);
  return found;
}

describe.each([
  ['never analysed', []],
  ['analysed', ['ANALYZE']],
])('on a ledger with history that was %s', (_how, before) => {
  beforeAll(async () => {
    for (const sql of before) await sample.ledger.write((writer) => writer.run(sql));
  });

  test('a run over everybody reads no history from end to end and sorts no open items', async () => {
    const found = await run();
    expect(found.some(({ sql }) => sql.startsWith('INSERT INTO payout_lines'))).toBe(true);
    expect(found.some(({ sql }) => sql.startsWith('DELETE FROM open_items'))).toBe(true);
    expect(scansOfHistory(found)).toEqual([]);
    expect(sortsOfOpenItems(found)).toEqual([]);
  });

  test('a run for one affiliate reads his open items only', async () => {
    const found = await run({ affiliateId: 'p07' });
    expect(scansOfHistory(found)).toEqual([]);
    expect(sortsOfOpenItems(found)).toEqual([]);
    const scans = found
      .flatMap(({ steps }) => steps)
      .filter((one) => /^SCAN (item|open_items|partner\d)/.test(one));
    expect(scans).toEqual([]);
  });

  test('a preview with its plan id reads no history from end to end and sorts no open items', async () => {
    const found: Explained[] = [];
    const work = { ...sample.work, ledger: explaining(sample.ledger, found) };
    await previewRun(work, sample.request({ affiliateId: 'p07' }), true);
    await previewRun(work, sample.request(), true);
    expect(scansOfHistory(found)).toEqual([]);
    expect(sortsOfOpenItems(found)).toEqual([]);
  });

  test('a void finds its payouts, lines and documents by index', async () => {
    const found: Explained[] = [];
    const work = { ...sample.work, ledger: explaining(sample.ledger, found) };
    const [payout] = await sample.rows<{ number: string }>(
      "SELECT invoice_number AS number FROM payouts WHERE status = 'open' LIMIT 1",
    );
    await voidSelected(work, { invoiceNumbers: [payout?.number ?? ''], run: null }, 'a reason');
    expect(scansOfHistory(found)).toEqual([]);
  });

  test('a step, a redo and the question whether something was corrected go by index', async () => {
    const found: Explained[] = [];
    const work = { ...sample.work, ledger: explaining(sample.ledger, found) };
    const open = await sample.rows<{ number: string }>(
      "SELECT invoice_number AS number FROM payouts WHERE status = 'open' LIMIT 2",
    );
    const [first = '', second = ''] = open.map(({ number }) => number);
    const rest = { reason: null, date: null, reference: null, includeCorrected: true };
    const selection = { invoiceNumbers: [first], run: null };
    await changePayouts(work, { verb: 'pay', selection, ...rest });
    await previewRedo(work, { selection: { invoiceNumbers: [second], run: null }, reason: 'a reason' });
    expect(scansOfHistory(found)).toEqual([]);
    const standings = found.find(({ sql }) => sql.includes('json_each') && sql.includes('corrected_since'));
    expect(standings?.steps.filter((one) => one.includes('open_items_linked'))).toHaveLength(1);
  });
});
