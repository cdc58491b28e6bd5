import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatAmount } from '../../src/core/money.js';
import type { AffiliateName } from '../../src/exports/format.js';
import { sage50 } from '../../src/exports/sage50.js';
import { bill, contextFor, golden, HOSTILE_BILLS, rowsOf, written } from './accounting-world.js';

const BILLS = HOSTILE_BILLS.filter(({ currency }) => currency === 'EUR');

describe('bills for Sage 50', () => {
  test('are what people looked at, and say what was billed', async () => {
    const context = contextFor('sage50');
    const { files, rows } = await written(sage50, [BILLS.slice(0, 2), BILLS.slice(2)], context);
    expect(files).toEqual([golden('sage50/hostile.csv', files.join(''))]);
    expect(rows).toEqual([BILLS.length]);
    expect(
      rowsOf(files[0]).map((row) => [
        row['Type'],
        row['Account Reference'],
        row['Reference'],
        row['Net Amount'],
      ]),
    ).toEqual(
      BILLS.map(({ kind, affiliateId, number, amount }) => [
        ...[kind === 'bill' ? 'PI' : 'PC', affiliateId.toUpperCase().replace('_', '')],
        ...[number, formatAmount(amount, 'EUR')],
      ]),
    );
    expect([...context.heard.notes]).toEqual([]);
    expect(context.heard.changed).toEqual([]);
  });

  test('follow the settings, and call a supplier what somebody said', async () => {
    const context = contextFor('sage50', {
      ...{ 'accounts.affiliate.aff_1': 'ACME01', 'export.sage50.account': '5000' },
      ...{ 'export.sage50.tax-code': 'T0', 'export.sage50.department': '7' },
    });
    const { files } = await written(sage50, [[bill('INV-1')]], context);
    expect(files[0]?.split('\r\n')[1]).toBe(
      'PI,ACME01,5000,7,02/11/2026,INV-1,Affiliate commissions 2026-10-01 to 2026-10-31,1234.56,T0,0.00,1,,',
    );
  });

  test('make a reference of an id that is too long, the same in every export, and tell it', async () => {
    const context = contextFor('sage50');
    const bills = ['partner-000001', 'partner-000002', 'ü'].map((affiliateId, at) =>
      bill(`INV-${at}`, { affiliateId }),
    );
    const { files } = await written(sage50, [bills], context);
    const references = rowsOf(files[0]).map((row) => row['Account Reference']);
    expect(references).toEqual(['PAGOVQLM', 'PAX5KAEM', 'AUUKH2XE']);
    expect([...context.heard.notes]).toEqual([
      'Ids that are too long for Sage became references of their own: PAGOVQLM is partner-000001; PAX5KAEM is ' +
        'partner-000002; AUUKH2XE is ü. The suppliers must be there under these, or set accounts.affiliate.ID ' +
        'to what Sage calls them.',
    ]);
  });

  test('never are one supplier for two affiliates, unless somebody said so of both', async () => {
    const bills = [bill('INV-1', { affiliateId: 'aff_1' }), bill('INV-2', { affiliateId: 'AFF-1' })];
    await expect(written(sage50, [bills], contextFor('sage50'))).rejects.toMatchObject({
      code: 'conflict',
      message: 'Two affiliates would be one supplier in Sage 50: aff_1 and AFF-1 as AFF1.',
      hint:
        'Tell them apart with `payrun settings set accounts.affiliate.AFF-1 REFERENCE`, or set that of the one ' +
        'whom Sage does not know yet; if they are one supplier, set it for both.',
    });
    const said = { 'accounts.affiliate.aff_1': 'ACME', 'accounts.affiliate.AFF-1': 'ACME' };
    const { files } = await written(sage50, [bills], contextFor('sage50', said));
    expect(rowsOf(files[0]).map((row) => row['Account Reference'])).toEqual(['ACME', 'ACME']);
  });

  test('never are the supplier of an affiliate who is in another export', async () => {
    const ids = ['a_a1', 'aa_1', 'b_b1', 'bb_1', 'c_c1'];
    const affiliates = (): Promise<AffiliateName[]> => Promise.resolve(ids.map((id) => ({ id, name: null })));
    const bills = ['aa_1', 'c_c1'].map((affiliateId) => bill(`INV-${affiliateId}`, { affiliateId }));
    await expect(written(sage50, [bills], contextFor('sage50', {}, { affiliates }))).rejects.toMatchObject({
      code: 'conflict',
      message: 'Two affiliates would be one supplier in Sage 50: aa_1 and a_a1 as AA1.',
      hint: expect.stringContaining('payrun settings set accounts.affiliate.a_a1 REFERENCE'),
    });
    const told = contextFor('sage50', { 'accounts.affiliate.a_a1': 'AA2' }, { affiliates });
    const { files } = await written(sage50, [bills], told);
    expect(rowsOf(files[0]).map((row) => row['Account Reference'])).toEqual(['AA1', 'CC1']);
  });

  test('refuse a number that a spreadsheet would take for a formula, whatever there is to do about it', async () => {
    const bills = [bill('=INV-1'), bill('@1')];
    await expect(written(sage50, [bills], contextFor('sage50'))).rejects.toMatchObject({
      code: 'invalid_data',
      message:
        'The format cannot carry everything; no file was written. row 1 (=INV-1 of aff_1), Reference, "=INV-1": it ' +
        'must be at most 30 characters of ASCII, and begin with none of = + - @; row 2 (@1 of aff_1), Reference, ' +
        '"@1": it must be at most 30 characters of ASCII, and begin with none of = + - @.',
      hint:
        'What is issued keeps its number: leave it out with a range, --run or --currency, and enter it by hand. ' +
        'invoice.pattern and credit-note.pattern make other numbers from then on.',
    });
  });

  test('have references of one to eight characters that no two of ten thousand affiliates share', async () => {
    const bills = Array.from({ length: 10_000 }, (_, at) =>
      bill(`INV-${at}`, { affiliateId: `publisher-${String(at).padStart(8, '0')}` }),
    );
    const { files } = await written(sage50, [bills], contextFor('sage50'));
    const references = rowsOf(files[0]).map((row) => row['Account Reference'] ?? '');
    expect(new Set(references).size).toBe(10_000);
    expect(references.filter((one) => !/^[A-Z0-9]{8}$/.test(one))).toEqual([]);
  });

  test('refuse what Sage has no room for, naming row and column or the setting', async () => {
    const long = [bill('INV-1'), bill('I'.repeat(31)), bill('INV-Ł')];
    await expect(written(sage50, [long], contextFor('sage50'))).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(
        /row 2 \(I+ of aff_1\), Reference, "I+": it must be at most 30.*row 3 .*, Reference, "INV-Ł"/,
      ),
    });
    for (const [key, value] of [
      ['accounts.affiliate.aff_1', 'too long for it'],
      ['export.sage50.account', 'Affiliate Commissions'],
    ] as const) {
      const context = contextFor('sage50', { [key]: value });
      await expect(written(sage50, [[bill('INV-1')]], context)).rejects.toMatchObject({
        code: 'usage',
        hint: expect.stringContaining(key),
      });
    }
    await expect(written(sage50, [HOSTILE_BILLS], contextFor('sage50'))).rejects.toMatchObject({
      code: 'usage',
      message: 'A file for Sage 50 has no currency, and the bills are in BHD, EUR, JPY.',
    });
  });

  test('keep every amount to the last digit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.bigInt({ min: 1n, max: 10n ** 15n - 1n })), async (amounts) => {
        const bills = amounts.map((amount, at) => bill(`INV-${at}`, { amount }));
        const { files } = await written(sage50, [bills], contextFor('sage50'));
        expect(rowsOf(files[0]).map((row) => BigInt((row['Net Amount'] ?? '').replace('.', '')))).toEqual(
          amounts,
        );
      }),
      { numRuns: 30 },
    );
  });
});
