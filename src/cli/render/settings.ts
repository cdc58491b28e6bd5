/** Settings: a list for people, and for programs an object of their values, as `settings set` takes them. */
import type { Setting } from '../../app/settings.js';
import { safeText } from '../safe-text.js';
import { brokenText, printTable, renderTable, type TableContent } from '../table.js';
import type { Terminal } from '../terminal.js';

const GAP = '  ';
/** Columns of the screen that values have at least, however long the names are. */
const LEAST_FOR_VALUES = 20;

export function settingsJson(settings: readonly Setting[]): Record<string, unknown> {
  return { settings: Object.fromEntries(settings.map(({ key, value }) => [key, value])) };
}

/** What stands together: the company, the programme, the chart of accounts, and each format for itself. */
function groupOf(key: string): string {
  const [word = '', format = ''] = key.split('.');
  if (word === 'export') return `${word}.${format}`;
  return word === 'company' || word === 'accounts' ? word : 'programme';
}

function groupsOf(settings: readonly Setting[]): Setting[][] {
  const groups: Setting[][] = [];
  for (const setting of settings) {
    const [before] = groups.at(-1) ?? [];
    if (before !== undefined && groupOf(before.key) === groupOf(setting.key)) groups.at(-1)?.push(setting);
    else groups.push([setting]);
  }
  return groups;
}

/** A default is told from the same value that somebody set, which stands in the place of other settings. */
const valueText = ({ value, isDefault }: Setting): string =>
  isDefault && value !== '' ? `${value} (default)` : value;

/** A default is less bright than what somebody set. */
const shown = (terminal: Terminal, text: string, { isDefault }: Setting): string =>
  isDefault ? terminal.dim(text) : text;

/** One row a setting; on a terminal that is too narrow what it is stands below it, and nothing is cut. */
export async function printSettings(terminal: Terminal, settings: readonly Setting[]): Promise<void> {
  const groups = groupsOf(settings);
  const rows = groups.map((group) =>
    group.map((setting) => {
      const style = (text: string): string => shown(terminal, text, setting);
      return [setting.key, { text: valueText(setting), style }, setting.description];
    }),
  );
  const content: TableContent = {
    columns: [{ title: 'Setting', fixed: true }, { title: 'Value' }, { title: 'What it is' }],
    rows: rows.flatMap((group, place) => (place === 0 ? group : [[], ...group])),
  };
  const { width } = terminal;
  const isWide = renderTable(content, { width }) === renderTable(content);
  if (isWide || !terminal.outputIsTerminal) {
    await printTable(terminal, content);
    return;
  }
  const longest = Math.max(...settings.map(({ key }) => key.length));
  const nameWidth = Math.min(longest, width - GAP.length - LEAST_FOR_VALUES);
  const texts = groups.map((group) =>
    group.map((setting) => narrow(terminal, setting, nameWidth)).join('\n'),
  );
  await terminal.page(texts.join('\n\n'));
}

/** The name and its value, and below what it is. */
function narrow(terminal: Terminal, setting: Setting, nameWidth: number): string {
  const { key, description } = setting;
  const room = terminal.width - nameWidth - GAP.length;
  const values = brokenText(safeText(valueText(setting)), room).map((line) => shown(terminal, line, setting));
  const [first = '', ...rest] = values;
  const indent = ' '.repeat(nameWidth) + GAP;
  return [
    `${terminal.bold(key)}${' '.repeat(Math.max(0, nameWidth - key.length))}${GAP}${first}`.trimEnd(),
    ...rest.map((line) => indent + line),
    ...brokenText(description, terminal.width - GAP.length).map((line) => GAP + line),
  ].join('\n');
}
