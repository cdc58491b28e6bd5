/** The life of a payout: its statuses, and which verb leads from which to which (SPEC section 7). */
import type { AffiliateStatus } from './affiliate.js';
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';
import { UsageError } from './errors.js';

export const PAYOUT_STATUSES = [
  'open',
  'approved',
  'processing',
  'paid',
  'failed',
  'returned',
  'void',
] as const;

export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];

/** The statuses of a payout whose money has not arrived and may still. */
export const NOT_YET_PAID: readonly PayoutStatus[] = ['open', 'approved', 'processing', 'failed', 'returned'];

/** The money is with us: it has not left yet, or it came back. */
const AT_REST = ['open', 'approved', 'failed', 'returned'] as const;

interface Transition {
  readonly from: readonly PayoutStatus[];
  readonly to: PayoutStatus;
}

/**
 * The transition table. Being in the target status already is no transition and changes nothing. To pay from
 * a status that process takes is process and pay in one; redo is a void with a payout in its place.
 */
export const TRANSITIONS = {
  approve: { from: ['open'], to: 'approved' },
  process: { from: AT_REST, to: 'processing' },
  pay: { from: ['processing', ...AT_REST], to: 'paid' },
  fail: { from: ['processing'], to: 'failed' },
  return: { from: ['paid'], to: 'returned' },
  void: { from: AT_REST, to: 'void' },
  redo: { from: AT_REST, to: 'void' },
} as const satisfies Record<string, Transition>;

export type PayoutVerb = keyof typeof TRANSITIONS;

/** What was done to a payout by a verb; none of these words says that money arrived but `paid`. */
export const PAST: Readonly<Record<PayoutVerb, string>> = {
  approve: 'approved',
  process: 'processed',
  pay: 'paid',
  fail: 'marked as failed',
  return: 'marked as returned',
  void: 'voided',
  redo: 'redone',
};

/** The statuses that a verb leads through from a status, the target last; empty where it does not lead. */
export function stepsOf(verb: PayoutVerb, from: PayoutStatus): readonly PayoutStatus[] {
  const { from: sources, to }: Transition = TRANSITIONS[verb];
  if (!sources.includes(from)) return [];
  return verb === 'pay' && from !== 'processing' ? ['processing', to] : [to];
}

/** What can be done with a payout of this status, in the order of the table. */
export function verbsFrom(status: PayoutStatus): readonly PayoutVerb[] {
  const verbs = Object.keys(TRANSITIONS) as PayoutVerb[];
  return verbs.filter((verb) => stepsOf(verb, status).length > 0);
}

/**
 * The statuses in which payment details are approved again when they were changed: the status stays. What is
 * open becomes approved by it.
 */
export const APPROVED_AGAIN = ['approved', 'failed', 'returned'] as const satisfies readonly PayoutStatus[];

/** The statuses from which a verb may lead on; with some of them it may be that it does not. */
export function startsOf(verb: PayoutVerb): readonly PayoutStatus[] {
  return verb === 'approve' ? [...TRANSITIONS.approve.from, ...APPROVED_AGAIN] : TRANSITIONS[verb].from;
}

/** Whether an approval of this payout says yes to where its money goes now, and leaves its status. */
export function isApprovedAgain({ status, detailsChanged }: Payout): boolean {
  return detailsChanged && (APPROVED_AGAIN as readonly PayoutStatus[]).includes(status);
}

/** Which status may follow which in a history, each pair once; but each of `APPROVED_AGAIN` may repeat. */
export const STEPS: readonly (readonly [from: PayoutStatus, to: PayoutStatus])[] = PAYOUT_STATUSES.flatMap(
  (from) => {
    const next = verbsFrom(from).flatMap((verb) => stepsOf(verb, from).slice(0, 1));
    return [...new Set(next)].map((to) => [from, to] as const);
  },
);

/** The values of the setting `approval.payouts`. */
export const PAYOUT_APPROVALS = ['none', 'required', 'two-person'] as const;
export type PayoutApproval = (typeof PAYOUT_APPROVALS)[number];

/** What a verb asks for; dates in the book zone. */
export interface PayoutChange {
  readonly verb: PayoutVerb;
  /** The day on which it happened; null is today. */
  readonly date: CalendarDate | null;
  /** The bank's word for the payment, or for what became of it. */
  readonly reference: string | null;
  /** Also those whose lines were corrected since. */
  readonly includeCorrected: boolean;
  readonly approval: PayoutApproval;
  readonly actor: string;
  readonly today: CalendarDate;
}

