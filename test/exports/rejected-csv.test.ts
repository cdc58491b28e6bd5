import { describe, expect, it } from '@jest/globals';
import type { Rejection } from '../../src/core/import.js';
import { rejectedCsv, type RejectedRow } from '../../src/exports/rejected-csv.js';
import { readCsv } from '../../src/imports/csv.js';

const rejection: Rejection = {
  line: 3,
  column: 'amount',
  value: '1,5',
  code: 'bad_amount',
  message: 'Write 1.5, say.',
};
const noColumn: Rejection = {
  line: 4,
  column: null,
  value: '',
  code: 'bad_value',
  message: 'Too few cells.',
};

async function write(header: string[], rows: RejectedRow[]): Promise<string> {
  async function* batches() {
    yield [];
    yield rows;
  }
  let text = '';
  for await (const piece of rejectedCsv(header, batches())) text += piece;
  return text;
}

describe('rejectedCsv', () => {
  it('gives the cells back unchanged, formulas too, with the reason behind them', async () => {
    const cells = ['=c1', '1,5', ' say "hi"\r\n'];
    const text = await write(['ID', 'amount', 'note'], [{ cells, rejection }]);
    expect(text).toBe(
      'ID,amount,note,payrun_line,payrun_column,payrun_code,payrun_reason\n' +
        '=c1,"1,5"," say ""hi""\r\n",3,amount,bad_amount,"Write 1.5, say."\n',
    );
    async function* bytes() {
      yield Buffer.from(text);
    }
    for await (const [, row] of readCsv(bytes())) expect(row?.cells.slice(0, 3)).toEqual(cells);
  });

  it('keeps a row with a wrong number of cells wrong until it is mended', async () => {
    const text = await write(['id', 'amount', 'note'], [{ cells: ['c1', '5'], rejection: noColumn }]);
    expect(text.split('\n')[1]).toBe('c1,5,4,,bad_value,Too few cells.');
  });

  it('drops the reasons of an earlier round', async () => {
    const header = ['id', 'amount', 'payrun_line', 'payrun_column', 'payrun_code', 'payrun_reason'];
    const text = await write(header, [{ cells: ['c1', 'x', '9', 'id', 'missing', 'Old.'], rejection }]);
    expect(text).toBe(
      'id,amount,payrun_line,payrun_column,payrun_code,payrun_reason\nc1,x,3,amount,bad_amount,"Write 1.5, say."\n',
    );
  });
});
