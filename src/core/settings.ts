/** The settings of a ledger: their names, their defaults, and what each takes (SPEC section 8). */
import { isCurrency, unknownCurrency } from './currencies.js';
import { UsageError } from './errors.js';
import { ACCOUNT_SETTINGS, EXPORT_SETTINGS } from './export-settings.js';
import { inCapitals, inSmallLetters } from './letters.js';
import { formatAmount, parseAmount } from './money.js';
import { nearestOf } from './nearest.js';
import { DEFAULT_CREDIT_NOTE_PATTERN, DEFAULT_INVOICE_PATTERN } from './numbering.js';
import { PAYOUT_APPROVALS } from './payout.js';
import { SCHEDULE_FREQUENCIES } from './schedule.js';
import {
  accountCode,
  bic,
  country,
  currency,
  holdDays,
  iban,
  oneOf,
  optional,
  pattern,
  text,
  timeZone,
  type ParseValue,
} from './setting-values.js';

/** One setting. Values are kept and shown as text, in the form that `settings set` takes. */
export interface SettingDefinition {
  readonly key: string;
  readonly description: string;
  /** Null where there is none: the ledger is created with a value. */
  readonly default: string | null;
  /** Whether it can no longer change once a commission is in the ledger. */
  readonly fixedOnceUsed: boolean;
  /** The value in its normal form; throws UsageError saying what is allowed. */
  readonly parse: ParseValue;
}

const APPROVAL_POLICIES = ['manual', 'after-hold'] as const;

/** The value of a minimum that is not there. */
export const NO_MINIMUM = 'none';

const MINIMUM_PREFIX = 'minimum.';
const AFFILIATE_ACCOUNT_PREFIX = 'accounts.affiliate.';

const definitions: readonly SettingDefinition[] = [
  define('company.name', 'The name of your company, on invoices and payment files.', '', text(200)),
  define('company.address', 'The address of your company in one line.', '', text(500)),
  define('company.country', 'The country of your company, as two ISO 3166 letters.', '', optional(country)),
  define('company.vat-number', 'The VAT number of your company.', '', text(40)),
  define('company.iban', 'The IBAN that payouts are paid from.', '', optional(iban)),
  define('company.bic', 'The BIC of the bank that payouts are paid from.', '', optional(bic)),
  fixed(
    'timezone',
    'The book time zone (IANA), in which today, last month and every date are meant.',
    timeZone,
  ),
  fixed('currency', 'The currency of a row that names none.', currency),
  define(
    'hold.days',
    'Days between earning a sale and its being available, kept for refunds.',
    '30',
    holdDays,
  ),
  {
    ...define(
      'minimum.<currency>',
      'The least amount that is paid out in a currency, or none.',
      NO_MINIMUM,
      text(40),
    ),
    parse: () => {
      throw new UsageError('A minimum is set per currency.', { hint: 'Name the currency: minimum.USD.' });
    },
  },
  define(
    'approval.commissions',
    'manual: pending commissions wait for an approval. after-hold: they count as approved once available.',
    'manual',
    oneOf(APPROVAL_POLICIES),
  ),
  define(
    'approval.payouts',
    'Whether payouts need an approval before they are paid.',
    'none',
    oneOf(PAYOUT_APPROVALS),
  ),
  define('invoice.pattern', 'The pattern of invoice numbers.', DEFAULT_INVOICE_PATTERN, pattern),
  define('credit-note.pattern', 'The pattern of credit note numbers.', DEFAULT_CREDIT_NOTE_PATTERN, pattern),
  define(
    'schedule.frequency',
    'When scheduled payouts are due: never, on Mondays, or on the 1st of the month.',
    'off',
    oneOf(SCHEDULE_FREQUENCIES),
  ),
  ...ACCOUNT_SETTINGS.map(({ key, description, default: byDefault, parse }) =>
    define(key, description, byDefault, parse),
  ),
  define(
    'accounts.affiliate.<id>',
    'The account of one affiliate in your accounting system: creditor, supplier.',
    '',
    text(40),
  ),
  ...EXPORT_SETTINGS.map(({ key, description, default: byDefault, parse }) =>
    define(key, description, byDefault, parse),
  ),
];

