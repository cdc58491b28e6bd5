import { expect, test } from '@jest/globals';
import { SplitCsv } from '../../src/exports/split-csv.js';

test('a document that no file can hold is refused with what to do', () => {
  const files = new SplitCsv(['a'], { rows: 2 });
  const [piece] = [...files.add([{ name: 'J-1', rows: [['1'], ['2']] }])];
  expect(piece).toEqual({ file: 1, content: '1\r\n2\r\n', rows: 2 });
  const adding = (): unknown => [...files.add([{ name: 'J-2', rows: [['1'], ['2'], ['3']] }])];
  expect(adding).toThrow('J-2 has 3 lines, and one file may have 2; a journal cannot be split.');
});
