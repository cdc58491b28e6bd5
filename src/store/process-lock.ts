/**
 * A lock that the operating system releases when its holder dies, however he dies: Node has none of its own,
 * and SQLite's are just that. The file holds nothing; a number of a process would only be a guess.
 */
import { existsSync } from 'node:fs';
import { openForLocking, type Connection } from './sqlite.js';
import { isBusy } from './sqlite-errors.js';

/** Any statement that reads needs the lock that a holder denies. */
const LOOK = 'SELECT count(*) FROM sqlite_schema';

/** Who asks whether it is held waits this long, in milliseconds. */
const LOOK_MS = 1;

export class ProcessLock {
  private constructor(private readonly connection: Connection) {}

  /**
   * Takes the lock on a file, which is made if it is not there.
   * @param waitMs how long to wait for its holder; those who only look hold it for an instant
   * @returns null where somebody holds it all that time
   */
  static take(path: string, waitMs: number): ProcessLock | null {
    const connection = openForLocking(path, { waitMs, make: true });
    try {
      // A journal on the disk would be left behind by a holder who was killed.
      connection.pragma('journal_mode = MEMORY');
      connection.exec('BEGIN EXCLUSIVE');
      return new ProcessLock(connection);
    } catch (error) {
      connection.close();
      if (isBusy(error)) return null;
      throw error;
    }
  }

  release(): void {
    this.connection.close();
  }
}

/** Whether a living process holds the lock on a file. */
export function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const connection = openForLocking(path, { waitMs: LOOK_MS, make: false });
  try {
    connection.prepare(LOOK).get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    connection.close();
  }
}
