/** The generic journal: one row a line of an entry, for whatever reads CSV. */
import { formatAmount } from '../core/money.js';
import { csvLines } from './csv.js';
import { idInPart } from './entry-numbers.js';
import type { ExportPiece, FormatContext, Journal, JournalFormat } from './format.js';
import { MachineCells } from './machine-cells.js';

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
  const cells = new MachineCells((cell) => {
    context.changed(cell);
  });
  yield { file: 1, content: csvLines([COLUMNS], '\n'), rows: 0 };
  let row = 0;
  for await (const page of journal.each()) {
    const lines = page.flatMap((entry) =>
      entry.lines.map(({ role, amount }) => {
        row += 1;
        const text = (column: string, value: string | null): string => cells.text(value, { row, column });
        const size = formatAmount(amount < 0n ? -amount : amount, entry.currency);
        return [
          idInPart(entry, context.part),
          entry.postingDate,
          entry.kind,
          context.account(role, entry.method),
          role,
          amount > 0n ? size : '',
          amount < 0n ? size : '',
          entry.currency,
          entry.affiliateId ?? '',
          text('affiliate_name', entry.affiliateName),
          entry.invoiceNumber ?? '',
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

export const journalCsv: JournalFormat = { source: 'journal', detail: () => 'day', write };
