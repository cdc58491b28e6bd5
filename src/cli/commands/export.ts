/** `payrun export FORMAT`: accounting files. */
import type { ExportFormat, ExportRequest } from '../../app/export.js';
import type { Work } from '../../app/work.js';
import { UsageError } from '../../core/errors.js';
import { defineCommand, type CommandContext, type CommandInput } from '../command.js';
import { requireDecision } from '../terminal.js';
import { withWork } from '../work.js';

const FORMATS: readonly ExportFormat[] = ['payouts', 'lines'];

async function requestOf(asked: Asked, input: CommandInput, work: Work): Promise<ExportRequest> {
  const { findSetting } = await import('../../core/settings.js');
  const { rangeAskedFor } = await import('../day-options.js');
  const { format } = asked;
  const run = input.text('run') ?? null;
  const said = input.text('currency');
  const currency = said === undefined ? null : findSetting('currency').parse(said);
  return { format, range: await rangeAskedFor(input, work), run, currency };
}

/** What is written, and where to. */
interface Asked {
  readonly format: ExportFormat;
  readonly out: string;
}

/** As said; on a terminal what was left out is asked for. */
async function ask(context: CommandContext, input: CommandInput): Promise<Asked> {
  const said = input.optionalArgument('format') as ExportFormat | undefined;
  if (said !== undefined) return { format: said, out: input.text('out') ?? '-' };
  requireDecision(context.terminal, 'payouts or lines', 'What to export has not been said.');
  const prompts = await import('../prompts.js');
  const format = await prompts.select<ExportFormat>(context.terminal, {
    message: 'What is a row of the file?',
    choices: [
      { name: 'A payout', value: 'payouts' },
      { name: 'A line of a payout: one commission', value: 'lines' },
    ],
  });
  const out =
    input.text('out') ??
    (await prompts.input(context.terminal, { message: 'Into which file?', initial: `${format}.csv` }));
  return { format, out };
}

async function toFile(context: CommandContext, input: CommandInput, work: Work, asked: Asked): Promise<void> {
  const { exportFile } = await import('../../app/export.js');
  const request = await requestOf(asked, input, work);
  const file = await exportFile(work, request, { out: asked.out, overwrite: input.flag('force') });
  const { path, rows, sha256 } = file;
  if (context.terminal.json) {
    context.terminal.printJson({ files: [{ path, rows, sha256 }] });
  } else {
    const { counted } = await import('../render/money.js');
    const { safeText } = await import('../terminal.js');
    context.terminal.print(`${safeText(path)}: ${counted(rows, 'row')}\n  sha256 ${sha256}`);
  }
  if (rows === 0) context.terminal.note('No payout fits, so the file holds its header alone.');
  const { warnOfGuarded } = await import('../render/guarded.js');
  warnOfGuarded(context.terminal, file.guarded);
}

async function toStdout(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  asked: Asked,
): Promise<void> {
  const { exportTo } = await import('../../app/export.js');
  const exported = await exportTo(work, await requestOf(asked, input, work), (piece) =>
    context.terminal.write(piece),
  );
  if (exported.rows === 0) context.terminal.note('No payout fits, so there is a header alone.');
  const { warnOfGuarded } = await import('../render/guarded.js');
  warnOfGuarded(context.terminal, exported.guarded);
}

export const exportCommand = defineCommand({
  path: ['export'],
  summary: 'Write accounting files',
  description:
    'payouts: one row per payout. lines: one row per payout line. Void payouts are there with their status and ' +
    'credit note. Ranges go by issue date; without one everything is exported. The same request of the same ' +
    'ledger gives the same bytes.',
  arguments: [{ name: 'format', description: 'what a row is', choices: FORMATS }],
  options: [
    {
      flags: '--period <period>',
      description: 'issued in this period: last-month, 2026-10, 2026-Q3, 2026, 2026-10-05..2026-10-20, ...',
      conflicts: ['from', 'to'],
    },
    { flags: '--from <date>', description: 'issued on this day or later' },
    { flags: '--to <date>', description: 'issued on this day or earlier' },
    {
      flags: '--run <run>',
      description: 'only the payouts of this run',
      conflicts: ['period', 'from', 'to'],
    },
    { flags: '--currency <code>', description: 'only payouts in this currency' },
    { flags: '--out <file>', description: 'a file, a folder, or - for stdout (the default)' },
    { flags: '--force', description: 'replace a file that is there' },
  ],
  examples: [
    {
      command: 'payrun export payouts --period 2026-10 --out books/',
      what: 'October into books/payouts-2026-10.csv',
    },
    {
      command: 'payrun export lines --run R-000001 --out lines.csv',
      what: 'every commission that a run paid',
    },
    { command: 'payrun export payouts --currency EUR > eur.csv', what: 'all payouts in EUR on stdout' },
  ],
  writes: false,
  menu: 'Write the accounting file',
  handler: (context, input) =>
    withWork(context, async (work) => {
      const asked = await ask(context, input);
      if (asked.out !== '-') {
        await toFile(context, input, work, asked);
      } else if (context.terminal.json) {
        throw new UsageError('With --json the file cannot go to stdout as well.', {
          hint: 'Give --out FILE.',
        });
      } else {
        await toStdout(context, input, work, asked);
      }
      return undefined;
    }),
});
