/**
 * SEPA credit transfers: `pain.001.001.09`, and `.03` for banks that are behind (FORMATS.md section 2.4). The
 * schema of ISO 20022 takes much that no bank does; the rules of the European Payments Council above it are
 * checked here, payment by payment.
 */
import { isCountry } from '../core/countries.js';
import type { CurrencyCode } from '../core/currencies.js';
import { compactCode, IBAN_PROBLEMS, ibanProblem, isBic, isSepaIban } from '../core/iban.js';
import { formatAmount } from '../core/money.js';
import type {
  Payment,
  PaymentFileContent,
  PaymentOrder,
  PaymentProblem,
  PaymentWriter,
  ReferencedPayment,
} from '../core/payment.js';
import { bankText, unreadable } from './bank-text.js';
import { refuseLacks, type Lack } from './order-lacks.js';
import { byCurrency } from './payment-cells.js';
import { shortReference } from './payment-reference.js';
import { xmlDocument, type XmlElement } from './xml.js';

const CURRENCY: CurrencyCode = 'EUR';

/** In cents: 0.01 and 999,999,999.99 of a transfer. */
const LEAST = 1n;
const MOST = 99_999_999_999n;

/** The scheme has no limit; a file of this many is some 60 MB, about what banks still take. */
const MOST_PAYMENTS = 100_000;

const MAX_NAME = 70;
const MAX_ID = 35;
const MAX_REMITTANCE = 140;
const MAX_TOWN = 35;
const MAX_POST_CODE = 16;

