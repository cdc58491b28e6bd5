/** Operators pause, block, activate affiliates and let them depart; no import lifts what they stopped. */
import {
  AFFILIATE_VERBS,
  type AffiliateDetails,
  type AffiliateStatus,
  type AffiliateVerb,
  type Balance,
} from '../core/affiliate.js';
import { NOT_YET_PAID, type Payout } from '../core/payout.js';
import { recordAffiliateChanges } from '../store/affiliate-changes.js';
import { listPayouts } from '../store/payouts.js';
import { changeStamp } from './affiliate-fields.js';
import { balancesOf } from './balances.js';
import { Book } from './book.js';
import { affiliateToChange, historyOf, takeDecision } from './edit-affiliates.js';
import { write, type Work } from './work.js';

export interface StatusDecided {
  readonly affiliate: AffiliateDetails;
  readonly before: AffiliateStatus;
  /** False where he had that status already, whoever set it. */
  readonly changed: boolean;
  /** His payouts whose money has not arrived yet. */
  readonly pending: readonly Payout[];
  /** By currency; empty where he never had anything. */
  readonly balances: readonly Balance[];
}

/**
 * Sets the status that the verb leads to, from any other.
 * @throws what `resolveAffiliate` throws
 */
export async function decideAffiliate(
  work: Work,
  verb: AffiliateVerb,
  text: string,
  reason: string | null,
): Promise<StatusDecided> {
  const request = { command: `affiliates ${verb}`, request: { affiliate: text, reason } };
  return write(work, request, async (writer) => {
    const before = await affiliateToChange(writer, text);
    const status = AFFILIATE_VERBS[verb];
    const affiliate: AffiliateDetails = { ...before, status };
    const { id } = affiliate;
    const book = await Book.read(writer, work.now);
    const changed = await takeDecision(writer, before, status);
    if (changed) {
      const change = historyOf(before, affiliate, 'status');
      await recordAffiliateChanges(writer, id, [change], { ...changeStamp(work, book), reason });
    }
    const result = {
      affiliate,
      before: before.status,
      changed: before.status !== status,
      pending: await listPayouts(writer, { affiliateId: id, statuses: NOT_YET_PAID }),
      balances: (await balancesOf(writer, await book.rules(writer), id)).get(id) ?? [],
    };
    return { result, changed };
  });
}
