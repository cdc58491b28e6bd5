/** The exports that were made. */
import type { ExportRecord } from '../core/export.js';
import { listExports as storedExports } from '../store/exports.js';
import type { Work } from './work.js';

/** Every export, oldest first. */
export async function listExports(work: Work): Promise<ExportRecord[]> {
  return work.ledger.read(storedExports);
}
