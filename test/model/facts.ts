/**
 * What a ledger holds, as plain arrays: the ground on which the model works out what the rules of SPEC make
 * of it. Amounts in minor units; dates in the book zone.
 */

export type CommissionStatus = 'pending' | 'approved' | 'rejected' | 'settled';
export type AffiliateStatus = 'active' | 'paused' | 'blocked' | 'departed';
export type PayoutStatus = 'open' | 'approved' | 'processing' | 'paid' | 'failed' | 'returned' | 'void';

export interface ModelAffiliate {
  readonly id: string;
  readonly name: string;
  status: AffiliateStatus;
  statusBy: 'source' | 'operator';
  /** The status that the source gave last. */
  said: AffiliateStatus;
  own: { readonly amount: bigint; readonly currency: string } | null;
}

/** What a source said last of a commission. */
export interface Said {
  readonly status: CommissionStatus | null;
  readonly amount: bigint;
}

export interface ModelCommission {
  readonly id: string;
  readonly affiliateId: string;
  readonly currency: string;
  amount: bigint;
  readonly earnedOn: string;
  readonly availableOn: string;
  readonly campaign: string | null;
  readonly corrects: string | null;
  /** Who made the line: the source, payrun itself, or an operator with `adjust`. */
  readonly origin: 'source' | 'correction' | 'operator';
  status: CommissionStatus;
  /** Being put on a payout approved it, under the policy. */
  byPolicy: boolean;
  /** Null where no source ever said anything. */
  said: Said | null;
  /** What an operator decided and the source has not decided otherwise since. */
  decision: 'approved' | 'rejected' | null;
}

export interface ModelLine {
  readonly id: string;
  readonly amount: bigint;
}

/** One step in the life of a payout. */
export interface ModelStep {
  readonly status: PayoutStatus;
  readonly on: string;
  readonly reference: string | null;
}

export interface ModelPayout {
  readonly invoiceNumber: string;
  readonly runId: string;
  readonly affiliateId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly lines: readonly ModelLine[];
  readonly issuedOn: string;
  readonly from: string | null;
  readonly to: string;
  /** Of its run: what a redo asks again, and whom two-person approval keeps from approving. */
  readonly campaign: string | null;
  readonly overrideMinimum: boolean;
  readonly createdBy: string;
  /** The number of the void payout that it replaces. */
  readonly replaces: string | null;
  readonly history: ModelStep[];
  status: PayoutStatus;
  paidOn: string | null;
  reference: string | null;
  voidedOn: string | null;
  creditNoteNumber: string | null;
}

/** Text by its UTF-8 bytes, which is not the order of JavaScript's own comparison. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
export const later = (a: string, b: string): string => (a > b ? a : b);
export const sum = (list: readonly { readonly amount: bigint }[]): bigint =>
  list.reduce((total, { amount }) => total + amount, 0n);

export class Facts {
  readonly affiliates: ModelAffiliate[] = [];
  readonly commissions: ModelCommission[] = [];
  readonly payouts: ModelPayout[] = [];
  readonly minimums = new Map<string, bigint>();
  invoicePattern = 'INV-{YYYY}-{SEQ:6}';
  creditNotePattern = 'CN-{YYYY}-{SEQ:6}';
  approval: 'none' | 'required' | 'two-person' = 'none';
  /** The day on which `after-hold` was set; null under `manual`. */
  afterHoldSince: string | null = null;

  commission(id: string): ModelCommission {
    const found = this.commissions.find((one) => one.id === id);
    if (found === undefined) throw new Error(`The model has no commission ${id}.`);
    return found;
  }

  affiliate(id: string): ModelAffiliate {
    const found = this.affiliates.find((one) => one.id === id);
    if (found === undefined) throw new Error(`The model has no affiliate ${id}.`);
    return found;
  }

  payout(invoiceNumber: string): ModelPayout {
    const found = this.payouts.find((one) => one.invoiceNumber === invoiceNumber);
    if (found === undefined) throw new Error(`The model has no payout ${invoiceNumber}.`);
    return found;
  }

  /** The live payout that a commission is on. */
  livePayout(id: string): ModelPayout | undefined {
    return this.payouts.find(
      (payout) => payout.status !== 'void' && payout.lines.some((line) => line.id === id),
    );
  }

  replacementOf(invoiceNumber: string): ModelPayout | undefined {
    return this.payouts.find((one) => one.replaces === invoiceNumber);
  }

  corrections(id: string): ModelCommission[] {
    return this.commissions.filter((one) => one.origin === 'correction' && one.corrects === id);
  }

  /** Unpaid and not turned down: what a run may come to. */
  isOpen(one: ModelCommission): boolean {
    const counts = one.status === 'pending' || one.status === 'approved';
    return counts && one.amount !== 0n && this.livePayout(one.id) === undefined;
  }
}
