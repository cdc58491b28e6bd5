/** Bills and entries that no accountant would wish for, and what the formats write of them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import {
  accountOf,
  accountSetting,
  type AccountQuestion,
  type AccountRole,
  type AccountSettings,
} from '../../src/core/accounts.js';
import type { Bill } from '../../src/core/bill.js';
import { EXPORT_SETTINGS } from '../../src/core/export-settings.js';
import { entryOf, type JournalEntry, type JournalFact } from '../../src/core/journal.js';
import { affiliateAccountKey, findSetting, isSetting } from '../../src/core/settings.js';
import type { AccountingFormat, FormatContext } from '../../src/exports/format.js';
import type { ChangedCell } from '../../src/exports/machine-cells.js';

export const NAMES = {
  plain: 'Acme Blog',
  formula: '=cmd()',
  phone: '+49 30 1234',
  injection: '"; DROP TABLE payouts; --',
  emoji: '🦊 Łukasz Żółć',
  long: 'x'.repeat(200),
  colon: 'Parent:Child',
} as const;

export function bill(number: string, rest: Partial<Bill> = {}): Bill {
  return {
    kind: 'bill',
    number,
    invoiceNumber: number,
    date: '2026-11-02',
    affiliateId: 'aff_1',
    affiliateName: NAMES.plain,
    email: 'ap@acme.example',
    company: null,
    country: null,
    vatNumber: null,
    addressLines: [],
    city: null,
    region: null,
    postalCode: null,
    currency: 'EUR',
    amount: 123456n,
    commissions: 3,
    status: 'open',
    from: '2026-10-01',
    to: '2026-10-31',
    runId: 'R-000001',
    ...rest,
  };
}

const address = {
  company: 'Acme, "Ltd"',
  addressLines: ['1; Road', '-2nd floor'],
  city: 'Łódź',
  region: '@home',
  postalCode: '00-001',
  country: 'PL',
};

export const HOSTILE_BILLS: readonly Bill[] = [
  bill('INV-2026-000001'),
  bill('INV-2026-000002', { affiliateId: 'aff_2', affiliateName: NAMES.formula, ...address }),
  bill('INV-2026-000003', {
    affiliateId: 'aff_3',
    affiliateName: NAMES.phone,
    currency: 'JPY',
    amount: 1250n,
  }),
  bill('INV-2026-000004', {
    ...{ affiliateId: 'aff_4', affiliateName: NAMES.injection, email: '"x"\r\n=1@example.com' },
    ...{ currency: 'BHD', amount: 1234n, from: null },
  }),
  bill('INV-2026-000005', { affiliateId: 'aff_5', affiliateName: NAMES.emoji, amount: 999999999999999n }),
  bill('INV-2026-000006', { affiliateId: 'aff_6', affiliateName: NAMES.long, email: null, amount: 1n }),
  bill('INV-2026-000007', { affiliateId: 'aff_7', affiliateName: NAMES.colon, date: '2026-12-31' }),
  bill('CN-2026-000001', {
    ...{ kind: 'credit_note', invoiceNumber: 'INV-2026-000002', date: '2026-12-31', status: 'void' },
    ...{ affiliateId: 'aff_2', affiliateName: NAMES.formula },
  }),
];

export function entry(rest: Partial<JournalFact> & Pick<JournalFact, 'kind'>): JournalEntry {
  return entryOf({
    postingDate: '2026-10-31',
    currency: 'EUR',
    amount: 123456n,
    count: 12,
    affiliateId: 'aff_1',
    affiliateName: NAMES.plain,
    invoiceNumber: null,
    creditNoteNumber: null,
    runId: null,
    method: null,
    reference: null,
    step: 0,
    ...rest,
  });
}

const payout = {
  postingDate: '2026-11-02',
  count: 1,
  invoiceNumber: 'INV-2026-000001',
  runId: 'R-000001',
} as const;
const second = {
  ...payout,
  affiliateId: 'aff_2',
  affiliateName: NAMES.formula,
  invoiceNumber: 'INV-2026-000002',
} as const;

/** In one currency; what else there is comes with `OTHER_CURRENCIES`. */
export const HOSTILE_ENTRIES: readonly JournalEntry[] = [
  entry({ kind: 'earned' }),
  entry({ kind: 'earned', affiliateId: 'aff_4', affiliateName: NAMES.injection, amount: 1n, count: 1 }),
  entry({ kind: 'earned', affiliateId: 'aff_5', affiliateName: NAMES.emoji, amount: 999999999999999n }),
  entry({ kind: 'clawed_back', amount: -5000n, count: 2 }),
  entry({ kind: 'rejected', affiliateId: 'aff_6', affiliateName: NAMES.long, amount: -250n }),
  entry({ kind: 'issued', ...payout }),
  entry({ kind: 'issued', ...second }),
  entry({ kind: 'paid', ...payout, method: 'wise', reference: '+TX\t1', step: 3 }),
  entry({ kind: 'returned', ...payout, postingDate: '2026-11-03', method: 'wise', step: 4 }),
  entry({
    ...{ kind: 'voided', ...second, postingDate: '2026-12-31', step: 2 },
    creditNoteNumber: 'CN-2026-000001',
  }),
];

