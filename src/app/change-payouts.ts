/** What becomes of payouts: approve, process, pay, fail, return and void, one or several, all or none. */
import type { CalendarDate } from '../core/calendar.js';
import { ConflictError, NotFoundError, UsageError } from '../core/errors.js';
import {
  decide,
  isApprovedAgain,
  PAST,
  startsOf,
  verbsFrom,
  type DetailsChange,
  type Payout,
  type PayoutApproval,
  type PayoutChange,
  type PayoutStanding,
  type PayoutStatus,
  type PayoutVerb,
  type Refusal,
  type RefusalReason,
} from '../core/payout.js';
import { runNumber } from '../core/run.js';
import { shellQuoted } from '../core/shell.js';
import { refuseEarlierIssue } from '../store/documents.js';
import type { Reader, Writer } from '../store/ledger.js';
import { approveDetails, takeStep, voidPayouts } from '../store/payout-steps.js';
import { detailsChangesOf, listPayouts, standingsOf } from '../store/payouts.js';
import { findRun } from '../store/runs.js';
import { Book } from './book.js';
import { generateAgainWords } from './generate-again.js';
import { write, type Work } from './work.js';

/** Which payouts are meant: by invoice number, or all of a run. */
export interface PayoutSelection {
  readonly invoiceNumbers: readonly string[];
  readonly run: string | null;
}

/** What is asked for. A void needs a reason; an approval and a void have neither day nor reference. */
export interface ChangeInput {
  readonly verb: Exclude<PayoutVerb, 'redo'>;
  readonly selection: PayoutSelection;
  readonly reason: string | null;
  /** The day on which it happened; null is today. */
  readonly date: CalendarDate | null;
  readonly reference: string | null;
  /** Also approve, process or pay what was corrected since. */
  readonly includeCorrected: boolean;
}

/** What would change, and what would not. */
export interface Decided {
  /** As they stand, in the order asked for. */
  readonly changing: readonly Payout[];
  readonly already: readonly Payout[];
  /** What an approval says yes to besides: payment details that were changed meanwhile. */
  readonly detailsChanges: readonly DetailsChange[];
  /** The void payouts of the run, which `--run` does not mean. */
  readonly leftOut: number;
}

export interface Changed {
  /** The payouts as they are now, in the order asked for. */
  readonly payouts: readonly Payout[];
  /** Those that were changed, as they were before. */
  readonly changed: readonly Payout[];
  readonly leftOut: number;
  /**
   * Approved under two-person approval by somebody else, but from the account of the operating system from
   * which they were generated or their payment details changed.
   */
  readonly sameAccount: readonly Payout[];
  /** The words after `payrun generate` that pay what was released; empty where nothing was. */
  readonly again: readonly string[];
}

interface Selected {
  readonly standings: readonly PayoutStanding[];
  readonly leftOut: number;
}

/** So many numbers still make a command line that somebody reads. */
const NAMED = 10;

/**
 * The payouts that are meant, each once. `--run` means those that are not void, unless void is where they are
 * to be; to redo a run is not to make again what somebody took back.
 * @throws NotFoundError naming the first that is not there; UsageError when neither or both ways are used
 */
export async function selectPayouts(
  reader: Reader,
  selection: PayoutSelection,
  verb: PayoutVerb,
): Promise<Selected> {
  const { invoiceNumbers, run } = selection;
  if ((run === null) === (invoiceNumbers.length === 0)) {
    throw new UsageError('Say which payouts: invoice numbers, or --run R, not both.');
  }
  if (run === null) {
    const wanted = [...new Set(invoiceNumbers.map((text) => text.trim()))];
    const standings = await standingsOf(reader, wanted);
    const found = new Set(standings.map(({ payout }) => payout.invoiceNumber));
    const missing = wanted.find((invoiceNumber) => !found.has(invoiceNumber));
    if (missing === undefined) return { standings, leftOut: 0 };
    throw new NotFoundError(`There is no payout ${missing}.`, { hint: 'See `payrun payouts list`.' });
  }
  const number = runNumber(run);
  if ((await findRun(reader, number)) === undefined) {
    throw new NotFoundError(`There is no run ${run}.`, { hint: 'See `payrun runs list`.' });
  }
  const all = await listPayouts(reader, { run: number });
  const some = all.filter(
    ({ status, replacedBy }) =>
      status !== 'void' || verb === 'void' || (verb === 'redo' && replacedBy !== null),
  );
  // A run of which nothing is left stands in the way of whatever leads elsewhere.
  const meant = some.length === 0 ? all : some;
  const standings = await standingsOf(
    reader,
    meant.map((payout) => payout.invoiceNumber),
  );
  return { standings, leftOut: all.length - meant.length };
}

/** The rules that count for a change today. */
export function changeOf(
  book: Book,
  work: Pick<Work, 'actor'>,
  input: Pick<PayoutChange, 'verb' | 'date' | 'reference' | 'includeCorrected'>,
): PayoutChange {
  const { verb, date, reference, includeCorrected } = input;
  const approval = book.setting('approval.payouts') as PayoutApproval;
  const { actor } = work;
  return { verb, date, reference, includeCorrected, approval, actor, today: book.today };
}

