import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatAmount } from '../../src/core/money.js';
import { qboBills } from '../../src/exports/qbo-bills.js';
import { qboJournal } from '../../src/exports/qbo-journal.js';
import {
  bill,
  contextFor,
  entry,
  golden,
  HOSTILE_BILLS,
  HOSTILE_ENTRIES,
  monthly,
  NAMES,
  OTHER_CURRENCIES,
  rowsOf,
  written,
} from './accounting-world.js';

const BHD =
  'Amounts in BHD have 3 decimals, and QuickBooks Online may keep two: compare them after the import.';
const CREDITS =
  'Credit notes stand as bills with a negative amount; where QuickBooks Online refuses them, enter them as ' +
  'supplier credits.';

describe('bills for QuickBooks Online', () => {
  test('are what people looked at, whatever the names are', async () => {
    const context = contextFor('qbo-bills');
    const { files, rows } = await written(qboBills, [HOSTILE_BILLS], context);
    expect(files).toEqual([golden('qbo-bills/hostile.csv', files.join(''))]);
    expect(rows).toEqual([HOSTILE_BILLS.length]);
    expect(rowsOf(files[0]).map((row) => [row['*BillNo'], row['*LineAmount'], row['Currency']])).toEqual(
      HOSTILE_BILLS.map(({ kind, number, amount, currency }) => [
        number,
        formatAmount(kind === 'bill' ? amount : -amount, currency),
        currency,
      ]),
    );
    expect([...context.heard.notes]).toEqual([BHD, CREDITS]);
    expect(context.heard.changed.at(-2)).toEqual({
      ...{ row: 7, column: '*Supplier', value: 'Parent:Child', written: 'Parent Child' },
    });
  });

  test('call the supplier a vendor where that was set, and tell of an account that is a number', async () => {
    const context = contextFor('qbo-bills', {
      'export.qbo-bills.supplier-title': 'Vendor',
      'export.qbo-bills.date-order': 'dmy',
      'export.qbo-bills.tax-code': '20.0% S',
      'accounts.expense': '6200',
    });
    const { files } = await written(qboBills, [[bill('INV-1')]], context);
    expect(files[0]?.split('\r\n')).toEqual([
      '*BillNo,*Vendor,*BillDate,*DueDate,Terms,Location,Memo,*Account,LineDescription,*LineAmount,*LineTaxCode,' +
        'LineTaxAmount,Currency',
      'INV-1,Acme Blog,02/11/2026,16/11/2026,,,Affiliate commissions 2026-10-01 to 2026-10-31,6200,' +
        'Affiliate commissions 2026-10-01 to 2026-10-31,1234.56,20.0% S,,EUR',
      '',
    ]);
    expect([...context.heard.notes]).toEqual([
      'The account 6200 is a number, and QuickBooks Online goes by names: set export.qbo-bills.account.',
    ]);
  });

  test('refuse a number of more than 21 characters, with its row, column and setting', async () => {
    const long = bill('AFFILIATES/2026/000002');
    const writing = written(qboBills, [[bill('A'.repeat(21)), long]], contextFor('qbo-bills'));
    await expect(writing).rejects.toMatchObject({
      code: 'invalid_data',
      message:
        'The format cannot carry everything; no file was written. row 2 (AFFILIATES/2026/000002 of aff_1), *BillNo, ' +
        '"AFFILIATES/2026/000002": it must be at most 21 characters in QuickBooks Online, and begin with a letter or ' +
        'digit.',
      hint: expect.stringContaining('invoice.pattern'),
    });
  });

  test('are split at 100 bills', async () => {
    const bills = Array.from({ length: 201 }, (_, at) => bill(`INV-${at}`));
    const { files, rows } = await written(qboBills, [bills], contextFor('qbo-bills'));
    expect(rows).toEqual([100, 100, 1]);
    expect(files.flatMap(rowsOf).map((row) => row['*BillNo'])).toEqual(bills.map(({ number }) => number));
  });
});

