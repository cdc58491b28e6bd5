/** `payrun settings get KEY`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const settingsGet = defineCommand({
  path: ['settings', 'get'],
  summary: 'Print the value of one setting',
  arguments: [
    { name: 'key', description: 'such as hold.days or minimum.USD', required: true, offers: 'setting' },
  ],
  examples: [
    { command: 'payrun settings get minimum.USD', what: 'the least amount that is paid out in USD' },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { getSetting } = await import('../../../app/settings.js');
      const { settingsJson } = await import('../../render/settings.js');
      const setting = await getSetting(work, input.argument('key'));
      if (context.terminal.json) context.terminal.printJson(settingsJson([setting]));
      else context.terminal.print(`${setting.value}\n`);
      return undefined;
    }),
});
