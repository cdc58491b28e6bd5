/**
 * The settings of accounting and payment files: the chart of accounts, and what each format must know.
 * An account of a format that is empty, or that nobody set, falls back as `core/accounts.ts` says.
 */
import {
  accountCode,
  currency,
  oneOf,
  oneOfWords,
  optional,
  routingNumber,
  shortText,
  taxCode,
  text,
  wholeNumber,
} from './setting-values.js';
import type { ParseValue } from './setting-values.js';

/** A setting as it stands in these lists. */
export interface ExportSetting {
  readonly key: string;
  readonly description: string;
  readonly default: string;
  readonly parse: ParseValue;
}

const setting = (
  key: string,
  description: string,
  byDefault: string,
  parse: ParseValue = optional(accountCode),
): ExportSetting => ({ key, description, default: byDefault, parse });

/** The chart of accounts that formats share. */
export const ACCOUNT_SETTINGS: readonly ExportSetting[] = [
  setting(
    'accounts.expense',
    'The account of affiliate commissions in your chart of accounts.',
    '6200',
    accountCode,
  ),
  setting(
    'accounts.accrued',
    'The account of commissions earned and not on a payout yet.',
    '2110',
    accountCode,
  ),
  setting('accounts.payable', 'The account of what you owe affiliates.', '2100', accountCode),
  setting('accounts.bank', 'The account that payouts are paid from.', '1200', accountCode),
  setting('accounts.clearing.paypal', 'The account that PayPal pays from; empty: the bank.', ''),
  setting('accounts.clearing.wise', 'The account that Wise pays from; empty: the bank.', ''),
  setting('accounts.clearing.sepa', 'The account that SEPA transfers go through; empty: the bank.', ''),
  setting('accounts.clearing.ach', 'The account that ACH transfers go through; empty: the bank.', ''),
  setting('accounts.clearing.manual', 'The account of payments made by hand; empty: the bank.', ''),
];

/** The accounts that a journal speaks of, under a name of the format's own. */
const chart = (format: string, names: readonly [string, string, string, string]): ExportSetting[] => {
  const [expense, accrued, payable, bank] = names;
  return [
    setting(`export.${format}.expense`, `The account of commissions in ${format}.`, expense),
    setting(
      `export.${format}.accrued`,
      `The account of commissions earned and not issued in ${format}.`,
      accrued,
    ),
    setting(`export.${format}.payable`, `The account of what affiliates are owed in ${format}.`, payable),
    setting(`export.${format}.bank`, `The account that pays in ${format}.`, bank),
  ];
};

const dateOrder = (format: string, byDefault: 'dmy' | 'mdy'): ExportSetting =>
  setting(
    `export.${format}.date-order`,
    'dmy: 31/10/2026. mdy: 10/31/2026.',
    byDefault,
    oneOf(['dmy', 'mdy']),
  );

const dueDays = (format: string): ExportSetting =>
  setting(
    `export.${format}.due-days`,
    'Days from the issue date to the due date.',
    '14',
    wholeNumber(0, 365),
  );

const detail = (format: string, byDefault: 'day' | 'month'): ExportSetting =>
  setting(
    `export.${format}.detail`,
    'day: entries per day and affiliate. month: per month, kind and currency in one sum.',
    byDefault,
    oneOf(['day', 'month']),
  );

const declarations = (format: string, description: string): ExportSetting =>
  setting(`export.${format}.declarations`, description, 'yes', oneOf(['yes', 'no']));

const PLAIN_TEXT_ACCOUNTS = [
  'Expenses:Affiliate Commissions',
  'Liabilities:Accrued Commissions',
  'Liabilities:Affiliates Payable',
  'Assets:Bank',
] as const;

/** Empty is a value of its own here: no chart of accounts, no note to the payee. */
const MAY_BE_EMPTY = ['export.datev.chart', 'export.paypal.note'];

/** Whether an empty value takes the setting back to its default, which is another. */
export function isTakenBack({
  key,
  default: byDefault,
}: {
  readonly key: string;
  readonly default: string | null;
}): boolean {
  const isOfExports = key.startsWith('accounts.') || key.startsWith('export.');
  return isOfExports && byDefault !== null && byDefault !== '' && !MAY_BE_EMPTY.includes(key);
}

