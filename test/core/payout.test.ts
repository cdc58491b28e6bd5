import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AFFILIATE_STATUSES } from '../../src/core/affiliate.js';
import {
  decide,
  parseReference,
  NOT_YET_PAID,
  PAYOUT_APPROVALS,
  PAYOUT_STATUSES,
  startsOf,
  STEPS,
  stepsOf,
  TRANSITIONS,
  verbsFrom,
  type Payout,
  type PayoutChange,
  type PayoutStanding,
  type PayoutStatus,
  type PayoutVerb,
  type Verdict,
} from '../../src/core/payout.js';

/** SPEC section 7, written down once more: status by status what a verb does. A dash refuses, = is there. */
const TABLE = `
            approve   process     pay              fail    return    void  redo
  open      approved  processing  processing+paid  -       -         void  void
  approved  =         processing  processing+paid  -       -         void  void
  processing -        =           paid             failed  -         -     -
  paid      -         -           =                -       returned  -     -
  failed    -         processing  processing+paid  =       -         void  void
  returned  -         processing  processing+paid  -       =         void  void
  void      -         -           -                -       -         =     =`;

const [VERBS = [], ...ROWS] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));
const CELLS = ROWS.flatMap(([status = '', ...cells]) =>
  cells.map((cell, index) => [VERBS[index] as PayoutVerb, status as PayoutStatus, cell] as const),
);

const payout = (rest: Partial<Payout> = {}): Payout => ({
  invoiceNumber: 'INV-1',
  runId: 'R-000001',
  affiliateId: 'aff_1',
  affiliateName: 'Ada',
  currency: 'USD',
  amount: 100n,
  commissions: 1,
  status: 'open',
  issuedOn: '2026-11-10',
  from: null,
  to: '2026-10-31',
  paidOn: null,
  reference: null,
  voidedOn: null,
  creditNoteNumber: null,
  replaces: null,
  replacedBy: null,
  correctedSince: false,
  detailsChanged: false,
  ...rest,
});

const standing = (rest: Partial<Payout> = {}, more: Partial<PayoutStanding> = {}): PayoutStanding => ({
  payout: payout(rest),
  affiliateStatus: 'active',
  generatedBy: 'kim',
  generatedByOsUser: 'os',
  detailsChangedBy: [],
  detailsApproved: false,
  since: '2026-11-10',
  campaign: null,
  overrideMinimum: false,
  ...more,
});

const change = (verb: PayoutVerb, rest: Partial<PayoutChange> = {}): PayoutChange => ({
  verb,
  date: null,
  reference: null,
  includeCorrected: false,
  approval: 'none',
  actor: 'lee',
  today: '2026-11-22',
  ...rest,
});

/** `already`, the steps, or the machine word of the refusal. */
const told = (verdict: Verdict): string => {
  if (verdict.outcome === 'steps') return verdict.steps.join('+');
  return verdict.outcome === 'already' ? 'already' : verdict.refusal.reason;
};

describe('the transition table', () => {
  test.each(CELLS)('to %s what is %s: %s', (verb, status, cell) => {
    const verdict = decide(standing({ status, replacedBy: 'INV-2' }), change(verb));
    expect(told(verdict)).toBe(cell === '-' ? 'wrong_status' : cell === '=' ? 'already' : cell);
    expect(stepsOf(verb, status)).toEqual(cell === '-' || cell === '=' ? [] : cell.split('+'));
    expect(verbsFrom(status).includes(verb)).toBe(cell !== '-' && cell !== '=');
  });

  test('names every verb and every status', () => {
    expect(VERBS).toEqual(Object.keys(TRANSITIONS));
    expect(ROWS.map(([status]) => status)).toEqual([...PAYOUT_STATUSES]);
  });

  test('gives the single steps that a history may hold', () => {
    expect(STEPS.map((step) => step.join(' '))).toEqual([
      'open approved',
      'open processing',
      'open void',
      'approved processing',
      'approved void',
      'processing paid',
      'processing failed',
      'paid returned',
      'failed processing',
      'failed void',
      'returned processing',
      'returned void',
    ]);
  });
});

describe('an approval', () => {
  test.each([
    ['process', 'open', 'required', 'approval_required'],
    ['pay', 'open', 'two-person', 'approval_required'],
    ['process', 'approved', 'required', 'processing'],
    ['process', 'failed', 'two-person', 'processing'],
    ['pay', 'returned', 'required', 'processing+paid'],
    ['approve', 'open', 'none', 'approved'],
    ['void', 'open', 'required', 'void'],
  ] as const)('to %s what is %s under %s: %s', (verb, status, approval, expected) => {
    expect(told(decide(standing({ status }), change(verb, { approval })))).toBe(expected);
  });

  test.each([
    ['kim', 'same_person'],
    [' KIM ', 'same_person'],
    ['lee', 'approved'],
  ])('of two persons by %j of what kim generated: %s', (actor, expected) => {
    expect(told(decide(standing(), change('approve', { approval: 'two-person', actor })))).toBe(expected);
    expect(told(decide(standing(), change('approve', { approval: 'required', actor })))).toBe('approved');
  });
});

