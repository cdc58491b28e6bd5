/**
 * What journals in plain text have in common: the names of their accounts, and the two goes through the
 * entries, first for what is declared in front and then for the entries themselves. How it is written is a
 * dialect's own.
 */
import type { AccountRole } from '../core/accounts.js';
import type { PayoutMethod } from '../core/affiliate.js';
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { UsageError } from '../core/errors.js';
import type { JournalEntry } from '../core/journal.js';
import { formatAmount } from '../core/money.js';
import { idInPart } from './entry-numbers.js';
import type { ExportPiece, FormatContext, Journal, JournalFormat } from './format.js';
import { MachineCells } from './machine-cells.js';
import { shortDigest } from './short-digest.js';

/** One posting as it is written: the account in full, the amount a plain decimal. */
export interface Posting {
  readonly account: string;
  readonly amount: string;
  readonly currency: CurrencyCode;
}

/** An entry whose texts can stand in the file. */
export interface PlainTextEntry {
  readonly entry: JournalEntry;
  /** No other entry has it, in no other export either. */
  readonly id: string;
  readonly payee: string;
  /** Empty where there is none. */
  readonly reference: string;
  readonly postings: readonly Posting[];
}

/** What the entries of a file speak of, each list in order. */
export interface Declared {
  /** The first posting date; null where there are no entries. */
  readonly from: CalendarDate | null;
  readonly currencies: readonly CurrencyCode[];
  readonly accounts: readonly {
    readonly account: string;
    readonly currencies: readonly CurrencyCode[];
  }[];
  readonly payees: readonly string[];
}

/** How one program writes journals. */
export interface Dialect {
  /** The name of the format, as in `export.<format>.bank`. */
  readonly format: string;
  /** An account as somebody set it, under its root, as the program takes it; null where it cannot. */
  account(name: string): string | null;
  /** What `account` takes, in words. */
  readonly accountForm: string;
  /** The part of an account's name that stands for an affiliate; no two ids have the same. */
  affiliate(id: string): string;
  payee(entry: JournalEntry, cells: MachineCells, row: number): string;
  reference(entry: JournalEntry, cells: MachineCells, row: number): string;
  declarations(declared: Declared, context: FormatContext): string;
  entry(entry: PlainTextEntry): string;
}

/** Under which root an account stands that was set without one. */
const ROOT_OF_ROLE: Readonly<Record<AccountRole, string>> = {
  expense: 'Expenses',
  accrued: 'Liabilities',
  payable: 'Liabilities',
  bank: 'Assets',
};

const DIGEST_LENGTH = 8;

/** What tells an id from all others of which the same could be written. */
export function idDigest(id: string): string {
  return shortDigest(id, DIGEST_LENGTH);
}

/** The accounts of a chart, as a dialect writes them. */
class Chart {
  readonly #accounts = new Map<string, string>();

  constructor(
    private readonly dialect: Dialect,
    private readonly context: FormatContext,
  ) {}

  /** What is owed stands per affiliate, what is in the bank per currency. */
  accountOf(role: AccountRole, { affiliateId, currency, method }: JournalEntry): string {
    const account = this.#account(role, role === 'bank' ? method : null);
    if (role === 'expense') return account;
    if (role === 'bank') return `${account}:${currency}`;
    return affiliateId === null ? account : `${account}:${this.dialect.affiliate(affiliateId)}`;
  }

  #account(role: AccountRole, method: PayoutMethod | null): string {
    const key = `${role}/${method ?? ''}`;
    const account = this.#accounts.get(key) ?? this.#read(role, method);
    this.#accounts.set(key, account);
    return account;
  }

  /** @throws UsageError naming the setting */
  #read(role: AccountRole, method: PayoutMethod | null): string {
    const name = this.context.account(role, method);
    const account = this.dialect.account(hasRoot(name) ? name : `${ROOT_OF_ROLE[role]}:${name}`);
    if (account !== null) return account;
    const { format, accountForm } = this.dialect;
    throw new UsageError(`The format ${format} has no account "${name}": ${accountForm}.`, {
      hint: `Set another: payrun settings set ${this.context.accountSetting(role, method)} "${ROOT_OF_ROLE[role]}:..."`,
    });
  }
}

