/**
 * Reads delimited text as records with their physical lines; the only door of csv-parse. It knows bytes,
 * lines and cells, and nothing of what they mean. Memory stays flat whatever the file: a record has a
 * longest length, and only one slice of the input is parsed at a time.
 */
import { isUtf8 } from 'node:buffer';
import { Parser } from 'csv-parse';
import { InvalidDataError } from '../core/errors.js';
import type { Rejection } from '../core/import.js';
import { readHead, unreadable } from './csv-head.js';

/** One record. `line` is the physical line on which it begins, the first line of the file being 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A longer record is taken for a mistake, usually a quote that is never closed. 1 MiB. */
export const MAX_RECORD_BYTES = 1_048_576;

/** Small enough for flat memory, large enough that the cost of a step vanishes. */
const SLICE_BYTES = 65_536;
const BATCH_RECORDS = 1000;
/** More than csv-parse looks ahead. */
const LOOK_AHEAD = 8;

/**
 * The file cannot be read on from one line on: its encoding or its quoting is broken there. Every whole
 * record before that line was handed out already, so that its findings can be reported too. Exit 5.
 */
export class UnreadableFileError extends InvalidDataError {
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super(rejection.message, { details: [rejection] });
    this.rejection = rejection;
  }
}

/** Collects what csv-parse finds, with lines, instead of queueing record by record in a stream. */
class RecordCollector extends Parser {
  #batch: CsvRecord[] = [];
  #nextLine = 1;
  #seenLines = 0;
  #seenEmptyLines = 0;
  #seenBytes = 0;
  /** The line of the first record that is longer than allowed; it and what follows are not collected. */
  tooLongLine: number | null = null;
  readonly delimiter: string;
  readonly #maxRecordBytes: number;

  constructor(delimiter: string, maxRecordBytes: number) {
    super({
      delimiter,
      // Named, not discovered, so that a header with CRLF above rows with LF is still read row by row.
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
    });
    this.delimiter = delimiter;
    this.#maxRecordBytes = maxRecordBytes;
    // Errors arrive at the callback of each write as well; without a listener they would end the process.
    this.on('error', () => undefined);
  }

  /** The first line of the record that is being read, or would be read next. */
  get currentLine(): number {
    return this.tooLongLine ?? this.#nextLine + this.info.empty_lines - this.#seenEmptyLines;
  }

  /** How many records were collected and not yet taken. */
  get waiting(): number {
    return this.#batch.length;
  }

  takeBatch(): CsvRecord[] {
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }

  /**
   * Called by csv-parse in the moment in which a record is complete, when its counters stand at the
   * record's end. Its count of lines says whether a record spans several; how many is counted here, because
   * csv-parse takes a CRLF inside quotes for two lines.
   */
  override push(cells: string[] | null): boolean {
    if (cells === null || this.tooLongLine !== null) return true;
    const { lines, empty_lines: emptyLines, bytes } = this.info;
    const newEmptyLines = emptyLines - this.#seenEmptyLines;
    const line = this.#nextLine + newEmptyLines;
    if (bytes - this.#seenBytes - 2 * newEmptyLines > this.#maxRecordBytes) {
      this.tooLongLine = line;
      return true;
    }
    this.#nextLine = line + 1;
    if (lines - this.#seenLines > 1 + newEmptyLines) this.#nextLine += lineBreaksWithin(cells);
    this.#seenLines = lines;
    this.#seenEmptyLines = emptyLines;
    this.#seenBytes = bytes;
    if (!isBlank(cells)) this.#batch.push({ line, cells });
    return true;
  }

  /** Parses these bytes; answers what csv-parse says against them. */
  feed(bytes: Uint8Array): Promise<Error | null> {
    return new Promise((resolve) => {
      this.write(bytes, (error) => {
        resolve(error ?? null);
      });
    });
  }

  /** Parses what was held back for look-ahead. */
  finish(): Promise<Error | null> {
    return new Promise((resolve) => {
      this.end((error?: Error | null) => {
        resolve(error ?? null);
      });
    });
  }
}

/**
 * Spreadsheets write rows of nothing but separators below the last one; like empty lines they say nothing.
 */
function isBlank(cells: readonly string[]): boolean {
  if ((cells[0] ?? '').charCodeAt(0) > 32) return false;
  return cells.every((cell) => cell.trim() === '');
}

function lineBreaksWithin(cells: readonly string[]): number {
  let breaks = 0;
  for (const cell of cells) breaks += cell.match(/\r\n|\n|\r/g)?.length ?? 0;
  return breaks;
}

/**
 * The records of a delimited text file in batches, the header being the first record.
 * Comma, semicolon or tab is told from the header line; a UTF-8 byte order mark and blank lines are
 * skipped.
 *
 * @param chunks the bytes of the file, in pieces of any size
 * @param options.maxRecordBytes the longest record that is read, in bytes
 * @throws UnreadableFileError naming the line, after all whole records before it were yielded: no UTF-8 (or
 * UTF-16, or no text at all), a quote that is never closed or stands where none may, a record that is too
 * long
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly maxRecordBytes: number } = { maxRecordBytes: MAX_RECORD_BYTES },
): AsyncGenerator<CsvRecord[]> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const head = await readHead(source, SLICE_BYTES);
    if (head.rejection !== null) throw new UnreadableFileError(head.rejection);
    const collector = new RecordCollector(head.delimiter, options.maxRecordBytes);
    yield* readRecords(collector, head.bytes, source, options.maxRecordBytes);
  } finally {
    await source.return?.();
  }
}

async function* readRecords(
  collector: RecordCollector,
  head: Uint8Array,
  source: AsyncIterator<Uint8Array>,
  maxRecordBytes: number,
): AsyncGenerator<CsvRecord[]> {
  let failure: Rejection | null = null;
  let carried: Uint8Array = new Uint8Array(0);
  let pendingBytes = 0;
  let progress = 0;
  for await (const piece of slices(head, source)) {
    const slice = carried.length === 0 ? piece : Buffer.concat([carried, piece]);
    const whole = slice.length - incompleteTail(slice);
    const text = slice.subarray(0, whole);
    carried = slice.subarray(whole);
    failure = isUtf8(text)
      ? explain(collector, await collector.feed(text), maxRecordBytes)
      : await readToBadByte(collector, text, maxRecordBytes);
    const progressNow = collector.info.records + collector.info.empty_lines;
    pendingBytes = progressNow > progress ? 0 : pendingBytes + text.length;
    progress = progressNow;
    if (pendingBytes > maxRecordBytes) failure ??= tooLong(collector.currentLine, maxRecordBytes);
    if (failure !== null) break;
    if (collector.waiting >= BATCH_RECORDS) yield collector.takeBatch();
  }
  failure ??=
    carried.length > 0
      ? await readToBadByte(collector, carried, maxRecordBytes)
      : explain(collector, await collector.finish(), maxRecordBytes);
  if (collector.waiting > 0) yield collector.takeBatch();
  if (failure !== null) throw new UnreadableFileError(failure);
}

/** The bytes in slices, so that one huge chunk is not parsed in one go. */
async function* slices(head: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let chunk = head; ;) {
    for (let start = 0; start < chunk.length; start += SLICE_BYTES) {
      yield chunk.subarray(start, start + SLICE_BYTES);
    }
    const next = await source.next();
    if (next.done === true) return;
    chunk = next.value;
  }
}

