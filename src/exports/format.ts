/** What an accounting format is: it turns bills or journal entries into the content of files. */
import type { AccountRole } from '../core/accounts.js';
import type { PayoutMethod } from '../core/affiliate.js';
import type { Bill } from '../core/bill.js';
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import type { JournalEntry } from '../core/journal.js';
import type { ChangedCell } from './machine-cells.js';

/**
 * A piece of a file, in its order. `file` counts from 1: what a format must split goes on in the next file.
 * `rows` are the rows of data in this piece, headers not counted. Text is written as UTF-8.
 */
export interface ExportPiece {
  readonly file: number;
  readonly content: string | Uint8Array;
  readonly rows: number;
}

/** An affiliate as he is called now. */
export interface AffiliateName {
  readonly id: string;
  readonly name: string | null;
}

/** What a format may ask. */
export interface FormatContext {
  /** The account of a role; of what was paid by a method, where that has a clearing account. */
  account(role: AccountRole, method?: PayoutMethod | null): string;
  /** The setting by which that account becomes another one. */
  accountSetting(role: AccountRole, method?: PayoutMethod | null): string;
  /** The account of an affiliate in the accounting system, null where nobody set one. */
  affiliateAccount(affiliateId: string): string | null;
  /** All affiliates of the ledger, also those of whom nothing is exported. */
  affiliates(): Promise<readonly AffiliateName[]>;
  /** The value of `export.<format>.<name>`. */
  setting(name: string): string;
  readonly company: { readonly name: string; readonly country: string; readonly vatNumber: string };
  /** The ledger's own. */
  readonly currency: CurrencyCode;
  /** What was asked for; null where there is no end. */
  readonly range: { readonly from: CalendarDate | null; readonly to: CalendarDate | null };
  /**
   * What makes the numbers of an export of news differ from those of the exports before: 2 for the second;
   * null for an export of everything.
   */
  readonly part: number | null;
  /** The id of the run whose payouts alone were asked for; null for those of all. */
  readonly run: string | null;
  /** Tells of a text cell that had to be changed. */
  changed(cell: ChangedCell): void;
  /** Tells the user something about the file in a sentence, once. */
  note(sentence: string): void;
}

/** Where bills come from. They can be gone through more than once. */
export interface Bills {
  each(): AsyncIterable<readonly Bill[]>;
}

/** Where journal entries come from, in the order of their posting dates. They can be gone through twice. */
export interface Journal {
  each(): AsyncIterable<readonly JournalEntry[]>;
}

export interface BillFormat {
  readonly source: 'bills';
  /**
   * @throws InvalidDataError naming row and column of what the format cannot carry; UsageError when a setting
   * is missing or wrong
   */
  write(bills: Bills, context: FormatContext): AsyncGenerator<ExportPiece>;
}

export interface JournalFormat {
  readonly source: 'journal';
  /** Whether it books each day and payout, or the sums of months. */
  detail(context: FormatContext): 'day' | 'month';
  /** @throws as `BillFormat.write` */
  write(journal: Journal, context: FormatContext): AsyncGenerator<ExportPiece>;
}

export type AccountingFormat = BillFormat | JournalFormat;
