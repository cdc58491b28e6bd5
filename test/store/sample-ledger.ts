/** A small ledger in a temporary folder, filled and driven by the use cases, for the tests of the store. */
import { constants } from 'node:fs';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  changePayouts,
  type Changed,
  type ChangeInput,
  type PayoutSelection,
} from '../../src/app/change-payouts.js';
import { generate, previewRun, type Generated, type GenerateInput } from '../../src/app/generate.js';
import { importAffiliates } from '../../src/app/import-affiliates.js';
import { importCommissions } from '../../src/app/import-commissions.js';
import { redoPayouts, type Redone } from '../../src/app/redo-payouts.js';
import { setSetting } from '../../src/app/settings.js';
import type { Work } from '../../src/app/work.js';
import { minorUnits } from '../../src/core/currencies.js';
import type { Payout } from '../../src/core/payout.js';
import type { Ledger } from '../../src/store/ledger.js';
import { appendAudit } from '../../src/store/audit.js';
import { createLedger, openLedger } from '../../src/store/open.js';
import { insertSetting } from '../../src/store/settings.js';
import { withConnection } from '../../src/store/sqlite.js';
import { CHECK_NAMES, runCheck } from '../../src/store/verify.js';

export interface AffiliateRow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly own: { readonly amount: bigint; readonly currency: string } | null;
}

/** One row as a source gives it; the amount in minor units. */
export interface SourceRow {
  readonly id: string;
  readonly affiliateId: string;
  readonly earnedAt: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly kind: string;
  readonly status: string | null;
  readonly availableOn: string | null;
  readonly campaign: string | null;
  readonly corrects: string | null;
}

/** Minor units as a file writes them. */
export function decimal(minor: bigint, currency: string): string {
  const decimals = minorUnits(currency);
  const digits = String(minor < 0n ? -minor : minor).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  const fraction = decimals === 0 ? '' : `.${digits.slice(split)}`;
  return `${minor < 0n ? '-' : ''}${digits.slice(0, split)}${fraction}`;
}

function csv(rows: readonly (readonly (string | null)[])[]): Readable {
  const lines = rows.map((row) => row.map((cell) => `"${(cell ?? '').replaceAll('"', '""')}"`).join(','));
  return Readable.from([Buffer.from(lines.join('\n'))]);
}

const input = (stdin: Readable) => ({
  path: '-',
  stdin,
  skipInvalid: false,
  rejectedPath: null,
  dryRun: false,
  everyFinding: true,
});

export async function recordAffiliates(work: Work, affiliates: readonly AffiliateRow[]): Promise<void> {
  const rows = affiliates.map(({ id, name, status, own }) => [
    id,
    name,
    status,
    own?.currency ?? null,
    own === null ? null : decimal(own.amount, own.currency),
  ]);
  const header = ['id', 'name', 'status', 'currency', 'minimum_payout'];
  await importAffiliates(work, input(csv([header, ...rows])));
}

const COLUMNS = 'id affiliate_id earned_at amount currency status kind available_on campaign corrects'.split(
  ' ',
);

export async function recordCommissions(work: Work, rows: readonly SourceRow[]): Promise<void> {
  const cells = rows.map((row) => [
    row.id,
    row.affiliateId,
    row.earnedAt,
    decimal(row.amount, row.currency),
    row.currency,
    row.status,
    row.kind,
    row.availableOn,
    row.campaign,
    row.corrects,
  ]);
  await importCommissions(work, { ...input(csv([COLUMNS, ...cells])), settledUntil: null });
}

/** A folder for ledgers: in memory where that is possible, because thousands of commits wait for the disk. */
export async function ledgerFolder(): Promise<string> {
  const inMemory = await access('/dev/shm', constants.W_OK).then(
    () => true,
    () => false,
  );
  return mkdtemp(join(inMemory ? '/dev/shm' : tmpdir(), 'payrun-test-'));
}

/** Makes a ledger with a time zone and a currency and nothing else. */
export async function makeLedger(path: string, zone: string, setOn: string): Promise<void> {
  await createLedger(path, { waitMs: 5000 }, async (writer) => {
    const settings = { timezone: zone, currency: 'USD' };
    const setAt = `${setOn}T12:00:00.000Z`;
    for (const [key, value] of Object.entries(settings)) {
      await insertSetting(writer, { key, value, setOn, setAt, setBy: 'kim' });
    }
    const founder = { at: setAt, actor: 'kim', osUser: 'kim' };
    await appendAudit(writer, { ...founder, command: 'init', request: { settings }, result: settings });
  });
}

/** The defaults of the rows that a test leaves open: an approved sale in USD. */
export const row = (one: Partial<SourceRow> & Pick<SourceRow, 'id' | 'amount'>): SourceRow => ({
  affiliateId: 'aff_1',
  earnedAt: '2026-10-15',
  currency: 'USD',
  kind: one.amount < 0n ? 'clawback' : 'sale',
  status: 'approved',
  availableOn: null,
  campaign: null,
  corrects: null,
  ...one,
});

export const affiliate = (id: string, rest: Partial<AffiliateRow> = {}): AffiliateRow => ({
  id,
  name: `Name of ${id}`,
  status: 'active',
  own: null,
  ...rest,
});