/** All the settings in their order; the minimum of each currency is there once, as `minimum.<currency>`. */
export function settingDefinitions(): readonly SettingDefinition[] {
  return definitions;
}

/**
 * The setting of this name, capitals not minded; `minimum.usd` is the definition of `minimum.USD`.
 *
 * @throws UsageError for an unknown name, with the known ones and the nearest, or a minimum in no currency.
 */
export function findSetting(key: string): SettingDefinition {
  const said = inSmallLetters(key.trim());
  const known = definitions.find((definition) => definition.key === said && !isFamily(definition));
  if (known !== undefined) return known;
  if (said.startsWith(MINIMUM_PREFIX)) return minimumIn(inCapitals(said.slice(MINIMUM_PREFIX.length)));
  if (said.startsWith(AFFILIATE_ACCOUNT_PREFIX) && said.length > AFFILIATE_ACCOUNT_PREFIX.length) {
    return accountOf(key.trim().slice(AFFILIATE_ACCOUNT_PREFIX.length));
  }

  const names = definitions.map((definition) => definition.key);
  const nearest = nearestOf(said, names);
  const question = nearest === null ? '' : ` Did you mean ${nearest}?`;
  throw new UsageError(`There is no setting "${key.slice(0, 60)}".${question}`, {
    hint: settingsNear(said, names),
  });
}

/** The known names: those of one export format where one of it was meant, else those of no format. */
function settingsNear(said: string, names: readonly string[]): string {
  const format = /^export\.[^.]+\./.exec(said)?.[0];
  const ofFormat = names.filter((name) => format !== undefined && name.startsWith(format));
  if (ofFormat.length > 0) return `The settings of this format are ${ofFormat.join(', ')}.`;
  const ordinary = names.filter((name) => !name.startsWith('export.'));
  return `The settings are ${ordinary.join(', ')}; and those of export formats: payrun settings list --all.`;
}

/** Whether there is a setting of just this name. */
export function isSetting(key: string): boolean {
  return definitions.some((definition) => definition.key === key && !isFamily(definition));
}

/** The key of the programme's minimum in a currency. */
export function minimumKey(code: string): string {
  return `${MINIMUM_PREFIX}${code}`;
}

/** Whether a definition stands for many settings: a minimum a currency, an account an affiliate. */
export function isFamily(definition: SettingDefinition): boolean {
  return definition.key.endsWith('>');
}

/** The key of the account of one affiliate in the accounting system. */
export function affiliateAccountKey(affiliateId: string): string {
  return `${AFFILIATE_ACCOUNT_PREFIX}${affiliateId}`;
}

function accountOf(affiliateId: string): SettingDefinition {
  const what = `The account of ${affiliateId} in your accounting system.`;
  return define(affiliateAccountKey(affiliateId), what, '', optional(accountCode));
}

function minimumIn(code: string): SettingDefinition {
  if (!isCurrency(code)) throw unknownCurrency(code);
  const parse: ParseValue = (said) => {
    const value = inSmallLetters(said.trim());
    if (value === NO_MINIMUM) return NO_MINIMUM;
    const amount = parseAmount(value, code);
    if (!amount.ok) throw new UsageError(amount.message, { hint: `Or write ${NO_MINIMUM} for no minimum.` });
    if (amount.minor < 0n)
      throw new UsageError('A minimum cannot be negative.', { hint: `Write ${NO_MINIMUM} or 0.` });
    return formatAmount(amount.minor, code);
  };
  return define(
    minimumKey(code),
    `The least amount in ${code} that is paid out, or none.`,
    NO_MINIMUM,
    parse,
  );
}

function define(key: string, description: string, byDefault: string, parse: ParseValue): SettingDefinition {
  return { key, description, default: byDefault, fixedOnceUsed: false, parse };
}

function fixed(key: string, description: string, parse: ParseValue): SettingDefinition {
  return { key, description, default: null, fixedOnceUsed: true, parse };
}
