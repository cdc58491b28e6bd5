/** What an operator gives of an affiliate, understood by the rules that files go by. */
import {
  AFFILIATE_FIELDS,
  AFFILIATE_KEYS,
  MASK,
  maskedAccount,
  type AffiliateDetails,
  type AffiliateField,
} from '../core/affiliate.js';
import { countryHint, isCountry } from '../core/countries.js';
import { UsageError } from '../core/errors.js';
import { readFields, type GivenFields } from '../imports/affiliates-csv.js';
import type { ChangeStamp } from '../store/affiliate-changes.js';
import { optionOf } from './affiliate-option.js';
import { Book } from './book.js';
import type { Actor, Work } from './work.js';

export type { GivenFields };

/** What is wrong with one of the fields, or with the id, as a sentence. */
export interface FieldProblem {
  readonly field: AffiliateField | 'id';
  readonly message: string;
}

type Understood =
  | { readonly ok: true; readonly affiliate: AffiliateDetails }
  | { readonly ok: false; readonly problem: FieldProblem };

/** Somebody of whom only this is known. */
export function newAffiliate(id: string, name: string): AffiliateDetails {
  const empty = Object.values(AFFILIATE_KEYS).map((key) => [key, null]);
  const blank = Object.fromEntries(empty) as Omit<AffiliateDetails, 'id' | 'name' | 'status' | 'minimum'>;
  return { ...blank, id, name, status: 'active', minimum: null, minimumCurrency: null };
}

/** What a file could not say, and what must not become an account. */
function ownProblem(id: string, given: GivenFields): FieldProblem | null {
  if (id.trim() === '') return { field: 'id', message: 'An id cannot be empty.' };
  if (given.name?.trim() === '') return { field: 'name', message: 'A name cannot be empty.' };
  if (given.status?.trim() === '') {
    const message = 'A status cannot be empty. Use active, paused, blocked or departed.';
    return { field: 'status', message };
  }
  // It was copied from a history, or from the command that ends a session.
  if (given.payout_account?.includes(MASK) === true) {
    const message = 'That is an account as payrun shows it, with a part left out. Give the whole one.';
    return { field: 'payout_account', message };
  }
  return null;
}

/**
 * The affiliate with what is given; what is not given stays. A minimum is in the currency that is given with
 * it, else in the one that he has, else in the ledger's.
 *
 * @param before who he is; for one who is added `newAffiliate`
 */
export function understand(before: AffiliateDetails, given: GivenFields, book: Book): Understood {
  const own = ownProblem(before.id, given);
  if (own !== null) return { ok: false, problem: own };
  const ledgerCurrency = given.currency === undefined ? (before.currency ?? book.currency) : book.currency;
  const reading = readFields({ name: before.name, ...given, id: before.id }, { ledgerCurrency });
  if (!reading.ok) {
    const { column, message } = reading.rejection;
    return { ok: false, problem: { field: column as FieldProblem['field'], message } };
  }
  const { row } = reading;
  if (given.country !== undefined && row.country !== null && !isCountry(row.country)) {
    const message = `"${row.country}" is no country code. ${countryHint(row.country)}`;
    return { ok: false, problem: { field: 'country', message } };
  }
  const minimumCurrency = row.minimumPayout === null ? null : (row.currency ?? ledgerCurrency);
  const taken = AFFILIATE_FIELDS.filter((field) => given[field] !== undefined).map((field) =>
    field === 'minimum_payout'
      ? { minimum: row.minimumPayout, minimumCurrency }
      : { [AFFILIATE_KEYS[field]]: row[AFFILIATE_KEYS[field]] },
  );
  return { ok: true, affiliate: Object.assign({ ...before, id: row.id }, ...taken) as AffiliateDetails };
}

/** The refusal of a value, naming its option. */
export function refusedField({ field, message }: FieldProblem): UsageError {
  return new UsageError(field === 'id' ? message : `${optionOf(field)}: ${message}`);
}

/** Says what would be wrong with fields, before they are given: for questions. */
export type FieldCheck = (affiliate: AffiliateDetails, fields: GivenFields) => string | undefined;

/**
 * The check by the settings that stand.
 * @param given what is given already
 * @throws UsageError when one of those is wrong
 */
export async function fieldCheck(
  work: Work,
  before: AffiliateDetails,
  given: GivenFields,
): Promise<FieldCheck> {
  const book = await work.ledger.read((reader) => Book.read(reader, work.now));
  const already = understand(before, given, book);
  if (!already.ok) throw refusedField(already.problem);
  return (affiliate, fields) => {
    const understood = understand(affiliate, fields, book);
    return understood.ok ? undefined : understood.problem.message;
  };
}

/** The same as the audit log keeps it: an account masked. */
export function forAudit(given: GivenFields): GivenFields {
  const account = given.payout_account?.trim() ?? '';
  return account === '' ? given : { ...given, payout_account: maskedAccount(account) };
}

/** Who changes an affiliate, and when. */
export function changeStamp({ now, actor, osUser }: Actor, book: Book): ChangeStamp {
  return { at: now.toISOString(), on: book.today, by: actor, osUser };
}
