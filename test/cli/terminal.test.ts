import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/core/errors.js';
import { safeText, wrapped } from '../../src/cli/safe-text.js';
import { requireDecision } from '../../src/cli/terminal.js';
import { fakeTerminal, person } from './fake-io.js';

// eslint-disable-next-line no-control-regex -- what must never come through
const dangerous = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;

describe('safeText', () => {
  test.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\u009b2J\u007f', '\\x9b2J\\x7f'],
    ['abc\u202edcba', 'abc\\u202edcba'],
    ['\ud83d alone', '\\ud83d alone'],
    ['Ünïcode 漢字 😀 👩‍👧', 'Ünïcode 漢字 😀 👩‍👧'],
  ])('%j is shown as %j', (given, shown) => {
    expect(safeText(given)).toBe(shown);
  });

  test('whatever comes in, nothing that acts on a terminal comes out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeText(text)).not.toMatch(dangerous);
        expect(safeText(safeText(text))).toBe(safeText(text));
      }),
    );
  });
});

describe('output', () => {
  test('JSON survives a round trip and holds no character that acts on a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { terminal, io } = fakeTerminal();
        terminal.printJson({ text });
        expect(JSON.parse(io.out())).toEqual({ schemaVersion: 1, text });
        expect(io.out().slice(0, -1)).not.toMatch(dangerous);
      }),
    );
  });

  test('printed text keeps its lines and payrun’s own colours, and nothing else', () => {
    const { terminal, io } = fakeTerminal({ tty: person });
    terminal.print(`${terminal.red('late')}\n\u001b[2Jx`);
    expect(io.out()).toBe('\u001b[31mlate\u001b[39m\n\\x1b[2Jx\n');
  });

  test('off a terminal even a colour code in the data is escaped', () => {
    const { terminal, io } = fakeTerminal();
    terminal.print('\u001b[31mred');
    expect(io.out()).toBe('\\x1b[31mred\n');
  });

  test.each([
    ['stdout is a pipe', { tty: { in: true, err: true } }, {}],
    ['NO_COLOR is set', { tty: person, env: { NO_COLOR: '1' } }, {}],
    ['--no-color is given', { tty: person }, { color: false }],
    ['the terminal is dumb', { tty: person, env: { TERM: 'dumb' } }, {}],
  ])('there is no colour when %s', (_when, options, globals) => {
    expect(fakeTerminal(options, globals).terminal.bold('x')).toBe('x');
  });

  test('notes are silenced by --quiet, warnings are not, and neither goes to stdout', () => {
    const { terminal, io } = fakeTerminal({}, { quiet: true });
    terminal.note('Done.');
    terminal.warn('Look.');
    expect([io.out(), io.err()]).toEqual(['', 'warning: Look.\n']);
  });

  test('the width is the terminal’s, and 80 where there is none', () => {
    expect(fakeTerminal({ tty: person, columns: 132 }).terminal.width).toBe(132);
    expect(fakeTerminal().terminal.width).toBe(80);
  });
});

describe('long lines', () => {
  const problem = 'The rows are bad.\n  line 3, earned_at, "2026-02-30": that is not a day of the calendar.';

  test('on a terminal what is said breaks between words, and goes on indented', () => {
    const { terminal, io } = fakeTerminal({ tty: person, columns: 40 }, { color: false });
    terminal.fail(problem);
    expect(io.err()).toBe(
      [
        'payrun: The rows are bad.',
        '  line 3, earned_at, "2026-02-30": that',
        '    is not a day of the calendar.',
        '',
      ].join('\n'),
    );
  });

  test('elsewhere a line stays a line', () => {
    const { terminal, io } = fakeTerminal();
    terminal.fail(problem);
    expect(io.err()).toBe(`payrun: ${problem}\n`);
  });

  test('a command to be copied stays whole', () => {
    const text = 'Next:\n  payrun export payouts --run R-000001 --out payouts-R-000001.csv';
    expect(wrapped(text, 30)).toBe(text);
  });

  test('nothing is lost, and only a long word is wider than the screen', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '"', '.'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 16, max: 60 }), (words, width) => {
        const lines = wrapped(words.join(' '), width).split('\n');
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(words);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('asking', () => {
  test.each([
    [{ tty: { in: true, err: true } }, {}, true],
    [{ tty: { in: true, out: true } }, {}, false],
    [{ tty: { out: true, err: true } }, {}, false],
    [{ tty: person }, { yes: true }, false],
    [{ tty: person }, { input: false }, false],
    [{ tty: person }, { json: true }, false],
  ])('with %j and %j prompts may appear: %j', (options, globals, expected) => {
    expect(fakeTerminal(options, globals).terminal.isInteractive).toBe(expected);
  });

  test('a missing decision without a terminal is a usage error that names the flag', () => {
    const { terminal } = fakeTerminal();
    expect(() => {
      requireDecision(terminal, '--yes', 'Voiding needs consent.');
    }).toThrow(new UsageError('Voiding needs consent.', { hint: 'Nothing can be asked here: give --yes.' }));
  });
});

describe('progress', () => {
  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  test('it appears after a second of work and goes away with the next output', async () => {
    const { terminal, io } = fakeTerminal({ tty: person });
    terminal.progress(1, 3, 'payouts');
    expect(io.err()).toBe('');
    await later(1100);
    expect(io.err()).toContain('1 of 3: payouts');
    terminal.progress(2, 3, 'lines');
    terminal.print('done');
    expect(io.err().endsWith('2 of 3: lines\r\u001b[K')).toBe(true);
  });

  test('off a terminal there is none', async () => {
    const { terminal, io } = fakeTerminal();
    terminal.progress(1, 3, 'payouts');
    await later(1100);
    expect(io.err()).toBe('');
  });
});

describe('paging', () => {
  const long = Array.from({ length: 50 }, (_, index) => `line ${String(index)}`).join('\n');

  test('off a terminal a long text is simply printed', async () => {
    const { terminal, io } = fakeTerminal({ env: { PAGER: 'false' } });
    await terminal.page(long);
    expect(io.out()).toBe(`${long}\n`);
  });

  test('a text that fits is printed without the pager', async () => {
    const { terminal, io } = fakeTerminal({ tty: person, rows: 24, env: { PAGER: 'false' } });
    await terminal.page('short');
    expect(io.out()).toBe('short\n');
  });

  test('a long text goes to the pager, and is printed when there is none', async () => {
    const paged = fakeTerminal({
      tty: person,
      rows: 24,
      env: { PATH: '/usr/bin:/bin', PAGER: 'cat >/dev/null' },
    });
    await paged.terminal.page(long);
    expect(paged.io.out()).toBe('');
    const none = fakeTerminal({
      tty: person,
      rows: 24,
      env: { PATH: '/usr/bin:/bin', PAGER: 'true; exit 127' },
    });
    await none.terminal.page(long);
    expect(none.io.out()).toBe(`${long}\n`);
  });
});
