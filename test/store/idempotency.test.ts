import { expect, test } from '@jest/globals';
import { IntegrityError } from '../../src/core/errors.js';
import { answerText, findAnswer, keepAnswer } from '../../src/store/idempotency.js';
import { SampleLedger } from './sample-ledger.js';

const kept = (key: string, answer: string) => ({
  ...{ key, answer, command: 'adjust', typed: '{}' },
  ...{ at: '2026-11-22T09:00:00.000Z', by: 'kim', osUser: 'kim' },
});

test('a short answer is kept as it is, a long one deflated, and both are read back', async () => {
  const sample = await SampleLedger.create();
  try {
    const [short, long] = ['{"name":"Zoë"}', JSON.stringify(Array(1000).fill('Zoë €'))];
    await sample.ledger.write(async (writer) => {
      await keepAnswer(writer, kept('short', short));
      await keepAnswer(writer, kept('long', long));
    });
    const [asShort, asLong] = await sample.ledger.read(async (reader) => [
      await findAnswer(reader, 'short'),
      await findAnswer(reader, 'long'),
    ]);
    expect(asShort?.answer).toBe(short);
    expect(asLong?.answer).toMatch(/^deflated:[A-Za-z0-9+/=]{1,200}$/);
    expect(answerText(asShort ?? { answer: '' })).toBe(short);
    expect(answerText(asLong ?? { answer: '' })).toBe(long);
  } finally {
    await sample.remove();
  }
});

test('one that was damaged is said to be, and is no bug', () => {
  expect(() => answerText({ answer: 'deflated:eJx' })).toThrow(IntegrityError);
});
