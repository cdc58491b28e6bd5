/** The formats of payment files: which goes with which method, what writes it, and what an order says. */
import type { CalendarDate } from '../core/calendar.js';
import { UsageError } from '../core/errors.js';
import {
  FORMATS_OF,
  type PaymentFormat,
  type PaymentMethod,
  type PaymentOrder,
  type PaymentWriter,
} from '../core/payment.js';
import type { Book } from './book.js';

const WRITERS: Readonly<Record<PaymentFormat, () => Promise<PaymentWriter>>> = {
  'pain.001.001.09': async () => (await import('../exports/pain001.js')).pain001,
  'pain.001.001.03': async () => (await import('../exports/pain001.js')).pain001,
  nacha: async () => (await import('../exports/nacha.js')).nacha,
  paypal: async () => (await import('../exports/paypal.js')).paypal,
  wise: async () => (await import('../exports/wise.js')).wise,
  csv: async () => (await import('../exports/bank-csv.js')).bankCsv,
};

/** What writes a format. */
export function writerOf(format: PaymentFormat): Promise<PaymentWriter> {
  return WRITERS[format]();
}

/**
 * The format that is asked for, else the method's own; of SEPA the version that the settings say.
 * @throws UsageError naming those of the method
 */
export function paymentFormat(book: Book, method: PaymentMethod, asked: PaymentFormat | null): PaymentFormat {
  const formats = FORMATS_OF[method];
  const own = method === 'sepa' ? book.setting('export.sepa.version') : formats[0];
  const format = formats.find((one) => one === (asked ?? own));
  if (format !== undefined) return format;
  throw new UsageError(`What is paid by ${method} cannot be written as ${asked ?? own ?? ''}.`, {
    hint: `Its formats are ${formats.join(', ')}.`,
  });
}

/** What a format is told of the batch and of who pays. */
export function orderOf(
  book: Book,
  batch: {
    readonly id: string;
    readonly method: PaymentMethod;
    readonly format: PaymentFormat;
    readonly createdAt: Date;
    readonly executionOn: CalendarDate;
  },
): PaymentOrder {
  const { id, method, format, createdAt, executionOn } = batch;
  const [name, iban, bic] = ['name', 'iban', 'bic'].map((key) => book.setting(`company.${key}`));
  return {
    ...{ batch: id, method, format, createdAt, executionOn },
    company: { name: name ?? '', iban: iban ?? '', bic: bic ?? '' },
    setting: (name) => book.setting(`export.${method}.${name}`),
  };
}
