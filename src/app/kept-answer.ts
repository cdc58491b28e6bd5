/**
 * The form in which an answer is kept under an idempotency key: what the ledger keeps for good anyway, a run
 * and the payouts as they were issued, is referred to, and no payout is kept twice. A background job always
 * has a key, so that whatever is kept here makes the ledger grow.
 */
import { IntegrityError } from '../core/errors.js';
import type { Payout } from '../core/payout.js';
import { runNumber } from '../core/run.js';
import type { Reader } from '../store/ledger.js';
import { listPayouts } from '../store/payouts.js';
import { findRun } from '../store/runs.js';
import type { Changed } from './change-payouts.js';
import type { Generated } from './generate.js';
import type { AffiliatesImported } from './import-affiliates.js';
import type { Redone, Replacement } from './redo-payouts.js';

/** How one command's answer is kept, and how it is told again: the same, whatever became of it since. */
interface Form<Answer, Kept> {
  readonly keep: (answer: Answer) => Kept;
  readonly tell: (kept: Kept, reader: Reader) => Promise<Answer>;
}

/** A payout as it was at another time: its number, and where it differs from what stands beside it. */
type PayoutThen = Partial<Payout> & Pick<Payout, 'invoiceNumber'>;

type KeptGenerated = Pick<Generated, 'planId'> & {
  readonly plan: Omit<Generated['plan'], 'payouts'>;
  readonly run: string | null;
  /** The payouts that were known to be wrong as soon as they were made: corrections of a day to come. */
  readonly correctedSince: readonly string[];
};

const GENERATED: Form<Generated, KeptGenerated> = {
  keep: ({ plan, planId, run, payouts }) => {
    const { request, totals, skipped } = plan;
    const corrected = payouts.filter(({ correctedSince }) => correctedSince);
    return {
      plan: { request, totals, skipped },
      planId,
      run: run?.id ?? null,
      correctedSince: corrected.map(({ invoiceNumber }) => invoiceNumber),
    };
  },
  tell: async ({ plan, planId, run: id, correctedSince }, reader) => {
    if (id === null) return { plan: { ...plan, payouts: [] }, planId, run: null, payouts: [] };
    const run = await findRun(reader, runNumber(id));
    if (run === undefined) throw runIsGone(id);
    const corrected = new Set(correctedSince);
    const payouts = (await listPayouts(reader, { run: runNumber(id) })).map((payout) =>
      asIssued(payout, corrected),
    );
    const planned = payouts.map(({ affiliateId, affiliateName, currency, amount, commissions }) => {
      return { affiliateId, affiliateName, currency, amount, commissions };
    });
    return { plan: { ...plan, payouts: planned }, planId, run, payouts };
  },
};

function runIsGone(id: string): IntegrityError {
  return new IntegrityError(`The run ${id}, which the answer under this key names, is not in the ledger.`, {
    hint: 'Run `payrun verify`, and go back to the last good backup.',
  });
}

/** Nothing had become of it yet. */
function asIssued(payout: Payout, corrected: ReadonlySet<string>): Payout {
  const untouched = { paidOn: null, reference: null, voidedOn: null, creditNoteNumber: null };
  const since = { correctedSince: corrected.has(payout.invoiceNumber), detailsChanged: false };
  return { ...payout, ...untouched, status: 'open', replaces: null, replacedBy: null, ...since };
}

type KeptChanged = Omit<Changed, 'changed' | 'sameAccount'> & {
  readonly changed: readonly PayoutThen[];
  readonly sameAccount: readonly string[];
};

const CHANGED: Form<Changed, KeptChanged> = {
  keep: ({ changed, sameAccount, ...answer }) => ({
    ...answer,
    changed: differing(changed, answer.payouts),
    sameAccount: sameAccount.map(({ invoiceNumber }) => invoiceNumber),
  }),
  tell: ({ changed: then, sameAccount, ...answer }) => {
    const changed = restored(then, answer.payouts);
    const same = new Set(sameAccount);
    const fromThere = changed.filter(({ invoiceNumber }) => same.has(invoiceNumber));
    return Promise.resolve({ ...answer, changed, sameAccount: fromThere });
  },
};

/** Before version 4 nothing was said of payment details. */
type KeptReplacement = Omit<Replacement, 'old' | 'detailsChanges'> &
  Partial<Pick<Replacement, 'detailsChanges'>> & { readonly old: PayoutThen };

type KeptRedone = Omit<Redone, 'replacements'> & { readonly replacements: readonly KeptReplacement[] };

const REDONE: Form<Redone, KeptRedone> = {
  keep: ({ replacements, ...answer }) => {
    const old = differing(
      replacements.map((one) => one.old),
      answer.payouts,
    );
    return { ...answer, replacements: replacements.map((one, at) => ({ ...one, old: old[at] ?? one.old })) };
  },
  tell: ({ replacements, ...answer }) => {
    const old = restored(
      replacements.map((one) => one.old),
      answer.payouts,
    );
    const whole = replacements.map((one, at) => ({ detailsChanges: [], ...one, old: old[at] ?? one.new }));
    return Promise.resolve({ ...answer, replacements: whole });
  },
};

/** An import before version 4 said less. */
const IMPORTED: Form<AffiliatesImported, AffiliatesImported> = {
  keep: (answer) => answer,
  tell: (kept) => Promise.resolve({ ...{ unknownCountries: [], held: [] }, ...kept }),
};

const byNumber = (payouts: readonly Payout[]): Map<string, Payout> =>
  new Map(payouts.map((payout) => [payout.invoiceNumber, payout]));

/** Of each payout its number, and what of it is another by now. */
function differing(then: readonly Payout[], now: readonly Payout[]): PayoutThen[] {
  const standing = byNumber(now);
  return then.map((payout) => {
    const { invoiceNumber } = payout;
    const beside = standing.get(invoiceNumber);
    const other = Object.entries(payout).filter(([key, value]) => beside?.[key as keyof Payout] !== value);
    return { ...Object.fromEntries(other), invoiceNumber };
  });
}

/** The payouts of which `differing` kept the differences from these. */
function restored(then: readonly PayoutThen[], now: readonly Payout[]): Payout[] {
  const standing = byNumber(now);
  return then.map((one) => ({ ...standing.get(one.invoiceNumber), ...one }) as Payout);
}

const changing = ['approve', 'process', 'pay', 'fail', 'return', 'void'];

/** By the words of the command; of every other the answer is kept as it is. */
const FORMS = new Map([
  ['generate', GENERATED],
  ...changing.map((verb) => [`payouts ${verb}`, CHANGED] as const),
  ['payouts redo', REDONE],
  ['import affiliates', IMPORTED],
] as [string, unknown][]) as ReadonlyMap<string, Form<unknown, unknown>>;

/** What is kept of a command's answer. */
export function keptForm(command: string, answer: unknown): unknown {
  return FORMS.get(command)?.keep(answer) ?? answer;
}

/**
 * The answer of which this was kept, as it was given.
 * @throws IntegrityError when the run that it names is gone
 */
export async function answerIn(command: string, kept: unknown, reader: Reader): Promise<unknown> {
  const form = FORMS.get(command);
  return form === undefined ? kept : form.tell(kept, reader);
}
