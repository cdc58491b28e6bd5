/**
 * Names as banks read them: few signs besides the plain Latin letters. Letters with accents and the like are
 * spelled without, as banks do themselves; what has no such spelling is not guessed.
 */

export type BankText =
  | { readonly ok: true; readonly text: string }
  /** The first character that has no spelling, as it can be shown. */
  | { readonly ok: false; readonly character: string };

/** Letters that are no plain letter with a mark, and signs that a keyboard has in another form. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ ß: 'ss', ẞ: 'SS', Æ: 'AE', æ: 'ae', Œ: 'OE', œ: 'oe', Ĳ: 'IJ', ĳ: 'ij' },
    ...{ Ł: 'L', ł: 'l', Ø: 'O', ø: 'o', Đ: 'D', đ: 'd', Ð: 'D', ð: 'd', Þ: 'TH', þ: 'th' },
    ...{ ı: 'i', Ħ: 'H', ħ: 'h', Ŧ: 'T', ŧ: 't', Ŋ: 'N', ŋ: 'n', Ŀ: 'L', ŀ: 'l', ĸ: 'k' },
    ...{ '\u2018': "'", '\u2019': "'", '\u02bc': "'", '\u00b4': "'", '`': "'" },
    ...{ '\u2010': '-', '\u2011': '-', '\u2013': '-', '\u2014': '-', '&': '+' },
  }),
);

const MARKS = /\p{M}+/gu;
const UNSEEN = /[\p{C}\p{Z}]/u;

/**
 * A text in one line, in characters that are allowed.
 * @param allowed one character that the bank reads
 */
export function bankText(text: string, allowed: RegExp): BankText {
  let spelled = '';
  for (const character of text.normalize('NFC').replace(/\s+/gu, ' ').trim()) {
    const letters = allowed.test(character) ? character : spelling(character);
    if (!Array.from(letters).every((letter) => allowed.test(letter))) {
      return { ok: false, character: shown(character) };
    }
    spelled += letters;
  }
  return { ok: true, text: spelled };
}

/** Why a name cannot stand, in half a sentence. */
export function unreadable({ character }: { readonly character: string }): string {
  return `the name holds ${character}, which banks cannot read`;
}

function spelling(character: string): string {
  const letters = Array.from(character.normalize('NFD').replace(MARKS, ''));
  return letters.map((letter) => SPELLINGS.get(letter) ?? letter).join('');
}

function shown(character: string): string {
  if (!UNSEEN.test(character)) return character;
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
