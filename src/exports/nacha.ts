/**
 * ACH credits in the file of NACHA: records of 94 signs in blocks of ten (FORMATS.md section 2.5). People are
 * paid in a batch of class PPD, businesses in one of class CCD. Banks read signs at their places, so that
 * each field is checked against its width: what is too wide is a mistake in here and never cut in silence.
 */
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import type {
  Payment,
  PaymentFileContent,
  PaymentOrder,
  PaymentProblem,
  PaymentWriter,
  ReferencedPayment,
} from '../core/payment.js';
import { achTarget, type AchTarget } from './ach-account.js';
import { bankText, unreadable } from './bank-text.js';
import { refuseLacks, type Lack } from './order-lacks.js';
import { shortReference } from './payment-reference.js';

const CURRENCY: CurrencyCode = 'USD';

/** In cents: what the ten digits of an entry and the twelve of a batch or file hold. */
const MOST_OF_AN_ENTRY = 9_999_999_999n;
const MOST_OF_A_FILE = 999_999_999_999n;
/** What the six digits of a batch count. */
const MOST_ENTRIES = 999_999;

const RECORD = 94;
const RECORDS_OF_A_BLOCK = 10;
const LINE_END = '\r\n';

const MAX_REFERENCE = 15;
const NAME = 22;
const COMPANY_NAME = 16;
const DESTINATION_NAME = 23;
const COMPANY_ID = 10;

