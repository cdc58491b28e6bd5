/** The fields of an affiliate on the command line: their options, and words for people. */
import type { GivenFields } from '../app/affiliate-fields.js';
import { optionOf } from '../app/affiliate-option.js';
import {
  AFFILIATE_FIELDS,
  AFFILIATE_STATUSES,
  maskedAccount,
  PAYOUT_METHODS,
  type AffiliateDetails,
  type AffiliateField,
} from '../core/affiliate.js';
import { optionKey, type CommandInput, type OptionDefinition } from './command.js';
import { safeText } from './safe-text.js';
import type { Terminal } from './terminal.js';

interface FieldWords {
  readonly title: string;
  /** The name of the value in the help. */
  readonly value: string;
  readonly description: string;
}

export const FIELD_WORDS: Readonly<Record<AffiliateField, FieldWords>> = {
  name: { title: 'Name', value: 'name', description: 'who it is' },
  email: { title: 'E-mail', value: 'email', description: 'contact' },
  status: { title: 'Status', value: 'status', description: AFFILIATE_STATUSES.join(', ') },
  currency: {
    title: 'Currency',
    value: 'currency',
    description: 'the currency of the own minimum, such as USD',
  },
  minimum_payout: {
    title: 'Own minimum',
    value: 'amount',
    description: 'own minimum; 0 means none applies, without one the programme’s does',
  },
  payout_method: { title: 'Payout method', value: 'method', description: PAYOUT_METHODS.join(', ') },
  payout_account: {
    title: 'Payout account',
    value: 'account',
    description: 'PayPal or Wise e-mail, IBAN, or routing and account number',
  },
  payout_name: { title: 'Name on the account', value: 'name', description: 'the name on the account' },
  payout_bic: { title: 'BIC', value: 'bic', description: 'the BIC of the bank' },
  country: { title: 'Country', value: 'country', description: 'two letters of ISO 3166, such as DE' },
  vat_number: { title: 'VAT number', value: 'number', description: 'VAT number' },
  company: { title: 'Company', value: 'company', description: 'company' },
  address_line1: { title: 'Address line 1', value: 'line', description: 'street and number' },
  address_line2: { title: 'Address line 2', value: 'line', description: 'floor, suite, care of' },
  city: { title: 'City', value: 'city', description: 'city' },
  region: { title: 'Region', value: 'region', description: 'state or region' },
  postal_code: { title: 'Postal code', value: 'code', description: 'postal code' },
};

/** An option for each field. @param isEmptied whether an empty value clears the field */
export function fieldOptions(isEmptied: boolean): OptionDefinition[] {
  return AFFILIATE_FIELDS.map((field) => ({
    flags: `${optionOf(field)} <${FIELD_WORDS[field].value}>`,
    description: FIELD_WORDS[field].description,
    ...(isEmptied ? { allowEmpty: true } : {}),
  }));
}

/** The fields that were given as options. */
export function givenFields(input: CommandInput): GivenFields {
  const given: Partial<Record<AffiliateField, string>> = {};
  for (const field of AFFILIATE_FIELDS) {
    const value = input.text(optionKey(optionOf(field)));
    if (value !== undefined) given[field] = value;
  }
  return given;
}

/** The options that give the same again. An account is masked, and payrun refuses it so. */
export function fieldOptionWords(given: GivenFields): string[] {
  return AFFILIATE_FIELDS.flatMap((field) => {
    const value = given[field];
    if (value === undefined) return [];
    return [optionOf(field), field === 'payout_account' && value !== '' ? maskedAccount(value) : value];
  });
}

/** Said below an echoed command in which an account is masked. */
export function noteMaskedAccount(terminal: Terminal, given: GivenFields): void {
  const account = given.payout_account ?? '';
  if (account !== '') terminal.note(`with the whole account in the place of ${maskedAccount(account)}`);
}

interface ShownChange {
  readonly field: string;
  readonly valueBefore: string | null;
  readonly valueAfter: string | null;
}

/** What changes, one line a field, aligned. Values must be masked already. */
export function changeLines(changes: readonly ShownChange[]): string {
  const rows = changes.map((change) => {
    const title = FIELD_WORDS[change.field as AffiliateField].title;
    const [before, after] = [change.valueBefore, change.valueAfter].map((value) =>
      value === null ? 'empty' : safeText(value),
    );
    // Two accounts may look the same when masked.
    return {
      title,
      text: before === after ? `${after ?? ''}, in the part left out` : `${before ?? ''} -> ${after ?? ''}`,
    };
  });
  const width = Math.max(...rows.map(({ title }) => title.length));
  return rows.map(({ title, text }) => `  ${title.padEnd(width)}  ${text}`).join('\n');
}

/** `Ada Lovelace (aff_1)`. */
export function affiliateName({ name, id }: Pick<AffiliateDetails, 'name' | 'id'>): string {
  return `${safeText(name)} (${safeText(id)})`;
}
