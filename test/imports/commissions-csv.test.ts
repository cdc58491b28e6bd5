import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BookZone } from '../../src/core/time-zone.js';
import { COMMISSION_COLUMNS, readCommission } from '../../src/imports/commissions-csv.js';
import { readHeader } from '../../src/imports/header.js';

const context = { zone: new BookZone('Europe/Berlin'), ledgerCurrency: 'USD' };
const good = { id: 'c1', affiliate_id: 'aff_1', earned_at: '2026-10-31', amount: '12.5' };

function readCells(titles: string[], cells: string[]) {
  const reading = readHeader({ line: 1, cells: titles }, COMMISSION_COLUMNS);
  if (!reading.ok) throw new Error('bad header');
  return readCommission({ line: 7, cells }, reading.header, context);
}

const read = (cells: Record<string, string>) => readCells(Object.keys(cells), Object.values(cells));

describe('readCommission', () => {
  it('reads a row with the required columns alone', () => {
    expect(read(good)).toEqual({
      ok: true,
      row: {
        line: 7,
        id: 'c1',
        affiliateId: 'aff_1',
        earnedAt: '2026-10-31',
        earnedOn: '2026-10-31',
        amount: 1250n,
        amountGiven: '12.5',
        currency: 'USD',
        kind: 'sale',
        status: null,
        availableOn: null,
        campaign: null,
        orderId: null,
        corrects: null,
        saleAmount: null,
        description: null,
        has: Object.fromEntries(COMMISSION_COLUMNS.columns.map((column) => [column, column in good])),
        said: '{"affiliate_id":"aff_1","earned_at":"2026-10-31","amount":"12.50"}',
      },
    });
  });

  it('reads a row with every column, trimmed, in any case, its day told in the book time zone', () => {
    const answer = read({
      description: ' Zoë said "hi"\n',
      sale_amount: '-1250',
      corrects: 'c0',
      order_id: 'o1',
      campaign: 'autumn',
      available_on: '2026-11-30',
      kind: ' Clawback ',
      status: 'APPROVED',
      currency: 'jpy',
      amount: ' -125 ',
      earned_at: '2026-10-31T23:30:00Z',
      affiliate_id: 'aff_1',
      id: ' c1 ',
    });
    expect(answer).toMatchObject({
      row: {
        id: 'c1',
        earnedAt: '2026-10-31T23:30:00Z',
        earnedOn: '2026-11-01',
        amount: -125n,
        currency: 'JPY',
        kind: 'clawback',
        status: 'approved',
        availableOn: '2026-11-30',
        saleAmount: -1250n,
        description: 'Zoë said "hi"',
        said:
          '{"affiliate_id":"aff_1","earned_at":"2026-10-31T23:30:00Z","amount":"-125","currency":"JPY",' +
          '"status":"approved","kind":"clawback","available_on":"2026-11-30","campaign":"autumn","order_id":"o1",' +
          '"corrects":"c0","sale_amount":"-1250","description":"Zoë said \\"hi\\""}',
      },
    });
  });

  it('tells an empty cell from an absent column in what was said', () => {
    const empty = {
      ...good,
      currency: '',
      status: ' ',
      kind: '',
      available_on: '',
      campaign: '',
      sale_amount: '',
    };
    expect(read(empty)).toMatchObject({
      row: {
        currency: 'USD',
        kind: 'sale',
        said:
          '{"affiliate_id":"aff_1","earned_at":"2026-10-31","amount":"12.50","currency":null,"status":null,' +
          '"kind":null,"available_on":null,"campaign":null,"sale_amount":null}',
      },
    });
  });

  it('says the same of the same facts written in another way', () => {
    const one = read({ ...good, amount: '12.5', kind: 'SALE', earned_at: '2026-10-31T01:00:00+02:00' });
    const two = read({ ...good, amount: '012.50', kind: 'sale', earned_at: '2026-10-30 23:00Z' });
    expect(one.ok && one.row.said).toBe(two.ok && two.row.said);
  });

  it.each([
    ['missing', 'id', { id: '  ' }],
    ['bad_value', 'id', { id: 'c1~1' }],
    ['bad_value', 'id', { id: 'c\t1' }],
    ['bad_value', 'id', { id: 'c'.repeat(201) }],
    ['missing', 'affiliate_id', { affiliate_id: '' }],
    ['missing', 'earned_at', { earned_at: '' }],
    ['bad_date', 'earned_at', { earned_at: '2026-02-30' }],
    ['bad_date', 'earned_at', { earned_at: '2026-10-31T10:00:00' }],
    ['missing', 'amount', { amount: '' }],
    ['bad_amount', 'amount', { amount: '1,234.50' }],
    ['too_many_decimals', 'amount', { amount: '1.234' }],
    ['too_many_decimals', 'amount', { amount: '1.5', currency: 'JPY' }],
    ['amount_too_large', 'amount', { amount: '12345678901234.00' }],
    ['wrong_sign', 'amount', { amount: '-1', kind: '' }],
    ['wrong_sign', 'amount', { amount: '-1', kind: 'bonus' }],
    ['wrong_sign', 'amount', { amount: '0', kind: 'clawback' }],
    ['bad_currency', 'currency', { currency: 'XYZ' }],
    ['bad_amount', 'amount', { amount: 'x', currency: 'XYZ' }],
    ['bad_currency', 'currency', { amount: '1.234', currency: 'XYZ' }],
    ['bad_status', 'status', { status: 'paid' }],
    ['bad_kind', 'kind', { kind: 'refund' }],
    ['bad_status', 'status', { status: 'constructor', kind: 'refund' }],
    ['bad_date', 'available_on', { available_on: '2026-10-31T00:00:00Z' }],
    ['bad_value', 'campaign', { campaign: 'a\0b' }],
    ['bad_amount', 'sale_amount', { sale_amount: '$5' }],
  ])('refuses with %s at %s: %j', (code, column, cells) => {
    const row: Record<string, string> = { ...good, ...cells };
    const answer = read(row);
    expect(answer).toMatchObject({ ok: false, rejection: { line: 7, code, column } });
    const value = !answer.ok && answer.rejection.value;
    expect(value === row[column] || value === `${(row[column] ?? '').slice(0, 200)}…`).toBe(true);
    expect(answer).toHaveProperty('rejection.message', expect.stringMatching(/^["A-Z].*\.$/s));
  });

  it('takes a zero sale, a negative adjustment and a date in the future', () => {
    expect(read({ ...good, amount: '0.00' })).toMatchObject({ row: { amount: 0n } });
    expect(read({ ...good, amount: '-1', kind: 'adjustment' })).toMatchObject({ row: { amount: -100n } });
    expect(read({ ...good, earned_at: '2999-12-31' }).ok).toBe(true);
  });

  it('leaves the sign to the ledger where the file has no column for the kind', () => {
    expect(read({ ...good, amount: '-1' })).toMatchObject({ ok: true, row: { amount: -100n, kind: 'sale' } });
  });

  it('refuses a row with more or fewer cells than the header, be the extra ones empty', () => {
    const titles = Object.keys(good);
    const cells = Object.values(good);
    for (const wrong of [cells.slice(0, 3), [...cells, '50'], [...cells, '']]) {
      expect(readCells(titles, wrong)).toMatchObject({
        ok: false,
        rejection: { line: 7, column: null, code: 'bad_value', value: wrong.join(',') },
      });
    }
  });

  it('never throws, and what it says is JSON with a text or null for every column', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '',
        '1',
        '-1',
        '2026-10-31',
        'USD',
        'sale',
        'adjustment',
        '"',
        '\\',
        '\ud800',
        '\u2028',
      ),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 9, maxLength: 9 }), (cells) => {
        const titles = COMMISSION_COLUMNS.columns.slice(4);
        const answer = readCells([...Object.keys(good), ...titles], [...Object.values(good), ...cells]);
        const said = answer.ok ? (JSON.parse(answer.row.said) as Record<string, string | null>) : null;
        expect(said === null || Object.keys(said).join() === COMMISSION_COLUMNS.columns.slice(1).join()).toBe(
          true,
        );
        expect(said?.['description']).toBe(answer.ok ? answer.row.description : undefined);
      }),
    );
  });
});
