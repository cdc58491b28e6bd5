/** The operating system's refusals of files, in sentences. */
import { NotFoundError, PayrunError, UsageError } from '../core/errors.js';

const UNEXPECTED: Readonly<Record<string, readonly [sentence: string, hint: string]>> = {
  ENOSPC: ['The disk is full', 'Free some space and run the command again.'],
  EDQUOT: ['Your disk quota is used up', 'Free some space and run the command again.'],
  EFBIG: ['It would be larger than the system allows', 'Raise the limit on the size of files (`ulimit -f`).'],
  EIO: ['The disk reports an error', 'Check the disk and the connection to it, then run the command again.'],
  EACCES: ['The file system does not permit it', 'Check the permissions, or choose another place.'],
  EPERM: ['The file system does not permit it', 'Check the permissions, or choose another place.'],
  EROFS: ['The file system is read-only', 'Choose another place.'],
  EMFILE: ['Too many files are open', 'Close other programs and run the command again.'],
};

/**
 * What an error of `node:fs` on this path means to a person. Errors of payrun pass unchanged.
 *
 * @param doing how the sentence begins, such as `Cannot read`
 * @returns NotFoundError for what is not there, UsageError for a folder in place of a file, PayrunError
 * `unexpected` for the disk; anything else as it is
 */
export function fileFailure(error: unknown, doing: string, path: string): unknown {
  const code = systemCode(error);
  switch (code) {
    case null:
      return error;
    case 'ENOENT':
      return new NotFoundError(`${doing} ${path}: there is no such file or folder.`, { cause: error });
    case 'ENOTDIR':
      return new NotFoundError(`${doing} ${path}: a part of the path is a file, not a folder.`, {
        cause: error,
      });
    case 'EISDIR':
      return new UsageError(`${doing} ${path}: it is a folder, not a file.`, { cause: error });
    case 'ENAMETOOLONG':
      return new UsageError(`${doing} ${path.slice(0, 60)}...: the name is too long.`, { cause: error });
    default: {
      const retry = 'Check the path and the disk, then run the command again.';
      const [sentence, hint] = UNEXPECTED[code] ?? [`The system says ${code}`, retry];
      return new PayrunError('unexpected', `${doing} ${path}: ${sentence}.`, { hint, cause: error });
    }
  }
}

/** The system's name of the failure, such as `ENOENT`; null for errors of payrun, of Node and bugs. */
function systemCode(error: unknown): string | null {
  if (error instanceof PayrunError || typeof error !== 'object' || error === null || !('code' in error))
    return null;
  return typeof error.code === 'string' && /^E(?!RR_)[A-Z0-9]+$/.test(error.code) ? error.code : null;
}
