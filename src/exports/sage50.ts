/**
 * Sage 50 (UK): purchase invoices and purchase credits as audit trail transactions, a row each (FORMATS.md
 * 1.6). Sage knows a supplier by a reference of at most eight characters.
 */
import { billWords } from '../core/bill.js';
import { ConflictError, UsageError } from '../core/errors.js';
import { inCapitals } from '../core/letters.js';
import { formatAmount } from '../core/money.js';
import { affiliateAccountKey } from '../core/settings.js';
import { billHints, ofWhom } from './bill-hints.js';
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
const REFERENCE = /^(?![=+\-@])[\x20-\x7e]{1,30}$/;
const REFERENCE_WORDS = 'at most 30 characters of ASCII, and begin with none of = + - @';
const DETAILS = /^[\x20-\x7e]{1,60}$/;

const MAX_REFERENCE_LENGTH = 8;
const LETTERS_KEPT = 2;
const NAMED = 5;

async function* write(bills: Bills, context: FormatContext): AsyncGenerator<ExportPiece> {
  const cells = new MachineCells(context);
  const nominal = nominalCode(context);
  const suppliers = new Suppliers(context);
  const currency = new OneCurrency(context, 'A file for Sage 50 has no currency', 'bills');
  yield { file: 1, content: csvLines([COLUMNS], '\r\n'), rows: 0 };
  let row = 0;
  for await (const page of bills.each()) {
    const lines = page.map((bill) => {
      row += 1;
      const code = (column: string, value: string, pattern: RegExp, form: string): string =>
        cells.code(value, { row, column, ...ofWhom(bill) }, pattern, form);
      currency.take(bill.currency);
      noteDecimals(context, 'Sage 50', bill.amount, bill.currency);
      return [
        TYPES[bill.kind],
        suppliers.reference(bill.affiliateId),
        nominal,
        context.setting('department'),
        localDate(bill.date, 'dmy'),
        code('Reference', bill.number, REFERENCE, REFERENCE_WORDS),
        code('Details', billWords(bill), DETAILS, 'at most 60 characters of ASCII'),
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
  await suppliers.finish();
  currency.finish();
  cells.finish(billHints('Sage 50'));
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

  constructor(private readonly context: FormatContext) {}

  /**
   * The account of the affiliate, else what his id gives.
   * @throws UsageError when the account that was set is none
   */
  reference(affiliateId: string): string {
    const known = this.#byId.get(affiliateId);
    if (known !== undefined) return known.reference;
    const supplier = this.#supplierOf(affiliateId);
    const { isSet, reference } = supplier;
    if (isSet && !SUPPLIER_REFERENCE.test(reference)) throw noReference(affiliateId, reference);
    this.#byId.set(affiliateId, supplier);
    return reference;
  }

  #supplierOf(affiliateId: string): Supplier {
    const said = this.context.affiliateAccount(affiliateId);
    return { affiliateId, reference: said ?? referenceOf(affiliateId), isSet: said !== null };
  }

  /**
   * Says which references nobody could guess.
   * @throws ConflictError when an affiliate of the export and another of the ledger, who may be in the next
   * one, come to the same reference
   */
  async finish(): Promise<void> {
    const suppliers = [...this.#byId.values()];
    const others = (await this.context.affiliates())
      .filter(({ id }) => !this.#byId.has(id))
      .map(({ id }) => this.#supplierOf(id));
    const owners = new Map<string, Supplier>();
    const clashes = [...suppliers, ...others].flatMap((supplier, place) => {
      const key = inCapitals(supplier.reference);
      const owner = owners.get(key);
      if (owner === undefined && place < suppliers.length) owners.set(key, supplier);
      return owner === undefined || (owner.isSet && supplier.isSet) ? [] : [[owner, supplier] as const];
    });
    if (clashes.length > 0) throw sameReferences(clashes);
    this.#tell();
  }

  #tell(): void {
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

/** All of them, so that they can be told apart at once. */
function sameReferences(clashes: readonly (readonly [Supplier, Supplier])[]): ConflictError {
  const named = clashes
    .slice(0, NAMED)
    .map(([one, other]) => `${one.affiliateId} and ${other.affiliateId} as ${other.reference}`);
  const more = clashes.length > NAMED ? `; and ${clashes.length - NAMED} more` : '';
  const [id] = clashes.map(([, other]) => other.affiliateId);
  return new ConflictError(`Two affiliates would be one supplier in Sage 50: ${named.join('; ')}${more}.`, {
    hint:
      `Tell them apart with \`payrun settings set ${affiliateAccountKey(id ?? '<id>')} REFERENCE\`, or set that of ` +
      'the one whom Sage does not know yet; if they are one supplier, set it for both.',
    details: clashes.flat(),
  });
}

export const sage50: BillFormat = { source: 'bills', write };
