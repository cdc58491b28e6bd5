import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exactJson, parseExactJson } from '../../src/core/exact-json.js';

const INT64 = 2n ** 63n;

const plainData = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.bigInt({ min: -INT64, max: INT64 - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
    fc.array(tie('data'), { maxLength: 5 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '$integer'),
      tie('data'),
      { maxKeys: 5 },
    ),
  ),
})).data;

test('plain data is read back as it was written, integers of 64 bits to the last digit', () => {
  fc.assert(
    fc.property(plainData, (data) => {
      expect(parseExactJson(exactJson(data))).toEqual(data);
    }),
  );
});

test('the text is JSON, in which an integer of 64 bits is an object with its digits', () => {
  expect(exactJson({ amount: 9_007_199_254_740_993n, list: [-1n, 1, null], none: undefined })).toBe(
    '{"amount":{"$integer":"9007199254740993"},"list":[{"$integer":"-1"},1,null]}',
  );
  expect(parseExactJson('{"amount":{"$integer":"-9223372036854775808"}}')).toEqual({ amount: -INT64 });
});

class Money {
  readonly amount = 1n;
}

test.each([
  ['a map', new Map([['due', 1n]])],
  ['a set', new Set([1n])],
  ['a date', new Date(0)],
  ['an instance of a class', new Money()],
  ['a function', () => 1n],
  ['a symbol', Symbol('due')],
  ['no number', Number.NaN],
  ['an infinite number', Number.POSITIVE_INFINITY],
  ['a hole in a list', [undefined]],
  ['what reads like an integer', { $integer: 'twelve' }],
])('%s, which would come back as something else, is refused', (_what, value) => {
  expect(() => exactJson({ deep: [{ value }] })).toThrow(TypeError);
});
