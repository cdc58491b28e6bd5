/** Reads a command line by the command tree: commander does the parsing, the wording is payrun's. */

import { Argument, Command, type CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../core/errors.js';
import {
  type ArgumentDefinition,
  type ArgumentValue,
  type CommandDefinition,
  CommandInput,
  type CommandTree,
  type GlobalOptions,
  longFlag,
  type OptionDefinition,
  optionKey,
  type OptionValue,
  takesValue,
} from './command.js';
import { usageError } from './usage-error.js';

/** What a command line asks for. */
export type Request =
  | { kind: 'run'; definition: CommandDefinition; globals: GlobalOptions; input: CommandInput }
  /** Nothing but global options: the menu on a terminal, else the help. */
  | { kind: 'bare'; globals: GlobalOptions; help: string }
  | { kind: 'help'; text: string }
  | { kind: 'version' };

/** How the help is laid out. */
export interface HelpLayout {
  readonly width: number;
  readonly bold: (text: string) => string;
}

const globalHeading = 'Global options:';
/** How long a command waits for a busy ledger where nothing is said. */
export const defaultWaitSeconds = 30;

/** The options of every command, before or after its words. */
export const globalOptions: readonly OptionDefinition[] = [
  { flags: '--ledger <path>', description: 'the ledger (else $PAYRUN_LEDGER, else in your data directory)' },
  { flags: '--json', description: 'print exactly one JSON document on stdout' },
  { flags: '--quiet', description: 'say nothing on stderr but warnings and errors' },
  { flags: '--yes', description: 'consent: do not ask' },
  { flags: '--no-input', description: 'never ask; a missing decision is an error' },
  { flags: '--actor <name>', description: 'who does this (else $PAYRUN_ACTOR, else the OS user)' },
  {
    flags: '--wait <seconds>',
    description: `how long to wait for a busy ledger (default: ${String(defaultWaitSeconds)})`,
  },
  { flags: '--no-color', description: 'no colour (also $NO_COLOR)' },
];

/** Where commander stopped: carries the command, so that the message can name its help. */
class Stopped extends Error {
  constructor(
    readonly command: Command,
    readonly reason: CommanderError,
  ) {
    super(reason.message);
  }
}

/**
 * The global options that matter before the command line is understood: for errors in it, and for the
 * help.
 */
export function earlyGlobals(argv: readonly string[]): GlobalOptions {
  const end = argv.indexOf('--');
  const options = new Set(end === -1 ? argv : argv.slice(0, end));
  const json = options.has('--json');
  return {
    json,
    quiet: options.has('--quiet'),
    yes: options.has('--yes'),
    input: !options.has('--no-input'),
    color: !json && !options.has('--no-color'),
    waitSeconds: defaultWaitSeconds,
  };
}

/**
 * Reads a command line.
 * @param argv without the program's own name
 * @throws UsageError for anything that is not a valid call, with the likely meaning or the help as hint
 */
export function parseCommandLine(argv: readonly string[], tree: CommandTree, layout: HelpLayout): Request {
  const words = leadingWords(argv);
  if (words[0] === 'help') {
    const rest = argv.toSpliced(argv.indexOf('help'), 1).filter((word) => word !== '--');
    return parseCommandLine([...rest, '--help'], tree, layout);
  }
  const reader = new Reader(tree, layout);
  try {
    reader.root.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof Stopped)) {
      throw error;
    }
    return stoppedRequest(error, { argv, words, tree, layout, reader });
  }
  if (reader.request === undefined) {
    throw new Error('the command line was read and nothing was found to do');
  }
  return reader.request;
}

interface Attempt {
  readonly argv: readonly string[];
  readonly words: readonly string[];
  readonly tree: CommandTree;
  readonly layout: HelpLayout;
  readonly reader: Reader;
}

function stoppedRequest(stop: Stopped, attempt: Attempt): Request {
  const { command, reason } = stop;
  const { words, reader } = attempt;
  if (reason.code === 'commander.version') {
    return { kind: 'version' };
  }
  if (reason.code === 'commander.helpDisplayed' || reason.code === 'commander.help') {
    const depth = commandPath(command).length - 1;
    if (command.commands.length > 0 && words[depth] !== undefined) {
      // Help was asked for a word that is no command: say that instead of showing the help above it.
      const isHelp = (word: string): boolean => word === '--help' || word === '-h';
      return parseCommandLine(
        attempt.argv.filter((word) => !isHelp(word)),
        attempt.tree,
        attempt.layout,
      );
    }
    const bare = command === reader.root && reason.code === 'commander.help';
    return bare
      ? { kind: 'bare', globals: readGlobals([command]), help: reader.output }
      : { kind: 'help', text: reader.output };
  }
  throw usageError(reason, { path: commandPath(command), words, commands: attempt.tree.commands });
}

