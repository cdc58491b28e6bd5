/** Opening the ledger for a command. */
import type { Ledger } from '../store/ledger.js';
import { openLedger as open } from '../store/open.js';

/**
 * Opens the ledger that is there.
 * @param waitSeconds how long to wait while another process writes
 * @throws NotFoundError, IntegrityError, ConflictError or BusyError, as the store says
 */
export async function openLedger(path: string, waitSeconds: number): Promise<Ledger> {
  return open(path, { waitMs: waitSeconds * 1000 });
}
