import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WINDOWS_1252, windows1252 } from '../../src/exports/windows-1252.js';
import { read1252 } from './windows-files.js';

/** The text read again, or why it could not be written. */
function attempt(text: string): string {
  try {
    return read1252(windows1252(text));
  } catch (error) {
    return (error as Error).message;
  }
}

describe('Windows-1252', () => {
  test('has 218 visible characters, each with the byte that iconv gives it', () => {
    const all = Array.from({ length: 0x2200 }, (_, code) => String.fromCharCode(code));
    const visible = all.filter((one) => WINDOWS_1252.test(one)).join('');
    expect(visible).toHaveLength(95 + 96 + 27);
    const bytes = execFileSync('iconv', ['-f', 'UTF-8', '-t', 'WINDOWS-1252'], { input: visible });
    expect(Buffer.from(windows1252(visible))).toEqual(bytes);
    expect(read1252(bytes)).toBe(visible);
  });

  const codes = fc.oneof(fc.integer({ min: 0, max: 0x2200 }), fc.integer({ min: 0x1f300, max: 0x1faff }));
  const texts = fc.array(codes, { maxLength: 20 }).map((all) => String.fromCodePoint(...all));

  test('never loses a character: what it has comes back, and of anything else it says which', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const foreign = Array.from(text).find((one) => !WINDOWS_1252.test(one) && !/[\0-\x7f]/.test(one));
        expect(attempt(text)).toBe(
          foreign === undefined ? text : `Windows-1252 has no ${JSON.stringify(foreign)}.`,
        );
      }),
    );
    expect(() => windows1252('Łukasz')).toThrow('Windows-1252 has no "Ł".');
  });
});
