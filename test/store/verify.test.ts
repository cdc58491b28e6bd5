import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { notSound, ruleOf, verify } from '../../src/app/verify.js';
import { formatAmount } from '../../src/core/money.js';
import { decimalsByCurrency } from '../../src/store/affiliate-changes.js';
import { CHECK_NAMES, CHECK_RULES } from '../../src/store/verify.js';
import { moneyName } from '../../src/store/verify/check.js';
import { SampleLedger } from './sample-ledger.js';

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
  await sample.commissions({ id: 'c1', amount: 1000n }, { id: 'c2', amount: 700n, affiliateId: 'aff_2' });
  await sample.generate();
});

afterEach(async () => {
  await sample.remove();
});

describe('verify', () => {
  test('makes every check in its order, tells each as it comes, and says what it looked at', async () => {
    const told: string[] = [];
    const progress = (step: number, of: number, label: string): void => {
      told.push(`${step} of ${of}: ${label}`);
    };
    const { ok, checks } = await verify({ ...sample.work, progress }, []);
    expect(ok).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual(CHECK_NAMES);
    expect(told).toEqual(CHECK_NAMES.map((name, place) => `${place + 1} of ${CHECK_NAMES.length}: ${name}`));
    const lines = checks.find(({ name }) => name === 'payout_equals_lines');
    expect(lines).toEqual({ name: 'payout_equals_lines', ok: true, checked: 2, problems: [] });
  });

  test('makes only the checks that are named, in its own order', async () => {
    const { checks } = await verify(sample.work, ['open_items_agree', 'foreign_keys']);
    expect(checks.map(({ name }) => name)).toEqual(['foreign_keys', 'open_items_agree']);
  });

  test('knows no other check', async () => {
    await expect(verify(sample.work, ['luck'])).rejects.toThrow('There is no check "luck".');
  });

  test('goes on to the end whatever it finds, and counts the problems', async () => {
    sample.tamper('DELETE FROM payout_history; UPDATE run_totals SET amount = 1');
    const verified = await verify(sample.work, []);
    expect(verified.checks).toHaveLength(CHECK_NAMES.length);
    expect(notSound(verified).message).toBe(
      'The ledger is not sound: 3 problems in history_agrees, run_totals_agree.',
    );
  });

  test('names amounts as people read them, whatever the currency', async () => {
    const amounts = [0n, 7n, -7n, 99n, -100n, 1234567n, -(2n ** 63n)];
    const named = ['USD', 'JPY', 'BHD', 'UYW'].flatMap((currency) =>
      amounts.map((minor) => ({ minor, currency, said: `${currency} ${formatAmount(minor, currency)}` })),
    );
    const odd = { minor: 5n, currency: 'XQX', said: '5 minor units of XQX' };
    await sample.ledger.read(async (reader) => {
      for (const { minor, currency, said } of [...named, odd]) {
        const found = await reader.get(`SELECT ${moneyName(':minor', ':currency')} AS said`, {
          ...{ minor, currency, decimals: decimalsByCurrency() },
        });
        expect(found).toEqual({ said });
      }
    });
  });

  test('has a rule in words for each check', () => {
    expect([...CHECK_RULES.keys()]).toEqual(CHECK_NAMES);
    for (const name of CHECK_NAMES) expect(ruleOf(name)).toMatch(/^[A-Z].*\.$/);
  });
});
