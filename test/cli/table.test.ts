import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  printTable,
  renderBrokenTable,
  renderTable,
  shortened,
  type TableContent,
} from '../../src/cli/table.js';
import { fakeTerminal, person } from './fake-io.js';

const payouts: TableContent = {
  columns: [
    { title: 'Invoice', fixed: true },
    { title: 'Affiliate' },
    { title: 'Currency', fixed: true },
    { title: 'Amount', money: true },
    { title: 'Lines', align: 'right' },
  ],
  rows: [
    ['INV-2026-000001', 'Ada Lovelace', 'USD', '1,234.50', '12'],
    ['INV-2026-000002', '漢字商店', 'JPY', '1,250', '3'],
    ['INV-2026-000003', 'Bo 😀', 'BHD', '-0.125', '1'],
  ],
  footer: ['', 'Total', 'USD', '1,234.50', '12'],
};

describe('renderTable', () => {
  test('amounts stand on their decimal point, wide characters take two columns', () => {
    expect(renderTable(payouts)).toBe(
      [
        'Invoice          Affiliate     Currency     Amount  Lines',
        'INV-2026-000001  Ada Lovelace  USD       1,234.50      12',
        'INV-2026-000002  漢字商店      JPY       1,250          3',
        'INV-2026-000003  Bo 😀         BHD          -0.125      1',
        '---------------  ------------  --------  ---------  -----',
        '                 Total         USD       1,234.50      12',
      ].join('\n'),
    );
  });

  test('on a narrow terminal long texts are shortened, numbers and ids never', () => {
    const text = renderTable(
      { ...payouts, rows: [['INV-2026-000001', 'A very long company name indeed', 'USD', '1,234.50', '12']] },
      { width: 54 },
    );
    expect(text).toContain('INV-2026-000001  A very lo…  USD');
    expect(text).toContain('1,234.50');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(54);
  });

  test('a table that cannot fit keeps its numbers whole and grows over the edge', () => {
    expect(renderTable(payouts, { width: 20 })).toContain('INV-2026-000001  Ada Lovel…  USD       1,234.50');
  });

  test('control characters in a cell are shown, not obeyed, and take no second line', () => {
    const text = renderTable({ columns: [{ title: 'Name' }], rows: [['a\u001b[2J\nb']] });
    expect(text).toBe('Name\na\\x1b[2J\\nb');
  });

  test('a coloured cell is measured without its colour', () => {
    const style = (text: string): string => `\u001b[31m${text}\u001b[39m`;
    const text = renderTable({
      columns: [{ title: 'S' }, { title: 'T' }],
      rows: [[{ text: 'void', style }, 'x']],
    });
    expect(text).toBe('S     T\n\u001b[31mvoid\u001b[39m  x');
  });

  test('a long table looks exactly as the library would lay it out', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom('漢字', 'x', '12.50', ''),
    );
    const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.option(fc.integer({ min: 20, max: 80 }), { nil: null }), (given, width) => {
        const content = {
          columns: [{ title: 'A' }, { title: 'B', money: true }, { title: 'C' }],
          rows: given,
        };
        const layout = width === null ? {} : { width };
        const byLibrary = renderTable(content, layout);
        expect(renderTable(content, { ...layout, longFrom: 0 })).toBe(byLibrary);
        expect(byLibrary.split('\n')).toHaveLength(given.length + 1);
      }),
    );
  });

  test('twenty thousand rows are quick', () => {
    const rows = Array.from({ length: 20_000 }, () => payouts.rows[0] ?? []);
    const startedAt = performance.now();
    renderTable({ ...payouts, rows });
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('printTable', () => {
  test('off a terminal nothing is shortened and nothing is coloured', async () => {
    const { terminal, io } = fakeTerminal();
    const name = 'x'.repeat(200);
    await printTable(terminal, { columns: [{ title: 'Name' }], rows: [[name]] });
    expect(io.out()).toBe(`Name\n${name}\n`);
  });

  test('on a terminal the titles are bold and the table fits', async () => {
    const { terminal, io } = fakeTerminal({ tty: person, columns: 20 });
    await printTable(terminal, { columns: [{ title: 'Name' }], rows: [['x'.repeat(200)]] });
    expect(io.out()).toBe(`\u001b[1mName\u001b[22m\n${'x'.repeat(19)}…\n`);
  });

  test('columns that are spare make room for amounts, and are named', async () => {
    const columns = [
      { title: 'Affiliate', fixed: true },
      { title: 'E-mail', spare: 2 },
      { title: 'Available', money: true },
      { title: 'Paid', money: true, spare: 1 },
    ];
    const rows = [['aff_1', 'ada.whitfield@example.com', '1,234.50', '20.00']];
    const printed = async (width: number): Promise<string> => {
      const { terminal, io } = fakeTerminal({ tty: person, columns: width }, { color: false });
      await printTable(terminal, { columns, rows });
      return io.out() + io.err();
    };
    expect(await printed(39)).toBe(
      'Affiliate  E-mail      Available   Paid\naff_1      ada.whitf…   1,234.50  20.00\n',
    );
    expect(await printed(27)).toBe(
      'Affiliate  Available   Paid\naff_1       1,234.50  20.00\nA wider terminal also\n  shows: E-mail.\n',
    );
    expect(await printed(20)).toBe(
      'Affiliate  Available\naff_1       1,234.50\nA wider terminal\n  also shows:\n  E-mail, Paid.\n',
    );
  });
});

describe('renderBrokenTable', () => {
  const columns = [{ title: 'For' }, { title: 'Amount', money: true }];

  test('long texts go on in the next line, and amounts keep their places', () => {
    const rows = [
      ['Sale of 漢字 and other things', '1,234.50'],
      ['anticonstitutionnellement', '1250'],
    ];
    expect(renderBrokenTable(columns, rows, 24)).toBe(
      [
        'For               Amount',
        'Sale of 漢字    1,234.50',
        'and other',
        'things',
        'anticonstituti   1250',
        'onnellement',
      ].join('\n'),
    );
  });

  test('is the plain table where there is room, whatever stands in it', () => {
    const cell = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, fc.constantFrom('1.50', '12', '-3.125')), { minLength: 1 }),
        (rows) => {
          expect(renderBrokenTable(columns, rows, 500)).toBe(renderTable({ columns, rows }));
        },
      ),
    );
  });
});

describe('shortened', () => {
  test('cuts what is too long for its room, control characters made visible', () => {
    expect(shortened('Zoë Vermeulen-van der Langenbergh Communications', 24)).toBe(
      'Zoë Vermeulen-van der L…',
    );
    expect(shortened('1234567890 123456😀😀👩‍👧😀😀', 20)).toBe('1234567890 123456😀…');
    expect(shortened('Ada\u001b[2J', 24)).toBe('Ada\\x1b[2J');
  });
});
