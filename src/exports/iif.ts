/**
 * QuickBooks Desktop: bills and vendor refunds as IIF, an entry each. Tabs part the cells, and a header says
 * what they are (FORMATS.md 1.5). A bill takes from the payable account, so its first amount is negative.
 */
import { billWords, type Bill } from '../core/bill.js';
import { UsageError } from '../core/errors.js';
import { formatAmount } from '../core/money.js';
import { billHints, ofWhom } from './bill-hints.js';
import type { BillFormat, Bills, ExportPiece, FormatContext } from './format.js';
import { localDate } from './local-dates.js';
import { MachineCells } from './machine-cells.js';
import { OneCurrency } from './one-currency.js';
import { SupplierNames } from './supplier-names.js';
import { noteDecimals } from './two-decimals.js';
import { WINDOWS_1252, windows1252 } from './windows-1252.js';

const COLUMNS = ['TRNSTYPE', 'DATE', 'ACCNT', 'NAME', 'CLASS', 'AMOUNT', 'DOCNUM', 'MEMO'] as const;
const HEADER = [['!TRNS', 'TRNSID', ...COLUMNS], ['!SPL', 'SPLID', ...COLUMNS], ['!ENDTRNS']];

/** By which an entry is known, in Intuit's own words: a bill, and what takes one back. */
const TYPES = { bill: 'BILL', credit_note: 'BILL REFUND' } as const;

/** QuickBooks parts a name from that above it by a colon; a quote may begin a cell. */
const NAME_RULES = { allowed: WINDOWS_1252, maxLength: 41, separators: /[:"]/g } as const;
/** ASCII without quotes, and no formula. */
const PLAIN = /^(?![=+\-@])[\x20\x21\x23-\x7e]+$/;
const PLAIN_WORDS = 'ASCII without quotes, and begin with none of = + - @';

const ACCOUNT = /^[^\t"]+$/;
const LINES_OF_A_BILL = 3;

async function* write(bills: Bills, context: FormatContext): AsyncGenerator<ExportPiece> {
  const cells = new MachineCells(context);
  const accounts = {
    expense: accountName(context, 'expense', 'export.iif.account'),
    payable: accountName(context, 'payable', 'export.iif.payable'),
  };
  const currency = new OneCurrency(context, 'An IIF file has no currency', 'bills');
  const names = new SupplierNames(context, cells, NAME_RULES);
  yield { file: 1, content: bytesOf(HEADER), rows: 0 };
  let row = 1;
  for await (const page of bills.each()) {
    const lines = page.flatMap((bill) => {
      currency.take(bill.currency);
      noteDecimals(context, 'QuickBooks', bill.amount, bill.currency);
      const code = (column: string, value: string): string =>
        cells.code(value, { row, column, ...ofWhom(bill) }, PLAIN, PLAIN_WORDS);
      const number = code('DOCNUM', bill.number);
      const memo = code('MEMO', billWords(bill));
      const name = names.of(bill.affiliateId, bill.affiliateName, {
        ...{ row, column: 'NAME' },
        ...ofWhom(bill),
      });
      const entry = linesOf(bill, { accounts, name, number, memo });
      row += LINES_OF_A_BILL;
      return entry;
    });
    if (lines.length > 0) yield { file: 1, content: bytesOf(lines), rows: lines.length };
  }
  await names.finish();
  currency.finish();
  cells.finish(billHints('QuickBooks'));
}

interface Named {
  readonly accounts: { readonly expense: string; readonly payable: string };
  readonly name: string;
  readonly number: string;
  readonly memo: string;
}

function linesOf(bill: Bill, { accounts, name, number, memo }: Named): string[][] {
  const type = TYPES[bill.kind];
  const date = localDate(bill.date, 'mdy');
  const owed = bill.kind === 'bill' ? -bill.amount : bill.amount;
  const payable = formatAmount(owed, bill.currency);
  const expense = formatAmount(-owed, bill.currency);
  return [
    ['TRNS', '', type, date, accounts.payable, name, '', payable, number, memo],
    ['SPL', '', type, date, accounts.expense, '', '', expense, '', memo],
    ['ENDTRNS'],
  ];
}

function bytesOf(lines: readonly (readonly string[])[]): Uint8Array {
  return windows1252(lines.map((cells) => `${cells.join('\t')}\r\n`).join(''));
}

/** @throws UsageError naming the setting of an account that cannot stand in the file */
function accountName(context: FormatContext, role: 'expense' | 'payable', key: string): string {
  const account = context.account(role).normalize('NFC');
  const foreign = Array.from(account).find((one) => !WINDOWS_1252.test(one));
  if (ACCOUNT.test(account) && foreign === undefined) return account;
  throw new UsageError(`The account "${account}" cannot stand in an IIF file.`, {
    hint: `Set ${key} to its name in QuickBooks, in Windows-1252 and without quotes.`,
  });
}

export const iif: BillFormat = { source: 'bills', write };
