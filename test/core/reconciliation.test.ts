import { describe, expect, it } from '@jest/globals';
import type { PaymentItem } from '../../src/core/payment.js';
import {
  reconcile,
  type EarlierSending,
  type Known,
  type Reconciliation,
  type ResultRow,
} from '../../src/core/reconciliation.js';

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
  ...{ statusText: 'SUCCESS', direction: null, date: '2026-11-21', dateText: '', id: 'T-1', reason: null },
  problem: null,
};
const days: Known = { createdOn: '2026-11-20', today: '2026-11-22', earlier: new Map() };

const sentBefore = (rest: Partial<EarlierSending> = {}): Known => {
  const sending = { endedOn: '2026-11-20', ids: ['T-0'], areAllKnown: true, ...rest };
  return { ...days, earlier: new Map([['INV-1', sending]]) };
};

function report(
  rows: readonly Partial<ResultRow>[],
  items: readonly Partial<PaymentItem>[] = [{}],
  known: Known = days,
): Reconciliation {
  return reconcile(
    items.map((one) => ({ ...item, ...one })),
    { rows: rows.map((one, index) => ({ ...row, line: index + 2, ...one })), isStatement: false },
    known,
  );
}

function statement(
  rows: readonly Partial<ResultRow>[],
  of: Partial<PaymentItem> = {},
  known: Known = days,
): Reconciliation {
  const plain = { ...row, id: null, outcome: null, direction: 'out' } as const;
  const all = rows.map((one, index) => ({ ...plain, line: index + 2, ...one }));
  return reconcile([{ ...item, ...of }], { rows: all, isStatement: true }, known);
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
    ['2026-11-19', '2026-11-20', false],
    ['2026-11-20', '2026-11-20', false],
    ['2026-11-22', '2026-11-22', false],
    [null, '2026-11-22', true],
  ])('takes the day of the row, and today only where it has none: %s', (date, on, isDatedToday) => {
    const found = report([{ date }]);
    expect(stepsOf(found)).toEqual([['paid', on]]);
    expect(found.settlements[0]?.isDatedToday).toBe(isDatedToday);
  });

  it.each([
    [{ date: '2026-11-18' }, ['before_batch', 'not_in_file']],
    [{ date: '2026-11-23' }, ['bad_date']],
    [{ date: null, dateText: 'Friday' }, ['bad_date']],
    [{ problem: 'has both a debit and a credit' }, ['bad_value']],
  ])('lists a row that cannot be about the batch and takes nothing from it: %j', (change, reasons) => {
    const found = report([change]);
    expect(found.settlements).toEqual([]);
    expect(reasonsOf(found)).toEqual(reasons);
  });

  it("lets an earlier row stand in nobody's way, and takes the day before only where nothing is later", () => {
    const early = { outcome: 'failed', date: '2026-11-01', id: 'T-0' } as const;
    const found = report([early, {}]);
    expect(stepsOf(found)).toEqual([['paid', '2026-11-21']]);
    expect(reasonsOf(found)).toEqual(['before_batch']);
    const dayBefore = report([{ ...early, date: '2026-11-19' }, {}]);
    expect([stepsOf(dayBefore), reasonsOf(dayBefore)]).toEqual([stepsOf(found), ['before_batch']]);
  });

  it.each([
    [{ id: 'T-0' }, {}, 'known_elsewhere'],
    [{ date: '2026-11-19', id: 'T-9' }, {}, 'before_batch'],
    [{ date: '2026-11-20', id: null }, {}, 'ambiguous'],
    [{ date: null, id: null }, {}, 'ambiguous'],
    [{ date: '2026-11-20' }, { areAllKnown: false }, 'ambiguous'],
    [{ date: '2026-11-20' }, {}, null],
    [{ date: '2026-11-21', id: null }, { areAllKnown: false }, null],
  ] as const)(
    'takes nothing for a retry that may be of the sending before: %j %j',
    (change, rest, reason) => {
      const found = report([change], [{}], sentBefore(rest));
      expect(found.settlements).toHaveLength(reason === null ? 1 : 0);
      expect(reasonsOf(found)[0] ?? null).toBe(reason);
    },
  );

  it('tells money that came back from the word for it', () => {
    const paid = { outcome: 'paid', outcomeOn: '2026-11-20' } as const;
    const credit = { direction: 'in', date: '2026-11-22', id: 'T-2' } as const;
    expect(stepsOf(report([credit], [paid]))).toEqual([['returned', '2026-11-22']]);
    expect(reasonsOf(report([credit]))).toEqual(['conflicting_status']);
    expect(stepsOf(report([{ direction: 'out' }, credit])).map(([status]) => status)).toEqual([
      ...['paid', 'returned'],
    ]);
    expect(report([{}], [paid])).toMatchObject({ settlements: [], unchanged: 1 });
  });

  it('takes what became of a payment before what is older and under way, not what is later', () => {
    const pending = { outcome: 'pending', id: 'T-0' } as const;
    expect(stepsOf(report([pending, {}]))).toEqual([['paid', '2026-11-21']]);
    const again = [{ outcome: 'failed' }, { ...pending, date: '2026-11-22' }] as const;
    expect(reasonsOf(report(again))).toEqual(['ambiguous', 'ambiguous']);
  });

  it('keeps a reason short and without account numbers', () => {
    const reason = `DE89 3704 0044 0532 0130 00 of ada@example.com, 123456789: ${'x'.repeat(300)}`;
    const said = report([{ outcome: 'failed', reason }]).settlements[0]?.steps[0]?.reason ?? '';
    expect(said).toHaveLength(200);
    expect(said).toMatch(/^DE89… of a…@example\.com, …789: x+$/);
  });

  it('shows of other rows no account numbers, but what looks like a reference', () => {
    const text = 'INV-7 DE89370400440532013000 bo@example.com 12345678';
    const [one] = report([{ text, amount: null, amountText: '4111111111111111' }]).unmatched;
    expect(one).toMatchObject({ reference: 'INV-7 DE89… b…@example.com …678', amount: '…111' });
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
    expect(reasonsOf(report([{ id: null }, { id: null }]))).toEqual(['ambiguous', 'ambiguous']);
    expect(stepsOf(report([{}, { direction: 'in' }]))).toEqual([]);
    const failed = { outcome: 'failed', id: null } as const;
    expect(stepsOf(report([failed, failed]))).toHaveLength(1);
  });

  it('takes a row that names two payouts for neither, and misses neither', () => {
    const two = [{}, { invoiceNumber: 'INV-2', reference: 'INV-2' }];
    const { unmatched } = report([{ text: 'INV-1 and INV-2' }], two);
    expect(unmatched.map(({ side, reason, invoiceNumber }) => [side, reason, invoiceNumber])).toEqual([
      ['file', 'ambiguous', null],
      ['batch', 'ambiguous', 'INV-1'],
      ['batch', 'ambiguous', 'INV-2'],
    ]);
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
    expect(reasonsOf(report([{ text: 'Inv-1' }], alike))).toEqual(['ambiguous', 'ambiguous', 'ambiguous']);
  });

  it('that has a slash is not found inside of a longer one', () => {
    const found = report([{ text: '5/1/2026' }, { text: 'EREF+1/2026' }], [{ reference: '1/2026' }]);
    expect(reasonsOf(found)).toEqual(['unknown_reference']);
    expect(found.settlements).toHaveLength(1);
  });
});

