import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import type { Payment, PaymentOrder } from '../../src/core/payment.js';
import { nacha } from '../../src/exports/nacha.js';
import { golden } from './accounting-world.js';
import { filesOf, hostilePayments, order, payment, referenced } from './payment-world.js';

const BANK = '021000021/0123456789';

const SETTINGS = {
  destination: '091000019',
  'destination-name': 'Example Bank',
  origin: '1234567890',
  'entry-description': 'AFFILIATE',
};

/** An order as ACH takes it. */
const ach = (
  settings: Readonly<Record<string, string>> = {},
  rest: Partial<PaymentOrder> = {},
): PaymentOrder =>
  order(
    {
      ...{ method: 'ach', format: 'nacha', company: { name: 'Example & Söhne, Inc.', iban: '', bic: '' } },
      ...rest,
    },
    { ...SETTINGS, ...settings },
  );

const dollars = (rest: Partial<Payment> = {}): Payment =>
  payment({ currency: 'USD', account: BANK, ...rest });

const GOOD: readonly Payment[] = [
  dollars({ payee: 'Ada Lovelace' }),
  dollars({
    invoiceNumber: 'INV-2026-000002',
    payee: 'Łukasz Żółć Affiliate Marketing',
    isCompany: true,
    amount: 1n,
  }),
  dollars({
    invoiceNumber: 'PROGRAMME-2026-000003',
    payee: "Søren O'Brien",
    account: '12-345 savings',
    bic: '011000015',
    amount: 9_999_999_999n,
  }),
];

/** What a record says, by the places of its kind; a reader that knows nothing of the writer. */
const PLACES: Readonly<Record<string, readonly (readonly [name: string, from: number, to: number])[]>> = {
  1: [
    ...([
      ['priority', 2, 3],
      ['destination', 4, 13],
      ['origin', 14, 23],
      ['created', 24, 29],
    ] as const),
    ...([
      ['time', 30, 33],
      ['id', 34, 34],
      ['sizes', 35, 40],
      ['destinationName', 41, 63],
    ] as const),
    ...([
      ['originName', 64, 86],
      ['reference', 87, 94],
    ] as const),
  ],
  5: [
    ...([
      ['service', 2, 4],
      ['company', 5, 20],
      ['companyId', 41, 50],
      ['entryClass', 51, 53],
    ] as const),
    ...([
      ['description', 54, 63],
      ['effective', 70, 75],
      ['status', 79, 79],
      ['odfi', 80, 87],
    ] as const),
    ['batch', 88, 94],
  ],
  6: [
    ...([
      ['code', 2, 3],
      ['rdfi', 4, 11],
      ['check', 12, 12],
      ['account', 13, 29],
      ['amount', 30, 39],
    ] as const),
    ...([
      ['id', 40, 54],
      ['name', 55, 76],
      ['addenda', 79, 79],
      ['odfi', 80, 87],
      ['trace', 88, 94],
    ] as const),
  ],
  8: [
    ...([
      ['service', 2, 4],
      ['entries', 5, 10],
      ['hash', 11, 20],
      ['debits', 21, 32],
    ] as const),
    ...([
      ['credits', 33, 44],
      ['companyId', 45, 54],
      ['odfi', 80, 87],
      ['batch', 88, 94],
    ] as const),
  ],
  9: [
    ...([
      ['batches', 2, 7],
      ['blocks', 8, 13],
      ['entries', 14, 21],
      ['hash', 22, 31],
    ] as const),
    ...([
      ['debits', 32, 43],
      ['credits', 44, 55],
    ] as const),
  ],
};

type Fields = Readonly<Record<string, string>> & { readonly kind: string };

function fieldsOf(record: string): Fields {
  const kind = record.charAt(0);
  const places = PLACES[kind] ?? [];
  return {
    kind,
    ...Object.fromEntries(places.map(([name, from, to]) => [name, record.slice(from - 1, to)])),
  };
}

function routingOf(entry: Fields | undefined): string {
  return `${entry?.['rdfi'] ?? ''}${entry?.['check'] ?? ''}`;
}

