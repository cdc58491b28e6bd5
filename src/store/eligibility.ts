/**
 * The one engine: which open items a run pays, which it skips, and why (SPEC section 4). Manual and scheduled
 * runs, previews, `upcoming` and `affiliates show` all ask it; nothing else decides eligibility.
 *
 * Everything is set-based: each open item gets a verdict by a predicate over `open_items`, and the verdicts
 * are summed per affiliate and currency. Only those sums pass through JavaScript.
 */
import { createHash } from 'node:crypto';
import type { Balance } from '../core/affiliate.js';
import type { CalendarDate } from '../core/calendar.js';
import { ConflictError } from '../core/errors.js';
import type { CurrencyTotal, Plan, PlannedPayout, RunRequest, Skip, SkipReason } from '../core/plan.js';
import type { Reader, SqlParameters, Writer } from './ledger.js';
import { CREDIT_REASONS, NOT_APPROVED, ON_HOLD, PAID, VERDICT } from './verdict.js';

/** The rules of the programme that a run applies, as they stand when it is asked. */
export interface ProgrammeRules {
  /** Today in the book zone. Debits earned up to the later of as-of and today are netted. */
  readonly today: CalendarDate;
  /** Under the approval policy `after-hold`: the day it was set. Null under `manual`. */
  readonly policySince: CalendarDate | null;
  /** The programme's minimum per currency, in minor units. */
  readonly minimums: ReadonlyMap<string, bigint>;
}

export interface EngineOptions {
  /** Balances are told whatever the affiliate's status is; runs are not. */
  readonly anyAffiliateStatus?: boolean;
}

/**
 * Each open item with its verdict. The LIMIT keeps SQLite from copying the verdict into every sum over it,
 * and the ORDER BY is that of the clustered key, so nothing is sorted.
 */
const verdicts = (request: RunRequest): string => `
  SELECT item.affiliate_id, item.currency, item.commission, item.amount, item.available_on,
    CASE WHEN item.status = 'pending' THEN :policySince END AS policy_since, ${VERDICT} AS verdict
  FROM open_items AS item
  CROSS JOIN affiliates AS affiliate ON affiliate.id = item.affiliate_id
  WHERE true ${request.affiliateId === null ? '' : 'AND item.affiliate_id = :affiliate'}
    ${request.currency === undefined ? '' : 'AND item.currency = :onlyCurrency'}
  ORDER BY item.affiliate_id, item.currency
  LIMIT -1`;

/** The day from which a credit on hold is available: its own, or that of the approval policy if later. */
const HELD_UNTIL = `max(available_on, coalesce(policy_since, available_on))`;

/** Sums of the verdicts per affiliate and currency. */
const sums = (request: RunRequest): string => `
  SELECT affiliate_id, currency,
    count(CASE WHEN verdict = ${PAID} AND amount > 0 THEN 1 END) AS credits,
    count(CASE WHEN verdict = ${PAID} THEN 1 END) AS eligible_count,
    sum(CASE WHEN verdict = ${PAID} THEN amount END) AS eligible_amount,
    ${CREDIT_REASONS.map(
      ([verdict, reason]) => `
    count(CASE WHEN verdict = ${verdict} THEN 1 END) AS ${reason}_count,
    sum(CASE WHEN verdict = ${verdict} THEN amount END) AS ${reason}_amount`,
    ).join(',')},
    min(CASE WHEN verdict = ${ON_HOLD} THEN ${HELD_UNTIL} END) AS next_on
  FROM (${verdicts(request)})
  GROUP BY affiliate_id, currency`;

/** Nothing to pay, the reason why what is left stays, or `payout`: the last four rules of SPEC section 4. */
const OUTCOME = `
  CASE
    WHEN eligible_count = 0 THEN NULL
    WHEN credits = 0 OR eligible_amount <= 0 THEN 'negative_balance'
    WHEN :overrideMinimum = 0 AND eligible_amount < minimum THEN 'below_minimum'
    ELSE 'payout'
  END`;

