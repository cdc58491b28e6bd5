/**
 * What a column of a user's own template can hold: the fields of a bill and of a line of a journal, and the
 * names by which accounting systems call them (FORMATS.md 1.7, 1.8, and the headers of the other formats).
 */
import { billWords, type Bill } from '../core/bill.js';
import { addDays, type CalendarDate } from '../core/calendar.js';
import type { JournalEntry, JournalLine } from '../core/journal.js';
import { formatAmount } from '../core/money.js';
import { idInPart } from './entry-numbers.js';
import type { FormatContext } from './format.js';

/** What a row is made from. */
export interface BillRow {
  readonly source: 'bills';
  readonly bill: Bill;
}
export interface JournalRow {
  readonly source: 'journal';
  readonly entry: JournalEntry;
  readonly line: JournalLine;
  /** Within its entry, from 1. */
  readonly place: number;
}

/** How the values of a row are written. */
export interface Writing {
  readonly context: FormatContext;
  readonly date: (date: CalendarDate) => string;
}

/** `own`: formed by payrun. `text`: typed by somebody, cleaned. `code`: an id, which fits or is refused. */
export interface TemplateField<Row> {
  readonly kind: 'own' | 'text' | 'code';
  /** Of the whole entry: the same in each of its lines. */
  readonly isOfEntry?: boolean;
  /** The names of columns that mean it, as `columnKey` makes them. */
  readonly names: readonly string[];
  readonly value: (row: Row, writing: Writing) => string;
}

