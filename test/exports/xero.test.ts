import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/core/errors.js';
import { formatAmount } from '../../src/core/money.js';
import { xeroBills } from '../../src/exports/xero-bills.js';
import { xeroJournal } from '../../src/exports/xero-journal.js';
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

const daily = { 'export.xero-journal.detail': 'day' };

describe('bills for Xero', () => {
  test('are what people looked at, whatever the names are', async () => {
    const context = contextFor('xero-bills');
    const { files, rows } = await written(xeroBills, [HOSTILE_BILLS], context);
    expect(files).toEqual([golden('xero-bills/hostile.csv', files.join(''))]);
    expect(rows).toEqual([HOSTILE_BILLS.length]);
    expect(
      rowsOf(files[0]).map((row) => [row['*InvoiceNumber'], row['*UnitAmount'], row['Currency']]),
    ).toEqual(
      HOSTILE_BILLS.map(({ kind, number, amount, currency }) => [
        number,
        formatAmount(kind === 'bill' ? amount : -amount, currency),
        currency,
      ]),
    );
    expect([...context.heard.notes]).toEqual([
      'Amounts in BHD have 3 decimals, and Xero may keep two: compare them after the import.',
    ]);
    expect(context.heard.changed.slice(1, 3)).toEqual([
      { row: 2, column: 'POAddressLine3', value: '-2nd floor', written: '2nd floor' },
      { row: 2, column: 'PORegion', value: '@home', written: 'home' },
    ]);
  });

  test('keep the order of the day and month, the days to pay, the account and the tax rate that were set', async () => {
    const context = contextFor('xero-bills', {
      'export.xero-bills.date-order': 'mdy',
      'export.xero-bills.due-days': '30',
      'export.xero-bills.tax-type': '20% (VAT on Expenses)',
      'accounts.expense': '429',
      'accounts.affiliate.aff_1': 'Acme (Berlin)',
    });
    const { files } = await written(xeroBills, [[bill('INV-1')]], context);
    expect(rowsOf(files[0])[0]).toMatchObject({
      '*ContactName': 'Acme (Berlin)',
      '*InvoiceDate': '11/02/2026',
      '*DueDate': '12/02/2026',
      '*AccountCode': '429',
      '*TaxType': '20% (VAT on Expenses)',
    });
  });

  test('are the header alone where there is none', async () => {
    const { files, rows } = await written(xeroBills, [], contextFor('xero-bills'));
    expect(files[0]?.split('\r\n')).toEqual([expect.stringMatching(/^\*ContactName,.*,Currency$/), '']);
    expect(rows).toEqual([0]);
  });

  test('tell of two affiliates who would be one contact', async () => {
    const context = contextFor('xero-bills');
    const bills = [bill('1'), bill('2'), bill('3', { affiliateId: 'aff_9', affiliateName: '=ACME blog' })];
    await written(xeroBills, [bills], context);
    expect([...context.heard.notes]).toEqual([
      'Several affiliates share a name and would be one supplier: "ACME blog". ' +
        'Give each a name of its own there: `payrun settings set accounts.affiliate.<id> NAME`.',
    ]);
  });

  test('tell of a contact who shares his name with somebody who is not exported now', async () => {
    const names = [
      { id: 'aff_1', name: 'Called otherwise now' },
      { id: 'aff_8', name: ' ACME  Blog' },
      { id: 'aff_9', name: 'Nobody else' },
    ];
    const shared = { affiliates: () => Promise.resolve(names) };
    const context = contextFor('xero-bills', {}, shared);
    await written(xeroBills, [[bill('1')]], context);
    expect([...context.heard.notes]).toEqual([expect.stringMatching(/share a name .*: "ACME Blog"\. /)]);
    expect(context.heard.changed).toEqual([]);
    const told = contextFor('xero-bills', { 'accounts.affiliate.aff_8': 'Acme Two' }, shared);
    await written(xeroBills, [[bill('1')]], told);
    expect([...told.heard.notes]).toEqual([]);
  });

  test('refuse a name of which nothing is left, with its row and column', async () => {
    const context = contextFor('xero-bills');
    const writing = written(xeroBills, [[bill('1'), bill('2', { affiliateName: '=+-@' })]], context);
    await expect(writing).rejects.toMatchObject({
      code: 'invalid_data',
      details: [{ row: 2, column: '*ContactName', of: '2 of aff_1', value: '=+-@' }],
      hint:
        'Say how Xero calls the affiliate: `payrun settings set accounts.affiliate.<id> NAME`; what is issued keeps ' +
        'the name that it was issued with.',
    });
  });

  test('refuse a number that begins with a sign, and say so', async () => {
    await expect(written(xeroBills, [[bill('#1')]], contextFor('xero-bills'))).rejects.toMatchObject({
      message: expect.stringMatching(
        /"#1": it must be at most 255 characters that begin with a letter or digit\.$/,
      ),
      hint: expect.stringContaining('invoice.pattern'),
    });
  });

  test('refuse an account that is no code, naming the settings', async () => {
    const context = contextFor('xero-bills', { 'accounts.expense': 'Affiliate Commissions' });
    await expect(written(xeroBills, [[bill('1')]], context)).rejects.toMatchObject({
      code: 'usage',
      hint: 'Set export.xero-bills.account or accounts.expense to the code in your Xero chart of accounts, not the name.',
    });
  });

  test('are split at 500 bills, with nothing lost or doubled, however they come in pages', async () => {
    const numbers = Array.from({ length: 1203 }, (_, at) => `INV-${at + 1}`);
    const bills = numbers.map((number) => bill(number));
    const whole = await written(xeroBills, [bills], contextFor('xero-bills'));
    expect(whole.rows).toEqual([500, 500, 203]);
    expect(whole.files.flatMap(rowsOf).map((row) => row['*InvoiceNumber'])).toEqual(numbers);
    const pages = [bills.slice(0, 499), [], bills.slice(499, 501), bills.slice(501)];
    expect(await written(xeroBills, pages, contextFor('xero-bills'))).toEqual(whole);
  });
});

