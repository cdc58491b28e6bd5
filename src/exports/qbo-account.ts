/** Accounts and documents of QuickBooks Online: accounts are known by name, documents by a short number. */
import type { FormatContext } from './format.js';

/** Longer numbers are not kept; the first character is none that begins a formula. */
export const DOCUMENT_NUMBER = /^[\p{L}\p{N}][^\p{Cc}\u2028\u2029]{0,20}$/u;
export const DOCUMENT_NUMBER_WORDS =
  'at most 21 characters in QuickBooks Online, and begin with a letter or digit';

/** A colon would make a supplier a part of another. */
export const NAME_RULES = { separators: /:/gu } as const;

/** The name of an account; tells when it is a number, by which QuickBooks Online finds none. */
export function qboAccount(context: FormatContext, account: string, setting: string): string {
  if (/^[0-9.-]+$/.test(account)) {
    context.note(`The account ${account} is a number, and QuickBooks Online goes by names: set ${setting}.`);
  }
  return account;
}
