import { describe, expect, it } from '@jest/globals';
import type { PaymentItem } from '../../src/core/payment.js';
import { reconcile, type Reconciliation, type ResultRow } from '../../src/core/reconciliation.js';

const item: PaymentItem = {
  ...{
    invoiceNumber: 'INV-1',
    affiliateId: 'aff_1',
    file: 1,
    reference: 'INV-1',
    currency: 'USD',
    amount: 1250n,
  },
  ...{ payee: 'Ada', account: 'ada@example.com', outcome: null, outcomeOn: null, outcomeReference: null },
  status: 'processing',
};
const row: ResultRow = {
  ...{ line: 2, text: 'INV-1', amount: 1250n, amountText: '12.50', currency: 'USD', outcome: 'paid' },
  ...{ statusText: 'SUCCESS', date: '2026-11-21', id: 'T-1', reason: null },
};
const days = { createdOn: '2026-11-20', today: '2026-11-22' };

function report(
  rows: readonly Partial<ResultRow>[],
  items: readonly Partial<PaymentItem>[] = [{}],
): Reconciliation {
  return reconcile(
    items.map((one) => ({ ...item, ...one })),
    { rows: rows.map((one, index) => ({ ...row, line: index + 2, ...one })), isStatement: false },
    days,
  );
}

function statement(rows: readonly Partial<ResultRow>[], of: Partial<PaymentItem> = {}): Reconciliation {
  const all = rows.map((one, index) => ({ ...row, line: index + 2, id: null, ...one }));
  return reconcile([{ ...item, ...of }], { rows: all, isStatement: true }, days);
}

const stepsOf = ({ settlements }: Reconciliation) =>
  settlements.flatMap(({ steps }) => steps.map(({ status, on }) => [status, on]));
const reasonsOf = ({ unmatched }: Reconciliation) => unmatched.map(({ reason }) => reason);

describe('reconcile', () => {
  it.each([
    ['paid', [['paid', '2026-11-21']]],
    ['failed', [['failed', '2026-11-21']]],
    [
      'returned',
      [
        ['paid', '2026-11-21'],
        ['returned', '2026-11-21'],
      ],
    ],
  ] as const)('makes of what is under way what the file says: %s', (outcome, steps) => {
    const found = report([{ outcome }]);
    expect(stepsOf(found)).toEqual(steps);
    expect(found.settlements[0]?.steps[0]?.reference).toBe('T-1');
    expect(found.unmatched).toEqual([]);
  });

  it('keeps the reason of a failure', () => {
    const [settlement] = report([{ outcome: 'failed', reason: 'no such account' }]).settlements;
    expect(settlement?.steps[0]?.reason).toBe('no such account');
  });

  it.each([
    ['2026-11-19', '2026-11-22', true],
    ['2026-11-20', '2026-11-20', false],
    ['2026-11-22', '2026-11-22', false],
    ['2026-11-23', '2026-11-22', true],
    [null, '2026-11-22', true],
  ])('takes a day between the batch and today, else today: %s', (date, on, isDatedToday) => {
    const found = report([{ date }]);
    expect(stepsOf(found)).toEqual([['paid', on]]);
    expect(found.settlements[0]?.isDatedToday).toBe(isDatedToday);
  });

  it('does not let money come back before it was paid', () => {
    const paid = { outcome: 'paid', outcomeOn: '2026-11-22' } as const;
    expect(stepsOf(report([{ outcome: 'returned' }], [paid]))).toEqual([['returned', '2026-11-22']]);
  });

  it.each([
    ['paid', 'paid', 'unchanged'],
    ['paid', 'failed', 'conflicting_status'],
    ['paid', 'pending', 'pending'],
    ['failed', 'failed', 'unchanged'],
    ['failed', 'paid', 'conflicting_status'],
    ['returned', 'returned', 'unchanged'],
    ['returned', 'paid', 'unchanged'],
    ['returned', 'failed', 'conflicting_status'],
    ['cancelled', 'failed', 'unchanged'],
    ['cancelled', 'paid', 'conflicting_status'],
    [null, 'pending', 'pending'],
    [null, null, 'unknown_status'],
  ] as const)('leaves what is %s and is %s by the file: %s', (before, outcome, expected) => {
    const found = report(
      [{ outcome }],
      [{ outcome: before, outcomeOn: before === null ? null : '2026-11-21' }],
    );
    expect(found.settlements).toEqual([]);
    expect(expected === 'unchanged' ? found.unchanged : reasonsOf(found)).toEqual(
      expected === 'unchanged' ? 1 : [expected],
    );
  });

  it.each([
    [{ currency: 'EUR' }, 'currency_differs'],
    [{ amount: 1251n }, 'amount_differs'],
    [{ amount: null, amountText: '12,50' }, 'amount_differs'],
    [{ text: 'INV-2' }, 'unknown_reference'],
    [{ text: '' }, 'unknown_reference'],
  ] as const)('changes nothing unless reference, currency and amount match: %j', (change, reason) => {
    const found = report([change]);
    expect(found.settlements).toEqual([]);
    expect(reasonsOf(found)[0]).toBe(reason);
  });

  it('tells what does not match on either side', () => {
    const others = [{}, { invoiceNumber: 'INV-2', reference: 'INV-2' }];
    expect(report([{ text: 'INV-3' }, { amount: 1n }], others).unmatched).toEqual([
      {
        ...{
          side: 'file',
          reference: 'INV-3',
          invoiceNumber: null,
          line: 2,
          amount: '12.50',
          currency: 'USD',
        },
        ...{ reason: 'unknown_reference', message: 'names no payout of the batch' },
      },
      {
        ...{
          side: 'file',
          reference: 'INV-1',
          invoiceNumber: 'INV-1',
          line: 3,
          amount: '0.01',
          currency: 'USD',
        },
        ...{ reason: 'amount_differs', message: 'was sent as 12.50 USD' },
      },
      {
        ...{ side: 'batch', reference: 'INV-2', invoiceNumber: 'INV-2', line: null, amount: '12.50' },
        ...{ currency: 'USD', reason: 'not_in_file' },
        message: 'is under way here and not in the file',
      },
    ]);
  });

  it('does not miss in the file what is not under way', () => {
    expect(report([], [{ outcome: 'paid', outcomeOn: '2026-11-21' }]).unmatched).toEqual([]);
  });

  it('takes the same row twice for one, and two rows that differ for none', () => {
    expect(stepsOf(report([{}, {}]))).toHaveLength(1);
    expect(reasonsOf(report([{}, { id: 'T-2' }]))).toEqual(['ambiguous', 'ambiguous']);
    expect(reasonsOf(report([{}, { outcome: 'failed' }]))).toEqual(['ambiguous', 'ambiguous']);
    expect(reasonsOf(report([{}, { amount: 1n }]))).toEqual(['ambiguous', 'amount_differs']);
    expect(report([{}, { amount: 1n }]).settlements).toEqual([]);
  });

  it('takes a row that names two payouts for neither, and misses neither', () => {
    const two = [{}, { invoiceNumber: 'INV-2', reference: 'INV-2' }];
    expect(reasonsOf(report([{ text: 'INV-1 and INV-2' }], two))).toEqual(['ambiguous']);
  });
});

