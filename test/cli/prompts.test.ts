import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { InterruptedError, UsageError } from '../../src/core/errors.js';
import { confirm, input, search, select } from '../../src/cli/prompts.js';
import { command, fakeIo, fakeTerminal, person, treeOf } from './fake-io.js';
import { main } from '../../src/cli/main.js';

const noColour = { tty: person, env: { NO_COLOR: '1' } };
const before = process.env['NO_COLOR'];

beforeAll(() => {
  process.env['NO_COLOR'] = '1';
});
afterAll(() => {
  process.exitCode = undefined;
  if (before === undefined) {
    delete process.env['NO_COLOR'];
  } else {
    process.env['NO_COLOR'] = before;
  }
});

/** Types keys, with a pause before each so that the question is there and has taken the one before. */
async function type(stdin: NodeJS.WritableStream, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    stdin.write(key);
  }
}

/** What a question ends with, an error included; watched from the start, as it fails while keys are typed. */
async function outcome(asked: Promise<unknown>): Promise<unknown> {
  return asked.catch((error: unknown) => error);
}

const enter = '\r';
const down = '\u001b[B';
const ctrlC = '\u0003';

describe('prompts', () => {
  test('select gives the value chosen, and speaks on stderr alone', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const choices = [
      { name: 'Last month', value: 1 },
      { name: 'This \u001b[2Jmonth', value: 2 },
    ];
    const asked = select(terminal, { message: 'Range?', choices });
    await type(io.stdin, down, enter);
    expect(await asked).toBe(2);
    expect(io.err()).toContain('Range?');
    expect(io.err()).toContain('This \\x1b[2Jmonth');
    expect(io.out()).toBe('');
  });

  test('search asks for what was typed so far', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const find = async (typed: string): Promise<{ name: string; value: string }[]> =>
      ['Ada', 'Bo'].filter((name) => name.startsWith(typed)).map((name) => ({ name, value: name }));
    const asked = search(terminal, { message: 'Who?', find });
    await type(io.stdin, 'B', enter);
    expect(await asked).toBe('Bo');
  });

  test('input is trimmed and asked again until it is right', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const check = (text: string): string | undefined => (text === 'USD' ? undefined : 'Write USD.');
    const asked = input(terminal, { message: 'Currency?', check });
    await type(io.stdin, 'US', enter, 'D ', enter);
    expect(await asked).toBe('USD');
    expect(io.err()).toContain('Write USD.');
  });

  test('Enter alone is No', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const asked = confirm(terminal, { message: 'Pay 412.00 USD?' });
    await type(io.stdin, enter);
    expect(await asked).toBe(false);
  });

  test('Ctrl-C is an interruption', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const asked = outcome(confirm(terminal, { message: 'Pay?' }));
    await type(io.stdin, ctrlC);
    expect(await asked).toBeInstanceOf(InterruptedError);
  });

  test('a terminal that goes away in the middle is an interruption, not consent', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const asked = outcome(confirm(terminal, { message: 'Pay?' }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    io.stdin.end();
    expect(await asked).toBeInstanceOf(InterruptedError);
  });

  test('a piped y never answers: without a terminal nothing is asked', async () => {
    const { terminal, io } = fakeTerminal({ tty: { out: true, err: true } });
    io.stdin.write('y\n');
    await expect(confirm(terminal, { message: 'Pay?' })).rejects.toThrow(UsageError);
    expect(io.err()).toBe('');
  });
});

describe('the menu', () => {
  test('a bare call on a terminal asks for the task and does it', async () => {
    const done: string[] = [];
    const handler = (name: string) => async (): Promise<number> => {
      done.push(name);
      return 0;
    };
    const tree = treeOf(
      command(['generate'], { menu: 'Generate payouts', handler: handler('generate') }),
      command(['secret'], { handler: handler('secret') }),
      command(['pending'], { menu: 'See what is pending', handler: handler('pending') }),
    );
    const io = fakeIo(noColour);
    const running = main([], io, tree);
    await type(io.stdin, down, enter);
    expect(await running).toBe(0);
    expect(done).toEqual(['pending']);
  });

  test('leaving it by Ctrl-C is exit 130', async () => {
    const io = fakeIo(noColour);
    const running = main([], io, treeOf(command(['generate'], { menu: 'Generate payouts' })));
    await type(io.stdin, ctrlC);
    expect(await running).toBe(130);
  });
});