describe('journal entries for QuickBooks Online', () => {
  test('are what people looked at, whatever the names are', async () => {
    const entries = [...HOSTILE_ENTRIES, ...OTHER_CURRENCIES];
    const context = contextFor('qbo-journal', { 'accounts.clearing.wise': 'Bank:Wise' });
    expect(qboJournal.detail(context)).toBe('day');
    const { files } = await written(qboJournal, [entries], context);
    expect(files).toEqual([golden('qbo-journal/hostile.csv', files.join(''))]);
    expect(
      rowsOf(files[0]).map((row) =>
        row['*Debits'] === '' ? `-${row['*Credits'] ?? ''}` : (row['*Debits'] ?? ''),
      ),
    ).toEqual(
      entries.flatMap(({ lines, currency }) => lines.map(({ amount }) => formatAmount(amount, currency))),
    );
    expect([...context.heard.notes]).toEqual([BHD]);
  });

  test('name the supplier on accounts payable only, and say the date once where that was set', async () => {
    const entries = [entry({ kind: 'issued', invoiceNumber: 'INV-1', count: 1 })];
    const set = { 'export.qbo-journal.repeat-date': 'no', 'export.qbo-journal.date-order': 'dmy' };
    const { files } = await written(qboJournal, [entries], contextFor('qbo-journal', set));
    expect(files[0]?.split('\r\n').slice(1)).toEqual([
      'INV-1,31/10/2026,Accrued Affiliate Commissions,1234.56,,"Payout issued, Acme Blog, INV-1",,EUR,,',
      'INV-1,,Accounts Payable (A/P),,1234.56,"Payout issued, Acme Blog, INV-1",Acme Blog,,,',
      '',
    ]);
  });

  test('of months are numbered by day, currency, kind, method and part', async () => {
    const entries = [
      monthly({ kind: 'earned' }),
      monthly({ kind: 'paid', method: 'paypal' }),
      monthly({ kind: 'paid', method: null, postingDate: '2026-10-15', currency: 'JPY' }),
    ];
    const set = { 'export.qbo-journal.payable': 'Affiliates owed' };
    const { files } = await written(qboJournal, [entries], contextFor('qbo-journal', set, { part: 9999 }));
    const numbers = rowsOf(files[0]).map((row) => row['*JournalNo'] ?? '');
    expect([...new Set(numbers)]).toEqual([
      '20261031-EUR-EA-9999',
      '20261031-EUR-PAP-9999',
      '20261015-JPY-PA-9999',
    ]);
    expect(Math.max(...numbers.map((number) => number.length))).toBeLessThanOrEqual(21);
  });

  test('of months are other ones for each run', async () => {
    const entries = [monthly({ kind: 'paid', method: 'wise', count: 2 }), entry({ kind: 'earned' })];
    const set = { 'export.qbo-journal.payable': 'Affiliates owed' };
    const numbers = async (run: string | null, part: number | null): Promise<(string | undefined)[]> => {
      const { files } = await written(qboJournal, [entries], contextFor('qbo-journal', set, { run, part }));
      return rowsOf(files[0]).map((row) => row['*JournalNo']);
    };
    const all = await numbers(null, null);
    expect(all[0]).toBe('20261031-EUR-PAW');
    expect(await numbers('R-000012', null)).toEqual([
      ...['261031-EUR-PAW-R12', '261031-EUR-PAW-R12', ...all.slice(2)],
    ]);
    expect((await numbers('R-000013', 2))[0]).toBe('261031-EUR-PAW-R13-2');
  });

  test.each([
    [{ 'export.qbo-journal.bank': '1200' }, ['export.qbo-journal.bank']],
    [{ 'accounts.clearing.wise': '1200' }, ['accounts.clearing.wise']],
    [{ 'accounts.clearing.paypal': '1200' }, []],
  ])('%j: name the setting of an account that decides', async (set: Record<string, string>, named) => {
    const paid = entry({ kind: 'paid', invoiceNumber: 'INV-1', method: 'wise', step: 2 });
    const context = contextFor('qbo-journal', set);
    await written(qboJournal, [[paid]], context);
    expect([...context.heard.notes]).toEqual(
      named.map((key) => `The account 1200 is a number, and QuickBooks Online goes by names: set ${key}.`),
    );
  });

  test('refuse the sum of a month on accounts payable, which has no supplier', async () => {
    const entries = [monthly({ kind: 'earned' }), monthly({ kind: 'issued' })];
    await expect(written(qboJournal, [entries], contextFor('qbo-journal'))).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('payrun settings set export.qbo-journal.detail day'),
    });
  });

  test('refuse a number that has become too long by what was added to it', async () => {
    const paid = entry({ kind: 'paid', invoiceNumber: 'AFFILIATES-2026-00001', step: 3 });
    await expect(written(qboJournal, [[paid]], contextFor('qbo-journal'))).rejects.toMatchObject({
      code: 'invalid_data',
      details: [{ row: 1, column: '*JournalNo', value: 'AFFILIATES-2026-00001-P3' }],
    });
  });

  test('balance, have a debit or a credit, are split at 1,000 rows, and lose and double nothing', async () => {
    const facts = fc.record({
      kind: fc.constantFrom('earned' as const, 'clawed_back' as const, 'rejected' as const),
      affiliateId: fc.uuid(),
      affiliateName: fc.constantFrom(...Object.values(NAMES)),
      currency: fc.constantFrom('EUR', 'JPY'),
      amount: fc.bigInt(-999999n, 999999n).filter((amount) => amount !== 0n),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(facts, { maxLength: 700 }), { maxLength: 2 }), async (pages) => {
        const entries = pages.map((page) => page.map((fact) => entry(fact)));
        const { files, rows } = await written(qboJournal, entries, contextFor('qbo-journal'));
        const parsed = files.map(rowsOf);
        expect(parsed.map((file) => file.length)).toEqual(rows);
        expect(Math.max(...rows)).toBeLessThanOrEqual(1000);
        const sums = new Map<string, bigint>();
        for (const row of parsed.flat()) {
          const { '*Debits': debit = '', '*Credits': credit = '', '*JournalNo': number = '' } = row;
          expect([debit, credit].filter((side) => side === '')).toHaveLength(1);
          const key = `${number} ${row['Currency'] ?? ''}`;
          const amount = BigInt((debit + credit).replace('.', ''));
          sums.set(key, (sums.get(key) ?? 0n) + (debit === '' ? -amount : amount));
        }
        expect([...sums.values()].filter((sum) => sum !== 0n)).toEqual([]);
        expect(sums.size).toBe(new Set(entries.flat().map(({ id }) => id)).size);
        expect(parsed.flat()).toHaveLength(2 * entries.flat().length);
      }),
      { numRuns: 15 },
    );
  });
});
