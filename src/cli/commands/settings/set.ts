/** `payrun settings set KEY VALUE`. */
import { defineCommand } from '../../command.js';
import { withWork } from '../../work.js';

export const settingsSet = defineCommand({
  path: ['settings', 'set'],
  summary: 'Change one setting from now on',
  description:
    'What was issued before stays as it is. Setting the value that stands already changes nothing.',
  arguments: [
    { name: 'key', description: 'such as hold.days or minimum.USD', required: true },
    { name: 'value', description: 'the new value; "" clears a text', required: true, allowEmpty: true },
  ],
  examples: [
    { command: 'payrun settings set minimum.USD 50', what: 'pay nobody less than 50.00 USD' },
    { command: 'payrun settings set minimum.USD none', what: 'pay any amount' },
    {
      command: 'payrun settings set approval.commissions after-hold',
      what: 'what is past its hold counts as approved',
    },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { setSetting } = await import('../../../app/settings.js');
      const { settingsJson } = await import('../../render/settings.js');
      const { setting, before, changed } = await setSetting(
        work,
        input.argument('key'),
        input.argument('value'),
      );
      const { safeText } = await import('../../safe-text.js');
      const shown = (value: string): string => (value === '' ? 'empty' : safeText(value));
      if (terminal.json) terminal.printJson(settingsJson([setting]));
      else if (changed)
        terminal.print(`${setting.key} is now ${shown(setting.value)} (it was ${shown(before)}).`);
      else terminal.print(`${setting.key} is ${shown(setting.value)} already; nothing was changed.`);
      return undefined;
    }),
});