/** One row per affiliate and currency that has open items: what each verdict sums up to, and the outcome. */
const plan = (request: RunRequest): string => `
  SELECT *, ${OUTCOME} AS outcome
  FROM (
    SELECT sums.*, affiliate.name AS affiliate_name,
      coalesce(
        CASE WHEN affiliate.minimum_currency = sums.currency THEN affiliate.minimum END,
        (SELECT programme.value FROM json_each(:minimums) AS programme WHERE programme.key = sums.currency)
      ) AS minimum
    FROM (${sums(request)}) AS sums
    CROSS JOIN affiliates AS affiliate ON affiliate.id = sums.affiliate_id
    LIMIT -1)`;

/** The lines of one planned payout. */
const LINES_OF = `
  SELECT item.affiliate_id AS affiliateId, item.currency AS currency, item.commission AS commission,
    (SELECT id FROM commissions WHERE number = item.commission) AS commissionId, item.amount AS amount
  FROM affiliates AS affiliate CROSS JOIN open_items AS item
  WHERE affiliate.id = :payee AND item.affiliate_id = :payee AND item.currency = :currency
    AND ${VERDICT} = ${PAID}
  ORDER BY item.commission`;

interface PlanRow {
  readonly affiliate_id: string;
  readonly affiliate_name: string;
  readonly currency: string;
  readonly credits: bigint;
  readonly eligible_count: bigint;
  readonly eligible_amount: bigint | null;
  readonly next_on: string | null;
  readonly minimum: bigint | null;
  readonly outcome: 'payout' | 'negative_balance' | 'below_minimum' | null;
  readonly [sum: string]: string | bigint | null;
}

/** One line that a plan holds, as it is written to a plan file. */
export interface PlannedLine {
  readonly affiliateId: string;
  readonly currency: string;
  readonly commission: bigint;
  readonly commissionId: string;
  readonly amount: bigint;
}

/** What an affiliate has in open items of one currency, in minor units. */
export type OpenBalance = Omit<Balance, 'inPayouts' | 'paid'> & { readonly affiliateId: string };

/** What of an affiliate's commissions in one currency comes off its hold on one day. */
export interface Hold {
  readonly affiliateId: string;
  readonly currency: string;
  readonly availableOn: CalendarDate;
  /** In minor units. */
  readonly amount: bigint;
  readonly commissions: number;
}

/** Where one open item of an affiliate stands today. */
export interface StandingItem {
  /** The number of the commission. */
  readonly commission: bigint;
  /** Null where it counts in no balance: owed to nobody, or not yet. */
  readonly standing: 'available' | 'on_hold' | 'not_approved' | null;
  /** The day from which it is available. */
  readonly availableOn: CalendarDate;
}

/** A planned payout with its lines. */
export interface EnginePayout {
  readonly payout: PlannedPayout;
  readonly lines: readonly PlannedLine[];
}

/**
 * The engine, asked for one run. A preview asks it on a Reader; a run asks it on a Writer after `begin`,
 * which keeps the verdicts in a TEMP table so that what is stored is exactly what was answered.
 */
export class Engine {
  readonly #request: RunRequest;
  readonly #parameters: SqlParameters;
  readonly #plan: string;
  readonly #reader: Reader;

  private constructor(reader: Reader, request: RunRequest, parameters: SqlParameters, source: string) {
    this.#reader = reader;
    this.#request = request;
    this.#parameters = parameters;
    this.#plan = source;
  }

  /** An engine that only answers. */
  static preview(
    reader: Reader,
    request: RunRequest,
    rules: ProgrammeRules,
    options: EngineOptions = {},
  ): Engine {
    const parameters = bind(request, rules, options);
    return new Engine(reader, request, parameters, `WITH plan AS MATERIALIZED (${plan(request)})`);
  }

