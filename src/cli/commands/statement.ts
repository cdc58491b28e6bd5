/** `payrun statement X`: what an affiliate may see, to be sent to him. */
import path from 'node:path';
import type { StatementFormat, StatementText } from '../../app/statement.js';
import type { Work } from '../../app/work.js';
import { UsageError } from '../../core/errors.js';
import type { Statement } from '../../core/statement.js';
import { defineCommand, type CommandContext, type CommandInput } from '../command.js';
import { requireDecision } from '../terminal.js';
import { withWork } from '../work.js';

const FORMATS: readonly StatementFormat[] = ['text', 'csv', 'html'];

const FORMAT_OF_ENDING: Readonly<Record<string, StatementFormat>> = {
  '': 'text',
  '.txt': 'text',
  '.csv': 'csv',
  '.htm': 'html',
  '.html': 'html',
};

/** Where the statement goes: a file or a folder, or stdout. */
interface Target {
  readonly format: StatementFormat;
  readonly out: string;
}

/**
 * As said; without a format the file's name tells it.
 * @throws UsageError when the name ends in a way that no format has, or stdout would get two documents
 */
async function targetOf({ terminal }: CommandContext, input: CommandInput): Promise<Target> {
  const said = input.text('format') as StatementFormat | undefined;
  const out = input.text('out');
  if (terminal.json && (out === '-' || (out === undefined && said !== undefined))) {
    throw new UsageError('With --json the statement cannot go to stdout as a file as well.', {
      hint: 'Give --out FILE; or leave out --format and --out, and the statement itself is told as JSON.',
    });
  }
  const ending = out === undefined || out === '-' ? '' : path.extname(out).toLowerCase();
  const format = said ?? FORMAT_OF_ENDING[ending];
  if (format === undefined) {
    throw new UsageError(`payrun writes no ${ending} files.`, {
      hint: 'Name a .html, .csv or .txt file, or say which it is to be with --format.',
    });
  }
  return { format, out: out ?? '-' };
}

/** Who is meant, and whether that had to be asked. */
async function whoOf(
  context: CommandContext,
  input: CommandInput,
  work: Work,
): Promise<{ readonly affiliate: string; readonly asked: boolean }> {
  const said = input.optionalArgument('affiliate');
  if (said !== undefined) return { affiliate: said, asked: false };
  requireDecision(context.terminal, 'an id, e-mail or name', 'Whose statement it is has not been said.');
  const { askAffiliate } = await import('../ask-affiliate.js');
  return { affiliate: await askAffiliate(context.terminal, work), asked: true };
}

/** The statement as a file holds it. */
async function fileOf(statement: Statement, format: StatementFormat): Promise<StatementText> {
  if (format !== 'text') {
    const { statementFile } = await import('../../app/statement.js');
    return statementFile(statement, format);
  }
  const { PLAIN_STATEMENT, statementText } = await import('../render/statement.js');
  async function* pieces(): AsyncGenerator<string> {
    yield `${statementText(statement, PLAIN_STATEMENT)}\n`;
  }
  return { pieces: pieces(), guarded: () => ({ count: 0, texts: 0, first: [] }) };
}

async function toFile(
  context: CommandContext,
  statement: Statement,
  target: Target,
  overwrite: boolean,
): Promise<void> {
  const { terminal } = context;
  const { saveStatement } = await import('../../app/statement.js');
  const { pieces, guarded } = await fileOf(statement, target.format);
  const file = await saveStatement(statement, target.format, pieces, { out: target.out, overwrite });
  if (terminal.json) {
    terminal.printJson({ files: [file] });
  } else {
    const { counted } = await import('../render/money.js');
    const { safeText } = await import('../safe-text.js');
    const what = `the statement of ${safeText(statement.affiliateName)}, ${counted(file.rows, 'line')}`;
    terminal.print(`${safeText(file.path)}: ${what}\n  sha256 ${file.sha256}`);
  }
  const { warnOfGuarded } = await import('../render/guarded.js');
  warnOfGuarded(terminal, guarded());
}