describe('payment details that were changed since somebody said yes to them', () => {
  const changed = (status: PayoutStatus, by = 'lee'): PayoutStanding =>
    standing({ status, detailsChanged: true }, { detailsChangedBy: [{ by, osUser: 'os' }] });

  test.each([
    ['open', 'approved'],
    ['approved', 'approved'],
    ['failed', 'failed'],
    ['returned', 'returned'],
  ] as const)('are approved of what is %s, which is %s then', (status, expected) => {
    for (const approval of ['none', 'required'] as const) {
      expect(told(decide(changed(status), change('approve', { approval })))).toBe(expected);
    }
    expect(startsOf('approve')).toContain(status);
  });

  test.each(['open', 'approved', 'failed', 'returned'] as const)(
    'are approved under two-person neither by who generated nor by who changed them: %s',
    (status) => {
      const verdict = (actor: string) =>
        decide(changed(status), change('approve', { approval: 'two-person', actor }));
      expect(told(verdict('kim'))).toBe('same_person');
      expect(verdict(' Lee ')).toMatchObject({
        refusal: {
          reason: 'same_person',
          message: 'INV-1 goes to payment details that lee changed, so somebody else must approve them',
        },
      });
      expect(verdict('mo').outcome).toBe('steps');
    },
  );

  test('wait for the affiliate and for the correction like any other approval', () => {
    const returned = changed('returned');
    const asked = change('approve');
    expect(told(decide({ ...returned, affiliateStatus: 'blocked' }, asked))).toBe('affiliate_blocked');
    const corrected = { ...returned, payout: { ...returned.payout, correctedSince: true } };
    expect(told(decide(corrected, asked))).toBe('corrected_since');
  });

  test('are no matter of other verbs', () => {
    expect(told(decide(changed('failed'), change('process')))).toBe('processing');
    expect(told(decide(changed('failed'), change('fail')))).toBe('already');
  });
});

describe('money does not leave when something is wrong', () => {
  test.each(['approve', 'process', 'pay'] as const)('%s refuses', (verb) => {
    expect(told(decide(standing({}, { affiliateStatus: 'blocked' }), change(verb)))).toBe(
      'affiliate_blocked',
    );
    expect(told(decide(standing({}, { affiliateStatus: 'paused' }), change(verb)))).toBe('affiliate_paused');
    expect(decide(standing({}, { affiliateStatus: 'departed' }), change(verb)).outcome).toBe('steps');
    const corrected = standing({ correctedSince: true });
    expect(told(decide(corrected, change(verb)))).toBe('corrected_since');
    expect(decide(corrected, change(verb, { includeCorrected: true })).outcome).toBe('steps');
  });

  test('but what is there already is not refused, and neither is taking it back', () => {
    const blocked = { affiliateStatus: 'blocked' } as const;
    expect(told(decide(standing({ status: 'paid', paidOn: '2026-11-20' }, blocked), change('pay')))).toBe(
      'already',
    );
    expect(told(decide(standing({ correctedSince: true }, blocked), change('void')))).toBe('void');
    expect(told(decide(standing({ status: 'processing' }, blocked), change('fail')))).toBe('failed');
  });
});

