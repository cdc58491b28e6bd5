/** Journals that Ledger and hledger take at their strictest: everything is declared before it is used. */
import type { JournalEntry } from '../core/journal.js';
import type { MachineCells } from './machine-cells.js';
import {
  idDigest,
  plainTextJournal,
  postingLines,
  type Declared,
  type Dialect,
  type PlainTextEntry,
} from './plain-text-journal.js';

/** A line may have 4096 bytes in Ledger. */
const MAX_TEXT = 400;

/**
 * `;` begins a comment, `|` ends a payee in hledger; a `(` in front would begin a code, a quote in front a
 * quoted name, also behind what is taken away in front.
 */
const NOT_IN_PAYEES = /^[\p{C}\p{Z};|("=+\-@\uff1d\uff0b\uff0d\uff20]+|[;|]/gu;
/** A comma ends the value of a tag in hledger. */
const NOT_IN_TAGS = /,/g;

const TAGS = ['ledger-id', 'run', 'invoice', 'credit-note', 'affiliate', 'reference'] as const;

const PLAIN_ID = /^[\p{L}\p{M}\p{N}_.@'+-]+$/u;
const NOT_IN_IDS = /[^\p{L}\p{M}\p{N}_.@'+]+/gu;

/** As it is where it can be; else a tilde tells, which the others have not, that a digest tells it. */
function affiliate(id: string): string {
  return PLAIN_ID.test(id) ? id : `${id.replace(NOT_IN_IDS, '-')}~${idDigest(id)}`;
}

/** In one line with single spaces, no part of it empty; a semicolon would begin a comment. */
function account(name: string): string | null {
  const parts = name.split(':').map((part) => part.replace(/\s+/g, ' ').trim());
  return parts.includes('') || /[;|]/.test(name) ? null : parts.join(':');
}

/** What identifies something stays the only one: what would end it is written by number, as in addresses. */
function identifier(text: string): string {
  return text.replace(/[%,()]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function payee(entry: JournalEntry, cells: MachineCells, row: number): string {
  const { affiliateName, affiliateId, words } = entry;
  const place = { row, column: 'payee' };
  const name = cells.text(affiliateName, place, { separators: NOT_IN_PAYEES, maxLength: MAX_TEXT });
  return name === '' ? affiliate(affiliateId ?? words) : name;
}

const reference = (entry: JournalEntry, cells: MachineCells, row: number): string =>
  cells.text(entry.reference, { row, column: 'reference' }, { separators: NOT_IN_TAGS, maxLength: MAX_TEXT });

/** Bare commodities, and nothing behind a name: in that the two programs agree. */
function declarations({ currencies, accounts, payees }: Declared): string {
  const lines = [
    ...currencies.map((currency) => `commodity ${currency}`),
    ...TAGS.map((tag) => `tag ${tag}`),
    ...accounts.map((one) => `account ${one.account}`),
    ...payees.map((name) => `payee ${name}`),
  ];
  return `${lines.join('\n')}\n\n`;
}

function text({ entry, id, payee: name, reference: word, postings }: PlainTextEntry): string {
  const { invoiceNumber, creditNoteNumber, kind } = entry;
  const creditNote = kind === 'voided' ? creditNoteNumber : null;
  const document = creditNote ?? invoiceNumber;
  const values: Readonly<Record<(typeof TAGS)[number], string | null>> = {
    'ledger-id': identifier(id),
    run: entry.runId,
    invoice: invoiceNumber === null ? null : identifier(invoiceNumber),
    'credit-note': creditNote === null ? null : identifier(creditNote),
    affiliate: entry.affiliateId === null ? null : identifier(entry.affiliateId),
    reference: word === '' ? null : word,
  };
  const tags = TAGS.map((tag) => ({ tag, value: values[tag] })).filter(({ value }) => value !== null);
  return [
    `${entry.postingDate} * ${document === null ? '' : `(${identifier(document)}) `}${name}\n`,
    `    ; ${entry.words}\n`,
    ...tags.map(({ tag, value }) => `    ; ${tag}: ${value ?? ''}\n`),
    postingLines(postings, '    '),
    '\n',
  ].join('');
}

const dialect: Omit<Dialect, 'format'> = {
  account,
  accountForm: 'no part of it may be empty, and it may hold neither ; nor |',
  affiliate,
  payee,
  reference,
  declarations,
  entry: text,
};

export const ledger = plainTextJournal({ ...dialect, format: 'ledger' });
export const hledger = plainTextJournal({ ...dialect, format: 'hledger' });
