/** Calls under idempotency keys on ledgers in a temporary folder. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { adjust } from '../../src/app/adjust.js';
import { changePayouts } from '../../src/app/change-payouts.js';
import { generate } from '../../src/app/generate.js';
import { importAffiliates } from '../../src/app/import-affiliates.js';
import { importCommissions } from '../../src/app/import-commissions.js';
import { redoPayouts } from '../../src/app/redo-payouts.js';
import { firstAnswer, type Work } from '../../src/app/work.js';
import { ConflictError, PayrunError } from '../../src/core/errors.js';
import { affiliate, SampleLedger } from '../store/sample-ledger.js';

const VERBS = ['approve', 'process', 'pay', 'fail', 'return', 'void', 'redo'] as const;

/** What somebody asks of payrun. */
type Call =
  | { readonly what: 'generate'; readonly to: string }
  | { readonly what: 'adjust'; readonly affiliate: string; readonly amount: string }
  | { readonly what: 'import affiliates'; readonly status: string }
  | { readonly what: 'import commissions'; readonly id: string; readonly amount: string }
  | { readonly what: (typeof VERBS)[number]; readonly payouts: readonly string[] };

const csv = (...lines: readonly string[]) => ({
  ...{ path: '-', stdin: Readable.from([Buffer.from(lines.join('\n'))]) },
  ...{ skipInvalid: false, rejectedPath: null, dryRun: false, everyFinding: false },
});

/** Does it, as the command line would. */
async function perform(work: Work, call: Call): Promise<unknown> {
  switch (call.what) {
    case 'generate': {
      const all = { affiliateId: null, campaign: null, overrideMinimum: false };
      return generate(
        work,
        { ...all, from: null, to: call.to, asOf: null },
        { wantsPlanId: true, typed: {} },
      );
    }
    case 'adjust': {
      const rest = { currency: 'USD', kind: 'adjustment', earnedOn: null, reason: 'agreed' } as const;
      return adjust(work, { ...rest, affiliate: call.affiliate, amount: call.amount });
    }
    case 'import affiliates':
      return importAffiliates(work, csv('id,name,status', `aff_1,Ada,${call.status}`));
    case 'import commissions': {
      const row = `${call.id},aff_2,2026-10-05,${call.amount},approved`;
      return importCommissions(work, {
        ...csv('id,affiliate_id,earned_at,amount,status', row),
        settledUntil: null,
      });
    }
    default: {
      const selection = { invoiceNumbers: call.payouts, run: null };
      if (call.what === 'redo') return redoPayouts(work, { selection, reason: 'known better' });
      const rest = { reason: 'agreed', date: null, reference: null, includeCorrected: true };
      return changePayouts(work, { ...rest, verb: call.what, selection });
    }
  }
}

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ what: fc.constant('generate' as const), to: fc.constantFrom('2026-10-31', '2026-12-31') }),
  fc.record({
    what: fc.constant('adjust' as const),
    affiliate: fc.constantFrom('aff_1', 'aff_2', 'nobody'),
    amount: fc.constantFrom('25.00', '-7.50', '0.00'),
  }),
  fc.record({
    what: fc.constant('import affiliates' as const),
    status: fc.constantFrom('active', 'paused', 'odd'),
  }),
  fc.record({
    what: fc.constant('import commissions' as const),
    id: fc.constantFrom('c1', 'c2'),
    amount: fc.constantFrom('10.00', '12.00', '1.234'),
  }),
  fc.record({
    what: fc.constantFrom(...VERBS),
    payouts: fc.subarray(['INV-2026-000001', 'INV-2026-000002', 'INV-2026-000003'], { minLength: 1 }),
  }),
);

/** A call on the day after the one before. */
interface Step {
  readonly call: Call;
  readonly key: string | null;
  /** Repeats the first call with this key, if there was one. */
  readonly again: boolean;
  /** Another process with the key is a moment faster. */
  readonly races: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  call,
  key: fc.constantFrom(null, 'one', 'two', 'three'),
  again: fc.boolean(),
  races: fc.boolean(),
});

/** The work of the step at a position. */
function workOf(sample: SampleLedger, position: number, asked: Call, key: string | null): Work {
  sample.today = `2026-11-${String(position + 1).padStart(2, '0')}`;
  if (key === null) return sample.work;
  const command = (VERBS as readonly string[]).includes(asked.what) ? `payouts ${asked.what}` : asked.what;
  return { ...sample.work, once: { key, command, typed: JSON.stringify(asked) } };
}

