import { expect, test } from '@jest/globals';
import type { LeftOut, PaymentPlan } from '../../../src/app/plan-payments.js';
import { printPlan } from '../../../src/cli/render/payments.js';
import type { LeftOutReason } from '../../../src/core/payment.js';
import { fakeTerminal } from '../fake-io.js';

const WHY = 'the payment details were changed after the payout was made or approved';

function left(place: number, reason: LeftOutReason = 'details_changed', message = WHY): LeftOut {
  const invoiceNumber = `INV-2026-${String(place).padStart(6, '0')}`;
  const who = { affiliateId: `aff_${place}`, affiliateName: 'Adalbert van der Grotenhuis' };
  return { invoiceNumber, ...who, currency: 'USD', amount: 123_450n, reason, message, counts: true };
}

async function shown(columns: number, leftOut: readonly LeftOut[]): Promise<string[]> {
  const options = { tty: { in: true, out: true, err: true }, env: { NO_COLOR: '1', PAGER: 'cat' }, columns };
  const { terminal, io } = fakeTerminal(options);
  const order = { batch: 'B-000001', method: 'paypal', format: 'paypal', executionOn: '2026-11-22' };
  const plan = { order, method: 'paypal', files: [], leftOut } as unknown as PaymentPlan;
  await printPlan(terminal, plan);
  return io.out().trimEnd().split('\n');
}

test('why something is left out goes on between words, and narrow terminals lose the name, then the id', async () => {
  expect(await shown(80, [left(1)])).toEqual([
    'Nothing to pay.',
    '',
    'Left out         Affiliate    Amount  Currency  Why',
    'INV-2026-000001  aff_1      1,234.50  USD       the payment details were changed',
    '                                                after the payout was made or',
    '                                                approved',
  ]);
  const narrow = await shown(60, [left(1)]);
  expect(narrow[2]).toBe('Left out           Amount  Currency  Why');
  expect(narrow.every((line) => line.length <= 60)).toBe(true);
});

test('of many that are left out the sums by reason come last, where they are seen', async () => {
  const many = Array.from({ length: 11 }, (_, place) => left(place + 1));
  const lines = await shown(80, [...many, left(12, 'bad_iban', 'x'), left(13, 'bad_iban', 'y')]);
  expect(lines.slice(-5)).toEqual([
    '',
    'Left out: 13 payouts, USD 16,048.50',
    '11 payouts, USD 13,579.50: the payment details were changed after the payout was',
    'made or approved',
    '2 payouts, USD 2,469.00: bad iban',
  ]);
});