/** One character of a name; small letters become capitals. */
const ALLOWED = /^[A-Za-z0-9 .,'&/()+-]$/;
const REFERENCE = /^[A-Z0-9][A-Z0-9./-]*$/;
const ROUTING = /^[0-9]{9}$/;

/** Credits to a checking account and to a savings account. */
const CODES: Readonly<Record<AchTarget['kind'], string>> = { checking: '22', savings: '32' };

const FILE_IDS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** What the headers say of who pays, each as wide as its field at most. */
interface Originator {
  readonly destination: string;
  readonly destinationName: string;
  readonly origin: string;
  readonly companyId: string;
  readonly companyName: string;
  readonly description: string;
}

/** @throws UsageError naming the settings that are missing or that a bank could not read */
function originatorOf(order: PaymentOrder): Originator {
  const setting = (name: string): string => order.setting(name);
  const lacks: Lack[] = [];
  const needed = (name: string, what: string): string => {
    if (setting(name) === '') lacks.push({ what: `needs ${what}`, setting: `export.ach.${name} NUMBER` });
    return setting(name);
  };
  const inCapitals = (name: string, key: string): string => {
    const read = bankText(name, ALLOWED);
    if (!read.ok) lacks.push({ what: `cannot carry ${read.character} of "${name}"`, setting: `${key} NAME` });
    return read.ok ? read.text.toUpperCase() : name;
  };
  const destination = needed('destination', 'the routing number of your bank');
  const origin = needed('origin', 'what your bank calls you, its immediate origin');
  const own = setting('company-name');
  const companyName = inCapitals(own === '' ? order.company.name : own, 'export.ach.company-name');
  if (companyName === '')
    lacks.push({ what: 'needs the name of your company', setting: 'company.name NAME' });
  const bank = inCapitals(setting('destination-name'), 'export.ach.destination-name');
  refuseLacks('An ACH file', lacks);
  return {
    destination,
    destinationName: bank.slice(0, DESTINATION_NAME),
    origin,
    companyId: setting('company-id') === '' ? origin : setting('company-id'),
    companyName: companyName.slice(0, COMPANY_NAME).trim(),
    description: setting('entry-description').toUpperCase(),
  };
}

function problem(payment: Payment): PaymentProblem | null {
  if (payment.currency !== CURRENCY) {
    return { reason: 'bad_currency', message: `ACH pays USD, not ${payment.currency}` };
  }
  if (payment.amount < 1n || payment.amount > MOST_OF_AN_ENTRY) {
    return { reason: 'amount_limit', message: 'an ACH credit is from 0.01 to 99999999.99' };
  }
  const target = achTarget(payment);
  if ('reason' in target) return target;
  const name = bankText(payment.payee, ALLOWED);
  if (!name.ok) return { reason: 'bad_characters', message: unreadable(name) };
  return name.text === '' ? { reason: 'bad_name', message: 'the name is empty' } : null;
}

function files(payments: readonly ReferencedPayment[], order: PaymentOrder): readonly PaymentFileContent[] {
  const originator = originatorOf(order);
  return pieces(payments).map((some, index) => {
    const batches = [
      { entryClass: 'PPD', payments: some.filter(({ isCompany }) => !isCompany) },
      { entryClass: 'CCD', payments: some.filter(({ isCompany }) => isCompany) },
    ].filter(({ payments: own }) => own.length > 0);
    return {
      currency: CURRENCY,
      content: contentOf(batches, originator, order, index),
      payments: batches.flatMap(({ payments: own }) => own),
    };
  });
}

/** As many payments a file as its sums and counts can hold, in their order. */
function pieces(payments: readonly ReferencedPayment[]): ReferencedPayment[][] {
  const result: ReferencedPayment[][] = [];
  let sum = 0n;
  for (const payment of payments) {
    const last = result.at(-1);
    sum += payment.amount;
    if (last !== undefined && sum <= MOST_OF_A_FILE && last.length < MOST_ENTRIES) {
      last.push(payment);
    } else {
      result.push([payment]);
      sum = payment.amount;
    }
  }
  return result;
}

interface Batch {
  readonly entryClass: string;
  readonly payments: readonly ReferencedPayment[];
}

/** How many entries, the sum of the first eight digits of their routing numbers, and of their amounts. */
interface Totals {
  readonly entries: number;
  readonly hash: bigint;
  readonly credits: bigint;
}

function contentOf(
  batches: readonly Batch[],
  originator: Originator,
  order: PaymentOrder,
  index: number,
): string {
  const records = [fileHeader(originator, order, index)];
  let entries = 0;
  for (const [place, batch] of batches.entries()) {
    records.push(batchHeader(batch, originator, order, place + 1));
    for (const payment of batch.payments) {
      entries += 1;
      records.push(entry(payment, originator, entries));
    }
    records.push(batchControl(totalsOf(batch.payments), originator, place + 1));
  }
  const blocks = Math.ceil((records.length + 1) / RECORDS_OF_A_BLOCK);
  records.push(fileControl(totalsOf(batches.flatMap(({ payments }) => payments)), batches.length, blocks));
  while (records.length < blocks * RECORDS_OF_A_BLOCK) records.push('9'.repeat(RECORD));
  return records.map((one) => one + LINE_END).join('');
}

function totalsOf(payments: readonly ReferencedPayment[]): Totals {
  let hash = 0n;
  let credits = 0n;
  for (const payment of payments) {
    hash += BigInt(checkedTarget(payment).routing.slice(0, 8));
    credits += payment.amount;
  }
  // The field has ten digits, and takes the last ones.
  return { entries: payments.length, hash: hash % 10n ** 10n, credits };
}

function fileHeader(originator: Originator, order: PaymentOrder, index: number): string {
  const { destination, destinationName, origin } = originator;
  const created = order.createdAt.toISOString();
  return record(
    ...['101', ` ${destination}`, text(ROUTING.test(origin) ? ` ${origin}` : origin, 10)],
    ...[sixDigits(created.slice(0, 10)), created.slice(11, 16).replace(':', '')],
    ...[fileId(order.batch, index), '094', '10', '1'],
    ...[text(destinationName, DESTINATION_NAME), text(originator.companyName, 23)],
    text(order.batch.slice(-8), 8),
  );
}

/** Tells files of one day apart, so it goes on from batch to batch and from file to file. */
function fileId(batch: string, index: number): string {
  const before = BigInt(batch.replace(/[^0-9]/g, '')) + BigInt(FILE_IDS.length - 1);
  return FILE_IDS.charAt(Number((before + BigInt(index)) % BigInt(FILE_IDS.length)));
}

function batchHeader(batch: Batch, originator: Originator, order: PaymentOrder, number: number): string {
  const { companyName, companyId, description } = originator;
  return record(
    ...['5', '220', text(companyName, COMPANY_NAME), text('', 20), text(companyId, COMPANY_ID)],
    ...[batch.entryClass, text(description, 10), text('', 6), sixDigits(order.executionOn), text('', 3)],
    ...['1', odfi(originator), digits(number, 7)],
  );
}

function entry(payment: ReferencedPayment, originator: Originator, sequence: number): string {
  const { routing, account, kind } = checkedTarget(payment);
  return record(
    ...['6', CODES[kind], routing, text(account, 17), digits(payment.amount, 10)],
    ...[text(payment.reference, MAX_REFERENCE), text(shortName(payment.payee), NAME), text('', 2)],
    ...['0', odfi(originator), digits(sequence, 7)],
  );
}

/** Banks do not match the name of an ACH credit with the account's, so that its beginning will do. */
function shortName(payee: string): string {
  const name = bankText(payee, ALLOWED);
  if (!name.ok) throw new Error(`A name was let through that ACH cannot carry: ${name.character}`);
  return name.text.toUpperCase().slice(0, NAME).trim();
}

function batchControl(totals: Totals, originator: Originator, number: number): string {
  return record(
    ...['8', '220', digits(totals.entries, 6), digits(totals.hash, 10), digits(0, 12)],
    ...[digits(totals.credits, 12), text(originator.companyId, COMPANY_ID), text('', 19), text('', 6)],
    ...[odfi(originator), digits(number, 7)],
  );
}

function fileControl(totals: Totals, batches: number, blocks: number): string {
  return record(
    ...['9', digits(batches, 6), digits(blocks, 6), digits(totals.entries, 8), digits(totals.hash, 10)],
    ...[digits(0, 12), digits(totals.credits, 12), text('', 39)],
  );
}

/** The bank that sends, by its first eight digits. */
function odfi({ destination }: Originator): string {
  return destination.slice(0, 8);
}

function sixDigits(date: CalendarDate): string {
  return date.slice(2).replaceAll('-', '');
}

function checkedTarget(payment: ReferencedPayment): AchTarget {
  const target = achTarget(payment);
  if ('reason' in target) throw new Error(`A payment was let through though ${target.message}.`);
  return target;
}

function text(value: string, width: number): string {
  return fit(value.padEnd(width), width);
}

function digits(value: bigint | number, width: number): string {
  return fit(value.toString().padStart(width, '0'), width);
}

function record(...fields: readonly string[]): string {
  return fit(fields.join(''), RECORD);
}

function fit(field: string, width: number): string {
  if (field.length !== width) throw new Error(`A field of ${width} signs would have ${field.length}.`);
  return field;
}

export const nacha: PaymentWriter = {
  extension: 'ach',
  check: (order) => {
    originatorOf(order);
  },
  problem,
  reference: ({ invoiceNumber }) => shortReference(invoiceNumber, MAX_REFERENCE, REFERENCE).toUpperCase(),
  files,
};
