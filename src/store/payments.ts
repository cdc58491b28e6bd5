/**
 * Payment batches: making them, the bytes of their files, what became of each payment. `payout-steps.ts` ends
 * a payment when its payout is paid, fails or comes back.
 */
import type { CalendarDate } from '../core/calendar.js';
import { exactJson } from '../core/exact-json.js';
import {
  batchId,
  type BatchStatus,
  type BatchStep,
  type BatchVerb,
  type Payment,
  type PaymentBatch,
  type PaymentFileContent,
  type PaymentFileFacts,
  type PaymentFormat,
  type PaymentItem,
  type PaymentMethod,
  type PaymentTotal,
  type ReferencedPayment,
} from '../core/payment.js';
import type { PayoutStatus } from '../core/payout.js';
import type { Reader, SqlParameters, Writer } from './ledger.js';

/** What a payout would be paid to now, and how. */
const DETAILS = `
  SELECT payout.invoice_number AS invoiceNumber, payout.affiliate_id AS affiliateId, payout.currency,
    payout.amount, affiliate.payout_method AS method,
    coalesce(nullif(affiliate.payout_name, ''), affiliate.name) AS payee, affiliate.email,
    coalesce(affiliate.company, '') <> '' AS isCompany, affiliate.payout_account AS account,
    affiliate.payout_bic AS bic, affiliate.country, affiliate.address_line1 AS addressLine1,
    affiliate.address_line2 AS addressLine2, affiliate.city, affiliate.postal_code AS postalCode,
    (SELECT item.batch FROM payment_items AS item WHERE item.payout = payout.number AND item.outcome IS NULL)
      AS batch
  FROM json_each(:invoiceNumbers) AS wanted
  CROSS JOIN payouts AS payout ON payout.invoice_number = wanted.value
  CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id
  ORDER BY wanted.key`;

/** Those of one method. The statuses are among the not yet paid, which have an index of their own. */
const BY_METHOD = `
  SELECT payout.invoice_number AS invoiceNumber
  FROM payouts AS payout CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id
  WHERE payout.status NOT IN ('paid', 'void')
    AND payout.status IN (SELECT value FROM json_each(:statuses)) AND affiliate.payout_method IS :method
  ORDER BY payout.issued_on, payout.number`;

const INSERT_BATCH = `
  INSERT INTO payment_batches (number, method, format, execution_on, request, created_at, created_on, created_by,
    os_user)
  VALUES (:number, :method, :format, :executionOn, :request, :at, :on, :by, :osUser)`;

const INSERT_FILE = `
  INSERT INTO payment_files (batch, file, currency, payouts, amount, sha256, content)
  VALUES (:batch, :file, :currency, :payouts, :amount, :sha256, :content)`;

const INSERT_ITEM = `
  INSERT INTO payment_items (batch, payout, file, reference, currency, amount, payee, account, details)
  SELECT ?, payout.number, ?, ?, payout.currency, payout.amount, ?, ?, ? FROM payouts AS payout
  WHERE payout.invoice_number = ?`;

const INSERT_STEP = `
  INSERT INTO payment_batch_history (batch, step, verb, on_day, reason, reference, payouts, at, "by", os_user)
  VALUES (:batch, 1 + (SELECT coalesce(max(step), 0) FROM payment_batch_history WHERE batch = :batch), :verb, :on,
    :reason, :reference, :payouts, :at, :by, :osUser)`;

/** A batch of which nothing is under way is done, unless it was taken back. */
const BATCHES = `
  SELECT * FROM (
    SELECT batch.number, batch.method, batch.format, batch.execution_on AS executionOn,
      batch.created_at AS createdAt, batch.created_on AS createdOn, batch.created_by AS createdBy,
      CASE
        WHEN EXISTS (SELECT 1 FROM payment_batch_history AS step
          WHERE step.batch = batch.number AND step.verb = 'cancelled') THEN 'cancelled'
        WHEN EXISTS (SELECT 1 FROM payment_items AS item
          WHERE item.batch = batch.number AND item.outcome IS NULL) THEN 'processing'
        ELSE 'done' END AS status
    FROM payment_batches AS batch
    WHERE :number IS NULL OR batch.number = :number)
  WHERE :status IS NULL OR status = :status
  ORDER BY number`;

const TOTALS = `
  SELECT batch, currency, sum(payouts) AS payouts, sum(amount) AS amount FROM payment_files
  WHERE :number IS NULL OR batch = :number
  GROUP BY batch, currency ORDER BY batch, currency`;

