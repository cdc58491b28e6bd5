import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  exportFile,
  exportTo,
  fileName,
  type Exported,
  type ExportedFiles,
  type ExportRequest,
} from '../../src/app/export.js';
import { listExports } from '../../src/app/exports.js';
import { ConflictError, PayrunError } from '../../src/core/errors.js';
import { earlierExports } from '../../src/store/exports.js';
import type { Ledger } from '../../src/store/ledger.js';
import { openLedger } from '../../src/store/open.js';
import { SampleLedger } from '../store/sample-ledger.js';

const EVERYTHING: ExportRequest = {
  format: 'payouts',
  range: { from: null, to: null },
  run: null,
  currency: null,
  newOnly: false,
  template: null,
};

describe('the name of an export in a folder', () => {
  test.each([
    [null, null, 'payouts.csv'],
    ['2026-10-01', '2026-10-31', 'payouts-2026-10.csv'],
    ['2026-02-01', '2026-02-28', 'payouts-2026-02.csv'],
    ['2026-07-01', '2026-09-30', 'payouts-2026-Q3.csv'],
    ['2026-01-01', '2026-12-31', 'payouts-2026.csv'],
    ['2026-01-01', '2026-01-31', 'payouts-2026-01.csv'],
    ['2026-10-05', '2026-10-20', 'payouts-2026-10-05-to-2026-10-20.csv'],
    ['2026-10-05', '2026-10-05', 'payouts-2026-10-05.csv'],
    ['2026-10-01', null, 'payouts-from-2026-10-01.csv'],
    [null, '2026-10-31', 'payouts-to-2026-10-31.csv'],
  ])('from %s to %s is %s', (from, to, name) => {
    expect(fileName({ ...EVERYTHING, range: { from, to } }, 2)).toBe(name);
  });

  test('tells the run as it is written, and the currency', () => {
    expect(fileName({ ...EVERYTHING, format: 'lines', run: 'r-7', currency: 'EUR' }, 2)).toBe(
      'lines-R-000007-EUR.csv',
    );
  });

  test('tells of news which they are, so that each night has a name of its own', () => {
    const news = { ...EVERYTHING, format: 'xero-bills', newOnly: true };
    expect(fileName({ ...news, range: { from: '2026-10-01', to: '2026-10-31' } }, 2)).toBe(
      'xero-bills-2026-10-news-3.csv',
    );
    expect(fileName(news, 0)).toBe('xero-bills-news-1.csv');
  });
});

type Row = Readonly<Record<string, string>>;

/** What an export to stdout writes. */
async function exported(sample: SampleLedger, request: Partial<ExportRequest>): Promise<string> {
  let text = '';
  await exportTo(sample.work, { ...EVERYTHING, ...request }, (piece) => {
    text += Buffer.from(piece as string).toString();
    return Promise.resolve();
  });
  return text;
}

const rowsIn = (text: string): Row[] => parse(text, { columns: true });

