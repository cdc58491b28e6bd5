import { describe, expect, test } from '@jest/globals';
import { hasPlanShape } from '../../src/app/plan-shape.js';

const request = {
  from: '2026-10-01',
  to: '2026-10-31',
  asOf: '2026-11-22',
  affiliateId: null,
  campaign: null,
  overrideMinimum: false,
};
const line = { commissionId: 'c_1', amount: '90.00' };
const debit = { commissionId: 'c_2', amount: '-15.50' };
const payout = { affiliateId: 'aff_1', currency: 'USD', amount: '74.50', lines: [line, debit] };

describe('the shape of a plan', () => {
  test('is that of what payrun writes, with more or without a payout', () => {
    expect(hasPlanShape({ request, payouts: [payout], version: 1, skipped: [] })).toBe(true);
    expect(hasPlanShape({ request: { ...request, from: null, campaign: 'spring' }, payouts: [] })).toBe(true);
  });

  test.each([
    ['nothing', null],
    ['a version alone', { version: 1 }],
    ['no request', { payouts: [] }],
    ['a request for no day', { request: { ...request, to: '2026-02-30' }, payouts: [] }],
    ['a request for a number', { request: { ...request, affiliateId: 7 }, payouts: [] }],
    ['an override that is a word', { request: { ...request, overrideMinimum: 'no' }, payouts: [] }],
    ['payouts that are no list', { request, payouts: {} }],
    ['a payout without lines', { request, payouts: [{ ...payout, lines: null }] }],
    ['a currency that is none', { request, payouts: [{ ...payout, currency: 'XXX' }] }],
    ['an amount that is no text', { request, payouts: [{ ...payout, lines: [{ ...line, amount: 74.5 }] }] }],
    ['an amount that is not the sum of its lines', { request, payouts: [{ ...payout, amount: '7.45' }] }],
  ])('is not that of %s', (_what, content) => {
    expect(hasPlanShape(content)).toBe(false);
  });
});
