import { describe, expect, test } from '@jest/globals';
import { describeFailure, failureText } from '../../src/cli/failure.js';
import { InvalidDataError } from '../../src/core/errors.js';
import { MachineCells } from '../../src/exports/machine-cells.js';

/** What is refused of these texts, in a format that has only plain letters. */
function refused(...texts: readonly string[]): InvalidDataError {
  const cells = new MachineCells(null);
  for (const [place, text] of texts.entries()) {
    cells.text(text, { row: place + 1, column: 'Name' }, { allowed: /[A-Z]/ });
  }
  try {
    cells.finish('Change it.');
  } catch (error) {
    if (error instanceof InvalidDataError) return error;
  }
  throw new Error('nothing was refused');
}

describe('cells that a format cannot carry', () => {
  test('are refused by their values, each once with its first place and how often it is there', () => {
    const error = refused('Α', 'GOOD', 'Β', 'Α', 'Α');
    expect(error.message).toBe(
      'The format cannot carry everything; no file was written. row 1, Name, "Α": the format has no character "Α" ' +
        '(in 3 cells); row 3, Name, "Β": the format has no character "Β".',
    );
    expect(error.details).toHaveLength(4);
    expect(failureText(describeFailure(error)).split('\n')).toEqual([
      'The format cannot carry everything; no file was written.',
      '  row 1, Name, "Α": the format has no character "Α" (in 3 cells)',
      '  row 3, Name, "Β": the format has no character "Β"',
      '  Change it.',
    ]);
  });

  test('are at most five in the sentence, and all of them lines below it for people', () => {
    const error = refused('Α', 'Β', 'Γ', 'Δ', 'Ε', 'Ζ', 'Ζ', 'Η'.repeat(100));
    expect(error.message).toMatch(/"Ε"; and 2 more\.$/);
    expect(failureText(describeFailure(error)).split('\n').slice(5)).toEqual([
      '  row 5, Name, "Ε": the format has no character "Ε"',
      '  row 6, Name, "Ζ": the format has no character "Ζ" (in 2 cells)',
      `  row 8, Name, "${'Η'.repeat(60)}": the format has no character "Η"`,
      '  Change it.',
    ]);
  });
});
