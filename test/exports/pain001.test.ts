import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import type { Payment, PaymentOrder } from '../../src/core/payment.js';
import { pain001 } from '../../src/exports/pain001.js';
import { golden } from './accounting-world.js';
import { filesOf, hostilePayments, order, payment, referenced } from './payment-world.js';

const FORMATS = ['pain.001.001.09', 'pain.001.001.03'] as const;
type Format = (typeof FORMATS)[number];

/** The published schemas, which are not ours to copy: beside the project, where they are there. */
const schemaPath = (format: Format): string =>
  fileURLToPath(new URL(`../../../shared/xsd/${format}.xsd`, import.meta.url));
const mayBeSkipped = process.env['PAYRUN_REQUIRE_TOOLS'] !== '1';
const describeWithSchemas =
  mayBeSkipped && !FORMATS.every((format) => existsSync(schemaPath(format))) ? describe.skip : describe;

const SOME = order({});
const LONG_NUMBER = 'PROGRAMME-NORTH/2026/11/AFFILIATE-4711/000001';

const GOOD: readonly Payment[] = [
  payment({ bic: 'COBADEFFXXX', city: 'Köln', postalCode: '50667', country: 'DE' }),
  payment({
    invoiceNumber: LONG_NUMBER,
    payee: "Łukasz Żółć & Søren O’Brien's Straßen",
    account: 'pl61 1090 1014 0000 0712 1981 2874',
    amount: 1n,
    addressLines: ['1 Road'],
    city: 'Łódź',
    country: 'PL',
  }),
  payment({ invoiceNumber: 'INV-2026-000003', payee: 'x'.repeat(70), amount: 99_999_999_999n, city: 'Oslo' }),
];

/** What a bank reads in a file, by libxml2 and not by what wrote it. */
function read(
  content: string,
  format: Format,
): { group: string[]; instruction: string[]; transfers: string[][] } {
  const document = XmlDocument.fromString(content);
  const names = { p: `urn:iso:std:iso:20022:tech:xsd:${format}` };
  const all = (path: string): string[] => document.find(path, names).map((node) => node.content);
  const transfers = document.find('//p:CdtTrfTxInf', names).map((node) => {
    const one = (path: string): string => node.get(path, names)?.content ?? '';
    return [
      ...[one('p:PmtId/p:EndToEndId'), one('p:Amt/p:InstdAmt'), one('p:Amt/p:InstdAmt/@Ccy')],
      ...[one('p:Cdtr/p:Nm'), one('p:CdtrAcct/p:Id/p:IBAN'), one('p:RmtInf/p:Ustrd')],
    ];
  });
  const group = all('//p:GrpHdr/p:NbOfTxs | //p:GrpHdr/p:CtrlSum');
  const instruction = all('//p:PmtInf/p:NbOfTxs | //p:PmtInf/p:CtrlSum');
  document.dispose();
  return { group, instruction, transfers };
}

/** Every text of a file. */
function textsOf(content: string): string[] {
  const document = XmlDocument.fromString(content);
  const texts = document.find('//text()[normalize-space()]').map((node) => node.content);
  document.dispose();
  return texts;
}

