/** What a backup and a restore say of a ledger file: its last audit row, its size, and what it lacks. */
import type { AuditHead } from '../../app/backup.js';
import {
  lostEntries,
  lostEntryDetail,
  type Comparison,
  type LostPayout,
  type RestorePlan,
} from '../../app/restore.js';
import { formatAmountForScreen } from '../../core/money.js';
import type { BookZone } from '../../core/time-zone.js';
import { safeText } from '../safe-text.js';
import { renderTable, type Cell, type Column, type TableLayout } from '../table.js';
import { auditList } from './audit.js';
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

/** An instant at the minute of a zone; one that somebody damaged stays as it is. */
function minuteText(at: string, zone: BookZone): string {
  const epochMs = Date.parse(at);
  return Number.isNaN(epochMs) ? safeText(at) : zone.minuteOf(epochMs);
}

/** `row 142 of 2026-11-22 10:00`: how far the audit log goes. */
function lastRowText(head: AuditHead | null, zone: BookZone): string {
  return head === null ? 'none' : `row ${head.number} of ${minuteText(head.at, zone)}`;
}

/** The last row of the audit log with its hash, as lines beside others of a summary. */
export function headLines(head: AuditHead | null, zone: BookZone): string[] {
  return [`  last entry ${lastRowText(head, zone)} (${zone.name})`, `  audit head ${head?.hash ?? 'none'}`];
}

/** What a ledger has that the backup lacks: how many, and the rows of its audit log. */
export function lostJson(comparison: Comparison | null, zone: BookZone): Readonly<Record<string, unknown>> {
  const { commissions = 0, affiliates = 0 } = comparison?.lost ?? {};
  const entries = comparison === null ? [] : lostEntries(comparison, zone).map(lostEntryDetail);
  const { payouts, changedPayouts } = payoutCounts(comparison);
  return { payouts, changedPayouts, commissions, affiliates, auditRows: entries.length, entries };
}

function payoutCounts(comparison: Comparison | null): { payouts: number; changedPayouts: number } {
  const lost = comparison?.lost.payouts ?? [];
  const changedPayouts = lost.filter(({ inBackup }) => inBackup !== null).length;
  return { payouts: lost.length - changedPayouts, changedPayouts };
}

/** `2 payouts, 1 payout that changed, 12 commissions, 40 audit rows`; empty where nothing is lost. */
export function lostText(comparison: Comparison): string {
  const { payouts, changedPayouts } = payoutCounts(comparison);
  const { commissions, affiliates, entries } = comparison.lost;
  const parts: readonly (readonly [count: number, noun: string, rest: string])[] = [
    [payouts, 'payout', ''],
    [changedPayouts, 'payout', ' that changed'],
    [commissions, 'commission', ''],
    [affiliates, 'affiliate', ''],
    [entries.length, 'audit row', ''],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, noun, rest]) => counted(count, noun) + rest)
    .join(', ');
}

const PAYOUT_COLUMNS: readonly Column[] = [
  { title: 'Invoice', fixed: true },
  { title: 'Affiliate' },
  { title: 'Amount', money: true },
  { title: 'Currency', fixed: true },
  { title: 'Status', fixed: true },
  { title: 'In the backup' },
];

/** `none`; its status where that is all that is another; else whatever the backup has under the number. */
function inBackupText({ inBackup, affiliateId, amount, currency }: LostPayout): string {
  if (inBackup === null) return 'none';
  const sum = `${inBackup.currency} ${formatAmountForScreen(inBackup.amount, inBackup.currency)}`;
  if (inBackup.affiliateId !== affiliateId) return `${inBackup.status}, ${inBackup.affiliateId}, ${sum}`;
  const isSameSum = inBackup.amount === amount && inBackup.currency === currency;
  return isSameSum ? inBackup.status : `${inBackup.status}, ${sum}`;
}

function payoutCells(payout: LostPayout): readonly string[] {
  const { invoiceNumber, affiliateId, amount, currency, status } = payout;
  const sum = formatAmountForScreen(amount, currency);
  return [invoiceNumber, affiliateId, sum, currency, status, inBackupText(payout)];
}

/** Nobody reads more on a screen. */
const SHOWN_ENTRIES = 20;
const SHOWN_PAYOUTS = 100;

/** Where a table goes, and how to see what it leaves out. */
export type LostLayout = TableLayout & { readonly more?: string };

/** The payouts that are at stake, and what was done, as tables; empty where nothing is lost. */
export function lostTables(comparison: Comparison, zone: BookZone, layout: LostLayout): string {
  const { more = '--json lists them all', ...rest } = layout;
  const { columns, cells } = auditList(false, zone.name);
  const table = (of: readonly Column[], rows: readonly (readonly Cell[])[], shown: number): string[] =>
    rows.length === 0
      ? []
      : [
          renderTable({ columns: of, rows: rows.slice(0, shown) }, rest),
          ...(rows.length > shown
            ? [`... and ${(rows.length - shown).toLocaleString('en-US')} more; ${more}`]
            : []),
        ];
  const payouts = table(PAYOUT_COLUMNS, comparison.lost.payouts.map(payoutCells), SHOWN_PAYOUTS);
  const entries = table(columns, lostEntries(comparison, zone).map(cells), SHOWN_ENTRIES);
  return [
    ...(payouts.length === 0
      ? []
      : ['', 'Payouts that will be paid again unless you see to it:', ...payouts]),
    ...(entries.length === 0 ? [] : ['', 'What was done since the backup:', ...entries]),
  ].join('\n');
}

/** What is known before a ledger is replaced, for whoever decides. */
export function planText(plan: RestorePlan, layout: LostLayout): string {
  const { comparison, remains, zone } = plan;
  const ledger =
    remains.length > 0
      ? 'is gone'
      : comparison === null
        ? 'cannot be read'
        : `last entry ${lastRowText(comparison.head, zone)}`;
  const lost = comparison === null ? '' : lostText(comparison);
  return [
    `Ledger  ${safeText(plan.path)}`,
    `        ${ledger}`,
    ...remains.map((file) => `        left of it: ${safeText(file)}`),
    `Backup  ${safeText(plan.from)}`,
    `        last entry ${lastRowText(plan.head, zone)} (${zone.name})`,
    comparison === null
      ? 'Nobody knows what the ledger has that the backup lacks.'
      : `The backup lacks: ${lost === '' ? 'nothing' : lost}`,
    ...(lost === '' || comparison === null ? [] : [`${lostTables(comparison, zone, layout)}\n`]),
  ].join('\n');
}
