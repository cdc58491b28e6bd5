/** `payrun export FORMAT`: accounting files. */
import { resolve } from 'node:path';
import type { Exported, ExportedFiles, ExportRequest } from '../../app/export.js';
import type { Work } from '../../app/work.js';
import { UsageError } from '../../core/errors.js';
import { EXPORT_FORMATS, type ExportFormatName } from '../../core/export.js';
import { backgroundOption } from '../background.js';
import { defineCommand, type CommandContext, type CommandInput } from '../command.js';
import { safeText } from '../safe-text.js';
import { requireDecision } from '../terminal.js';
import { withWork } from '../work.js';

async function requestOf(asked: Asked, input: CommandInput, work: Work): Promise<ExportRequest> {
  const { findSetting } = await import('../../core/settings.js');
  const { rangeAskedFor } = await import('../day-options.js');
  const { format, template } = asked;
  const run = input.text('run') ?? null;
  const map = input.text('map') ?? null;
  const said = input.text('currency');
  const currency = said === undefined ? null : findSetting('currency').parse(said);
  if (format !== 'template' && (template !== undefined || map !== null)) {
    throw new UsageError('--template and --map go with the format template only.');
  }
  return {
    ...{ format, range: asked.range ?? (await rangeAskedFor(input, work)), run, currency },
    newOnly: asked.newOnly,
    template: template === undefined ? null : { template, map },
  };
}

/** What is written, and where to. */
interface Asked {
  readonly format: ExportFormatName;
  readonly out: string;
  readonly template: string | undefined;
  /** Null where the options say it. */
  readonly range: ExportRequest['range'] | null;
  readonly newOnly: boolean;
  /** What would have asked for the same without questions; null where none was asked. */
  readonly words: readonly string[] | null;
}

/** As said; on a terminal what was left out is asked for. */
async function ask({ terminal }: CommandContext, input: CommandInput, work: Work): Promise<Asked> {
  const format = input.optionalArgument('format') as ExportFormatName | undefined;
  const flags = { newOnly: input.flag('newOnly'), force: input.flag('force') };
  const said = { out: input.text('out'), template: input.text('template'), ...flags };
  if (format !== undefined) return { ...said, format, out: said.out ?? '-', range: null, words: null };
  requireDecision(terminal, 'a FORMAT', 'What to export has not been said.');
  const isRangeSaid = ['period', 'from', 'to', 'run'].some((key) => input.text(key) !== undefined);
  const { askExport } = await import('../export-questions.js');
  return askExport(terminal, work, { ...said, isRangeSaid });
}

/** After questions: the options that were given, and the answers. */
async function echo(context: CommandContext, input: CommandInput, { words }: Asked): Promise<void> {
  if (words === null) return;
  const { echoCommand } = await import('../echo.js');
  const given = ['period', 'from', 'to', 'run', 'currency', 'template', 'map', 'out'].flatMap((key) => {
    const value = input.text(key);
    return value === undefined ? [] : [`--${key}`, value];
  });
  const flags = [
    ...(input.flag('newOnly') ? ['--new-only'] : []),
    ...(input.flag('force') ? ['--force'] : []),
  ];
  echoCommand(context, exportCommand, [...words, ...given, ...flags]);
}

async function toFile(context: CommandContext, input: CommandInput, work: Work, asked: Asked): Promise<void> {
  const { exportFile } = await import('../../app/export.js');
  const { repeatedAnswer } = await import('../idempotency.js');
  const exported =
    (await repeatedAnswer<ExportedFiles>(context, work)) ??
    (await exportFile(work, await requestOf(asked, input, work), {
      out: asked.out,
      overwrite: input.flag('force'),
    }));
  const { files, id, unchanged } = exported;
  if (context.terminal.json) {
    const since = unchanged === null ? {} : { nothingNewSince: unchanged.since?.id ?? null };
    context.terminal.printJson({
      files,
      export: id === null ? null : { id, format: asked.format },
      ...since,
    });
  } else if (unchanged !== null) {
    const { since, path } = unchanged;
    const last = since === null ? '' : ` since ${since.id} of ${since.on}`;
    context.terminal.print(`Nothing new${last}; ${safeText(path)} stays as it is.`);
  } else {
    const { printFiles } = await import('../render/files.js');
    printFiles(context.terminal, files);
    if (files.length > 1)
      context.terminal.note(`It was split into ${files.length} files, as the format asks.`);
  }
  if (unchanged === null) await tell(context, exported);
  if (exported.leftOver.length > 0) {
    const names = exported.leftOver.map(safeText).join(', ');
    context.terminal.warn(`${names}: there from before, and not a part of this export.`);
  }
}

