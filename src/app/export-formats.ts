/** The formats of `payrun export`: what of each is known beside `core/export.ts`, and what it may ask. */
import { accountOf, accountSetting, type AccountQuestion, type AccountRole } from '../core/accounts.js';
import type { PayoutMethod } from '../core/affiliate.js';
import { UsageError } from '../core/errors.js';
import { EXPORT_FORMATS, type ExportFormatName } from '../core/export.js';
import { affiliateAccountKey } from '../core/settings.js';
import type { AccountingFormat, FormatContext } from '../exports/format.js';
import type { Book } from './book.js';

/** A row is a payout or a line of one; all else is written by a file of its own in `exports/`. */
export interface FormatInfo {
  readonly name: ExportFormatName;
  readonly rows: 'payouts' | 'lines' | 'own';
  /** Of the file's name, without the dot. */
  readonly extension: string;
  /** What the name of a file begins with in a folder; the name of the format if not given. */
  readonly fileStem?: string;
  /** What the name of every file must begin with, or the other program does not see it. */
  readonly mustBegin?: string;
  /** Null for the generic files. */
  readonly load: (() => Promise<AccountingFormat>) | null;
}

const own = (
  extension: string,
  load: () => Promise<AccountingFormat>,
  names: Pick<FormatInfo, 'fileStem' | 'mustBegin'> = {},
): Omit<FormatInfo, 'name'> => ({ ...{ rows: 'own', extension, load }, ...names });

const FORMATS: Readonly<Record<ExportFormatName, Omit<FormatInfo, 'name'>>> = {
  payouts: { rows: 'payouts', extension: 'csv', load: null },
  lines: { rows: 'lines', extension: 'csv', load: null },
  csv: { rows: 'payouts', extension: 'csv', load: null },
  journal: own('csv', async () => (await import('../exports/journal-csv.js')).journalCsv),
  'xero-bills': own('csv', async () => (await import('../exports/xero-bills.js')).xeroBills),
  'xero-journal': own('csv', async () => (await import('../exports/xero-journal.js')).xeroJournal),
  'qbo-bills': own('csv', async () => (await import('../exports/qbo-bills.js')).qboBills),
  'qbo-journal': own('csv', async () => (await import('../exports/qbo-journal.js')).qboJournal),
  iif: own('iif', async () => (await import('../exports/iif.js')).iif),
  sage50: own('csv', async () => (await import('../exports/sage50.js')).sage50),
  datev: own('csv', async () => (await import('../exports/datev.js')).datev, {
    ...{ fileStem: 'EXTF_datev', mustBegin: 'EXTF_' },
  }),
  template: own('csv', () => {
    throw new Error('A template is read before its format is known.');
  }),
  ledger: own('ledger', async () => (await import('../exports/ledger.js')).ledger),
  hledger: own('journal', async () => (await import('../exports/ledger.js')).hledger),
  beancount: own('beancount', async () => (await import('../exports/beancount.js')).beancount),
};

/** The format of a name. @throws UsageError naming the known ones */
export function formatOf(name: string): FormatInfo {
  const known = EXPORT_FORMATS.find((format) => format.name === name);
  if (known !== undefined) return { name: known.name, ...FORMATS[known.name] };
  const names = EXPORT_FORMATS.map((format) => format.name).join(', ');
  throw new UsageError(`There is no format "${name.slice(0, 60)}".`, { hint: `The formats are ${names}.` });
}

/** The settings of a book as the chart of accounts asks for them. */
const settingsOf = (book: Book): Parameters<typeof accountOf>[0] => ({
  setting: (key) => book.settingIfAny(key),
  stored: (key) => book.stored.get(key),
});

/** What a format may ask of the book. */
export function contextOf(
  format: string,
  book: Book,
  rest: Pick<FormatContext, 'range' | 'part' | 'run' | 'affiliates' | 'changed' | 'note'>,
): FormatContext {
  const settings = settingsOf(book);
  return {
    ...rest,
    account: (role, method = null) => accountOf(settings, format, role, asked(role, method)),
    accountSetting: (role, method = null) => accountSetting(settings, format, role, asked(role, method)),
    affiliateAccount: (affiliateId) => {
      const account = book.stored.get(affiliateAccountKey(affiliateId)) ?? '';
      return account === '' ? null : account;
    },
    setting: (name) => book.setting(`export.${format}.${name}`),
    company: {
      name: book.setting('company.name'),
      country: book.setting('company.country'),
      vatNumber: book.setting('company.vat-number'),
    },
    currency: book.currency,
  };
  function asked(role: AccountRole, method: PayoutMethod | null): AccountQuestion {
    const isOneOnly = role === 'expense' && settings.setting(`export.${format}.account`) !== undefined;
    return { method, own: isOneOnly ? 'account' : role };
  }
}
