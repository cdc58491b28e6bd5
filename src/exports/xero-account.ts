/** Accounts of Xero, which are known by their code. */
import { UsageError } from '../core/errors.js';

/** Xero's codes have at most ten characters. */
const CODE = /^\S{1,10}$/u;

/**
 * The code of an account.
 * @param settings where it can be set, the format's own first
 * @throws UsageError naming the settings when it is no code, as a name is none
 */
export function xeroAccount(account: string, settings: readonly string[]): string {
  if (CODE.test(account)) return account;
  throw new UsageError(
    `"${account}" is no Xero account code: that has at most ten characters and no space.`,
    {
      hint: `Set ${settings.join(' or ')} to the code in your Xero chart of accounts, not the name.`,
    },
  );
}
