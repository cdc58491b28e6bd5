import { describe, expect, test } from '@jest/globals';
import type { Bill } from '../../src/core/bill.js';
import { InvalidDataError, UsageError } from '../../src/core/errors.js';
import { entryOf, type JournalFact } from '../../src/core/journal.js';
import type { AccountingFormat, FormatContext } from '../../src/exports/format.js';
import { templateFormat, type Template } from '../../src/exports/template.js';
import { NO_MAP, readTemplateMap } from '../../src/exports/template-map.js';

const bill = (rest: Partial<Bill> = {}): Bill => ({
  kind: 'bill',
  number: 'INV-2026-000001',
  invoiceNumber: 'INV-2026-000001',
  date: '2026-11-02',
  affiliateId: 'aff_1',
  affiliateName: 'Ada, Ltd',
  email: 'ada@example.com',
  company: null,
  country: 'GB',
  vatNumber: null,
  addressLines: ['1 High St'],
  city: 'Leeds',
  region: null,
  postalCode: 'LS1',
  currency: 'USD',
  amount: 123456n,
  commissions: 3,
  status: 'open',
  from: '2026-10-01',
  to: '2026-10-31',
  runId: 'R-000001',
  ...rest,
});
const creditNote = bill({ kind: 'credit_note', number: 'CN-2026-000001', date: '2026-11-05', amount: 5n });

const fact = (rest: Partial<JournalFact> = {}): JournalFact => ({
  kind: 'earned',
  postingDate: '2026-10-31',
  currency: 'USD',
  amount: 123456n,
  count: 3,
  affiliateId: 'aff_1',
  affiliateName: 'Ada; "A"',
  invoiceNumber: null,
  creditNoteNumber: null,
  runId: null,
  method: null,
  reference: null,
  step: 0,
  ...rest,
});
const clawedBack = fact({ kind: 'clawed_back', amount: -5n, postingDate: '2026-11-01' });

const template = (text: string, rest: Partial<Template> = {}): Template => {
  const { delimiter = ',' } = rest;
  const columns = text.split(delimiter).map((cell) => cell.replace(/^"|"$/g, ''));
  return { text, columns, delimiter, eol: '\n', ...rest };
};

const ACCOUNTS = { expense: '6200', accrued: '2110', payable: '2100', bank: '1200' } as const;
const SETTINGS: Readonly<Record<string, string>> = {
  'date-order': 'ymd',
  'due-days': '14',
  detail: 'day',
  journal: 'GJ',
};

/** Everything that a format writes, and what it tells. */
async function written(
  format: AccountingFormat,
  facts: { bills?: readonly Bill[]; facts?: readonly JournalFact[] },
  part: number | null = null,
): Promise<{ text: string; rows: number; told: string[] }> {
  const told: string[] = [];
  const context: FormatContext = {
    account: (role) => ACCOUNTS[role],
    accountSetting: (role) => `accounts.${role}`,
    affiliates: () => Promise.resolve([]),
    affiliateAccount: (id) => (id === 'aff_1' ? 'V001' : null),
    setting: (name) => SETTINGS[name] ?? '',
    company: { name: 'Acme', country: 'US', vatNumber: '' },
    currency: 'USD',
    range: { from: null, to: null },
    part,
    run: null,
    changed: ({ row, column, written: text }) => told.push(`${row} ${column}: ${text}`),
    note: (sentence) => told.push(sentence),
  };
  async function* page<Item>(items: readonly Item[] = []): AsyncGenerator<readonly Item[]> {
    yield await Promise.resolve(items);
  }
  const pieces =
    format.source === 'bills'
      ? format.write({ each: () => page(facts.bills) }, context)
      : format.write({ each: () => page(facts.facts?.map(entryOf)) }, context);
  let text = '';
  let rows = 0;
  for await (const piece of pieces) {
    text += Buffer.from(piece.content as string).toString();
    rows += piece.rows;
  }
  return { text, rows, told };
}

const map = (said: unknown): ReturnType<typeof readTemplateMap> =>
  readTemplateMap(JSON.stringify(said), 'm.json');

