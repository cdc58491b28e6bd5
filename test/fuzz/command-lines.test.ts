import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commandLines, type Line, type Said } from './command-lines.js';
import { inTime, isSuite, tries, TIMEOUT_MS } from './cases.js';
import { isDay } from './plain-csv.js';
import { Room, tree } from './room.js';

let room: Room;

beforeAll(async () => {
  room = await Room.make();
});

afterAll(async () => {
  await room.remove();
});

const NAMED = /^(?:last|this)-(?:week|month|quarter|year)$/i;

function isPeriod(text: string): boolean {
  const [from = '', to] = text.split(/\s*\.\.\s*/);
  if (to !== undefined) return isDay(from) && isDay(to) && from <= to;
  const year = /^([0-9]{4})(?:-(?:Q[1-4]|0[1-9]|1[0-2]))?$/i.exec(text)?.[1];
  return NAMED.test(text) || (year !== undefined && Number(year) >= 1900 && Number(year) < 3000);
}

/** The values of each kind that are documented; what is done with another one has another meaning. */
const DOCUMENTED: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDay,
  period: isPeriod,
  amount: (text) => /^-?[0-9]{1,16}(?:\.[0-9]+)?$/.test(text),
  code: (text) => /^[A-Za-z]{3}$/.test(text),
  currency: (text) => /^[A-Za-z]{3}$/.test(text),
  run: (text) => /^(R-?)?[0-9]+$/i.test(text),
  seconds: (text) => /^[0-9]{1,6}(?:\.[0-9]{1,3})?$/.test(text),
  days: (text) => /^[0-9]{1,4}$/.test(text),
};

const undocumented = ({ kind, value }: Said): boolean => DOCUMENTED[kind]?.(value.trim()) === false;

/** What is wrong with a line that was done. */
function meaningFaults(line: Line, exitCode: number): string[] {
  if (exitCode !== 0) return [];
  return [
    ...line.said.filter(undocumented).map(({ kind, value }) => `it took ${JSON.stringify(value)} as ${kind}`),
    ...(line.twice ? ['an option that is there twice was taken'] : []),
  ];
}

async function playAll(lines: readonly Line[], ended: Map<number, number>): Promise<void> {
  await room.begin();
  for (const line of lines) {
    const { answer, faults } = await room.tryOut(line.argv, { tty: line.tty });
    ended.set(answer.exitCode, (ended.get(answer.exitCode) ?? 0) + 1);
    const all = [...faults, ...meaningFaults(line, answer.exitCode)];
    if (all.length > 0) {
      throw new Error([...all, `in ${fc.stringify(line)}`, answer.out, answer.err].join('\n'));
    }
  }
  expect(await room.faultsAfter()).toEqual([]);
}

describe('whatever a command line says', () => {
  test(
    'it is answered by the rules: exit codes, one document, nothing but text, no file elsewhere, a sound ledger',
    async () => {
      const ended = new Map<number, number>();
      await fc.assert(
        fc.asyncProperty(
          fc.array(commandLines(tree.commands), { minLength: 1, maxLength: 25, size: 'max' }),
          inTime(async (lines) => playAll(lines, ended)),
        ),
        tries(100),
      );
      if (process.env['FUZZ_TABLE'] === '1') process.stderr.write(`${JSON.stringify([...ended])}\n`);
      // Each kind of answer occurs, else the lines no longer reach what they are to try.
      const scarce = [0, 2, 3, 4].filter((exitCode) => (ended.get(exitCode) ?? 0) < 10);
      expect(isSuite ? scarce : []).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