describe('a bank statement', () => {
  it('shows money leave, and come back', () => {
    expect(stepsOf(statement([{}]))).toEqual([['paid', '2026-11-21']]);
    const both = [{ date: '2026-11-22', direction: 'in' }, { date: '2026-11-20' }] as const;
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
    expect(reasonsOf(statement([{ direction: 'in' }]))).toEqual(['conflicting_status']);
    expect(reasonsOf(statement([{}, {}]))).toEqual(['ambiguous', 'ambiguous']);
    const backFirst = [{ date: '2026-11-22' }, { date: '2026-11-21', direction: 'in' }] as const;
    expect(reasonsOf(statement(backFirst))).toEqual(['ambiguous', 'ambiguous']);
  });

  it('that sets no sign to what leaves sends nothing back', () => {
    const paid = { outcome: 'paid', outcomeOn: '2026-11-21' } as const;
    expect(reasonsOf(statement([{ direction: null }], paid))).toEqual(['conflicting_status']);
    expect(reasonsOf(statement([{ direction: null }]))).toEqual(['conflicting_status']);
    expect(stepsOf(statement([{}, { direction: null }], paid))).toEqual([['returned', '2026-11-21']]);
    expect(stepsOf(statement([{ direction: 'in' }], paid))).toEqual([['returned', '2026-11-21']]);
  });
});
