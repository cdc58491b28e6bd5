/** Files for the importers: well-formed ones with hostile cells, and bytes that are hardly files. */
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { badAmount, badDate, goodAmount, goodDate, nasty, text } from './texts.js';

/** How a table becomes bytes. */
interface Form {
  readonly separator: string;
  readonly eol: string;
  readonly bom: boolean;
  readonly quotes: 'always' | 'needed';
  readonly lastEol: boolean;
  readonly blankLines: boolean;
}

const form: fc.Arbitrary<Form> = fc.record({
  separator: fc.constantFrom(',', ',', ';', '\t'),
  eol: fc.constantFrom('\n', '\n', '\r\n', '\r'),
  bom: fc.boolean(),
  quotes: fc.constantFrom('needed', 'always'),
  lastEol: fc.boolean(),
  blankLines: fc.boolean(),
});

function written(rows: readonly (readonly string[])[], form: Form): Uint8Array {
  const cell = (value: string): string =>
    form.quotes === 'always' || /[",;\t\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  const gap = form.blankLines ? form.eol + form.separator.repeat(2) + form.eol : form.eol;
  const lines = rows.map((cells) => cells.map(cell).join(form.separator));
  const [head = '', ...rest] = lines;
  const body = [head, ...rest].join(gap) + (form.lastEol ? form.eol : '');
  return Buffer.from((form.bom ? '\ufeff' : '') + body, 'utf8');
}

/** What a column takes, and what it refuses or should. */
interface Cells {
  readonly good: fc.Arbitrary<string>;
  readonly bad: fc.Arbitrary<string>;
}

const optional = (good: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), good);
const word = (...words: string[]): Cells => ({
  good: fc.constantFrom('', ...words, ...words.map((one) => one.toUpperCase())),
  bad: nasty,
});
const anyText: Cells = { good: text, bad: fc.constantFrom('a\0b', '\0') };

/** An id that payrun takes: nothing that nobody sees, not too long. */
const UNFIT = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff~]/u;
/** An id that tries something. */
export const hostileId = nasty.filter((one) => !UNFIT.test(one) && one.trim() !== '' && one.length <= 200);

const id: Cells = {
  good: fc.oneof(fc.stringMatching(/^n_[0-9a-f]{6}$/), hostileId),
  bad: fc.oneof(fc.constantFrom('', 'c_1~1', 'a\tb', 'a\u0000b', 'x'.repeat(201)), nasty),
};

const COMMISSION_CELLS: Readonly<Record<string, Cells>> = {
  id,
  affiliate_id: { good: fc.constantFrom('aff_1', 'aff_2', '../../x', '=1+1', ' aff_3 '), bad: nasty },
  earned_at: {
    good: fc.oneof(
      goodDate,
      goodDate.map((day) => `${day}T10:00:00Z`),
    ),
    bad: fc.oneof(badDate, nasty),
  },
  amount: { good: goodAmount, bad: fc.oneof(badAmount, nasty) },
  currency: { good: fc.constantFrom('', 'USD', 'eur', 'GBP'), bad: fc.oneof(fc.constant('u\u017fd'), nasty) },
  status: word('pending', 'approved', 'rejected', 'settled'),
  kind: {
    good: fc.constantFrom('', 'sale', 'bonus', 'Adjustment'),
    bad: fc.oneof(fc.constant('clawback'), nasty),
  },
  available_on: { good: optional(goodDate), bad: fc.oneof(badDate, nasty) },
  campaign: anyText,
  order_id: anyText,
  corrects: { good: fc.constant(''), bad: fc.oneof(fc.constantFrom('c_1', 'c_2', 'c_9'), nasty) },
  sale_amount: { good: optional(goodAmount), bad: fc.oneof(badAmount, nasty) },
  description: anyText,
};

const AFFILIATE_CELLS: Readonly<Record<string, Cells>> = {
  id,
  name: { good: fc.stringMatching(/^[A-Z][a-z]{3,8}$/), bad: fc.oneof(fc.constantFrom('', 'a\0b'), nasty) },
  email: { good: fc.constantFrom('', 'a@b.example', 'ü@b'), bad: nasty },
  status: word('active', 'paused', 'blocked', 'departed'),
  currency: { good: fc.constantFrom('', 'USD', 'gbp'), bad: nasty },
  minimum_payout: { good: optional(goodAmount), bad: fc.oneof(badAmount, nasty) },
  payout_method: word('paypal', 'wise', 'sepa', 'ach', 'manual'),
  payout_account: anyText,
  payout_name: anyText,
  payout_bic: anyText,
  country: {
    good: fc.constantFrom('', 'DE', 'us'),
    bad: fc.oneof(fc.constantFrom('\ufb01', 'DEU', '\u00df'), nasty),
  },
  vat_number: anyText,
  company: anyText,
  address_line1: anyText,
  city: anyText,
};

export type Kind = 'affiliates' | 'commissions';

export const REQUIRED: Readonly<Record<Kind, readonly string[]>> = {
  affiliates: ['id', 'name'],
  commissions: ['id', 'affiliate_id', 'earned_at', 'amount'],
};

const CELLS: Readonly<Record<Kind, Readonly<Record<string, Cells>>>> = {
  affiliates: AFFILIATE_CELLS,
  commissions: COMMISSION_CELLS,
};

/** A file, and whether every cell of it is one that its column takes. */
export class TriedFile {
  constructor(
    readonly kind: Kind,
    readonly bytes: Uint8Array,
    readonly clean: boolean,
  ) {}

