/**
 * The invariants of a ledger, each re-derived from the facts by SQL. A check answers how much it looked at
 * and names every problem that it found. They stand in `verify/`, one file a subject; `docs/checks.md` lists
 * them for people. No check repeats what another one says.
 */
import type { Reader } from './ledger.js';
import { AUDIT_CHECKS } from './verify/audit.js';
import type { Check, CheckResult } from './verify/check.js';
import { COMMISSION_CHECKS } from './verify/commissions.js';
import { DOCUMENT_CHECKS } from './verify/documents.js';
import { EXPORT_CHECKS } from './verify/exports.js';
import { FILE_CHECKS } from './verify/file.js';
import { HISTORY_CHECKS } from './verify/histories.js';
import { PAYMENT_CHECKS } from './verify/payments.js';
import { PAYOUT_CHECKS } from './verify/payouts.js';
import { RUN_CHECKS } from './verify/runs.js';
import { VALUE_CHECKS } from './verify/values.js';

export type { CheckResult, Problem } from './verify/check.js';

const CHECKS: readonly Check[] = [
  ...FILE_CHECKS,
  ...VALUE_CHECKS,
  ...PAYOUT_CHECKS,
  ...RUN_CHECKS,
  ...DOCUMENT_CHECKS,
  ...COMMISSION_CHECKS,
  ...HISTORY_CHECKS,
  ...PAYMENT_CHECKS,
  ...EXPORT_CHECKS,
  ...AUDIT_CHECKS,
];

/** The names of all checks, in the order in which they run. */
export const CHECK_NAMES: readonly string[] = CHECKS.map(({ name }) => name);

/** What each check proves, in words. */
export const CHECK_RULES: ReadonlyMap<string, string> = new Map(CHECKS.map(({ name, rule }) => [name, rule]));

/** Runs one check on one snapshot. */
export async function runCheck(reader: Reader, name: string): Promise<CheckResult> {
  const check = CHECKS.find((one) => one.name === name);
  if (check === undefined) throw new Error(`There is no check ${name}.`);
  const { checked, problems } = await check.run(reader);
  return { name, ok: problems.length === 0, checked, problems };
}
