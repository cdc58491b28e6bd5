/** Approving and rejecting commissions by an operator (SPEC section 3), all or nothing. */
import type { CalendarDate } from '../core/calendar.js';
import type { Commission, TakenBackTwice } from '../core/commission.js';
import { decide, type DecisionObstacle, type DecisionVerb } from '../core/commission-decision.js';
import { ConflictError, NotFoundError, UsageError } from '../core/errors.js';
import type { Payout } from '../core/payout.js';
import {
  decisionCandidates,
  storeDecisions,
  unpaidIds,
  type DecisionCandidate,
  type StoredDecision,
} from '../store/commission-decisions.js';
import { findCommissions } from '../store/commissions.js';
import { listTakenBackTwice, unpaidTogether } from '../store/corrections.js';
import type { Reader, Writer } from '../store/ledger.js';
import { findPayout } from '../store/payouts.js';
import { Book } from './book.js';
import { resolveAffiliate } from './find-affiliate.js';
import { write, type Done, type Work } from './work.js';

/** Which unpaid commissions, as asked for; dates filter the earned date, both included. */
export interface UnpaidQuery {
  /** Id, e-mail or exact name. */
  readonly affiliate?: string;
  readonly campaign?: string;
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
}

/** Which commissions are meant: by id, or those unpaid ones that a query fits. */
export type CommissionSelection =
  | {
      readonly ids: readonly string[];
      /** They were chosen from a list of unpaid ones; what was paid meanwhile stands in the way. */
      readonly unpaidOnly?: boolean;
    }
  | { readonly query: UnpaidQuery };

export interface DecisionInput {
  readonly verb: DecisionVerb;
  readonly selection: CommissionSelection;
  readonly reason: string | null;
  /** Answers what would be done and writes nothing. */
  readonly dryRun: boolean;
}

export interface DecisionsMade {
  /** The commissions as they are now, in the order asked for. */
  readonly commissions: readonly Commission[];
  /** Those of them whose fate changed. */
  readonly changed: readonly Commission[];
  /** The new corrections of what was paid. */
  readonly corrections: readonly Commission[];
  /** The live payouts that hold what was corrected. */
  readonly payouts: readonly Payout[];
  /** What a debit of the source takes back besides. */
  readonly takenBackTwice: readonly TakenBackTwice[];
  /** What is due for those that were approved and are unpaid, with their corrections, by id. Minor units. */
  readonly due: ReadonlyMap<string, bigint>;
  /** Today in the book zone. */
  readonly today: CalendarDate;
}

const DONE: Readonly<Record<DecisionVerb, 'approved' | 'rejected'>> = {
  approve: 'approved',
  reject: 'rejected',
};

/**
 * Approves or rejects commissions, all or none. What is unpaid gets the status. What is on a live payout,
 * or was and has a correction on one, stays as it is: a correction makes both together come to 0, or to what
 * the source says when it is approved again. What was paid once, but is on no payout now, is rejected by its
 * status: nothing is owed then, corrections included. Deciding the same again changes nothing.
 * @throws NotFoundError naming the first that is not there; ConflictError naming every one in the way:
 * settled, itself a correction, paid or changed since it was looked at; UsageError when the affiliate is not
 * just one
 * @param looked the commissions as somebody looked at them before; with another amount they are refused
 */
export async function decideCommissions(
  work: Work,
  input: DecisionInput,
  looked: readonly Commission[] | null = null,
): Promise<DecisionsMade> {
  const { verb, selection, reason, dryRun } = input;
  const request = { command: `commissions ${verb}`, request: { selection, reason } };
  return write(work, request, (writer) => decideAll(writer, work, input, looked), { dryRun });
}

/**
 * The unpaid commissions that the verb applies to and the query fits, for choosing some.
 * @param limit the first so many; null for all
 */
export async function decidableCommissions(
  work: Work,
  verb: DecisionVerb,
  query: UnpaidQuery,
  limit: number | null = null,
): Promise<Commission[]> {
  return work.ledger.read(async (reader) =>
    findCommissions(reader, await queriedIds(reader, verb, query, limit)),
  );
}

async function queriedIds(
  reader: Reader,
  verb: DecisionVerb,
  query: UnpaidQuery,
  limit: number | null,
): Promise<string[]> {
  const { affiliate, ...rest } = query;
  const one = affiliate === undefined ? undefined : await resolveAffiliate(reader, affiliate, 'refused');
  return unpaidIds(reader, verb, { ...rest, ...(one === undefined ? {} : { affiliateId: one.id }) }, limit);
}

async function candidatesOf(
  reader: Reader,
  { verb, selection }: DecisionInput,
): Promise<DecisionCandidate[]> {
  if ('query' in selection) {
    return decisionCandidates(reader, await queriedIds(reader, verb, selection.query, null));
  }
  const ids = [...new Set(selection.ids.map((id) => id.trim()))];
  if (ids.length === 0) throw new UsageError('Say which commissions: by id, or by a filter.');
  const found = await decisionCandidates(reader, ids);
  const known = new Set(found.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) {
    throw new NotFoundError(`There is no commission ${missing}.`, { hint: 'See `payrun commissions list`.' });
  }
  return found;
}

interface Decided {
  readonly decision: StoredDecision;
  readonly changed: boolean;
}

