/** Proving that the ledger is sound. */
import { IntegrityError, PayrunError, UsageError } from '../core/errors.js';
import { CHECK_NAMES, CHECK_RULES, runCheck, type CheckResult } from '../store/verify.js';
import type { Reader } from '../store/ledger.js';
import type { Work } from './work.js';

export type { CheckResult } from '../store/verify.js';

export interface Verified {
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
}

/** What a check proves, in words. */
export function ruleOf(name: string): string {
  return CHECK_RULES.get(name) ?? name;
}

/**
 * Runs checks on one snapshot, to the end whatever they find.
 * @param names which ones; all of them when empty
 * @throws UsageError for an unknown name
 */
export async function verify(work: Work, names: readonly string[]): Promise<Verified> {
  const unknown = names.find((name) => !CHECK_NAMES.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no check "${unknown}".`, {
      hint: `The checks are ${CHECK_NAMES.join(', ')}.`,
    });
  }
  const wanted = CHECK_NAMES.filter((name) => names.length === 0 || names.includes(name));
  return work.ledger.read(async (reader) => {
    const checks: CheckResult[] = [];
    for (const [position, name] of wanted.entries()) {
      work.progress(position + 1, wanted.length, name);
      checks.push(await checked(reader, name));
    }
    return { ok: checks.every((check) => check.ok), checks };
  });
}

/**
 * A file so damaged that a check cannot be run to its end is a problem which that check has found: a broken
 * page, a table that is missing, a sum that leaves 64 bits.
 */
async function checked(reader: Reader, name: string): Promise<CheckResult> {
  try {
    return await runCheck(reader, name);
  } catch (error) {
    if (!(error instanceof PayrunError)) throw error;
    const message = `the check could not be made to its end: ${error.message}`;
    return { name, ok: false, checked: 0, problems: [{ subject: 'file', message }] };
  }
}

/** What `verify` ends with when something is wrong. */
export function notSound({ checks }: Verified): IntegrityError {
  const failed = checks.filter((check) => !check.ok);
  const problems = failed.reduce((sum, check) => sum + check.problems.length, 0);
  const found = problems === 1 ? '1 problem' : `${problems} problems`;
  return new IntegrityError(
    `The ledger is not sound: ${found} in ${failed.map((check) => check.name).join(', ')}.`,
    {
      hint: 'Make no payouts from it. Keep a copy of the file as it is, and go back to the last good backup.',
    },
  );
}
