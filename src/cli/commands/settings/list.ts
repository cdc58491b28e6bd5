/** `payrun settings list`. */
import type { Setting } from '../../../app/settings.js';
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

/** What only the one format asks for of which nobody changed anything is left out where all is asked for. */
const isOrdinary = ({ key, isDefault }: Setting): boolean => !key.startsWith('export.') || !isDefault;

export const settingsList = defineCommand({
  path: ['settings', 'list'],
  summary: 'Show the settings with their values',
  description:
    'Those of single export formats are shown where they were changed, with --all, or by their beginning; ' +
    'with --json all of them are there.',
  arguments: [
    {
      name: 'beginning',
      description: 'only those whose names begin so, such as export.datev',
      offers: 'setting-beginning',
    },
  ],
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
      const { printSettings, settingsJson } = await import('../../render/settings.js');
      const beginning = input.optionalArgument('beginning');
      const settings = await listSettings(work, beginning);
      if (terminal.json) {
        terminal.printJson(settingsJson(settings));
        return undefined;
      }
      const isAll = beginning !== undefined || input.flag('all');
      const shown = isAll ? settings : settings.filter(isOrdinary);
      await printSettings(terminal, shown);
      const left = settings.length - shown.length;
      if (left > 0)
        terminal.note(`${left} settings of export formats have their defaults: payrun settings list --all`);
      terminal.note('Change one with: payrun settings set KEY VALUE');
      return undefined;
    }),
});
