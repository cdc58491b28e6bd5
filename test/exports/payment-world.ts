/** Payments as the tests of payment files know them. */
import fc from 'fast-check';
import type {
  Payment,
  PaymentFileContent,
  PaymentOrder,
  PaymentWriter,
  ReferencedPayment,
} from '../../src/core/payment.js';

export function payment(rest: Partial<Payment> = {}): Payment {
  return {
    invoiceNumber: 'INV-2026-000001',
    affiliateId: 'aff_1',
    currency: 'EUR',
    amount: 123456n,
    payee: 'Acme Blog',
    email: 'ap@acme.example',
    isCompany: false,
    account: 'DE89370400440532013000',
    bic: null,
    country: null,
    addressLines: [],
    city: null,
    postalCode: null,
    ...rest,
  };
}

/** An order with settings by their names; those that are not given are empty. */
export function order(
  rest: Partial<Omit<PaymentOrder, 'setting'>>,
  settings: Readonly<Record<string, string>> = {},
): PaymentOrder {
  return {
    batch: 'B-000001',
    method: 'sepa',
    format: 'pain.001.001.09',
    createdAt: new Date('2026-11-22T09:00:00.000Z'),
    executionOn: '2026-11-24',
    company: { name: 'Example GmbH', iban: 'NL91ABNA0417164300', bic: '' },
    ...rest,
    setting: (name) => settings[name] ?? '',
  };
}

export function referenced(
  writer: PaymentWriter,
  payments: readonly Payment[],
  from: PaymentOrder,
): ReferencedPayment[] {
  return payments.map((one) => ({ ...one, reference: writer.reference(one, from) }));
}

/** The files of the payments that the format takes, as a batch would have them. */
export function filesOf(
  writer: PaymentWriter,
  payments: readonly Payment[],
  from: PaymentOrder,
): readonly PaymentFileContent[] {
  const fit = payments.filter((one) => writer.problem(one, from) === null);
  return writer.files(referenced(writer, fit, from), from);
}

const PIECES = [
  ...[
    'Acme Blog',
    'Łukasz Żółć',
    'Søren Æther',
    'Straße',
    'Ğıİş',
    '=cmd()',
    '+49 30',
    '"; DROP',
    '🦊',
    'Иван',
  ],
  ...[
    '<b>&amp;</b>',
    ']]>',
    "O'Brien",
    '’',
    '&',
    '//',
    '/',
    '\u0000',
    '\n',
    '\u00a0',
    '\u200b',
    '\ud800',
    '\ufffe',
  ],
  ...['x'.repeat(70), 'é'.repeat(71), 'e\u0301', '(a):b?,.-', '  ', 'A', '1'],
];

/** Names and other texts that somebody may well have typed, or wanted to harm with. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }).map((all) => all.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 90 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 80 }) },
);

/** Amounts around the limits of formats, and any. */
export const hostileAmount: fc.Arbitrary<bigint> = fc.oneof(
  fc.constantFrom(-1n, 0n, 1n, 9_999_999_999n, 10_000_000_000n, 99_999_999_999n, 100_000_000_000n),
  fc.bigInt({ min: 1n, max: 10n ** 15n }),
  { weight: 3, arbitrary: fc.bigInt({ min: 1n, max: 10n ** 6n }) },
);

/** Payments with accounts out of a list or with any text for one, each with an invoice number of its own. */
export function hostilePayments(
  currency: 'EUR' | 'USD',
  accounts: readonly string[],
  bics: readonly string[],
): fc.Arbitrary<Payment[]> {
  const one = fc.record({
    invoiceNumber: fc.oneof(
      fc.nat().map((number) => `INV-2026-${String(number).padStart(6, '0')}`),
      hostileText.map((text) => `N${text}`),
    ),
    affiliateId: fc.constant('aff_1'),
    currency: fc.oneof({ weight: 9, arbitrary: fc.constant(currency) }, fc.constantFrom('EUR', 'USD', 'JPY')),
    amount: hostileAmount,
    payee: fc.oneof(hostileText, fc.constantFrom('Ada Lovelace', 'Łukasz Żółć')),
    email: fc.constant(null),
    isCompany: fc.boolean(),
    account: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...accounts) }, fc.option(hostileText)),
    bic: fc.option(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...bics) }, hostileText)),
    country: fc.oneof(fc.constantFrom(null, 'DE', 'AT'), hostileText),
    addressLines: fc.array(hostileText, { maxLength: 2 }),
    city: fc.option(hostileText),
    postalCode: fc.option(hostileText),
  });
  return fc.uniqueArray(one, { selector: ({ invoiceNumber }) => invoiceNumber, maxLength: 12 });
}
