import { describe, expect, it } from '@jest/globals';
import { AFFILIATE_COLUMNS, readAffiliate } from '../../src/imports/affiliates-csv.js';
import { readHeader } from '../../src/imports/header.js';

const good = { id: 'aff_1', name: 'Ada' };

function read(row: Record<string, string>) {
  const reading = readHeader({ line: 1, cells: Object.keys(row) }, AFFILIATE_COLUMNS);
  if (!reading.ok) throw new Error('bad header');
  return readAffiliate({ line: 2, cells: Object.values(row) }, reading.header, { ledgerCurrency: 'EUR' });
}

describe('readAffiliate', () => {
  it('reads a row with every column', () => {
    const answer = read({
      ...good,
      email: 'ada@example.com',
      status: 'Paused',
      currency: 'jpy',
      minimum_payout: '5000',
      payout_method: 'PayPal',
      payout_account: 'ada@pay.example',
      payout_name: '',
      payout_bic: '',
      country: 'jp',
      vat_number: 'JP123',
      company: 'Ada KK',
      address_line1: '1-1 Chiyoda',
      address_line2: '',
      city: 'Tokyo',
      region: '',
      postal_code: '100-0001',
    });
    expect(answer).toMatchObject({
      ok: true,
      row: {
        line: 2,
        id: 'aff_1',
        status: 'paused',
        currency: 'JPY',
        minimumPayout: 5000n,
        payoutMethod: 'paypal',
        payoutName: null,
        country: 'JP',
        postalCode: '100-0001',
      },
    });
    expect(answer.ok && JSON.parse(answer.row.said)).toEqual({
      name: 'Ada',
      email: 'ada@example.com',
      status: 'paused',
      currency: 'JPY',
      minimum_payout: '5000',
      payout_method: 'paypal',
      payout_account: 'ada@pay.example',
      payout_name: null,
      payout_bic: null,
      country: 'JP',
      vat_number: 'JP123',
      company: 'Ada KK',
      address_line1: '1-1 Chiyoda',
      address_line2: null,
      city: 'Tokyo',
      region: null,
      postal_code: '100-0001',
    });
  });

  it('reads a minimum in the currency of the ledger where the row names none, and 0 as a minimum', () => {
    expect(read({ ...good, minimum_payout: '0' })).toMatchObject({
      row: { currency: null, minimumPayout: 0n, said: '{"name":"Ada","minimum_payout":"0.00"}' },
    });
  });

  it.each([
    ['missing', 'id', { id: '' }],
    ['bad_value', 'id', { id: 'a\nb' }],
    ['bad_value', 'id', { id: 'a\u200bb' }],
    ['bad_value', 'id', { id: 'a\u202eb' }],
    ['bad_value', 'id', { id: '\u0085' }],
    ['missing', 'name', { name: ' ' }],
    ['bad_value', 'name', { name: 'A\0' }],
    ['bad_value', 'email', { email: 'ada at example' }],
    ['bad_status', 'status', { status: 'gone' }],
    ['bad_currency', 'currency', { currency: 'EURO' }],
    ['too_many_decimals', 'minimum_payout', { currency: 'JPY', minimum_payout: '1.00' }],
    ['wrong_sign', 'minimum_payout', { minimum_payout: '-1' }],
    ['bad_value', 'payout_method', { payout_method: 'cash' }],
    ['bad_value', 'country', { country: 'Germany' }],
    ['bad_value', 'country', { country: '\ufb01' }],
    ['bad_currency', 'currency', { currency: 'u\u017fd' }],
    ['bad_status', 'status', { status: 'bloc\u212aed' }],
    ['bad_value', 'email', { email: 'x', country: 'Germany' }],
  ])('refuses with %s at %s: %j', (code, column, cells) => {
    const row: Record<string, string> = { ...good, ...cells };
    expect(read(row)).toMatchObject({ ok: false, rejection: { line: 2, code, column, value: row[column] } });
  });

  it('takes payment details as they are: they are judged when they are used to pay', () => {
    expect(read({ ...good, payout_method: 'sepa', payout_account: 'no iban', payout_bic: '?' }).ok).toBe(
      true,
    );
  });
});
