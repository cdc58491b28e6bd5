/** Looking at runs. */
import { NotFoundError } from '../core/errors.js';
import type { Payout } from '../core/payout.js';
import { runNumber, type Run } from '../core/run.js';
import { listPayouts } from '../store/payouts.js';
import { findRun, listRuns as list } from '../store/runs.js';
import type { Work } from './work.js';

/** Every run, the first one first. */
export async function listRuns(work: Work): Promise<Run[]> {
  return work.ledger.read(list);
}

/**
 * One run and the payouts that it made.
 * @throws UsageError when it is no run id; NotFoundError when there is none
 */
export async function showRun(work: Work, id: string): Promise<{ run: Run; payouts: readonly Payout[] }> {
  const number = runNumber(id);
  return work.ledger.read(async (reader) => {
    const run = await findRun(reader, number);
    if (run === undefined)
      throw new NotFoundError(`There is no run ${id}.`, { hint: 'See `payrun runs list`.' });
    return { run, payouts: await listPayouts(reader, { run: number }) };
  });
}