describe('a SEPA file', () => {
  it.each(FORMATS)('of %s is what people looked at', (format) => {
    const settings = format === 'pain.001.001.09' ? {} : { 'batch-booking': 'yes' };
    const company = { name: 'Example & Söhne GmbH', iban: 'NL91 ABNA 0417 1643 00', bic: '' };
    const from = order({ format, company }, settings);
    const [file, ...others] = filesOf(pain001, GOOD, from);
    expect(others).toEqual([]);
    expect(file?.payments.map(({ reference }) => reference)).toEqual([
      'INV-2026-000001',
      'PROGRAMME-NORTH-2026-11-JLJ5P45FSF',
      'INV-2026-000003',
    ]);
    expect(file?.content).toBe(golden(`pain001/${format}.xml`, file?.content ?? ''));
  });

  test('counts and sums what is in it, without a cent lost', () => {
    const many = Array.from({ length: 3000 }, (_, index) =>
      payment({ invoiceNumber: `INV-${index}`, amount: 9_999_999n }),
    );
    const [file] = filesOf(pain001, many, SOME);
    const { group, instruction, transfers } = read(file?.content ?? '', 'pain.001.001.09');
    expect(group).toEqual(['3000', '299999970.00']);
    expect(instruction).toEqual(group);
    expect(transfers.length).toBe(3000);
  });

  test('names the bank of an account where its BIC is known', () => {
    const company = { ...SOME.company, bic: 'abnanl2a' };
    const contentOf = (format: Format): string =>
      filesOf(pain001, [payment({ bic: 'coba de ff' })], order({ format, company }))[0]?.content ?? '';
    expect(contentOf('pain.001.001.09').match(/<BICFI>.*<\/BICFI>/g)).toEqual([
      '<BICFI>ABNANL2A</BICFI>',
      '<BICFI>COBADEFF</BICFI>',
    ]);
    expect(contentOf('pain.001.001.03').match(/<BIC>.*<\/BIC>/g)).toEqual([
      '<BIC>ABNANL2A</BIC>',
      '<BIC>COBADEFF</BIC>',
    ]);
  });

  it.each([
    ['no town', { country: 'DE', postalCode: '50667', addressLines: ['1 Road'] }],
    ['no country', { city: 'Köln', postalCode: '50667' }],
    ['a town in letters that banks cannot read', { city: 'Москва', country: 'DE' }],
    ['a town that is too long', { city: 'x'.repeat(36), country: 'DE' }],
    ['a country that is none', { city: 'Köln', country: 'Germany' }],
    ['two letters that are no country', { city: 'London', country: 'UK' }],
  ])('has no address of a payee with %s', (_, address) => {
    expect(filesOf(pain001, [payment(address)], SOME)[0]?.content).not.toMatch(/PstlAdr|AdrLine/);
  });

  test('has the address without the post code where banks cannot take that', () => {
    const [file] = filesOf(
      pain001,
      [payment({ city: 'Köln', country: 'DE', postalCode: '1'.repeat(17) })],
      SOME,
    );
    expect(file?.content).toContain('<TwnNm>Koln</TwnNm>');
    expect(file?.content).not.toContain('PstCd');
  });

  test('is of one batch of one ledger, and the same each time', () => {
    const again = order({ createdAt: new Date('2026-11-22T10:00:00.000Z') });
    const id = (from: PaymentOrder): string | undefined =>
      /<MsgId>(.*)<\/MsgId>/.exec(filesOf(pain001, GOOD, from)[0]?.content ?? '')?.[1];
    expect(id(SOME)).toBe('B-000001-20261122T090000Z');
    expect(id(again)).toBe('B-000001-20261122T100000Z');
    expect(filesOf(pain001, GOOD, SOME)).toEqual(filesOf(pain001, GOOD, SOME));
    expect(filesOf(pain001, [], SOME)).toEqual([]);
  });

  it.each([
    ['INV-2026-000001', 'INV-2026-000001'],
    ["R(26):a?b'c.d,e+f/1", "R(26):a?b'c.d,e+f/1"],
    ['x'.repeat(35), 'x'.repeat(35)],
    ['x'.repeat(36), expect.stringMatching(/^x{24}-[2-7A-Z]{10}$/)],
    ['/26/1', expect.stringMatching(/^26-1-[2-7A-Z]{10}$/)],
    ['26/1/', expect.stringMatching(/^26-1-[2-7A-Z]{10}$/)],
    ['26//1', expect.stringMatching(/^26-1-[2-7A-Z]{10}$/)],
    ['Nº 1', expect.stringMatching(/^N-1-[2-7A-Z]{10}$/)],
    ['№', expect.stringMatching(/^[2-7A-Z]{10}$/)],
  ])('names the payout %j in the signs of an id', (invoiceNumber, reference) => {
    expect(pain001.reference(payment({ invoiceNumber }), SOME)).toEqual(reference);
  });
});