describe('exports', () => {
  let sample: SampleLedger;
  const file = (name: string): string => join(dirname(sample.path), name);

  beforeEach(async () => {
    sample = await SampleLedger.create();
    await sample.commissions({ id: 'a', amount: 500n }, { id: 'b', amount: 700n, affiliateId: 'aff_2' });
    await sample.generate();
  });

  afterEach(async () => {
    await sample.remove();
  });

  test('are recorded with what was asked for and what was written', async () => {
    const range = { from: '2026-11-01', to: '2026-11-30' };
    const { files } = await exportFile(
      sample.work,
      { ...EVERYTHING, range },
      { out: file('p.csv'), overwrite: false },
    );
    await exported(sample, { format: 'journal', run: 'R-1', currency: 'USD', newOnly: true });
    expect(await listExports(sample.work)).toMatchObject([
      { id: 'E-000001', format: 'payouts', ...range, runId: null, currency: null, newOnly: false, files },
      {
        ...{ id: 'E-000002', format: 'journal', from: null, to: null, runId: 'R-000001', currency: 'USD' },
        ...{ newOnly: true, files: [{ path: null, rows: 4 }], exportedOn: '2026-11-22', exportedBy: 'kim' },
      },
    ]);
  });

  test('that fail are not recorded, and leave no file', async () => {
    await mkdir(file('books'));
    await writeFile(file('books/t.csv'), 'BillNo,Affiliate ID,*Email,Amount\n');
    const request = {
      ...EVERYTHING,
      format: 'template',
      template: { template: file('books/t.csv'), map: null },
    };
    await expect(
      exportFile(sample.work, request, { out: file('books'), overwrite: false }),
    ).rejects.toMatchObject({ code: 'invalid_data' });
    const gone = new Error('nobody reads any more');
    await expect(exportTo(sample.work, EVERYTHING, () => Promise.reject(gone))).rejects.toBe(gone);
    expect(await readdir(file('books'))).toEqual(['t.csv']);
    expect(await listExports(sample.work)).toEqual([]);
  });

  test('from a ledger that is only read are refused before anything is written', async () => {
    await chmod(sample.path, 0o444);
    const ledger = await openLedger(sample.path, { waitMs: 0 });
    const refused = exportFile({ ...sample.work, ledger }, EVERYTHING, {
      out: file('p.csv'),
      overwrite: false,
    });
    await expect(refused).rejects.toThrow('is read-only');
    await ledger.close();
    expect(await readdir(dirname(sample.path))).not.toContain('p.csv');
  });

  test.each([true, false])(
    'of which the record fails leave what was there: a file is %s',
    async (isThere) => {
      if (isThere) await writeFile(file('p.csv'), 'mine');
      const before = await readdir(dirname(sample.path));
      const full = new Error('no room for the record');
      const write: Ledger['write'] = (use, options) =>
        sample.ledger.write(async (writer) => {
          await use(writer);
          throw full;
        }, options);
      const ledger = new Proxy(sample.ledger, {
        get: (target, key) => {
          const own: unknown = key === 'write' ? write : Reflect.get(target, key);
          return typeof own === 'function' ? (own.bind(target) as unknown) : own;
        },
      });
      const place = { out: file('p.csv'), overwrite: isThere };
      await expect(exportFile({ ...sample.work, ledger }, EVERYTHING, place)).rejects.toBe(full);
      expect(await readdir(dirname(sample.path))).toEqual(before);
      const left = await readFile(file('p.csv'), 'utf8').catch(() => null);
      expect(left).toBe(isThere ? 'mine' : null);
      expect(await listExports(sample.work)).toEqual([]);
    },
  );

  test('to stdout are of one state of the ledger, though it is gone through twice', async () => {
    let text = '';
    const progress = (step: number): void => {
      if (step === 2) sample.tamper("UPDATE payouts SET affiliate_name = 'Eve'");
    };
    const request = { ...EVERYTHING, format: 'xero-bills' };
    await exportTo({ ...sample.work, progress }, request, (piece) => {
      text += Buffer.from(piece as string).toString();
      return Promise.resolve();
    });
    expect(text).toContain('Name of aff_2');
    expect(text).not.toContain('Eve');
  });

  test('that were only looked at do not count', async () => {
    const news = { ...EVERYTHING, newOnly: true };
    const look = (counts: boolean): Promise<Exported> =>
      exportTo(sample.work, news, () => Promise.resolve(), { counts });
    expect((await look(false)).rows).toBe(2);
    expect((await look(true)).rows).toBe(2);
    expect((await look(true)).rows).toBe(0);
    expect((await listExports(sample.work)).map(({ counts }) => counts)).toEqual([false, true, true]);
    const earlier = await sample.ledger.read((reader) => earlierExports(reader, 'payouts'));
    expect(earlier).toMatchObject({
      count: 2,
      last: { id: 'E-000003', on: '2026-11-22' },
      had: [{ from: null }],
    });
    expect(earlier.had).toHaveLength(1);
  });

  test('of news get a name of their own in a folder, and leave a file where nothing is new', async () => {
    await mkdir(file('books'));
    const news = (out: string, overwrite = false): Promise<ExportedFiles> =>
      exportFile(sample.work, { ...EVERYTHING, newOnly: true }, { out, overwrite });
    await news(file('books'));
    await news(file('books'));
    expect(await readdir(file('books'))).toEqual(['payouts-news-1.csv', 'payouts-news-2.csv']);
    const first = file('books/payouts-news-1.csv');
    const before = await readFile(first, 'utf8');
    for (const overwrite of [true, false]) {
      expect(await news(first, overwrite)).toMatchObject({
        ...{ id: null, files: [], rows: 0 },
        unchanged: { path: first, since: { id: 'E-000002', on: '2026-11-22' } },
      });
    }
    expect(await readFile(first, 'utf8')).toBe(before);
    expect(await listExports(sample.work)).toHaveLength(2);
  });

  test('of news at once: what one of them has is not in the other', async () => {
    const news = (name: string): Promise<unknown> =>
      exportFile(sample.work, { ...EVERYTHING, newOnly: true }, { out: file(name), overwrite: false });
    const [one, other] = await Promise.allSettled([news('1.csv'), news('2.csv')]);
    const outcomes = [one, other];
    const made = outcomes.filter(({ status }) => status === 'fulfilled');
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    const rows = (await listExports(sample.work)).map(({ files: [first] }) => first?.rows ?? 0);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(rows).toHaveLength(made.length);
    expect(refused.every((reason) => reason instanceof ConflictError)).toBe(true);
  });

  test('of news tell of what was exported before and is void by now, until they had it', async () => {
    const notes = async (newOnly: boolean, format = 'payouts'): Promise<readonly string[]> =>
      (await exportTo(sample.work, { ...EVERYTHING, format, newOnly }, () => Promise.resolve())).notes;
    await notes(false);
    expect(await notes(true)).toEqual([]);
    await sample.void('INV-2026-000002');
    expect(await notes(true, 'lines')).toEqual([]);
    expect(await notes(true)).toEqual([
      'Exported before and void since: INV-2026-000002. A row a payout cannot say that again; without ' +
        '--new-only they are there with their credit notes.',
    ]);
    expect(await notes(true)).toEqual([]);
  });

  test('of one template do not count for another', async () => {
    await writeFile(file('bills.csv'), 'BillNo,Amount\n');
    await writeFile(file('journal.csv'), 'Entry,Account,Debit,Credit\n');
    const news = async (name: string): Promise<number> =>
      rowsIn(
        await exported(sample, {
          ...{ format: 'template', newOnly: true, template: { template: file(name), map: null } },
        }),
      ).length;
    expect(await news('bills.csv')).toBe(2);
    expect(await news('journal.csv')).toBe(8);
    expect(await news('bills.csv')).toBe(0);
    await sample.void('INV-2026-000001');
    expect(await news('bills.csv')).toBe(1);
  });

  test.each([
    ['no.csv', null, 'not_found'],
    ['utf16.csv', null, 'invalid_data'],
    ['empty.csv', null, 'invalid_data'],
    ['quote.csv', null, 'invalid_data'],
    ['good.csv', 'no.json', 'not_found'],
    ['good.csv', 'quote.csv', 'invalid_data'],
    [null, null, 'usage'],
    ['-', null, 'usage'],
  ])('by the template %s with the map %s end with %s', async (name, map, code) => {
    await writeFile(file('utf16.csv'), Buffer.from('BillNo,Amount\n', 'utf16le'));
    await writeFile(file('empty.csv'), '\n\r\n');
    await writeFile(file('quote.csv'), 'BillNo,"Amount\n1,2\n');
    await writeFile(file('good.csv'), 'BillNo,Amount\n');
    const path = (one: string): string => (one === '-' ? one : file(one));
    const template = name === null ? null : { template: path(name), map: map === null ? null : path(map) };
    await expect(exported(sample, { format: 'template', template })).rejects.toMatchObject({ code });
  });

  test('by a template keep its first row as it is, but for the mark in front', async () => {
    const head = '"Bill No";Amount;"Two\nlines"';
    await writeFile(file('t.csv'), `\ufeff\r\n${head}\r\nexample;1;2\r\n`);
    const template = { template: file('t.csv'), map: null };
    await exportFile(
      sample.work,
      { ...EVERYTHING, format: 'template', template },
      { out: file('out.csv'), overwrite: false },
    );
    expect(await readFile(file('out.csv'), 'utf8')).toBe(
      `${head}\r\nINV-2026-000001;5.00;\r\nINV-2026-000002;7.00;\r\n`,
    );
  });
});