/** One character that every bank of SEPA must take. */
const ALLOWED = /^[A-Za-z0-9/\-?:().,'+ ]$/;

/** Ids neither begin nor end with a slash nor hold two in a row; this one begins like a word, too. */
const ID = /^[A-Za-z0-9](?!.*\/\/)(?!.*\/$)[A-Za-z0-9/\-?:().,'+]*$/;

function check({ company }: PaymentOrder): void {
  const lacks = [...nameLacks(company.name), ...accountLacks(company.iban)];
  if (company.bic !== '' && !isBic(compactCode(company.bic))) {
    lacks.push({ what: 'needs a right company.bic, or none', setting: "company.bic ''" });
  }
  refuseLacks('A SEPA file', lacks);
}

function nameLacks(company: string): Lack[] {
  const setting = 'company.name NAME';
  const name = bankText(company, ALLOWED);
  if (!name.ok) return [{ what: `cannot carry ${name.character} of company.name`, setting }];
  if (name.text === '') return [{ what: 'needs the name of your company', setting }];
  if (name.text.length <= MAX_NAME) return [];
  return [{ what: `takes a company.name of at most ${MAX_NAME} characters`, setting }];
}

function accountLacks(account: string): Lack[] {
  const setting = 'company.iban IBAN';
  const iban = compactCode(account);
  if (iban === '') return [{ what: 'needs the IBAN that payouts are paid from', setting }];
  if (ibanProblem(iban) !== null) return [{ what: 'needs a right company.iban', setting }];
  return isSepaIban(iban) ? [] : [{ what: 'needs a company.iban of a SEPA country', setting }];
}

function problem(payment: Payment): PaymentProblem | null {
  if (payment.currency !== CURRENCY) {
    return { reason: 'bad_currency', message: `SEPA pays EUR, not ${payment.currency}` };
  }
  if (payment.amount < LEAST || payment.amount > MOST) {
    return { reason: 'amount_limit', message: 'a SEPA transfer is from 0.01 to 999999999.99' };
  }
  return accountProblem(payment) ?? nameProblem(payment.payee);
}

function accountProblem({ account, bic }: Payment): PaymentProblem | null {
  const iban = compactCode(account ?? '');
  if (iban === '') return { reason: 'missing_account', message: 'there is no IBAN' };
  const wrong = ibanProblem(iban);
  if (wrong !== null) return { reason: 'bad_iban', message: IBAN_PROBLEMS[wrong] };
  if (!isSepaIban(iban)) {
    return { reason: 'bad_iban', message: `the IBAN is of ${iban.slice(0, 2)}, which is not in SEPA` };
  }
  const bank = compactCode(bic ?? '');
  return bank === '' || isBic(bank)
    ? null
    : { reason: 'bad_bic', message: 'the BIC is not one of 8 or 11 letters and digits' };
}

function nameProblem(payee: string): PaymentProblem | null {
  const name = bankText(payee, ALLOWED);
  if (!name.ok) return { reason: 'bad_characters', message: unreadable(name) };
  if (name.text === '') return { reason: 'bad_name', message: 'the name is empty' };
  if (name.text.length <= MAX_NAME) return null;
  return { reason: 'name_too_long', message: `the name has more than ${MAX_NAME} characters` };
}

function files(payments: readonly ReferencedPayment[], order: PaymentOrder): readonly PaymentFileContent[] {
  const company = readable(order.company.name);
  return byCurrency(payments, MOST_PAYMENTS).map(({ currency, payments: some }, index) => ({
    currency,
    content: content({ id: messageId(order, index), company, payments: some, order }),
    payments: some,
  }));
}

/** With the instant behind, as two ledgers may pay from one account and both have a batch of that number. */
function messageId({ batch, createdAt }: PaymentOrder, index: number): string {
  const instant = createdAt.toISOString().slice(0, 19).replace(/[-:]/g, '');
  return `${batch}-${instant}Z${index === 0 ? '' : `-${index + 1}`}`;
}

/** What one file is made of. */
interface Message {
  readonly id: string;
  /** Our name as banks read it. */
  readonly company: string;
  readonly payments: readonly ReferencedPayment[];
  readonly order: PaymentOrder;
}

function content(message: Message): string {
  const namespace = `urn:iso:std:iso:20022:tech:xsd:${message.order.format}`;
  return xmlDocument(namespace, ['Document', initiation(message)]);
}

function* initiation(message: Message): Generator<XmlElement> {
  yield ['CstmrCdtTrfInitn', parts(message)];
}

function* parts(message: Message): Generator<XmlElement> {
  const { id, company, order } = message;
  yield [
    'GrpHdr',
    [
      ['MsgId', id],
      ['CreDtTm', `${order.createdAt.toISOString().slice(0, 19)}Z`],
      ...controls(message),
      ['InitgPty', [['Nm', company]]],
    ],
  ];
  yield ['PmtInf', instruction(message)];
}

/** All transfers of a file are of one account and one day, so that there is one instruction. */
function* instruction(message: Message): Generator<XmlElement> {
  const { id, company, payments, order } = message;
  yield ['PmtInfId', id];
  yield ['PmtMtd', 'TRF'];
  yield* batchBooking(order.setting('batch-booking'));
  yield* controls(message);
  yield ['PmtTpInf', [['SvcLvl', [['Cd', 'SEPA']]]]];
  yield ['ReqdExctnDt', isLegacy(order) ? order.executionOn : [['Dt', order.executionOn]]];
  yield ['Dbtr', [['Nm', company]]];
  yield ['DbtrAcct', [['Id', [['IBAN', compactCode(order.company.iban)]]]]];
  yield ['DbtrAgt', bankOf(order.company.bic, order)];
  yield ['ChrgBr', 'SLEV'];
  for (const payment of payments) yield transfer(payment, message);
}

/** By which the bank sees that nothing was lost: how many transfers, and their sum. */
function controls({ payments }: Message): XmlElement[] {
  const sum = payments.reduce((total, { amount }) => total + amount, 0n);
  return [
    ['NbOfTxs', String(payments.length)],
    ['CtrlSum', formatAmount(sum, CURRENCY)],
  ];
}

function transfer(payment: ReferencedPayment, { company, order }: Message): XmlElement {
  const { amount, reference } = payment;
  const iban = compactCode(payment.account ?? '');
  return [
    'CdtTrfTxInf',
    [
      ['PmtId', [['EndToEndId', reference]]],
      ['Amt', [['InstdAmt', formatAmount(amount, CURRENCY), { Ccy: CURRENCY }]]],
      ...(compactCode(payment.bic ?? '') === '' ? [] : [['CdtrAgt', bankOf(payment.bic, order)] as const]),
      ['Cdtr', [['Nm', readable(payment.payee)], ...addressOf(payment)]],
      ['CdtrAcct', [['Id', [['IBAN', iban]]]]],
      ['RmtInf', [['Ustrd', remittance(payment, company)]]],
    ],
  ];
}

/** Whether the statement shows one sum; where nobody said, the bank chooses. */
function batchBooking(setting: string): XmlElement[] {
  return setting === '' ? [] : [['BtchBookg', setting === 'yes' ? 'true' : 'false']];
}

/** The bank of an account; by the IBAN alone where no BIC is known. */
function bankOf(bic: string | null, order: PaymentOrder): XmlElement[] {
  const code = compactCode(bic ?? '');
  const unknown: XmlElement = ['Othr', [['Id', 'NOTPROVIDED']]];
  return [['FinInstnId', [code === '' ? unknown : [isLegacy(order) ? 'BIC' : 'BICFI', code]]]];
}

/** A town and a country at least, or nothing: banks refuse the unstructured addresses of old. */
function addressOf({ city, postalCode, country }: Payment): XmlElement[] {
  const town = fitting(city, MAX_TOWN);
  if (town === null || country === null || !isCountry(country)) return [];
  const code = fitting(postalCode, MAX_POST_CODE);
  const lines: XmlElement[] = code === null ? [] : [['PstCd', code]];
  return [['PstlAdr', [...lines, ['TwnNm', town], ['Ctry', country]]]];
}

function fitting(text: string | null, maxLength: number): string | null {
  const read = bankText(text ?? '', ALLOWED);
  return read.ok && read.text !== '' && read.text.length <= maxLength ? read.text : null;
}

/** What the payee reads on the statement: the invoice number first, as the end may be cut. */
function remittance({ invoiceNumber, reference }: ReferencedPayment, company: string): string {
  const number = ID.test(invoiceNumber) ? invoiceNumber : reference;
  return `${number} ${company}`.slice(0, MAX_REMITTANCE).trim();
}

/** A name that has passed its check. */
function readable(name: string): string {
  const read = bankText(name, ALLOWED);
  if (!read.ok) throw new Error(`A name was let through that SEPA cannot carry: ${read.character}`);
  return read.text;
}

function isLegacy({ format }: PaymentOrder): boolean {
  return format === 'pain.001.001.03';
}

export const pain001: PaymentWriter = {
  extension: 'xml',
  check,
  problem,
  reference: ({ invoiceNumber }) => shortReference(invoiceNumber, MAX_ID, ID),
  files,
};
