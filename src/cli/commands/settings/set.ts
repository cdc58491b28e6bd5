/** `payrun settings set KEY VALUE`. */
import type { SettingChanged } from '../../../app/settings.js';
import type { Work } from '../../../app/work.js';
import { defineCommand, type CommandContext, type CommandInput } from '../../command.js';
import { withWork } from '../../work.js';

/** Sets it; for the schedule that has consequences of its own, which are said. */
async function set(context: CommandContext, input: CommandInput, work: Work): Promise<SettingChanged> {
  const { SCHEDULE_SETTING, setSchedule } = await import('../../../app/schedule.js');
  const [key, value] = [input.argument('key'), input.argument('value')];
  if (key !== SCHEDULE_SETTING) {
    const { setSetting } = await import('../../../app/settings.js');
    return setSetting(work, key, value);
  }
  const { warnOfDropped } = await import('../../render/schedule.js');
  const changed = await setSchedule(work, value);
  warnOfDropped(context.terminal, changed);
  return changed;
}

export const settingsSet = defineCommand({
  path: ['settings', 'set'],
  summary: 'Change one setting from now on',
  description:
    'What was issued before stays as it is. Setting the value that stands already changes nothing. ' +
    'An empty value takes accounts.* and export.* back to their defaults, where they have one.',
  arguments: [
    { name: 'key', description: 'such as hold.days or minimum.USD', required: true, offers: 'setting' },
    {
      name: 'value',
      description: 'the new value; "" clears a text, or takes it back',
      required: true,
      allowEmpty: true,
      offers: 'setting-value',
    },
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
      const { settingsJson } = await import('../../render/settings.js');
      const { setting, before, changed } = await set(context, input, work);
      const { shownSetting } = await import('../../../app/settings.js');
      const { safeText } = await import('../../safe-text.js');
      const shown = (value: string): string =>
        value === '' ? 'empty' : safeText(shownSetting(setting.key, value));
      if (terminal.json) terminal.printJson(settingsJson([setting]));
      else if (changed && setting.value !== before)
        terminal.print(`${setting.key} is now ${shown(setting.value)} (it was ${shown(before)}).`);
      else if (changed && setting.isDefault)
        terminal.print(`${setting.key} has its default again, ${shown(setting.value)}.`);
      else if (changed)
        terminal.print(`${setting.key} is now set to ${shown(setting.value)}, which was its default.`);
      else terminal.print(`${setting.key} is ${shown(setting.value)} already; nothing was changed.`);
      return undefined;
    }),
});
