/** The accounts that a journal speaks of, and under which name each format knows them. */
import type { PayoutMethod } from './affiliate.js';

/**
 * What an account is for. `accrued`: commissions earned and on no payout yet; `payable`: payouts issued and
 * not paid; `bank`: where payouts are paid from.
 */
export type AccountRole = 'expense' | 'accrued' | 'payable' | 'bank';

/** The settings as they stand: what was set by somebody, and the default of each. */
export interface AccountSettings {
  /** The value that stands; undefined where there is no setting of that name. */
  setting(key: string): string | undefined;
  /** What somebody set; undefined where the default stands. */
  stored(key: string): string | undefined;
}

/** What is asked for beside the role. */
export interface AccountQuestion {
  /** How it was paid, where that may have a clearing account. */
  readonly method?: PayoutMethod | null;
  /** The name of the format's own setting where it is not that of the role. */
  readonly own?: string;
}

const filled = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

/**
 * The account of a role in a format: what was set for the format, else what was set for all of them, else the
 * default of the format, else the one for all. What was paid by a method that has a clearing account goes
 * through that one.
 */
export function accountOf(
  settings: AccountSettings,
  format: string,
  role: AccountRole,
  { method = null, own = role }: AccountQuestion = {},
): string {
  const ownKey = `export.${format}.${own}`;
  const shared = `accounts.${role}`;
  const clearing = clearingOf(settings, role, method);
  return (
    filled(clearing === null ? undefined : settings.stored(clearing)) ??
    filled(settings.stored(ownKey)) ??
    filled(settings.stored(shared)) ??
    filled(settings.setting(ownKey)) ??
    filled(settings.setting(shared)) ??
    ''
  );
}

/** The setting of the clearing account that somebody set for a method; null where the bank itself pays. */
function clearingOf(
  settings: AccountSettings,
  role: AccountRole,
  method: PayoutMethod | null,
): string | null {
  const key = role === 'bank' && method !== null ? `accounts.clearing.${method}` : null;
  return key !== null && filled(settings.stored(key)) !== undefined ? key : null;
}

/** The setting by which a role gets another account in this format, and in no other where that can be. */
export function accountSetting(
  settings: AccountSettings,
  format: string,
  role: AccountRole,
  { method = null, own = role }: AccountQuestion = {},
): string {
  return clearingOf(settings, role, method) ?? `export.${format}.${own}`;
}

const ACCOUNT = /^(?:export\.[a-z0-9-]+\.(?:account|expense|accrued|payable|bank)|accounts\.[a-z]+)$/;

/**
 * Whether a setting is the account of a role, in one format or in all: set to its own default it still says
 * something, for without it the account of another setting could stand.
 */
export function isAccountOfRole(key: string): boolean {
  return ACCOUNT.test(key);
}