function hasRoot(name: string): boolean {
  return /^(?:assets?|liabilit(?:y|ies)|debts?|equity|income|revenues?|expenses?)\s*(?::|$)/i.test(name);
}

/** Makes a format of a dialect. Its rows are entries. */
export function plainTextJournal(dialect: Dialect): JournalFormat {
  async function* write(journal: Journal, context: FormatContext): AsyncGenerator<ExportPiece> {
    const chart = new Chart(dialect, context);
    yield { file: 1, content: headingOf(context), rows: 0 };
    if (context.setting('declarations') === 'yes') {
      const declared = await declaredBy(journal, dialect, chart);
      yield { file: 1, content: dialect.declarations(declared, context), rows: 0 };
    }
    const cells = new MachineCells(context);
    let row = 0;
    for await (const page of journal.each()) {
      const texts = page.map((entry) => {
        row += 1;
        return dialect.entry({
          entry,
          id: idInPart(entry, context),
          payee: dialect.payee(entry, cells, row),
          reference: dialect.reference(entry, cells, row),
          postings: postingsOf(entry, chart),
        });
      });
      yield { file: 1, content: texts.join(''), rows: texts.length };
    }
    cells.finish();
  }
  return { source: 'journal', detail: () => 'day', write };
}

function postingsOf(entry: JournalEntry, chart: Chart): Posting[] {
  const { currency, lines } = entry;
  return lines.map(({ role, amount }) => ({
    account: chart.accountOf(role, entry),
    amount: formatAmount(amount, currency),
    currency,
  }));
}

/** Goes through the entries for what must be declared before them. */
async function declaredBy(journal: Journal, dialect: Dialect, chart: Chart): Promise<Declared> {
  // What is changed in a name is told when the entry is written.
  const cells = new MachineCells(null);
  const currencies = new Set<CurrencyCode>();
  const accounts = new Map<string, Set<CurrencyCode>>();
  const payees = new Set<string>();
  let from: CalendarDate | null = null;
  for await (const page of journal.each()) {
    for (const entry of page) {
      from ??= entry.postingDate;
      currencies.add(entry.currency);
      payees.add(dialect.payee(entry, cells, 1));
      for (const { role } of entry.lines) {
        const account = chart.accountOf(role, entry);
        accounts.set(account, (accounts.get(account) ?? new Set()).add(entry.currency));
      }
    }
  }
  return {
    from,
    currencies: [...currencies].sort(),
    accounts: [...accounts.keys()].sort().map((account) => ({
      account,
      currencies: [...(accounts.get(account) ?? [])].sort(),
    })),
    payees: [...payees].sort(),
  };
}

/** Accounts and amounts in columns, with the two spaces between them that tell where an account ends. */
export function postingLines(postings: readonly Posting[], indent: string): string {
  const width = Math.max(ACCOUNT_WIDTH, ...postings.map(({ account }) => Array.from(account).length));
  return postings
    .map(({ account, amount, currency }) => {
      const gap = ' '.repeat(width - Array.from(account).length + 2);
      return `${indent}${account}${gap}${amount.padStart(AMOUNT_WIDTH)} ${currency}\n`;
    })
    .join('');
}

const ACCOUNT_WIDTH = 44;
const AMOUNT_WIDTH = 14;

/** The first line: what the file is about, and from when to when if that was asked for. */
function headingOf({ range: { from, to } }: FormatContext): string {
  const what = '; Affiliate commissions and payouts, by payrun';
  const since = from === null ? '' : ` from ${from}`;
  const until = to === null ? '' : ` to ${to}`;
  return `${what}${from === null && to === null ? '' : ':'}${since}${until}\n\n`;
}
