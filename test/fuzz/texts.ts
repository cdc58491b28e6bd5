/** Texts that try to be more than text: on a terminal, in a spreadsheet, in a path, at a parser. */
import fc from 'fast-check';

/** Red, in payrun's own way, from the data: no output may hold it as it is. */
export const STOLEN_STYLE = '\u001b[31mStolen';
/** A line of its own making: no line of an output may begin with it. */
export const FORGED_LINE = 'FORGED: all payouts are paid';

/** What no program should be taken in by. None has NUL, which a command line cannot hold. */
const NASTY: readonly string[] = [
  STOLEN_STYLE,
  `x\n${FORGED_LINE}`,
  `x\r\n${FORGED_LINE}`,
  '\u001b]0;title\u0007',
  '\u001b[2J\u001b[H',
  '\u009b31m',
  '\r\u001b[K',
  'invoice\u202egnp.exe',
  '\u2066hidden\u2069',
  '\ufeffx',
  'a\u2028b',
  '\u0085',
  '\t',
  '\u007f',
  '=HYPERLINK("http://x.example","y")',
  "@SUM(1+1)*cmd|' /C calc'!A0",
  '+1',
  '-1',
  '--json',
  '--',
  '-',
  '../../x',
  '..',
  '.',
  '/',
  '~root',
  'C:\\x',
  '\\\\server\\share',
  'a/b',
  '%2e%2e%2f',
  '$(touch owned)',
  '`touch owned`',
  '"; touch owned; "',
  "'",
  '"',
  '""',
  '%s%n%d',
  '{{7*7}}',
  '${7*7}',
  '<script>alert(1)</script>',
  '&amp;&#x1b;',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  'true',
  '0x10',
  '1e400',
  '9'.repeat(400),
  '\u0661\u0662\u0663',
  '\uff11\uff12',
  '\u00bd',
  '1_000',
  '\u2212',
  '\u2014\u2014all',
  '\u{1f4b8}'.repeat(20),
  'e\u0301',
  '\u1e9e',
  'u\u017fd',
  'wee\u212a',
  '\u0130',
  '\ufffd',
  '%',
  '_',
  "' OR 1=1 --",
  'x'.repeat(5000),
  'x,'.repeat(300),
  ' ',
  '   ',
  '\u00a0',
  '\u200b',
  '',
];

/** A text that tries something. */
export const nasty: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NASTY) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...NASTY), fc.constantFrom(...NASTY)).map((two) => two.join('')),
  },
  {
    weight: 2,
    arbitrary: fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);

/** Any text, mostly a harmless one. */
export const text: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('spring', 'Order 7', 'Zoë & Søn', '名前', 'a, b; c', 'he said "no"'),
  },
  { weight: 2, arbitrary: nasty },
);

/** Days of the calendar, and texts that are not quite. */
export const goodDate: fc.Arbitrary<string> = fc
  .integer({ min: Date.UTC(2026, 7, 1) / 86_400_000, max: Date.UTC(2027, 0, 31) / 86_400_000 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));

export const badDate: fc.Arbitrary<string> = fc.constantFrom(
  '2026-02-30',
  '2026-13-01',
  '2026-00-10',
  '2026-2-3',
  '20261001',
  '2026/10/01',
  '01.10.2026',
  '10/11/2026',
  '26-10-01',
  '0000-01-01',
  '1899-12-31',
  '3000-01-01',
  '+002026-10-01',
  '-2026-10-01',
  '2026-10-01T10:00',
  '2026-10-01T24:00Z',
  '2026-10-01T10:00:60Z',
  '2026-10-01T10:00+25:00',
  '2026-10-01x',
  '2026-10-0\u0661',
  '\u0662\u0660\u0662\u0666-10-01',
  '２０２６-10-01',
  'today',
  '2026-10',
  '1e3-01-01',
  '2026-10-01\u200b',
);

/** Plain decimals of USD. */
export const goodAmount: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 0, max: 99_999 }), fc.constantFrom('', '.5', '.25', '.00', '.99'))
  .map(([whole, rest]) => `${whole}${rest}`);

export const badAmount: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '1,234.50',
    '1.234,50',
    '12,5',
    '1.234',
    '.5',
    '5.',
    '+5',
    '--5',
    '- 5',
    '5-',
    '(5.00)',
    '$5',
    '5 USD',
    '1e2',
    '1E400',
    '0x10',
    '1_000',
    'NaN',
    'Infinity',
    '-Infinity',
    '\u0665',
    '\uff15.00',
    '\u22125.00',
    '1\u00a0000',
    '5\u200b',
    '99999999999999.99',
    '10000000000000000',
    '0.000000000000000001',
  ),
  fc.integer({ min: 16, max: 400 }).map((digits) => '7'.repeat(digits)),
  fc.integer({ min: 3, max: 400 }).map((digits) => `1.${'0'.repeat(digits)}`),
);
