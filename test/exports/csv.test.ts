import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { writeCsv, type CsvCell, type CsvColumn, type GuardedCell } from '../../src/exports/csv.js';

const columns: readonly CsvColumn[] = [
  { title: 'note', kind: 'text' },
  { title: 'amount', kind: 'amount' },
  { title: 'on', kind: 'date' },
  { title: 'account', kind: 'code' },
  { title: 'count', kind: 'integer' },
];

async function write(rows: CsvCell[][], options: { eol?: '\n' | '\r\n'; bom?: boolean } = {}) {
  const guarded: GuardedCell[] = [];
  async function* batches() {
    for (const row of rows) yield [row];
  }
  let text = '';
  for await (const piece of writeCsv(columns, batches(), {
    eol: '\n',
    ...options,
    onGuarded: (cell) => guarded.push(cell),
  })) {
    text += piece;
  }
  return { text, guarded };
}

describe('writeCsv', () => {
  it('writes the header alone when there are no rows', async () => {
    expect((await write([])).text).toBe('note,amount,on,account,count\n');
    expect((await write([], { eol: '\r\n', bom: true })).text).toBe('\ufeffnote,amount,on,account,count\r\n');
  });

  it('quotes what needs it, leaves negative amounts alone and writes null as nothing', async () => {
    const { text, guarded } = await write([
      ['a "b", c', '-12.50', '2026-10-31', '6200', '3'],
      [null, null, null, null, null],
      ['x;y', '0', '2026-11-01', 'open', '-1'],
    ]);
    expect(text).toBe(
      'note,amount,on,account,count\n"a ""b"", c",-12.50,2026-10-31,6200,3\n,,,,\n"x;y",0,2026-11-01,open,-1\n',
    );
    expect(guarded).toEqual([]);
  });

  it.each(['=1+1', '+49 30', '-5', '@x', '\uff1d1', '\t=1', ' \r\n=1', '\0@x', '\u00a0=1'])(
    'guards the text %j with an apostrophe and reports it',
    async (cell) => {
      const { text, guarded } = await write([
        ['fine', '1', '2026-10-31', 'x', '1'],
        [cell, '1', '2026-10-31', '=x', '1'],
      ]);
      expect(text.split('\n')[2]).toMatch(/^'[=+\-@\uff1d][^\t\r\0]*,1,2026-10-31,'=x,1$/);
      expect(guarded).toEqual([
        { row: 2, column: 'note', value: cell },
        { row: 2, column: 'account', value: '=x' },
      ]);
    },
  );

  it('writes control characters and line breaks of texts as a space', async () => {
    expect((await write([['a\r\nb\tc\u0085d\u2028', '1', null, null, null]])).text).toContain(
      '\na b c d,1,,,\n',
    );
  });

  it.each([
    ['amount', ['', '1e3', '2026-10-31', 'x', '1']],
    ['amount', ['', '=1', '2026-10-31', 'x', '1']],
    ['date', ['', '1', '31.10.2026', 'x', '1']],
    ['integer', ['', '1', '2026-10-31', 'x', '1.0']],
  ])('lets no %s leave that has another form: %j', async (_, cells) => {
    await expect(write([cells])).rejects.toThrow(/^Row 1, column/);
  });

  it('never writes a line that a spreadsheet would split or run, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (cell) => {
        const { text } = await write([[cell, '-1', null, null, null]]);
        const lines = text.split(/\r\n|\r|\n/);
        expect(lines).toHaveLength(3);
        expect(lines[1]).not.toMatch(/^"?[=+\-@\t\0]/);
        expect(lines[1]).toMatch(/,-1,,,$/);
      }),
    );
  });
});
