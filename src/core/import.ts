/** What an import answers: counts, and every row that was refused with its reason (SPEC section 8). */

/** The closed set of reasons for which a row is refused. */
export type RejectionCode =
  | 'missing'
  | 'bad_amount'
  | 'too_many_decimals'
  | 'amount_too_large'
  | 'wrong_sign'
  | 'bad_date'
  | 'bad_currency'
  | 'bad_status'
  | 'bad_kind'
  | 'bad_value'
  | 'duplicate_id'
  | 'unknown_affiliate'
  | 'locked_field'
  | 'bad_row';

/** One refused row: the physical line (the header being 1), the column, the value as given, why. */
export interface Rejection {
  readonly line: number;
  readonly column: string | null;
  readonly value: string;
  readonly code: RejectionCode;
  readonly message: string;
}

/** How many rows an import took, by what they did to the ledger. */
export interface ImportCounts {
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly corrected: number;
  readonly rejected: number;
}