/** What must be known of a payout to say whether it may change. */
export interface PayoutStanding {
  readonly payout: Payout;
  /** As it is now. */
  readonly affiliateStatus: AffiliateStatus;
  /** Who made the run. */
  readonly generatedBy: string;
  /** Under which user of the operating system he did. */
  readonly generatedByOsUser: string;
  /** Who changed its payment details since somebody last said yes to them, each field by the last of them. */
  readonly detailsChangedBy: readonly { readonly by: string; readonly osUser: string }[];
  /** Whether the last that was done with it was to say yes to details that had been changed. */
  readonly detailsApproved: boolean;
  /** The day on which it came to its status. */
  readonly since: CalendarDate;
  /** What its run was asked for. */
  readonly campaign: string | null;
  readonly overrideMinimum: boolean;
}

/** Why a payout stands in the way. */
export type RefusalReason =
  | 'wrong_status'
  | 'approval_required'
  | 'same_person'
  | 'affiliate_blocked'
  | 'affiliate_paused'
  | 'corrected_since'
  | 'paid_otherwise'
  | 'processed_otherwise'
  | 'bad_date'
  | 'pays_nothing'
  | 'corrected_later';

/** One payout that stands in the way; the message is half a sentence that begins with its number. */
export interface Refusal {
  readonly invoiceNumber: string;
  readonly status: PayoutStatus;
  readonly reason: RefusalReason;
  readonly message: string;
}

/** What becomes of one payout when a verb is asked of it. */
export type Verdict =
  | { readonly outcome: 'already' }
  | { readonly outcome: 'steps'; readonly steps: readonly PayoutStatus[] }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

const samePerson = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();

/** Decides for one payout: it is there already, it takes these steps, or this stands in the way. */
export function decide(standing: PayoutStanding, change: PayoutChange): Verdict {
  const { payout } = standing;
  const { invoiceNumber, status } = payout;
  const refused = (reason: RefusalReason, what: string): Verdict => ({
    outcome: 'refused',
    refusal: { invoiceNumber, status, reason, message: `${invoiceNumber} ${what}` },
  });
  const isAgain = change.verb === 'approve' && isApprovedAgain(payout);
  if (status === TRANSITIONS[change.verb].to && !isAgain) {
    const otherwise = doneOtherwise(standing, change);
    return otherwise === null ? { outcome: 'already' } : refused(...otherwise);
  }
  if (change.verb === 'approve' && standing.detailsApproved && !isAgain) return { outcome: 'already' };
  const steps = isAgain ? [status] : stepsOf(change.verb, status);
  if (steps.length === 0) return refused('wrong_status', `is ${status}`);
  const problem =
    approvalProblem(standing, change) ?? paymentProblem(standing, change) ?? dayProblem(standing, change);
  return problem === null ? { outcome: 'steps', steps } : refused(...problem);
}

type Problem = readonly [reason: RefusalReason, what: string] | null;

/** It is where it is to be, but not as is said now: what is said would be lost without a word. */
function doneOtherwise({ payout, since }: PayoutStanding, { verb, date, reference }: PayoutChange): Problem {
  const { paidOn } = payout;
  const isOther = reference !== null && reference !== payout.reference;
  const how = payout.reference === null ? 'without a reference' : `with reference ${payout.reference}`;
  if (verb === 'pay' && (isOther || (date !== null && date !== paidOn))) {
    return ['paid_otherwise', `was paid on ${paidOn ?? 'another day'} ${how}`];
  }
  if (verb === 'process' && isOther) return ['processed_otherwise', `was handed over on ${since} ${how}`];
  if (verb === 'redo' && payout.replacedBy === null) {
    return ['wrong_status', 'is void, and no payout replaces it'];
  }
  return null;
}

/** What failed or came back was approved before. */
function approvalProblem({ payout, ...standing }: PayoutStanding, change: PayoutChange): Problem {
  const { verb, approval, actor } = change;
  if (approval === 'none') return null;
  if (verb === 'process' || verb === 'pay') {
    return payout.status === 'open' ? ['approval_required', 'is open and not approved'] : null;
  }
  if (verb !== 'approve' || approval !== 'two-person') return null;
  const { generatedBy, detailsChangedBy } = standing;
  if (samePerson(actor, generatedBy)) {
    return ['same_person', `was generated by ${generatedBy}, so somebody else must approve it`];
  }
  const changer = detailsChangedBy.find(({ by }) => samePerson(actor, by));
  if (changer === undefined) return null;
  return [
    'same_person',
    `goes to payment details that ${changer.by} changed, so somebody else must approve them`,
  ];
}

