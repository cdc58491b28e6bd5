/** Payments: batches of payouts sent together, what each is sent to, and why a payout is left out. */
import type { PayoutMethod } from './affiliate.js';
import type { CalendarDate } from './calendar.js';
import type { CurrencyCode } from './currencies.js';
import { UsageError } from './errors.js';
import type { PayoutStatus } from './payout.js';

/** How a batch pays; what is paid by hand needs no file but may have a list. */
export type PaymentMethod = PayoutMethod;

/** The formats of payment files; `csv` is the generic list of any bank. */
export const PAYMENT_FORMATS = [
  'pain.001.001.09',
  'pain.001.001.03',
  'nacha',
  'paypal',
  'wise',
  'csv',
] as const;
export type PaymentFormat = (typeof PAYMENT_FORMATS)[number];

/** The formats of each method; the first is its own. */
export const FORMATS_OF: Readonly<Record<PaymentMethod, readonly PaymentFormat[]>> = {
  paypal: ['paypal', 'csv'],
  wise: ['wise', 'csv'],
  sepa: ['pain.001.001.09', 'pain.001.001.03', 'csv'],
  ach: ['nacha', 'csv'],
  manual: ['csv'],
};

/** Why a payout is not in a batch. */
export type LeftOutReason =
  | 'wrong_status'
  | 'in_batch'
  | 'other_method'
  | 'approval_required'
  | 'affiliate_blocked'
  | 'affiliate_paused'
  | 'corrected_since'
  | 'details_changed'
  | 'missing_account'
  | 'bad_account'
  | 'bad_iban'
  | 'bad_bic'
  | 'bad_routing_number'
  | 'bad_email'
  | 'bad_currency'
  | 'bad_name'
  | 'name_too_long'
  | 'bad_characters'
  | 'amount_limit';

/** One payout to be paid, with the affiliate's payment details as they are now. Minor units. */
export interface Payment {
  readonly invoiceNumber: string;
  readonly affiliateId: string;
  readonly currency: CurrencyCode;
  readonly amount: bigint;
  /** Whom the money is for: the payout name, else the name. */
  readonly payee: string;
  readonly email: string | null;
  /** Whether it is a business; else a person. */
  readonly isCompany: boolean;
  readonly account: string | null;
  readonly bic: string | null;
  readonly country: string | null;
  readonly addressLines: readonly string[];
  readonly city: string | null;
  readonly postalCode: string | null;
}

/** Why a format cannot pay somebody; the message is half a sentence: `the IBAN is mistyped`. */
export interface PaymentProblem {
  readonly reason: LeftOutReason;
  readonly message: string;
}

/** Whom a batch is from, and when it is to be carried out. */
export interface PaymentOrder {
  /** `B-000001`: also what the bank knows the file by. */
  readonly batch: string;
  readonly method: PaymentMethod;
  readonly format: PaymentFormat;
  /** The instant at which the batch was made. */
  readonly createdAt: Date;
  readonly executionOn: CalendarDate;
  readonly company: { readonly name: string; readonly iban: string; readonly bic: string };
  /** The value of `export.<method>.<name>` by its name, such as `origin` of `ach`. */
  setting(name: string): string;
}

/** A payment as a file names it: by its reference the provider's answer is matched. */
export interface ReferencedPayment extends Payment {
  readonly reference: string;
}

/** One payment file: its content never changes. */
export interface PaymentFileContent {
  readonly currency: CurrencyCode;
  readonly content: string;
  /** In the order of the file. */
  readonly payments: readonly ReferencedPayment[];
}

/** A payment format: pure, from payments to files. */
export interface PaymentWriter {
  /** Of the file's name, without the dot. */
  readonly extension: string;
  /**
   * Refuses what the whole order lacks, such as the company's IBAN.
   * @throws UsageError naming the setting
   */
  check(order: PaymentOrder): void;
  /** Why this payment cannot be made in this format, null where it can. */
  problem(payment: Payment, order: PaymentOrder): PaymentProblem | null;
  /** How the file names a payment; unique in the batch. */
  reference(payment: Payment, order: PaymentOrder): string;
  /** The files, split by currency and by the limits of the format. Every payment is in just one. */
  files(payments: readonly ReferencedPayment[], order: PaymentOrder): readonly PaymentFileContent[];
}

/** What became of a payment in a batch; null while it is under way. */
export type PaymentOutcome = 'paid' | 'failed' | 'returned' | 'cancelled';

/** What a batch has come to: some of it is under way, nothing is, or it was taken back unsent. */
export type BatchStatus = 'processing' | 'done' | 'cancelled';

/** The id by which people call a batch: `B-000001`. */
export function batchId(number: bigint): string {
  return `B-${number.toString().padStart(6, '0')}`;
}

/** The number in a batch id, written with or without letter and zeros. @throws UsageError when it is none. */
export function batchNumber(id: string): bigint {
  const match = /^(?:b-?)?0*([1-9]\d{0,17})$/i.exec(id.trim());
  if (match?.[1] === undefined) {
    throw new UsageError(`"${id}" is not a batch id.`, {
      hint: 'Batch ids look like B-000001: see `payrun payments list`.',
    });
  }
  return BigInt(match[1]);
}

/** What is paid in one currency. Minor units. */
export interface PaymentTotal {
  readonly currency: CurrencyCode;
  readonly payouts: number;
  readonly amount: bigint;
}

/** A batch as it stands. Dates in the book zone. */
export interface PaymentBatch {
  readonly id: string;
  readonly method: PaymentMethod;
  readonly format: PaymentFormat;
  readonly executionOn: CalendarDate;
  readonly createdAt: string;
  readonly createdOn: CalendarDate;
  readonly createdBy: string;
  readonly status: BatchStatus;
  /** By currency; of all its payouts, whatever became of them. */
  readonly totals: readonly PaymentTotal[];
}

/** A payout in a batch: what was sent to whom, and what became of it. Minor units. */
export interface PaymentItem {
  readonly invoiceNumber: string;
  readonly affiliateId: string;
  /** The number of its file in the batch, from 1. */
  readonly file: number;
  /** By which the file names it. */
  readonly reference: string;
  readonly currency: CurrencyCode;
  readonly amount: bigint;
  readonly payee: string;
  /** Whole; to be shown masked. Empty where there was none. */
  readonly account: string;
  readonly outcome: PaymentOutcome | null;
  readonly outcomeOn: CalendarDate | null;
  /** The provider's word for it. */
  readonly outcomeReference: string | null;
  /** Of the payout, by now. */
  readonly status: PayoutStatus;
}

/** A file of a batch, without its content. Minor units; `sha256` in hexadecimal digits. */
export interface PaymentFileFacts {
  /** From 1. */
  readonly file: number;
  readonly currency: CurrencyCode;
  readonly payouts: number;
  readonly amount: bigint;
  readonly sha256: string;
}

/** What was done with a batch. */
export type BatchVerb = 'created' | 'confirmed' | 'reconciled' | 'cancelled' | 'written';

/** One thing that was done with a batch. */
export interface BatchStep {
  readonly at: string;
  readonly by: string;
  readonly verb: BatchVerb;
  /** The day on which it happened, which may lie before the one on which it was recorded. */
  readonly on: CalendarDate;
  readonly reason: string | null;
  readonly reference: string | null;
  /** How many payouts it concerned. */
  readonly payouts: number;
}
