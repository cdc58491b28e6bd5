import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { iif } from '../../src/exports/iif.js';
import { bill, contextFor, HOSTILE_BILLS, NAMES } from './accounting-world.js';
import { bytesWritten, goldenBytes, read1252 } from './windows-files.js';

/** What QuickBooks makes of a file: entries, each a header line and those below it, by the names above. */
function entriesOf(text: string): Record<string, string>[][] {
  const lines = text.split('\r\n').map((line) => line.split('\t'));
  const columns = new Map<string, string[]>();
  const entries: Record<string, string>[][] = [];
  let open: Record<string, string>[] = [];
  for (const [keyword = '', ...cells] of lines) {
    if (keyword.startsWith('!')) columns.set(keyword.slice(1), cells);
    else if (keyword === 'ENDTRNS') open = entries[entries.push(open)] ?? [];
    else if (keyword !== '') {
      const names = columns.get(keyword) ?? [];
      open.push({ keyword, ...Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])) });
    }
  }
  return entries;
}

const cents = (text: string | undefined): bigint => BigInt((text ?? '').replace('.', ''));

/** In one currency, and with names that Windows has. */
const BILLS = HOSTILE_BILLS.filter(
  ({ currency, affiliateName }) => currency === 'EUR' && affiliateName !== NAMES.emoji,
);

describe('bills for QuickBooks Desktop', () => {
  test('are what people looked at, byte for byte', async () => {
    const context = contextFor('iif');
    const cafe = bill('INV-2026-000008', { affiliateId: 'aff_8', affiliateName: 'Cafe\u0301 „Ä“ – 5 €' });
    const { files, rows } = await bytesWritten(iif, [BILLS, [cafe]], context);
    expect(files).toHaveLength(1);
    expect(files).toEqual([goldenBytes('iif/hostile.iif', files[0] ?? Buffer.alloc(0))]);
    expect(rows).toEqual([(BILLS.length + 1) * 3]);
    expect(entriesOf(read1252(files[0])).at(-1)?.[0]?.['NAME']).toBe('Café „Ä“ – 5 €');
    expect([...context.heard.notes]).toEqual([]);
    expect(context.heard.changed.map(({ row, column, written }) => [row, column, written])).toEqual([
      [4, 'NAME', 'cmd()'],
      [7, 'NAME', 'x'.repeat(41)],
      [10, 'NAME', 'Parent Child'],
      [13, 'NAME', 'cmd()'],
      [16, 'NAME', 'Café „Ä“ – 5 €'],
    ]);
  });

  test('come to nothing in each entry, whatever the names and amounts are', async () => {
    const text = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 60 });
    const documents = fc.array(fc.tuple(text, fc.bigInt({ min: 1n, max: 10n ** 15n }), fc.boolean()));
    await fc.assert(
      fc.asyncProperty(documents, async (said) => {
        const bills = said.map(([name, amount, isCredit], at) =>
          bill(`N-${at}`, {
            ...{ kind: isCredit ? 'credit_note' : 'bill', amount },
            ...{ affiliateId: `a${at}`, affiliateName: `A${name}` },
          }),
        );
        const { files } = await bytesWritten(iif, [bills], contextFor('iif'));
        const entries = entriesOf(read1252(files[0]));
        expect(
          entries.map((lines) => [lines[0]?.['TRNSTYPE'], lines[0]?.['DOCNUM'], cents(lines[0]?.['AMOUNT'])]),
        ).toEqual(
          bills.map(({ kind, number, amount }) =>
            kind === 'bill' ? ['BILL', number, -amount] : ['BILL REFUND', number, amount],
          ),
        );
        for (const [first, second, ...rest] of entries) {
          expect([first?.['keyword'], second?.['keyword'], rest]).toEqual(['TRNS', 'SPL', []]);
          expect(cents(first?.['AMOUNT']) + cents(second?.['AMOUNT'])).toBe(0n);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('refuse a character that Windows lacks, with its row and column', async () => {
    const bills = [
      bill('INV-1'),
      bill('INV-2', { affiliateId: 'aff_5', affiliateName: NAMES.emoji }),
      bill('CN-Ł', { kind: 'credit_note', invoiceNumber: 'INV-Ł' }),
    ];
    await expect(bytesWritten(iif, [bills], contextFor('iif'))).rejects.toMatchObject({
      code: 'invalid_data',
      message:
        'The format cannot carry everything; no file was written. row 4 (INV-2 of aff_5), NAME, "🦊 Łukasz Żółć": ' +
        'the format has no character "🦊"; row 7 (CN-Ł of aff_1), DOCNUM, "CN-Ł": it must be ASCII without quotes, ' +
        'and begin with none of = + - @; row 7 (CN-Ł of aff_1), MEMO, "Credit note for INV-Ł": it must be ASCII ' +
        'without quotes, and begin with none of = + - @.',
      hint: expect.stringMatching(/^Say how QuickBooks calls .* What is issued keeps its number: /),
    });
    const named = contextFor('iif', { 'accounts.affiliate.aff_5': 'Lukasz' });
    const { files } = await bytesWritten(iif, [bills.slice(0, 2)], named);
    expect(entriesOf(read1252(files[0]))[1]?.[0]?.['NAME']).toBe('Lukasz');
  });

  test('refuse a number that a spreadsheet would take for a formula', async () => {
    await expect(bytesWritten(iif, [[bill('+1')]], contextFor('iif'))).rejects.toMatchObject({
      details: [{ row: 1, column: 'DOCNUM', of: '+1 of aff_1', value: '+1' }],
      hint: expect.stringMatching(/^What is issued keeps its number: /),
    });
  });

  test('are in one currency, which is told when it is not that of the ledger', async () => {
    await expect(bytesWritten(iif, [HOSTILE_BILLS], contextFor('iif'))).rejects.toMatchObject({
      code: 'usage',
      message: 'An IIF file has no currency, and the bills are in BHD, EUR, JPY.',
      hint: 'Ask for the base currency of your books there alone, such as --currency EUR.',
    });
    const context = contextFor('iif', {}, { currency: 'USD' });
    await bytesWritten(iif, [[bill('INV-1')]], context);
    expect([...context.heard.notes]).toEqual([
      'The bills are in EUR, which the file cannot say: import it only where the base currency is EUR.',
    ]);
  });

  test('refuse an account that cannot stand in a cell, naming its setting', async () => {
    const context = contextFor('iif', { 'export.iif.payable': 'Zobowiązania' });
    await expect(bytesWritten(iif, [[]], context)).rejects.toMatchObject({
      code: 'usage',
      hint: 'Set export.iif.payable to its name in QuickBooks, in Windows-1252 and without quotes.',
    });
  });
});
