/** Which disk is full: SQLite says only that a write failed, and not always why. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where less than this is free, a write failed for want of room: SQLite's own side files need as much. */
const ROOM_BYTES = 1_048_576;

/** Where SQLite puts what does not fit in memory, in its own order. */
const temporaryFolders = (): (string | undefined)[] => [
  process.env['SQLITE_TMPDIR'],
  process.env['TMPDIR'],
  '/var/tmp',
  '/usr/tmp',
  '/tmp',
];

function isFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < ROOM_BYTES;
  } catch {
    return false;
  }
}

/**
 * The folder whose disk has no room: that of the ledger, else one for temporary files; undefined where all
 * of them have some.
 */
export function fullFolder(ledgerPath: string): string | undefined {
  const folder = dirname(ledgerPath);
  return isFull(folder) ? folder : temporaryFolders().find((other) => other !== undefined && isFull(other));
}
