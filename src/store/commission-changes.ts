/** The history of commissions: what changed their status or amount, who did it, and why. */

export interface ChangedCommissions {
  /**
   * FROM and what follows it. Its `commission` is the row as it is before the change: `number`, `status` and
   * `amount` are asked of it.
   */
  readonly from: string;
  /** SQL of the status that it gets; where it is left out the status stays. */
  readonly status?: string;
  /** SQL of the amount that it gets, in minor units; where it is left out the amount stays. */
  readonly amount?: string;
  /**
   * SQL of what it had where it gets another, else of null: its affiliate, its currency, the day on which it
   * was earned, and the number of what it corrects, 0 for nothing.
   */
  readonly moved?: Readonly<Partial<Record<'affiliate' | 'currency' | 'earned' | 'corrects', string>>>;
  /** SQL of the reason. */
  readonly reason: string;
}

/**
 * SQL that writes changes into the history, before the commissions themselves are changed. It is run with
 * `at` (the instant), `on` (that day in the book zone) and `by` (the actor).
 */
export const recordChanges = ({ from, status, amount, moved, reason }: ChangedCommissions): string => `
  INSERT INTO commission_changes (commission, changed_at, changed_on, changed_by, status_before, status_after,
    amount_before, amount_after, reason, affiliate_before, currency_before, earned_before, corrects_before,
    commissions_before)
  SELECT commission.number, :at, :on, :by, commission.status, ${status ?? 'commission.status'},
    commission.amount, ${amount ?? 'commission.amount'}, ${reason},
    ${moved?.affiliate ?? 'NULL'}, ${moved?.currency ?? 'NULL'}, ${moved?.earned ?? 'NULL'},
    ${moved?.corrects ?? 'NULL'}, (SELECT max(number) FROM commissions)
  ${from}`;

/** SQL of the id of the last correction of a commission, for the reason of a change. */
export const lastCorrectionId = (commission: string): string => `(
  SELECT correction.id FROM commissions AS correction
  WHERE correction.corrects = ${commission} AND correction.origin = 'correction'
  ORDER BY correction.number DESC LIMIT 1)`;

/**
 * SQL of what a row of commission_changes, there called `change`, left in a column such as
 * `affiliate_before`: what the next one that moved it says, else what stands in `commission`.
 */
export const leftBy = (column: string, standing: string): string => `coalesce((
    SELECT later.${column} FROM commission_changes AS later
    WHERE later.commission = change.commission AND later.number > change.number AND later.${column} IS NOT NULL
    ORDER BY later.number LIMIT 1), ${standing})`;
