/** Words of a command line that somebody copies into a shell. */

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