/** What to do next, in commands: for those that stand in the way for the same reason as the first. */
function hintOf(refusals: readonly Refusal[], standings: readonly PayoutStanding[]): string {
  const [first] = refusals;
  const standing = standings.find((one) => one.payout.invoiceNumber === first?.invoiceNumber);
  if (first === undefined || standing === undefined) return '';
  const { payout } = standing;
  const same = refusals.filter(({ reason }) => reason === first.reason).slice(0, NAMED);
  const numbers = same.map(({ invoiceNumber }) => invoiceNumber).join(' ');
  const activate = `When all is well again: payrun affiliates activate ${payout.affiliateId}`;
  const hints: Readonly<Record<RefusalReason, string>> = {
    wrong_status: wayOn(standing),
    approval_required: `Approve first: payrun payouts approve ${numbers}`,
    same_person: `Somebody else approves: payrun payouts approve ${numbers} --actor NAME`,
    affiliate_blocked: activate,
    affiliate_paused: activate,
    corrected_since:
      payout.status === 'processing'
        ? 'It is on its way: with --include-corrected it is paid as it is, and the next payout nets the correction.'
        : `Redo with what is known now: payrun payouts redo ${numbers} (or add --include-corrected)`,
    paid_otherwise: `If the money came back: payrun payouts return ${numbers}`,
    processed_otherwise:
      payout.reference === null
        ? `A reference can still be given when it is paid: payrun payouts pay ${numbers} --reference "..."`
        : `If it was handed over anew, the first payment failed: payrun payouts fail ${numbers}`,
    bad_date: 'Give the day on which it happened with --date.',
    pays_nothing: `To take it back without another: payrun payouts void ${numbers} --reason "..."`,
    corrected_later:
      'Send it with --include-corrected (it is netted when its day has come), or wait for that day.',
  };
  return hints[first.reason];
}

function wayOn(standing: PayoutStanding): string {
  const { invoiceNumber, status, replacedBy } = standing.payout;
  const verbs = verbsFrom(status);
  if (verbs.length > 0) {
    return `What is ${status} goes on with: payrun payouts ${verbs.join('|')} ${invoiceNumber}`;
  }
  if (replacedBy !== null) return `It was replaced: payrun payouts show ${replacedBy}`;
  const words = generateAgainWords([standing]).map(shellQuoted).join(' ');
  return `What a void released is paid with: payrun generate ${words}`;
}

/**
 * Refuses a change for every payout that stands in the way.
 * @throws UsageError when it is only the day; else ConflictError
 */
export function refuse(
  verb: PayoutVerb,
  refusals: readonly Refusal[],
  standings: readonly PayoutStanding[],
): void {
  if (refusals.length === 0) return;
  const [first] = refusals;
  const what =
    first !== undefined && refusals.length === 1
      ? first.message
      : `${refusals.length} of ${standings.length} payouts stand in the way`;
  const message = `Nothing was ${PAST[verb]}: ${what}.`;
  const context = { hint: hintOf(refusals, standings), details: refusals };
  if (refusals.every(({ reason }) => reason === 'bad_date')) throw new UsageError(message, context);
  throw new ConflictError(message, context);
}

interface Step {
  readonly standing: PayoutStanding;
  readonly steps: readonly PayoutStatus[];
}

/** The steps to take, or a refusal for all. @throws as `refuse` */
function stepsFor(
  standings: readonly PayoutStanding[],
  change: PayoutChange,
): { steps: readonly Step[]; already: readonly Payout[] } {
  const steps: Step[] = [];
  const already: Payout[] = [];
  const refusals: Refusal[] = [];
  for (const standing of standings) {
    const verdict = decide(standing, change);
    if (verdict.outcome === 'refused') refusals.push(verdict.refusal);
    else if (verdict.outcome === 'already') already.push(standing.payout);
    else steps.push({ standing, steps: verdict.steps });
  }
  refuse(change.verb, refusals, standings);
  return { steps, already };
}

/** What would change, for looking at it first. Throws as `changePayouts`. */
export async function previewChange(work: Work, input: ChangeInput): Promise<Decided> {
  return work.ledger.read(async (reader) => {
    const book = await Book.read(reader, work.now);
    const { standings, leftOut } = await selectPayouts(reader, input.selection, input.verb);
    const { steps, already } = stepsFor(standings, changeOf(book, work, input));
    const changing = steps.map(({ standing }) => standing.payout);
    const numbers = changing.map(({ invoiceNumber }) => invoiceNumber);
    const detailsChanges = input.verb === 'approve' ? await detailsChangesOf(reader, numbers) : [];
    return { changing, already, detailsChanges, leftOut };
  });
}

