import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { currencyCodes } from '../../src/core/currencies.js';
import { parseAmount } from '../../src/core/money.js';
import type { Payment, PaymentFormat, PaymentOrder, PaymentWriter } from '../../src/core/payment.js';
import { bankCsv } from '../../src/exports/bank-csv.js';
import { shortReference } from '../../src/exports/payment-reference.js';
import { paypal } from '../../src/exports/paypal.js';
import { wise } from '../../src/exports/wise.js';

const ada: Payment = {
  invoiceNumber: 'INV-2026-000001',
  affiliateId: 'aff_1',
  currency: 'USD',
  amount: 21_250n,
  payee: 'Ada Lovelace',
  email: 'ada@example.com',
  isCompany: false,
  account: 'ada@example.com',
  bic: null,
  country: 'GB',
  addressLines: [],
  city: null,
  postalCode: null,
};
const IBAN = 'NL91 ABNA 0417 1643 00';
const bo: Payment = {
  ...ada,
  invoiceNumber: 'INV-2026-000002',
  affiliateId: 'aff_2',
  currency: 'EUR',
  amount: 100n,
  payee: 'Bo; "B" Łódź, 🙂',
  isCompany: true,
  account: IBAN,
  bic: 'ABNANL2A',
};

const SETTINGS: Readonly<Record<string, string>> = {
  'decimal-mark': '.',
  note: 'Payout {INVOICE}',
  'source-currency': '',
};

function orderOf(format: PaymentFormat, settings: Readonly<Record<string, string>> = {}): PaymentOrder {
  const all = { ...SETTINGS, ...settings };
  return {
    batch: 'B-000001',
    method: 'wise',
    format,
    createdAt: new Date('2026-11-22T09:00:00Z'),
    executionOn: '2026-11-23',
    company: { name: 'Acme Ltd', iban: '', bic: '' },
    setting: (key) => all[key] ?? '',
  };
}

/** Every file as text, in order. */
function written(writer: PaymentWriter, payments: readonly Payment[], order: PaymentOrder): string[] {
  const referenced = payments.map((one) => ({ ...one, reference: writer.reference(one, order) }));
  return writer.files(referenced, order).map(({ content }) => content);
}

const reasonOf = (writer: PaymentWriter, payment: Partial<Payment>, order: PaymentOrder) =>
  writer.problem({ ...ada, ...payment }, order)?.reason ?? null;

describe('the file for PayPal', () => {
  const order = orderOf('paypal');

  it('has no header, six cells a row, and one currency a file', () => {
    const rows = [ada, { ...bo, account: 'bo@example.org' }, { ...ada, invoiceNumber: 'INV-2026-000003' }];
    expect(written(paypal, rows, order)).toEqual([
      'bo@example.org,1.00,EUR,INV-2026-000002,Payout INV-2026-000002,PAYPAL\r\n',
      'ada@example.com,212.50,USD,INV-2026-000001,Payout INV-2026-000001,PAYPAL\r\n' +
        'ada@example.com,212.50,USD,INV-2026-000003,Payout INV-2026-000003,PAYPAL\r\n',
    ]);
  });

  it('writes the decimal mark of the account, quoted where it is a comma', () => {
    const settings = { 'decimal-mark': ',', note: 'Thanks' };
    expect(written(paypal, [ada], orderOf('paypal', settings))).toEqual([
      'ada@example.com,"212,50",USD,INV-2026-000001,Thanks,PAYPAL\r\n',
    ]);
  });

  it('begins another file after 5,000 rows', () => {
    const many = Array.from({ length: 5001 }, (_, index) => ({ ...ada, invoiceNumber: `INV-${index}` }));
    expect(written(paypal, many, order).map((text) => text.split('\r\n').length - 1)).toEqual([5000, 1]);
  });

  it.each([
    ['no account, whatever his e-mail is', { account: null }, 'missing_account'],
    ['spaces for an account', { account: ' ' }, 'missing_account'],
    ['an account that is no address', { account: 'ada' }, 'bad_email'],
    ['a formula for an account', { account: '=cmd()@example.com' }, 'bad_email'],
    ['a number of a telephone', { account: '+4915112345678' }, 'bad_email'],
    ['two addresses', { account: 'a@example.com,b@example.com' }, 'bad_email'],
    ['a line break in the address', { account: 'a@example.com\nb@example.com' }, 'bad_email'],
    ['an address of 128 characters', { account: `${'a'.repeat(116)}@example.com` }, 'bad_email'],
    ['an address of 127 characters', { account: `${'a'.repeat(115)}@example.com` }, null],
    ['an id of PayPal', { account: 'ABCDE12345678' }, null],
    ['decimals of forints', { currency: 'HUF', amount: 10_050n }, 'amount_limit'],
    ['whole forints', { currency: 'HUF', amount: 10_000n }, null],
    ['yen', { currency: 'JPY', amount: 1234n }, null],
    ['a name like a formula, which does not stand in the file', { payee: '=cmd()' }, null],
  ] as const)('says why it cannot pay: %s', (_, payment, reason) => {
    expect(reasonOf(paypal, payment, order)).toBe(reason);
  });

  it('writes whole forints and yen without decimals', () => {
    const rows: Payment[] = [
      { ...ada, currency: 'HUF', amount: 10_000n },
      { ...ada, currency: 'JPY', amount: 1234n },
    ];
    expect(written(paypal, rows, order).map((text) => text.split(',')[1])).toEqual(['100', '1234']);
  });

  it('refuses a note that is a formula, and an invoice number that makes it one', () => {
    expect(() => {
      paypal.check(orderOf('paypal', { note: '=1+1' }));
    }).toThrow('The note to payees begins with =, which a spreadsheet takes for a formula.');
    const bare = orderOf('paypal', { note: '{INVOICE}' });
    expect(reasonOf(paypal, { invoiceNumber: '@SUM-1' }, bare)).toBe('bad_characters');
  });

  it('cuts a note at 400 characters', () => {
    const [text = ''] = written(paypal, [ada], orderOf('paypal', { note: 'x'.repeat(401) }));
    expect(text.split(',')[4]).toHaveLength(400);
  });
});