describe('a template of bills', () => {
  test('keeps its header and gets a row a bill or credit note', async () => {
    const format = templateFormat(
      template(
        'DONOTIMPORT;BILL_NO;VENDOR_ID;*POSTING_DATE;DUE_DATE;"DESCRIPTION";LINE_NO;ACCT_NO;AMOUNT;CURRENCY',
        {
          ...{ delimiter: ';', eol: '\r\n' },
        },
      ),
    );
    expect(await written(format, { bills: [bill(), creditNote] })).toEqual({
      text: [
        'DONOTIMPORT;BILL_NO;VENDOR_ID;*POSTING_DATE;DUE_DATE;"DESCRIPTION";LINE_NO;ACCT_NO;AMOUNT;CURRENCY',
        ';INV-2026-000001;V001;2026-11-02;2026-11-16;Affiliate commissions 2026-10-01 to 2026-10-31;1;6200;1234.56;USD',
        ';CN-2026-000001;V001;2026-11-05;2026-11-05;Credit note for INV-2026-000001;1;6200;-0.05;USD',
        '',
      ].join('\r\n'),
      rows: 2,
      told: [
        'Columns that payrun does not know stay empty: DONOTIMPORT.',
        'Credit notes stand there with negative amounts.',
      ],
    });
  });

  test('means by its names what the map says', async () => {
    const said = {
      columns: { Wer: 'affiliate_name', Steuer: { value: 'T9' }, '*Betrag': 'amount', date: 'due_date' },
      dateFormat: 'dmy',
      required: ['Currency'],
    };
    const format = templateFormat(template('Wer,Steuer,*Betrag,Date,Currency'), map(said));
    const bills = [bill({ affiliateName: '=Ada', currency: 'JPY', amount: 7n })];
    expect(await written(format, { bills })).toEqual({
      text: 'Wer,Steuer,*Betrag,Date,Currency\nAda,T9,7,16/11/2026,JPY\n',
      rows: 1,
      told: ['1 Wer: Ada'],
    });
  });

  test('is refused where a required cell would be empty, or an id look like a formula', async () => {
    const format = templateFormat(template('*Email,Affiliate ID,Amount'));
    const bills = [bill({ email: null }), bill({ affiliateId: '=1' })];
    await expect(written(format, { bills })).rejects.toThrow(
      'row 1, *Email, "": it is empty; row 2, Affiliate ID, "=1": it must be',
    );
    await expect(written(format, { bills })).rejects.toThrow(InvalidDataError);
  });

  test('has one currency where it has no column for it, and says when that is not the own one', async () => {
    const format = templateFormat(template('BillNo,Amount'));
    const bills = ['USD', 'JPY', 'EUR', 'USD'].map((currency) => bill({ currency }));
    await expect(written(format, { bills })).rejects.toMatchObject({
      code: 'usage',
      message: 'The template has no currency column, and the bills are in EUR, JPY, USD.',
      hint: 'Ask for the base currency of your books there alone, such as --currency USD.',
    });
    expect((await written(format, { bills: [bill({ currency: 'EUR' })] })).told).toEqual([
      'The bills are in EUR, which the file cannot say: import it only where the base currency is EUR.',
    ]);
  });
});

