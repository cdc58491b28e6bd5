/** Journals for Beancount, which knows an account by the day on which it was opened. */
import type { JournalEntry } from '../core/journal.js';
import type { FormatContext } from './format.js';
import type { MachineCells } from './machine-cells.js';
import {
  idDigest,
  plainTextJournal,
  postingLines,
  type Declared,
  type PlainTextEntry,
} from './plain-text-journal.js';

const ROOTS = ['Assets', 'Liabilities', 'Equity', 'Income', 'Expenses'];
const ACCOUNT = new RegExp(`^(?:${ROOTS.join('|')})(?::[\\p{Lu}\\p{Nd}][\\p{L}\\p{Nd}-]*)+$`, 'u');
const LINK = /^[A-Za-z0-9\-_/.]+$/;

/** Ids that stay told apart when their first letter becomes a capital and their underscores hyphens. */
const PLAIN_ID = /^[a-z0-9](?:_?[\p{L}\p{Nd}])*$/u;
const NOT_IN_IDS = /[^\p{L}\p{Nd}]+/gu;

/** `Aff-1` for aff_1; what cannot be written like that has two hyphens, which the others have not. */
function affiliate(id: string): string {
  if (PLAIN_ID.test(id)) return capitalised(id.replaceAll('_', '-'));
  const letters = capitalised(id.replace(NOT_IN_IDS, '-').replace(/^-|-$/g, ''));
  const isStart = /^[\p{Lu}\p{Nd}]/u.test(letters);
  return `${isStart ? letters : `X${letters}`}--${idDigest(id)}`;
}

const capitalised = (word: string): string => word.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());

/** Words are joined, each with a capital: `Assets:Bank account` is Assets:BankAccount. */
function account(name: string): string | null {
  const parts = name.split(':').map((part) =>
    part
      .replaceAll('_', '-')
      .replace(/['\u2019]/g, '')
      .split(/\s+/)
      .map(capitalised)
      .join(''),
  );
  const joined = parts.join(':');
  return ACCOUNT.test(joined) ? joined : null;
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, (one) => `\\${one}`)}"`;

function payee(entry: JournalEntry, cells: MachineCells, row: number): string {
  const name = cells.text(entry.affiliateName, { row, column: 'payee' });
  return name === '' ? (entry.affiliateId ?? '') : name;
}

const reference = (entry: JournalEntry, cells: MachineCells, row: number): string =>
  cells.text(entry.reference, { row, column: 'reference' });

/** Options belong to a file of its own, so that they go with the declarations. */
function declarations({ from, currencies, accounts }: Declared, context: FormatContext): string {
  const { company, currency } = context;
  const opened = accounts.map((one) => `open ${one.account} ${one.currencies.join(',')}`);
  const directives = [...currencies.map((one) => `commodity ${one}`), ...opened];
  const lines = [
    `option "title" ${quoted(company.name === '' ? 'Affiliate commissions' : company.name)}`,
    `option "operating_currency" "${currency}"`,
    ...(from === null ? [] : ['', ...directives.map((directive) => `${from} ${directive}`)]),
  ];
  return `${lines.join('\n')}\n\n`;
}

function text({ entry, id, payee: name, reference: word, postings }: PlainTextEntry): string {
  const { invoiceNumber, creditNoteNumber, runId, affiliateId, kind } = entry;
  const creditNote = kind === 'voided' ? creditNoteNumber : null;
  const isLink = invoiceNumber !== null && LINK.test(invoiceNumber);
  const metadata: readonly (readonly [string, string | null])[] = [
    ['ledger-id', id],
    ['run', runId],
    ['invoice', invoiceNumber],
    ['credit-note', creditNote],
    ['affiliate', affiliateId],
    ['reference', word === '' ? null : word],
  ];
  return [
    `${entry.postingDate} * ${quoted(name)} ${quoted(entry.words)}`,
    ...(runId === null ? [] : [` #run-${runId}`]),
    ...(isLink ? [` ^${invoiceNumber}`] : []),
    '\n',
    ...metadata.flatMap(([key, value]) => (value === null ? [] : [`  ${key}: ${quoted(value)}\n`])),
    postingLines(postings, '  '),
    '\n',
  ].join('');
}

export const beancount = plainTextJournal({
  format: 'beancount',
  account,
  accountForm:
    'it goes like Assets:Bank, each part with a capital or a digit in front, and letters, digits and hyphens behind',
  affiliate,
  payee,
  reference,
  declarations,
  entry: text,
});
