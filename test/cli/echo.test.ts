import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { echoCommand, equivalentCommand } from '../../src/cli/echo.js';
import { shellQuoted } from '../../src/core/shell.js';
import { fakeTerminal, noGlobals } from './fake-io.js';

describe('the equivalent command', () => {
  test('it names the command, the answers and the ledger, quoted for a shell', () => {
    const line = equivalentCommand({ path: ['payouts', 'void'] }, ['INV-1', '--reason', "wasn't due"], {
      ledgerPath: '/my books/l.db',
    });
    expect(line).toBe(`payrun payouts void INV-1 --reason 'wasn'\\''t due' --ledger '/my books/l.db'`);
  });

  test('it is shown on stderr, and not with --quiet', () => {
    for (const quiet of [false, true]) {
      const { terminal, io } = fakeTerminal({}, { quiet });
      echoCommand({ terminal, globals: noGlobals }, { path: ['generate'] }, ['--all']);
      expect(io.err()).toBe(quiet ? '' : 'The same without questions:\n  payrun generate --all\n');
    }
  });

  test('after a no it is what would do it after all', () => {
    const { terminal, io } = fakeTerminal();
    echoCommand({ terminal, globals: noGlobals }, { path: ['adjust'] }, ['aff_1'], { declined: true });
    expect(io.err()).toBe('To do it after all:\n  payrun adjust aff_1\n');
  });

  test('a shell reads back every word as it was', () => {
    const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const script = `printf '%s\\0' ${words.map(shellQuoted).join(' ')}`;
        expect(script.split('\n')).toHaveLength(1);
        const read = execFileSync('bash', ['--norc', '-c', script], { env: { LC_ALL: 'C.UTF-8' } }).toString(
          'utf8',
        );
        expect(read).toBe(words.map((text) => `${Buffer.from(text).toString('utf8')}\0`).join(''));
      }),
      { numRuns: 30 },
    );
  });
});