/** `*BillNo`, `BILL_NO` and `Bill No.` are one name. */
export function columnKey(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

const own = <Row>(
  names: string,
  value: TemplateField<Row>['value'],
  isOfEntry = false,
): TemplateField<Row> => ({
  ...{ kind: 'own', value, isOfEntry },
  names: names.split(' ').filter((name) => name !== ''),
});
const text = <Row>(names: string, value: TemplateField<Row>['value']): TemplateField<Row> => ({
  ...own(names, value),
  kind: 'text',
});
const code = <Row>(names: string, value: TemplateField<Row>['value']): TemplateField<Row> => ({
  ...own(names, value),
  kind: 'code',
});

const SUPPLIER = 'vendor vendorname supplier suppliername contactname contact payee payeename name entity';
const SUPPLIER_ID =
  'vendorid vendorno vendornumber vendorcode supplierid supplierno suppliercode accountreference';

const bill = (read: (one: Bill) => string | null) => (row: BillRow) => read(row.bill) ?? '';

/** In minor units below zero where it takes back. */
const signed = ({ kind, amount }: Bill): bigint => (kind === 'credit_note' ? -amount : amount);

export const BILL_FIELDS: Readonly<Record<string, TemplateField<BillRow>>> = {
  invoice_number: own(
    'invoicenumber invoiceno invoice billno billnumber bill documentnumber documentno docnum docno number ' +
      'reference referenceno referencenumber refno externalid',
    bill((one) => one.number),
  ),
  credited_invoice: own(
    '',
    bill(({ kind, invoiceNumber }) => (kind === 'bill' ? '' : invoiceNumber)),
  ),
  kind: own(
    '',
    bill(({ kind }) => kind),
  ),
  issue_date: own(
    'issuedate date billdate invoicedate documentdate transactiondate createddate postingdate glpostingdate',
    ({ bill: { date } }, writing) => writing.date(date),
  ),
  due_date: own('duedate due paymentdue', ({ bill: { kind, date } }, writing) =>
    // What is taken back is due at once.
    writing.date(kind === 'bill' ? addDays(date, Number(writing.context.setting('due-days'))) : date),
  ),
  affiliate_id: code(
    'affiliateid',
    bill(({ affiliateId }) => affiliateId),
  ),
  affiliate_name: text(
    `affiliatename ${SUPPLIER}`,
    bill(({ affiliateName }) => affiliateName),
  ),
  vendor_id: code(
    SUPPLIER_ID,
    ({ bill: { affiliateId } }, { context }) => context.affiliateAccount(affiliateId) ?? affiliateId,
  ),
  email: text(
    'email emailaddress vendoremail supplieremail',
    bill(({ email }) => email),
  ),
  company: text(
    'company companyname',
    bill(({ company }) => company),
  ),
  country: text(
    'country pocountry',
    bill(({ country }) => country),
  ),
  vat_number: text(
    'vatnumber vatno taxnumber taxid vatregistrationnumber',
    bill(({ vatNumber }) => vatNumber),
  ),
  address_line1: text(
    'address1 addressline1 poaddressline1',
    bill((one) => one.addressLines[0] ?? null),
  ),
  address_line2: text(
    'address2 addressline2 poaddressline2',
    bill((one) => one.addressLines[1] ?? null),
  ),
  city: text(
    'city pocity town',
    bill(({ city }) => city),
  ),
  region: text(
    'region poregion state',
    bill(({ region }) => region),
  ),
  postal_code: text(
    'postalcode popostalcode zip zipcode postcode',
    bill(({ postalCode }) => postalCode),
  ),
  description: own(
    'description memo linedescription linememo narration details expensememo',
    bill((one) => billWords(one)),
  ),
  line_number: own('lineno linenumber line', () => '1'),
  quantity: own('quantity qty', () => '1'),
  amount: own(
    'amount lineamount unitamount unitprice total totalamount netamount expenseamount',
    bill((one) => formatAmount(signed(one), one.currency)),
  ),
  currency: own(
    'currency currencycode ccy basecurrency txncurrency',
    bill(({ currency }) => currency),
  ),
  expense_account: text(
    'expenseaccount account accountcode accountno accountnumber acctno glaccount glaccountno nominalcode',
    (_, { context }) => context.account('expense'),
  ),
  payable_account: text('payableaccount apaccount accountspayable apaccountno', (_, { context }) =>
    context.account('payable'),
  ),
  commissions: own(
    'commissions',
    bill(({ commissions }) => String(commissions)),
  ),
  status: own(
    'status',
    bill(({ status }) => status),
  ),
  period_from: own('periodfrom', ({ bill: { from } }, writing) => (from === null ? '' : writing.date(from))),
  period_to: own('periodto', ({ bill: { to } }, writing) => writing.date(to)),
  run_id: own(
    'runid',
    bill(({ runId }) => runId),
  ),
};

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const positive = ({ entry, line }: JournalRow, amount: bigint): string =>
  line.amount === 0n || amount < 0n ? '' : formatAmount(amount, entry.currency);

const entry = (read: (one: JournalEntry) => string | null) => (row: JournalRow) => read(row.entry) ?? '';

const memo = ({ words, affiliateName, invoiceNumber }: JournalEntry): string =>
  [words, invoiceNumber, affiliateName].filter((part) => part !== null).join(' ');

export const JOURNAL_FIELDS: Readonly<Record<string, TemplateField<JournalRow>>> = {
  journal: own('journal journalsymbol journalcode', (_, { context }) => context.setting('journal'), true),
  entry: own(
    'entry entryid entryno entrynumber journalno journalnumber journalid journalentry externalid tranid ' +
      'transactionid transactionno number docnum documentno documentnumber referenceno',
    (row, { context }) => idInPart(row.entry, context),
    true,
  ),
  posting_date: own(
    'postingdate date journaldate entrydate transactiondate trandate glpostingdate',
    (row, writing) => writing.date(row.entry.postingDate),
    true,
  ),
  posting_period: own(
    'postingperiod period',
    entry(
      ({ postingDate }) => `${MONTHS[Number(postingDate.slice(5, 7)) - 1] ?? ''} ${postingDate.slice(0, 4)}`,
    ),
    true,
  ),
  kind: own(
    'kind',
    entry(({ kind }) => kind),
    true,
  ),
  description: own(
    'description narration headermemo',
    entry(({ words }) => words),
    true,
  ),
  memo: text('memo linememo linedescription details journalentrylinememo', entry(memo)),
  line_number: own('lineno linenumber line', ({ place }) => String(place)),
  account: text(
    'account accountcode accountno accountnumber accountname acctno glaccount glaccountno nominalcode ' +
      'journalentrylineaccount',
    ({ entry: { method }, line }, { context }) => context.account(line.role, method),
  ),
  account_role: own('accountrole', ({ line }) => line.role),
  debit: own('debit debits debitamount dr journalentrylinedebit', (row) => positive(row, row.line.amount)),
  credit: own('credit credits creditamount cr journalentrylinecredit', (row) =>
    positive(row, -row.line.amount),
  ),
  amount: own('amount signedamount', ({ entry: { currency }, line }) => formatAmount(line.amount, currency)),
  currency: own(
    'currency currencycode ccy',
    entry(({ currency }) => currency),
    true,
  ),
  affiliate_id: code(
    'affiliateid',
    entry(({ affiliateId }) => affiliateId),
  ),
  affiliate_name: text(
    `affiliatename journalentrylineentity journalentrylinename ${SUPPLIER}`,
    entry(({ affiliateName }) => affiliateName),
  ),
  vendor_id: code(SUPPLIER_ID, ({ entry: { affiliateId } }, { context }) =>
    affiliateId === null ? '' : (context.affiliateAccount(affiliateId) ?? affiliateId),
  ),
  invoice_number: own(
    'invoicenumber invoiceno invoice',
    entry(({ invoiceNumber }) => invoiceNumber),
  ),
  run_id: own(
    'runid',
    entry(({ runId }) => runId),
  ),
  reference: text(
    'reference paymentreference',
    entry(({ reference }) => reference),
  ),
};