  /** An engine whose answer is kept for the statements of the run that follow in the same transaction. */
  static async begin(writer: Writer, request: RunRequest, rules: ProgrammeRules): Promise<Engine> {
    const parameters = bind(request, rules, {});
    await writer.run('DROP TABLE IF EXISTS temp.plan');
    // CREATE TABLE AS takes no parameters, so the columns are made empty first.
    await writer.run(`CREATE TEMP TABLE plan (
      affiliate_id TEXT NOT NULL, currency TEXT NOT NULL, credits INTEGER, eligible_count INTEGER,
      eligible_amount INTEGER,
      ${CREDIT_REASONS.map(([, reason]) => `${reason}_count INTEGER, ${reason}_amount INTEGER`).join(', ')},
      next_on TEXT, affiliate_name TEXT, minimum INTEGER, outcome TEXT,
      PRIMARY KEY (affiliate_id, currency)) WITHOUT ROWID`);
    await writer.run(`INSERT INTO temp.plan ${plan(request)}`, parameters);
    return new Engine(writer, request, parameters, '');
  }

  /**
   * What each affiliate has in each currency today, whatever his status: the answer to a request without a
   * range, by affiliate id, then currency. Those without open items are absent.
   */
  static async balances(
    reader: Reader,
    rules: ProgrammeRules,
    affiliateId: string | null,
  ): Promise<readonly OpenBalance[]> {
    const engine = Engine.#ofEverything(reader, rules, affiliateId);
    const rows = await reader.all<PlanRow>(
      `${engine.#plan} SELECT * FROM plan ORDER BY affiliate_id, currency`,
      engine.#parameters,
    );
    return rows.map((row) => ({
      affiliateId: row.affiliate_id,
      currency: row.currency,
      available: row.eligible_amount ?? 0n,
      onHold: (row['on_hold_amount'] as bigint | null) ?? 0n,
      notApproved: (row['not_approved_amount'] as bigint | null) ?? 0n,
      nextAvailableOn: row.next_on,
    }));
  }

  /** What is on hold today, by affiliate id, currency and the day on which it becomes available. */
  static async holds(
    reader: Reader,
    rules: ProgrammeRules,
    affiliateId: string | null,
  ): Promise<readonly Hold[]> {
    const engine = Engine.#ofEverything(reader, rules, affiliateId);
    const rows = await reader.all<Omit<Hold, 'commissions'> & { readonly commissions: bigint }>(
      `SELECT affiliate_id AS affiliateId, currency, ${HELD_UNTIL} AS availableOn, sum(amount) AS amount,
         count(*) AS commissions
       FROM (${verdicts(engine.#request)}) WHERE verdict = ${ON_HOLD}
       GROUP BY affiliate_id, currency, availableOn ORDER BY affiliate_id, currency, availableOn`,
      engine.#parameters,
    );
    return rows.map((row) => ({ ...row, commissions: Number(row.commissions) }));
  }

  /** Where each open item of an affiliate stands today: line by line what `balances` sums up. */
  static async standings(
    reader: Reader,
    rules: ProgrammeRules,
    affiliateId: string,
  ): Promise<readonly StandingItem[]> {
    const engine = Engine.#ofEverything(reader, rules, affiliateId);
    return reader.all<StandingItem>(
      `SELECT commission, ${HELD_UNTIL} AS availableOn,
         CASE verdict WHEN ${PAID} THEN 'available' WHEN ${ON_HOLD} THEN 'on_hold'
           WHEN ${NOT_APPROVED} THEN 'not_approved' END AS standing
       FROM (${verdicts(engine.#request)})`,
      engine.#parameters,
    );
  }

