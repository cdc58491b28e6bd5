/** Synchronous work on a connection that nobody else gets in the way of. */
import { keepLog, openConnection, type Connection } from './sqlite.js';
import { explain } from './sqlite-errors.js';
import { patiently, type Waiting } from './waiting.js';
import { leaveWriterNote, removeWriterNote } from './writer-note.js';

/**
 * Runs synchronous work in one BEGIN IMMEDIATE transaction on a connection of its own: for migrating a
 * ledger.
 * @throws BusyError when it stays locked; whatever is thrown, nothing was changed
 */
export async function withWriteLock<T>(
  path: string,
  { waitMs, holder }: Waiting,
  use: (connection: Connection) => T,
): Promise<T> {
  const connection = await patiently(() => openConnection(path, 'write'), waitMs, path);
  try {
    await patiently(() => connection.exec('BEGIN IMMEDIATE'), waitMs, path);
    leaveWriterNote(path, holder);
    const result = use(connection);
    removeWriterNote(path, holder);
    // A ledger that is not in WAL mode, such as a copy of one, cannot commit while somebody reads.
    await patiently(() => connection.exec('COMMIT'), waitMs, path);
    return result;
  } catch (error) {
    throw explain(error, path);
  } finally {
    if (connection.inTransaction) {
      removeWriterNote(path, holder);
      connection.exec('ROLLBACK');
    }
    connection.close();
  }
}

/**
 * Runs synchronous work while nobody else can open the ledger, and all of it is in the one file: what its log
 * held is in it, and the log is gone. The file stays so when the work is done, because another one has its
 * name then; else it has a log again.
 * @throws BusyError when others have it open all the time; whatever is thrown, the ledger is what it was
 */
export async function withSoleUse<T>(
  path: string,
  { waitMs, holder, interruptible }: Waiting,
  use: (connection: Connection) => T,
): Promise<T> {
  const connection = await patiently(() => openConnection(path, 'write'), waitMs, path, interruptible);
  try {
    // With a lock that is never let go: between the end of the log and a new lock somebody could write.
    connection.pragma('locking_mode = EXCLUSIVE');
    await patiently(() => connection.pragma('journal_mode = DELETE'), waitMs, path, interruptible);
    // A file that had no log, as a backup has none, is not locked by that yet.
    await patiently(() => connection.exec('BEGIN EXCLUSIVE; COMMIT'), waitMs, path, interruptible);
    leaveWriterNote(path, holder);
    try {
      return use(connection);
    } catch (error) {
      keepLog(connection);
      throw error;
    } finally {
      removeWriterNote(path, holder);
    }
  } catch (error) {
    throw explain(error, path);
  } finally {
    connection.close();
  }
}