describe('the files for Wise', () => {
  const order = orderOf('wise');

  it('have a template for e-mail and one for IBAN, each by currency', () => {
    const rows = [bo, ada, { ...bo, invoiceNumber: 'INV-2026-000004', email: 'bo@example.org' }];
    const head = 'name,recipientEmail,paymentReference,receiverType,amountCurrency,amount,sourceCurrency';
    const row = '"Bo; ""B"" Łódź, 🙂"';
    expect(written(wise, rows, order)).toEqual([
      `${head},targetCurrency\r\n` +
        'Ada Lovelace,ada@example.com,INV-2026-000001,PERSON,target,212.50,USD,USD\r\n',
      `${head},targetCurrency,IBAN\r\n` +
        `${row},ada@example.com,INV-2026-000002,INSTITUTION,target,1.00,EUR,EUR,NL91ABNA0417164300\r\n` +
        `${row},bo@example.org,INV-2026-000004,INSTITUTION,target,1.00,EUR,EUR,NL91ABNA0417164300\r\n`,
    ]);
  });

  it('name the currency that one pays from, and no e-mail that is none', () => {
    const settings = orderOf('wise', { 'source-currency': 'GBP' });
    const [text = ''] = written(wise, [{ ...bo, payee: 'Bo', email: '=1@x' }], settings);
    expect(text.split('\r\n')[1]).toBe(
      'Bo,,INV-2026-000002,INSTITUTION,target,1.00,GBP,EUR,NL91ABNA0417164300',
    );
  });

  it('have at most 1,000 transfers each', () => {
    const many = Array.from({ length: 2001 }, (_, index) => ({ ...ada, invoiceNumber: `INV-${index}` }));
    expect(written(wise, many, order).map((text) => text.split('\r\n').length - 2)).toEqual([1000, 1000, 1]);
  });

  it.each([
    ['no account', { account: null }, 'missing_account'],
    ['a number of an account in the USA', { account: '021000021/123456789' }, 'bad_account'],
    ['a mistyped IBAN', { account: 'NL91ABNA0417164301' }, 'bad_iban'],
    ['a bad address', { account: 'a@b' }, 'bad_email'],
    ['no name', { payee: ' ' }, 'bad_name'],
    ['a name like a formula', { payee: '=cmd()' }, 'bad_name'],
    ['a name like a telephone', { payee: '+49 151 1234' }, 'bad_name'],
    ['a name with a line break', { payee: 'Ada\nBo' }, 'bad_characters'],
    ['a name that would be turned around', { payee: 'Ada \u202egnp' }, 'bad_characters'],
    ['a name with quotes and separators', { payee: 'Ada "; DROP' }, null],
    ['a long name', { payee: 'Ł'.repeat(200) }, null],
  ] as const)('say why they cannot pay: %s', (_, payment, reason) => {
    expect(reasonOf(wise, payment, order)).toBe(reason);
  });

  it('have shorter references in pounds', () => {
    const invoiceNumber = 'AFFILIATES-2026-000001';
    expect(wise.reference({ ...ada, invoiceNumber }, order)).toBe(invoiceNumber);
    expect(wise.reference({ ...ada, invoiceNumber, currency: 'GBP' }, order)).toHaveLength(18);
  });
});