const ITEMS = `
  SELECT payout.invoice_number AS invoiceNumber, payout.affiliate_id AS affiliateId, item.file, item.reference,
    item.currency, item.amount, item.payee, item.account, item.outcome, item.outcome_on AS outcomeOn,
    item.outcome_reference AS outcomeReference, payout.status
  FROM payment_items AS item CROSS JOIN payouts AS payout ON payout.number = item.payout
  WHERE item.batch = :batch ORDER BY item.payout`;

const FILES = `
  SELECT file, currency, payouts, amount, sha256 FROM payment_files WHERE batch = :batch ORDER BY file`;

const CONTENT = 'SELECT content FROM payment_files WHERE batch = :batch AND file = :file';

const HISTORY = `
  SELECT at, "by" AS "by", verb, on_day AS "on", reason, reference, payouts FROM payment_batch_history
  WHERE batch = :batch ORDER BY step`;

/** A payout is in no second batch before it failed, came back or was cancelled, so the last one counts. */
const SENT_OF = `
  SELECT item.batch, item.account FROM payouts AS payout CROSS JOIN payment_items AS item ON item.payout = payout.number
  WHERE payout.invoice_number = :invoiceNumber ORDER BY item.batch DESC LIMIT 1`;

/** Where the payouts of an affiliate are going that are under way. */
const UNDER_WAY = `
  SELECT item.batch, payout.invoice_number AS invoiceNumber, item.currency, item.amount, item.account
  FROM payouts AS payout CROSS JOIN payment_items AS item ON item.payout = payout.number
  WHERE payout.status NOT IN ('paid', 'void') AND payout.affiliate_id = :affiliateId AND item.outcome IS NULL
  ORDER BY item.batch, payout.number`;

/** By which ways payouts are paid, and whether they are in a batch under way. */
const WAYS = `
  SELECT payout.invoice_number AS invoiceNumber, payout.status, affiliate.payout_method AS method,
    (SELECT item.batch FROM payment_items AS item WHERE item.payout = payout.number AND item.outcome IS NULL)
      AS batch
  FROM json_each(:invoiceNumbers) AS wanted
  CROSS JOIN payouts AS payout ON payout.invoice_number = wanted.value
  CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id
  ORDER BY wanted.key`;

/** The same of what is not yet paid, each way once. */
const PENDING_WAYS = `
  SELECT DISTINCT payout.status, affiliate.payout_method AS method,
    (SELECT item.batch FROM payment_items AS item WHERE item.payout = payout.number AND item.outcome IS NULL)
      AS batch
  FROM payouts AS payout CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id
  WHERE payout.status NOT IN ('paid', 'void')`;

/** In which later batches the payouts of a batch went out again. */
const SENT_AGAIN = `
  SELECT payout.invoice_number AS invoiceNumber, max(later.batch) AS batch
  FROM payment_items AS item
  CROSS JOIN payouts AS payout ON payout.number = item.payout
  CROSS JOIN payment_items AS later ON later.payout = item.payout AND later.batch > item.batch
  WHERE item.batch = :batch GROUP BY item.payout ORDER BY item.payout`;

const FILE_NAMES = `
  SELECT request ->> '$.files' AS files FROM payment_batches WHERE number = :batch`;

const CANCEL = `
  UPDATE payment_items SET outcome = 'cancelled', outcome_on = :on WHERE batch = :batch AND outcome IS NULL`;

/** A payout with what it would be paid to now. */
export interface PaymentCandidate {
  readonly payment: Payment;
  /** The affiliate's own; null where he has none. */
  readonly method: PaymentMethod | null;
  /** The batch in which it is under way; null where it is in none. */
  readonly batch: string | null;
}

type DetailsRow = Omit<Payment, 'isCompany' | 'addressLines'> & {
  readonly method: PaymentMethod | null;
  readonly isCompany: bigint;
  readonly addressLine1: string | null;
  readonly addressLine2: string | null;
  readonly batch: bigint | null;
};

/** Those of these invoice numbers, in their order, with the payment details of today. */
export async function paymentCandidates(
  reader: Reader,
  invoiceNumbers: readonly string[],
): Promise<PaymentCandidate[]> {
  const rows = await reader.all<DetailsRow>(DETAILS, { invoiceNumbers: JSON.stringify(invoiceNumbers) });
  return rows.map(({ method, batch, isCompany, addressLine1, addressLine2, ...rest }) => ({
    payment: {
      ...rest,
      isCompany: isCompany === 1n,
      addressLines: [addressLine1, addressLine2].filter((line) => line !== null),
    },
    method,
    batch: batch === null ? null : batchId(batch),
  }));
}

/**
 * The invoice numbers of payouts of these statuses whose affiliates are paid by a method, by issue date.
 * @param method null for those who have none
 */
