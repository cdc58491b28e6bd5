/** What SQLite refuses, in sentences that say what the user can do. */
import { dirname } from 'node:path';
import { ConflictError, IntegrityError, PayrunError } from '../core/errors.js';
import { fullFolder } from './full-disk.js';

interface DriverError extends Error {
  readonly code: string;
}

/** By its shape: the native driver keeps the first Error class that it was given, whoever loads it later. */
export function isDriverError(error: unknown): error is DriverError {
  const { code, message } = (error ?? {}) as Partial<DriverError>;
  return typeof code === 'string' && typeof message === 'string';
}

/** Whether somebody else holds a lock that a statement needed. */
export function isBusy(error: unknown): boolean {
  return isDriverError(error) && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

/** Turns what SQLite says into what the user can do. Errors that are not SQLite's come back as they are. */
export function explain(error: unknown, path: string): unknown {
  if (!isDriverError(error)) return error;
  const context = { cause: error };
  if (/^SQLITE_(NOTADB|CORRUPT|FORMAT)/.test(error.code)) {
    return new IntegrityError(`${path} is not a payrun ledger, or it is damaged: ${error.message}.`, {
      ...context,
      hint: 'Name the right file with --ledger, or restore a backup.',
    });
  }
  if (error.code.startsWith('SQLITE_READONLY')) {
    return new ConflictError(`The ledger ${path} is read-only.`, {
      ...context,
      hint: 'Make the file and its folder writable for you, or work on a copy.',
    });
  }
  if (/^(SQLITE_CANTOPEN|EACCES|EPERM)/.test(error.code)) {
    return new PayrunError('unexpected', `The ledger ${path} cannot be opened.`, {
      ...context,
      hint: 'Check the permissions of the file and of its folder.',
    });
  }
  if (/^(SQLITE_(FULL|IOERR)|ENOSPC|EDQUOT|EFBIG|EIO)/.test(error.code)) return explainDisk(error, path);
  if (error.message === 'integer overflow') {
    return new ConflictError('A sum of amounts does not fit in 64 bits.', {
      ...context,
      hint: 'Check the amounts that were imported; pay one affiliate at a time if they are right.',
    });
  }
  if (error.code.startsWith('SQLITE_')) {
    return new PayrunError('unexpected', `The ledger refused a statement: ${error.message}.`, {
      ...context,
      hint: 'Nothing was changed. This is a bug in payrun. PAYRUN_DEBUG=1 shows where it happened.',
    });
  }
  return error;
}

/** A disk that is full shows as an input or output error, too: where there was no room for the side files. */
function explainDisk(error: DriverError, path: string): PayrunError {
  const full = fullFolder(path);
  if (full !== undefined || /FULL|ENOSPC|EDQUOT/.test(error.code)) {
    const sentence = `The disk of ${full ?? dirname(path)} is full; the ledger is as it was before.`;
    return new PayrunError('unexpected', sentence, {
      cause: error,
      hint: 'Free some space there and run the same command again.',
    });
  }
  const sentence = `The disk failed while using ${path}; the ledger is as it was before.`;
  return new PayrunError('unexpected', sentence, {
    cause: error,
    hint: 'Check the disk, its quota and the limit on the size of files (`ulimit -f`), then run `payrun verify`.',
  });
}
