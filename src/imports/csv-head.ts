/**
 * The beginning of a delimited text file: what it is encoded in, and which separator its header line uses.
 */
import type { Rejection } from '../core/import.js';

/** What the first bytes say. `bytes` are to be parsed first; they hold no byte order mark. */
export interface CsvHead {
  readonly bytes: Uint8Array;
  readonly delimiter: string;
  /** Why the file cannot be read at all. */
  readonly rejection: Rejection | null;
}

const COMMA = 0x2c;
const SEPARATORS: readonly number[] = [COMMA, 0x3b, 0x09];
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
/** What `foreignFormat` looks at. */
const SNIFFED_BYTES = 4;

/** A refusal of the file from a line on. */
export function unreadable(line: number, value: string, message: string): Rejection {
  return { line, column: null, value, code: 'bad_row', message };
}

/**
 * Reads up to the end of the header line, at most `limit` bytes and one chunk, and judges them.
 * A header that is longer is judged by its beginning.
 */
export async function readHead(source: AsyncIterator<Uint8Array>, limit: number): Promise<CsvHead> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let mayEndLine = false;
  while (size < limit) {
    const next = await source.next();
    if (next.done === true) break;
    parts.push(next.value);
    size += next.value.length;
    mayEndLine ||= next.value.includes(LF) || next.value.includes(CR);
    if (mayEndLine && size >= SNIFFED_BYTES && headerDelimiter(Buffer.concat(parts)) !== null) break;
  }
  const bytes = Buffer.concat(parts);
  const problem = foreignFormat(bytes);
  const rejection = problem === null ? null : unreadable(1, '', problem);
  return { bytes: withoutMark(bytes), delimiter: headerDelimiter(bytes, true) ?? ',', rejection };
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/**
 * The separator used most in the first line that is not blank, outside of quotes; null while it has no end.
 */
function headerDelimiter(bytes: Uint8Array, endsHere = false): string | null {
  const counts = [0, 0, 0];
  let quoted = false;
  let blank = true;
  let ended = endsHere;
  for (const byte of withoutMark(bytes)) {
    if (!quoted && (byte === LF || byte === CR)) {
      if (blank) continue;
      ended = true;
      break;
    }
    blank = false;
    if (byte === QUOTE) quoted = !quoted;
    const separator = quoted ? -1 : SEPARATORS.indexOf(byte);
    if (separator >= 0) counts[separator] = (counts[separator] ?? 0) + 1;
  }
  if (!ended) return null;
  const most = Math.max(...counts);
  return String.fromCharCode(SEPARATORS[counts.indexOf(most)] ?? COMMA);
}

/** A sentence that names what the file is, if it is no UTF-8 text; else null. */
function foreignFormat(bytes: Uint8Array): string | null {
  const [first, second, third, fourth] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const littleEndian = second === 0 && fourth === 0 && first !== 0 && third !== 0;
  const bigEndian = first === 0 && third === 0 && second !== 0 && fourth !== 0;
  if (marked || (bytes.length >= SNIFFED_BYTES && (littleEndian || bigEndian))) {
    return 'The file is UTF-16, not UTF-8. Save it as "CSV UTF-8" and import it again.';
  }
  if (first === 0x50 && second === 0x4b && third === 0x03 && fourth === 0x04) {
    return 'The file is an Excel workbook or a ZIP archive, not CSV. Save the sheet as "CSV UTF-8" and import that.';
  }
  return null;
}