describe('the day and the reference', () => {
  test('a reference is one that banks and tables carry', () => {
    expect(parseReference(' S1 ')).toBe('S1');
    expect(parseReference(' ')).toBeNull();
    expect(parseReference('é'.repeat(140))).toHaveLength(140);
    expect(() => parseReference('x'.repeat(141))).toThrow('has 141 characters; it can have up to 140');
  });

  const paid = { status: 'paid', paidOn: '2026-11-15', reference: 'S1' } as const;

  test.each([
    ['pay', { status: 'open' }, '2026-11-09', 'bad_date'],
    ['pay', { status: 'open' }, '2026-11-10', 'processing+paid'],
    ['pay', { status: 'open' }, '2026-11-22', 'processing+paid'],
    ['pay', { status: 'open' }, '2026-11-23', 'bad_date'],
    ['fail', { status: 'processing' }, '2026-11-10', 'failed'],
    ['fail', { status: 'processing' }, '2026-11-09', 'bad_date'],
    ['return', paid, '2026-11-14', 'bad_date'],
    ['return', paid, '2026-11-15', 'returned'],
    ['return', paid, '2026-11-23', 'bad_date'],
    ['process', { status: 'approved' }, '2026-11-09', 'bad_date'],
    ['process', { status: 'approved' }, '2026-11-10', 'processing'],
    ['process', { status: 'open' }, '2026-11-23', 'bad_date'],
  ] as const)('%s of %j on %s: %s', (verb, rest, date, expected) => {
    expect(told(decide(standing(rest), change(verb, { date })))).toBe(expected);
  });

  test.each([
    ['process', 'returned', '2026-11-17', 'bad_date'],
    ['process', 'returned', '2026-11-18', 'processing'],
    ['pay', 'returned', '2026-11-17', 'bad_date'],
    ['pay', 'returned', '2026-11-18', 'processing+paid'],
    ['process', 'failed', '2026-11-17', 'bad_date'],
    ['pay', 'failed', '2026-11-18', 'processing+paid'],
    // The bank may have done before it was marked here what is said of it.
    ['pay', 'processing', '2026-11-17', 'paid'],
    ['fail', 'processing', '2026-11-17', 'failed'],
    ['pay', 'approved', '2026-11-17', 'processing+paid'],
  ] as const)('%s of what is %s since 2026-11-18 on %s: %s', (verb, status, date, expected) => {
    const verdict = decide(standing({ status }, { since: '2026-11-18' }), change(verb, { date }));
    expect(told(verdict)).toBe(expected);
  });

  test('nothing follows today what happened on a day to come, by a clock that was set back', () => {
    const failed = standing({ status: 'failed' }, { since: '2026-11-24' });
    for (const verb of ['process', 'pay', 'void'] as const) {
      expect(told(decide(failed, change(verb)))).toBe('bad_date');
    }
  });

  test.each([
    [null, null, 'already'],
    ['2026-11-15', null, 'already'],
    [null, 'B1', 'already'],
    ['2026-11-15', 'B2', 'processed_otherwise'],
  ])('handing over again on %s with %s what is on its way with B1: %s', (date, reference, expected) => {
    const sent = standing({ status: 'processing', reference: 'B1' });
    expect(told(decide(sent, change('process', { date, reference })))).toBe(expected);
  });

  test.each([
    [null, null, 'already'],
    ['2026-11-15', null, 'already'],
    [null, 'S1', 'already'],
    ['2026-11-15', 'S1', 'already'],
    ['2026-11-16', 'S1', 'paid_otherwise'],
    [null, 'S2', 'paid_otherwise'],
  ])('paying again on %s with %s: %s', (date, reference, expected) => {
    expect(told(decide(standing(paid), change('pay', { date, reference })))).toBe(expected);
  });
});

test('to redo what is void is done already only where something replaces it', () => {
  expect(told(decide(standing({ status: 'void' }), change('redo')))).toBe('wrong_status');
  expect(told(decide(standing({ status: 'void', replacedBy: 'INV-2' }), change('redo')))).toBe('already');
});

test('whatever is asked of whatever payout, only the table leads on, and money leaves only when all is well', () => {
  const day = fc.constantFrom('2026-11-09', '2026-11-10', '2026-11-15', '2026-11-22', '2026-11-23');
  const reference = fc.constantFrom(null, 'S1', 'S2');
  const standings = fc
    .record({
      status: fc.constantFrom(...PAYOUT_STATUSES),
      correctedSince: fc.boolean(),
      replacedBy: fc.constantFrom(null, 'INV-2'),
      reference,
      affiliateStatus: fc.constantFrom(...AFFILIATE_STATUSES),
      generatedBy: fc.constantFrom('kim', 'lee'),
      since: fc.constantFrom('2026-11-10', '2026-11-15', '2026-11-18'),
    })
    .map(({ affiliateStatus, generatedBy, since, ...rest }) =>
      standing(
        { ...rest, paidOn: rest.status === 'paid' ? '2026-11-15' : null },
        { affiliateStatus, generatedBy, since },
      ),
    );
  const changes = fc.record({
    verb: fc.constantFrom(...(VERBS as PayoutVerb[])),
    date: fc.option(day),
    reference,
    includeCorrected: fc.boolean(),
    approval: fc.constantFrom(...PAYOUT_APPROVALS),
    actor: fc.constantFrom('kim', 'lee'),
    today: fc.constant('2026-11-22'),
  });
  fc.assert(
    fc.property(standings, changes, (one, asked) => {
      const verdict = decide(one, asked);
      const { status, correctedSince } = one.payout;
      const isAgain = status === 'failed' || status === 'returned';
      const cell = CELLS.find(([verb, from]) => verb === asked.verb && from === status)?.[2] ?? '';
      if (verdict.outcome === 'already') return cell === '=';
      if (verdict.outcome === 'refused') return verdict.refusal.message.startsWith('INV-1 ');
      const inHistory = verdict.steps.every((to, index) => {
        const from = verdict.steps[index - 1] ?? status;
        return STEPS.some(([a, b]) => a === from && b === to);
      });
      const leaves = ['approve', 'process', 'pay'].includes(asked.verb);
      const isWell =
        NOT_YET_PAID.includes(status) &&
        ['active', 'departed'].includes(one.affiliateStatus) &&
        (!correctedSince || asked.includeCorrected) &&
        (asked.approval === 'none' || status !== 'open' || asked.verb === 'approve');
      const earliest = isAgain ? one.since : '2026-11-10';
      const inTime = asked.date === null || (asked.date >= earliest && asked.date <= '2026-11-22');
      return verdict.steps.join('+') === cell && inHistory && inTime && (!leaves || isWell);
    }),
    { numRuns: 2000 },
  );
});
