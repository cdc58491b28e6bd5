/** `payrun settings list`. */
import type { Setting } from '../../../app/settings.js';
import { defineCommand } from '../../command.js';
import type { Cell } from '../../table.js';
import type { Terminal } from '../../terminal.js';
import { withWork } from '../../work.js';

/** What stands together: the company, the programme, the chart of accounts, and each format for itself. */
function groupOf(key: string): string {
  const [word = '', format = ''] = key.split('.');
  if (word === 'export') return `${word}.${format}`;
  return word === 'company' || word === 'accounts' ? word : 'programme';
}

/** The rows of the table, with an empty one between groups. */
function rowsOf(terminal: Terminal, settings: readonly Setting[]): Cell[][] {
  return settings.flatMap(({ key, value, isDefault, description }, place) => {
    const before = settings[place - 1]?.key ?? key;
    const gap: Cell[][] = groupOf(before) === groupOf(key) ? [] : [[]];
    const shown = isDefault ? { text: value, style: (text: string) => terminal.dim(text) } : value;
    return [...gap, [key, shown, description]];
  });
}

/** What only the one format asks for of which nobody changed anything is left out where all is asked for. */
const isOrdinary = ({ key, isDefault }: Setting): boolean => !key.startsWith('export.') || !isDefault;

export const settingsList = defineCommand({
  path: ['settings', 'list'],
  summary: 'Show the settings with their values',
  description:
    'Those of single export formats are shown where they were changed, with --all, or by their beginning; ' +
    'with --json all of them are there.',
  arguments: [{ name: 'beginning', description: 'only those whose names begin so, such as export.datev' }],
  options: [{ flags: '--all', description: 'with every setting of every export format' }],
  examples: [
    { command: 'payrun settings list', what: 'the settings, and what each is for' },
    { command: 'payrun settings list export.datev', what: 'what the DATEV file goes by' },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { listSettings } = await import('../../../app/settings.js');
      const { settingsJson } = await import('../../render/settings.js');
      const beginning = input.optionalArgument('beginning');
      const settings = await listSettings(work, beginning);
      if (terminal.json) {
        terminal.printJson(settingsJson(settings));
        return undefined;
      }
      const isAll = beginning !== undefined || input.flag('all');
      const shown = isAll ? settings : settings.filter(isOrdinary);
      const { printTable } = await import('../../table.js');
      await printTable(terminal, {
        columns: [{ title: 'Setting', fixed: true }, { title: 'Value' }, { title: 'What it is' }],
        rows: rowsOf(terminal, shown),
      });
      const left = settings.length - shown.length;
      if (left > 0)
        terminal.note(`${left} settings of export formats have their defaults: payrun settings list --all`);
      terminal.note('Change one with: payrun settings set KEY VALUE');
      return undefined;
    }),
});
