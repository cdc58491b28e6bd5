/**
 * What a command is: a typed record from which the parser, the help, the completion and the reference page
 * are derived. One command is one file, `commands/<noun>/<verb>.ts` or `commands/<verb>.ts`.
 */

import type { Once } from '../app/once.js';
import type { ProcessIo, Terminal } from './terminal.js';

/** The options that every command takes, as given. */
export interface GlobalOptions {
  /** `--ledger PATH`; without it `$PAYRUN_LEDGER`, then the data directory. */
  readonly ledgerPath?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
  /** False when `--no-input` was given. */
  readonly input: boolean;
  /** False when `--no-color` was given. */
  readonly color: boolean;
  /** `--actor NAME`; without it `$PAYRUN_ACTOR`, then the user of the operating system. */
  readonly actor?: string;
  /** How long to wait for a busy ledger, in seconds. */
  readonly waitSeconds: number;
}

/** What a handler is given besides its input; nothing else of the process is looked at by a command. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly globals: GlobalOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `now` is read once per command: every call in one command gives the same instant. */
  readonly clock: { now(): Date };
  /** Where `-` reads from. */
  readonly stdin: NodeJS.ReadableStream;
  /** The idempotency key under which the command is called, if it takes one and was given one. */
  readonly once?: Once;
  /** The background job that calls it, if one does. */
  readonly job?: JobCall;
  /** Runs a command line of a background job, and answers its exit code. */
  readonly runJob: (argv: readonly string[], job: JobCall, io?: Partial<ProcessIo>) => Promise<number>;
}

/** A background job that calls a command. */
export interface JobCall {
  /** Such as `J-000001`. */
  readonly id: string;
  /** The key under which its work is done, whatever the command line says. */
  readonly once: Once;
  /** It is done already, and only its answer is told again. */
  readonly tellsAgain: boolean;
}

/** What completion finds for an argument where it is asked: in payrun's settings, or in the ledger. */
export type OfferKind = 'setting' | 'setting-beginning' | 'setting-value' | 'batch';

/** A positional argument. Its name is the key under which the handler finds it. */
export interface ArgumentDefinition {
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  /** Takes all the rest; only the last argument may. */
  readonly variadic?: boolean;
  readonly choices?: readonly string[];
  readonly offers?: OfferKind;
  /** An empty text means something here, such as taking a setting away. */
  readonly allowEmpty?: boolean;
}

/** An option of one command; the handler finds `--as-of <date>` under `asOf`. */
export interface OptionDefinition {
  /** `--dry-run` for a flag, `--period <period>` for a value. */
  readonly flags: string;
  readonly description: string;
  /** Shown in the help and filled in when the option is not given. */
  readonly default?: string;
  readonly choices?: readonly string[];
  /** May be given several times; its value is then always a list. */
  readonly repeatable?: boolean;
  /** Keys (camelCase) of the options that cannot go with this one. */
  readonly conflicts?: readonly string[];
  /**
   * An empty value means something here (such as clearing a field). Elsewhere it is refused: what
   * `--affiliate "$WHO"` says with WHO unset must never come to mean everybody.
   */
  readonly allowEmpty?: boolean;
}

/** A command line worth copying, and what it does. */
export interface ExampleDefinition {
  readonly command: string;
  readonly what: string;
}

export type ArgumentValue = string | readonly string[] | undefined;
export type OptionValue = string | boolean | readonly string[] | undefined;

/** The arguments and options of one call. A name that the definition does not have is a bug and throws. */
export class CommandInput {
  constructor(
    readonly args: Readonly<Record<string, ArgumentValue>>,
    readonly options: Readonly<Record<string, OptionValue>>,
  ) {}

  /** The value of a required argument. */
  argument(name: string): string {
    const value = this.args[name];
    if (typeof value !== 'string') {
      throw new TypeError(`argument ${name} has no single value`);
    }
    return value;
  }

  /** The value of an argument that may be left out. */
  optionalArgument(name: string): string | undefined {
    return this.args[name] === undefined ? undefined : this.argument(name);
  }

  /** The values of a variadic argument; empty when none was given. */
  argumentList(name: string): readonly string[] {
    const value = this.args[name] ?? [];
    return typeof value === 'string' ? [value] : value;
  }

  /** The value of an option, or undefined when it was not given and has no default. */
  text(key: string): string | undefined {
    const value = this.options[key];
    if (value !== undefined && typeof value !== 'string') {
      throw new TypeError(`option ${key} is not a single text`);
    }
    return value;
  }

  /** Whether a flag was given. */
  flag(key: string): boolean {
    return this.options[key] === true;
  }

  /** The values of a repeatable option; empty when it was not given. */
  list(key: string): readonly string[] {
    const value = this.options[key] ?? [];
    if (typeof value === 'boolean') {
      throw new TypeError(`option ${key} is a flag`);
    }
    return typeof value === 'string' ? [value] : value;
  }
}

/**
 * One command. The handler imports its use case with `await import()`, so that start-up loads only what
 * runs.
 */
export interface CommandDefinition {
  /** `['payouts', 'void']`: the words that call it; one word or two. */
  readonly path: readonly [string] | readonly [string, string];
  /** One line, a verb first, no full stop. */
  readonly summary: string;
  /** Paragraphs for the command's own help. */
  readonly description?: string;
  readonly arguments?: readonly ArgumentDefinition[];
  readonly options?: readonly OptionDefinition[];
  readonly examples?: readonly ExampleDefinition[];
  /** Whether it changes the ledger (completion, menu and reference page say so). */
  readonly writes: boolean;
  /** Left out of the help and of completion. */
  readonly hidden?: boolean;
  /** The command's line in the menu of a bare `payrun`; only for commands that ask for all they need. */
  readonly menu?: string;
  /**
   * Does the work and prints the result. It refuses by throwing a PayrunError; a number is the exit code of a
   * command that printed its own answer and still did not succeed.
   */
  readonly handler: (context: CommandContext, input: CommandInput) => Promise<number | undefined>;
}

/** A word that stands before several commands, such as `payouts`. */
export interface NounDefinition {
  readonly name: string;
  readonly summary: string;
}

/** A heading of the main help and the first words of the commands under it, in order. */
export interface HelpSection {
  readonly title: string;
  readonly names: readonly string[];
}

/** Everything that can be called: the commands, the nouns before them, and the sections of the main help. */
export interface CommandTree {
  readonly commands: readonly CommandDefinition[];
  readonly nouns: readonly NounDefinition[];
  readonly sections: readonly HelpSection[];
}

/** Types a command's record; the place where a mistake in a definition shows. */
export function defineCommand(definition: CommandDefinition): CommandDefinition {
  return definition;
}

/** The handler's key of an option: `--as-of <date>` is `asOf`. */
export function optionKey(flags: string): string {
  return longFlag(flags)
    .slice(2)
    .replace(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** The long name in an option's flags: `--as-of <date>` is `--as-of`. */
export function longFlag(flags: string): string {
  const found = /--[a-z][a-z0-9-]*/.exec(flags);
  if (found === null) {
    throw new TypeError(`option ${flags} has no long name`);
  }
  return found[0];
}

/** Whether an option takes a value. */
export function takesValue(option: OptionDefinition): boolean {
  return option.flags.includes('<');
}
