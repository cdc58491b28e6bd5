/** Windows-1252, the alphabet of accounting programs on Windows: which characters it has, and their bytes. */

/** What stands from byte 0x80 to 0x9f; five of them stand for nothing. */
const UPPER = [
  ...['€', null, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', null, 'Ž', null],
  ...[null, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', null, 'ž', 'Ÿ'],
];
const UPPER_BYTES = new Map(UPPER.flatMap((one, place) => (one === null ? [] : [[one, 0x80 + place]])));

const SAME_IN_LATIN_1 = /^[\0-\x7f\xa0-\xff]*$/;

/** One character that can be seen and that Windows-1252 has. */
export const WINDOWS_1252 = new RegExp(`^[\\x20-\\x7e\\xa0-\\xff${UPPER.join('')}]$`, 'u');

/**
 * The bytes of a text.
 * @throws RangeError naming a character that Windows-1252 lacks: cells are to be checked before
 */
export function windows1252(text: string): Uint8Array {
  if (SAME_IN_LATIN_1.test(text)) return Buffer.from(text, 'latin1');
  const bytes = Array.from(text, (one) => {
    const byte = SAME_IN_LATIN_1.test(one) ? one.charCodeAt(0) : UPPER_BYTES.get(one);
    if (byte === undefined) throw new RangeError(`Windows-1252 has no ${JSON.stringify(one)}.`);
    return byte;
  });
  return Uint8Array.from(bytes);
}