/** Money does not leave when something is known to be wrong. */
function paymentProblem({ payout, affiliateStatus }: PayoutStanding, change: PayoutChange): Problem {
  if (change.verb !== 'approve' && change.verb !== 'process' && change.verb !== 'pay') return null;
  if (affiliateStatus === 'blocked' || affiliateStatus === 'paused') {
    return [`affiliate_${affiliateStatus}`, `pays ${payout.affiliateId}, who is ${affiliateStatus}`];
  }
  if (payout.correctedSince && !change.includeCorrected) {
    return ['corrected_since', 'was corrected since it was made'];
  }
  return null;
}

function dayProblem(standing: PayoutStanding, { date, today }: PayoutChange): Problem {
  const [earliest, what] = earliestDay(standing);
  // A clock that was set back behind the day of issue is refused as that, by whoever takes the step.
  if (standing.payout.issuedOn <= today && today < earliest) {
    return ['bad_date', `${what} on ${earliest}, which is later than today, ${today}`];
  }
  if (date === null || (earliest <= date && date <= today)) return null;
  return ['bad_date', `${what} on ${earliest} and today is ${today}, and ${date} does not lie between`];
}

/**
 * The day before which the next step cannot have been. What was approved or handed over may have been marked
 * here later than the bank went on with it; what came back cannot have come back, or gone out again, before.
 */
function earliestDay({ payout, since }: PayoutStanding): readonly [day: CalendarDate, what: string] {
  switch (payout.status) {
    case 'paid':
      return [payout.paidOn ?? since, 'was paid'];
    case 'failed':
      return [since, 'failed'];
    case 'returned':
      return [since, 'came back'];
    default:
      return [payout.issuedOn, 'was issued'];
  }
}

/** So much of a reference is carried by banks, and read by people. */
const MAX_REFERENCE = 140;

/** The reference of a payment as typed, null where it is empty. @throws UsageError when it is too long */
export function parseReference(said: string): string | null {
  const reference = said.trim();
  const { length } = Array.from(reference);
  if (length > MAX_REFERENCE) {
    throw new UsageError(`The reference has ${length} characters; it can have up to ${MAX_REFERENCE}.`);
  }
  return reference === '' ? null : reference;
}

/** What is known of a payout. Amounts in minor units; dates in the book zone, the range inclusive. */
export interface Payout {
  readonly invoiceNumber: string;
  readonly runId: string;
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly currency: CurrencyCode;
  readonly amount: bigint;
  /** The number of its lines. */
  readonly commissions: number;
  readonly status: PayoutStatus;
  readonly issuedOn: CalendarDate;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate;
  readonly paidOn: CalendarDate | null;
  readonly reference: string | null;
  readonly voidedOn: CalendarDate | null;
  readonly creditNoteNumber: string | null;
  /** The void payout in whose place this one was made by a redo. */
  readonly replaces: string | null;
  /** The payout that a redo made in the place of this void one. */
  readonly replacedBy: string | null;
  /** Not yet paid, and what is known of its lines by now comes to another sum: redo it. */
  readonly correctedSince: boolean;
  /** At rest and not done, and the money would now go elsewhere than where somebody last said yes to. */
  readonly detailsChanged: boolean;
}

/** One line of a payout: a commission, at the amount at which it was put on the payout. */
export interface PayoutLine {
  readonly commissionId: string;
  readonly kind: string;
  readonly earnedOn: CalendarDate;
  readonly amount: bigint;
  readonly description: string | null;
}

/** One step in the life of a payout. */
export interface PayoutStep {
  readonly at: string;
  readonly by: string;
  readonly status: PayoutStatus;
  /** The day on which it happened, which may lie before the one on which it was recorded. */
  readonly on: CalendarDate;
  readonly reference: string | null;
  readonly reason: string | null;
}

/** What has become of one field of an affiliate's payment details. Accounts are masked. */
export interface DetailsChange {
  readonly affiliateId: string;
  readonly affiliateName: string;
  /** By the name of its column in a canonical file. */
  readonly field: string;
  /** As somebody last said yes to it; null where it was empty. */
  readonly valueBefore: string | null;
  readonly valueAfter: string | null;
  /** The day of the last change, and who made it. */
  readonly on: CalendarDate;
  readonly by: string;
}

/** Who the payout was issued to, as the affiliate was at issue. */
export interface Payee {
  readonly name: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly country: string | null;
  readonly vatNumber: string | null;
  readonly address: readonly string[];
}
