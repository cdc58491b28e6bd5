/**
 * Generating payouts: the preview, the run, and applying a plan that was looked at before (SPEC section 5).
 */
import type { CalendarDate } from '../core/calendar.js';
import { ConflictError, UsageError } from '../core/errors.js';
import type { Payout } from '../core/payout.js';
import type { Plan, RunRequest } from '../core/plan.js';
import { runNumber, type Run, type RunKind } from '../core/run.js';
import { refuseEarlierIssue } from '../store/documents.js';
import { Engine } from '../store/eligibility.js';
import type { Reader, Writer } from '../store/ledger.js';
import { listPayouts } from '../store/payouts.js';
import { findRun, storeRun } from '../store/runs.js';
import { Book } from './book.js';
import { refuseMovedPlan, type PlanFile } from './plan-file.js';
import { write, type Work } from './work.js';

/** What is asked for. The affiliate is resolved already; without an as-of it is today. */
export interface GenerateInput extends Omit<RunRequest, 'asOf'> {
  readonly asOf: CalendarDate | null;
}

/** What a run would do, or did. */
export interface Generated {
  readonly plan: Plan;
  /** Given where it was asked for. */
  readonly planId: string | null;
  /** Null in a dry run, and in a real one that paid nothing. */
  readonly run: Run | null;
  /** The payouts as stored, in the order of the plan; empty in a dry run. */
  readonly payouts: readonly Payout[];
}

export interface GenerateOptions {
  /** `manual` where it is not given. */
  readonly kind?: RunKind;
  /** The digest over the lines is worth its time only where somebody looks at it. */
  readonly wantsPlanId: boolean;
  /** Applies only if the plan is still this one. */
  readonly planId?: string;
  /** Applies exactly this plan, or refuses and lists what moved. */
  readonly planFile?: PlanFile;
  /** The request as it was typed, for the record. */
  readonly typed: unknown;
  /** Where the money was to go when somebody last said yes to it; else it goes where it goes now. */
  readonly payTo?: string | null;
}

function requestOf(input: GenerateInput, today: CalendarDate): RunRequest {
  return { ...input, asOf: input.asOf ?? today };
}

/** Shows exactly what the run would do, and writes nothing. The as-of may lie in the future: a forecast. */
export async function previewRun(work: Work, input: GenerateInput, wantsPlanId: boolean): Promise<Generated> {
  return work.ledger.read((reader) => preview(reader, work, input, wantsPlanId));
}

/** The same inside a snapshot that the caller has already. */
export async function preview(
  reader: Reader,
  work: Pick<Work, 'now'>,
  input: GenerateInput,
  wantsPlanId: boolean,
): Promise<Generated> {
  const book = await Book.read(reader, work.now);
  const engine = Engine.preview(reader, requestOf(input, book.today), await book.rules(reader));
  const plan = await engine.answer();
  return { plan, planId: wantsPlanId ? await engine.planId() : null, run: null, payouts: [] };
}

/**
 * Makes the payouts: one transaction, all of them or none. A run that finds nothing to pay leaves nothing
 * behind.
 * @throws UsageError when the as-of lies in the future; ConflictError when the plan is not the one asked
 * for, a number is taken, or the clock was set back
 */
export async function generate(
  work: Work,
  input: GenerateInput,
  options: GenerateOptions,
): Promise<Generated> {
  return write(work, { command: 'generate', request: options.typed }, async (writer) => {
    const generated = await generateWithin(writer, work, input, options);
    const { run, plan } = generated;
    return { result: generated, changed: run !== null, recorded: { run: run?.id, totals: plan.totals } };
  });
}

/**
 * A run pays what is due, so its as-of cannot lie in the future.
 * @param isPlanFile whether it is a plan file that says the as-of
 * @throws UsageError when it does
 */
export function refuseForecast(
  book: Pick<Book, 'today' | 'zone'>,
  asOf: CalendarDate,
  isPlanFile: boolean,
): void {
  if (asOf <= book.today) return;
  throw new UsageError(`--as-of ${asOf} lies in the future: today is ${book.today} in ${book.zone.name}.`, {
    hint: isPlanFile
      ? 'The plan is a forecast. Write it again when the day has come.'
      : 'A forecast is a dry run: add --dry-run.',
  });
}

/**
 * The same inside a transaction that the caller has already, as part of his command: the audit row is his.
 * Throws as `generate`.
 */
export async function generateWithin(
  writer: Writer,
  work: Work,
  input: GenerateInput,
  options: GenerateOptions,
): Promise<Generated> {
  const book = await Book.read(writer, work.now);
  const request = requestOf(input, book.today);
  refuseForecast(book, request.asOf, options.planFile !== undefined);
  work.progress(1, 6, 'what is eligible');
  const engine = await Engine.begin(writer, request, await book.rules(writer));
  const plan = await engine.answer();
  const planId = options.wantsPlanId ? await engine.planId() : null;
  if (options.planId !== undefined && options.planId !== planId) {
    throw new ConflictError('The plan has changed since it was looked at; nothing was paid.', {
      hint: 'Look again with --dry-run, then apply with the plan id that it shows.',
      details: [{ expected: options.planId, found: planId }],
    });
  }
  if (options.planFile !== undefined) await refuseMovedPlan(options.planFile, engine.eachPayout(plan));
  if (plan.payouts.length === 0) return { plan, planId, run: null, payouts: [] };
  await refuseEarlierIssue(writer, book.today);
  const id = await storeRun(writer, engine, {
    kind: options.kind ?? 'manual',
    job: work.job ?? null,
    request,
    issuedOn: book.today,
    at: work.now.toISOString(),
    by: work.actor,
    osUser: work.osUser,
    typed: options.typed,
    payTo: options.payTo ?? null,
    series: book.series('invoice'),
    recordApprovals: book.setting('approval.commissions') === 'after-hold',
    progress: work.progress,
  });
  const stored = await findRun(writer, runNumber(id));
  const payouts = await listPayouts(writer, { run: runNumber(id) });
  return { plan, planId, run: stored ?? null, payouts };
}