export async function payoutsOfMethod(
  reader: Reader,
  method: PaymentMethod | null,
  statuses: readonly PayoutStatus[],
): Promise<string[]> {
  const parameters = { method, statuses: JSON.stringify(statuses) };
  const rows = await reader.all<{ invoiceNumber: string }>(BY_METHOD, parameters);
  return rows.map(({ invoiceNumber }) => invoiceNumber);
}

/** The number that the next batch has. */
export async function nextBatchNumber(writer: Reader): Promise<bigint> {
  const last = await writer.get<{ last: bigint | null }>('SELECT max(number) AS last FROM payment_batches');
  return (last?.last ?? 0n) + 1n;
}

/** Who does something with a batch, when and on which day. */
export interface BatchFacts {
  readonly on: CalendarDate;
  readonly at: string;
  readonly by: string;
  readonly osUser: string;
}

/** A file of a batch to be; `sha256` of its content in hexadecimal digits. */
export interface NewPaymentFile extends PaymentFileContent {
  readonly sha256: string;
}

export interface NewBatch extends BatchFacts {
  readonly number: bigint;
  readonly method: PaymentMethod;
  readonly format: PaymentFormat;
  readonly executionOn: CalendarDate;
  /** As it was typed, for the record. */
  readonly typed: unknown;
  readonly files: readonly NewPaymentFile[];
}

/**
 * Stores a batch: its files with their bytes, its payouts with the details to which they go, and its first
 * step. The caller has checked that each may be paid, and takes the payouts on.
 */
export async function insertBatch(writer: Writer, batch: NewBatch): Promise<void> {
  const { number, method, format, executionOn, typed, files, on, at, by, osUser } = batch;
  const facts = { on, at, by, osUser };
  const request = JSON.stringify(typed);
  await writer.run(INSERT_BATCH, { number, method, format, executionOn, request, ...facts });
  for (const [place, { currency, content, payments, sha256 }] of files.entries()) {
    const file = BigInt(place + 1);
    const amount = payments.reduce((sum, payment) => sum + payment.amount, 0n);
    const payouts = BigInt(payments.length);
    await writer.run(INSERT_FILE, { batch: number, file, currency, payouts, amount, sha256, content });
    await writer.runMany(
      INSERT_ITEM,
      payments.map((one) => [
        number,
        file,
        one.reference,
        one.payee,
        one.account ?? '',
        details(one),
        one.invoiceNumber,
      ]),
    );
  }
  const payouts = files.reduce((sum, { payments }) => sum + payments.length, 0);
  const first = { batch: number, verb: 'created', reason: null, reference: null, payouts, ...facts } as const;
  await recordBatchStep(writer, first);
}

/** The reference stands in a column of its own. */
function details(payment: ReferencedPayment): string {
  return exactJson({ ...payment, reference: undefined });
}

/** Writes into the history of a batch what was done with it. */
export async function recordBatchStep(
  writer: Writer,
  step: BatchFacts & {
    readonly batch: bigint;
    readonly verb: BatchVerb;
    readonly reason: string | null;
    readonly reference: string | null;
    /** How many it concerned. */
    readonly payouts: number;
  },
): Promise<void> {
  const { batch, verb, on, reason, reference, at, by, osUser } = step;
  const payouts = BigInt(step.payouts);
  await writer.run(INSERT_STEP, { batch, verb, on, reason, reference, payouts, at, by, osUser });
}

/** Ends what is under way in a batch as cancelled. The caller takes the payouts on to failed, afterwards. */
export async function cancelPayments(writer: Writer, batch: bigint, on: CalendarDate): Promise<void> {
  await writer.run(CANCEL, { batch, on });
}

type BatchRow = Omit<PaymentBatch, 'id' | 'totals' | 'status'> & {
  readonly number: bigint;
  readonly status: BatchStatus;
};

type TotalRow = Omit<PaymentTotal, 'payouts'> & { readonly batch: bigint; readonly payouts: bigint };

async function batches(
  reader: Reader,
  filter: { readonly number: bigint | null; readonly status: BatchStatus | null },
): Promise<PaymentBatch[]> {
  const { number } = filter;
  const parameters: SqlParameters = { ...filter };
  const rows = await reader.all<BatchRow>(BATCHES, parameters);
  const totals = new Map<bigint, PaymentTotal[]>();
  for (const { batch, payouts, ...total } of await reader.all<TotalRow>(TOTALS, { number })) {
    totals.set(batch, [...(totals.get(batch) ?? []), { ...total, payouts: Number(payouts) }]);
  }
  return rows.map(({ number: one, ...row }) => ({
    id: batchId(one),
    ...row,
    totals: totals.get(one) ?? [],
  }));
}

