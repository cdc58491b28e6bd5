/**
 * Capitals and small letters of the words that payrun itself knows, which are ASCII. The functions of
 * JavaScript also turn other letters into these: with them `u\u017fd` would be USD, and `\ufb01` Finland.
 */

const ASCII = /^[\u0020-\u007e]*$/;

/** In capitals; a text with other letters than those of ASCII stays as it is, so that it is no known word. */
export function inCapitals(text: string): string {
  return ASCII.test(text) ? text.toUpperCase() : text;
}

/** In small letters; a text with other letters than those of ASCII stays as it is. */
export function inSmallLetters(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : text;
}
