/** Text as it may be shown: nothing in it redraws a terminal, and lines fit the screen. */

// C0 and C1 controls, DEL, everything that turns the writing direction, line and paragraph separators, the
// byte order mark, and lone surrogates: what could redraw a terminal or make a text read as another one.
const unsafeCharacter =
  // eslint-disable-next-line no-control-regex -- these are the characters to catch
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

function visibleEscape(character: string): string {
  const code = character.charCodeAt(0);
  const known = { 9: '\\t', 10: '\\n', 13: '\\r' }[code];
  const hex = code.toString(16);
  return known ?? (code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
}

/** A value as it may be shown: control characters, direction marks and lone surrogates as visible escapes. */
export function safeText(text: string): string {
  return text.replace(unsafeCharacter, visibleEscape);
}

/** A value as JSON. JSON.stringify escapes C0 and lone surrogates; the rest may redraw a terminal as well. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    unsafeCharacter,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// The colour codes that payrun writes itself; every other escape in a printed text came in with the data.
// eslint-disable-next-line no-control-regex -- the escape character is the point
const ownStyles = /(\u001b\[(?:1|2|22|31|32|33|39)m)/;

function safeStyled(line: string): string {
  return line
    .split(ownStyles)
    .map((part, index) => (index % 2 === 1 ? part : safeText(part)))
    .join('');
}

/**
 * A text of several lines as it may be printed: line ends stay, the rest is escaped.
 * @param styled whether payrun's own colours stay too; never where there is no colour
 */
export function safeLines(text: string, styled = false): string {
  return text
    .split('\n')
    .map(styled ? safeStyled : safeText)
    .join('\n');
}

/**
 * Lines that are longer than the screen, broken between words; what follows is indented. A line that is a
 * command stays whole, for it is there to be copied.
 */
export function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrappedLine(line, width))
    .join('\n');
}

function wrappedLine(line: string, width: number): string[] {
  if (line.length <= width || /^ +payrun /.test(line)) return [line];
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `;
  const lines: string[] = [];
  let current = '';
  for (const word of line.trimStart().split(' ')) {
    const start = lines.length === 0 ? indent.slice(2) : indent;
    if (current === '') {
      current = start + word;
    } else if (current.length + 1 + word.length <= width) {
      current += ` ${word}`;
    } else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current];
}