describe('a payment that SEPA cannot make', () => {
  it.each<[string, Partial<Payment>, string, string]>([
    ['in dollars', { currency: 'USD' }, 'bad_currency', 'SEPA pays EUR, not USD'],
    ['of nothing', { amount: 0n }, 'amount_limit', 'a SEPA transfer is from 0.01 to 999999999.99'],
    ['of a billion', { amount: 10n ** 11n }, 'amount_limit', 'a SEPA transfer is from 0.01 to 999999999.99'],
    ['to nowhere', { account: ' ' }, 'missing_account', 'there is no IBAN'],
    ['to nobody knows', { account: null }, 'missing_account', 'there is no IBAN'],
    [
      'to a mistyped IBAN',
      { account: 'DE89370400440532013001' },
      'bad_iban',
      'the check digits of the IBAN are wrong: look for a mistyped one',
    ],
    [
      'to an IBAN with a digit left out',
      { account: 'DE8937040044053201300' },
      'bad_iban',
      'the IBAN is too short or too long for its country',
    ],
    [
      'to what is no IBAN',
      { account: 'kim@example.com' },
      'bad_iban',
      'the IBAN does not begin with a country that has IBANs',
    ],
    [
      'to a letter too much',
      { account: 'DE8937040044053201300A' },
      'bad_iban',
      'the IBAN has letters or digits where its country has none',
    ],
    [
      'to an account that its country refuses',
      { account: 'ES7021000418450200051322' },
      'bad_iban',
      'the check digits of the account in the IBAN are wrong: look for a mistyped one',
    ],
    [
      'to Turkey',
      { account: 'TR330006100519786457841326' },
      'bad_iban',
      'the IBAN is of TR, which is not in SEPA',
    ],
    [
      'to a bank that is none',
      { bic: 'COBA' },
      'bad_bic',
      'the BIC is not one of 8 or 11 letters and digits',
    ],
    ['to no name', { payee: ' \n' }, 'bad_name', 'the name is empty'],
    ['to 71 characters', { payee: 'x'.repeat(71) }, 'name_too_long', 'the name has more than 70 characters'],
    [
      'to 36 letters of two each',
      { payee: 'ß'.repeat(36) },
      'name_too_long',
      'the name has more than 70 characters',
    ],
    ['to a fox', { payee: 'Ada 🦊' }, 'bad_characters', 'the name holds 🦊, which banks cannot read'],
    ['to Иван', { payee: 'Иван' }, 'bad_characters', 'the name holds И, which banks cannot read'],
    ['to a formula', { payee: '=cmd()' }, 'bad_characters', 'the name holds =, which banks cannot read'],
    [
      'to a statement',
      { payee: '"; DROP TABLE payouts; --' },
      'bad_characters',
      'the name holds ", which banks cannot read',
    ],
    [
      'to half a character',
      { payee: 'Ada\ud800' },
      'bad_characters',
      'the name holds U+D800, which banks cannot read',
    ],
    [
      'to what nobody sees',
      { payee: 'Ada\u200b' },
      'bad_characters',
      'the name holds U+200B, which banks cannot read',
    ],
  ])('%s is told why', (_, details, reason, message) => {
    expect(pain001.problem(payment(details), SOME)).toEqual({ reason, message });
  });

  it.each<[string, Partial<Payment>]>([
    ['the least', { amount: 1n }],
    ['the most', { amount: 99_999_999_999n }],
    ['an IBAN as people write it', { account: ' de89 3704 0044 0532 0130 00 ' }],
    ['the youngest of SEPA', { account: 'RS35260005601001611379' }],
    ['no BIC', { bic: ' ' }],
    ['70 characters', { payee: 'é'.repeat(70) }],
    ['every sign of the scheme', { payee: "/-?:().,'+ aZ09" }],
    ['a telephone number', { payee: '+49 30 1234' }],
  ])('is none with %s', (_, details) => {
    expect(pain001.problem(payment(details), SOME)).toBeNull();
  });
});

describe('an order that lacks something', () => {
  it.each<[string, Partial<PaymentOrder['company']>, string, string]>([
    ['a name', { name: '' }, 'A SEPA file needs the name of your company.', 'company.name NAME'],
    [
      'a name in letters of banks',
      { name: 'Фирма' },
      'A SEPA file cannot carry Ф of company.name.',
      'company.name NAME',
    ],
    [
      'a short name',
      { name: 'x'.repeat(71) },
      'A SEPA file takes a company.name of at most 70 characters.',
      'company.name NAME',
    ],
    ['an IBAN', { iban: '' }, 'A SEPA file needs the IBAN that payouts are paid from.', 'company.iban IBAN'],
    [
      'a right IBAN',
      { iban: 'NL91ABNA0417164301' },
      'A SEPA file needs a right company.iban.',
      'company.iban IBAN',
    ],
    [
      'an IBAN of SEPA',
      { iban: 'TR330006100519786457841326' },
      'A SEPA file needs a company.iban of a SEPA country.',
      'company.iban IBAN',
    ],
    ['a right BIC', { bic: 'COBA' }, 'A SEPA file needs a right company.bic, or none.', "company.bic ''"],
  ])('is refused: %s', (_, company, message, setting) => {
    const from = order({ company: { ...SOME.company, ...company } });
    expect(() => {
      pain001.check(from);
    }).toThrow(expect.objectContaining({ message, hint: `Use \`payrun settings set ${setting}\`.` }));
    expect(() => {
      pain001.check(SOME);
    }).not.toThrow();
  });

  test('is told of all of it at once', () => {
    expect(() => {
      pain001.check(order({ company: { name: '', iban: '', bic: '' } }));
    }).toThrow(
      expect.objectContaining({
        message:
          'A SEPA file needs the name of your company, and it needs the IBAN that payouts are paid from.',
        hint: 'Use `payrun settings set company.name NAME` and `payrun settings set company.iban IBAN`.',
      }),
    );
  });
});