  /** How a finding shows it: as text, where it is one. */
  [fc.toStringMethod](): string {
    const bytes = Buffer.from(this.bytes);
    const shown = isUtf8(bytes) ? JSON.stringify(bytes.toString('utf8')) : `hex ${bytes.toString('hex')}`;
    return `${this.clean ? 'clean ' : ''}${this.kind}: ${shown}`;
  }
}

const title = (column: string): fc.Arbitrary<string> =>
  fc.constantFrom(column, column, column.toUpperCase(), ` ${column} `);

/** A file with a header that has all it needs, and rows of which each cell is fit or, seldom, is not. */
function table(kind: Kind): fc.Arbitrary<TriedFile> {
  const cells = CELLS[kind];
  const others = Object.keys(cells).filter((column) => !REQUIRED[kind].includes(column));
  const columns = fc.tuple(fc.subarray(others), fc.boolean()).chain(([some, all]) => {
    const chosen = [...REQUIRED[kind], ...(all ? others : some)];
    return fc.shuffledSubarray(chosen, { minLength: chosen.length });
  });
  return fc
    .record({ columns, clean: fc.boolean(), form, rows: fc.integer({ min: 0, max: 6 }) })
    .chain(({ columns, clean, form, rows }) => {
      const cellOf = (column: string): fc.Arbitrary<string> => {
        const { good = text, bad = text } = cells[column] ?? {};
        return clean ? good : fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: bad });
      };
      const header = fc.tuple(
        ...columns.map(title),
        ...(clean ? [] : [fc.option(nasty, { nil: 'x', freq: 8 })]),
      );
      const row = fc.tuple(...columns.map(cellOf), ...(clean ? [] : [fc.constantFrom('x', 'y')]));
      const body = fc.uniqueArray(row, {
        minLength: rows,
        maxLength: rows,
        selector: (one) => (one[columns.indexOf('id')] ?? '').trim(),
      });
      return fc
        .tuple(header, body)
        .map(([head, lines]) => new TriedFile(kind, written([head, ...lines], form), clean));
    });
}

/** One change of some bytes of a file. */
const mutation: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc
  .record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.integer({ min: 0, max: 8 }),
    put: fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(Buffer.alloc(70_000, 'x'), Buffer.alloc(1_100_000, 'y')) },
      { weight: 20, arbitrary: fc.uint8Array({ maxLength: 6 }) },
      {
        weight: 60,
        arbitrary: fc.constantFrom(
          ...[
            '"',
            '""',
            ',',
            ';',
            '\t',
            '\n',
            '\r',
            '\r\n',
            '\n\n',
            '\0',
            '\u2028',
            '\u0085',
            ' "',
            '" ',
            '\ufeff',
          ].map((one) => Buffer.from(one)),
          Buffer.from([0xff]),
          Buffer.from([0xc3]),
          Buffer.from([0xed, 0xa0, 0x80]),
          Buffer.from([0xc0, 0xaf]),
          Buffer.from([0xf4, 0x90, 0x80, 0x80]),
          Buffer.from([0x1b, 0x5b, 0x32, 0x4a]),
        ),
      },
    ),
  })
  .map(({ at, cut, put }) => (bytes) => {
    const start = Math.floor(at * (bytes.length + 1));
    return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + cut)]);
  });

const mutated = (kind: Kind): fc.Arbitrary<TriedFile> =>
  fc.tuple(table(kind), fc.array(mutation, { minLength: 1, maxLength: 3 })).map(
    ([{ bytes }, steps]) =>
      new TriedFile(
        kind,
        steps.reduce((now, step) => step(now), bytes),
        false,
      ),
  );

const HEADS = ['id,affiliate_id,earned_at,amount\n', 'id;name\r\n', 'id\tname\r', '\ufeffid,name\n', ''];

/** Bytes that are no table at all, or in another encoding. */
const noise = (kind: Kind): fc.Arbitrary<TriedFile> =>
  fc
    .oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.constantFrom(...HEADS), fc.uint8Array({ maxLength: 100 }))
        .map(([head, rest]) => Buffer.concat([Buffer.from(head), rest])),
      fc
        .tuple(
          fc.constantFrom(...HEADS),
          fc.array(fc.constantFrom(...['"', ',', ';', '\t', '\n', '\r', ' ', 'a', '\0', '\ufeff']), {
            maxLength: 40,
          }),
        )
        .map(([head, rest]) => Buffer.from(head + rest.join(''))),
      table(kind).map(({ bytes }) => Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf16le')),
      table(kind).map(({ bytes }) =>
        Buffer.concat([
          Buffer.from([0xff, 0xfe]),
          Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf16le'),
        ]),
      ),
      table(kind).map(({ bytes }) => Buffer.from(Buffer.from(bytes).toString('utf8'), 'latin1')),
    )
    .map((bytes) => new TriedFile(kind, bytes, false));

const ofBoth = (make: (kind: Kind) => fc.Arbitrary<TriedFile>): fc.Arbitrary<TriedFile> =>
  fc.oneof(make('commissions'), make('commissions'), make('affiliates'));

/** Well-formed files. */
export const tables: fc.Arbitrary<TriedFile> = ofBoth(table);

/** Files that are broken somewhere, or no files. */
export const brokenFiles: fc.Arbitrary<TriedFile> = fc.oneof(
  { weight: 3, arbitrary: ofBoth(mutated) },
  { weight: 1, arbitrary: ofBoth(noise) },
);
