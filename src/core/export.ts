/** Exports: what is known of each that was made. */
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';

/** What `payrun export` can write: what each format is for, and by what it goes. */
export const EXPORT_FORMATS = [
  { name: 'payouts', summary: 'Generic CSV: a row a payout', by: 'issue' },
  { name: 'lines', summary: 'Generic CSV: a row a payout line, that is a commission', by: 'issue' },
  { name: 'csv', summary: 'The same as payouts', by: 'issue' },
  { name: 'journal', summary: 'Generic CSV: a row a line of a journal entry', by: 'posting' },
  { name: 'xero-bills', summary: 'Xero: bills and credit notes', by: 'issue' },
  { name: 'xero-journal', summary: 'Xero: manual journals, in the base currency', by: 'posting' },
  { name: 'qbo-bills', summary: 'QuickBooks Online: bills; credit notes as negative ones', by: 'issue' },
  { name: 'qbo-journal', summary: 'QuickBooks Online: journal entries', by: 'posting' },
  { name: 'iif', summary: 'QuickBooks Desktop: bills and vendor refunds (IIF)', by: 'issue' },
  { name: 'sage50', summary: 'Sage 50 (UK): purchase invoices and credits', by: 'issue' },
  { name: 'datev', summary: 'DATEV: Buchungsstapel (EXTF), in EUR, a file a month', by: 'posting' },
  { name: 'ledger', summary: 'Ledger: a journal', by: 'posting' },
  { name: 'hledger', summary: 'hledger: a journal', by: 'posting' },
  { name: 'beancount', summary: 'Beancount: a journal', by: 'posting' },
  { name: 'template', summary: 'The header row of your own file, filled (--template FILE)', by: 'issue' },
] as const satisfies readonly FormatSummary[];

/** `by` the issue date of its documents, or by posting date, as a template with debit and credit goes. */
interface FormatSummary {
  readonly name: string;
  readonly summary: string;
  readonly by: 'issue' | 'posting';
}

export type ExportFormatName = (typeof EXPORT_FORMATS)[number]['name'];

/** One file of an export. The path is null where it went to stdout; `sha256` in hexadecimal digits. */
export interface ExportedFile {
  readonly path: string | null;
  readonly rows: number;
  readonly sha256: string;
}

/** An export as it was recorded. The range is inclusive; null where it had none. */
export interface ExportRecord {
  readonly id: string;
  readonly format: string;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  readonly runId: string | null;
  readonly currency: CurrencyCode | null;
  /** Whether it left out what was exported before. */
  readonly newOnly: boolean;
  /** Whether exports of news leave out what it had: not where it was only looked at on a terminal. */
  readonly counts: boolean;
  readonly files: readonly ExportedFile[];
  readonly exportedAt: string;
  readonly exportedOn: CalendarDate;
  readonly exportedBy: string;
}

/** The id by which people call an export: `E-000001`. */
export function exportId(number: bigint): string {
  return `E-${number.toString().padStart(6, '0')}`;
}
