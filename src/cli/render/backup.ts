/** What a backup and a restore say of a ledger file: its last audit row, its size, and what it lacks. */
import type { AuditHead } from '../../app/backup.js';
import type { Comparison } from '../../app/restore.js';
import { counted } from './money.js';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `812 bytes`, `1.2 MB`: in thousands, as disks are sold. */
export function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

/** `row 142 of 2026-11-22T09:00:00.000Z`: how far the audit log goes. */
export function lastRowText(head: AuditHead | null): string {
  return head === null ? 'none' : `row ${head.number} of ${head.at}`;
}

/** The last row of the audit log with its hash, as lines beside others of a summary. */
export function headLines(head: AuditHead | null): string[] {
  return [`  last entry ${lastRowText(head)}`, `  audit head ${head?.hash ?? 'none'}`];
}

/** How many of what a ledger has that the backup lacks; null where that could not be read. */
export function lostJson(comparison: Comparison | 'unknown' | null): Readonly<Record<string, number>> | null {
  if (comparison === 'unknown') return null;
  const { payouts = [], commissions = 0, affiliates = 0, auditRows = 0 } = comparison?.lost ?? {};
  const changedPayouts = payouts.filter(({ statusInBackup }) => statusInBackup !== null).length;
  return { payouts: payouts.length - changedPayouts, changedPayouts, commissions, affiliates, auditRows };
}

/** `2 payouts, 1 payout in another status, 12 commissions, 40 audit rows`; empty where nothing is lost. */
export function lostText(comparison: Comparison): string {
  const { payouts, changedPayouts, commissions, affiliates, auditRows } = lostJson(comparison) ?? {};
  const parts: readonly (readonly [count: number, noun: string, rest: string])[] = [
    [payouts ?? 0, 'payout', ''],
    [changedPayouts ?? 0, 'payout', ' in another status'],
    [commissions ?? 0, 'commission', ''],
    [affiliates ?? 0, 'affiliate', ''],
    [auditRows ?? 0, 'audit row', ''],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, noun, rest]) => counted(count, noun) + rest)
    .join(', ');
}
