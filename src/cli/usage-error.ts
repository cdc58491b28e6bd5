/** What is wrong with a command line: commander's sentences in payrun's words, with the likely meaning. */
import { UsageError } from '../core/errors.js';
import type { CommandDefinition } from './command.js';

/** Where commander stopped, and what might have been meant. */
export interface Misread {
  /** The words up to the command at which it stopped, with the program's own name. */
  readonly path: readonly string[];
  /** The words of the command line that might name a command. */
  readonly words: readonly string[];
  readonly commands: readonly CommandDefinition[];
}

/**
 * Commander's message in payrun's words, with the likely meaning as hint.
 * @param reason the code and the message of commander's error
 */
export function usageError(
  reason: { readonly code: string; readonly message: string },
  { path, words, commands }: Misread,
): UsageError {
  // What was typed may hold line breaks of its own; commander's guess is a line at the end.
  const said = reason.message.replace(/^error: /, '');
  const guessed = /\n\((Did you mean [^\n]*)\)$/.exec(said);
  const first = guessed === null ? said : said.slice(0, guessed.index);
  const guess = guessed?.[1] ?? '';
  const elsewhere =
    reason.code === 'commander.unknownCommand' && path.length === 1 && guess === ''
      ? commands.filter((known) => known.path[1] === words[0] && known.hidden !== true)
      : [];
  const meant = elsewhere.map((known) => `payrun ${known.path.join(' ')}`).join(', ');
  const hint = [
    guess,
    ...(meant === '' ? [] : [`Did you mean ${meant}?`]),
    `See ${[...path, '--help'].join(' ')}.`,
  ];
  const message = inOurWords(first);
  return new UsageError(/[.!?]$/.test(message) ? message : `${message}.`, {
    hint: hint.filter((part) => part !== '').join(' '),
  });
}

/** Commander's sentence without its jargon: what was given, and what would be right. */
function inOurWords(text: string): string {
  const plain = text
    .replace(
      /^option '(--[a-z-]+)[^']*' argument '.*' is invalid\. It is given twice\.$/s,
      'option $1 is given twice',
    )
    .replace(/^option '(--[a-z-]+)[^']*' argument '\s*' is invalid\. .*$/s, 'option $1 must not be empty')
    .replace(/^option '(--[a-z-]+)[^']*' argument ('.*') is invalid\. /s, 'option $1 cannot be $2. ')
    .replace(/^option '(--[^']+)' argument missing$/, 'option $1 needs a value')
    .replace(/^command-argument value ('.*') is invalid for argument '([^']+)'\. /s, '<$2> cannot be $1. ')
    .replace(/^missing required argument '([^']+)'$/, '<$1> is missing')
    .replace(
      /^unknown option '(-\d.*)'$/s,
      "'$1' is neither an option nor a plain decimal; write it like -1234.50",
    )
    .replace(/^unknown (option|command) '(.*)'$/s, "there is no $1 '$2'");
  return `${plain.slice(0, 1).toUpperCase()}${plain.slice(1)}`;
}