  /** Asked for everything without a range as of today, whatever the affiliate's status. */
  static #ofEverything(reader: Reader, rules: ProgrammeRules, affiliateId: string | null): Engine {
    const everything = { from: null, to: '9999-12-31', campaign: null, overrideMinimum: true };
    const request: RunRequest = { ...everything, asOf: rules.today, affiliateId };
    return Engine.preview(reader, request, rules, { anyAffiliateStatus: true });
  }

  /** What would be paid and skipped, in the order of SPEC section 8. */
  async answer(): Promise<Plan> {
    const rows = await this.#reader.all<PlanRow>(
      `${this.#plan} SELECT * FROM plan ORDER BY affiliate_id, currency`,
      this.#plan === '' ? {} : this.#parameters,
    );
    const one = this.#request.affiliateId !== null;
    const skipped = rows.flatMap((row) => skipsOf(row, one));
    if (one) skipped.push(...(await this.#alreadyInPayout()));
    if (one) skipped.sort((a, b) => byText(a.currency, b.currency) || byText(a.reason, b.reason));
    const payouts = rows.filter((row) => row.outcome === 'payout').map(payoutOf);
    return { request: this.#request, totals: totalsOf(payouts), payouts, skipped };
  }

  /** An opaque id: the same if and only if payouts and lines are the same (SPEC section 5). */
  async planId(): Promise<string> {
    const hash = createHash('sha256');
    const groups = await this.#reader.all<{ affiliate_id: string; currency: string; lines: string }>(
      `${this.#plan}
       SELECT affiliate_id, currency, (
         SELECT group_concat(item.commission || ':' || item.amount, ',' ORDER BY item.commission)
         FROM affiliates AS affiliate CROSS JOIN open_items AS item
         WHERE affiliate.id = plan.affiliate_id AND item.affiliate_id = plan.affiliate_id
           AND item.currency = plan.currency AND ${VERDICT} = ${PAID}) AS lines
       FROM plan WHERE outcome = 'payout' ORDER BY affiliate_id, currency`,
      this.#parameters,
    );
    for (const group of groups) {
      hash.update(JSON.stringify([group.affiliate_id, group.currency, group.lines]) + '\n');
    }
    return `sha256:${hash.digest('hex')}`;
  }

  /** Each planned payout with its lines, by commission; one at a time, however many there are. */
  async *eachPayout(plan: Plan): AsyncGenerator<EnginePayout> {
    for (const payout of plan.payouts) {
      const { affiliateId: payee, currency } = payout;
      const lines = await this.#reader.all<PlannedLine>(LINES_OF, { ...this.#parameters, payee, currency });
      yield { payout, lines };
    }
  }

  /**
   * Inserts the lines of the payouts numbered after `before`, which are those that the run made of this
   * plan. NOT INDEXED leaves the number itself: an analysed ledger would take the index of issue dates.
   */
  async storeLines(writer: Writer, before: bigint): Promise<void> {
    await writer.run(
      `INSERT INTO payout_lines (payout, commission, amount)
       SELECT payout.number, item.commission, item.amount
       FROM payouts AS payout NOT INDEXED
       CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id
       CROSS JOIN open_items AS item
         ON item.affiliate_id = payout.affiliate_id AND item.currency = payout.currency
       WHERE payout.number > :before AND ${VERDICT} = ${PAID}
       ORDER BY payout.number, item.commission`,
      { ...this.#parameters, before },
    );
  }

  /** For one affiliate: what of the range is in a live payout already, and in which. */
  async #alreadyInPayout(): Promise<Skip[]> {
    const { from, to, affiliateId, campaign, currency } = this.#request;
    const rows = await this.#reader.all<{
      affiliate_name: string;
      currency: string;
      amount: bigint;
      commissions: bigint;
      invoices: string;
    }>(
      `SELECT affiliate.name AS affiliate_name, payout.currency, sum(line.amount) AS amount,
         count(*) AS commissions, json_group_array(DISTINCT payout.invoice_number) AS invoices
       FROM payouts AS payout
       CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id
       CROSS JOIN payout_lines AS line ON line.payout = payout.number AND line.released_on IS NULL
       CROSS JOIN commissions AS commission ON commission.number = line.commission
       WHERE payout.affiliate_id = :affiliate AND payout.status <> 'void'
         AND commission.earned_on BETWEEN :from AND :to
         AND (:campaign IS NULL OR commission.campaign IS :campaign)
         AND (:onlyCurrency IS NULL OR payout.currency = :onlyCurrency)
       GROUP BY payout.currency`,
      { affiliate: affiliateId, from: from ?? '', to, campaign, onlyCurrency: currency ?? null },
    );
    return rows.map((row) => ({
      affiliateId: affiliateId ?? '',
      affiliateName: row.affiliate_name,
      currency: row.currency,
      reason: 'already_in_payout',
      amount: row.amount,
      commissions: Number(row.commissions),
      invoiceNumbers: (JSON.parse(row.invoices) as string[]).sort(),
    }));
  }
}

