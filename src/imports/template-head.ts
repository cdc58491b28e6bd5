/** The header row of a file that another program gave its user to fill in. */
import { readCsv, UnreadableFileError } from './csv.js';
import { readHead, unreadable } from './csv-head.js';

/** The first row of a template as it stands there. */
export interface TemplateHead {
  /** Verbatim, without byte order mark and line end. */
  readonly text: string;
  /** The names, without their quotes. */
  readonly columns: readonly string[];
  readonly delimiter: string;
  /** How its lines end; a header alone gets LF. */
  readonly eol: '\n' | '\r\n';
}

/** No program asks for a longer header. 64 KiB. */
const MAX_HEADER_BYTES = 65_536;

/**
 * Reads the first row that is not blank; what stands below it, such as an example, is not looked at.
 * @throws UnreadableFileError when it is no text in UTF-8, or its quotes are broken
 */
export async function readTemplateHead(chunks: AsyncIterable<Uint8Array>): Promise<TemplateHead> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const { bytes, delimiter, rejection } = await readHead(source, MAX_HEADER_BYTES);
    if (rejection !== null) throw new UnreadableFileError(rejection);
    const { end, start } = headerEnds(bytes);
    const row = bytes.subarray(start, end);
    const columns = await columnsOf(row);
    if (columns.length === 0)
      throw new UnreadableFileError(unreadable(1, '', 'It is empty: it has no header row.'));
    const eol = bytes[end] === CR && bytes[end + 1] === LF ? '\r\n' : '\n';
    return { text: Buffer.from(row).toString('utf8'), columns, delimiter, eol };
  } finally {
    await source.return?.();
  }
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/** Where the first row that is not empty begins and ends; a line break within quotes is a part of it. */
function headerEnds(bytes: Uint8Array): { readonly start: number; readonly end: number } {
  let start = 0;
  while (bytes[start] === LF || bytes[start] === CR) start += 1;
  let end = start;
  for (let isQuoted = false; end < bytes.length; end += 1) {
    const byte = bytes[end];
    if (!isQuoted && (byte === LF || byte === CR)) break;
    if (byte === QUOTE) isQuoted = !isQuoted;
  }
  return { start, end };
}

async function columnsOf(row: Uint8Array): Promise<readonly string[]> {
  const one = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(row);
  };
  const columns: string[] = [];
  for await (const records of readCsv(one())) columns.push(...(records[0]?.cells ?? []));
  return columns;
}
