/** What an operator adds by hand: commissions that no source knows (SPEC section 8, `adjust`). */
import type { CalendarDate } from '../core/calendar.js';
import type { CommissionKind } from '../core/commission.js';
import type { Writer } from './ledger.js';
import { openItems } from './open-items.js';

/** Imported ids hold no tilde, so these can never meet one. */
const NEXT_ID = `
  SELECT printf('ADJ~%06d', 1 + count(*)) AS id
  FROM commissions INDEXED BY commissions_of_operators WHERE origin = 'operator'`;

const INSERT = `
  INSERT INTO commissions (id, affiliate_id, kind, status, status_by, currency, amount, earned_at, earned_on,
    available_on, description, origin, recorded_at)
  VALUES (:id, :affiliateId, :kind, 'approved', 'operator', :currency, :amount, :earnedOn, :earnedOn,
    :earnedOn, :reason, 'operator', :at)`;

const OPEN = openItems('id = :id');

export interface NewAdjustment {
  readonly affiliateId: string;
  readonly kind: CommissionKind;
  readonly currency: string;
  /** Minor units, not 0. */
  readonly amount: bigint;
  readonly earnedOn: CalendarDate;
  readonly reason: string;
  readonly at: string;
}

/** Adds an approved commission of the operator's own. @returns its id */
export async function insertAdjustment(writer: Writer, adjustment: NewAdjustment): Promise<string> {
  const { id = '' } = (await writer.get<{ id: string }>(NEXT_ID)) ?? {};
  await writer.run(INSERT, { id, ...adjustment });
  await writer.run(OPEN, { id });
  return id;
}
