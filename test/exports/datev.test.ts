import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JOURNAL_KINDS, type JournalEntry } from '../../src/core/journal.js';
import { datev } from '../../src/exports/datev.js';
import type { FormatContext } from '../../src/exports/format.js';
import { contextFor, entry, HOSTILE_ENTRIES, monthly, NAMES, OTHER_CURRENCIES } from './accounting-world.js';
import { bytesWritten, goldenBytes, read1252 } from './windows-files.js';

/** Cells between semicolons, in quotes or not; it knows nothing of columns. */
function cellsOf(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"|([^;"]*))/g), ([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  );
}

interface Stack {
  readonly header: readonly string[];
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A file as DATEV reads it: by position. */
function stackOf(bytes: Buffer | undefined): Stack {
  const text = read1252(bytes);
  expect(text.endsWith('\r\n')).toBe(true);
  const lines = text.slice(0, -2).split('\r\n');
  expect(lines.filter((line) => /[\r\n]/.test(line))).toEqual([]);
  const [header = '', titles = '', ...rows] = lines;
  return { header: cellsOf(header), titles: cellsOf(titles), rows: rows.map(cellsOf) };
}

/** What stands on each account in the end: a debit is positive. */
function balancesOf(stacks: readonly Stack[]): Record<string, bigint> {
  const balances: Record<string, bigint> = {};
  const add = (account: string, amount: bigint): void => {
    balances[account] = (balances[account] ?? 0n) + amount;
  };
  for (const [amount = '', side, , , , , account = '', contra = ''] of stacks.flatMap(({ rows }) => rows)) {
    expect(amount).toMatch(/^\d{1,10},\d{2}$/);
    const size = BigInt(amount.replace(',', ''));
    expect(size > 0n && (side === 'S' || side === 'H')).toBe(true);
    add(account, side === 'S' ? size : -size);
    add(contra, side === 'S' ? -size : size);
  }
  return balances;
}

function expectedBalances(entries: readonly JournalEntry[], context: FormatContext): Record<string, bigint> {
  const balances: Record<string, bigint> = {};
  for (const { lines, affiliateId, method } of entries) {
    for (const { role, amount } of lines) {
      const own = role === 'payable' && affiliateId !== null ? context.affiliateAccount(affiliateId) : null;
      const account = own ?? context.account(role, method);
      balances[account] = (balances[account] ?? 0n) + amount;
    }
  }
  return balances;
}

/** What DATEV has room for. */
const ENTRIES = HOSTILE_ENTRIES.filter(({ affiliateName }) => affiliateName !== NAMES.emoji);

describe('a Buchungsstapel', () => {
  test('is what people looked at, byte for byte, a file for each month', async () => {
    const context = contextFor('datev', { 'accounts.affiliate.aff_1': '70001' });
    const { files, rows } = await bytesWritten(datev, [ENTRIES.slice(0, 3), ENTRIES.slice(3)], context);
    expect(rows).toEqual([4, 4, 1]);
    expect(files).toEqual(files.map((file, at) => goldenBytes(`datev/EXTF_datev-${at + 1}.csv`, file)));
    expect(context.heard.changed).toEqual([
      {
        ...{ row: 4, column: 'Buchungstext', value: `Commissions rejected ${NAMES.long}` },
        written: `Commissions rejected ${'x'.repeat(39)}`,
      },
    ]);
    const stacks = files.map(stackOf);
    expect(balancesOf(stacks)).toEqual(expectedBalances(ENTRIES, context));
  });

  test('has 31 fields in its header and 125 columns, in the order of DATEV', async () => {
    const { files } = await bytesWritten(datev, [ENTRIES], contextFor('datev'));
    const { header, titles, rows } = stackOf(files[1]);
    expect(header).toEqual([
      ...['EXTF', '700', '21', 'Buchungsstapel', '13', '20261103000000000', '', 'RE', 'payrun', ''],
      ...['1001', '1', '20260101', '4', '20261101', '20261130', 'payrun 2026-11', '', '1', '0', '0', 'EUR'],
      ...['', '', '', '', '03', '', '', '', ''],
    ]);
    expect([titles.length, ...rows.map(({ length }) => length)]).toEqual([125, 125, 125, 125, 125]);
    expect([1, 7, 8, 10, 11, 14, 40, 87, 114, 125].map((column) => titles[column - 1])).toEqual([
      ...['Umsatz (ohne Soll/Haben-Kz)', 'Konto', 'Gegenkonto (ohne BU-Schlüssel)', 'Belegdatum'],
      ...['Belegfeld 1', 'Buchungstext', 'EU-Land u. UStID (Bestimmung)', 'Zusatzinformation- Inhalt 20'],
      ...['Festschreibung', 'Abw. Skontokonto'],
    ]);
    expect(rows.map((cells) => [0, 1, 6, 7, 9, 10, 13].map((at) => cells[at]))).toEqual([
      ['1234,56', 'S', '1700', '70000', '0211', 'INV-2026-000001', 'Payout issued Acme Blog'],
      ['1234,56', 'S', '1700', '70000', '0211', 'INV-2026-000002', 'Payout issued =cmd()'],
      ['1234,56', 'S', '70000', '1200', '0211', 'INV-2026-000001', 'Payout paid Acme Blog'],
      ['1234,56', 'S', '1200', '70000', '0311', 'INV-2026-000001', 'Payout returned Acme Blog'],
    ]);
  });

  test('names the month within the fiscal year, and which part it is of the news', async () => {
    const context = contextFor(
      'datev',
      { 'export.datev.fiscal-year-month': '7', 'export.datev.detail': 'month' },
      { part: 2 },
    );
    expect(datev.detail(context)).toBe('month');
    const months = ['2026-06-30', '2026-07-31'].map((postingDate) =>
      monthly({ kind: 'paid', postingDate, method: 'wise' }),
    );
    const { files } = await bytesWritten(datev, [months], context);
    const stacks = files.map(stackOf);
    expect(stacks.map(({ header }) => [12, 14, 15, 16].map((at) => header[at]))).toEqual([
      ['20250701', '20260601', '20260630', 'payrun 2026-06 part 2'],
      ['20260701', '20260701', '20260731', 'payrun 2026-07 part 2'],
    ]);
    expect(stacks.map(({ rows }) => [10, 13].map((at) => rows[0]?.[at]))).toEqual([
      ['20260630-EUR-PAW-2', 'Payout paid 2026-06 (wise)'],
      ['20260731-EUR-PAW-2', 'Payout paid 2026-07 (wise)'],
    ]);
  });

  test('is a header where nothing was booked', async () => {
    const { files, rows } = await bytesWritten(datev, [], contextFor('datev'));
    expect(rows).toEqual([0]);
    expect(stackOf(files[0]).rows).toEqual([]);
    expect(stackOf(files[0]).header.slice(12, 17)).toEqual(['', '4', '', '', 'payrun']);
    const asked = { ...contextFor('datev'), range: { from: '2026-10-05', to: null } };
    expect(stackOf((await bytesWritten(datev, [], asked)).files[0]).header.slice(12, 17)).toEqual([
      ...['20260101', '4', '20261001', '20261031', 'payrun 2026-10'],
    ]);
  });

  test('holds at most 99999 rows', async () => {
    const one = entry({ kind: 'earned' });
    const page = Array.from({ length: 50_000 }, () => one);
    const { rows } = await bytesWritten(datev, [page, page], contextFor('datev'));
    expect(rows).toEqual([99_999, 1]);
  });

  test('loses nothing over its months, whatever is booked', async () => {
    const fact = fc.record({
      kind: fc.constantFrom(...JOURNAL_KINDS),
      day: fc.integer({ min: 0, max: 800 }),
      amount: fc.bigInt({ min: 1n, max: 10n ** 12n - 1n }),
      isBack: fc.boolean(),
      affiliate: fc.constantFrom('aff_1', 'aff_2', 'aff_3'),
      name: fc.string({ unit: 'binary-ascii', maxLength: 80 }),
      method: fc.constantFrom('wise' as const, null),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fact, { maxLength: 40 }), async (facts) => {
        const entries = facts
          .sort((one, other) => one.day - other.day)
          .map(({ kind, day, amount, isBack, affiliate, name, method }) =>
            entry({
              ...{
                kind,
                amount: isBack ? -amount : amount,
                affiliateId: affiliate,
                affiliateName: name,
                method,
              },
              postingDate: new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
            }),
          );
        const context = contextFor('datev', {
          ...{ 'accounts.affiliate.aff_1': '70001', 'accounts.clearing.wise': '1361' },
        });
        const { files, rows } = await bytesWritten(datev, [entries.slice(0, 7), entries.slice(7)], context);
        const stacks = files.map(stackOf);
        expect(balancesOf(stacks)).toEqual(expectedBalances(entries, context));
        expect(rows).toEqual(stacks.map((stack) => stack.rows.length));
        const dates = stacks.flatMap(({ header, rows: lines }) => {
          const [from = '', to = ''] = [header[14], header[15]];
          return lines.map((cells) => {
            const belegdatum = cells[9] ?? '';
            const date = `${from.slice(0, 4)}${belegdatum.slice(2)}${belegdatum.slice(0, 2)}`;
            expect(from <= date && date <= to && (header[12] ?? '') <= date).toBe(true);
            return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
          });
        });
        expect(dates).toEqual(entries.map(({ postingDate }) => postingDate));
      }),
      { numRuns: 60 },
    );
  });

  test('refuses what it cannot carry, with row and column', async () => {
    const entries = [
      entry({ kind: 'earned' }),
      entry({ kind: 'earned', affiliateId: 'aff_5', affiliateName: NAMES.emoji, amount: 10n ** 12n }),
      entry({ kind: 'issued', invoiceNumber: 'INV_2026_1' }),
    ];
    await expect(bytesWritten(datev, [entries], contextFor('datev'))).rejects.toMatchObject({
      code: 'invalid_data',
      message:
        'The format cannot carry everything; no file was written. row 2, Umsatz (ohne Soll/Haben-Kz), ' +
        '"10000000000,00": it has more than ten digits before the comma; row 2, Buchungstext, "Commissions ' +
        'earned 🦊 Łukasz Żółć": the format has no character "🦊"; row 3, Belegfeld 1, "INV_2026_1": it must be ' +
        'at most 36 letters, digits or signs of $ & % * + - /.',
      hint: expect.stringContaining('invoice.pattern'),
    });
    const nameless = contextFor('datev', { 'export.datev.names': 'no' });
    const fox = entry({ kind: 'earned', affiliateId: 'aff_5', affiliateName: NAMES.emoji });
    const { files } = await bytesWritten(datev, [[fox]], nameless);
    expect(stackOf(files[0]).rows[0]?.[13]).toBe('Commissions earned aff_5');
  });

  test('is in EUR', async () => {
    await expect(
      bytesWritten(datev, [HOSTILE_ENTRIES.slice(0, 1), OTHER_CURRENCIES], contextFor('datev')),
    ).rejects.toMatchObject({
      code: 'usage',
      message: 'DATEV books in EUR, and the entries are in BHD, EUR, JPY; payrun knows no rates.',
      hint: 'Ask for EUR alone: --currency EUR.',
    });
  });

  test.each([
    [{ 'accounts.expense': 'Expenses:Ads' }, 'earned', 'export.datev.expense'],
    [{ 'export.datev.accrued': '17000' }, 'earned', 'export.datev.accrued'],
    [{ 'export.datev.account-length': '6' }, 'earned', 'export.datev.account-length'],
    [{ 'export.datev.payable': '0000' }, 'issued', 'export.datev.payable'],
    [{ 'accounts.affiliate.aff_1': 'ACME01' }, 'issued', 'accounts.affiliate.aff_1'],
    [{ 'accounts.clearing.wise': 'Assets:Wise' }, 'paid', 'accounts.clearing.wise'],
    [{ 'export.datev.chart': '04' }, 'earned', 'export.datev.expense 6770'],
  ] as const)('refuses the accounts of %j, naming the setting', async (set, kind, named) => {
    const context = contextFor('datev', set);
    const entries = [entry({ kind, method: kind === 'paid' ? 'wise' : null })];
    await expect(bytesWritten(datev, [entries], context)).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining(named),
    });
  });

  test('leaves out what is booked from an account to itself, and tells', async () => {
    const context = contextFor('datev', { 'export.datev.accrued': '70000' });
    const wrong = bytesWritten(datev, [[entry({ kind: 'issued' })]], context);
    await expect(wrong).rejects.toMatchObject({ code: 'usage' });
    const same = contextFor('datev', { 'export.datev.payable': '1700' });
    const { rows } = await bytesWritten(
      datev,
      [[entry({ kind: 'issued' }), entry({ kind: 'earned' })]],
      same,
    );
    expect(rows).toEqual([1]);
    expect([...same.heard.notes]).toEqual([
      'What is booked from the account 1700 to itself was left out: it changes nothing.',
    ]);
  });
});
