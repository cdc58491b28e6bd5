/** Operators add affiliates and change them. What a source says as it said before undoes nothing of it. */
import {
  changedFields,
  PAYMENT_FIELDS,
  shownField,
  type AffiliateDetails,
  type AffiliateField,
  type AffiliateStatus,
} from '../core/affiliate.js';
import { ConflictError } from '../core/errors.js';
import { NOT_YET_PAID, type Payout } from '../core/payout.js';
import { ADDED, recordAffiliateChanges, type FieldChange } from '../store/affiliate-changes.js';
import {
  decideStatus,
  findAffiliate,
  insertAffiliate,
  isStatusOfOperator,
  updateAffiliate,
} from '../store/affiliates.js';
import type { Reader, Writer } from '../store/ledger.js';
import { underWayOf, type UnderWay } from '../store/payments.js';
import { listPayouts } from '../store/payouts.js';
import {
  changeStamp,
  forAudit,
  newAffiliate,
  refusedField,
  understand,
  type GivenFields,
} from './affiliate-fields.js';
import { Book } from './book.js';
import { resolveAffiliate } from './find-affiliate.js';
import { payeeDoubt, type PayeeDoubt } from './payee-doubt.js';
import { write, type Work } from './work.js';

export interface AffiliateAdded {
  readonly affiliate: AffiliateDetails;
  readonly doubt: PayeeDoubt | null;
}

/** @throws ConflictError when the id is taken */
async function refuseTakenId(reader: Reader, id: string): Promise<void> {
  const taken = await findAffiliate(reader, id);
  if (taken === undefined) return;
  throw new ConflictError(`There is an affiliate ${taken.id} already: ${taken.name}.`, {
    hint: `Change what is known of him with \`payrun affiliates edit ${taken.id}\`.`,
    details: [{ affiliateId: taken.id, affiliateName: taken.name }],
  });
}

/**
 * Adds an affiliate whom no source has named yet.
 * @throws UsageError when a value is none, naming its option; ConflictError when the id is taken
 */
export async function addAffiliate(work: Work, id: string, given: GivenFields): Promise<AffiliateAdded> {
  const request = { command: 'affiliates add', request: { id, ...forAudit(given) } };
  return write(work, request, async (writer) => {
    const book = await Book.read(writer, work.now);
    const understood = understand(newAffiliate(id, given.name ?? ''), given, book);
    if (!understood.ok) throw refusedField(understood.problem);
    const { affiliate } = understood;
    await refuseTakenId(writer, affiliate.id);
    const stamp = changeStamp(work, book);
    await insertAffiliate(writer, affiliate, stamp.at);
    const added = { field: ADDED, valueBefore: null, valueAfter: affiliate.id };
    await recordAffiliateChanges(writer, affiliate.id, [added], { ...stamp, reason: null });
    return { result: { affiliate, doubt: payeeDoubt(affiliate) }, changed: true };
  });
}

/** Whether the id is taken, for asking before everything else is asked. */
export async function isTakenId(work: Work, id: string): Promise<boolean> {
  return work.ledger.read(async (reader) => (await findAffiliate(reader, id)) !== undefined);
}

/** The affiliate who is to be edited, as he is. @throws what `resolveAffiliate` throws */
export async function showForEdit(work: Work, text: string): Promise<AffiliateDetails> {
  return work.ledger.read((reader) => affiliateToChange(reader, text));
}

/**
 * Everything known of the affiliate whose id, e-mail or exact name is the text.
 * @throws what `resolveAffiliate` throws
 */
export async function affiliateToChange(reader: Reader, text: string): Promise<AffiliateDetails> {
  const { id } = await resolveAffiliate(reader, text, 'refused');
  const affiliate = await findAffiliate(reader, id);
  if (affiliate === undefined) throw new Error(`${id} was found and is not there.`);
  return affiliate;
}

/**
 * Makes a status the operator's, and says whether the ledger changed: also where a source had set the same
 * stop, for then the source may no longer lift it.
 */
export async function takeDecision(
  writer: Writer,
  before: AffiliateDetails,
  status: AffiliateStatus,
): Promise<boolean> {
  const isStop = status !== 'active';
  if (before.status === status && (!isStop || (await isStatusOfOperator(writer, before.id)))) return false;
  await decideStatus(writer, before.id, status);
  return true;
}

export interface AffiliateEdited {
  readonly affiliate: AffiliateDetails;
  /** Accounts are masked. Empty where everything was as given already. */
  readonly changes: readonly FieldChange[];
  /** Set where payment details were changed. */
  readonly payment: {
    readonly doubt: PayeeDoubt | null;
    /** His payouts that are not paid yet. */
    readonly pending: readonly Payout[];
    /** Those of them that are on their way in a batch: they go where they were sent. Accounts are whole. */
    readonly underWay: readonly UnderWay[];
  } | null;
}

/** A change as the history keeps it. */
export function historyOf(
  before: AffiliateDetails,
  after: AffiliateDetails,
  field: AffiliateField,
): FieldChange {
  return { field, valueBefore: shownField(before, field), valueAfter: shownField(after, field) };
}

/**
 * Changes what is given of an affiliate and leaves the rest; an empty value clears.
 * @throws UsageError when a value is none, naming its option; what `resolveAffiliate` throws
 */
export async function editAffiliate(
  work: Work,
  text: string,
  given: GivenFields,
  reason: string | null,
): Promise<AffiliateEdited> {
  const request = { command: 'affiliates edit', request: { affiliate: text, ...forAudit(given), reason } };
  return write(work, request, async (writer) => {
    const book = await Book.read(writer, work.now);
    const before = await affiliateToChange(writer, text);
    const understood = understand(before, given, book);
    if (!understood.ok) throw refusedField(understood.problem);
    const { affiliate } = understood;
    const fields = changedFields(before, affiliate);
    const isDecided = given.status !== undefined && (await takeDecision(writer, before, affiliate.status));
    if (fields.length > 0) await updateAffiliate(writer, affiliate);
    const recorded = isDecided && !fields.includes('status') ? [...fields, 'status' as const] : fields;
    const changes = recorded.map((field) => historyOf(before, affiliate, field));
    await recordAffiliateChanges(writer, affiliate.id, changes, { ...changeStamp(work, book), reason });
    const result = {
      affiliate,
      changes: changes.slice(0, fields.length),
      payment: PAYMENT_FIELDS.some((field) => fields.includes(field))
        ? await paymentOf(writer, affiliate)
        : null,
    };
    return { result, changed: recorded.length > 0 };
  });
}

async function paymentOf(reader: Reader, affiliate: AffiliateDetails): Promise<AffiliateEdited['payment']> {
  return {
    doubt: payeeDoubt(affiliate),
    pending: await listPayouts(reader, { affiliateId: affiliate.id, statuses: NOT_YET_PAID }),
    underWay: await underWayOf(reader, affiliate.id),
  };
}
