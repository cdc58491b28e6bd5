import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../src/store/open.js';
import { SampleLedger } from './sample-ledger.js';

describe('waiting for a busy ledger', () => {
  let sample: SampleLedger;

  beforeEach(async () => {
    sample = await SampleLedger.create();
  });

  afterEach(async () => {
    await sample.remove();
  });

  test('is told after a moment, once, with who holds it', async () => {
    const told: string[] = [];
    const other = await openLedger(sample.path, { waitMs: 5000, tellWait: (who) => told.push(who) });
    const holding = sample.ledger.write(() => new Promise<void>((resolve) => setTimeout(resolve, 600)), {
      holder: { command: 'generate', actor: 'kim' },
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([holding, other.write(() => Promise.resolve())]);

    expect(told).toEqual([
      expect.stringMatching(/^`generate` by kim has been writing since \d\d:\d\d:\d\d UTC$/),
    ]);
    await other.write(() => Promise.resolve());
    expect(told).toHaveLength(1);
    await other.close();
  });
});