/** How many bytes at the end begin a UTF-8 character whose rest is in the next slice: 0 to 3. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < needed ? back : 0;
  }
  return 0;
}

/**
 * Parses what stands before the first byte that is not UTF-8, so that the rows before it are reported, and
 * names the row that holds it. Separators in its place end the look-ahead of csv-parse without ending the
 * row, and are right wherever they stand.
 */
async function readToBadByte(
  collector: RecordCollector,
  bytes: Uint8Array,
  maxRecordBytes: number,
): Promise<Rejection> {
  const at = firstBadByte(bytes);
  const instead = Buffer.alloc(LOOK_AHEAD, collector.delimiter);
  const error = await collector.feed(Buffer.concat([bytes.subarray(0, at), instead]));
  const earlier = explain(collector, error, maxRecordBytes);
  if (earlier !== null) return earlier;
  const line = collector.currentLine;
  const hex = `0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
  return unreadable(
    line,
    hex,
    `The row of line ${line} holds the byte ${hex}, which is not UTF-8; perhaps the file is Windows-1252 or ` +
      'Latin-1. Save it as "CSV UTF-8" and import it again.',
  );
}

/** The offset of the first byte that cannot be UTF-8: the longest prefix that is good, found by halving. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    const prefix = bytes.subarray(0, middle);
    if (isUtf8(prefix.subarray(0, middle - incompleteTail(prefix)))) good = middle;
    else bad = middle;
  }
  const prefix = bytes.subarray(0, good);
  return good - incompleteTail(prefix);
}

function tooLong(line: number, maxRecordBytes: number): Rejection {
  return unreadable(
    line,
    '',
    `The row that begins on line ${line} is longer than ${maxRecordBytes} bytes; ` +
      'most likely a quote (") that opens there has no partner. Close or double it.',
  );
}

function errorCode(error: Error | null): unknown {
  return error !== null && 'code' in error ? error.code : undefined;
}

/**
 * csv-parse's own errors as a sentence with the remedy; null if there is none. An unknown one is a bug:
 * thrown on.
 */
function explain(collector: RecordCollector, error: Error | null, maxRecordBytes: number): Rejection | null {
  const line = collector.currentLine;
  if (collector.tooLongLine !== null) return tooLong(line, maxRecordBytes);
  if (error === null) return null;
  switch (errorCode(error)) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return unreadable(
        line,
        '',
        `A quote (") that opens in the row of line ${line} is never closed. Close it, or double it if it is meant.`,
      );
    case 'CSV_INVALID_CLOSING_QUOTE':
      return unreadable(
        line,
        '',
        `In the row of line ${line} text follows a closing quote ("). Double a quote that is part of the text ("").`,
      );
    case 'INVALID_OPENING_QUOTE':
      return unreadable(
        line,
        '',
        `In the row of line ${line} a quote (") stands inside a cell that is not quoted. ` +
          'Enclose the whole cell in quotes and double the one inside ("").',
      );
    default:
      throw error;
  }
}