describe('manual journals for Xero', () => {
  test('are what people looked at, whatever the names are', async () => {
    const context = contextFor('xero-journal', { ...daily, 'accounts.clearing.wise': '1210' });
    const { files } = await written(xeroJournal, [HOSTILE_ENTRIES], context);
    expect(files).toEqual([golden('xero-journal/hostile.csv', files.join(''))]);
    expect(rowsOf(files[0]).map((row) => row['*Amount'])).toEqual(
      HOSTILE_ENTRIES.flatMap(({ lines, currency }) =>
        lines.map(({ amount }) => formatAmount(amount, currency)),
      ),
    );
  });

  test('of months are one for each kind and method', async () => {
    const entries = [
      monthly({ kind: 'earned' }),
      monthly({ kind: 'paid', method: 'wise', count: 2 }),
      monthly({ kind: 'paid', method: null, count: 1, amount: 5n }),
    ];
    const context = contextFor('xero-journal');
    expect(xeroJournal.detail(context)).toBe('month');
    const { files } = await written(xeroJournal, [entries], context);
    expect(files[0]?.split('\r\n').slice(1)).toEqual([
      'Commissions earned 2026-10,31/10/2026,12 commissions,6200,No VAT,1234.56,,,,',
      'Commissions earned 2026-10,31/10/2026,12 commissions,2110,No VAT,-1234.56,,,,',
      'Payout paid 2026-10 (wise),31/10/2026,2 payouts,2100,No VAT,1234.56,,,,',
      'Payout paid 2026-10 (wise),31/10/2026,2 payouts,1200,No VAT,-1234.56,,,,',
      'Payout paid 2026-10,31/10/2026,1 payout,2100,No VAT,0.05,,,,',
      'Payout paid 2026-10,31/10/2026,1 payout,1200,No VAT,-0.05,,,,',
      '',
    ]);
  });

  test('of months are other journals for each run', async () => {
    const entries = [monthly({ kind: 'paid', method: 'wise', currency: 'JPY', amount: 5n })];
    const context = contextFor('xero-journal', {}, { run: 'R-000007', part: 3 });
    const { files } = await written(xeroJournal, [entries], context);
    expect(rowsOf(files[0])[0]?.['*Narration']).toBe('Payout paid 2026-10 (wise) JPY, run R-000007, part 3');
  });

  test('name the clearing account that was set, and else the accounts of the bank', async () => {
    const paid = [entry({ kind: 'paid', invoiceNumber: 'INV-1', method: 'wise', step: 2 })];
    const hint = async (set: Record<string, string>): Promise<unknown> =>
      written(xeroJournal, [paid], contextFor('xero-journal', set)).catch((error: unknown) =>
        error instanceof UsageError ? error.hint : error,
      );
    const code = 'to the code in your Xero chart of accounts, not the name.';
    expect(await hint({ 'accounts.clearing.wise': 'My Wise' })).toBe(`Set accounts.clearing.wise ${code}`);
    expect(await hint({ 'accounts.bank': 'My Bank' })).toBe(
      `Set export.xero-journal.bank or accounts.bank ${code}`,
    );
  });

  test('of news are other journals than those before', async () => {
    const narrations = async (part: number | null): Promise<(string | undefined)[]> => {
      const entries = [monthly({ kind: 'earned' }), entry({ kind: 'earned' })];
      const { files } = await written(xeroJournal, [entries], contextFor('xero-journal', {}, { part }));
      return rowsOf(files[0]).map((row) => row['*Narration']);
    };
    const first = await narrations(null);
    expect(first[2]).toMatch(/^Commissions earned A261031-[0-9A-V]{8}, Acme Blog$/);
    expect(await narrations(null)).toEqual(first);
    expect(await narrations(2)).toEqual([
      ...Array.from({ length: 2 }, () => 'Commissions earned 2026-10, part 2'),
      ...Array.from({ length: 2 }, () => first[2]?.replace(', Acme', '-2, Acme')),
    ]);
  });

  test('refuse entries in several currencies, naming them', async () => {
    const pages = [OTHER_CURRENCIES, HOSTILE_ENTRIES];
    await expect(written(xeroJournal, pages, contextFor('xero-journal'))).rejects.toMatchObject({
      code: 'usage',
      message: 'A Xero journal has no currency, and the entries are in BHD, EUR, JPY.',
      hint: 'Ask for the base currency of your books there alone, such as --currency EUR.',
    });
  });

  test('tell of one currency that is not that of the ledger', async () => {
    const context = contextFor('xero-journal');
    const { files } = await written(
      xeroJournal,
      [[monthly({ kind: 'earned', currency: 'JPY', amount: 1250n })]],
      context,
    );
    expect(rowsOf(files[0])[1]).toMatchObject({
      '*Narration': 'Commissions earned 2026-10 JPY',
      '*Amount': '-1250',
    });
    expect([...context.heard.notes]).toEqual([
      'The entries are in JPY, which the file cannot say: import it only where the base currency is JPY.',
    ]);
  });

  test('balance, are split at 300 lines, and lose and double nothing', async () => {
    const facts = fc.record({
      kind: fc.constantFrom('earned' as const, 'clawed_back' as const, 'rejected' as const),
      affiliateId: fc.uuid(),
      affiliateName: fc.constantFrom(...Object.values(NAMES)),
      amount: fc.bigInt(-999999n, 999999n).filter((amount) => amount !== 0n),
      count: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(facts, { maxLength: 200 }), { maxLength: 3 }), async (pages) => {
        const entries = pages.map((page) => page.map((fact) => entry(fact)));
        const { files, rows } = await written(xeroJournal, entries, contextFor('xero-journal', daily));
        const parsed = files.map(rowsOf);
        expect(parsed.map((file) => file.length)).toEqual(rows);
        for (const file of parsed) {
          expect(file.length).toBeLessThanOrEqual(300);
          const sums = new Map<string | undefined, bigint>();
          for (const row of file) {
            const amount = BigInt(row['*Amount']?.replace('.', '') ?? '');
            sums.set(row['*Narration'], (sums.get(row['*Narration']) ?? 0n) + amount);
          }
          expect([...sums.values()].filter((sum) => sum !== 0n)).toEqual([]);
        }
        expect(parsed.flat().map((row) => row['*Amount'])).toEqual(
          entries.flat().flatMap(({ lines }) => lines.map(({ amount }) => formatAmount(amount, 'EUR'))),
        );
      }),
      { numRuns: 20 },
    );
  });
});
