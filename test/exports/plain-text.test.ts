import { describe, expect, test } from '@jest/globals';
import type { AccountRole } from '../../src/core/accounts.js';
import { UsageError } from '../../src/core/errors.js';
import { entryOf, type JournalEntry, type JournalFact } from '../../src/core/journal.js';
import { beancount } from '../../src/exports/beancount.js';
import type { FormatContext, JournalFormat } from '../../src/exports/format.js';
import { hledger, ledger } from '../../src/exports/ledger.js';
import type { ChangedCell } from '../../src/exports/machine-cells.js';

const fact = (rest: Partial<JournalFact> = {}): JournalFact => ({
  kind: 'earned',
  postingDate: '2026-10-31',
  currency: 'EUR',
  amount: 12_050n,
  count: 2,
  affiliateId: 'aff_1',
  affiliateName: 'Ada',
  invoiceNumber: null,
  creditNoteNumber: null,
  runId: null,
  method: null,
  reference: null,
  step: 0,
  ...rest,
});

const payout = (rest: Partial<JournalFact> = {}): JournalFact =>
  fact({
    kind: 'issued',
    postingDate: '2026-11-22',
    count: 1,
    invoiceNumber: 'INV-2026-000001',
    runId: 'R-000001',
    step: 1,
    ...rest,
  });

/** The accounts are those of the default settings, unless others are said. */
interface Asked {
  readonly accounts?: Partial<Record<AccountRole | 'paypal', string>>;
  readonly declarations?: 'yes' | 'no';
  readonly part?: number | null;
}

/** The file, and what was told of its cells. */
async function written(
  format: JournalFormat,
  facts: readonly JournalFact[],
  { accounts = {}, declarations = 'yes', part = null }: Asked = {},
): Promise<{ readonly text: string; readonly rows: number; readonly changed: readonly ChangedCell[] }> {
  const changed: ChangedCell[] = [];
  const space = format === beancount ? '' : ' ';
  const chart = {
    expense: `Expenses:Affiliate${space}Commissions`,
    accrued: `Liabilities:Accrued${space}Commissions`,
    payable: `Liabilities:Affiliates${space}Payable`,
    bank: 'Assets:Bank',
    ...accounts,
  };
  const context: FormatContext = {
    account: (role, method = null) => (method === 'paypal' ? accounts.paypal : undefined) ?? chart[role],
    accountSetting: (role, method = null) =>
      method === 'paypal' && role === 'bank' && accounts.paypal !== undefined
        ? 'accounts.clearing.paypal'
        : `export.hledger.${role}`,
    affiliateAccount: () => null,
    affiliates: () => Promise.resolve([]),
    setting: () => declarations,
    company: { name: 'Acme "Ltd"', country: 'DE', vatNumber: '' },
    currency: 'USD',
    range: { from: '2026-10-01', to: '2026-11-30' },
    part,
    run: null,
    changed: (cell) => changed.push(cell),
    note: () => undefined,
  };
  async function* each(): AsyncGenerator<JournalEntry[]> {
    yield facts.map(entryOf);
  }
  let text = '';
  let rows = 0;
  for await (const piece of format.write({ each }, context)) {
    text += String(piece.content);
    rows += piece.rows;
  }
  return { text, rows, changed };
}

/** The lines of a file that begin like this, without it. */
const linesOf = (text: string, start: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length));

