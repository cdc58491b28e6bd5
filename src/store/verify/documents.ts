/** Invoices and credit notes: gapless numbers, of the patterns that were set, in the order of their days. */
import {
  DEFAULT_CREDIT_NOTE_PATTERN,
  DEFAULT_INVOICE_PATTERN,
  parsePattern,
  type NumberPattern,
} from '../../core/numbering.js';
import { UsageError } from '../../core/errors.js';
import type { Reader } from '../ledger.js';
import { sqlCheck, type Check, type Problem } from './check.js';

const NUMBERS_GAPLESS = sqlCheck({
  name: 'numbers_gapless',
  rule: 'In every series the numbers run from 1 without a gap in the order of issue, and each says its place; every payout has its invoice number, every void one its credit note.',
  count: 'SELECT count(*) AS checked FROM documents',
  problems: `
    SELECT number_series.series AS subject, 'the series ' || number_series.series || ' has taken '
      || number_series.last || ' numbers, but holds ' || count(documents.number) || ' up to '
      || coalesce(max(documents.sequence), 0) AS message
    FROM number_series LEFT JOIN documents ON documents.series = number_series.series
    GROUP BY number_series.series
    HAVING number_series.last IS NOT count(documents.number)
      OR number_series.last IS NOT max(documents.sequence)
    UNION ALL
    SELECT document.number, document.number || ' is dated before the number before it'
    FROM documents AS document
    CROSS JOIN documents AS earlier
      ON earlier.series = document.series AND earlier.sequence = document.sequence - 1
    WHERE document.issued_on < earlier.issued_on
    UNION ALL
    SELECT number, number || ' is not number ' || sequence || ' of the series ' || series
    FROM (
      SELECT number, sequence, series, substr(series, 1, instr(series, '{SEQ}') - 1) AS prefix,
        substr(series, instr(series, '{SEQ}') + 5) AS suffix
      FROM documents
      -- An affiliate's own id may hold the placeholder; then the text says nothing.
      WHERE length(series) - length(replace(series, '{SEQ}', '')) = 5)
    WHERE substr(number, length(number) - length(suffix) + 1) <> suffix OR substr(number, 1, length(prefix)) <> prefix
      OR CAST(substr(number, length(prefix) + 1, length(number) - length(prefix) - length(suffix)) AS INTEGER)
        <> sequence
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' is not registered as an invoice of its date'
    FROM payouts AS payout LEFT JOIN documents AS document
      ON document.payout = payout.number AND document.kind = 'invoice'
    WHERE document.number IS NOT payout.invoice_number OR document.issued_on IS NOT payout.issued_on
    UNION ALL
    SELECT payout.invoice_number, payout.invoice_number || ' is ' || payout.status || ' and its credit note is '
      || coalesce(document.number, 'missing')
    FROM payouts AS payout LEFT JOIN documents AS document
      ON document.payout = payout.number AND document.kind = 'credit_note'
    WHERE document.number IS NOT payout.credit_note_number OR document.issued_on IS NOT payout.voided_on
      OR (payout.status = 'void') <> (document.number IS NOT NULL)`,
});

const PATTERNS = `
  SELECT DISTINCT iif(key = 'invoice.pattern', 'invoice', 'credit_note') AS kind, value AS text FROM settings
  WHERE key IN ('invoice.pattern', 'credit-note.pattern') AND value IS NOT NULL`;

interface PatternRow {
  readonly kind: 'invoice' | 'credit_note';
  readonly text: string;
}

const DEFAULT_PATTERNS: readonly PatternRow[] = [
  { kind: 'invoice', text: DEFAULT_INVOICE_PATTERN },
  { kind: 'credit_note', text: DEFAULT_CREDIT_NOTE_PATTERN },
];

/** The series that a pattern names for a document, as `takeNumbers` fills it in. */
const filled = (part: string): string => `
  replace(replace(replace(replace(pattern.value ->> '$.${part}', '{YYYY}', substr(document.issued_on, 1, 4)),
    '{YY}', substr(document.issued_on, 3, 2)), '{MM}', substr(document.issued_on, 6, 2)),
    '{AFFILIATE}', payout.affiliate_id)`;

const OF_NO_PATTERN = `
  SELECT document.number AS subject, document.number || ' of ' || document.issued_on || ' is of the series '
    || document.series || ', which no pattern names that was ever set' AS message
  FROM documents AS document CROSS JOIN payouts AS payout ON payout.number = document.payout
  WHERE NOT EXISTS (
    SELECT 1 FROM json_each(:patterns) AS pattern
    WHERE pattern.value ->> '$.kind' = document.kind
      AND document.series = ${filled('before')} || '{SEQ}' || ${filled('after')})`;

/** What is no pattern is no pattern of a number; the check of the settings tells of it. */
function understood({ kind, text }: PatternRow): Pick<NumberPattern, 'before' | 'after'>[] {
  try {
    const { before, after } = parsePattern(text);
    return [{ kind, before, after } as Pick<NumberPattern, 'before' | 'after'>];
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}

async function patternProblems(reader: Reader): Promise<{ checked: number; problems: Problem[] }> {
  const rows = [...DEFAULT_PATTERNS, ...(await reader.all<PatternRow>(PATTERNS))];
  const patterns = JSON.stringify(rows.flatMap(understood));
  const counted = await reader.get<{ checked: bigint }>('SELECT count(*) AS checked FROM documents');
  const problems = await reader.all<Problem>(OF_NO_PATTERN, { patterns });
  return { checked: Number(counted?.checked ?? 0n), problems };
}

const NUMBERS_OF_PATTERN: Check = {
  name: 'numbers_of_pattern',
  rule: 'Every number is of a series that some pattern named which was set for its kind, with the parts of its own issue date and its own affiliate.',
  run: patternProblems,
};

const ISSUE_DAYS_ASCEND = sqlCheck({
  name: 'issue_days_ascend',
  rule: 'Over the whole ledger, whatever the series, no invoice is dated before the one that was made before it.',
  count: "SELECT count(*) AS checked FROM documents WHERE kind = 'invoice'",
  problems: `
    SELECT number AS subject, number || ' is dated ' || issued_on || ', and ' || number_before
      || ', which was made before it, ' || issued_before AS message
    FROM (
      SELECT number, series, issued_on, lag(number) OVER made AS number_before,
        lag(series) OVER made AS series_before, lag(issued_on) OVER made AS issued_before
      FROM documents WHERE kind = 'invoice' WINDOW made AS (ORDER BY payout))
    -- Within one series the gapless numbers say it.
    WHERE issued_on < issued_before AND series <> series_before`,
});

export const DOCUMENT_CHECKS: readonly Check[] = [NUMBERS_GAPLESS, NUMBERS_OF_PATTERN, ISSUE_DAYS_ASCEND];
