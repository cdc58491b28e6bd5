/** Rows of a canonical commissions file, in payrun's words (SPEC sections 3 and 8). */
import { parseCalendarDate, type CalendarDate } from '../core/calendar.js';
import {
  COMMISSION_KINDS,
  COMMISSION_STATUSES,
  signFits,
  type CommissionKind,
  type SaidCommission,
} from '../core/commission.js';
import { isCurrency, type CurrencyCode } from '../core/currencies.js';
import type { Rejection } from '../core/import.js';
import { inCapitals } from '../core/letters.js';
import { formatAmount, parseAmount } from '../core/money.js';
import { parseEarnedAt, type BookZone } from '../core/time-zone.js';
import { cellCountProblem, cellJson, ClosedSet, RowReader } from './cells.js';
import type { CsvRecord } from './csv.js';
import type { ColumnSet, Header } from './header.js';

const COLUMNS = [
  'id',
  'affiliate_id',
  'earned_at',
  'amount',
  'currency',
  'status',
  'kind',
  'available_on',
  'campaign',
  'order_id',
  'corrects',
  'sale_amount',
  'description',
] as const;

export type CommissionColumn = (typeof COLUMNS)[number];

export const COMMISSION_COLUMNS: ColumnSet<CommissionColumn> = {
  columns: COLUMNS,
  required: ['id', 'affiliate_id', 'earned_at', 'amount'],
};

/** A commission as one row of a file gives it, and which columns that file has. */
export interface CommissionRow extends SaidCommission {
  /** Which columns the file has: what is absent changes nothing on an existing commission. */
  readonly has: Readonly<Record<CommissionColumn, boolean>>;
}

export type CommissionReading =
  { readonly ok: true; readonly row: CommissionRow } | { readonly ok: false; readonly rejection: Rejection };

/** What a row means depends on these two settings of the ledger. */
export interface CommissionContext {
  readonly zone: BookZone;
  readonly ledgerCurrency: CurrencyCode;
}

const KINDS = new ClosedSet(COMMISSION_KINDS);
const STATUSES = new ClosedSet(COMMISSION_STATUSES);

type Reader = RowReader<CommissionColumn>;

/**
 * Reads one row of a commissions file. Of several faults the first in the order of the columns is told;
 * nothing is rounded, guessed or thrown.
 *
 * @param header of the same file
 */
export function readCommission(
  record: CsvRecord,
  header: Header<CommissionColumn>,
  context: CommissionContext,
): CommissionReading {
  const miscount = cellCountProblem(record, header.cells.length);
  if (miscount !== null) return { ok: false, rejection: miscount };
  const reader: Reader = new RowReader(record, header);

  const id = reader.id('id');
  // Ids of corrections are made with `~`, so no source may use it.
  if (id.includes('~')) {
    const message = 'The id holds a ~, which payrun keeps for its own corrections. Use another character.';
    reader.say('id', 'bad_value', message);
  }
  const affiliateId = reader.required('affiliate_id');
  const { earnedAt, earnedOn } = readEarned(reader, context.zone);
  const { amount, currency, kind } = readMoney(reader, context.ledgerCurrency, header.has.kind);
  const row: CommissionRow & { said: string } = {
    line: record.line,
    id,
    affiliateId,
    earnedAt,
    earnedOn,
    amount,
    amountGiven: reader.cell('amount'),
    currency,
    status: reader.member('status', STATUSES, 'bad_status'),
    kind: reader.member('kind', KINDS, 'bad_kind') ?? kind,
    availableOn: readAvailableOn(reader),
    campaign: reader.text('campaign'),
    orderId: reader.text('order_id'),
    corrects: reader.text('corrects'),
    saleAmount: readSaleAmount(reader, currency),
    description: reader.text('description'),
    has: header.has,
    said: '',
  };
  if (reader.problem !== null) return { ok: false, rejection: reader.refusal(reader.problem) };
  row.said = whatWasSaid(row, reader);
  return { ok: true, row };
}

