/** Rows of a canonical affiliates file, in payrun's words (SPEC section 8). */
import {
  AFFILIATE_FIELDS,
  AFFILIATE_STATUSES,
  PAYOUT_METHODS,
  type AffiliateField,
  type AffiliateStatus,
  type PayeeData,
  type PayoutMethod,
} from '../core/affiliate.js';
import { isCurrency, type CurrencyCode } from '../core/currencies.js';
import type { Rejection } from '../core/import.js';
import { inCapitals } from '../core/letters.js';
import { formatAmount, parseAmount } from '../core/money.js';
import { cellCountProblem, cellJson, ClosedSet, RowReader } from './cells.js';
import type { CsvRecord } from './csv.js';
import { readHeader, type ColumnSet, type Header } from './header.js';

const COLUMNS = ['id', ...AFFILIATE_FIELDS] as const;

export type AffiliateColumn = (typeof COLUMNS)[number];

export const AFFILIATE_COLUMNS: ColumnSet<AffiliateColumn> = { columns: COLUMNS, required: ['id', 'name'] };

/** An affiliate as one row of a file gives it. What the row leaves open is null. */
export interface AffiliateRow extends PayeeData {
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly status: AffiliateStatus | null;
  /** The row's, else null. */
  readonly currency: CurrencyCode | null;
  /** Minor units of the row's currency, else of the ledger's. 0 means that no minimum applies. */
  readonly minimumPayout: bigint | null;
  readonly payoutMethod: PayoutMethod | null;
  /** Which columns the file has: what is absent changes nothing on an existing affiliate. */
  readonly has: Readonly<Record<AffiliateColumn, boolean>>;
  /** What the source said, in the form of `SaidCommission.said`. */
  readonly said: string;
}

export type AffiliateReading =
  { readonly ok: true; readonly row: AffiliateRow } | { readonly ok: false; readonly rejection: Rejection };

const STATUSES = new ClosedSet(AFFILIATE_STATUSES);
const METHODS = new ClosedSet(PAYOUT_METHODS);

type Reader = RowReader<AffiliateColumn>;

/**
 * Reads one row of an affiliates file. Of several faults the first in the order of the columns is told.
 * Payment details are taken as they are; they are judged when they are used to pay.
 *
 * @param header of the same file
 */
export function readAffiliate(
  record: CsvRecord,
  header: Header<AffiliateColumn>,
  context: { readonly ledgerCurrency: CurrencyCode },
): AffiliateReading {
  const miscount = cellCountProblem(record, header.cells.length);
  if (miscount !== null) return { ok: false, rejection: miscount };
  const reader: Reader = new RowReader(record, header);
  const id = reader.id('id');
  const name = reader.required('name');
  const email = readEmail(reader);
  const status = reader.member('status', STATUSES, 'bad_status');
  const currency = readCurrency(reader);
  const row: AffiliateRow & { said: string } = {
    line: record.line,
    id,
    name,
    email,
    status,
    currency,
    minimumPayout: readMinimum(reader, currency ?? context.ledgerCurrency),
    payoutMethod: reader.member('payout_method', METHODS, 'bad_value'),
    payoutAccount: reader.text('payout_account'),
    payoutName: reader.text('payout_name'),
    payoutBic: reader.text('payout_bic'),
    country: readCountry(reader),
    vatNumber: reader.text('vat_number'),
    company: reader.text('company'),
    addressLine1: reader.text('address_line1'),
    addressLine2: reader.text('address_line2'),
    city: reader.text('city'),
    region: reader.text('region'),
    postalCode: reader.text('postal_code'),
    has: header.has,
    said: '',
  };
  if (reader.problem !== null) return { ok: false, rejection: reader.refusal(reader.problem) };
  row.said = whatWasSaid(row, reader, context.ledgerCurrency);
  return { ok: true, row };
}

/** Fields that somebody gives one by one. What is absent is not said. */
export type GivenFields = Readonly<Partial<Record<AffiliateField, string>>>;

/**
 * Reads what an operator gives of one affiliate, by the rules of a file: as if it were a row with those
 * columns.
 */
export function readFields(
  given: GivenFields & { readonly id: string; readonly name: string },
  context: { readonly ledgerCurrency: CurrencyCode },
): AffiliateReading {
  const columns = COLUMNS.filter((column) => given[column] !== undefined);
  const reading = readHeader({ line: 1, cells: columns }, AFFILIATE_COLUMNS);
  if (!reading.ok) throw new Error('Fields with a name each make a header.');
  const cells = columns.map((column) => given[column] ?? '');
  return readAffiliate({ line: 1, cells }, reading.header, context);
}

/** Columns that are compared in a normalised form; all others as they stand in the file. */
function whatWasSaid(row: AffiliateRow, reader: Reader, ledgerCurrency: CurrencyCode): string {
  const { minimumPayout } = row;
  const currency = row.currency ?? ledgerCurrency;
  const normalised: Partial<Record<AffiliateColumn, string | null>> = {
    status: row.status,
    currency: row.currency,
    minimum_payout: minimumPayout === null ? null : formatAmount(minimumPayout, currency),
    payout_method: row.payoutMethod,
    country: row.country,
  };
  const said = COLUMNS.filter((column) => column !== 'id' && row.has[column]).map((column) => {
    const value = column in normalised ? (normalised[column] ?? null) : reader.cell(column) || null;
    return `"${column}":${cellJson(value)}`;
  });
  return `{${said.join(',')}}`;
}

function readEmail(reader: Reader): string | null {
  const email = reader.text('email');
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    const message = `"${email.slice(0, 40)}" is no e-mail address. Write it as name@example.com, or leave it empty.`;
    reader.say('email', 'bad_value', message);
  }
  return email;
}

function readCurrency(reader: Reader): CurrencyCode | null {
  const text = reader.cell('currency');
  if (text === '') return null;
  const code = inCapitals(text);
  if (isCurrency(code)) return code;
  const message = 'is not an ISO 4217 currency that payrun knows. Use three letters such as USD, EUR or JPY.';
  reader.say('currency', 'bad_currency', `"${text.slice(0, 40)}" ${message}`);
  return null;
}

function readMinimum(reader: Reader, currency: CurrencyCode): bigint | null {
  const text = reader.cell('minimum_payout');
  if (text === '') return null;
  const parsed = parseAmount(text, currency);
  if (!parsed.ok) {
    reader.say('minimum_payout', parsed.code, parsed.message);
    return null;
  }
  if (parsed.minor < 0n) {
    const message =
      'A minimum cannot be negative. Write 0 for no minimum, or leave it empty for the programme’s.';
    reader.say('minimum_payout', 'wrong_sign', message);
  }
  return parsed.minor;
}

function readCountry(reader: Reader): string | null {
  const text = reader.text('country');
  if (text === null) return null;
  const country = inCapitals(text);
  if (!/^[A-Z]{2}$/.test(country)) {
    const message = `"${text.slice(0, 40)}" is no country code. Use the two letters of ISO 3166, such as DE or US.`;
    reader.say('country', 'bad_value', message);
  }
  return country;
}
