/**
 * How much is tried. The suite tries the same cases each time; `npm run fuzz` tries others, and
 * `FUZZ_RUNS=5000 FUZZ_SEED=7 FUZZ_SECONDS=60` say how many of each property at least, which, and for how
 * long those that need a ledger may take. A finding prints its seed, its path and the smallest input;
 * `FUZZ_PATH` tries that one again.
 */
import type fc from 'fast-check';

const RUNS = process.env['FUZZ_RUNS'];
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_122);
const SECONDS = process.env['FUZZ_SECONDS'];
const PATH = process.env['FUZZ_PATH'];

/** What the suite tries takes seconds; what is asked for takes as long as it takes. In milliseconds. */
export const TIMEOUT_MS = RUNS === undefined && SECONDS === undefined ? 120_000 : 86_400_000;

/** Whether the cases are those of the suite, of which it is known what they reach. */
export const isSuite = [RUNS, SECONDS, PATH, process.env['FUZZ_SEED']].every((one) => one === undefined);

/** The parameters of a property that the suite tries so many times. */
export function tries<Ts>(count: number): fc.Parameters<Ts> {
  return {
    numRuns: Math.max(count, Number(RUNS ?? 0)),
    seed: SEED,
    ...(PATH === undefined ? {} : { path: PATH }),
  };
}

/**
 * A predicate that finds nothing any more once its time is over. fast-check's own limit would leave the last
 * case running beside the next property.
 */
export function inTime<Ts extends unknown[]>(
  predicate: (...values: Ts) => Promise<void>,
): (...values: Ts) => Promise<void> {
  let began: number | undefined;
  return async (...values) => {
    began ??= performance.now();
    const isOver = SECONDS !== undefined && performance.now() - began > Number(SECONDS) * 1000;
    if (!isOver) await predicate(...values);
  };
}
