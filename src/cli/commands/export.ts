/** `payrun export FORMAT`: accounting files. */
import { resolve } from 'node:path';
import type { ExportFormat, ExportRequest } from '../../app/export.js';
import type { Work } from '../../app/work.js';
import { UsageError } from '../../core/errors.js';
import { backgroundOption } from '../background.js';
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
    const { printFiles } = await import('../render/files.js');
    printFiles(context.terminal, [file]);
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

/** A job that is started again next month is to write what was asked for today. */
async function inBackground(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  asked: Asked,
): Promise<void> {
  if (asked.out === '-') {
    throw new UsageError('A file that is written in the background cannot go to stdout.', {
      hint: 'Give --out FILE.',
    });
  }
  const request = await requestOf(asked, input, work);
  const { range, run, currency } = request;
  const { fileName } = await import('../../app/export.js');
  const { runId, runNumber } = await import('../../core/run.js');
  const { outputPath } = await import('../../host/output-path.js');
  const { startInBackground } = await import('../background.js');
  const words = [
    asked.format,
    ...(range.from === null ? [] : ['--from', range.from]),
    ...(range.to === null ? [] : ['--to', range.to]),
    ...(run === null ? [] : ['--run', runId(runNumber(run))]),
    ...(currency === null ? [] : ['--currency', currency]),
    '--out',
    resolve(await outputPath(asked.out, fileName(request))),
    ...(input.flag('force') ? ['--force'] : []),
  ];
  await startInBackground(context, work, { definition: exportCommand, input, words, piped: null });
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
    backgroundOption,
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
      if (input.flag('background')) {
        await inBackground(context, input, work, asked);
      } else if (asked.out !== '-') {
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