/** The JSON of `CommissionRow.said`. Written by hand: it is a large part of the cost of a row. */
function whatWasSaid(row: CommissionRow, reader: Reader): string {
  const { has, currency, saleAmount } = row;
  let json = `{"affiliate_id":${cellJson(row.affiliateId)},"earned_at":"${row.earnedAt}"`;
  json += `,"amount":"${formatAmount(row.amount, currency)}"`;
  if (has.currency) json += reader.cell('currency') === '' ? ',"currency":null' : `,"currency":"${currency}"`;
  if (has.status) json += row.status === null ? ',"status":null' : `,"status":"${row.status}"`;
  if (has.kind) json += reader.cell('kind') === '' ? ',"kind":null' : `,"kind":"${row.kind}"`;
  if (has.available_on) json += `,"available_on":${cellJson(row.availableOn)}`;
  if (has.campaign) json += `,"campaign":${cellJson(row.campaign)}`;
  if (has.order_id) json += `,"order_id":${cellJson(row.orderId)}`;
  if (has.corrects) json += `,"corrects":${cellJson(row.corrects)}`;
  if (has.sale_amount) {
    json +=
      saleAmount === null ? ',"sale_amount":null' : `,"sale_amount":"${formatAmount(saleAmount, currency)}"`;
  }
  if (has.description) json += `,"description":${cellJson(row.description)}`;
  return `${json}}`;
}

function readEarned(reader: Reader, zone: BookZone): { earnedAt: string; earnedOn: CalendarDate } {
  const text = reader.required('earned_at');
  const earned = parseEarnedAt(text, zone);
  if (earned.ok) return earned;
  reader.say('earned_at', 'bad_date', earned.message);
  return { earnedAt: text, earnedOn: text };
}

interface RowMoney {
  readonly amount: bigint;
  readonly currency: CurrencyCode;
  readonly kind: CommissionKind;
}

/**
 * Amount, currency and kind judge each other: the decimals are the currency's, the sign the kind's. Without a
 * kind column the kind may be one that the ledger knows, so the sign is judged there.
 */
function readMoney(reader: Reader, ledgerCurrency: CurrencyCode, judged: boolean): RowMoney {
  const amountText = reader.required('amount');
  const currencyText = reader.cell('currency');
  const code = currencyText === '' ? ledgerCurrency : inCapitals(currencyText);
  const currency = isCurrency(code) ? code : null;
  const kindText = reader.cell('kind');
  const kind = kindText === '' ? 'sale' : KINDS.find(kindText);

  const parsed = parseAmount(amountText, currency ?? ledgerCurrency);
  // How many decimals and digits are too many depends on the currency, whether it is a number does not.
  if (!parsed.ok && (currency !== null || parsed.code === 'bad_amount')) {
    reader.say('amount', parsed.code, parsed.message);
  }
  if (parsed.ok && judged && kind !== undefined && !signFits(kind, parsed.minor)) {
    reader.say('amount', 'wrong_sign', signMessage(kind));
  }
  if (currency === null) {
    const message =
      'is not an ISO 4217 currency that payrun knows. Use three letters such as USD, EUR or JPY.';
    reader.say('currency', 'bad_currency', `"${currencyText.slice(0, 40)}" ${message}`);
  }
  return {
    amount: parsed.ok ? parsed.minor : 0n,
    currency: currency ?? ledgerCurrency,
    kind: kind ?? 'sale',
  };
}

function signMessage(kind: CommissionKind): string {
  return kind === 'clawback'
    ? 'A clawback takes money back, so its amount must be negative.'
    : `A ${kind} cannot be negative. What an affiliate owes back is a clawback or an adjustment.`;
}

function readAvailableOn(reader: Reader): CalendarDate | null {
  const text = reader.cell('available_on');
  if (text === '') return null;
  const date = parseCalendarDate(text);
  if (date === null) {
    const message = `"${text.slice(0, 40)}" is not a date of the calendar. Write it as 2026-10-31, without a time.`;
    reader.say('available_on', 'bad_date', message);
  }
  return date;
}

function readSaleAmount(reader: Reader, currency: CurrencyCode): bigint | null {
  const text = reader.cell('sale_amount');
  if (text === '') return null;
  const parsed = parseAmount(text, currency);
  if (!parsed.ok) reader.say('sale_amount', parsed.code, parsed.message);
  return parsed.ok ? parsed.minor : null;
}