export const OTHER_CURRENCIES: readonly JournalEntry[] = [
  entry({ kind: 'earned', currency: 'JPY', amount: 1250n, affiliateName: NAMES.phone, affiliateId: 'aff_3' }),
  entry({
    kind: 'earned',
    currency: 'BHD',
    amount: -1234n,
    affiliateName: NAMES.colon,
    affiliateId: 'aff_7',
  }),
];

/** The sum of a month. */
export const monthly = (rest: Partial<JournalFact> & Pick<JournalFact, 'kind'>): JournalEntry =>
  entry({ affiliateId: null, affiliateName: null, ...rest });

export interface Heard {
  readonly notes: Set<string>;
  readonly changed: ChangedCell[];
}

/** The context of a format, on settings as they come with the program, but for those that were set. */
export function contextFor(
  format: string,
  set: Readonly<Record<string, string>> = {},
  rest: Partial<Pick<FormatContext, 'part' | 'run' | 'currency' | 'affiliates'>> = {},
): FormatContext & { readonly heard: Heard } {
  const heard: Heard = { notes: new Set(), changed: [] };
  const standing = (key: string): string | undefined =>
    set[key] ?? (isSetting(key) ? (findSetting(key).default ?? undefined) : undefined);
  const hasOne = EXPORT_SETTINGS.some(({ key }) => key === `export.${format}.account`);
  const asked = (role: AccountRole, method: AccountQuestion['method'] = null): AccountQuestion => ({
    ...{ method, own: role === 'expense' && hasOne ? 'account' : role },
  });
  const settings: AccountSettings = { setting: standing, stored: (key) => set[key] };
  return {
    heard,
    account: (role, method = null) => accountOf(settings, format, role, asked(role, method)),
    accountSetting: (role, method = null) => accountSetting(settings, format, role, asked(role, method)),
    affiliates: () => Promise.resolve([]),
    affiliateAccount: (id) => set[affiliateAccountKey(id)] ?? null,
    setting: (name) => {
      const value = standing(`export.${format}.${name}`);
      if (value === undefined) throw new Error(`There is no setting ${name}.`);
      return value;
    },
    company: { name: 'Acme Ltd', country: 'DE', vatNumber: '' },
    currency: 'EUR',
    range: { from: null, to: null },
    part: null,
    run: null,
    changed: (cell) => heard.changed.push(cell),
    note: (sentence) => heard.notes.add(sentence),
    ...rest,
  };
}

/** What a format writes: the content of each file, and the rows that it told of. */
export async function written(
  format: AccountingFormat,
  pages: readonly (readonly (Bill | JournalEntry)[])[],
  context: FormatContext,
): Promise<{ files: string[]; rows: number[] }> {
  async function* each(): AsyncGenerator<never> {
    for (const page of pages) yield page as never;
  }
  const files: string[] = [];
  const rows: number[] = [];
  for await (const piece of format.write({ each }, context)) {
    files[piece.file - 1] = (files[piece.file - 1] ?? '') + String(piece.content);
    rows[piece.file - 1] = (rows[piece.file - 1] ?? 0) + piece.rows;
  }
  return { files, rows };
}

/** The rows of a CSV file by the names of its header. */
export function rowsOf(text: string | undefined): Record<string, string>[] {
  return parse(text ?? '', { columns: true, record_delimiter: '\r\n' });
}

/**
 * The text of a golden file, which is what people looked at; UPDATE_GOLDEN=1 writes it anew.
 * @param name below `test/golden/`
 */
export function golden(name: string, text: string): string {
  const path = fileURLToPath(new URL(`../golden/${name}`, import.meta.url));
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