describe('a reference inside of other text', () => {
  const longer = { invoiceNumber: 'INV-1-2', reference: 'INV-1-2' };

  it.each([
    ['INV-1', 'INV-1'],
    ['EREF+INV-1 thanks', 'INV-1'],
    ['/ROC/INV-1/', 'INV-1'],
    ['Ref:inv-1.', 'INV-1'],
    ['PAYOUT INV-1, INV-1', 'INV-1'],
    ['INV-1-2', 'INV-1-2'],
    ['INV-1-3', undefined],
    ['INV-10', undefined],
    ['XINV-1', undefined],
    ['X-INV-1', undefined],
    ['INV -1', undefined],
  ])('stands as a word of its own: %s', (text, expected) => {
    const { settlements } = report([{ text }], [{}, longer]);
    expect(settlements[0]?.item.invoiceNumber).toBe(expected);
  });

  it('is told by its case where only that differs', () => {
    const alike = [{}, { invoiceNumber: 'inv-1', reference: 'inv-1' }];
    expect(report([{ text: 'inv-1' }], alike).settlements[0]?.item.invoiceNumber).toBe('inv-1');
    expect(reasonsOf(report([{ text: 'Inv-1' }], alike))).toEqual(['ambiguous']);
  });
});

describe('a bank statement', () => {
  it('shows money leave, and come back', () => {
    expect(stepsOf(statement([{}]))).toEqual([['paid', '2026-11-21']]);
    const both = [{ date: '2026-11-22', outcome: 'returned' }, { date: '2026-11-20' }] as const;
    expect(stepsOf(statement(both))).toEqual([
      ['paid', '2026-11-20'],
      ['returned', '2026-11-22'],
    ]);
    expect(stepsOf(statement(both, { outcome: 'paid', outcomeOn: '2026-11-20' }))).toEqual([
      ['returned', '2026-11-22'],
    ]);
    expect(statement(both, { outcome: 'returned', outcomeOn: '2026-11-22' }).unchanged).toBe(1);
  });

  it('is not believed where money comes back that has not left, or leaves twice', () => {
    expect(reasonsOf(statement([{ outcome: 'returned' }]))).toEqual(['conflicting_status']);
    expect(reasonsOf(statement([{}, {}]))).toEqual(['ambiguous', 'ambiguous']);
  });
});
