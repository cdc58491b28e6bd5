/** After a session of questions: the one line that does the same without asking. */

import { shellQuoted } from '../core/shell.js';
import type { CommandContext, CommandDefinition } from './command.js';

/** Which ledger and whose name a command was called with: what a repetition needs too. */
export type Repeated = Pick<CommandContext['globals'], 'ledgerPath' | 'actor'>;

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

/**
 * Shows that command on stderr, as every interactive session ends.
 * @param options `declined` where the person said no in the end: nothing was done that could be done again
 */
export function echoCommand(
  context: Pick<CommandContext, 'terminal' | 'globals' | 'once'>,
  definition: Pick<CommandDefinition, 'path'>,
  parts: readonly string[],
  options: { readonly declined?: boolean } = {},
): void {
  const { terminal, globals, once } = context;
  const declined = options.declined === true;
  const what = declined ? 'To do it after all' : 'The same without questions';
  // What was done has used up its key: the same again is another call.
  const key = declined && once !== undefined ? ['--idempotency-key', once.key] : [];
  terminal.note(`${what}:\n  ${equivalentCommand(definition, [...parts, ...key], globals)}`);
}