/** What happens to a ledger, and what is exported of it: one step of a random sequence. */
type Step =
  | {
      readonly do: 'import';
      readonly id: number;
      readonly on: string;
      readonly amount: number;
      readonly status: string;
      readonly currency: string;
      readonly affiliateId: string;
    }
  | { readonly do: 'generate' | 'tomorrow' }
  | { readonly do: 'void' | 'pay' | 'return' | 'fail' | 'process'; readonly payout: number }
  | {
      readonly do: 'export';
      readonly from: string | null;
      readonly to: string | null;
      readonly run: boolean;
      readonly currency: string | null;
    };

const DAYS = ['2026-09-20', '2026-10-05', '2026-10-31', '2026-11-21', '2026-11-22'] as const;
const day = fc.option(fc.constantFrom(...DAYS, '2026-11-23'));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('import' as const),
      id: fc.nat(5),
      on: fc.constantFrom(...DAYS),
      amount: fc.integer({ min: -300, max: 900 }),
      status: fc.constantFrom('approved', 'approved', 'pending', 'rejected', 'settled'),
      // Another each time: what is imported again moves.
      currency: fc.constantFrom('USD', 'USD', 'EUR'),
      affiliateId: fc.constantFrom('aff_1', 'aff_2'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('generate' as const, 'tomorrow' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'void' as const,
        'pay' as const,
        'return' as const,
        'process' as const,
        'fail' as const,
      ),
      payout: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('export' as const),
      from: day,
      to: day,
      run: fc.boolean(),
      currency: fc.option(fc.constantFrom('USD', 'EUR')),
    }),
  },
);

