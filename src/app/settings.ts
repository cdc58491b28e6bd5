/** The settings of a ledger: reading them, and changing one as a dated fact. */
import { isAccountOfRole } from '../core/accounts.js';
import { maskedAccount } from '../core/affiliate.js';
import { ConflictError, NotFoundError, UsageError } from '../core/errors.js';
import { isTakenBack } from '../core/export-settings.js';
import { parsePattern, patternsClash } from '../core/numbering.js';
import {
  affiliateAccountKey,
  findSetting,
  isFamily,
  minimumKey,
  settingDefinitions,
  type SettingDefinition,
} from '../core/settings.js';
import { findAffiliate } from '../store/affiliates.js';
import type { Reader } from '../store/ledger.js';
import { hasCommissions, insertSetting } from '../store/settings.js';
import { Book } from './book.js';
import { write, type Work } from './work.js';

/** A setting with the value that stands, as `settings set` takes it. */
export interface Setting {
  readonly key: string;
  readonly value: string;
  /** Whether the value is that of the definition; an account that somebody set to the same is none. */
  readonly isDefault: boolean;
  readonly description: string;
}

/** What a change did. `before` is the value that stood until then. */
export interface SettingChanged {
  readonly setting: Setting;
  readonly before: string;
  readonly changed: boolean;
}

const PATTERNS = ['invoice.pattern', 'credit-note.pattern'] as const;

function settingOf(book: Book, { key, description, default: byDefault }: SettingDefinition): Setting {
  const value = book.setting(key);
  const isSet = isAccountOfRole(key) && book.stored.has(key);
  return { key, value, isDefault: value === byDefault && !isSet, description };
}

/**
 * The minimum stands in the list once per currency: the ledger's own, and every one that was set. The account
 * of an affiliate stands there where one was set.
 */
function listed(book: Book, definition: SettingDefinition): SettingDefinition[] {
  if (!isFamily(definition)) return [definition];
  const family = definition.key.slice(0, definition.key.indexOf('<'));
  const set = [...book.stored.keys()].filter((key) => key.startsWith(family));
  const always = family === minimumKey('') ? [minimumKey(book.currency)] : [];
  return [...new Set([...always, ...set])].sort().map(findSetting);
}

/**
 * Every setting, in the order of their definitions.
 * @param beginning only those whose names begin so, such as `export.datev`
 * @throws UsageError when there are none of them
 */
export async function listSettings(work: Work, beginning = ''): Promise<Setting[]> {
  const said = beginning.trim().toLowerCase();
  const settings = await work.ledger.read(async (reader) => {
    const book = await Book.read(reader, work.now);
    return settingDefinitions().flatMap((definition) =>
      listed(book, definition).map((one) => settingOf(book, one)),
    );
  });
  const found = settings.filter(({ key }) => key.toLowerCase().startsWith(said));
  if (found.length > 0) return found;
  throw new UsageError(`No setting begins with "${beginning.slice(0, 60)}".`, {
    hint: `The settings begin with ${[...new Set(settings.map(({ key }) => wordOf(key)))].join(', ')}.`,
  });
}

/** The first word of a name: `export` of `export.datev.client`. */
function wordOf(key: string): string {
  return key.split('.', 1)[0] ?? key;
}

/** One setting. @throws UsageError naming the known ones when there is none of that name */
export async function getSetting(work: Work, key: string): Promise<Setting> {
  const definition = nameable(key);
  return work.ledger.read(async (reader) => settingOf(await Book.read(reader, work.now), definition));
}

/** A value as it is told and recorded: of an account enough to recognise it. */
export function shownSetting(key: string, value: string): string {
  return key === 'company.iban' && value !== '' ? maskedAccount(value) : value;
}

/**
 * Changes one setting from now on; a value that stands already changes nothing. Nothing at all takes the
 * settings of exports back to their defaults.
 * @param evenIfSame records it all the same, as set today
 * @throws UsageError for an unknown name or a value that it does not take; NotFoundError for the account of
 * an affiliate who is not there; ConflictError when it is fixed, or when the numbers of invoices and credit
 * notes could come to be the same
 */
export async function setSetting(
  work: Work,
  key: string,
  said: string,
  evenIfSame = false,
): Promise<SettingChanged> {
  const definition = nameable(key);
  const isBack = said.trim() === '' && isTakenBack(definition);
  const value = isBack ? (definition.default ?? '') : parsed(definition, said);
  const request = {
    command: 'settings set',
    request: { key: definition.key, value: isBack ? null : shownSetting(definition.key, value) },
  };
  return write<SettingChanged>(work, request, async (writer) => {
    const book = await Book.read(writer, work.now);
    const before = book.setting(definition.key);
    const isSet = book.stored.has(definition.key);
    const isAccount = isAccountOfRole(definition.key);
    const setting: Setting = {
      ...settingOf(book, definition),
      value,
      isDefault: value === definition.default && (isBack || !isAccount),
    };
    const saysMore = isBack ? isSet : value !== '' && isAccount && !isSet;
    if (value === before && !saysMore && !evenIfSame)
      return { result: { setting, before, changed: false }, changed: false };
    await refuseFixed(writer, definition, before);
    await refuseNobody(writer, definition.key);
    refuseClash(book, definition.key, value);
    await insertSetting(writer, {
      key: definition.key,
      value: isBack ? null : value,
      setOn: book.today,
      setAt: work.now.toISOString(),
      setBy: work.actor,
    });
    return { result: { setting, before, changed: true }, changed: true };
  });
}

/** The minimum has a name only together with a currency. */
function nameable(key: string): SettingDefinition {
  const definition = findSetting(key);
  if (definition.key.includes('<')) definition.parse('');
  return definition;
}

/** The value in its normal form; the refusal says which setting it was. */
function parsed(definition: SettingDefinition, said: string): string {
  try {
    return definition.parse(said);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${definition.key}: ${error.message}`, {
      hint: error.hint ?? definition.description,
      cause: error,
    });
  }
}

async function refuseFixed(reader: Reader, definition: SettingDefinition, before: string): Promise<void> {
  if (definition.fixedOnceUsed && (await hasCommissions(reader))) {
    throw new ConflictError(`${definition.key} is ${before} and stays so: the ledger holds commissions.`, {
      hint: 'A ledger of its own can be made with `payrun init --ledger PATH`.',
    });
  }
}

/** An account of nobody would be a slip in the id, and the right affiliate would go without it. */
async function refuseNobody(reader: Reader, key: string): Promise<void> {
  const family = affiliateAccountKey('');
  if (!key.startsWith(family)) return;
  const id = key.slice(family.length);
  if ((await findAffiliate(reader, id)) !== undefined) return;
  throw new NotFoundError(`There is no affiliate ${id}.`, {
    hint: 'See `payrun affiliates list`: the setting goes by the id, capitals minded.',
  });
}

/** Series whose numbers can be the same text would stop a run later on; equal patterns share one series. */
function refuseClash(book: Book, key: string, value: string): void {
  if (!(PATTERNS as readonly string[]).includes(key)) return;
  const [invoices, creditNotes] = PATTERNS.map((name) =>
    parsePattern(name === key ? value : book.setting(name)),
  );
  if (invoices === undefined || creditNotes === undefined || !patternsClash(invoices, creditNotes)) return;
  throw new ConflictError(
    `A number of ${value} could be the same text as one of ${PATTERNS[0] === key ? creditNotes.text : invoices.text}.`,
    {
      hint: 'Give invoices and credit notes beginnings of their own, such as INV- and CN-, or the same pattern.',
    },
  );
}