async function toStdout(context: CommandContext, statement: Statement, { format }: Target): Promise<void> {
  const { terminal } = context;
  const { PLAIN_STATEMENT, statementJson, statementText } = await import('../render/statement.js');
  if (terminal.json) {
    terminal.printJson({ statement: statementJson(statement) });
  } else if (format !== 'text') {
    const { pieces, guarded } = await fileOf(statement, format);
    for await (const piece of pieces) await terminal.write(piece);
    const { warnOfGuarded } = await import('../render/guarded.js');
    warnOfGuarded(terminal, guarded());
  } else if (terminal.outputIsTerminal) {
    const { amountCell } = await import('../render/money.js');
    const amount = (minor: bigint, currency: string): string => amountCell(terminal, minor, currency);
    const bold = (text: string): string => terminal.bold(text);
    const { width } = terminal;
    await terminal.page(statementText(statement, { width: Math.min(width, 100), amount, bold }));
  } else {
    terminal.print(statementText(statement, PLAIN_STATEMENT));
  }
}

/** What was said of the period, as words. */
function periodWords(input: CommandInput): string[] {
  return ['period', 'from', 'to'].flatMap((key) => {
    const value = input.text(key);
    return value === undefined ? [] : [`--${key}`, value];
  });
}

/** What was said of the file, as words. */
function fileWords(input: CommandInput): string[] {
  const said = ['format', 'out'].flatMap((key) => {
    const value = input.text(key);
    return value === undefined ? [] : [`--${key}`, value];
  });
  return input.flag('force') ? [...said, '--force'] : said;
}

async function noteNext(context: CommandContext, input: CommandInput, id: string): Promise<void> {
  const { equivalentCommand } = await import('../echo.js');
  const words = [id, ...periodWords(input), '--format', 'html', '--out', '.'];
  const command = equivalentCommand({ path: ['statement'] }, words, context.globals);
  context.terminal.note(`As a page to send:\n  ${command}`);
}

export const statement = defineCommand({
  path: ['statement'],
  summary: 'Write what an affiliate may see: paid, being processed, available, on hold and until when',
  description:
    "To be sent to the affiliate, in the affiliate's words. The balance is today's; a period chooses the payments " +
    '(by the day of payment, else of the invoice) and the commissions (by the day of earning). Without one it is ' +
    'everything. An html statement is one page that prints well and needs nothing else.',
  arguments: [{ name: 'affiliate', description: 'id, e-mail, name, or a part that fits just one' }],
  options: [
    {
      flags: '--period <period>',
      description: 'of this period: last-month, 2026-10, 2026-Q3, 2026, 2026-10-05..2026-10-20, ...',
      conflicts: ['from', 'to'],
    },
    { flags: '--from <date>', description: 'of this day or later' },
    { flags: '--to <date>', description: 'of this day or earlier' },
    {
      flags: '--format <format>',
      description: "text (the default), csv or html; else the file's name tells it",
      choices: FORMATS,
    },
    { flags: '--out <file>', description: 'a file, a folder, or - for stdout (the default)' },
    { flags: '--force', description: 'replace a file that is there' },
  ],
  examples: [
    { command: 'payrun statement ada@example.com', what: 'on the screen, everything so far' },
    {
      command: 'payrun statement aff_1 --period last-month --out ada.html',
      what: 'a page to send to Ada',
    },
  ],
  writes: false,
  menu: 'Write a statement for an affiliate',
  handler: (context, input) =>
    withWork(context, async (work) => {
      const target = await targetOf(context, input);
      const { rangeAskedFor } = await import('../day-options.js');
      const range = await rangeAskedFor(input, work);
      const { affiliate, asked } = await whoOf(context, input, work);
      const { statementOf } = await import('../../app/statement.js');
      const found = await statementOf(work, { affiliate, ...range });
      if (target.out === '-') await toStdout(context, found, target);
      else await toFile(context, found, target, input.flag('force'));
      const isOnScreen = target.out === '-' && target.format === 'text' && !context.terminal.json;
      if (isOnScreen) await noteNext(context, input, found.affiliateId);
      if (asked) {
        const { echoCommand } = await import('../echo.js');
        echoCommand(context, statement, [affiliate, ...periodWords(input), ...fileWords(input)]);
      }
      return undefined;
    }),
});
