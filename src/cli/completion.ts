/** Shell completion, derived from the command tree; the door of @bomb.sh/tab. */

import type { ArgumentHandler, Command, OptionHandler, RootCommand } from '@bomb.sh/tab';
import {
  type ArgumentDefinition,
  type CommandDefinition,
  type CommandTree,
  longFlag,
  type OfferKind,
  type OptionDefinition,
  takesValue,
} from './command.js';
import { globalOptions } from './program.js';
import { suggestions, type Suggestion, type Typed } from './suggestions.js';

/** Values of these names are paths, for which the shell itself knows best. */
const pathNames = /^(file|path|dir|folder)$/;

/**
 * What the library prints with `console.log` while `work` runs, which is synchronous: it offers no other way
 * to its text, and payrun's stdout has one writer, the terminal.
 */
function printedBy(work: () => void): string {
  const lines: string[] = [];
  /* eslint-disable no-console -- see above */
  const original = console.log;
  console.log = (line: string): void => {
    lines.push(line);
  };
  try {
    work();
  } finally {
    console.log = original;
  }
  /* eslint-enable no-console */
  return `${lines.join('\n')}\n`;
}

/**
 * Mends what the library's script for bash gets wrong: it ran `$(...)` in the line being typed, offered no
 * files anywhere, and failed when it was loaded twice or beside another program's.
 * @throws Error when the library's script is no longer the one that these lines were written for
 */
function mendedForBash(script: string): string {
  const mend = (text: string, from: string | RegExp, to: string): string => {
    const mended = text.replace(from, () => to);
    if (mended === text) throw new Error(`the completion script for bash has changed: no ${String(from)}`);
    return mended;
  };
  const steps: readonly (readonly [RegExp, string])[] = [
    [/^readonly (?=ShellCompDirective)/gm, ''],
    [/^ +# Build the command to get completions\n[^]*?(?=^ +# Get completions)/m, ''],
    [/eval "\$requestComp" 2>/, `payrun complete -- "\${words[@]:1}" 2>`],
    [/^complete -F /m, 'complete -o default -F '],
  ];
  return steps.reduce((text, [from, to]) => mend(text, from, to), script);
}

/** The script that makes a shell ask `payrun complete -- WORDS...`. */
export async function completionScript(shell: string): Promise<string> {
  const { RootCommand } = await import('@bomb.sh/tab');
  const script = printedBy(() => {
    new RootCommand().setup('payrun', 'payrun', shell);
  });
  return shell === 'bash' ? mendedForBash(script) : script;
}

/** What the library came to while it looked for an answer. */
interface Asked {
  /** Whether it is a value that is a path. */
  path: boolean;
  /** What has to be looked up first. */
  offers: OfferKind | null;
  /** What was found. */
  found: readonly Suggestion[];
}

function offer(
  { choices, offers }: Pick<ArgumentDefinition, 'choices' | 'offers'>,
  valueName: string,
  asked: Asked,
): ArgumentHandler {
  return (complete) => {
    asked.path = choices === undefined && pathNames.test(valueName);
    asked.offers = offers ?? null;
    for (const choice of choices ?? []) complete(choice, '');
    for (const { value, description } of asked.found) complete(value, description);
  };
}

function addOptions(command: Command, options: readonly OptionDefinition[], asked: Asked): void {
  for (const option of options) {
    const name = longFlag(option.flags).slice(2);
    if (takesValue(option)) {
      const valueName = /<([^>]+)>/.exec(option.flags)?.[1] ?? '';
      const fill = offer(option, valueName, asked);
      const handler: OptionHandler = function (complete, known) {
        fill.call(command.arguments.get('') as never, complete, known);
      };
      command.option(name, option.description, handler);
    } else {
      command.option(name, option.description);
    }
  }
}

function addArguments(command: Command, list: readonly ArgumentDefinition[], asked: Asked): void {
  for (const argument of list) {
    command.argument(argument.name, offer(argument, argument.name, asked), argument.variadic === true);
  }
}

function addCommand(root: RootCommand, definition: CommandDefinition, asked: Asked): void {
  const command = root.command(definition.path.join(' '), definition.summary);
  addArguments(command, definition.arguments ?? [], asked);
  addOptions(command, [...(definition.options ?? []), ...completedGlobals], asked);
}

const completedGlobals: readonly OptionDefinition[] = [
  ...globalOptions,
  { flags: '--help', description: 'show the help' },
  { flags: '--version', description: 'print the version' },
];

/**
 * Answers one request of a completion script.
 * @param typed the words after `payrun` as typed so far, the last one unfinished (empty for a new word)
 * @returns lines of `word<TAB>description` and a last line that tells the shell whether to offer files
 */
export async function completeWords(tree: CommandTree, typed: Typed): Promise<string> {
  const { RootCommand } = await import('@bomb.sh/tab');
  const root = new RootCommand();
  const asked: Asked = { path: false, offers: null, found: [] };
  addOptions(root, completedGlobals, asked);
  for (const noun of tree.nouns) {
    if (tree.commands.some((definition) => definition.path[0] === noun.name)) {
      addOptions(root.command(noun.name, noun.summary), completedGlobals, asked);
    }
  }
  for (const definition of tree.commands.filter((command) => command.hidden !== true)) {
    addCommand(root, definition, asked);
  }
  const parse = (): string =>
    printedBy(() => {
      root.parse([...typed.words]);
    });
  let text = parse();
  if (asked.offers !== null) {
    // The library does not wait for an answer, so it is asked again when there is one.
    asked.found = await suggestions(asked.offers, typed);
    text = parse();
  }
  // The library always says "no files" (4); 0 lets the shell offer them.
  return asked.path ? text.replace(/:4\n$/, ':0\n') : text;
}
