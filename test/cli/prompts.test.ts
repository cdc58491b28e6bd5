import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { InterruptedError, UsageError } from '../../src/core/errors.js';
import { confirm, input, pick, search, select } from '../../src/cli/prompts.js';
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

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

/** Types keys once the question is there, with a pause before each so that the one before was taken. */
async function type(
  io: { readonly stdin: NodeJS.WritableStream; err(): string },
  ...keys: string[]
): Promise<void> {
  for (let waited = 0; io.err() === '' && waited < 100; waited++) await pause();
  for (const key of keys) {
    await pause();
    io.stdin.write(key);
  }
}

/** What a question ends with, an error included; watched from the start, as it fails while keys are typed. */
async function outcome(asked: Promise<unknown>): Promise<unknown> {
  return asked.catch((error: unknown) => error);
}

const enter = '\r';
const up = '\u001b[A';
const down = '\u001b[B';
const home = '\u001b[H';
const end = '\u001b[F';
const pageUp = '\u001b[5~';
const ctrlC = '\u0003';

/** The lines of one drawing of a list, the first being 0 and the last -1. */
function drawn(screen: string, which: number): string[] {
  const drawings = stripVTControlCharacters(screen)
    .split(/(?=[?✔] Which payouts\?)/)
    .filter((text) => text.includes('Which payouts?'));
  return (drawings.at(which) ?? '').split('\n').map((line) => line.trimEnd());
}

