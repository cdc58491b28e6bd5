import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import {
  BusyError,
  ConflictError,
  IntegrityError,
  InterruptedError,
  InvalidDataError,
  NotFoundError,
  PayrunError,
  UsageError,
} from '../../src/core/errors.js';
import { main } from '../../src/cli/main.js';
import { commandTree } from '../../src/cli/commands/index.js';
import { command, fakeIo, person, run, treeOf } from './fake-io.js';

function failing(error: unknown): ReturnType<typeof treeOf> {
  return treeOf(
    command(['go'], {
      async handler() {
        throw error;
      },
    }),
  );
}

const systemError = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  code: 'ENOSPC',
  path: '/data/ledger.db',
});

describe('a failure', () => {
  test.each([
    [new PayrunError('unexpected', 'It broke.'), 'unexpected', 1],
    [new UsageError('It is wrong.'), 'usage', 2],
    [new NotFoundError('It is not there.'), 'not_found', 3],
    [new ConflictError('It is paid.'), 'conflict', 4],
    [new InvalidDataError('It is bad.'), 'invalid_data', 5],
    [new BusyError('It is busy.'), 'busy', 6],
    [new IntegrityError('It is broken.'), 'integrity', 7],
    [new InterruptedError(), 'interrupted', 130],
    [new TypeError('x is not a function'), 'unexpected', 1],
    ['a thrown text', 'unexpected', 1],
  ] as const)('%s has the code %s and the exit code %i', async (error, code, exitCode) => {
    const result = await run(['go', '--json'], failing(error));
    expect(result.exitCode).toBe(exitCode);
    expect(result.err).toBe('');
    expect(JSON.parse(result.out)).toMatchObject({ schemaVersion: 1, error: { code } });
  });

  test('in text it is the message, what was found, and the next step, on stderr', async () => {
    const error = new InvalidDataError('2 rows are bad; nothing was imported.', {
      hint: 'Mend them and import again.',
      details: [
        {
          line: 3,
          column: 'amount',
          value: '1.234',
          code: 'too_many_decimals',
          message: 'USD has 2 decimals.',
        },
        { line: 9, column: null, value: null, code: 'bad_row', message: 'A quote is not closed.' },
      ],
    });
    expect(await run(['go'], failing(error))).toEqual({
      exitCode: 5,
      out: '',
      err: [
        'payrun: 2 rows are bad; nothing was imported.',
        '  line 3, amount, "1.234": USD has 2 decimals.',
        '  line 9: A quote is not closed.',
        '  Mend them and import again.',
        '',
      ].join('\n'),
    });
  });

  test('more than a hundred findings are cut in text and whole in JSON', async () => {
    const details = Array.from({ length: 130 }, (_, index) => ({ line: index + 2, message: 'Bad.' }));
    const tree = failing(new InvalidDataError('130 rows are bad.', { details }));
    const text = await run(['go'], tree);
    expect(text.err.split('\n').filter((line) => line.includes('Bad.'))).toHaveLength(100);
    expect(text.err).toContain('... and 30 more; --json lists them all.');
    const json = JSON.parse((await run(['go', '--json'], tree)).out) as { error: { details: unknown[] } };
    expect(json.error.details).toHaveLength(130);
  });

  test('control characters in a message never reach the terminal', async () => {
    const { err } = await run(['go'], failing(new NotFoundError('There is no \u001b[2Jx\u202e.')), {
      tty: person,
    });
    expect(err).toContain('\\x1b[2Jx\\u202e');
    expect(err.split('\u001b[2J')).toHaveLength(1);
  });

  test('a line break in a value or a hint makes no line of its own', async () => {
    const error = new NotFoundError('There is no "x\npayrun: all is paid".', { hint: 'See a\r\nb.' });
    expect((await run(['go'], failing(error))).err).toBe(
      'payrun: There is no "x\\npayrun: all is paid".\n  See a\\r\\nb.\n',
    );
  });

  test('a full disk is a sentence, not an errno', async () => {
    const { err, exitCode } = await run(['go'], failing(systemError));
    expect(exitCode).toBe(1);
    expect(err).toBe(
      'payrun: The disk is full: /data/ledger.db.\n  Free some space and run the same command again.\n',
    );
  });

  test('a stack trace is shown only with PAYRUN_DEBUG=1', async () => {
    const tree = failing(new TypeError('boom'));
    expect((await run(['go'], tree)).err).not.toContain('    at ');
    expect((await run(['go'], tree, { env: { PAYRUN_DEBUG: '1' } })).err).toContain('    at ');
  });
});