/** What is to be stored of each. @throws ConflictError naming every one that stands in the way */
function decisionsOn(
  candidates: readonly DecisionCandidate[],
  input: DecisionInput,
  looked: readonly Commission[] | null,
): Map<string, Decided> {
  const { verb, selection } = input;
  const amounts = new Map(looked?.map(({ id, amount }) => [id, amount]));
  const unpaidOnly = 'ids' in selection && selection.unpaidOnly === true;
  const decisions = new Map<string, Decided>();
  const inTheWay: Obstacle[] = [];
  for (const candidate of candidates) {
    const { id, number, status, statusBy, stands } = candidate;
    const outcome = decide(verb, candidate);
    if (outcome.what === 'refused') inTheWay.push(obstacleOf(candidate, verb, outcome.reason));
    else if (unpaidOnly && candidate.live) inTheWay.push(obstacleOf(candidate, verb, 'paid_meanwhile'));
    else if ((amounts.get(id) ?? stands) !== stands)
      inTheWay.push(obstacleOf(candidate, verb, 'changed_meanwhile'));
    else if (outcome.what === 'changed' || outcome.adopts) {
      const changed = outcome.what === 'changed';
      const after = changed ? outcome.status : status;
      const paid = candidate.live || candidate.liveCorrections > 0;
      const decision: StoredDecision = {
        commission: number,
        status: after,
        statusBy: after !== status || after === 'rejected' ? 'operator' : statusBy,
        decided: DONE[verb],
        correction: changed ? outcome.correction : 0n,
        reason: reasonOf(input, paid),
      };
      decisions.set(id, { decision, changed });
    }
  }
  if (inTheWay.length > 0) throw refusal(verb, inTheWay);
  return decisions;
}

/** What stands in the history; of what was paid the status says nothing, so the words say more. */
function reasonOf({ verb, reason }: DecisionInput, paid: boolean): string {
  const what = paid ? `${DONE[verb]} after it was paid` : `${DONE[verb]} by an operator`;
  if (reason === null) return what;
  return paid ? `${what}: ${reason}` : reason;
}

interface Obstacle {
  readonly commissionId: string;
  readonly status: string;
  readonly reason: DecisionObstacle | 'paid_meanwhile' | 'changed_meanwhile';
  readonly message: string;
  readonly hint: string;
}

function obstacleOf(
  { id, status }: DecisionCandidate,
  verb: DecisionVerb,
  reason: Obstacle['reason'],
): Obstacle {
  const original = id.replace(/~[0-9]+$/, '');
  const words: Readonly<Record<Obstacle['reason'], readonly [message: string, hint: string]>> = {
    settled: [
      `${id} is settled`,
      'What was paid outside payrun is not decided here; have the source say otherwise, or use payrun adjust.',
    ],
    is_correction: [
      `${id} is a correction`,
      `${verb === 'approve' ? 'Approve' : 'Reject'} ${original} itself, or forgive it with payrun adjust.`,
    ],
    amount_too_large: [`the correction of ${id} would have more than 15 digits`, 'Use payrun adjust, twice.'],
    paid_meanwhile: [`${id} was put on a payout meanwhile`, 'Look again, and choose again.'],
    changed_meanwhile: [`${id} has another amount now`, 'Look again, and choose again.'],
  };
  const [message, hint] = words[reason];
  return { commissionId: id, status, reason, message: `${message}.`, hint };
}

const NAMED = 10;

function refusal(verb: DecisionVerb, inTheWay: readonly Obstacle[]): ConflictError {
  const named = inTheWay.slice(0, NAMED).map(({ message }) => message.slice(0, -1));
  const more = inTheWay.length > NAMED ? `, and ${inTheWay.length - NAMED} more` : '';
  return new ConflictError(`Nothing was ${DONE[verb]}: ${named.join(', ')}${more}.`, {
    ...(inTheWay[0] === undefined ? {} : { hint: inTheWay[0].hint }),
    details: inTheWay.map(({ commissionId, status, reason, message }) => {
      return { commissionId, status, reason, message };
    }),
  });
}

const idsOf = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

async function decideAll(
  writer: Writer,
  work: Work,
  input: DecisionInput,
  looked: readonly Commission[] | null,
): Promise<Done<DecisionsMade>> {
  const candidates = await candidatesOf(writer, input);
  const decisions = decisionsOn(candidates, input, looked);
  const stored = [...decisions.values()].map(({ decision }) => decision);
  const book = await Book.read(writer, work.now);
  const facts = { on: book.today, at: work.now.toISOString(), by: work.actor };
  const added = stored.length === 0 ? [] : await storeDecisions(writer, stored, facts);
  const commissions = await findCommissions(writer, idsOf(candidates));
  const corrections = await findCommissions(writer, added);
  const changed = commissions.filter(({ id }) => decisions.get(id)?.changed === true);
  const corrected = new Set(corrections.map(({ corrects }) => corrects));
  const originals = commissions.filter(({ id }) => corrected.has(id));
  const result: DecisionsMade = {
    commissions,
    changed,
    corrections,
    payouts: await payoutsOf(writer, originals),
    takenBackTwice:
      added.length === 0
        ? []
        : await listTakenBackTwice(writer, 'SELECT commission FROM temp.decisions WHERE correction < 0'),
    due: input.verb === 'approve' ? await unpaidTogether(writer, idsOf(changed)) : new Map(),
    today: book.today,
  };
  const recorded = { changed: idsOf(changed), corrections: added };
  return { result, changed: stored.length > 0, recorded };
}

/** The live payouts that hold them, each once. */
async function payoutsOf(reader: Reader, commissions: readonly Commission[]): Promise<Payout[]> {
  const numbers = new Set(commissions.flatMap(({ invoiceNumber }) => invoiceNumber ?? []));
  const payouts: Payout[] = [];
  for (const number of numbers) {
    const payout = await findPayout(reader, number);
    if (payout !== undefined) payouts.push(payout);
  }
  return payouts;
}
