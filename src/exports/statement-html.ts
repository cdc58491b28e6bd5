/**
 * A statement as one page that needs nothing but itself: no script, no picture, no font from elsewhere. It
 * reads on a telephone and prints on A4 and Letter.
 */
import { createHash } from 'node:crypto';
import { formatAmountForScreen } from '../core/money.js';
import {
  balanceLines,
  debtSentence,
  stageSums,
  stageWords,
  statementPeriod,
  type StageSum,
  type Statement,
  type StatementBalance,
} from '../core/statement.js';

/** The paper is left open, so that each printer takes its own: A4 or Letter. */
const STYLE = `
  body { margin: 2rem auto; max-width: 48rem; padding: 0 1rem; color: #1a1a1a; background: #fff;
    font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
  h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
  h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; break-after: avoid; }
  h1, h2, p, td { overflow-wrap: anywhere; }
  p { margin: .15rem 0; }
  table { width: 100%; border-collapse: collapse; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  th, td { padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #ddd; }
  th { font-weight: 600; color: #555; border-bottom-color: #999; }
  .amount { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .day { white-space: nowrap; }
  .sums td { font-weight: 600; border-bottom: 0; }
  .sums tr:first-child td { border-top: 1px solid #999; }
  footer { margin-top: 2rem; color: #555; font-size: .85rem; }
  @page { margin: 18mm 15mm; }
  @media print { body { margin: 0; max-width: none; padding: 0; font-size: 10.5pt; } }
`;

/** Nothing may be loaded or run; the one style is known by its digest. */
const POLICY =
  `default-src 'none'; script-src 'none'; style-src 'sha256-${sha256(STYLE)}'; ` +
  `base-uri 'none'; form-action 'none'`;

const ROWS_AT_ONCE = 500;

/** The page in pieces. Every text is escaped, and kept to its own direction of writing. */
export async function* statementHtml(statement: Statement): AsyncGenerator<string> {
  yield head(statement);
  yield balanceSection(statement);
  yield* tableOf({
    title: 'Payments',
    empty: 'No payments in this period.',
    columns: ['Date', 'Invoice', 'Stage', 'Reference'],
    rows: statement.payments.map(({ date, invoiceNumber, stage, reference, amount, currency }) => [
      day(date),
      text(invoiceNumber),
      text(stageWords(stage)),
      text(reference ?? ''),
      ...money(amount, currency),
    ]),
    sums: stageSums(statement.payments),
  });
  yield* tableOf({
    title: 'Commissions',
    empty: 'No commissions in this period.',
    columns: ['Earned', 'For', 'Stage'],
    rows: statement.commissions.map(({ earnedOn, description, stage, heldUntil, amount, currency }) => [
      day(earnedOn),
      text(description),
      text(stageWords(stage, heldUntil)),
      ...money(amount, currency),
    ]),
    sums: stageSums(statement.commissions),
  });
  yield `<footer><p>Each currency is summed up for itself. The balance is that of ${statement.on}.</p></footer>\n`;
  yield '</body>\n</html>\n';
}

function head(statement: Statement): string {
  const { affiliateName, affiliateId, company, on } = statement;
  const heading = company === '' ? 'Statement' : company;
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escaped(`Statement for ${affiliateName}, ${on}`)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${isolated(heading)}</h1>`,
    `<p>Statement for ${isolated(affiliateName)} (${isolated(affiliateId)})</p>`,
    `<p>Made on ${on}, for ${statementPeriod(statement)}</p>`,
    '',
  ].join('\n');
}

function balanceSection({ balances, on }: Statement): string {
  const title = `<h2>Balance on ${on}</h2>\n`;
  if (balances.length === 0) return `${title}<p>There is nothing yet.</p>\n`;
  const debt = debtSentence(balances);
  return [
    title,
    `${tableStart(['Stage'])}<tbody>\n${balances.map(balanceRows).join('')}</tbody>\n</table>\n`,
    debt === null ? '' : `<p>${debt}</p>\n`,
  ].join('');
}

function balanceRows(balance: StatementBalance): string {
  const { currency } = balance;
  return balanceLines(balance)
    .map(({ stage, heldUntil, amount }) =>
      row([text(stageWords(stage, heldUntil)), ...money(amount, currency)]),
    )
    .join('');
}

interface TableContent {
  readonly title: string;
  readonly empty: string;
  /** Those before amount and currency. */
  readonly columns: readonly string[];
  /** Cells with their tags, one for each column. */
  readonly rows: readonly (readonly string[])[];
  readonly sums: readonly StageSum[];
}

/** Sums stand in a body of their own: what stands in a foot is repeated on every printed page. */
function* tableOf({ title, empty, columns, rows, sums }: TableContent): Generator<string> {
  yield `<h2>${title}</h2>\n`;
  if (rows.length === 0) {
    yield `<p>${empty}</p>\n`;
    return;
  }
  yield `${tableStart(columns)}<tbody>\n`;
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE) {
    yield rows
      .slice(first, first + ROWS_AT_ONCE)
      .map(row)
      .join('');
  }
  const label = ({ stage }: StageSum): string =>
    `<td colspan="${columns.length}">Sum ${stageWords(stage)}</td>`;
  const sumRows = sums.map((sum) => row([label(sum), ...money(sum.amount, sum.currency)]));
  yield `</tbody>\n<tbody class="sums">\n${sumRows.join('')}</tbody>\n</table>\n`;
}

function tableStart(columns: readonly string[]): string {
  const titles = columns.map((title) => `<th scope="col">${title}</th>`).join('');
  const amount = '<th scope="col" class="amount">Amount</th><th scope="col">Currency</th>';
  return `<table>\n<thead>\n<tr>${titles}${amount}</tr>\n</thead>\n`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.join('')}</tr>\n`;
}

function text(value: string): string {
  return `<td>${isolated(value)}</td>`;
}

function day(date: string): string {
  return `<td class="day">${date}</td>`;
}

function money(amount: bigint, currency: string): string[] {
  return [`<td class="amount">${formatAmountForScreen(amount, currency)}</td>`, `<td>${currency}</td>`];
}

/** A text that runs from right to left does not turn what stands beside it. */
function isolated(value: string): string {
  return value === '' ? '' : `<bdi>${escaped(value)}</bdi>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters, which HTML does not allow, and line ends. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
/** What turns the direction of writing or is no character by itself; `bdi` turns what needs it. */
const UNSEEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

function escaped(value: string): string {
  return value
    .replace(CONTROLS, ' ')
    .replace(UNSEEN, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('base64');
}