describe('a journal for Ledger and hledger', () => {
  test('declares what it speaks of, and tells of each entry what it is about', async () => {
    const facts = [
      fact(),
      payout(),
      payout({ kind: 'paid', step: 3, method: 'sepa', reference: 'TX 1' }),
      payout({ kind: 'voided', step: 5, creditNoteNumber: 'CN-2026-000001', amount: 5n, currency: 'JPY' }),
    ];
    const { text, rows } = await written(hledger, facts);

    expect(text).toBe(`; Affiliate commissions and payouts, by payrun: from 2026-10-01 to 2026-11-30

commodity EUR
commodity JPY
tag ledger-id
tag run
tag invoice
tag credit-note
tag affiliate
tag reference
account Assets:Bank:EUR
account Expenses:Affiliate Commissions
account Liabilities:Accrued Commissions:aff_1
account Liabilities:Affiliates Payable:aff_1
payee Ada

2026-10-31 * Ada
    ; Commissions earned
    ; ledger-id: earned/2026-10-31/EUR/aff_1
    ; affiliate: aff_1
    Expenses:Affiliate Commissions                        120.50 EUR
    Liabilities:Accrued Commissions:aff_1                -120.50 EUR

2026-11-22 * (INV-2026-000001) Ada
    ; Payout issued
    ; ledger-id: INV-2026-000001
    ; run: R-000001
    ; invoice: INV-2026-000001
    ; affiliate: aff_1
    Liabilities:Accrued Commissions:aff_1                 120.50 EUR
    Liabilities:Affiliates Payable:aff_1                 -120.50 EUR

2026-11-22 * (INV-2026-000001) Ada
    ; Payout paid
    ; ledger-id: INV-2026-000001/paid-3
    ; run: R-000001
    ; invoice: INV-2026-000001
    ; affiliate: aff_1
    ; reference: TX 1
    Liabilities:Affiliates Payable:aff_1                  120.50 EUR
    Assets:Bank:EUR                                      -120.50 EUR

2026-11-22 * (CN-2026-000001) Ada
    ; Payout voided
    ; ledger-id: CN-2026-000001
    ; run: R-000001
    ; invoice: INV-2026-000001
    ; credit-note: CN-2026-000001
    ; affiliate: aff_1
    Liabilities:Affiliates Payable:aff_1                       5 JPY
    Liabilities:Accrued Commissions:aff_1                     -5 JPY

`);
    expect(rows).toBe(4);
    expect((await written(ledger, facts)).text).toBe(text);
  });

  test('declares nothing where another file does', async () => {
    const { text } = await written(ledger, [fact()], { declarations: 'no' });

    expect(text.split('\n').slice(0, 3)).toEqual([
      '; Affiliate commissions and payouts, by payrun: from 2026-10-01 to 2026-11-30',
      '',
      '2026-10-31 * Ada',
    ]);
  });

  test.each([
    ['=cmd()', 'cmd()'],
    ['"; DROP TABLE x', 'DROP TABLE x'],
    ['a | b ; c', 'a b c'],
    ['(=(x) y', 'x) y'],
    ['\u200b(x) y', 'x) y'],
    ['Acme  (UK)', 'Acme (UK)'],
    [' ++', 'aff_1'],
  ])('the payee %j is written %j, and that is told', async (name, payee) => {
    const { text, changed } = await written(ledger, [fact({ affiliateName: name })]);

    expect(linesOf(text, 'payee ')).toEqual([payee]);
    expect(linesOf(text, '2026-10-31 * ')).toEqual([payee]);
    expect(changed.map(({ row, column, value }) => ({ row, column, value }))).toEqual([
      { row: 1, column: 'payee', value: name },
    ]);
  });

  test('a payee is cut before a line becomes too long for Ledger', async () => {
    const { text, changed } = await written(ledger, [fact({ affiliateName: '\u5c71'.repeat(2000) })]);

    expect(linesOf(text, 'payee ')).toEqual(['\u5c71'.repeat(400)]);
    expect(changed).toHaveLength(1);
  });

  test('ids stay told apart in accounts, codes and tags', async () => {
    const ids = ['a,b', 'a b', 'a:b', 'a-b', 'a%b'];
    const facts = ids.map((affiliateId) =>
      payout({ affiliateId, invoiceNumber: `(${affiliateId})`, reference: '1,2' }),
    );
    const { text, changed } = await written(ledger, facts);

    const accounts = linesOf(text, 'account Liabilities:Affiliates Payable:');
    expect(accounts.map((account) => account.replace(/~[A-Z2-7]{8}$/, '~'))).toEqual([
      'a-b',
      'a-b~',
      'a-b~',
      'a-b~',
      'a-b~',
    ]);
    expect(new Set(accounts).size).toBe(ids.length);
    const tags = linesOf(text, '    ; affiliate: ');
    expect(tags).toEqual(['a%2Cb', 'a b', 'a:b', 'a-b', 'a%25b']);
    expect(linesOf(text, '2026-11-22 * ')).toEqual(tags.map((tag) => `(%28${tag}%29) Ada`));
    expect(linesOf(text, '    ; reference: ')).toEqual(ids.map(() => '1 2'));
    expect(changed).toHaveLength(ids.length);
  });

  test('an account without a root gets that of its role, and a clearing account its currency', async () => {
    const facts = [fact({ amount: 1n }), payout({ kind: 'paid', step: 2, method: 'paypal' })];
    const { text } = await written(ledger, facts, {
      accounts: { expense: '6200  Fees', accrued: 'liabilities : Owed', payable: '2100', paypal: 'PayPal' },
    });

    expect(linesOf(text, 'account ')).toEqual([
      'Assets:PayPal:EUR',
      'Expenses:6200 Fees',
      'Liabilities:2100:aff_1',
      'liabilities:Owed:aff_1',
    ]);
  });

  test('an account that cannot be written is refused by the name of its setting', async () => {
    const refused = (accounts: Asked['accounts'] = {}): Promise<unknown> =>
      written(hledger, [payout({ kind: 'paid', step: 2, method: 'paypal' })], { accounts }).then(
        () => 'It was not refused.',
        (error: unknown) => error,
      );

    expect(await refused({ payable: 'Due; soon' })).toEqual(
      new UsageError(
        'The format hledger has no account "Due; soon": no part of it may be empty, and it may hold neither ; nor |.',
      ),
    );
    expect(await refused({ payable: 'Due; soon' })).toMatchObject({
      hint: 'Set another: payrun settings set export.hledger.payable "Liabilities:..."',
    });
    expect(await refused({ paypal: 'Assets::PayPal' })).toMatchObject({
      hint: 'Set another: payrun settings set accounts.clearing.paypal "Assets:..."',
    });
  });

  test('what accrued on a day has an id of its own in each export of news', async () => {
    const { text } = await written(ledger, [fact(), payout()], { part: 3 });

    expect(linesOf(text, '    ; ledger-id: ')).toEqual(['earned/2026-10-31/EUR/aff_1/3', 'INV-2026-000001']);
  });

  test('a file without entries is a heading and declares its tags', async () => {
    const { text, rows } = await written(ledger, []);

    expect({ lines: text.split('\n').length, rows }).toEqual({ lines: 10, rows: 0 });
  });
});