function bind(request: RunRequest, rules: ProgrammeRules, options: EngineOptions): SqlParameters {
  return {
    from: request.from,
    to: request.to,
    asOf: request.asOf,
    debitsUntil: request.asOf > rules.today ? request.asOf : rules.today,
    ...(request.affiliateId === null ? {} : { affiliate: request.affiliateId }),
    ...(request.currency === undefined ? {} : { onlyCurrency: request.currency }),
    campaign: request.campaign,
    overrideMinimum: request.overrideMinimum ? 1n : 0n,
    policySince: rules.policySince,
    anyAffiliateStatus: options.anyAffiliateStatus === true ? 1n : 0n,
    // Amounts are integers of at most 15 digits, so JSON carries them exactly.
    minimums: JSON.stringify(
      Object.fromEntries([...rules.minimums].map(([currency, minimum]) => [currency, Number(minimum)])),
    ),
  };
}

function payoutOf(row: PlanRow): PlannedPayout {
  return {
    affiliateId: row.affiliate_id,
    affiliateName: row.affiliate_name,
    currency: row.currency,
    amount: row.eligible_amount ?? 0n,
    commissions: Number(row.eligible_count),
  };
}

/**
 * What stays of one affiliate and currency, by reason. `out_of_range` is told of one affiliate asked for
 * only.
 */
function skipsOf(row: PlanRow, one: boolean): Skip[] {
  const of = (reason: SkipReason, amount: bigint, count: bigint): Skip => ({
    affiliateId: row.affiliate_id,
    affiliateName: row.affiliate_name,
    currency: row.currency,
    reason,
    amount,
    commissions: Number(count),
  });
  const skips: Skip[] = [];
  for (const [, reason] of CREDIT_REASONS) {
    const count = row[`${reason}_count`] as bigint;
    if (count === 0n || (reason === 'out_of_range' && !one)) continue;
    const skip = of(reason, row[`${reason}_amount`] as bigint, count);
    skips.push(
      reason === 'on_hold' && row.next_on !== null ? { ...skip, nextAvailableOn: row.next_on } : skip,
    );
  }
  if (row.outcome === 'negative_balance' || row.outcome === 'below_minimum') {
    const rest = of(row.outcome, row.eligible_amount ?? 0n, row.eligible_count);
    skips.push(row.outcome === 'below_minimum' ? { ...rest, minimum: row.minimum ?? 0n } : rest);
  }
  return skips.sort((a, b) => byText(a.reason, b.reason));
}

/** Compares ASCII words; affiliate ids are ordered by SQL, by their UTF-8 bytes. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sums per currency. @throws ConflictError when a sum leaves 64 bits. */
function totalsOf(payouts: readonly PlannedPayout[]): CurrencyTotal[] {
  const totals = new Map<string, CurrencyTotal>();
  for (const payout of payouts) {
    const { currency } = payout;
    const sum = totals.get(currency) ?? { currency, payouts: 0, commissions: 0, amount: 0n };
    const amount = sum.amount + payout.amount;
    if (amount > 2n ** 63n - 1n) throw new ConflictError(`The total in ${currency} does not fit in 64 bits.`);
    totals.set(currency, {
      currency,
      payouts: sum.payouts + 1,
      commissions: sum.commissions + payout.commissions,
      amount,
    });
  }
  return [...totals.values()].sort((a, b) => byText(a.currency, b.currency));
}
