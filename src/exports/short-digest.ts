/** Short names for long ones: the same for the same text in every export. */
import { createHash } from 'node:crypto';

/** RFC 4648: letters and digits that are not mistaken for each other. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Digits to the base of 32, made of the SHA-256 of a text; at most 32 of them. */
export function shortDigest(text: string, length: number): string {
  const hash = createHash('sha256').update(text, 'utf8').digest();
  return Array.from(hash.subarray(0, length), (byte) => DIGITS.charAt(byte % DIGITS.length)).join('');
}