/** The words of a command line that are neither options nor the values of global ones, up to two. */
function leadingWords(argv: readonly string[]): string[] {
  const words: string[] = [];
  const valued = globalOptions.filter(takesValue).map((option) => longFlag(option.flags));
  for (let index = 0; index < argv.length && words.length < 2; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      break;
    }
    if (valued.includes(word)) {
      index += 1;
    } else if (!word.startsWith('-')) {
      words.push(word);
    }
  }
  return words;
}

function commandPath(command: Command): string[] {
  return command.parent === null ? [command.name()] : [...commandPath(command.parent), command.name()];
}

/** Commander's layout with the options of every command last, where they do not hide what is special here. */
function globalsLast(command: Command, helper: Help): string {
  const blocks = Help.prototype.formatHelp.call(helper, command, helper).trimEnd().split('\n\n');
  const isGlobal = (block: string): boolean => block.includes(globalHeading);
  return `${[...blocks.filter((block) => !isGlobal(block)), ...blocks.filter(isGlobal)].join('\n\n')}\n`;
}

/** The global options given anywhere on the way from the program to the command; the last place wins. */
function readGlobals(commands: readonly Command[]): GlobalOptions {
  const given = new Map<string, unknown>();
  for (const command of commands) {
    for (const { flags } of globalOptions) {
      const key = optionKey(flags.replace('--no-', '--'));
      if (command.getOptionValueSource(key) === 'cli') {
        given.set(key, command.getOptionValue(key));
      }
    }
  }
  const ledgerPath = given.get('ledger') as string | undefined;
  const actor = given.get('actor') as string | undefined;
  return {
    ...(ledgerPath === undefined ? {} : { ledgerPath }),
    ...(actor === undefined ? {} : { actor }),
    json: given.has('json'),
    quiet: given.has('quiet'),
    yes: given.has('yes'),
    input: !given.has('input'),
    color: !given.has('color'),
    waitSeconds: given.has('wait') ? Number(given.get('wait')) : defaultWaitSeconds,
  };
}

/** The commander program of a tree; what it finds is left in `request` and `output`. */
class Reader {
  readonly root: Command;
  request: Request | undefined;
  output = '';

  constructor(
    private readonly tree: CommandTree,
    private readonly layout: HelpLayout,
  ) {
    this.root = this.#prepare(new Command('payrun'));
    this.root.description('Pay your affiliates on your own timeline.');
    this.root.addHelpText('after', '\nRun payrun COMMAND --help for the options and examples of a command.');
    const sectioned = tree.sections.flatMap((section) => section.names);
    const names = [...sectioned, ...tree.commands.map((definition) => definition.path[0])];
    for (const name of new Set(names)) {
      this.#addTopLevel(name);
    }
  }

  #addTopLevel(name: string): void {
    const definitions = this.tree.commands.filter((definition) => definition.path[0] === name);
    const [only] = definitions;
    if (only === undefined) {
      return;
    }
    const heading = this.tree.sections.find((section) => section.names.includes(name))?.title;
    if (only.path.length === 1) {
      const command = this.#leaf(only).helpGroup(heading ?? 'More commands:');
      this.root.addCommand(command, { hidden: only.hidden === true });
      return;
    }
    const noun = this.#prepare(new Command(name)).helpGroup(heading ?? 'More commands:');
    noun.description(this.tree.nouns.find((known) => known.name === name)?.summary ?? '');
    for (const definition of definitions) {
      noun.addCommand(this.#leaf(definition), { hidden: definition.hidden === true });
    }
    this.root.addCommand(noun);
  }