describe('a template of journal lines', () => {
  const NETSUITE =
    'External ID\tDate\tPosting Period\tCurrency\tMemo\tJournal Entry - Line: Account\t' +
    'Journal Entry - Line: Debit\tJournal Entry - Line: Credit\tJournal Entry - Line: Memo';

  test('is one with columns for debit and credit', async () => {
    const format = templateFormat(template(NETSUITE, { delimiter: '\t' }), map({ dateFormat: 'mdy' }));
    expect(await written(format, { facts: [fact(), clawedBack] })).toEqual({
      text: [
        NETSUITE,
        'earned/2026-10-31/USD/aff_1\t10/31/2026\tOct 2026\tUSD\t"Commissions earned Ada; ""A"""\t6200\t1234.56\t\t' +
          '"Commissions earned Ada; ""A"""',
        'earned/2026-10-31/USD/aff_1\t10/31/2026\tOct 2026\tUSD\t"Commissions earned Ada; ""A"""\t2110\t\t1234.56\t' +
          '"Commissions earned Ada; ""A"""',
        'clawed_back/2026-11-01/USD/aff_1\t11/01/2026\tNov 2026\tUSD\t"Commissions clawed back Ada; ""A"""\t6200\t\t0.05\t' +
          '"Commissions clawed back Ada; ""A"""',
        'clawed_back/2026-11-01/USD/aff_1\t11/01/2026\tNov 2026\tUSD\t"Commissions clawed back Ada; ""A"""\t2110\t0.05\t\t' +
          '"Commissions clawed back Ada; ""A"""',
        '',
      ].join('\n'),
      rows: 4,
      told: [],
    });
  });

  test('tells what is of the entry only once where the map asks for that', async () => {
    const format = templateFormat(
      template('JOURNAL,DATE,DESCRIPTION,LINE_NO,ACCT_NO,*DEBIT,*CREDIT'),
      map({ repeatHeader: false }),
    );
    expect((await written(format, { facts: [fact()] })).text).toBe(
      [
        'JOURNAL,DATE,DESCRIPTION,LINE_NO,ACCT_NO,*DEBIT,*CREDIT',
        'GJ,2026-10-31,Commissions earned,1,6200,1234.56,',
        ',,,2,2110,,1234.56',
        '',
      ].join('\n'),
    );
  });

  test('calls the sum of news by another number than the sum before', async () => {
    const format = templateFormat(template('Entry,Debit,Credit'));
    const sum = fact({ affiliateId: null, affiliateName: null });
    expect((await written(format, { facts: [sum] }, 2)).text).toContain('earned/2026-10-31/USD/2,1234.56,');
  });
});

describe('a template is refused', () => {
  test.each([
    ['BillNo,*Class,Amount', NO_MAP, 'The column "*Class" is required, and payrun does not know it.'],
    ['BillNo,Curency*,Amount', NO_MAP, 'Did you mean currency?'],
    ['Klasse,Kostenstelle', NO_MAP, 'payrun knows none of the columns of the template.'],
    [
      'Entry,Debit',
      NO_MAP,
      'A journal has one column for debits and one for credits; of them there is "Debit".',
    ],
    ['Entry,Debit,Debits,Credit', NO_MAP, 'of them there is "Debit", "Debits", "Credit"'],
    ['BillNo,Amount', map({ columns: { Betrag: 'amount' } }), 'no column "Betrag", which the map names'],
    ['BillNo,Amount', map({ required: ['Tax'] }), 'no column "Tax", which the map names'],
    [
      'BillNo,Amount',
      map({ columns: { Amount: 'amont' } }),
      'no field "amont" for the column "Amount". Did you mean amount?',
    ],
    ['BillNo,Amount', map({ columns: { Amount: '__proto__' } }), 'There is no field "__proto__"'],
    ['BillNo,Tax,Amount', map({ columns: { Tax: { value: '' } }, required: ['Tax'] }), '"Tax" is required'],
  ])('with the header %s and the map %j', (header, said, sentence) => {
    const make = (): unknown => templateFormat(template(header), said);
    expect(make).toThrow(UsageError);
    expect(make).toThrow(sentence);
  });

  test.each([
    ['{', InvalidDataError, 'The map m.json is no JSON'],
    ['[]', InvalidDataError, 'The map m.json is no JSON object'],
    ['{"colums":{}}', UsageError, 'Did you mean columns?'],
    ['{"columns":{"A":1}}', UsageError, 'What it says of the column "A"'],
    ['{"columns":[]}', UsageError, 'columns is an object'],
    ['{"dateFormat":"iso"}', UsageError, 'dateFormat is one of dmy, mdy, ymd'],
    ['{"required":"A"}', UsageError, 'required is a list'],
    ['{"repeatHeader":"no"}', UsageError, 'repeatHeader is true or false'],
  ])('with the map %s', (json, kind, sentence) => {
    const read = (): unknown => readTemplateMap(json, 'm.json');
    expect(read).toThrow(kind);
    expect(read).toThrow(sentence);
  });
});
