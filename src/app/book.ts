/** The book: the settings of a ledger, its time zone, and what day it is there. */
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import { IntegrityError } from '../core/errors.js';
import { parseAmount } from '../core/money.js';
import { parsePattern, seriesOf, type NumberSeries } from '../core/numbering.js';
import { findSetting, isSetting, NO_MINIMUM } from '../core/settings.js';
import { BookZone } from '../core/time-zone.js';
import type { ProgrammeRules } from '../store/eligibility.js';
import type { Reader } from '../store/ledger.js';
import { readSettings, settingSince } from '../store/settings.js';
import type { Work } from './work.js';

const MINIMUM = /^minimum\.([A-Z]{3})$/;

export class Book {
  readonly zone: BookZone;
  /** Today in the book zone. */
  readonly today: CalendarDate;
  /** The currency of rows that give none. */
  readonly currency: CurrencyCode;
  readonly #set: ReadonlyMap<string, string>;

  private constructor(set: ReadonlyMap<string, string>, now: Date) {
    this.#set = set;
    this.zone = new BookZone(this.setting('timezone'));
    this.currency = this.setting('currency');
    this.today = this.zone.dateOf(now.getTime());
  }

  /** Reads the settings as they stand. @throws IntegrityError when the ledger lacks one that it must have. */
  static async read(reader: Reader, now: Date): Promise<Book> {
    return new Book(await readSettings(reader), now);
  }

  /** The value that stands, or the default. */
  setting(key: string): string {
    const value = this.#set.get(key) ?? findSetting(key).default;
    if (value === null) {
      throw new IntegrityError(`The ledger has no setting ${key}.`, { hint: 'Run `payrun verify`.' });
    }
    return value;
  }

  /** The value that stands, or the default; undefined where there is no setting of that name. */
  settingIfAny(key: string): string | undefined {
    return isSetting(key) ? this.setting(key) : undefined;
  }

  /** What was set and still stands, without defaults. */
  get stored(): ReadonlyMap<string, string> {
    return this.#set;
  }

  /** The days between earning and availability of a sale. */
  get holdDays(): number {
    return Number(this.setting('hold.days'));
  }

  /** The programme's minimum per currency, in minor units; a currency without one is absent. */
  get minimums(): ReadonlyMap<CurrencyCode, bigint> {
    const minimums = new Map<CurrencyCode, bigint>();
    for (const [key, value] of this.#set) {
      const currency = MINIMUM.exec(key)?.[1];
      if (currency === undefined || value === NO_MINIMUM) continue;
      const parsed = parseAmount(value, currency);
      if (parsed.ok) minimums.set(currency, parsed.minor);
    }
    return minimums;
  }

  /** The series that an invoice or credit note issued today belongs to. */
  series(kind: 'invoice' | 'credit-note'): NumberSeries {
    return seriesOf(parsePattern(this.setting(`${kind}.pattern`)), this.today);
  }

  /** What the engine must know of the programme. */
  async rules(reader: Reader): Promise<ProgrammeRules> {
    const policy = this.setting('approval.commissions');
    const policySince = policy === 'after-hold' ? await settingSince(reader, 'approval.commissions') : null;
    return { today: this.today, policySince, minimums: this.minimums };
  }
}

/** Today in the book zone, for commands that turn words such as `last-month` into dates. */
export async function todayOf(work: Pick<Work, 'ledger' | 'now'>): Promise<CalendarDate> {
  return work.ledger.read(async (reader) => (await Book.read(reader, work.now)).today);
}

/** The book zone, for who asks the ledger nothing else. */
export async function zoneOf(work: Pick<Work, 'ledger' | 'now'>): Promise<BookZone> {
  return work.ledger.read(async (reader) => (await Book.read(reader, work.now)).zone);
}