describe('prompts', () => {
  test('select gives the value chosen, and speaks on stderr alone', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const choices = [
      { name: 'Last month', value: 1 },
      { name: 'This \u001b[2Jmonth', value: 2 },
    ];
    const asked = select(terminal, { message: 'Range?', choices });
    await type(io, down, enter);
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
    await type(io, 'B', enter);
    expect(await asked).toBe('Bo');
  });

  test('input is trimmed and asked again until it is right', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const check = (text: string): string | undefined => (text === 'USD' ? undefined : 'Write USD.');
    const asked = input(terminal, { message: 'Currency?', check });
    await type(io, 'US', enter, 'D ', enter);
    expect(await asked).toBe('USD');
    expect(io.err()).toContain('Write USD.');
  });

  test('Enter alone is No', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const asked = confirm(terminal, { message: 'Pay 412.00 USD?' });
    await type(io, enter);
    expect(await asked).toBe(false);
  });

  test('Ctrl-C is an interruption', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const asked = outcome(confirm(terminal, { message: 'Pay?' }));
    await type(io, ctrlC);
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

describe('pick', () => {
  const payouts = [
    { name: 'INV-2026-000001  Ada', value: 'a', currency: 'USD', amount: 123_400n },
    { name: 'INV-2026-000002  Bo', value: 'b', currency: 'EUR', amount: 2_000n, description: 'Refunded.' },
    { name: 'INV-2026-000003  \u001b[2JCy', value: 'c', currency: 'USD', amount: 50n, checked: true },
  ];
  const message = 'Which payouts?';

  test('sums up what is ticked, currency by currency, and gives the values in order', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const asked = pick(terminal, { message, choices: payouts });
    await type(io, down, ' ', up, ' ', enter);
    expect(await asked).toEqual(['a', 'b', 'c']);
    expect(drawn(io.err(), 0)).toEqual([
      '? Which payouts?',
      '> [ ] INV-2026-000001  Ada',
      '  [ ] INV-2026-000002  Bo',
      '  [x] INV-2026-000003  \\x1b[2JCy',
      '1 of 3 chosen: USD 0.50',
      'up/down move, space choose, a all or none, i invert, Enter done',
    ]);
    expect(drawn(io.err(), 2)).toEqual([
      '? Which payouts?',
      '  [ ] INV-2026-000001  Ada',
      '> [x] INV-2026-000002  Bo',
      '  [x] INV-2026-000003  \\x1b[2JCy',
      'Refunded.',
      '2 of 3 chosen: EUR 20.00, USD 0.50',
      'up/down move, space choose, a all or none, i invert, Enter done',
    ]);
    expect(drawn(io.err(), -1)).toEqual(['✔ Which payouts? 3 of 3 chosen: EUR 20.00, USD 1,234.50', '']);
    expect(io.out()).toBe('');
  });

  test('a takes all, or none when all are taken; i turns every choice; other keys do nothing', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const asked = pick(terminal, { message, choices: payouts });
    await type(io, 'a', 'a', 'i', 'x7', down, ' ', enter);
    expect(await asked).toEqual(['a', 'c']);
    const totals = [...io.err().matchAll(/\d of 3 chosen.*/g)].map(([line]) => line.trimEnd());
    const all = '3 of 3 chosen: EUR 20.00, USD 1,234.50';
    expect(totals.slice(0, 4)).toEqual(['1 of 3 chosen: USD 0.50', all, '0 of 3 chosen', all]);
    expect(totals.at(-1)).toContain('2 of 3 chosen: USD 1,234.50');
  });

  test('nothing chosen is not accepted, unless it may be', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const asked = pick(terminal, { message, choices: payouts.slice(0, 2) });
    await type(io, enter, ' ', enter);
    expect(await asked).toEqual(['a']);
    expect(io.err().match(/Choose at least one, or press Ctrl-C\./g)).toHaveLength(1);

    const other = fakeTerminal(noColour);
    const optional = pick(other.terminal, { message, choices: payouts.slice(0, 2), atLeastOne: false });
    await type(other.io, enter);
    expect(await optional).toEqual([]);
    expect(drawn(other.io.err(), -1)).toEqual(['✔ Which payouts? 0 of 2 chosen', '']);
  });

  test('a long list is seen a page at a time, each row on one line', async () => {
    const { terminal, io } = fakeTerminal({ ...noColour, columns: 40 });
    const choices = Array.from({ length: 1200 }, (_, index) => ({
      name: `INV-2026-${String(index + 1).padStart(6, '0')}  A name that is longer than the screen`,
      value: index + 1,
      currency: 'USD',
      amount: 100n,
    }));
    const asked = pick(terminal, { message, choices });
    await type(io, end, ' ', pageUp, ' ', home, ' ', enter);
    expect(await asked).toEqual([1, 1188, 1200]);
    const first = drawn(io.err(), 0).slice(1, 13);
    expect(first[0]).toBe('> [ ] INV-2026-000001  A name that is …');
    expect(first[11]).toBe('  [ ] INV-2026-000012  A name that is …');
    expect(drawn(io.err(), 1)[12]).toBe('> [ ] INV-2026-001200  A name that is …');
    expect(io.err()).toContain('3 of 1,200 chosen: USD 3.00');
  });

  test('on a low screen fewer rows are drawn, so that it can be drawn over', async () => {
    const { terminal, io } = fakeTerminal({ ...noColour, rows: 10 });
    const asked = pick(terminal, { message, choices: payouts });
    await type(io, down, enter);
    expect(await asked).toEqual(['c']);
    expect(drawn(io.err(), 0).filter((line) => line.includes('INV-'))).toHaveLength(2);
  });

  test('Ctrl-C is an interruption, and without a terminal nothing is asked', async () => {
    const { terminal, io } = fakeTerminal(noColour);
    const asked = outcome(pick(terminal, { message, choices: payouts }));
    await type(io, ' ', ctrlC);
    expect(await asked).toBeInstanceOf(InterruptedError);

    const pipe = fakeTerminal({ tty: { out: true, err: true } });
    await expect(pick(pipe.terminal, { message, choices: payouts })).rejects.toThrow(UsageError);
    expect(pipe.io.err()).toBe('');
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
    await type(io, down, enter);
    expect(await running).toBe(0);
    expect(done).toEqual(['pending']);
  });

  test('leaving it by Ctrl-C is exit 130', async () => {
    const io = fakeIo(noColour);
    const running = main([], io, treeOf(command(['generate'], { menu: 'Generate payouts' })));
    await type(io, ctrlC);
    expect(await running).toBe(130);
  });
});