describe('a journal for Beancount', () => {
  test('opens its accounts on the first day, and tells of each entry what it is about', async () => {
    const facts = [
      fact({ amount: -100n, kind: 'clawed_back' }),
      payout({ kind: 'paid', step: 3, reference: 'TX "1\\2"', affiliateName: 'Ada \\ "Media"' }),
      fact({ postingDate: '2026-11-30', currency: 'JPY', amount: 5n }),
    ];
    const { text, rows, changed } = await written(beancount, facts);

    expect(text).toBe(`; Affiliate commissions and payouts, by payrun: from 2026-10-01 to 2026-11-30

option "title" "Acme \\"Ltd\\""
option "operating_currency" "USD"

2026-10-31 commodity EUR
2026-10-31 commodity JPY
2026-10-31 open Assets:Bank:EUR EUR
2026-10-31 open Expenses:AffiliateCommissions EUR,JPY
2026-10-31 open Liabilities:AccruedCommissions:Aff-1 EUR,JPY
2026-10-31 open Liabilities:AffiliatesPayable:Aff-1 EUR

2026-10-31 * "Ada" "Commissions clawed back"
  ledger-id: "clawed_back/2026-10-31/EUR/aff_1"
  affiliate: "aff_1"
  Expenses:AffiliateCommissions                          -1.00 EUR
  Liabilities:AccruedCommissions:Aff-1                    1.00 EUR

2026-11-22 * "Ada \\\\ \\"Media\\"" "Payout paid" #run-R-000001 ^INV-2026-000001
  ledger-id: "INV-2026-000001/paid-3"
  run: "R-000001"
  invoice: "INV-2026-000001"
  affiliate: "aff_1"
  reference: "TX \\"1\\\\2\\""
  Liabilities:AffiliatesPayable:Aff-1                   120.50 EUR
  Assets:Bank:EUR                                      -120.50 EUR

2026-11-30 * "Ada" "Commissions earned"
  ledger-id: "earned/2026-11-30/JPY/aff_1"
  affiliate: "aff_1"
  Expenses:AffiliateCommissions                              5 JPY
  Liabilities:AccruedCommissions:Aff-1                      -5 JPY

`);
    expect(rows).toBe(3);
    expect(changed).toEqual([]);
  });

  test('opens nothing and sets no option where another file does', async () => {
    const { text } = await written(beancount, [fact()], { declarations: 'no' });

    expect(text).not.toMatch(/open|option|commodity/);
  });

  test('ids stay told apart though accounts have capitals and hyphens', async () => {
    const ids = ['aff_1', 'aff-1', 'Aff_1', 'aff__1', 'aff_1_', '7_x', 'zo\u00eb', '\u5c71', '\u{1f600}'];
    const { text } = await written(
      beancount,
      ids.map((affiliateId) => fact({ affiliateId })),
    );

    const accounts = linesOf(text, '  Liabilities:AccruedCommissions:').map((line) => line.split(' ')[0]);
    expect(new Set(accounts).size).toBe(ids.length);
    expect(accounts.map((account) => account?.replace(/--[A-Z2-7]{8}$/, '--'))).toEqual([
      'Aff-1',
      'Aff-1--',
      'Aff-1--',
      'Aff-1--',
      'Aff-1--',
      '7-x',
      'Zo\u00eb',
      'X\u5c71--',
      'X--',
    ]);
  });

  test('accounts are made valid where that is plain, and refused where it is not', async () => {
    const accounts = { expense: "affiliate's_fees", accrued: 'liabilities:owed to all', payable: '2100' };
    const { text } = await written(beancount, [fact(), payout()], { accounts });

    expect(linesOf(text, '2026-10-31 open ')).toEqual([
      'Expenses:Affiliates-fees EUR',
      'Liabilities:2100:Aff-1 EUR',
      'Liabilities:OwedToAll:Aff-1 EUR',
    ]);
    await expect(written(beancount, [fact()], { accounts: { expense: 'Fees (all)' } })).rejects.toThrow(
      'The format beancount has no account "Fees (all)": it goes like Assets:Bank, each part with a capital ' +
        'or a digit in front, and letters, digits and hyphens behind.',
    );
  });

  test('an invoice number that cannot be a link stands in the metadata', async () => {
    const { text } = await written(beancount, [payout({ invoiceNumber: 'N\u00b0 1' })]);

    expect(linesOf(text, '2026-11-22 * ')).toEqual(['"Ada" "Payout issued" #run-R-000001']);
    expect(linesOf(text, '  invoice: ')).toEqual(['"N\u00b0 1"']);
  });
});