describe('JSON', () => {
  test.each([
    [['--json', 'nothing']],
    [['nothing', '--json']],
    [['go', '--json', '--bogus']],
    [['go', 'x', '--json']],
  ])('a usage error is the one document on stdout: %j', async (argv) => {
    const { exitCode, out, err } = await run(argv, treeOf(command(['go'])));
    expect(exitCode).toBe(2);
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, error: { code: 'usage' } });
  });

  test('--json behind -- is an argument like any other', async () => {
    const tree = treeOf(command(['go']));
    expect((await run(['go', '--', '--json'], tree)).out).toBe('');
  });

  test('a failure after the document goes to stderr, so that stdout stays one document', async () => {
    const tree = treeOf(
      command(['go'], {
        async handler({ terminal }) {
          terminal.printJson({ done: true });
          throw new ConflictError('Too late.');
        },
      }),
    );
    expect(await run(['go', '--json'], tree)).toEqual({
      exitCode: 4,
      out: '{"schemaVersion":1,"done":true}\n',
      err: 'payrun: Too late.\n',
    });
  });

  test.each([[['--json']], [['--json', '--help']], [['--version', '--json']]])(
    '%j is a document too',
    async (argv) => {
      const { exitCode, out } = await run(argv, treeOf(command(['go'])));
      expect(exitCode).toBe(0);
      expect(JSON.parse(out)).toHaveProperty('schemaVersion', 1);
    },
  );
});

describe('the process', () => {
  test('a command that answers with a number exits with it', async () => {
    expect((await run(['go'], treeOf(command(['go'], { handler: async () => 7 })))).exitCode).toBe(7);
  });

  test('the clock stands still within a command', async () => {
    const times: number[] = [];
    const handler = async ({ clock }: { clock: { now(): Date } }): Promise<undefined> => {
      times.push(clock.now().getTime());
      await new Promise((resolve) => setTimeout(resolve, 5));
      times.push(clock.now().getTime());
    };
    await run(['go'], treeOf(command(['go'], { handler })));
    expect(times[0]).toBe(times[1]);
  });

  function brokenOutput(code: string): Writable {
    return new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error(code), { code }));
      },
    });
  }

  const talkative = treeOf(
    command(['go'], {
      async handler({ terminal }) {
        for (let line = 0; line < 1000; line += 1) {
          await terminal.write('x'.repeat(1000));
        }
        throw new Error('never reached');
      },
    }),
  );

  test('a reader of stdout that went away is no failure', async () => {
    const io = { ...fakeIo(), stdout: brokenOutput('EPIPE') };
    expect(await main(['go'], io, talkative)).toBe(0);
    expect(io.err()).toBe('');
  });

  test('a full disk below stdout is one', async () => {
    const io = { ...fakeIo(), stdout: brokenOutput('ENOSPC') };
    expect(await main(['--help'], io, talkative)).toBe(1);
    expect(io.err()).toContain('The disk is full.');
  });

  test('data for a slow reader waits for it', async () => {
    const slow = new PassThrough({ highWaterMark: 10 });
    let taken = 0;
    slow.on('readable', () => {
      setTimeout(() => {
        taken += (slow.read() as Buffer | null)?.length ?? 0;
      }, 1);
    });
    let most = 0;
    const tree = treeOf(
      command(['go'], {
        async handler({ terminal }) {
          for (let line = 0; line < 20; line += 1) {
            await terminal.write('x'.repeat(100));
            most = Math.max(most, slow.writableLength);
          }
          return 0;
        },
      }),
    );
    await main(['go'], { ...fakeIo(), stdout: slow }, tree);
    expect(most).toBeLessThanOrEqual(100);
    expect(taken).toBeGreaterThan(1000);
  });

  test('a bare call off a terminal, or with nothing to choose from, is the help', async () => {
    const tree = treeOf(command(['go'], { menu: 'Go' }));
    expect((await run([], tree)).out).toContain('Usage: payrun');
    expect((await run([], treeOf(command(['go'])), { tty: person, env: { NO_COLOR: '1' } })).out).toContain(
      'Usage: payrun',
    );
  });

  test('the real commands have a help each, in which no definition breaks a rule', async () => {
    for (const definition of commandTree.commands) {
      const { exitCode, out } = await run([...definition.path, '--help'], commandTree);
      expect({ path: definition.path, exitCode }).toEqual({ path: definition.path, exitCode: 0 });
      expect(out).toContain(`Usage: payrun ${definition.path.join(' ')}`);
    }
  });
});
