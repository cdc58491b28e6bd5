import { copyFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { Json, Outcome, Sandbox } from './payrun.js';
import { everythingIn, makeBusyProgramme, twentyCommands, writersIn } from './twenty.js';

/** The same rounds each time, unless others are asked for: `TWENTY_ROUNDS=50 TWENTY_SEED=7`. */
const ROUNDS = Number(process.env['TWENTY_ROUNDS'] ?? 1);
const SEED = Number(process.env['TWENTY_SEED'] ?? 20_261_122);

interface Ended {
  readonly args: readonly string[];
  readonly outcome: Outcome;
}

/** Looks at the ledger over and over while the others write. */
async function readMeanwhile(sandbox: Sandbox, isOver: () => boolean): Promise<Outcome[]> {
  const seen: Outcome[] = [];
  while (!isOver()) {
    seen.push(await sandbox.payrun(['payouts', 'list', '--json']));
    seen.push(await sandbox.payrun(['verify', '--json']));
  }
  return seen;
}

/** What a call that wrote nothing may have answered: there was nothing to do, or it was in the way. */
function wroteNothing({ code, json }: Outcome): boolean {
  if (code !== 0) return [3, 4].includes(code ?? 1) && ['not_found', 'conflict'].includes(json.error.code);
  const { imported, changed, run, payouts } = json;
  if (imported !== undefined)
    return [imported.new, imported.changed, imported.corrected].every((n) => n === 0);
  return changed === 0 || (run === null && payouts.length === 0);
}

/** The answers of the same command lines one after the other, on a copy of the ledger as it was at first. */
async function replay(sandbox: Sandbox, lines: readonly Ended[], ledger: string): Promise<Json[]> {
  const answers: Json[] = [];
  for (const { args } of lines) {
    answers.push((await sandbox.succeed(args, { env: { PAYRUN_LEDGER: ledger } })).json);
  }
  return answers;
}

/** No number is left out, and no commission is on two payouts that live. */
function expectSound(payouts: readonly Json[], shown: ReturnType<typeof everythingIn>): void {
  const numbers = payouts.map(({ invoiceNumber }) => invoiceNumber);
  expect(numbers).toEqual(numbers.map((_, i) => `INV-2026-${String(i + 1).padStart(6, '0')}`));
  const credits = payouts.flatMap(({ creditNoteNumber }) => creditNoteNumber ?? []).sort();
  expect(credits).toEqual(credits.map((_, i) => `CN-2026-${String(i + 1).padStart(6, '0')}`));
  const live = (shown['payout_lines'] ?? [])
    .map((row) => JSON.parse(row))
    .filter((row) => row.released_on === null);
  expect(new Set(live.map((row) => row.commission)).size).toBe(live.length);
}

async function round(seed: number): Promise<void> {
  const sandbox = await makeBusyProgramme();
  try {
    const first = sandbox.path('first.db');
    await copyFile(sandbox.ledger, first);
    const before = writersIn(first, 0).length;
    let over = false;
    const reading = readMeanwhile(sandbox, () => over);
    const ended = await Promise.all(
      twentyCommands(seed).map(async (args): Promise<Ended> => ({
        args,
        outcome: await sandbox.payrun(args),
      })),
    );
    over = true;
    for (const { code, stdout, stderr } of await reading) {
      expect({ code, stdout, stderr }).toMatchObject({ code: 0, stderr: '' });
    }

    const writers = writersIn(sandbox.ledger, before);
    const byActor = new Map(ended.map((one) => [one.args.at(-1) ?? '', one]));
    const wrote = writers.map((actor) => byActor.get(actor) as Ended);
    const others = ended.filter(({ args }) => !writers.includes(args.at(-1) ?? ''));
    expect(wrote.filter(({ outcome }) => outcome.code !== 0)).toEqual([]);
    expect(others.filter(({ outcome }) => !wroteNothing(outcome))).toEqual([]);

    // One after the other in that order they answer the same, and leave the same ledger to the last row.
    expect(await replay(sandbox, wrote, first)).toEqual(wrote.map(({ outcome }) => outcome.json));
    const left = everythingIn(sandbox.ledger);
    expect(left).toEqual(everythingIn(first));

    const { payouts } = (await sandbox.succeed(['payouts', 'list', '--json'])).json;
    expectSound(payouts, left);
    expect((await sandbox.succeed(['verify', '--json'])).json.ok).toBe(true);
  } catch (error) {
    throw new Error(`with TWENTY_SEED=${seed}`, { cause: error });
  } finally {
    await sandbox.remove();
  }
}

describe('twenty processes at once on one ledger', () => {
  test('leave what they leave one after the other in some order, and nobody who only looks is kept', async () => {
    for (let index = 0; index < ROUNDS; index += 1) await round(SEED + index);
    expect(ROUNDS).toBeGreaterThan(0);
  }, 3_600_000);
});