/** Reads a file and recomputes all that it says of itself. */
function read(content: string): { entries: Fields[]; all: Fields[] } {
  const lines = content.split('\r\n');
  expect(lines.pop()).toBe('');
  expect(lines.length % 10).toBe(0);
  for (const line of lines) expect(line).toMatch(/^[ -`]{94}$/);
  const end = lines.findIndex((line) => line.startsWith('9'));
  for (const line of lines.slice(end + 1)) expect(line).toBe('9'.repeat(94));
  const all = lines.slice(0, end + 1).map(fieldsOf);
  expect(all.map(({ kind }) => kind).join('')).toMatch(/^1(?:56+8){1,2}9$/);

  const entries = all.filter(({ kind }) => kind === '6');
  const whole = sums(entries);
  const control = all.at(-1);
  expect([control?.['entries'], control?.['hash'], control?.['credits'], control?.['debits']]).toEqual([
    ...[whole.entries.padStart(8, '0'), whole.hash, whole.credits, '0'.repeat(12)],
  ]);
  expect(Number(control?.['batches'])).toBe(all.filter(({ kind }) => kind === '5').length);
  expect(Number(control?.['blocks'])).toBe(lines.length / 10);
  let own: Fields[] = [];
  for (const one of all) {
    if (one.kind === '5') own = [];
    if (one.kind === '6') own.push(one);
    if (one.kind !== '8') continue;
    const { entries: count, hash, credits } = sums(own);
    expect(one).toMatchObject({ entries: count.padStart(6, '0'), hash, credits, debits: '0'.repeat(12) });
  }
  expect(entries.map(({ trace }) => Number(trace))).toEqual(entries.map((_, index) => index + 1));
  return { entries, all };
}

function sums(entries: readonly Fields[]): { entries: string; hash: string; credits: string } {
  const sum = (name: string): bigint =>
    entries.map((one) => BigInt(one[name] ?? '')).reduce((total, one) => total + one, 0n);
  const hash = sum('rdfi').toString().padStart(10, '0').slice(-10);
  return { entries: String(entries.length), hash, credits: sum('amount').toString().padStart(12, '0') };
}

describe('a NACHA file', () => {
  test('is what people looked at', () => {
    const [file, ...others] = filesOf(nacha, GOOD, ach());
    expect(others).toEqual([]);
    expect(file?.content).toBe(golden('nacha/good.ach', file?.content ?? ''));
    expect(file?.payments.map(({ payee }) => payee)).toEqual([
      ...['Ada Lovelace', "Søren O'Brien", 'Łukasz Żółć Affiliate Marketing'],
    ]);
  });

  test('has each field at its places, and its counts, sums and hash are right', () => {
    const [file] = filesOf(nacha, GOOD, ach({ 'company-id': '9876543210', origin: '091000019' }));
    const { all } = read(file?.content ?? '');
    expect(all[0]).toEqual({
      ...{ kind: '1', priority: '01', destination: ' 091000019', origin: ' 091000019', created: '261122' },
      ...{ time: '0900', id: 'A', sizes: '094101', destinationName: 'EXAMPLE BANK'.padEnd(23) },
      ...{ originName: 'EXAMPLE & SOHNE,'.padEnd(23), reference: 'B-000001' },
    });
    expect(all[1]).toEqual({
      ...{
        kind: '5',
        service: '220',
        company: 'EXAMPLE & SOHNE,',
        companyId: '9876543210',
        entryClass: 'PPD',
      },
      ...{ description: 'AFFILIATE ', effective: '261124', status: '1', odfi: '09100001', batch: '0000001' },
    });
    expect(all[3]).toEqual({
      ...{ kind: '6', code: '32', rdfi: '01100001', check: '5', account: '12-345'.padEnd(17) },
      ...{ amount: '9999999999', id: 'PROG-GPNOWPPJ75', name: "SOREN O'BRIEN".padEnd(22), addenda: '0' },
      ...{ odfi: '09100001', trace: '0000002' },
    });
    expect(all[5]).toMatchObject({ kind: '5', entryClass: 'CCD', batch: '0000002' });
    expect(all[6]).toMatchObject({ code: '22', name: 'LUKASZ ZOLC AFFILIATE ', trace: '0000003' });
  });

  test('goes on in another where a sum would not fit, each with a sign of its own', () => {
    const many = Array.from({ length: 205 }, (_, index) =>
      dollars({ invoiceNumber: `INV-${index}`, amount: 9_999_999_999n, isCompany: index % 2 === 1 }),
    );
    const files = filesOf(nacha, many, ach({}, { batch: 'B-000035' }));
    expect(files.map(({ payments }) => payments.length)).toEqual([100, 100, 5]);
    expect(files.map(({ content }) => read(content).all[0]?.['id'])).toEqual(['8', '9', 'A']);
    expect(filesOf(nacha, [], ach())).toEqual([]);
  });

  test('keeps the last ten digits of a hash that is longer', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      dollars({ invoiceNumber: `INV-${index}`, account: '921000011/1', amount: 1n }),
    );
    const [file] = filesOf(nacha, many, ach());
    expect(read(file?.content ?? '').all.at(-1)?.['hash']).toBe('8420000200');
  });

  it.each([
    ['021000021/123', '', '021000021', '123', '22'],
    ['021000021 123', '', '021000021', '123', '22'],
    ['021000021:123:Savings', '', '021000021', '123', '32'],
    ['021000021-12-3-checking', '', '021000021', '12-3', '22'],
    [' 021000021 / 12 34 / savings ', 'CHASUS33', '021000021', '1234', '32'],
    ['021000021/123', '021000021', '021000021', '123', '22'],
    ['0123 45', '021000021', '021000021', '012345', '22'],
    // Nine digits before a hyphen that are no routing number belong to the account.
    ['123456789-01', '021000021', '021000021', '123456789-01', '22'],
    ['021000021/12345678901234567', '', '021000021', '12345678901234567', '22'],
  ])('reads the account %j with %j beside it', (account, bic, routing, number, code) => {
    const [file] = filesOf(nacha, [dollars({ account, bic })], ach());
    const [entry] = read(file?.content ?? '').entries;
    expect([routingOf(entry), entry?.['account']?.trimEnd(), entry?.['code']]).toEqual([
      ...[routing, number, code],
    ]);
  });
});

describe('a payment that ACH cannot make', () => {
  const differ = 'the routing number before the account and the one beside it differ';
  const none = 'there is no routing number of nine digits: write the account as ROUTING/ACCOUNT';
  const mistyped = 'the check digit of the routing number is wrong: look for a mistyped one';
  const noAccount = 'the account is not 1 to 17 digits, capitals and hyphens';

  it.each<[string, Partial<Payment>, string, string]>([
    ['in euros', { currency: 'EUR' }, 'bad_currency', 'ACH pays USD, not EUR'],
    ['of nothing', { amount: 0n }, 'amount_limit', 'an ACH credit is from 0.01 to 99999999.99'],
    ['of 11 digits', { amount: 10n ** 10n }, 'amount_limit', 'an ACH credit is from 0.01 to 99999999.99'],
    ['to nowhere', { account: null }, 'missing_account', 'there is no account'],
    ['to a mistyped bank', { account: '021000022/123' }, 'bad_routing_number', mistyped],
    ['to a mistyped bank beside', { account: '123', bic: '021000022' }, 'bad_routing_number', mistyped],
    ['to no bank', { account: '0123456789' }, 'bad_routing_number', none],
    ['to a BIC', { account: '0123456789', bic: 'CHASUS33' }, 'bad_routing_number', none],
    ['to an IBAN', { account: 'DE89370400440532013000' }, 'bad_routing_number', none],
    ['to two banks', { bic: '011000015' }, 'bad_routing_number', differ],
    [
      'to two banks by a hyphen',
      { account: '021000021-123', bic: '011000015' },
      'bad_routing_number',
      differ,
    ],
    ['to half a bank', { bic: '01100001' }, 'bad_routing_number', differ],
    ['to 18 digits', { account: `021000021/${'1'.repeat(18)}` }, 'bad_account', noAccount],
    ['to zeros', { account: '021000021/000' }, 'bad_account', noAccount],
    ['to small letters', { account: '021000021/ab1' }, 'bad_account', noAccount],
    ['to other digits', { account: '021000021/１２' }, 'bad_account', noAccount],
    ['to no name', { payee: ' ' }, 'bad_name', 'the name is empty'],
    ['to a fox', { payee: '🦊' }, 'bad_characters', 'the name holds 🦊, which banks cannot read'],
    ['to a formula', { payee: '=cmd()' }, 'bad_characters', 'the name holds =, which banks cannot read'],
    ['to DROP', { payee: '"; DROP' }, 'bad_characters', 'the name holds ", which banks cannot read'],
  ])('%s is told why', (_, details, reason, message) => {
    expect(nacha.problem(dollars(details), ach())).toEqual({ reason, message });
  });

  test('is none with the greatest amount, or with a name that is cut', () => {
    expect(nacha.problem(dollars({ amount: 9_999_999_999n, payee: 'x'.repeat(200) }), ach())).toBeNull();
  });
});

describe('an order that lacks something', () => {
  it.each<[string, Record<string, string>, string, string, string]>([
    [
      'the numbers of the bank',
      { destination: '', origin: '' },
      'Example',
      'needs the routing number of your bank, and it needs what your bank calls you, its immediate origin',
      '`payrun settings set export.ach.destination NUMBER` and `payrun settings set export.ach.origin NUMBER`',
    ],
    ['a name', {}, ' ', 'needs the name of your company', '`payrun settings set company.name NAME`'],
    [
      'a name in plain letters',
      {},
      'Фирма',
      'cannot carry Ф of "Фирма"',
      '`payrun settings set export.ach.company-name NAME`',
    ],
    [
      'a bank in plain letters',
      { 'destination-name': 'B;' },
      'Example',
      'cannot carry ; of "B;"',
      '`payrun settings set export.ach.destination-name NAME`',
    ],
  ])('is refused: %s', (_, settings, name, what, commands) => {
    expect(() => {
      nacha.check(ach(settings, { company: { name, iban: '', bic: '' } }));
    }).toThrow(expect.objectContaining({ message: `An ACH file ${what}.`, hint: `Use ${commands}.` }));
  });

  test('takes the name of the batch, where it has one, and not that of the company', () => {
    const company = { name: 'Фирма', iban: '', bic: '' };
    expect(() => {
      nacha.check(ach({ 'company-name': 'Firma' }, { company }));
    }).not.toThrow();
  });
});

test('whatever payments the checks let through, the file is right by its own invariants', () => {
  const accounts = [BANK, '011000015:9-savings', '021000022/1', '12 34', '091000019 A-1 checking'];
  let transfers = 0;
  fc.assert(
    fc.property(hostilePayments('USD', accounts, ['021000021', 'CHASUS33']), (all) => {
      const from = ach();
      const files = filesOf(nacha, all, from);
      const fit = referenced(nacha, all, from).filter((one) => nacha.problem(one, from) === null);
      const written = files.flatMap(({ content, payments: paid }) => {
        const { entries } = read(content);
        expect(entries.map(({ id, amount }) => [id?.trimEnd(), BigInt(amount ?? '')])).toEqual(
          paid.map(({ reference, amount }) => [reference, amount]),
        );
        for (const entry of entries) expectEntry(entry);
        return paid;
      });
      expect(new Set(written)).toEqual(new Set(fit));
      expect(new Set(written.map(({ reference }) => reference)).size).toBe(fit.length);
      transfers += written.length;
    }),
    { numRuns: 60 },
  );
  expect(transfers).toBeGreaterThan(15);
});

function expectEntry(entry: Fields): void {
  expect(entry['account']).toMatch(/^[A-Z0-9-]{1,17} *$/);
  expect(entry['name']).toMatch(/^[A-Z0-9.,'&/()+-][A-Z0-9 .,'&/()+-]{21}$/);
  const digits = Array.from(routingOf(entry), Number);
  const weighted = digits.map((digit, place) => digit * (([3, 7, 1] as const)[place % 3] ?? 0));
  expect(weighted.reduce((total, one) => total + one, 0) % 10).toBe(0);
}