  /** The settings that every command has; commander does not pass them on to added commands. */
  #prepare(command: Command, flags: ReadonlySet<string> = flagsOf([])): Command {
    const { width, bold } = this.layout;
    const collect = (text: string): void => {
      this.output += text;
    };
    command
      .exitOverride((error) => {
        throw new Stopped(command, error);
      })
      .configureOutput({
        writeOut: collect,
        writeErr: collect,
        outputError: () => undefined,
        getOutHelpWidth: () => width,
        getErrHelpWidth: () => width,
        getOutHasColors: () => true,
        getErrHasColors: () => true,
      })
      .configureHelp({
        styleTitle: bold,
        formatHelp: globalsLast,
        subcommandTerm: (shown) => [shown.name(), ...shown.registeredArguments.map(argumentTerm)].join(' '),
      })
      .helpCommand(false)
      .enablePositionalOptions()
      .addHelpOption(new Option('-h, --help', 'show this help').helpGroup(globalHeading));
    for (const definition of globalOptions) {
      command.addOption(commanderOption(definition, flags).helpGroup(globalHeading));
    }
    command.version('', '-V, --version', 'print the version');
    command.options.at(-1)?.helpGroup(globalHeading);
    return command;
  }

  #leaf(definition: CommandDefinition): Command {
    const own = definition.options ?? [];
    const flags = flagsOf(own);
    const command = this.#prepare(new Command(definition.path.at(-1)), flags);
    command.summary(definition.summary);
    command.description([`${definition.summary}.`, definition.description ?? ''].join('\n\n').trimEnd());
    const declared = definition.arguments ?? [];
    for (const argument of declared) {
      command.addArgument(commanderArgument(argument));
    }
    for (const option of own) {
      command.addOption(commanderOption(option, flags));
    }
    const examples = definition.examples ?? [];
    if (examples.length > 0) {
      const lines = examples.map((example) => `  $ ${example.command}\n      ${example.what}`);
      command.addHelpText('after', `\n${this.layout.bold('Examples:')}\n${lines.join('\n')}`);
    }
    command.action(() => {
      const args: Record<string, ArgumentValue> = {};
      for (const [index, argument] of declared.entries()) {
        args[argument.name] = checkedArgument(command.processedArgs[index] as ArgumentValue, argument);
      }
      const options: Record<string, OptionValue> = {};
      for (const option of own) {
        options[optionKey(option.flags)] = command.getOptionValue(optionKey(option.flags)) as OptionValue;
      }
      const chain = [
        this.root,
        ...(command.parent === this.root ? [] : [command.parent ?? this.root]),
        command,
      ];
      const globals = readGlobals(chain);
      this.request = { kind: 'run', definition, globals, input: new CommandInput(args, options) };
    });
    return command;
  }
}

/** The flags of a command: one of them as a value means that the value was forgotten. */
function flagsOf(own: readonly OptionDefinition[]): ReadonlySet<string> {
  const long = [...globalOptions, ...own].map((option) => longFlag(option.flags));
  return new Set([...long, '--help', '-h', '--version', '-V']);
}

/** What `show "$WHO"` says with WHO unset must never come to mean something. */
function checkedArgument(value: ArgumentValue, { name, allowEmpty }: ArgumentDefinition): ArgumentValue {
  const isBlank = [value ?? 'left out'].flat().some((text) => text.trim() === '');
  if (isBlank && allowEmpty !== true) {
    throw new UsageError(`<${name}> must not be empty.`, { hint: 'Leave it out, or give a value.' });
  }
  return value;
}

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

function commanderArgument(definition: ArgumentDefinition): Argument {
  const name = definition.variadic === true ? `${definition.name}...` : definition.name;
  const argument = new Argument(
    definition.required === true ? `<${name}>` : `[${name}]`,
    definition.description,
  );
  return definition.choices === undefined ? argument : argument.choices([...definition.choices]);
}

/** @param flags the flags of the whole command */
function commanderOption(definition: OptionDefinition, flags: ReadonlySet<string>): Option {
  const option = new Option(definition.flags, definition.description);
  if (definition.conflicts !== undefined) {
    option.conflicts([...definition.conflicts]);
  }
  if (!takesValue(definition)) {
    return option;
  }
  if (definition.choices !== undefined) {
    // For the help; the check below replaces the one of `choices`.
    option.choices([...definition.choices]);
  }
  if (definition.default !== undefined) {
    option.default(definition.repeatable === true ? [definition.default] : definition.default);
  }
  let values: string[] = [];
  option.argParser((value: string) => {
    values = [...values, checkedValue(value, definition, flags)];
    if (definition.repeatable === true) {
      return values;
    }
    if (values.length > 1) {
      throw new InvalidArgumentError('It is given twice.');
    }
    return value;
  });
  return option;
}

function checkedValue(value: string, definition: OptionDefinition, flags: ReadonlySet<string>): string {
  if (value.trim() === '' && definition.allowEmpty !== true) {
    throw new InvalidArgumentError('It is empty.');
  }
  if (flags.has(/^-[^=]*/.exec(value)?.[0] ?? '')) {
    throw new InvalidArgumentError('That is an option: the value is missing.');
  }
  if (definition.choices !== undefined && !definition.choices.includes(value)) {
    throw new InvalidArgumentError(`Allowed choices are ${definition.choices.join(', ')}.`);
  }
  if (definition.flags === '--wait <seconds>' && !/^\d{1,6}(\.\d{1,3})?$/.test(value)) {
    throw new InvalidArgumentError('Write a number of seconds, such as 30.');
  }
  return value;
}
