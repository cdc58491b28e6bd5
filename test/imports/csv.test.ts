import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCsv, UnreadableFileError, type CsvRecord } from '../../src/imports/csv.js';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

interface Reading {
  readonly records: readonly CsvRecord[];
  readonly failure: UnreadableFileError | null;
}

async function read(input: string | Uint8Array, size = 65_536, maxRecordBytes = 1_048_576): Promise<Reading> {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const records: CsvRecord[] = [];
  try {
    for await (const batch of readCsv(pieces(bytes, size), { maxRecordBytes })) records.push(...batch);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { records, failure: error };
  }
  return { records, failure: null };
}

const cellsOf = (reading: Reading) => reading.records.map((record) => record.cells);
const linesOf = (reading: Reading) => reading.records.map((record) => record.line);

describe('readCsv', () => {
  it.each([
    ['comma', 'id,name\n1,"a;b"\n'],
    ['semicolon', 'id;name\n1;a;b\n'.replace('a;b', '"a;b"')],
    ['tab', 'id\tname\n1\ta;b\n'],
    ['comma, with semicolons inside a quoted header cell', 'id,"na;;;me"\n1,a;b\n'],
  ])('tells the separator from the header line: %s', async (_, text) => {
    const { records } = await read(text);
    expect(records[1]?.cells).toEqual(['1', 'a;b']);
  });

  it.each([
    ['LF', 'a,b\n1,2\n3,4\n'],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['CR', 'a,b\r1,2\r3,4'],
    ['mixed', 'a,b\r\n1,2\n3,4\r'],
    ['a byte order mark', '\ufeffa,b\n1,2\n3,4'],
  ])('reads lines that end in %s, whatever the pieces', async (_, text) => {
    for (const size of [1, 2, 3, 100]) {
      const reading = await read(text, size);
      expect(cellsOf(reading)).toEqual([
        ['a', 'b'],
        ['1', '2'],
        ['3', '4'],
      ]);
      expect(linesOf(reading)).toEqual([1, 2, 3]);
    }
  });

  it('counts physical lines over blank lines and line breaks inside quotes', async () => {
    const text = '\r\na,b\r\n\r\n"x\r\ny","p\nq"\r\n,\r\n  \r\n1,2\r\n\r\n"u\r\n\r\nv",3\r\n5,6';
    for (const size of [1, 3, 1000]) {
      const reading = await read(text, size);
      expect(linesOf(reading)).toEqual([2, 4, 9, 11, 14]);
      expect(reading.records[1]?.cells).toEqual(['x\r\ny', 'p\nq']);
    }
  });

  it('answers nothing for an empty file and the header alone for a header', async () => {
    expect(await read('')).toEqual({ records: [], failure: null });
    expect(await read('\ufeff\n\n')).toEqual({ records: [], failure: null });
    expect(cellsOf(await read('id,name'))).toEqual([['id', 'name']]);
  });

  it.each([
    ['in the middle of a row', 'a,b\n1,2\n3,caf\xe9\n5,6\n', 3, 2],
    ['at the start of a row', 'a,b\n1,2\n\xe9,4\n', 3, 2],
    ['after blank lines', 'a,b\n1,2\n\n\n\xe9,4\n', 5, 2],
    ['at the very start', '\xe9,b\n', 1, 0],
    ['inside quotes', 'a,b\n1,"x\ny\xe9"\n', 2, 1],
    ['as a character cut off at the end', 'a,b\n1,2\n3,x\xc3', 3, 2],
    ['behind nothing but separators', 'a,b\n1,2\n,\xe9\n', 3, 2],
  ])('names the row of a byte that is not UTF-8: %s', async (_, latin1, line, whole) => {
    for (const size of [1, 2, 5, 1000]) {
      const { records, failure } = await read(Buffer.from(latin1, 'latin1'), size);
      expect(failure?.rejection).toMatchObject({ line, column: null, code: 'bad_row' });
      expect(failure?.rejection.message).toContain('UTF-8');
      expect(records).toHaveLength(whole);
    }
  });

  it('reads characters of several bytes that are cut between pieces', async () => {
    const text = 'id,name\n1,Zoë 日本 🎉\n';
    for (const size of [1, 2, 3, 5, 7])
      expect(cellsOf(await read(text, size))[1]).toEqual(['1', 'Zoë 日本 🎉']);
  });

  it.each([
    ['UTF-16 with a mark', Buffer.from('\ufeffid,name\n1,x\n', 'utf16le'), 'UTF-16'],
    ['UTF-16 without one', Buffer.from('id,name\n1,x\n', 'utf16le'), 'UTF-16'],
    ['big-endian UTF-16', Buffer.from('id,name\n1,x\n', 'utf16le').swap16(), 'UTF-16'],
    ['an Excel workbook', Buffer.from('PK\x03\x04 and so on'), 'Excel'],
  ])('names %s as what it is', async (_, bytes, word) => {
    const { records, failure } = await read(bytes);
    expect(records).toEqual([]);
    expect(failure?.rejection).toMatchObject({ line: 1, code: 'bad_row' });
    expect(failure?.message).toContain(word);
  });

  it.each([
    ['a quote that is never closed', 'a,b\n1,2\n\n3,"x\ny\n', 4, 'never closed'],
    ['text behind a closing quote', 'a,b\n1,2\n3,"x"y\n5,6\n', 3, 'follows a closing quote'],
    ['a quote inside a bare cell', 'a,b\n1,2\n3,5" disk\n', 3, 'inside a cell that is not quoted'],
  ])('stops at %s, after the rows before it', async (_, text, line, words) => {
    for (const size of [1, 4, 1000]) {
      const { records, failure } = await read(text, size);
      expect(cellsOf({ records, failure })).toEqual([
        ['a', 'b'],
        ['1', '2'],
      ]);
      expect(failure?.rejection).toMatchObject({ line, code: 'bad_row' });
      expect(failure?.message).toContain(words);
    }
  });

  it('refuses a record that is longer than allowed, and not one of exactly that length', async () => {
    const row = (length: number) => `a,b\n${'x'.repeat(length - 3)},y\n`;
    expect((await read(row(100), 7, 100)).failure).toBeNull();
    const { records, failure } = await read(`${row(101)}1,2\n`, 7, 100);
    expect(records).toHaveLength(1);
    expect(failure?.rejection).toMatchObject({ line: 2, code: 'bad_row' });
    expect(failure?.message).toContain('longer than 100 bytes');
  });

  it.each([
    ['a line without an end', 'x'],
    ['separators without an end', ','],
    ['a quote that swallows the rest', '"x\n'],
  ])('gives up on %s after a bounded part of the file', async (_, unit) => {
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a,b\n"');
      const piece = Buffer.from(unit.repeat(65_536 / unit.length).replaceAll('"', ''));
      for (;;) {
        given += piece.length;
        yield piece;
      }
    }
    const reading = async () => {
      for await (const batch of readCsv(endless())) expect(batch).toHaveLength(1);
    };
    await expect(reading()).rejects.toThrow(UnreadableFileError);
    expect(given).toBeLessThan(2_000_000);
  });

  it('hands out whole batches and closes the source when the reader stops', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (let n = 0; ; n++) yield Buffer.from(n === 0 ? 'a,b\n' : '1,2\n'.repeat(5000));
      } finally {
        closed = true;
      }
    }
    for await (const batch of readCsv(source())) {
      expect(batch.length).toBeGreaterThanOrEqual(500);
      break;
    }
    expect(closed).toBe(true);
  });

  it('gives back the cells that were written, at the right lines, whatever the pieces', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'é', '🎉', '"', ',', ';', '\n', '\r\n', '\r', ' ', '\0'),
    });
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const rows = fc.array(fc.tuple(cell, cell), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (r, size, eol) => {
          const kept = [['a', 'b'], ...r.map(([first, second]) => [`x${first}`, second])];
          const reading = await read(kept.map((cells) => cells.map(quote).join(',') + eol).join(''), size);
          expect(reading.failure).toBeNull();
          expect(cellsOf(reading)).toEqual(kept);
          const heights = kept.map((cells) => 1 + (cells.join('|').match(/\r\n|\r|\n/g) ?? []).length);
          let line = 1;
          const expected = heights.map((height) => (line += height) - height);
          expect(linesOf(reading)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('throws nothing but its own error for any bytes, and reads the same in any pieces', async () => {
    const byte = fc.oneof(fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x61, 0xc3, 0xa9, 0x00), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.array(byte, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (bytes, size) => {
          const whole = await read(Uint8Array.from(bytes));
          const cut = await read(Uint8Array.from(bytes), size);
          expect(cut.records).toEqual(whole.records);
          expect(cut.failure?.rejection).toEqual(whole.failure?.rejection);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
