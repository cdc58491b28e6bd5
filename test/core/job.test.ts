import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../src/core/errors.js';
import {
  jobId,
  jobState,
  needsConsentAgain,
  parseJobId,
  progressText,
  type JobFacts,
  type JobState,
} from '../../src/core/job.js';

const DIED: JobFacts = { lock: 'free', exitCode: null, cancelAsked: false, answered: false };

describe('the state of a job', () => {
  const cases: readonly (readonly [string, Partial<JobFacts>, string])[] = [
    ['whose process is being started is starting', { lock: 'starting' }, 'starting'],
    ['whose lock is held is running', { lock: 'running' }, 'running'],
    [
      'that is started again is running, whatever an earlier end left',
      { lock: 'running', exitCode: 5 },
      'running',
    ],
    ['that left exit code 0 is done', { exitCode: 0, answered: true }, 'done'],
    ['whose ledger was taken back to before it was done has failed', { exitCode: 0 }, 'failed'],
    [
      'that was faster than its cancelling is done',
      { exitCode: 0, answered: true, cancelAsked: true },
      'done',
    ],
    ['that was killed after its commit is done', { answered: true }, 'done'],
    ['that was cancelled after its commit is done', { answered: true, cancelAsked: true }, 'done'],
    ['whose answer alone was lost is done', { answered: true, exitCode: 1 }, 'done'],
    ['that left another exit code has failed', { exitCode: 5 }, 'failed'],
    [
      'that failed by itself before it was cancelled has failed',
      { exitCode: 5, cancelAsked: true },
      'failed',
    ],
    ['that ended without a word has failed', {}, 'failed'],
    ['that was interrupted by nobody who cancelled it has failed', { exitCode: 130 }, 'failed'],
    ['that was killed by its cancelling was cancelled', { cancelAsked: true }, 'cancelled'],
    [
      'that was interrupted by its cancelling was cancelled',
      { exitCode: 130, cancelAsked: true },
      'cancelled',
    ],
  ];

  test.each(cases)('one %s', (_title, facts, state) => {
    expect(jobState({ ...DIED, ...facts })).toBe(state);
  });
});

test('only a job that pays and was cancelled needs a new consent to be started again', () => {
  const needs = (command: string, state: JobState): boolean => needsConsentAgain({ command, state });

  expect([needs('generate', 'cancelled'), needs('generate', 'failed')]).toEqual([true, false]);
  expect(needs('import commissions', 'cancelled')).toBe(false);
});

test('progress is told by its steps, and by what is waited for where none has begun', () => {
  expect(progressText({ step: 3, of: 6, label: 'lines' })).toBe('3 of 6: lines');
  expect(progressText({ step: 0, of: 0, label: 'waiting for the ledger' })).toBe('waiting for the ledger');
});

describe('job ids', () => {
  test('are taken with or without letter and zeros, in any case', () => {
    expect(['J-000012', 'j-12', 'J12', ' j000012 ', '12'].map(parseJobId)).toEqual(Array(5).fill('J-000012'));
    expect(parseJobId(jobId(1_234_567))).toBe('J-1234567');
  });

  test.each(['', '0', '-12', 'R-000001', 'J-', 'J-0', 'J-1x', 'J-../../etc'])('%j is none', (text) => {
    expect(() => parseJobId(text)).toThrow(UsageError);
  });
});
