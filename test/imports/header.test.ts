import { describe, expect, it } from '@jest/globals';
import { readHeader } from '../../src/imports/header.js';

const known = { columns: ['id', 'name', 'email'], required: ['id', 'name'] } as const;
const reading = (cells: string[], line = 1) => readHeader({ line, cells }, known);

describe('readHeader', () => {
  it('finds known columns in any order and case, and names the others once', () => {
    expect(reading([' Name ', 'shoe size', 'ID', '', 'payrun_line'])).toEqual({
      ok: true,
      header: {
        cells: [' Name ', 'shoe size', 'ID', '', 'payrun_line'],
        index: { id: 2, name: 0, email: -1 },
        has: { id: true, name: true, email: false },
        unknown: ['shoe size'],
      },
    });
  });

  it('refuses a missing required column and one that is there twice, both at once', () => {
    expect(reading(['id', 'Id', 'email'], 3)).toEqual({
      ok: false,
      rejections: [
        {
          line: 3,
          column: 'id',
          value: 'Id',
          code: 'bad_value',
          message: 'The column id is there twice. Keep one of them.',
        },
        {
          line: 3,
          column: 'name',
          value: '',
          code: 'missing',
          message: 'The file has no column name; its first line names id, Id, email.',
        },
      ],
    });
  });

  it('says of an empty file once which columns it needs', () => {
    expect(readHeader(undefined, known)).toMatchObject({
      ok: false,
      rejections: [{ line: 1, column: 'id', code: 'missing', message: expect.stringContaining('id, name') }],
    });
  });

  it('takes a column with the name of a built-in property for an unknown one', () => {
    expect(reading(['id', 'name', '__proto__', 'constructor'])).toMatchObject({
      header: { unknown: ['__proto__', 'constructor'] },
    });
  });
});