export const EXPORT_SETTINGS: readonly ExportSetting[] = [
  setting('export.xero-bills.account', 'The account of a bill; empty: accounts.expense.', ''),
  setting(
    'export.xero-bills.tax-type',
    'The name of the tax rate in your Xero organisation.',
    'No VAT',
    text(50),
  ),
  dateOrder('xero-bills', 'dmy'),
  dueDays('xero-bills'),
  ...chart('xero-journal', ['', '', '', '']),
  setting(
    'export.xero-journal.tax-rate',
    'The name of the tax rate in your Xero organisation.',
    'No VAT',
    text(50),
  ),
  dateOrder('xero-journal', 'dmy'),
  detail('xero-journal', 'month'),
  ...chart('qbo-journal', [
    'Affiliate Commissions',
    'Accrued Affiliate Commissions',
    'Accounts Payable (A/P)',
    'Checking',
  ]),
  dateOrder('qbo-journal', 'mdy'),
  detail('qbo-journal', 'day'),
  setting(
    'export.qbo-journal.repeat-date',
    'Whether each row repeats the date.',
    'yes',
    oneOf(['yes', 'no']),
  ),
  setting('export.qbo-bills.account', 'The account of a bill in QuickBooks Online.', 'Affiliate Commissions'),
  setting('export.qbo-bills.tax-code', 'The tax code of a line; empty: none.', '', text(50)),
  setting(
    'export.qbo-bills.supplier-title',
    'The column of the supplier: Supplier, or Vendor in the US edition.',
    'Supplier',
    oneOfWords(['Supplier', 'Vendor']),
  ),
  dateOrder('qbo-bills', 'mdy'),
  dueDays('qbo-bills'),
  setting('export.iif.account', 'The account of a bill in QuickBooks Desktop.', 'Affiliate Commissions'),
  setting('export.iif.payable', 'The A/P account in QuickBooks Desktop.', 'Accounts Payable'),
  setting('export.sage50.account', 'The nominal account of an invoice; empty: accounts.expense.', ''),
  setting('export.sage50.tax-code', 'The tax code, T0 to T99.', 'T9', taxCode),
  setting('export.sage50.department', 'The number of the department.', '0', wholeNumber(0, 999)),
  ...chart('datev', ['4760', '1700', '70000', '1200']),
  setting(
    'export.datev.consultant',
    'Your tax adviser (Berater), 1001 to 9999999.',
    '1001',
    wholeNumber(1001, 9_999_999),
  ),
  setting('export.datev.client', 'Your number there (Mandant), 1 to 99999.', '1', wholeNumber(1, 99_999)),
  setting(
    'export.datev.account-length',
    'Digits of a general ledger account, 4 to 8.',
    '4',
    wholeNumber(4, 8),
  ),
  setting(
    'export.datev.chart',
    'The chart of accounts (SKR): 03 or 04; empty: none.',
    '03',
    optional(oneOf(['03', '04'])),
  ),
  setting(
    'export.datev.fiscal-year-month',
    'The month in which your fiscal year begins.',
    '1',
    wholeNumber(1, 12),
  ),
  detail('datev', 'day'),
  setting(
    'export.datev.names',
    'yes: the text of a posting names the affiliate. no: it has his id.',
    'yes',
    oneOf(['yes', 'no']),
  ),
  ...chart('ledger', PLAIN_TEXT_ACCOUNTS),
  declarations('ledger', 'Whether the file declares its accounts, payees, commodities and tags.'),
  ...chart('hledger', PLAIN_TEXT_ACCOUNTS),
  declarations('hledger', 'Whether the file declares its accounts, payees, commodities and tags.'),
  ...chart('beancount', [
    'Expenses:AffiliateCommissions',
    'Liabilities:AccruedCommissions',
    'Liabilities:AffiliatesPayable',
    'Assets:Bank',
  ]),
  declarations('beancount', 'Whether the file opens its accounts; no where another file does.'),
  setting(
    'export.template.date-order',
    'Dates in a template: ymd: 2026-10-31. dmy: 31/10/2026. mdy: 10/31/2026.',
    'ymd',
    oneOf(['ymd', 'dmy', 'mdy']),
  ),
  dueDays('template'),
  detail('template', 'day'),
  setting('export.template.journal', 'The symbol of your general journal (Sage Intacct).', 'GJ', text(40)),
  setting(
    'export.paypal.decimal-mark',
    'The decimal mark of your PayPal account: . or ,',
    '.',
    oneOf(['.', ',']),
  ),
  setting(
    'export.paypal.note',
    'The note that the payee reads; {INVOICE} is the invoice number.',
    'Payout {INVOICE}',
    text(400),
  ),
  setting(
    'export.wise.source-currency',
    'The currency that you pay from; empty: that of the payout.',
    '',
    optional(currency),
  ),
  setting(
    'export.sepa.version',
    'The message: pain.001.001.09, or .03 for banks of yesterday.',
    'pain.001.001.09',
    oneOf(['pain.001.001.09', 'pain.001.001.03']),
  ),
  setting(
    'export.sepa.batch-booking',
    'Whether your statement shows one sum: yes, no, or empty for the bank to choose.',
    '',
    optional(oneOf(['yes', 'no'])),
  ),
  setting(
    'export.ach.destination',
    'The routing number of your bank, nine digits.',
    '',
    optional(routingNumber),
  ),
  setting('export.ach.destination-name', 'The name of your bank.', '', text(23)),
  setting(
    'export.ach.origin',
    'What your bank calls you: ten characters (immediate origin).',
    '',
    optional(shortText(10)),
  ),
  setting(
    'export.ach.company-id',
    'Your company id at the bank, ten characters; empty: the origin.',
    '',
    optional(shortText(10)),
  ),
  setting(
    'export.ach.company-name',
    'Your name in the batch, 16 characters; empty: company.name.',
    '',
    text(16),
  ),
  setting(
    'export.ach.entry-description',
    'What the payee reads, ten characters.',
    'AFFILIATE',
    shortText(10),
  ),
];