/** The payouts with which a verb can be done now, for choosing some of them. */
export async function changeablePayouts(
  work: Work,
  input: Pick<PayoutChange, 'verb' | 'includeCorrected'>,
): Promise<Payout[]> {
  return work.ledger.read(async (reader) => {
    const change = changeOf(await Book.read(reader, work.now), work, {
      ...input,
      date: null,
      reference: null,
    });
    const fitting = await listPayouts(reader, { statuses: startsOf(input.verb) });
    const standings = await standingsOf(
      reader,
      fitting.map((payout) => payout.invoiceNumber),
    );
    return standings
      .filter((standing) => decide(standing, change).outcome === 'steps')
      .map(({ payout }) => payout);
  });
}

/** Why a status stands in a history once more. */
const DETAILS_APPROVED = 'payment details approved';

/** Takes every payout through its steps; those that pass through the same status go together. */
async function takeSteps(
  writer: Writer,
  work: Work,
  book: Book,
  plan: { input: ChangeInput; steps: readonly Step[] },
): Promise<void> {
  const { input } = plan;
  const facts = { at: work.now.toISOString(), by: work.actor, osUser: work.osUser, reason: input.reason };
  const isAgain = ({ standing }: Step): boolean =>
    input.verb === 'approve' && isApprovedAgain(standing.payout);
  const again = plan.steps.filter(isAgain).map(({ standing }) => standing.payout.invoiceNumber);
  if (again.length > 0) {
    const reason = DETAILS_APPROVED + (input.reason === null ? '' : `: ${input.reason}`);
    await approveDetails(writer, { ...facts, reason, on: book.today, invoiceNumbers: again });
  }
  const steps = plan.steps.filter((step) => !isAgain(step));
  const numbersTo = (status: PayoutStatus): string[] =>
    steps.filter((step) => step.steps.includes(status)).map(({ standing }) => standing.payout.invoiceNumber);
  for (const status of ['approved', 'processing', 'paid', 'failed', 'returned'] as const) {
    const invoiceNumbers = numbersTo(status);
    if (invoiceNumbers.length === 0) continue;
    const { reference } = input;
    await takeStep(writer, { ...facts, on: input.date ?? book.today, invoiceNumbers, status, reference });
  }
  const voided = numbersTo('void');
  if (voided.length === 0) return;
  const series = book.series('credit-note');
  const reason = input.reason ?? '';
  await voidPayouts(writer, { ...facts, on: book.today, invoiceNumbers: voided, reason, series });
}

/** @throws ConflictError when what would be changed is not what was looked at */
function refuseMoved(verb: PayoutVerb, expected: readonly Payout[], found: readonly Payout[]): void {
  const told = (list: readonly Payout[]): string =>
    JSON.stringify(list.map(({ invoiceNumber, amount }) => [invoiceNumber, String(amount)]));
  if (told(expected) === told(found)) return;
  const what = `What would be ${PAST[verb]} has changed since it was looked at`;
  throw new ConflictError(`${what}; nothing was ${PAST[verb]}.`, {
    hint: 'Ask again to see what it is now.',
  });
}

/**
 * Changes payouts, all or none. One that is in the target status already changes nothing; a void takes no
 * second credit note.
 * @param expected the payouts that were looked at before; others are refused
 * @throws NotFoundError, UsageError as `selectPayouts`; UsageError for a day on which it cannot have been;
 * ConflictError naming every payout that stands in the way, when what would be changed is not what was looked
 * at, or when the clock was set back
 */
export async function changePayouts(
  work: Work,
  input: ChangeInput,
  expected?: readonly Payout[],
): Promise<Changed> {
  const { verb, ...request } = input;
  return write(work, { command: `payouts ${verb}`, request }, async (writer) => {
    const book = await Book.read(writer, work.now);
    const { standings, leftOut } = await selectPayouts(writer, input.selection, verb);
    const change = changeOf(book, work, input);
    const { steps } = stepsFor(standings, change);
    const changing = steps.map(({ standing }) => standing);
    const before = changing.map(({ payout }) => payout);
    if (expected !== undefined) refuseMoved(verb, expected, before);
    if (steps.length > 0) {
      await refuseEarlierIssue(writer, book.today);
      await takeSteps(writer, work, book, { input, steps });
    }
    const numbers = standings.map(({ payout }) => payout.invoiceNumber);
    const now = (await standingsOf(writer, numbers)).map(({ payout }) => payout);
    const twoPersons = verb === 'approve' && change.approval === 'two-person';
    const sameAccount = steps.filter(({ standing: { generatedByOsUser, detailsChangedBy } }) => {
      const accounts = [generatedByOsUser, ...detailsChangedBy.map(({ osUser }) => osUser)];
      return twoPersons && accounts.includes(work.osUser);
    });
    const result = {
      payouts: now,
      changed: before,
      leftOut,
      sameAccount: sameAccount.map(({ standing }) => standing.payout),
      again: verb === 'void' && changing.length > 0 ? generateAgainWords(changing) : [],
    };
    return { result, changed: steps.length > 0 };
  });
}
