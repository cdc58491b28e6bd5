/** Looking at commissions. */
import type { CalendarDate } from '../core/calendar.js';
import type { Commission, CommissionChange, CommissionStatus, DecidedBy } from '../core/commission.js';
import { NotFoundError } from '../core/errors.js';
import { changesOf, correctionsOf, decidedBy, eachCommission, findCommission } from '../store/commissions.js';
import { resolveAffiliate } from './find-affiliate.js';
import type { Work } from './work.js';

/**
 * Which commissions, as asked for; what is absent does not matter. Dates filter the earned date, both
 * included.
 */
export interface CommissionQuery {
  /** Id, e-mail, name, or a part that fits just one. */
  readonly affiliate?: string;
  readonly status?: CommissionStatus;
  readonly campaign?: string;
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
}

/**
 * Hands over the commissions in the order in which they came in, in pages of one snapshot.
 * @throws NotFoundError when the affiliate is not there; UsageError when it is not just one
 */
export async function withCommissions(
  work: Work,
  query: CommissionQuery,
  use: (page: readonly Commission[]) => Promise<void>,
): Promise<void> {
  await work.ledger.read(async (reader) => {
    const { affiliate, ...rest } = query;
    const one = affiliate === undefined ? undefined : await resolveAffiliate(reader, affiliate, 'accepted');
    const filter = { ...rest, ...(one === undefined ? {} : { affiliateId: one.id }) };
    for await (const page of eachCommission(reader, filter)) await use(page);
  });
}

/** A commission, what corrects it or takes it back, and what became of it, oldest first. */
export interface ShownCommission {
  readonly commission: Commission;
  readonly corrections: readonly Commission[];
  readonly history: readonly CommissionChange[];
  readonly decidedBy: DecidedBy;
}

/** One commission. @throws NotFoundError when there is none of that id */
export async function showCommission(work: Work, id: string): Promise<ShownCommission> {
  return work.ledger.read(async (reader) => {
    const commission = await findCommission(reader, id.trim());
    if (commission === undefined) {
      throw new NotFoundError(`There is no commission ${id}.`, { hint: 'See `payrun commissions list`.' });
    }
    return {
      commission,
      corrections: await correctionsOf(reader, commission.id),
      history: await changesOf(reader, commission.id),
      decidedBy: await decidedBy(reader, commission.id),
    };
  });
}