describe('the generic list', () => {
  const order = orderOf('csv');

  it('has all that a bank asks for, one currency a file', () => {
    expect(written(bankCsv, [bo, ada], order)).toEqual([
      'reference,payee,account,bic,amount,currency,execution_date,invoice_number,affiliate_id,country\n' +
        'INV-2026-000002,"Bo; ""B"" Łódź, 🙂",NL91 ABNA 0417 1643 00,ABNANL2A,1.00,EUR,2026-11-23,' +
        'INV-2026-000002,aff_2,GB\n',
      'reference,payee,account,bic,amount,currency,execution_date,invoice_number,affiliate_id,country\n' +
        'INV-2026-000001,Ada Lovelace,ada@example.com,,212.50,USD,2026-11-23,INV-2026-000001,aff_1,GB\n',
    ]);
  });

  it('needs an account, an IBAN for SEPA, but none for what is paid by hand', () => {
    expect(reasonOf(bankCsv, { account: null }, order)).toBe('missing_account');
    expect(reasonOf(bankCsv, { account: null }, { ...order, method: 'manual' })).toBeNull();
    expect(reasonOf(bankCsv, { account: IBAN }, { ...order, method: 'sepa' })).toBeNull();
    expect(reasonOf(bankCsv, { account: 'NL1' }, { ...order, method: 'sepa' })).toBe('bad_iban');
  });

  it.each([
    ['an account like a formula', { account: '=1' }, 'bad_account'],
    ['a BIC like a formula', { bic: '@1' }, 'bad_bic'],
    ['a name like a formula', { payee: '-1' }, 'bad_name'],
    ['an id like a formula', { affiliateId: '+1' }, 'bad_characters'],
  ] as const)('leaves out what a spreadsheet would run: %s', (_, payment, reason) => {
    expect(reasonOf(bankCsv, payment, order)).toBe(reason);
  });
});

describe('what every one of them lets through', () => {
  const hostile = fc.oneof(
    fc.constantFrom('=cmd()', '+49151', '-1', '@a', '"; DROP', '🙂', 'Łukasz', 'x'.repeat(200), '＝1', ''),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
  );
  const account = fc.oneof(hostile, fc.constantFrom('ada@example.com', IBAN, 'ABCDE12345678'));
  const payment = fc.record({
    invoiceNumber: fc.string({ minLength: 1, maxLength: 60 }),
    affiliateId: hostile,
    currency: fc.constantFrom(...currencyCodes()),
    amount: fc.bigInt({ min: 1n, max: 999_999_999_999_999n }),
    payee: hostile,
    email: fc.option(hostile),
    isCompany: fc.boolean(),
    account: fc.option(account),
    bic: fc.option(hostile),
    country: fc.constantFrom('GB', null),
    addressLines: fc.constant([]),
    city: fc.constant(null),
    postalCode: fc.constant(null),
  });

  it.each([
    ['paypal', paypal, 1, 2, 3],
    ['wise', wise, 5, 7, 2],
    ['csv', bankCsv, 4, 5, 0],
  ] as const)(
    '%s reads back with every payment once, to the cent, and no cell that is a formula',
    (format, writer, amountAt, currencyAt, referenceAt) => {
      fc.assert(
        fc.property(fc.uniqueArray(payment, { selector: ({ invoiceNumber }) => invoiceNumber }), (list) => {
          const order = orderOf(format);
          const good = list.filter((one) => writer.problem(one, order) === null);
          const files = written(writer, good, order);
          const rows = files.flatMap((text) => parse(text));
          const header = format === 'paypal' ? 0 : files.length;
          expect(rows).toHaveLength(good.length + header);
          expect(rows.flat().filter((cell) => /^\s*[=+\-@＝＋－＠]|\p{Cc}/u.test(cell))).toEqual([]);
          for (const one of good) {
            const reference = writer.reference(one, order);
            const [row = [], ...more] = rows.filter((cells) => cells[referenceAt] === reference);
            expect(more).toEqual([]);
            expect(row[currencyAt]).toBe(one.currency);
            expect(parseAmount(row[amountAt] ?? '', one.currency)).toEqual({ ok: true, minor: one.amount });
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('shortReference', () => {
  it('keeps a number that fits', () => {
    expect(shortReference('INV-2026-000001', 30)).toBe('INV-2026-000001');
  });

  it('is as short as asked, always the same, and another for another number', () => {
    const long = 'Affiliate commissions 2026 / 000001';
    expect(shortReference(long, 30)).toBe('Affiliate-commissio-I4QVH6LVBL');
    expect(shortReference(long, 30)).not.toBe(shortReference(`${long}1`, 30));
    expect(shortReference('=1', 30)).toMatch(/^1-[A-Z2-7]{10}$/);
    expect(shortReference('Ł', 30)).toMatch(/^[A-Z2-7]{10}$/);
  });
});
