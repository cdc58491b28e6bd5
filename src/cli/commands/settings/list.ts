/** `payrun settings list`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const settingsList = defineCommand({
  path: ['settings', 'list'],
  summary: 'Show every setting with its value',
  examples: [{ command: 'payrun settings list', what: 'all settings, and what each is for' }],
  writes: false,
  handler: (context) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { listSettings } = await import('../../../app/settings.js');
      const { settingsJson } = await import('../../render/settings.js');
      const settings = await listSettings(work);
      if (terminal.json) {
        terminal.printJson(settingsJson(settings));
        return undefined;
      }
      const { printTable } = await import('../../table.js');
      await printTable(terminal, {
        columns: [{ title: 'Setting', fixed: true }, { title: 'Value' }, { title: 'What it is' }],
        rows: settings.map(({ key, value, isDefault, description }) => [
          key,
          isDefault ? { text: value, style: (text) => terminal.dim(text) } : value,
          description,
        ]),
      });
      terminal.note('Change one with: payrun settings set KEY VALUE');
      return undefined;
    }),
});
