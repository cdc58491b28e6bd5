import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, isRejected, type DecisionFacts } from '../../src/core/commission-decision.js';

const unpaid: DecisionFacts = {
  origin: 'source',
  status: 'approved',
  decided: null,
  saidRejected: false,
  sourceAmount: 1470n,
  stands: 1470n,
  corrections: 0,
  live: false,
  liveCorrections: 0,
};
const paid: DecisionFacts = { ...unpaid, live: true };
const takenBack: DecisionFacts = { ...paid, decided: 'rejected', stands: 0n, corrections: 1 };

describe('a decision', () => {
  it.each([
    ['approve', 'what is pending', { ...unpaid, status: 'pending' }, 'approved 0'],
    ['approve', 'what is approved', unpaid, 'already'],
    ['approve', 'what its source rejected', { ...unpaid, status: 'rejected' }, 'approved 0'],
    ['approve', 'what is paid', paid, 'already'],
    ['approve', 'what was taken back', takenBack, 'approved 1470'],
    [
      'approve',
      'what its source took back',
      { ...takenBack, decided: null, saidRejected: true },
      'approved 1470',
    ],
    [
      'approve',
      'what was taken back and is less now',
      { ...takenBack, sourceAmount: 1000n },
      'approved 1000',
    ],
    [
      'approve',
      'what was rejected after its void',
      { ...takenBack, live: false, status: 'rejected', stands: 1270n },
      'approved 200',
    ],
    ['reject', 'what is pending', { ...unpaid, status: 'pending' }, 'rejected 0'],
    ['reject', 'what is rejected by its source', { ...unpaid, status: 'rejected' }, 'already, adopted'],
    [
      'reject',
      'what an operator rejected',
      { ...unpaid, status: 'rejected', decided: 'rejected' },
      'already',
    ],
    ['reject', 'what is paid', paid, 'approved -1470'],
    [
      'reject',
      'what is paid and partly refunded',
      { ...paid, stands: 470n, corrections: 1 },
      'approved -470',
    ],
    [
      'reject',
      'what waits for approval again while a correction of it is paid',
      { ...unpaid, status: 'pending', corrections: 1, stands: 1000n, liveCorrections: 1 },
      'approved -1000',
    ],
    ['reject', 'what was taken back', takenBack, 'already'],
    [
      'reject',
      'what its source took back',
      { ...takenBack, decided: null, saidRejected: true },
      'already, adopted',
    ],
    ['reject', 'a debit that was paid', { ...paid, sourceAmount: -500n, stands: -500n }, 'approved 500'],
    [
      'reject',
      'what is freed with its corrections',
      { ...unpaid, corrections: 1, stands: 1000n },
      'rejected 0',
    ],
    [
      'reject',
      'what is freed with a correction that was paid',
      { ...unpaid, corrections: 1, stands: 2000n, liveCorrections: 1 },
      'approved -2000',
    ],
    ['reject', 'what is settled', { ...unpaid, status: 'settled' }, 'settled'],
    ['approve', 'a correction', { ...unpaid, origin: 'correction' }, 'is_correction'],
    [
      'approve',
      'what no line can hold',
      { ...takenBack, stands: -(10n ** 15n - 1n), sourceAmount: 1n },
      'amount_too_large',
    ],
  ] as const)('to %s %s', (verb, _what, facts, expected) => {
    const outcome = decide(verb, facts);
    const text =
      outcome.what === 'changed'
        ? `${outcome.status} ${outcome.correction}`
        : outcome.what === 'refused'
          ? outcome.reason
          : `already${outcome.adopts ? ', adopted' : ''}`;
    expect(text).toBe(expected);
  });

  it('taken twice changes nothing, and comes to nothing or to what the source says', () => {
    const amount = fc.bigInt({ min: -1000n, max: 1000n });
    const some = fc.record({
      origin: fc.constantFrom('source', 'operator'),
      status: fc.constantFrom('pending', 'approved'),
      decided: fc.constantFrom('approved', 'rejected', null),
      saidRejected: fc.boolean(),
      sourceAmount: amount,
      stands: amount,
      corrections: fc.nat(3),
      live: fc.boolean(),
      liveCorrections: fc.nat(1),
    }) as fc.Arbitrary<DecisionFacts>;
    // A correction on a live payout is one of the corrections.
    const facts = some.map((one) => ({
      ...one,
      corrections: Math.max(one.corrections, one.liveCorrections),
    }));
    fc.assert(
      fc.property(facts, fc.constantFrom('approve', 'reject'), (before, verb) => {
        const outcome = decide(verb, before);
        if (outcome.what !== 'changed') return;
        const after: DecisionFacts = {
          ...before,
          status: outcome.status,
          decided: verb === 'approve' ? 'approved' : 'rejected',
          stands: before.stands + outcome.correction,
          corrections: before.corrections + (outcome.correction === 0n ? 0 : 1),
        };
        expect(isRejected(after)).toBe(verb === 'reject');
        expect(decide(verb, after)).toEqual({ what: 'already', adopts: false });
        const target = verb === 'reject' ? 0n : after.sourceAmount;
        expect([0n, target - before.stands]).toContain(outcome.correction);
      }),
    );
  });
});