/** The batches, the first one first; of one status if it is given. */
export async function listBatches(
  reader: Reader,
  status: BatchStatus | null = null,
): Promise<PaymentBatch[]> {
  return batches(reader, { number: null, status });
}

/** One batch, or undefined where there is none of that number. */
export async function findBatch(reader: Reader, number: bigint): Promise<PaymentBatch | undefined> {
  return (await batches(reader, { number, status: null }))[0];
}

type ItemRow = Omit<PaymentItem, 'file'> & { readonly file: bigint };

/** The payouts of a batch, in the order in which they were made. */
export async function itemsOf(reader: Reader, batch: bigint): Promise<PaymentItem[]> {
  const rows = await reader.all<ItemRow>(ITEMS, { batch });
  return rows.map((row) => ({ ...row, file: Number(row.file) }));
}

type FileRow = Omit<PaymentFileFacts, 'file' | 'payouts'> & {
  readonly file: bigint;
  readonly payouts: bigint;
};

/** The files of a batch, without their bytes. */
export async function filesOf(reader: Reader, batch: bigint): Promise<PaymentFileFacts[]> {
  const rows = await reader.all<FileRow>(FILES, { batch });
  return rows.map((row) => ({ ...row, file: Number(row.file), payouts: Number(row.payouts) }));
}

/** The content of one file of a batch, or undefined. */
export async function contentOf(reader: Reader, batch: bigint, file: number): Promise<string | undefined> {
  const row = await reader.get<{ content: string }>(CONTENT, { batch, file: BigInt(file) });
  return row?.content;
}

/** What was done with a batch, in that order. */
export async function batchHistoryOf(reader: Reader, batch: bigint): Promise<BatchStep[]> {
  const rows = await reader.all<Omit<BatchStep, 'payouts'> & { payouts: bigint }>(HISTORY, { batch });
  return rows.map((row) => ({ ...row, payouts: Number(row.payouts) }));
}

/** The last batch in which a payout was sent and the account to which; null where it was in none. */
export async function sentOf(
  reader: Reader,
  invoiceNumber: string,
): Promise<{ readonly batch: string; readonly account: string } | null> {
  const row = await reader.get<{ batch: bigint; account: string }>(SENT_OF, { invoiceNumber });
  return row === undefined ? null : { batch: batchId(row.batch), account: row.account };
}

/** A payout on its way in a batch. In minor units; the account is whole. */
export interface UnderWay {
  readonly batch: string;
  readonly invoiceNumber: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly account: string;
}

/** The payouts of an affiliate that are under way in batches. */
export async function underWayOf(reader: Reader, affiliateId: string): Promise<UnderWay[]> {
  const rows = await reader.all<Omit<UnderWay, 'batch'> & { batch: bigint }>(UNDER_WAY, { affiliateId });
  return rows.map(({ batch, ...row }) => ({ batch: batchId(batch), ...row }));
}

/** By which way payouts would be paid now, or in which batch they are under way. */
export interface PayoutWay {
  readonly status: PayoutStatus;
  /** The affiliate's own; null where he has none. */
  readonly method: PaymentMethod | null;
  readonly batch: string | null;
}

type WayRow = Omit<PayoutWay, 'batch'> & { readonly batch: bigint | null };

const wayOf = <Row extends WayRow>(row: Row): Omit<Row, 'batch'> & { batch: string | null } => ({
  ...row,
  batch: row.batch === null ? null : batchId(row.batch),
});

/** The ways of these payouts, in their order. */
export async function waysOf(
  reader: Reader,
  invoiceNumbers: readonly string[],
): Promise<(PayoutWay & { readonly invoiceNumber: string })[]> {
  const parameters = { invoiceNumbers: JSON.stringify(invoiceNumbers) };
  const rows = await reader.all<WayRow & { readonly invoiceNumber: string }>(WAYS, parameters);
  return rows.map((row) => wayOf(row));
}

/** The ways of everything that is not yet paid, each once. */
export async function pendingWays(reader: Reader): Promise<PayoutWay[]> {
  return (await reader.all<WayRow>(PENDING_WAYS)).map((row) => wayOf(row));
}

/** The last later batch of each payout of a batch that went out again, by invoice number. */
export async function sentAgain(reader: Reader, batch: bigint): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.all<{ invoiceNumber: string; batch: bigint }>(SENT_AGAIN, { batch });
  return new Map(rows.map((row) => [row.invoiceNumber, batchId(row.batch)]));
}

/** The names under which the files of a batch were written first; empty where that was not recorded. */
export async function fileNamesOf(reader: Reader, batch: bigint): Promise<readonly string[]> {
  const row = await reader.get<{ files: string | null }>(FILE_NAMES, { batch });
  return JSON.parse(row?.files ?? '[]') as string[];
}
