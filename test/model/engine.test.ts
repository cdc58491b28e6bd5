import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openLedger } from '../../src/store/open.js';
import { ledgerFolder, makeLedger } from '../store/sample-ledger.js';
import { Coverage } from './coverage.js';
import { dateIn } from './rows.js';
import { Session } from './session.js';
import { world, type World } from './worlds.js';

/** The same worlds each time, unless others are asked for: `MODEL_RUNS=5000 MODEL_SEED=7`. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 300);
const SEED = Number(process.env['MODEL_SEED'] ?? 20_261_122);
/** Each situation occurs at least this often, else the worlds no longer cover what they claim. */
const LEAST = 3;

let folder: string;
let made = 0;

beforeAll(async () => {
  folder = await ledgerFolder();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function play(one: World, coverage: Coverage): Promise<void> {
  made += 1;
  const home = join(folder, String(made));
  const path = join(home, 'ledger.db');
  await makeLedger(path, one.zone, dateIn(one.zone, one.start));
  const ledger = await openLedger(path, { waitMs: 5000 });
  try {
    await new Session(one, ledger, coverage).play();
  } finally {
    await ledger.close();
    await rm(home, { recursive: true, force: true });
  }
}

describe('the engine and the model', () => {
  test('answer, pay, number and skip the same over random ledgers and commands, and verify stays clean', async () => {
    const coverage = new Coverage();
    await fc.assert(
      fc.asyncProperty(world, (one) => play(one, coverage)),
      { numRuns: RUNS, seed: SEED, endOnFailure: process.env['MODEL_SHRINK'] === '0' },
    );
    if (process.env['MODEL_TABLE'] === '1')
      process.stderr.write(
        coverage
          .table()
          .map(([name, count]) => `${count} ${name}\n`)
          .join(''),
      );
    expect(coverage.scarce(LEAST)).toEqual([]);
  }, 3_600_000);
});
