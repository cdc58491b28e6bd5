/** A ledger of its own in a temporary folder, and the imports as a command calls them, for tests of both. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { decideCommissions, type DecisionsMade } from '../../src/app/decide-commissions.js';
import { generate } from '../../src/app/generate.js';
import { importAffiliates, type AffiliatesImported } from '../../src/app/import-affiliates.js';
import {
  importCommissions,
  type CommissionImportInput,
  type CommissionsImported,
} from '../../src/app/import-commissions.js';
import type { Work } from '../../src/app/work.js';
import type { DecisionVerb } from '../../src/core/commission-decision.js';
import type { Ledger } from '../../src/store/ledger.js';
import { appendAudit } from '../../src/store/audit.js';
import { createLedger, openLedger } from '../../src/store/open.js';
import { insertSetting } from '../../src/store/settings.js';
import { CHECK_NAMES, runCheck } from '../../src/store/verify.js';
import { voidSelected } from './sample-ledger.js';

/** One row of the ledger as tests compare it: amounts in minor units. */
export interface Line {
  readonly id: string;
  readonly affiliate: string;
  readonly kind: string;
  readonly status: string;
  readonly currency: string;
  readonly amount: number;
  readonly earnedOn: string;
  readonly availableOn: string;
  readonly campaign: string | null;
  readonly corrects: string | null;
}

const LINES = `
  SELECT own.id AS id, own.affiliate_id AS affiliate, own.kind AS kind, own.status AS status,
    own.currency AS currency, own.amount AS amount, own.earned_on AS earnedOn, own.available_on AS availableOn,
    own.campaign AS campaign, original.id AS corrects
  FROM commissions AS own LEFT JOIN commissions AS original ON original.number = own.corrects ORDER BY own.id`;

/** Today is 22 November 2026; the ledger is in USD and Europe/Berlin with a hold of 30 days. */
export class World {
  private constructor(
    readonly ledger: Ledger,
    private readonly folder: string,
  ) {}

  static async make(settings: Readonly<Record<string, string>> = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'payrun-import-'));
    const path = join(folder, 'ledger.db');
    const all = { timezone: 'Europe/Berlin', currency: 'USD', ...settings };
    await createLedger(path, { waitMs: 1000 }, async (writer) => {
      const stamp = { setOn: '2026-01-01', setAt: '2026-01-01T09:00:00.000Z', setBy: 'kim' };
      for (const [key, value] of Object.entries(all)) await insertSetting(writer, { key, value, ...stamp });
      const founder = { at: stamp.setAt, actor: 'kim', osUser: 'kim' };
      await appendAudit(writer, { ...founder, command: 'init', request: { settings: all }, result: all });
    });
    return new World(await openLedger(path, { waitMs: 1000 }), folder);
  }

  /** Ends a test: the ledger must verify. */
  async finish(): Promise<void> {
    const problems = await this.problems();
    await this.remove();
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  async remove(): Promise<void> {
    await this.ledger.close();
    await rm(this.folder, { recursive: true });
  }

  get work(): Work {
    const now = new Date('2026-11-22T09:00:00Z');
    return { ledger: this.ledger, now, actor: 'kim', osUser: 'kim', progress: () => undefined };
  }

  #input(csv: string): CommissionImportInput {
    return {
      path: '-',
      stdin: Readable.from([Buffer.from(csv)]),
      skipInvalid: false,
      rejectedPath: null,
      dryRun: false,
      everyFinding: true,
      settledUntil: null,
    };
  }

  affiliates(csv: string, options: Partial<CommissionImportInput> = {}): Promise<AffiliatesImported> {
    return importAffiliates(this.work, { ...this.#input(csv), ...options });
  }

  commissions(csv: string, options: Partial<CommissionImportInput> = {}): Promise<CommissionsImported> {
    return importCommissions(this.work, { ...this.#input(csv), ...options });
  }

  /** Pays everything that is eligible today, whatever the minimum. */
  async pay(): Promise<readonly string[]> {
    const request = {
      from: null,
      to: '2026-11-22',
      affiliateId: null,
      campaign: null,
      overrideMinimum: true,
    };
    const { payouts } = await generate(
      this.work,
      { ...request, asOf: null },
      { wantsPlanId: false, typed: request },
    );
    return payouts.map((payout) => payout.invoiceNumber);
  }

  async void(invoiceNumber: string): Promise<void> {
    await voidSelected(this.work, { invoiceNumbers: [invoiceNumber], run: null }, 'test');
  }

  /** What an operator decides about a commission. */
  decide(id: string, verb: DecisionVerb): Promise<DecisionsMade> {
    return decideCommissions(this.work, { verb, selection: { ids: [id] }, reason: null, dryRun: false });
  }

  async lines(): Promise<Line[]> {
    const rows = await this.ledger.read((reader) =>
      reader.all<Omit<Line, 'amount'> & { amount: bigint }>(LINES),
    );
    return rows.map((row) => ({ ...row, amount: Number(row.amount) }));
  }

  async line(id: string): Promise<Line> {
    const found = (await this.lines()).find((line) => line.id === id);
    if (found === undefined) throw new Error(`There is no ${id}.`);
    return found;
  }

  /** The ids that are on a live payout. */
  async live(): Promise<string[]> {
    const rows = await this.ledger.read((reader) =>
      reader.all<{ id: string }>(
        `SELECT id FROM commissions WHERE number IN (SELECT commission FROM payout_lines WHERE released_on IS NULL)
         ORDER BY id`,
      ),
    );
    return rows.map((row) => row.id);
  }

  /** Every problem that any check of `verify` finds. */
  async problems(): Promise<string[]> {
    return this.ledger.read(async (reader) => {
      const found: string[] = [];
      for (const name of CHECK_NAMES) {
        const { problems } = await runCheck(reader, name);
        found.push(...problems.map((problem) => `${name}: ${problem.message}`));
      }
      return found;
    });
  }

  /** How many rows every table has. */
  async size(): Promise<Record<string, number>> {
    return this.ledger.read(async (reader) => {
      const tables = await reader.all<{ name: string }>(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
      );
      const size: Record<string, number> = {};
      for (const { name } of tables) {
        size[name] = Number(
          (await reader.get<{ count: bigint }>(`SELECT count(*) AS count FROM "${name}"`))?.count,
        );
      }
      return size;
    });
  }
}

/** The rejections of an import that is refused: "3 amount bad_amount". */
export async function refusalsOf(importing: Promise<unknown>): Promise<string[]> {
  const error: unknown = await importing.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  const { code, details } = (error ?? {}) as { code?: string; details?: Record<string, unknown>[] };
  if (code !== 'invalid_data' || details === undefined) {
    throw error instanceof Error ? error : new Error('The import was not refused.');
  }
  return details.map((one) => [one['line'], one['column'], one['code']].map(String).join(' '));
}
