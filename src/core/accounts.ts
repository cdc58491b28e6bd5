/** The accounts that a journal speaks of, and under which name each format knows them. */
import type { PayoutMethod } from './affiliate.js';

/**
 * What an account is for. `accrued`: commissions earned and on no payout yet; `payable`: payouts issued and
 * not paid; `bank`: where payouts are paid from.
 */
export const ACCOUNT_ROLES = ['expense', 'accrued', 'payable', 'bank'] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

/** The settings as they stand: what was set by somebody, and the default of each. */
export interface AccountSettings {
  /** The value that stands; undefined where there is no setting of that name. */
  setting(key: string): string | undefined;
  /** What somebody set; undefined where the default stands. */
  stored(key: string): string | undefined;
}

const filled = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

/**
 * The account of a role in a format: what was set for the format, else what was set for all of them, else the
 * default of the format, else the one for all. What was paid by a method that has a clearing account goes
 * through that one.
 * @param own the name of the format's own setting where it is not that of the role
 */
export function accountOf(
  settings: AccountSettings,
  format: string,
  role: AccountRole,
  { method = null, own = role }: { readonly method?: PayoutMethod | null; readonly own?: string } = {},
): string {
  const ownKey = `export.${format}.${own}`;
  const shared = `accounts.${role}`;
  const clearing = role === 'bank' && method !== null ? `accounts.clearing.${method}` : null;
  return (
    filled(clearing === null ? undefined : settings.stored(clearing)) ??
    filled(settings.stored(ownKey)) ??
    filled(settings.stored(shared)) ??
    filled(settings.setting(ownKey)) ??
    filled(settings.setting(shared)) ??
    ''
  );
}

const OWN_ACCOUNT = /^export\.[a-z0-9-]+\.(?:account|expense|accrued|payable|bank)$/;

/**
 * Whether a setting is the account of one format: set to its own default it still says something, for without
 * it the account that was set for all formats would stand.
 */
export function isOwnAccount(key: string): boolean {
  return OWN_ACCOUNT.test(key);
}
