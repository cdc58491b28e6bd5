import { expect, test } from '@jest/globals';
import type { Changed } from '../../src/app/change-payouts.js';
import { afterRun, nextVerbs, whatNext, type PendingWay, type Way } from '../../src/cli/payout-next.js';

const WAYS: readonly Way[] = [
  { invoiceNumber: 'A', method: 'sepa' },
  { invoiceNumber: 'B', method: 'paypal' },
  { invoiceNumber: 'C', method: 'manual' },
  { invoiceNumber: 'D', method: null },
];

const done: Changed = {
  payouts: [],
  changed: [],
  leftOut: 0,
  sameAccount: [],
  again: [],
};

const next = (verb: 'approve' | 'return', ways: readonly Way[], ...words: string[]): string =>
  whatNext({ verb, includeCorrected: false }, done, { ways, words }, {});

test('what is approved goes into a payment file of its method; the rest is marked by hand', () => {
  expect(next('approve', WAYS, 'A', 'B', 'C', 'D')).toBe(
    'Next:\n' +
      '  payrun payments create --method paypal B\n' +
      '  payrun payments create --method sepa A\n' +
      '  payrun payouts process C D',
  );
  expect(next('approve', WAYS.slice(0, 2), '--run', 'R-1')).toBe(
    'Next:\n' +
      '  payrun payments create --method paypal --run R-1\n' +
      '  payrun payments create --method sepa --run R-1',
  );
  expect(next('approve', WAYS.slice(2), '--run', 'R-1')).toBe('Next:\n  payrun payouts process --run R-1');
});

test('what came back is sent again by a payment file', () => {
  expect(next('return', WAYS.slice(0, 1), 'A')).toBe(
    'Send it again, or take it back:\n' +
      '  payrun payments create --method sepa A\n' +
      '  payrun payouts void A --reason "..."',
  );
});

test('pending says what to approve, to send by which way, and where to look', () => {
  const ways: readonly PendingWay[] = [
    { status: 'open', method: 'wise', batch: null },
    { status: 'approved', method: 'sepa', batch: null },
    { status: 'failed', method: null, batch: null },
    { status: 'processing', method: 'manual', batch: null },
    { status: 'processing', method: 'sepa', batch: 'B-000001' },
  ];
  const statuses = new Set(ways.map(({ status }) => status));
  expect(nextVerbs(statuses, 'required', ways, {})).toBe(
    'Next, with invoice numbers or --run R:\n' +
      '  payrun payouts approve\n' +
      '  payrun payments create --method sepa\n' +
      '  payrun payouts process\n' +
      '  payrun payouts pay\n' +
      'What is under way in a payment batch:\n' +
      '  payrun payments show B-000001',
  );
  expect(nextVerbs(new Set(['open']), 'none', ways, {})).toBe(
    'Next, with invoice numbers or --run R:\n  payrun payments create --method wise',
  );
  expect(nextVerbs(new Set(), 'none', ways, {})).toBe('');
});

test('after a run comes its approval where one is required, else its payment files', () => {
  expect(afterRun('R-000001', 'required', WAYS, {})).toEqual(['payrun payouts approve --run R-000001']);
  expect(afterRun('R-000001', 'none', WAYS, {})).toEqual([
    'payrun payments create --method paypal --run R-000001',
    'payrun payments create --method sepa --run R-000001',
  ]);
});
