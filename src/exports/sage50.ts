/**
 * Sage 50 (UK): purchase invoices and purchase credits as audit trail transactions, a row each (FORMATS.md
 * 1.6). Sage knows a supplier by a reference of at most eight characters.
 */
import { billWords } from '../core/bill.js';
import { ConflictError, UsageError } from '../core/errors.js';
import { inCapitals } from '../core/letters.js';
import { formatAmount } from '../core/money.js';
import { affiliateAccountKey } from '../core/settings.js';
import { csvLines } from './csv.js';
import type { BillFormat, Bills, ExportPiece, FormatContext } from './format.js';
import { localDate } from './local-dates.js';
import { MachineCells } from './machine-cells.js';
import { OneCurrency } from './one-currency.js';
import { shortDigest } from './short-digest.js';
import { noteDecimals } from './two-decimals.js';

const COLUMNS = [
  'Type',
  'Account Reference',
  'Nominal A/C Ref',
  'Department Code',
  'Date',
  'Reference',
  'Details',
  'Net Amount',
  'Tax Code',
  'Tax Amount',
  'Exchange Rate',
  'Extra Reference',
  'User Name',
] as const;

/** Purchase invoice and purchase credit; amounts are positive in both. */
const TYPES = { bill: 'PI', credit_note: 'PC' } as const;

const NOMINAL_CODE = /^[A-Za-z0-9]{1,8}$/;
const SUPPLIER_REFERENCE = /^[\x21\x23-\x2b\x2d-\x7e]{1,8}$/;
const REFERENCE = /^[\x20-\x7e]{1,30}$/;
const DETAILS = /^[\x20-\x7e]{1,60}$/;

const MAX_REFERENCE_LENGTH = 8;
const LETTERS_KEPT = 2;
const NAMED = 5;

const HINT = 'Numbers of documents follow invoice.pattern and credit-note.pattern.';

async function* write(bills: Bills, context: FormatContext): AsyncGenerator<ExportPiece> {
  const cells = new MachineCells((cell) => {
    context.changed(cell);
  });
  const nominal = nominalCode(context);
  const suppliers = new Suppliers(context);
  const currency = new OneCurrency(context, 'A file for Sage 50');
  yield { file: 1, content: csvLines([COLUMNS], '\r\n'), rows: 0 };
  let row = 0;
  for await (const page of bills.each()) {
    const lines = page.map((bill) => {
      row += 1;
      currency.take(bill.currency);
      noteDecimals(context, 'Sage 50', bill.amount, bill.currency);
      return [
        TYPES[bill.kind],
        suppliers.reference(bill.affiliateId),
        nominal,
        context.setting('department'),
        localDate(bill.date, 'dmy'),
        cells.code(bill.number, { row, column: 'Reference' }, REFERENCE, 'at most 30 characters of ASCII'),
        cells.code(billWords(bill), { row, column: 'Details' }, DETAILS, 'at most 60 characters of ASCII'),
        formatAmount(bill.amount, bill.currency),
        context.setting('tax-code'),
        formatAmount(0n, bill.currency),
        // The rate of the base currency; there is no column for another.
        '1',
        '',
        '',
      ];
    });
    if (lines.length > 0) yield { file: 1, content: csvLines(lines, '\r\n'), rows: lines.length };
  }
  suppliers.tell();
  currency.finish();
  cells.finish(HINT);
}

/** @throws UsageError when the account is no nominal code */
function nominalCode(context: FormatContext): string {
  const code = context.account('expense');
  if (NOMINAL_CODE.test(code)) return code;
  throw new UsageError(`"${code}" is no nominal code of Sage 50: at most eight letters or digits.`, {
    hint: 'Set it with `payrun settings set export.sage50.account 6200`.',
  });
}

/** By which reference Sage knows an affiliate. */
interface Supplier {
  readonly affiliateId: string;
  readonly reference: string;
  /** Whether somebody set it; who gives two affiliates one reference means one supplier. */
  readonly isSet: boolean;
}

/** The suppliers of one export. */
class Suppliers {
  readonly #byId = new Map<string, Supplier>();
  readonly #byReference = new Map<string, Supplier>();

  constructor(private readonly context: FormatContext) {}

  /**
   * The account of the affiliate, else what his id gives.
   * @throws UsageError when the account that was set is none; ConflictError when another affiliate came to
   * the same one
   */
  reference(affiliateId: string): string {
    const known = this.#byId.get(affiliateId);
    if (known !== undefined) return known.reference;
    const said = this.context.affiliateAccount(affiliateId);
    if (said !== null && !SUPPLIER_REFERENCE.test(said)) throw noReference(affiliateId, said);
    const supplier = {
      affiliateId,
      reference: said ?? referenceOf(affiliateId),
      isSet: said !== null,
    };
    const key = inCapitals(supplier.reference);
    const other = this.#byReference.get(key);
    if (other !== undefined && !(other.isSet && supplier.isSet)) throw sameReference(other, supplier);
    this.#byReference.set(key, supplier);
    this.#byId.set(affiliateId, supplier);
    return supplier.reference;
  }

  /** Says which references nobody could guess. */
  tell(): void {
    const made = [...this.#byId.values()].filter(
      ({ affiliateId, reference, isSet }) => !isSet && reference !== plainReference(affiliateId),
    );
    if (made.length === 0) return;
    const first = made.slice(0, NAMED).map(({ affiliateId, reference }) => `${reference} is ${affiliateId}`);
    const more = made.length > NAMED ? `; and ${made.length - NAMED} more` : '';
    this.context.note(
      `Ids that are too long for Sage became references of their own: ${first.join('; ')}${more}. ` +
        'The suppliers must be there under these, or set accounts.affiliate.ID to what Sage calls them.',
    );
  }
}

const plainReference = (affiliateId: string): string => inCapitals(affiliateId.replace(/[^A-Za-z0-9]/g, ''));

/** `aff_1` is AFF1; of a longer id the first letters and a digest, the same in every export. */
function referenceOf(affiliateId: string): string {
  const plain = plainReference(affiliateId);
  if (plain !== '' && plain.length <= MAX_REFERENCE_LENGTH) return plain;
  const kept = plain.slice(0, LETTERS_KEPT);
  return kept + shortDigest(affiliateId, MAX_REFERENCE_LENGTH - kept.length);
}

function noReference(affiliateId: string, said: string): UsageError {
  return new UsageError(
    `"${said}" is no account reference of Sage 50: at most eight characters, no spaces.`,
    {
      hint: `Set it with \`payrun settings set ${affiliateAccountKey(affiliateId)} REFERENCE\`.`,
    },
  );
}

function sameReference(one: Supplier, other: Supplier): ConflictError {
  const { reference, affiliateId } = other;
  return new ConflictError(
    `${one.affiliateId} and ${affiliateId} would both be the supplier ${reference} in Sage 50.`,
    {
      hint:
        `Tell them apart with \`payrun settings set ${affiliateAccountKey(affiliateId)} REFERENCE\`; ` +
        'if they are one supplier, set it for both.',
      details: [one, other],
    },
  );
}

export const sage50: BillFormat = { source: 'bills', write };
