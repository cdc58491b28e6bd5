/** The settings of a ledger: their names, their defaults, and what each takes (SPEC section 8). */
import { isCurrency, unknownCurrency } from './currencies.js';
import { UsageError } from './errors.js';
import { inCapitals, inSmallLetters } from './letters.js';
import { formatAmount, parseAmount } from './money.js';
import { DEFAULT_CREDIT_NOTE_PATTERN, DEFAULT_INVOICE_PATTERN, parsePattern } from './numbering.js';
import { PAYOUT_APPROVALS } from './payout.js';
import { SCHEDULE_FREQUENCIES } from './schedule.js';
import { isTimeZone } from './time-zone.js';

/** One setting. Values are kept and shown as text, in the form that `settings set` takes. */
export interface SettingDefinition {
  readonly key: string;
  readonly description: string;
  /** Null where there is none: the ledger is created with a value. */
  readonly default: string | null;
  /** Whether it can no longer change once a commission is in the ledger. */
  readonly fixedOnceUsed: boolean;
  /** The value in its normal form; throws UsageError saying what is allowed. */
  readonly parse: (text: string) => string;
}

const APPROVAL_POLICIES = ['manual', 'after-hold'] as const;

/** The value of a minimum that is not there. */
export const NO_MINIMUM = 'none';

const MAX_HOLD_DAYS = 3650;
const MAX_CODE_LENGTH = 40;
const MINIMUM_PREFIX = 'minimum.';

/** C0, C1 and line separators, direction overrides, and halves of characters: none of them is text. */
const NOT_TEXT = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

type Parse = SettingDefinition['parse'];

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
  define(
    'accounts.expense',
    'The account of affiliate commissions in your chart of accounts.',
    '6200',
    accountCode,
  ),
  define('accounts.payable', 'The account of what you owe affiliates.', '2100', accountCode),
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
  const known = definitions.find((definition) => definition.key === said && !isMinimumFamily(definition));
  if (known !== undefined) return known;
  if (said.startsWith(MINIMUM_PREFIX)) return minimumIn(inCapitals(said.slice(MINIMUM_PREFIX.length)));

  const names = definitions.map((definition) => definition.key);
  const nearest = nearestOf(said, names);
  const question = nearest === null ? '' : ` Did you mean ${nearest}?`;
  throw new UsageError(`There is no setting "${key.slice(0, 60)}".${question}`, {
    hint: `The settings are ${names.join(', ')}.`,
  });
}

/** The key of the programme's minimum in a currency. */
export function minimumKey(code: string): string {
  return `${MINIMUM_PREFIX}${code}`;
}

function isMinimumFamily(definition: SettingDefinition): boolean {
  return definition.key.startsWith(MINIMUM_PREFIX);
}

function minimumIn(code: string): SettingDefinition {
  if (!isCurrency(code)) throw unknownCurrency(code);
  const parse: Parse = (said) => {
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

function define(key: string, description: string, byDefault: string, parse: Parse): SettingDefinition {
  return { key, description, default: byDefault, fixedOnceUsed: false, parse };
}

function fixed(key: string, description: string, parse: Parse): SettingDefinition {
  return { key, description, default: null, fixedOnceUsed: true, parse };
}

/** One line of text; empty takes the setting away. */
function text(maxLength: number): Parse {
  return (said) => {
    const value = said.trim();
    if (value.length > maxLength) throw new UsageError(`The text is longer than ${maxLength} characters.`);
    if (NOT_TEXT.test(value)) {
      throw new UsageError('The text holds a line break or another control character.', {
        hint: 'Write it in one line, for an address with commas.',
      });
    }
    return value;
  };
}

function optional(parse: Parse): Parse {
  return (said) => (said.trim() === '' ? '' : parse(said));
}

function oneOf(choices: readonly string[]): Parse {
  return (said) => {
    const value = inSmallLetters(said.trim());
    if (!choices.includes(value)) throw refused(said, `one of ${choices.join(', ')}`);
    return value;
  };
}

function country(said: string): string {
  const value = inCapitals(said.trim());
  if (!/^[A-Z]{2}$/.test(value)) throw refused(said, 'a country code of two letters, such as DE');
  return value;
}

function timeZone(said: string): string {
  const value = said.trim();
  // The list leaves UTC out.
  const names = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const lower = value.toLowerCase();
  if (isTimeZone(value)) return names.find((name) => name.toLowerCase() === lower) ?? value;
  const nearest = nearestOf(lower.replaceAll(' ', '_'), names);
  const question = nearest === null ? '' : ` Did you mean ${nearest}?`;
  throw new UsageError(`"${value.slice(0, 60)}" is not an IANA time zone.${question}`, {
    hint: 'Use a name such as Europe/Berlin, America/New_York or UTC.',
  });
}

function currency(said: string): string {
  const code = inCapitals(said.trim());
  if (!isCurrency(code)) throw unknownCurrency(said);
  return code;
}

function holdDays(said: string): string {
  const value = said.trim();
  if (!/^[0-9]{1,4}$/.test(value) || Number(value) > MAX_HOLD_DAYS) {
    throw refused(said, `a whole number of days from 0 to ${MAX_HOLD_DAYS}`);
  }
  return String(Number(value));
}

function pattern(said: string): string {
  return parsePattern(said.trim()).text;
}

function accountCode(said: string): string {
  const value = text(MAX_CODE_LENGTH)(said);
  if (value === '') throw refused(said, 'an account code, such as 6200');
  return value;
}

/** ISO 13616: two letters, two check digits, 11 to 30 letters or digits; as a number it is 1 modulo 97. */
function iban(said: string): string {
  const value = inCapitals(said.replaceAll(' ', ''));
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(value))
    throw refused(said, 'an IBAN, such as DE89370400440532013000');
  const digits = (value.slice(4) + value.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  if (BigInt(digits) % 97n !== 1n)
    throw refused(said, 'an IBAN with right check digits; look for a mistyped one');
  return value;
}

/** ISO 9362: four letters or digits, a country, two of location, three of a branch or none. */
function bic(said: string): string {
  const value = inCapitals(said.replaceAll(' ', ''));
  if (!/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(value))
    throw refused(said, 'a BIC, such as COBADEFFXXX');
  return value;
}

function refused(said: string, allowed: string): UsageError {
  return new UsageError(`"${said.slice(0, 60)}" is not allowed here; it takes ${allowed}.`);
}

/** The candidate meant by a slip: only its last part was given, or two to four characters of it are wrong. */
function nearestOf(said: string, candidates: readonly string[]): string | null {
  const byLastPart = candidates.find((candidate) => /[^./]+$/.exec(candidate.toLowerCase())?.[0] === said);
  if (byLastPart !== undefined) return byLastPart;
  let nearest: string | null = null;
  let least = Math.min(4, Math.max(2, Math.floor(said.length / 3))) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(said, candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

/** Levenshtein: how many characters to put in, take out or replace. */
function editDistance(left: string, right: string): number {
  if (left.length > 60) return left.length;
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