async function toStdout(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  asked: Asked,
): Promise<void> {
  const { exportTo } = await import('../../app/export.js');
  const { terminal } = context;
  const counts = !terminal.outputIsTerminal;
  const request = await requestOf(asked, input, work);
  const exported = await exportTo(work, request, (piece) => terminal.write(piece), { counts });
  await tell(context, exported);
  terminal.note(
    counts
      ? `Recorded as ${exported.id}; --new-only leaves it out from now on.`
      : `Recorded as ${exported.id}, as only looked at: --new-only does not leave it out.`,
  );
}

/** What is to be known of a file besides itself. */
async function tell(
  { terminal }: CommandContext,
  { rows, guarded, changed, notes }: Omit<Exported, 'id'>,
): Promise<void> {
  if (rows === 0) terminal.note('Nothing fits, so there is nothing in it but a header.');
  if (guarded.count + changed.count > 0) {
    const { warnOfChanged, warnOfGuarded } = await import('../render/guarded.js');
    warnOfGuarded(terminal, guarded);
    warnOfChanged(terminal, changed);
  }
  for (const note of notes) terminal.warn(note);
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
  const { nameInFolder } = await import('../../app/export.js');
  const { runId, runNumber } = await import('../../core/run.js');
  const { outputPath } = await import('../../host/output-path.js');
  const { startInBackground } = await import('../background.js');
  const words = [
    asked.format,
    ...(range.from === null ? [] : ['--from', range.from]),
    ...(range.to === null ? [] : ['--to', range.to]),
    ...(run === null ? [] : ['--run', runId(runNumber(run))]),
    ...(currency === null ? [] : ['--currency', currency]),
    ...(request.newOnly ? ['--new-only'] : []),
    ...(request.template === null ? [] : ['--template', resolve(request.template.template)]),
    ...(request.template === null || request.template.map === null
      ? []
      : ['--map', resolve(request.template.map)]),
    '--out',
    resolve(await outputPath(asked.out, await nameInFolder(work, request))),
    ...(input.flag('force') ? ['--force'] : []),
  ];
  await startInBackground(context, work, { definition: exportCommand, input, words, piped: null });
}

export const exportCommand = defineCommand({
  path: ['export'],
  summary: 'Write accounting files',
  description:
    'Files for the accounting system, and generic CSV. Bills and rows go by issue date, journals by posting date; ' +
    'without a range everything is exported. Void payouts stay in with their credit note. The same request of the ' +
    'same ledger gives the same bytes; each export is recorded (payrun exports list), so that --new-only can leave ' +
    'out what was exported before; what is only looked at on a terminal does not count. docs/exports.md tells of ' +
    'each format where to click.\n\nFormats:\n' +
    EXPORT_FORMATS.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n') +
    '\n\nBook bills or a journal, not both: a journal has the payouts in it.',
  arguments: [
    {
      name: 'format',
      description: 'one of the formats above',
      choices: EXPORT_FORMATS.map(({ name }) => name),
    },
  ],
  options: [
    {
      flags: '--period <period>',
      description: 'of this period: last-month, 2026-10, 2026-Q3, 2026, 2026-10-05..2026-10-20, ...',
      conflicts: ['from', 'to'],
    },
    { flags: '--from <date>', description: 'of this day or later' },
    { flags: '--to <date>', description: 'of this day or earlier' },
    {
      flags: '--run <run>',
      description: 'only the payouts of this run, and in a journal only what became of them',
      conflicts: ['period', 'from', 'to'],
    },
    { flags: '--currency <code>', description: 'only this currency' },
    {
      flags: '--new-only',
      description: 'leave out what earlier exports of the format had; a file stays where nothing is new',
    },
    { flags: '--template <file>', description: 'for the format template: your own header row' },
    { flags: '--map <file>', description: 'for the format template: what its names mean, as JSON' },
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
    {
      command: 'payrun export xero-bills --new-only --out books/',
      what: 'the bills that Xero has not got yet',
    },
    {
      command: 'payrun export template --template intacct.csv --map intacct.json --out bills.csv',
      what: 'the columns of your own file, filled by their names',
    },
    { command: 'payrun export payouts --currency EUR > eur.csv', what: 'all payouts in EUR on stdout' },
  ],
  writes: true,
  menu: 'Write the accounting file',
  handler: (context, input) =>
    withWork(context, async (work) => {
      const asked = await ask(context, input, work);
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
      await echo(context, input, asked);
      return undefined;
    }),
});
