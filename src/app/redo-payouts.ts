/**
 * Redoing payouts: void, and generate again for that affiliate and currency with the same range, campaign and
 * override, as of today, all in one transaction (SPEC section 7).
 */
import { ConflictError } from '../core/errors.js';
import { formatAmount } from '../core/money.js';
import {
  decide,
  type DetailsChange,
  type Payout,
  type PayoutStanding,
  type Refusal,
} from '../core/payout.js';
import type { Plan, SkipReason } from '../core/plan.js';
import { runNumber } from '../core/run.js';
import { refuseEarlierIssue } from '../store/documents.js';
import type { Writer } from '../store/ledger.js';
import { recordReplacement, voidPayouts } from '../store/payout-steps.js';
import { approvedPayTo, detailsChangesOf, standingsOf } from '../store/payouts.js';
import { findRun } from '../store/runs.js';
import { Book } from './book.js';
import { changeOf, refuse, selectPayouts, type PayoutSelection } from './change-payouts.js';
import { generateWithin, type GenerateInput } from './generate.js';
import { write, type Work } from './work.js';

export interface RedoInput {
  readonly selection: PayoutSelection;
  readonly reason: string;
}

/** A payout that was redone, and what stands in its place. */
export interface Replacement {
  /** As it was before. */
  readonly old: Payout;
  readonly new: Payout;
  /** What became of the payment details meanwhile: the new one waits until somebody says yes to them. */
  readonly detailsChanges: readonly DetailsChange[];
}

export interface Redone {
  /** The payouts that were asked for, as they are now. */
  readonly payouts: readonly Payout[];
  /** Those that were redone now; one that had been before is not among them. */
  readonly replacements: readonly Replacement[];
  /** The void payouts of the run that nothing replaces, which `--run` does not mean. */
  readonly leftOut: number;
}

/** Why a redo would pay nothing, the most telling reason first. */
const WHY: ReadonlyMap<SkipReason, string> = new Map([
  ['affiliate_blocked', 'the affiliate is blocked'],
  ['affiliate_paused', 'the affiliate is paused'],
  ['negative_balance', 'nothing is left after what is owed back'],
  ['below_minimum', 'what is due is below the minimum'],
  ['not_approved', 'what is due is not approved'],
  ['on_hold', 'what is due is on hold'],
  ['earned_earlier', 'what is due was earned before its range'],
  ['out_of_range', 'what is due is outside its range or of another campaign'],
]);

/** A payout in whose place none would stand, and what was skipped; the most telling reason comes first. */
interface PaysNothing extends Refusal {
  readonly skipped: readonly {
    readonly reason: SkipReason;
    readonly amount: string;
    readonly currency: string;
  }[];
}

/**
 * Shows what a redo would do and leaves everything as it is. The numbers of the new payouts are not taken.
 * Throws as `redoPayouts`.
 */
export async function previewRedo(work: Work, input: RedoInput): Promise<Redone> {
  const holder = { command: 'payouts redo', actor: work.actor };
  return work.ledger.write((writer) => redo(writer, work, input), { dryRun: true, holder });
}

/**
 * Redoes payouts in the order given, all or none, each with a run of its own. One that was redone already
 * changes nothing.
 * @param expected the replacements that were looked at before; others are refused
 * @throws NotFoundError, UsageError as `selectPayouts`; ConflictError naming every payout that stands in the
 * way or would pay nothing, when what would be paid has changed since the look, or the clock was set back
 */
export async function redoPayouts(
  work: Work,
  input: RedoInput,
  expected?: readonly Replacement[],
): Promise<Redone> {
  return write(work, { command: 'payouts redo', request: input }, async (writer) => {
    const redone = await redo(writer, work, input);
    const { replacements } = redone;
    if (expected !== undefined) refuseMoved(expected, replacements);
    return { result: redone, changed: replacements.length > 0 };
  });
}

async function redo(writer: Writer, work: Work, input: RedoInput): Promise<Redone> {
  const book = await Book.read(writer, work.now);
  const { standings, leftOut } = await selectPayouts(writer, input.selection, 'redo');
  const waiting = redoable(standings, book, work);
  if (waiting.length > 0) await refuseEarlierIssue(writer, book.today);
  const replacements: Replacement[] = [];
  const refusals: Refusal[] = [];
  for (const [position, old] of waiting.entries()) {
    work.progress(position + 1, waiting.length, old.invoiceNumber);
    const made = await replace(writer, work, book, { old, reason: input.reason });
    if ('refusal' in made) refusals.push(made.refusal);
    else replacements.push({ old, new: made.payout, detailsChanges: made.detailsChanges });
  }
  refuse('redo', refusals, standings);
  const numbers = standings.map(({ payout }) => payout.invoiceNumber);
  const payouts = (await standingsOf(writer, numbers)).map(({ payout }) => payout);
  return { payouts, replacements, leftOut };
}