/** Debits less credits by account and currency, in hundredths. */
function balancesOf(rows: readonly Row[]): Record<string, bigint> {
  const balances: Record<string, bigint> = {};
  const minor = (text = ''): bigint => BigInt((text === '' ? '0.00' : text).replace('.', ''));
  for (const { account, currency, debit, credit } of rows) {
    const key = `${account ?? ''} ${currency ?? ''}`;
    balances[key] = (balances[key] ?? 0n) + minor(debit) - minor(credit);
  }
  return Object.fromEntries(Object.entries(balances).filter(([, balance]) => balance !== 0n));
}

/** The formats of which news are exported, and by what a row of them is known where it stands alone. */
const KNOWN_BY = {
  payouts: ({ invoice_number: number }: Row) => number,
  lines: ({ invoice_number: number, commission_id: id }: Row) => `${number ?? ''} ${id ?? ''}`,
  template: ({ BillNo: number }: Row) => number,
  journal: null,
} as const;

/** One ledger to which a sequence of steps happens. */
class Play {
  readonly #news: Record<string, Row[]> = { payouts: [], lines: [], template: [], journal: [] };

  constructor(private readonly sample: SampleLedger) {}

  async play(one: Step): Promise<void> {
    try {
      await this.#play(one);
    } catch (error) {
      // What the ledger does not allow is a step that does not happen.
      if (!(error instanceof PayrunError) || error.code === 'integrity') throw error;
    }
  }

  async #play(one: Step): Promise<unknown> {
    const { sample } = this;
    switch (one.do) {
      case 'import': {
        const { id, on, amount, status, currency, affiliateId } = one;
        const corrects = amount < 0 && id > 2 ? `c${id - 3}` : null;
        const rest = { currency, affiliateId, status, earnedAt: on, kind: 'adjustment', corrects };
        return sample.commissions({ id: `c${id}`, amount: BigInt(amount), ...rest });
      }
      case 'generate':
        return sample.generate({ from: null, to: '2026-12-31' });
      case 'tomorrow':
        sample.today = sample.today < '2026-11-25' ? nextDay(sample.today) : sample.today;
        return undefined;
      case 'export':
        return this.exportNews(one);
      case 'void':
        return sample.void(`INV-2026-00000${one.payout}`);
      default:
        return sample.change(one.do, `INV-2026-00000${one.payout}`);
    }
  }

  async exportNews({ from, to, run, currency }: Omit<Extract<Step, { do: 'export' }>, 'do'>): Promise<void> {
    const range = run || (from !== null && to !== null && from > to) ? EVERYTHING.range : { from, to };
    for (const format of Object.keys(KNOWN_BY)) {
      const asked = { format, range, run: run ? 'R-1' : null, currency, newOnly: true };
      this.#news[format]?.push(...rowsIn(await this.#text(asked)));
    }
  }

  #text(request: Partial<ExportRequest>): Promise<string> {
    const template = join(dirname(this.sample.path), 'bills.csv');
    const rest = request.format === 'template' ? { template: { template, map: null } } : {};
    return exported(this.sample, { ...request, ...rest });
  }

  /** What there is of each format among the news, and what there is in all, to be the same. */
  async told(): Promise<readonly { readonly news: unknown; readonly whole: unknown }[]> {
    const told = Object.entries(KNOWN_BY).map(async ([format, known]) => {
      const of = (rows: readonly Row[]): unknown =>
        known === null ? balancesOf(rows) : rows.map(known).sort();
      return { news: of(this.#news[format] ?? []), whole: of(rowsIn(await this.#text({ format }))) };
    });
    return Promise.all(told);
  }
}

const nextDay = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

describe('exports of news, whatever happens between them and whatever part each is of', () => {
  test('are together what an export of everything is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 25 }), async (steps) => {
        const sample = await SampleLedger.create();
        try {
          await writeFile(join(dirname(sample.path), 'bills.csv'), 'BillNo,Amount,Currency\n');
          const play = new Play(sample);
          for (const one of steps) await play.play(one);
          await play.exportNews({ from: null, to: null, run: false, currency: null });
          for (const { news, whole } of await play.told()) expect(news).toEqual(whole);
        } finally {
          await sample.remove();
        }
      }),
      { numRuns: Number(process.env['NEWS_RUNS'] ?? 10) },
    );
  }, 60_000);
});