/** As the command line asks: the answer that is kept, else the work. In a race nobody had looked before. */
async function ask(work: Work, asked: Call, races: boolean): Promise<unknown> {
  const first = races ? undefined : await firstAnswer(work);
  return first === undefined ? perform(work, asked) : first.answer;
}

/** A refusal is an outcome as well; anything else that is thrown is a bug. */
async function outcomeOf(asking: Promise<unknown>): Promise<unknown> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof PayrunError) return error;
    throw error;
  }
}

/** Three payouts, and something that is not on one. */
async function begin(): Promise<SampleLedger> {
  const sample = await SampleLedger.create();
  sample.today = '2026-11-01';
  const ids = ['aff_1', 'aff_2', 'aff_3'];
  await sample.commissions(...ids.map((id) => ({ id: `paid to ${id}`, affiliateId: id, amount: 5000n })));
  await sample.generate();
  await sample.commissions({ id: 'open', affiliateId: 'aff_1', amount: 700n });
  return sample;
}

/** How a sequence came out: what was answered, with what had to be. */
interface Told {
  readonly found: unknown[];
  readonly expected: unknown[];
}

/** Does every step on one ledger, and on the other those that repeat no key. */
async function play(steps: readonly Step[], all: SampleLedger, once: SampleLedger): Promise<Told> {
  const told: Told = { found: [], expected: [] };
  const kept = new Map<string, { readonly asked: Call; readonly answer: unknown }>();
  for (const [position, { call: given, key, again, races }] of steps.entries()) {
    const first = key === null ? undefined : kept.get(key);
    const asked = again && first !== undefined ? first.asked : given;
    const answer = await outcomeOf(ask(workOf(all, position, asked, key), asked, races));
    if (first === undefined) {
      if (key !== null && !(answer instanceof PayrunError)) kept.set(key, { asked, answer });
      told.found.push(answer);
      told.expected.push(await outcomeOf(ask(workOf(once, position, asked, key), asked, races)));
    } else if (JSON.stringify(asked) === JSON.stringify(first.asked)) {
      told.found.push(answer);
      told.expected.push(first.answer);
    } else {
      // In a race the call may be refused for what it asks before the ledger is looked at.
      told.found.push(answer instanceof (races ? PayrunError : ConflictError) ? 'refused' : answer);
      told.expected.push('refused');
    }
  }
  return told;
}

test('the answer of a large run is small, and stays the same when its payouts are voided and paid', async () => {
  const sample = await SampleLedger.create();
  try {
    sample.today = '2026-11-01';
    const ids = Array.from({ length: 300 }, (_, at) => `aff_${at}`);
    await sample.affiliates(...ids.map((id) => affiliate(id)));
    await sample.commissions(...ids.map((id) => ({ id: `c of ${id}`, affiliateId: id, amount: 5000n })));
    const selection = { invoiceNumbers: [], run: 'R-000001' };
    const rest = { reason: 'agreed', date: null, reference: null, includeCorrected: true, selection };
    const keyed = (command: string) => ({ ...sample.work, once: { key: command, command, typed: '{}' } });
    const generating = keyed('generate');
    const made = await perform(generating, { what: 'generate', to: '2026-12-31' });
    await sample.commissions({ id: 'x', affiliateId: 'aff_1', amount: -100n, corrects: 'c of aff_1' });
    const approving = keyed('payouts approve');
    const approved = await changePayouts(approving, { ...rest, verb: 'approve' });
    await changePayouts(sample.work, { ...rest, verb: 'void' });

    const kept = await sample.rows<{ size: bigint }>(
      'SELECT length(answer) AS size FROM idempotency_keys ORDER BY number',
    );
    expect((await firstAnswer(generating))?.answer).toEqual(made);
    expect((await firstAnswer(approving))?.answer).toEqual(approved);
    expect(approved.changed).toHaveLength(300);
    expect(kept.map(({ size }) => Number(size) < 10_000)).toEqual([true, true]);
    expect(await sample.complaints()).toEqual([]);
  } finally {
    await sample.remove();
  }
});

test('a sequence of calls comes to the same as without those that repeat a key', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), async (steps) => {
      const [all, once] = [await begin(), await begin()];
      try {
        const { found, expected } = await play(steps, all, once);
        expect(found).toEqual(expected);
        expect(await all.dump()).toEqual(await once.dump());
      } finally {
        await all.remove();
        await once.remove();
      }
    }),
    { numRuns: 30 },
  );
});
