/** After a session of questions: the one line that does the same without asking. */

import type { CommandContext, CommandDefinition } from './command.js';

// eslint-disable-next-line no-control-regex -- control characters need a quoting of their own
const needsEscapes = /[\u0000-\u001f\u007f]/;

/**
 * A word as a POSIX shell reads it back: bare if harmless, else quoted; control characters stay on one
 * line.
 */
export function shellQuoted(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) {
    return word;
  }
  if (!needsEscapes.test(word)) {
    return `'${word.replaceAll("'", `'\\''`)}'`;
  }
  const escaped = word.replace(/[\\']/g, '\\$&').replace(new RegExp(needsEscapes, 'g'), (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `$'${escaped}'`;
}

/** Which ledger and whose name a command was called with: what a repetition needs too. */
type Repeated = Pick<CommandContext['globals'], 'ledgerPath' | 'actor'>;

/**
 * The one-line command for a shell.
 * @param parts the options and arguments that stand for the answers given, unquoted
 */
export function equivalentCommand(
  definition: Pick<CommandDefinition, 'path'>,
  parts: readonly string[],
  globals: Repeated = {},
): string {
  const { ledgerPath, actor } = globals;
  const words = [
    'payrun',
    ...definition.path,
    ...parts,
    ...(ledgerPath === undefined ? [] : ['--ledger', ledgerPath]),
    ...(actor === undefined ? [] : ['--actor', actor]),
  ];
  return words.map(shellQuoted).join(' ');
}

/** Shows that command on stderr, as every interactive session ends. */
export function echoCommand(
  context: Pick<CommandContext, 'terminal' | 'globals'>,
  definition: Pick<CommandDefinition, 'path'>,
  parts: readonly string[],
): void {
  context.terminal.note(
    `The same without questions:\n  ${equivalentCommand(definition, parts, context.globals)}`,
  );
}
