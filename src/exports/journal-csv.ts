/** The generic journal: one row a line of an entry, for whatever reads CSV. */
import { formatAmount } from '../core/money.js';
import { csvLines, guarded } from './csv.js';
import { idInPart } from './entry-numbers.js';
import type { ExportPiece, FormatContext, Journal, JournalFormat } from './format.js';
import { MachineCells, type CellPlace } from './machine-cells.js';

const COLUMNS = [
  'entry',
  'posting_date',
  'kind',
  'account',
  'account_role',
  'debit',
  'credit',
  'currency',
  'affiliate_id',
  'affiliate_name',
  'invoice_number',
  'run_id',
  'reference',
  'description',
] as const;

async function* write(journal: Journal, context: FormatContext): AsyncGenerator<ExportPiece> {
  const cells = new MachineCells(context);
  yield { file: 1, content: csvLines([COLUMNS], '\n'), rows: 0 };
  let row = 0;
  for await (const page of journal.each()) {
    const lines = page.flatMap((entry) =>
      entry.lines.map(({ role, amount }) => {
        row += 1;
        const text = (column: string, value: string | null): string => cells.text(value, { row, column });
        const code = (column: string, value: string | null): string =>
          guardedCode(value ?? '', { row, column }, context);
        const size = formatAmount(amount < 0n ? -amount : amount, entry.currency);
        return [
          code('entry', idInPart(entry, context)),
          entry.postingDate,
          entry.kind,
          code('account', context.account(role, entry.method)),
          role,
          amount > 0n ? size : '',
          amount < 0n ? size : '',
          entry.currency,
          code('affiliate_id', entry.affiliateId),
          text('affiliate_name', entry.affiliateName),
          code('invoice_number', entry.invoiceNumber),
          entry.runId ?? '',
          text('reference', entry.reference),
          entry.words,
        ];
      }),
    );
    if (lines.length > 0) yield { file: 1, content: csvLines(lines, '\n'), rows: lines.length };
  }
  cells.finish();
}

/** What identifies something keeps every character; a formula gets an apostrophe in front, which is told. */
function guardedCode(value: string, place: CellPlace, context: FormatContext): string {
  const written = guarded(value);
  if (written !== value) context.changed({ ...place, value, written });
  return written;
}

export const journalCsv: JournalFormat = { source: 'journal', detail: () => 'day', write };
