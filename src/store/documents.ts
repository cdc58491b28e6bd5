/** The numbers of invoices and credit notes: gapless per series, unique in the ledger (SPEC section 6). */
import type { CalendarDate } from '../core/calendar.js';
import { ConflictError } from '../core/errors.js';
import type { NumberSeries } from '../core/numbering.js';
import type { Reader, Writer } from './ledger.js';

export type DocumentKind = 'invoice' | 'credit_note';

const PATTERN_OF: Readonly<Record<DocumentKind, string>> = {
  invoice: 'invoice.pattern',
  credit_note: 'credit-note.pattern',
};

/**
 * The affiliate's id stands in the series where the pattern says so; the parts are kept apart from its
 * text.
 */
const PREFIX = `replace(:prefix, '{AFFILIATE}', waiting.affiliate_id)`;
const SUFFIX = `replace(:suffix, '{AFFILIATE}', waiting.affiliate_id)`;

const NUMBER_WAITING = `
  INSERT INTO temp.numbered (payout, series, sequence, number)
  SELECT payout, series, sequence,
    prefix || substr('00000000000000000000', 1, max(0, :width - length(sequence))) || sequence || suffix
  FROM (
    SELECT payout, series, prefix, suffix,
      coalesce((SELECT last FROM number_series WHERE number_series.series = taken.series), 0)
        + row_number() OVER (PARTITION BY series ORDER BY payout) AS sequence
    FROM (
      SELECT waiting.payout, ${PREFIX} AS prefix, ${SUFFIX} AS suffix,
        ${PREFIX} || '{SEQ}' || ${SUFFIX} AS series
      FROM temp.waiting AS waiting) AS taken)`;

const CLASH = `
  SELECT numbered.number FROM temp.numbered AS numbered
  WHERE EXISTS (SELECT 1 FROM documents WHERE documents.number = numbered.number)
    OR 1 < (SELECT count(*) FROM temp.numbered AS other WHERE other.number = numbered.number)
  LIMIT 1`;

const REMEMBER_LAST = `
  INSERT INTO number_series (series, last)
  SELECT series, max(sequence) FROM temp.numbered WHERE true GROUP BY series
  ON CONFLICT (series) DO UPDATE SET last = excluded.last`;

const INSERT_DOCUMENTS = `
  INSERT INTO documents (number, kind, series, sequence, issued_on, payout)
  SELECT number, :kind, series, sequence, :issuedOn, payout FROM temp.numbered ORDER BY payout`;

/**
 * Takes the next number of its series for each payout in TEMP table `waiting` (payout, affiliate_id), in
 * the order of the payouts, into TEMP table `numbered` (payout, series, sequence, number). The payouts need
 * not exist yet.
 * @throws ConflictError when a number is taken already by another series.
 */
export async function takeNumbers(writer: Writer, series: NumberSeries, kind: DocumentKind): Promise<void> {
  await writer.run('DROP TABLE IF EXISTS temp.numbered');
  await writer.run(
    `CREATE TEMP TABLE numbered (
      payout INTEGER PRIMARY KEY, series TEXT NOT NULL, sequence INTEGER NOT NULL, number TEXT NOT NULL)`,
  );
  await writer.run(NUMBER_WAITING, {
    prefix: series.prefix,
    suffix: series.suffix,
    width: BigInt(series.width),
  });
  await writer.run('CREATE INDEX temp.numbered_by_number ON numbered (number)');
  const clash = await writer.get<{ number: string }>(CLASH);
  if (clash !== undefined) {
    throw new ConflictError(`The number ${clash.number} is taken already.`, {
      hint: `Give the pattern another literal part: payrun settings set ${PATTERN_OF[kind]} PATTERN`,
    });
  }
}

/** Registers what `takeNumbers` took, once the payouts are there. */
export async function registerDocuments(
  writer: Writer,
  document: { kind: DocumentKind; issuedOn: CalendarDate },
): Promise<void> {
  await writer.run(REMEMBER_LAST);
  await writer.run(INSERT_DOCUMENTS, { ...document });
}

/**
 * A document is never dated before the latest one.
 * @throws ConflictError when today is before the latest issue date: a clock was set back.
 */
export async function refuseEarlierIssue(reader: Reader, today: CalendarDate): Promise<void> {
  const latest = await reader.get<{ issued_on: string | null }>(
    'SELECT max(issued_on) AS issued_on FROM documents',
  );
  const issuedOn = latest?.issued_on ?? null;
  if (issuedOn !== null && today < issuedOn) {
    throw new ConflictError(`Today is ${today}, but a document was issued on ${issuedOn} already.`, {
      hint: 'Set the clock of this machine right and run the command again.',
    });
  }
}
