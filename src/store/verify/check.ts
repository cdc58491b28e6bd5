/** What a check of `verify` is, and what it answers. */
import { decimalsByCurrency } from '../affiliate-changes.js';
import type { Reader, SqlParameters } from '../ledger.js';

/** One problem that a check found: what it is about, and a sentence that names it. */
export interface Problem {
  readonly subject: string;
  readonly message: string;
}

/** What one check found; `checked` counts what it looked at. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly checked: number;
  readonly problems: readonly Problem[];
}

/** One invariant of a ledger. */
export interface Check {
  readonly name: string;
  /** What holds when the check is clean, in words. */
  readonly rule: string;
  readonly run: (reader: Reader) => Promise<Omit<CheckResult, 'name' | 'ok'>>;
}

interface SqlCheck {
  readonly name: string;
  readonly rule: string;
  /** Counts what is looked at, as `checked`. */
  readonly count: string;
  /** One row per problem: `subject` and `message`. */
  readonly problems: string;
  /** Of the problems. */
  readonly parameters?: SqlParameters;
}

/** A check that SQL alone makes. */
export function sqlCheck({ name, rule, count, problems, parameters = {} }: SqlCheck): Check {
  return {
    name,
    rule,
    run: async (reader) => {
      const counted = await reader.get<{ checked: bigint }>(count);
      return {
        checked: Number(counted?.checked ?? 0n),
        problems: await reader.all<Problem>(problems, {
          ...parameters,
          ...(problems.includes(':decimals') ? { decimals: decimalsByCurrency() } : {}),
        }),
      };
    },
  };
}

/** SQL of the id by which people call a run: `R-000001`. */
export const runName = (number: string): string => `printf('R-%06d', ${number})`;

/** SQL of the id by which people call a payment batch: `B-000001`. */
export const batchName = (number: string): string => `printf('B-%06d', ${number})`;

/** SQL of the id by which people call an export: `E-000001`. */
export const exportName = (number: string): string => `printf('E-%06d', ${number})`;

/**
 * SQL of an amount in minor units as people read it, `USD -164.51`; in a currency that nobody knows, as it
 * is. It needs the parameter `decimals`, which `sqlCheck` gives.
 */
export const moneyName = (minor: string, currency: string): string => `coalesce((
  SELECT ${currency} || ' ' || iif(${minor} < 0, '-', '') || CASE decimals WHEN 0 THEN digits
      ELSE substr(digits, 1, length(digits) - decimals) || '.' || substr(digits, -decimals) END
  FROM (
    SELECT value AS decimals,
      substr('0000', 1, max(0, value + 1 - length(ltrim(${minor}, '-')))) || ltrim(${minor}, '-') AS digits
    FROM json_each(:decimals) WHERE key = ${currency})), ${minor} || ' minor units of ' || ${currency})`;

/** SQL that counts the rows of tables together. */
export const countRows = (...tables: readonly string[]): string =>
  `SELECT ${tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ')} AS checked`;