/** Those that are not redone yet. @throws ConflictError naming every one that cannot be voided */
function redoable(standings: readonly PayoutStanding[], book: Book, work: Work): Payout[] {
  const change = changeOf(book, work, {
    verb: 'redo',
    date: null,
    reference: null,
    includeCorrected: false,
  });
  const verdicts = standings.map((standing) => ({ standing, verdict: decide(standing, change) }));
  const refusals = verdicts.flatMap(({ verdict }) =>
    verdict.outcome === 'refused' ? [verdict.refusal] : [],
  );
  refuse('redo', refusals, standings);
  return verdicts.flatMap(({ standing, verdict }) => (verdict.outcome === 'steps' ? [standing.payout] : []));
}

interface Made {
  readonly payout: Payout;
  readonly detailsChanges: readonly DetailsChange[];
}

async function replace(
  writer: Writer,
  work: Work,
  book: Book,
  { old, reason }: { readonly old: Payout; readonly reason: string },
): Promise<Made | { readonly refusal: Refusal }> {
  const { invoiceNumber } = old;
  const request = await requestOf(writer, old);
  await voidPayouts(writer, {
    invoiceNumbers: [invoiceNumber],
    reason,
    on: book.today,
    at: work.now.toISOString(),
    by: work.actor,
    osUser: work.osUser,
    series: book.series('credit-note'),
  });
  const silent = { ...work, progress: () => undefined };
  // Who redoes a payout says nothing of payment details that were changed meanwhile.
  const payTo = await approvedPayTo(writer, invoiceNumber);
  const options = { wantsPlanId: false, typed: { redo: invoiceNumber, reason }, payTo };
  const { plan, payouts } = await generateWithin(writer, silent, request, options);
  const [made] = payouts;
  if (made === undefined) return { refusal: paysNothing(old, plan) };
  if (made.correctedSince && made.amount === old.amount) return { refusal: correctedLater(old) };
  await recordReplacement(writer, { old: invoiceNumber, new: made.invoiceNumber });
  const detailsChanges = await detailsChangesOf(writer, [made.invoiceNumber]);
  return { payout: { ...made, replaces: invoiceNumber }, detailsChanges };
}

/** What the payout's own run was asked for, for this affiliate and currency alone, as of today. */
async function requestOf(
  writer: Writer,
  { runId, affiliateId, currency, from, to }: Payout,
): Promise<GenerateInput> {
  const run = await findRun(writer, runNumber(runId));
  const campaign = run?.request.campaign ?? null;
  const overrideMinimum = run?.request.overrideMinimum ?? false;
  return { from, to, asOf: null, affiliateId, currency, campaign, overrideMinimum };
}

function paysNothing({ invoiceNumber, status }: Payout, plan: Plan): PaysNothing {
  const reasons = [...WHY.keys()];
  const skips = plan.skipped
    .filter(({ reason }) => WHY.has(reason))
    .sort((a, b) => reasons.indexOf(a.reason) - reasons.indexOf(b.reason));
  const skipped = skips.map(({ reason, amount, currency }) => ({
    ...{ reason, currency },
    amount: formatAmount(amount, currency),
  }));
  const [first] = skipped;
  const why =
    first === undefined
      ? 'its commissions are rejected or settled'
      : `${WHY.get(first.reason) ?? first.reason} (${first.currency} ${first.amount})`;
  const message = `${invoiceNumber} would be replaced by nothing, because ${why}`;
  return { invoiceNumber, status, reason: 'pays_nothing', message, skipped };
}

/** What corrects it counts from a day to come: made again today it would be the same, again and again. */
function correctedLater({ invoiceNumber, status }: Payout): Refusal {
  const message = `${invoiceNumber} would come to the same, because what takes it back counts from a later day`;
  return { invoiceNumber, status, reason: 'corrected_later', message };
}

/** @throws ConflictError when what was looked at is not what would be done now */
function refuseMoved(expected: readonly Replacement[], found: readonly Replacement[]): void {
  const told = (list: readonly Replacement[]): string =>
    JSON.stringify(list.map((one) => [one.old.invoiceNumber, String(one.new.amount), one.new.commissions]));
  if (told(expected) === told(found)) return;
  throw new ConflictError('What would be paid has changed since it was looked at; nothing was redone.', {
    hint: 'Ask again to see what it is now.',
  });
}
