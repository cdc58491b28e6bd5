/**
 * DATEV Buchungsstapel: journal entries in EXTF, format version 13, a row an entry (FORMATS.md 1.9). A row
 * has no year, so each month is a file of its own, as DATEV recommends.
 */
import type { AccountRole } from '../core/accounts.js';
import { endOfMonth, startOfMonth, type CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { UsageError } from '../core/errors.js';
import type { JournalEntry, JournalLine } from '../core/journal.js';
import { formatAmount } from '../core/money.js';
import { affiliateAccountKey } from '../core/settings.js';
import { DATEV_COLUMNS, datevCell, emptyCells, quoted } from './datev-columns.js';
import { entryNumber, isMonthly, monthWords } from './entry-numbers.js';
import type { ExportPiece, FormatContext, Journal, JournalFormat } from './format.js';
import { MachineCells, type CellPlace } from './machine-cells.js';
import { WINDOWS_1252, windows1252 } from './windows-1252.js';

/** What one file may hold, by DATEV's own page on its formats. */
const MOST_ROWS = 99_999;
/** In cents: ten digits before the comma. */
const TOO_MUCH = 10n ** 12n;
const MAX_TEXT_LENGTH = 60;
const DOCUMENT_NUMBER = /^[A-Za-z0-9$&%*+\-/]{1,36}$/;
const DOCUMENT_FORM = 'at most 36 letters, digits or signs of $ & % * + - /';

const AFTER_TEXT = emptyCells(15, 113);
/** Empty would mean that nobody may correct it after the import. */
const NOT_LOCKED = '0';
const AFTER_LOCK = emptyCells(115, 125);

const HINT =
  'For names: `payrun settings set export.datev.names no`. For numbers of documents: invoice.pattern. ' +
  'Sums of months have neither: `payrun settings set export.datev.detail month`.';

/** The defaults are accounts of SKR03; in SKR04 the same numbers are something else. */
const OF_SKR03: Readonly<
  Partial<Record<AccountRole, { readonly account: string; readonly inSkr04: string }>>
> = {
  expense: { account: '4760', inSkr04: '6770' },
  accrued: { account: '1700', inSkr04: '3500' },
  bank: { account: '1200', inSkr04: '1800' },
};

/** The rows of one file. */
interface Stack {
  /** Its first day; null where there is nothing and no range. */
  readonly month: CalendarDate | null;
  /** The last day on which something is posted. */
  last: CalendarDate | null;
  readonly rows: string[];
}

async function* write(journal: Journal, context: FormatContext): AsyncGenerator<ExportPiece> {
  const cells = new MachineCells(context);
  const rows = new Rows(context, cells);
  const { from, to } = context.range;
  const asked = from ?? to;
  let stack: Stack = { month: asked === null ? null : startOfMonth(asked), last: null, rows: [] };
  let file = 1;
  for await (const page of journal.each()) {
    for (const entry of page) {
      const row = rows.of(entry);
      if (row === null) continue;
      const month = startOfMonth(entry.postingDate);
      if (stack.rows.length > 0 && (stack.month !== month || stack.rows.length === MOST_ROWS)) {
        yield pieceOf(file, stack, context);
        file += 1;
        stack = { month, last: null, rows: [] };
      }
      if (stack.rows.length === 0) stack = { ...stack, month };
      stack.rows.push(row);
      stack.last = entry.postingDate;
    }
  }
  rows.refuseOtherCurrencies();
  yield pieceOf(file, stack, context);
  cells.finish(HINT);
}

function pieceOf(file: number, stack: Stack, context: FormatContext): ExportPiece {
  const lines = [headerOf(stack, context), DATEV_COLUMNS.join(';'), ...stack.rows];
  return {
    file,
    content: windows1252(lines.map((line) => `${line}\r\n`).join('')),
    rows: stack.rows.length,
  };
}

/** The 31 fields of the first line. There is no clock in it: a file is as old as its last posting. */
function headerOf({ month, last }: Stack, context: FormatContext): string {
  const day = (date: CalendarDate | null): string => (date === null ? '' : date.replaceAll('-', ''));
  const name = month === null ? 'payrun' : `payrun ${month.slice(0, 7)}`;
  const written = last ?? month;
  return [
    ...[quoted('EXTF'), '700', '21', quoted('Buchungsstapel'), '13'],
    ...[written === null ? '' : `${day(written)}000000000`, '', quoted('RE'), quoted('payrun'), quoted('')],
    ...[context.setting('consultant'), context.setting('client')],
    ...[day(month === null ? null : fiscalYearOf(month, Number(context.setting('fiscal-year-month'))))],
    context.setting('account-length'),
    ...[day(month), day(month === null ? null : endOfMonth(month))],
    quoted(context.part === null ? name : `${name} part ${context.part}`),
    ...[quoted(''), '1', '0', '0', quoted('EUR'), '', quoted(''), '', ''],
    ...[quoted(context.setting('chart')), '', '', quoted(''), quoted('')],
  ].join(';');
}

/** The first day of the fiscal year in which a month lies. */
function fiscalYearOf(month: CalendarDate, firstMonth: number): CalendarDate {
  const year = Number(month.slice(0, 4)) - (Number(month.slice(5, 7)) < firstMonth ? 1 : 0);
  return `${year}-${String(firstMonth).padStart(2, '0')}-01`;
}

/** Makes the row of each entry. */
class Rows {
  readonly #accounts: Accounts;
  readonly #names: boolean;
  readonly #currencies = new Set<CurrencyCode>();
  #row = 0;

  constructor(
    private readonly context: FormatContext,
    private readonly cells: MachineCells,
  ) {
    this.#accounts = new Accounts(context);
    this.#names = context.setting('names') === 'yes';
  }

  /**
   * The row of an entry; null where it books from an account to itself, and where it is not in EUR, which is
   * refused in the end.
   * @throws UsageError when an account is none of DATEV's
   */
  of(entry: JournalEntry): string | null {
    this.#currencies.add(entry.currency);
    if (entry.currency !== 'EUR') return null;
    const [debit, credit] = entry.lines;
    const account = this.#accounts.of(debit, entry);
    const contra = this.#accounts.of(credit, entry);
    if (account === contra) {
      this.context.note(
        `What is booked from the account ${account} to itself was left out: it changes nothing.`,
      );
      return null;
    }
    this.#row += 1;
    const side = debit.amount < 0n ? 'H' : 'S';
    const day = entry.postingDate.slice(8) + entry.postingDate.slice(5, 7);
    const used = [
      ...[this.#amount(debit), side, 'EUR', '', '', ''],
      ...[account, contra, '', day, this.#document(entry), '', '', this.#text(entry)],
    ];
    const cells = used.map((value, place) => datevCell(place + 1, value));
    return [...cells, AFTER_TEXT, NOT_LOCKED, AFTER_LOCK].join(';');
  }

  /** @throws UsageError: another currency needs its rate on the day, which payrun does not know */
  refuseOtherCurrencies(): void {
    const met = [...this.#currencies].sort();
    if (met.every((currency) => currency === 'EUR')) return;
    throw new UsageError(
      `DATEV books in EUR, and the entries are in ${met.join(', ')}; payrun knows no rates.`,
      { hint: 'Ask for EUR alone: --currency EUR.' },
    );
  }

  #place(column: number): CellPlace {
    return { row: this.#row, column: DATEV_COLUMNS[column - 1] ?? '' };
  }

  #amount({ amount }: JournalLine): string {
    const size = amount < 0n ? -amount : amount;
    const text = formatAmount(size, 'EUR').replace('.', ',');
    if (size >= TOO_MUCH)
      this.cells.refuse(this.#place(1), text, 'it has more than ten digits before the comma');
    return text;
  }

  /**
   * The invoice, in every step of its life: by nothing else does DATEV know which item a payment or a credit
   * note settles. What accrued has no document but a number of its own, the same in every export.
   */
  #document(entry: JournalEntry): string {
    const number = entry.invoiceNumber ?? entryNumber(entry, this.context);
    return this.cells.code(number, this.#place(11), DOCUMENT_NUMBER, DOCUMENT_FORM);
  }

  /** `Payout voided CN-2026-000001 Ada`, `Payout paid 2026-10 (wise)`. */
  #text(entry: JournalEntry): string {
    const { kind, words, creditNoteNumber, affiliateId, affiliateName } = entry;
    const document = kind === 'voided' ? creditNoteNumber : null;
    const who = this.#names ? affiliateName : affiliateId;
    const said = isMonthly(entry)
      ? monthWords(entry)
      : [words, document, who].filter((part) => part !== null).join(' ');
    const rules = { allowed: WINDOWS_1252, isRequired: true, maxLength: MAX_TEXT_LENGTH };
    return this.cells.text(said, this.#place(14), rules);
  }
}

/** The accounts in DATEV: digits, and of a length that says what they are. */
class Accounts {
  readonly #checked = new Map<string, string>();
  readonly #length: number;

  constructor(private readonly context: FormatContext) {
    this.#length = Number(context.setting('account-length'));
  }

  /** The account of a line; of what an affiliate is owed his own, where somebody set one. */
  of({ role }: JournalLine, { method, affiliateId }: JournalEntry): string {
    const key = JSON.stringify([role, method, role === 'payable' ? affiliateId : null]);
    const known = this.#checked.get(key);
    if (known !== undefined) return known;
    const own =
      role === 'payable' && affiliateId !== null ? this.context.affiliateAccount(affiliateId) : null;
    const account = own ?? this.context.account(role, method);
    const setting =
      own === null || affiliateId === null
        ? this.context.accountSetting(role, method)
        : affiliateAccountKey(affiliateId);
    this.#check(account, role, setting);
    this.#checked.set(key, account);
    return account;
  }

  /** @throws UsageError naming the setting */
  #check(account: string, role: AccountRole, setting: string): void {
    const length = this.#length;
    const isOfLength = account.length === length || (role === 'payable' && account.length === length + 1);
    if (!/^[0-9]+$/.test(account) || !isOfLength || /^0+$/.test(account)) {
      const creditor = role === 'payable' ? `, or ${length + 1} of a creditor` : '';
      throw new UsageError(`"${account}" is no account of DATEV: it has ${length} digits${creditor}.`, {
        hint:
          `Set it with \`payrun settings set ${setting} ACCOUNT\`. ` +
          'How many digits your accounts have is export.datev.account-length.',
      });
    }
    const skr03 = OF_SKR03[role];
    if (this.context.setting('chart') === '04' && account === skr03?.account) {
      throw new UsageError(`export.datev.chart is 04, and ${account} is the account of SKR03.`, {
        hint: `Set yours; the usual one is \`payrun settings set ${setting} ${skr03.inSkr04}\`.`,
      });
    }
  }
}

export const datev: JournalFormat = {
  source: 'journal',
  detail: (context) => (context.setting('detail') === 'month' ? 'month' : 'day'),
  write,
};
