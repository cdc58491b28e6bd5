/** What interactive `export` asks: the format, the range, whether all of it, and where it goes. */
import { existsSync } from 'node:fs';
import { listExports } from '../app/exports.js';
import { todayOf } from '../app/book.js';
import { fileName } from '../app/export.js';
import type { Work } from '../app/work.js';
import type { CalendarDate } from '../core/calendar.js';
import { PayrunError } from '../core/errors.js';
import { EXPORT_FORMATS, type ExportFormatName } from '../core/export.js';
import { describeRange, namedPeriod, parsePeriod, type NamedPeriod } from '../core/period.js';
import { outputPath } from '../host/output-path.js';
import { confirm, input, select, type Choice } from './prompts.js';
import type { Terminal } from './terminal.js';

/** What the options said already; undefined is asked for. */
export interface SaidOfExport {
  readonly out: string | undefined;
  readonly template: string | undefined;
  /** Whether the range or the run was named. */
  readonly isRangeSaid: boolean;
  readonly newOnly: boolean;
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
}

/** What is exported. The words ask for the same on the command line. */
export interface ExportAnswers {
  readonly format: ExportFormatName;
  readonly out: string;
  readonly template: string | undefined;
  /** Null where it was said. */
  readonly range: { readonly from: CalendarDate | null; readonly to: CalendarDate | null } | null;
  readonly newOnly: boolean;
  readonly words: readonly string[];
}

const OFFERED: readonly (readonly [NamedPeriod, string])[] = [
  ['this-month', 'This month'],
  ['last-month', 'Last month'],
  ['this-quarter', 'This quarter'],
  ['last-quarter', 'Last quarter'],
  ['last-year', 'Last year'],
];

/** Asks for whatever was not said. */
export async function askExport(terminal: Terminal, work: Work, said: SaidOfExport): Promise<ExportAnswers> {
  const format = await select<ExportFormatName>(terminal, {
    message: 'In which format?',
    choices: EXPORT_FORMATS.map(({ name, summary }) => ({
      name: `${name.padEnd(14)} ${summary}`,
      value: name,
    })),
  });
  const template = said.template ?? (format === 'template' ? await askTemplate(terminal) : undefined);
  const ranged = said.isRangeSaid ? { range: null, words: [] } : await askRange(terminal, work, format);
  const news = !said.newOnly && (await askNews(terminal, work, format));
  const { range, words } = ranged;
  const newOnly = said.newOnly || news;
  const asked = { format, range: range ?? { from: null, to: null }, run: null, currency: null, newOnly };
  const out = said.out ?? (await askFile(terminal, await suggestedName(work, asked), said.force));
  return {
    ...{ format, out, template, range, newOnly },
    words: [
      ...[format, ...words, ...(news ? ['--new-only'] : [])],
      ...(template === undefined || said.template !== undefined ? [] : ['--template', template]),
      ...(said.out === undefined ? ['--out', out] : []),
    ],
  };
}

/** Of a template the exports of every header are counted: the name is only a suggestion. */
async function suggestedName(work: Work, asked: Parameters<typeof fileName>[0]): Promise<string> {
  const made = (await listExports(work)).filter(({ format, counts }) => format === asked.format && counts);
  return fileName(asked, made.length);
}

/** All the answers would be lost if the file were there and that came out only at the end. */
async function askFile(terminal: Terminal, name: string, force: boolean): Promise<string> {
  const isThere = 'It is there already: choose another name, or start again with --force.';
  return input(terminal, {
    message: 'Into which file?',
    initial: name,
    check: async (answer) => {
      try {
        return !force && existsSync(await outputPath(answer, name)) ? isThere : undefined;
      } catch (error) {
        if (error instanceof PayrunError) return [error.message, error.hint].filter(Boolean).join(' ');
        throw error;
      }
    },
  });
}

async function askTemplate(terminal: Terminal): Promise<string> {
  return input(terminal, {
    message: 'Which file has the header row to be filled?',
    check: (answer) => (existsSync(answer) ? undefined : 'There is no such file.'),
  });
}

/** Documents are of the day on which they were issued: this month, for what was earned in the last. */
async function askRange(
  terminal: Terminal,
  work: Work,
  format: ExportFormatName,
): Promise<{
  readonly range: { from: CalendarDate | null; to: CalendarDate | null };
  readonly words: string[];
}> {
  const today = await todayOf(work);
  const isJournal = EXPORT_FORMATS.some(({ name, by }) => name === format && by === 'posting');
  const choices: Choice<NamedPeriod | 'all' | 'custom'>[] = OFFERED.map(([period, title]) => ({
    name: `${title}: ${describeRange(namedPeriod(period, today))}`,
    value: period,
  }));
  const period = await select<NamedPeriod | 'all' | 'custom'>(terminal, {
    message: isJournal
      ? 'Which entries, by the day they are booked?'
      : 'Which documents, by their issue date?',
    choices: [...choices, { name: 'Everything', value: 'all' }, { name: 'Another range …', value: 'custom' }],
    initial: isJournal ? 'last-month' : 'this-month',
  });
  if (period === 'all') return { range: { from: null, to: null }, words: [] };
  if (period !== 'custom') return { range: namedPeriod(period, today), words: ['--period', period] };
  const typed = await input(terminal, {
    message: 'Range (2026-10, 2026-Q3, 2026, 2026-10-05..2026-10-20):',
    check: (answer) => problemOf(answer, today),
  });
  const range = parsePeriod(typed, today);
  return { range, words: ['--from', range.from, '--to', range.to] };
}

function problemOf(answer: string, today: CalendarDate): string | undefined {
  try {
    parsePeriod(answer, today);
    return undefined;
  } catch (error) {
    if (error instanceof PayrunError) return [error.message, error.hint].filter(Boolean).join(' ');
    throw error;
  }
}

/** Where the format was exported before, a part of what is asked for may be in the books already. */
async function askNews(terminal: Terminal, work: Work, format: ExportFormatName): Promise<boolean> {
  const earlier = (await listExports(work)).filter((one) => one.format === format && one.counts);
  const last = earlier.at(-1);
  if (last === undefined) return false;
  const message = `${format} was exported before, last on ${last.exportedOn} (${last.id}). Leave out what is in there?`;
  return confirm(terminal, { message });
}