export interface Voided {
  /** As they are now, in the order asked for. */
  readonly payouts: readonly Payout[];
  /** Those that were not void before. */
  readonly voided: readonly Payout[];
}

/** Voids payouts, with no other options than a reason. */
export async function voidSelected(work: Work, selection: PayoutSelection, reason: string): Promise<Voided> {
  const rest = { date: null, reference: null, includeCorrected: false };
  const { payouts, changed } = await changePayouts(work, { verb: 'void', selection, reason, ...rest });
  return { payouts, voided: changed };
}

/**
 * Changes a ledger behind the back of the program: its triggers and foreign keys do not see it, and are there
 * afterwards as they were.
 */
export function tamper(path: string, sql: string): void {
  withConnection(path, 'write', (connection) => {
    connection.pragma('foreign_keys = OFF');
    const triggers = connection
      .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
      .all() as {
      readonly name: string;
      readonly sql: string;
    }[];
    for (const { name } of triggers) connection.exec(`DROP TRIGGER ${name}`);
    connection.exec(sql);
    for (const trigger of triggers) connection.exec(trigger.sql);
  });
}

export class SampleLedger {
  /** The day on which commands are given, at noon in UTC. */
  today = '2026-11-22';

  private constructor(
    private readonly folder: string,
    readonly path: string,
    readonly ledger: Ledger,
  ) {}

  /** A ledger in UTC and USD with no hold, and the affiliates aff_1, aff_2 and aff_3. */
  static async create(): Promise<SampleLedger> {
    const folder = await ledgerFolder();
    const path = join(folder, 'ledger.db');
    await makeLedger(path, 'UTC', '2026-01-01');
    const sample = new SampleLedger(folder, path, await openLedger(path, { waitMs: 5000 }));
    await sample.set('hold.days', '0');
    await sample.affiliates(affiliate('aff_1'), affiliate('aff_2'), affiliate('aff_3'));
    return sample;
  }

  get work(): Work {
    return {
      ledger: this.ledger,
      now: new Date(`${this.today}T12:00:00Z`),
      actor: 'kim',
      osUser: 'kim',
      progress: () => undefined,
    };
  }

  async set(key: string, value: string): Promise<void> {
    await setSetting(this.work, key, value);
  }

  async affiliates(...list: readonly AffiliateRow[]): Promise<void> {
    await recordAffiliates(this.work, list);
  }

  async commissions(
    ...list: readonly (Partial<SourceRow> & Pick<SourceRow, 'id' | 'amount'>)[]
  ): Promise<void> {
    await recordCommissions(this.work, list.map(row));
  }

  /** October, everybody, as of today, unless said otherwise. */
  request(rest: Partial<GenerateInput> = {}): GenerateInput {
    return {
      from: '2026-10-01',
      to: '2026-10-31',
      asOf: null,
      affiliateId: null,
      campaign: null,
      overrideMinimum: false,
      ...rest,
    };
  }

  async preview(rest: Partial<GenerateInput> = {}): Promise<Generated> {
    return previewRun(this.work, this.request(rest), true);
  }

  async generate(rest: Partial<GenerateInput> = {}): Promise<Generated> {
    return generate(this.work, this.request(rest), { wantsPlanId: false, typed: {} });
  }

  async void(...invoiceNumbers: readonly string[]): Promise<Voided> {
    return voidSelected(this.work, { invoiceNumbers, run: null }, 'a reason');
  }

  async redo(...invoiceNumbers: readonly string[]): Promise<Redone> {
    return redoPayouts(this.work, { selection: { invoiceNumbers, run: null }, reason: 'a reason' });
  }

  /** What else becomes of payouts, today and without anything else said. */
  async change(verb: ChangeInput['verb'], ...invoiceNumbers: readonly string[]): Promise<Changed> {
    const rest = { reason: null, date: null, reference: null, includeCorrected: false };
    return changePayouts(this.work, { verb, selection: { invoiceNumbers, run: null }, ...rest });
  }

  async rows<Row>(sql: string): Promise<Row[]> {
    return this.ledger.read((reader) => reader.all<Row>(sql));
  }

  /** Every row of every table, to see that nothing was changed. */
  async dump(): Promise<Record<string, unknown[]>> {
    return this.ledger.read(async (reader) => {
      const tables = await reader.all<{ name: string }>(
        "SELECT name FROM sqlite_schema WHERE type = 'table'",
      );
      const dump: Record<string, unknown[]> = {};
      for (const { name } of tables) dump[name] = await reader.all(`SELECT * FROM ${name}`);
      return dump;
    });
  }

  /** Changes the file behind the back of the program: without triggers and without foreign keys. */
  tamper(sql: string): void {
    tamper(this.path, sql);
  }

  /** The names of the checks that complain. */
  async complaints(): Promise<string[]> {
    return this.ledger.read(async (reader) => {
      const names: string[] = [];
      for (const name of CHECK_NAMES) if (!(await runCheck(reader, name)).ok) names.push(name);
      return names;
    });
  }

  async remove(): Promise<void> {
    await this.ledger.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