describeWithSchemas('the schemas of ISO 20022 (../shared/xsd)', () => {
  const validators = new Map<Format, XsdValidator>();

  beforeAll(() => {
    for (const format of FORMATS) {
      const schema = XmlDocument.fromString(readFileSync(schemaPath(format), 'utf8'));
      validators.set(format, XsdValidator.fromDoc(schema));
      schema.dispose();
    }
  });
  afterAll(() => {
    for (const validator of validators.values()) validator.dispose();
  });

  function validate(content: string, format: Format): void {
    const document = XmlDocument.fromString(content);
    validators.get(format)?.validate(document);
    document.dispose();
  }

  it.each(FORMATS)('know when a file of %s is wrong, and find none of ours so', (format) => {
    const [file] = filesOf(pain001, GOOD, order({ format }, { 'batch-booking': 'no' }));
    const content = file?.content ?? '';
    validate(content, format);
    expect(() => {
      validate(content.replace('<ChrgBr>SLEV</ChrgBr>', '<ChrgBr>WHO</ChrgBr>'), format);
    }).toThrow(/WHO/);
    expect(() => {
      validate(content.replace(/(<PmtMtd>.*<\/PmtMtd>)(\s*<BtchBookg>.*<\/BtchBookg>)/, '$2$1'), format);
    }).toThrow(/BtchBookg/);
  });

  test('and the rules above them hold for whatever payments the checks let through', () => {
    const accounts = ['DE89370400440532013000', 'gb29 nwbk 6016 1331 9268 19', 'VA59001123000012345678'];
    const payments = hostilePayments(
      'EUR',
      [...accounts, 'TR330006100519786457841326'],
      ['COBADEFF', 'NWBKGB2L'],
    );
    let transfers = 0;
    const names = fc.constantFrom('Example & Söhne GmbH', 'x'.repeat(70), "/O'Brien//");
    fc.assert(
      fc.property(payments, names, fc.constantFrom(...FORMATS), (all, name, format) => {
        const from = order({ format, company: { ...SOME.company, name } });
        pain001.check(from);
        const files = filesOf(pain001, all, from);
        for (const { content, payments: paid } of files) {
          validate(content, format);
          expectBankValid(content, format, paid.length);
        }
        transfers += files.reduce((count, { payments: paid }) => count + paid.length, 0);
        const sent = files.flatMap(({ payments: paid }) => paid);
        expect(sent).toEqual(
          referenced(pain001, all, from).filter((one) => pain001.problem(one, from) === null),
        );
        expect(new Set(sent.map(({ reference }) => reference)).size).toBe(sent.length);
      }),
      { numRuns: 60 },
    );
    expect(transfers).toBeGreaterThan(15);
  });
});

/** The rules of the European Payments Council, by a reader that knows nothing of the writer. */
function expectBankValid(content: string, format: Format, count: number): void {
  const { group, instruction, transfers } = read(content, format);
  const cents = transfers.reduce((sum, [, amount = '']) => sum + BigInt(amount.replace('.', '')), 0n);
  const sum = cents.toString().padStart(3, '0').replace(/(..)$/, '.$1');
  expect(group).toEqual([String(count), sum]);
  expect(instruction).toEqual(group);
  expect(transfers.length).toBe(count);
  for (const [id = '', amount = '', currency, name = '', iban = '', remittance = ''] of transfers) {
    expect(id).toMatch(/^[A-Za-z0-9].{0,34}$/);
    expect(id).not.toMatch(/\/\/|\/$/);
    expect(amount).toMatch(/^(?:0|[1-9][0-9]{0,8})\.[0-9]{2}$/);
    expect(amount).not.toBe('0.00');
    expect(currency).toBe('EUR');
    expect(name).toMatch(/^\S(?:.{0,68}\S)?$/);
    expect(iban).toMatch(/^(?:DE|GB|VA)[0-9]{2}[A-Z0-9]+$/);
    expect(remittance).toMatch(/^\S.{0,138}\S$/);
  }
  for (const one of textsOf(content)) expect(one).toMatch(/^[A-Za-z0-9/\-?:().,'+ ]+$/);
  expect(content).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Document /);
}
