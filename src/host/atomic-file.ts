/** Files that leave the program are there whole or not at all. */
import { createHash, randomBytes, type Hash } from 'node:crypto';
import { link, lstat, open, realpath, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ConflictError, NotFoundError, UsageError } from '../core/errors.js';
import { fileFailure } from './file-failure.js';

/** A file that was written. `sha256` in hexadecimal digits. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface AtomicFileOptions {
  /** Replace a file that is there. */
  readonly overwrite: boolean;
  /** The permissions of the new file; 0600 if not given, for what payrun writes is about money. */
  readonly mode?: number;
}

/** Strings are gathered to this size before they are written. */
const WRITE_BYTES = 262_144;

/**
 * Writes a file by way of a temporary one in the same folder, which takes its name only when all of it is
 * on the disk. Whatever fails, the target is as it was before and the temporary file is gone. A symbolic
 * link is followed.
 *
 * @throws ConflictError when the file is there and `overwrite` is false, or when it is a database;
 * NotFoundError when its folder is not there; UsageError when the target is a folder or no plain file;
 * PayrunError `unexpected` when the disk fails; and whatever the chunks throw
 */
export async function writeFileAtomically(
  target: string,
  chunks: AsyncIterable<string | Uint8Array>,
  options: AtomicFileOptions,
): Promise<WrittenFile> {
  const place = await checkTarget(target, options.overwrite);
  const temporary = path.join(
    path.dirname(place),
    `.${path.basename(place)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  const written = { bytes: 0, hash: createHash('sha256') };
  let file: FileHandle;
  try {
    file = await open(temporary, 'wx', options.mode ?? 0o600);
  } catch (error) {
    throw fileFailure(error, 'Cannot write', target);
  }
  try {
    try {
      await writeChunks(file, chunks, written, target);
      await guarded(target, () => file.sync());
    } finally {
      await guarded(target, () => file.close());
    }
    await guarded(target, () => take(temporary, place, target, options.overwrite));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(path.dirname(place));
  return { path: target, bytes: written.bytes, sha256: written.hash.digest('hex') };
}

/** Runs a step of writing and explains what the file system says against it. */
async function guarded<Result>(target: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw fileFailure(error, 'Cannot write', target);
  }
}

/** The path to write, links followed. Refuses early what would be refused after the work. */
async function checkTarget(target: string, overwrite: boolean): Promise<string> {
  if (target === '') throw new UsageError('The name of the file to write is empty.');
  const folder = path.dirname(path.resolve(target));
  await guarded(target, async () => {
    const found = await stat(folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new NotFoundError(`Cannot write ${target}: there is no folder ${folder}.`, {
        hint: 'Create the folder first, or choose another place.',
      });
    });
    if (!found.isDirectory()) throw new NotFoundError(`Cannot write ${target}: ${folder} is not a folder.`);
  });
  const existing = await lstat(target).catch(() => null);
  if (existing === null) return path.resolve(target);
  const place = existing.isSymbolicLink() ? await realpath(target).catch(() => null) : path.resolve(target);
  if (place === null)
    throw new UsageError(`Cannot write ${target}: it is a link to a file that is not there.`);
  const kind = await stat(place);
  if (kind.isDirectory()) {
    throw new UsageError(`Cannot write ${target}: it is a folder.`, { hint: 'Name a file in it.' });
  }
  if (!kind.isFile()) throw new UsageError(`Cannot write ${target}: it is not a plain file.`);
  if (!overwrite) throw isThere(target);
  if (await isDatabase(place)) {
    throw new ConflictError(`${target} is a ledger, or another SQLite database; nothing was written.`, {
      hint: 'Choose another name: no file that payrun writes replaces a database.',
    });
  }
  return place;
}

/** Whether the file begins as every SQLite file does. One slip in a path must not cost the ledger. */
async function isDatabase(place: string): Promise<boolean> {
  const magic = 'SQLite format 3\0';
  try {
    const file = await open(place, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
      return buffer.toString('latin1', 0, bytesRead) === magic;
    } finally {
      await file.close();
    }
  } catch {
    // What cannot be read is told when it cannot be replaced.
    return false;
  }
}

function isThere(target: string): ConflictError {
  return new ConflictError(`${target} is there already; nothing was written.`, {
    hint: 'Choose another name. An export replaces a file with --force.',
  });
}

async function writeChunks(
  file: FileHandle,
  chunks: AsyncIterable<string | Uint8Array>,
  written: { bytes: number; readonly hash: Hash },
  target: string,
): Promise<void> {
  let gathered: Uint8Array[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(gathered);
    gathered = [];
    size = 0;
    written.hash.update(bytes);
    written.bytes += bytes.length;
    await guarded(target, () => file.writeFile(bytes));
  };
  for await (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    gathered.push(bytes);
    size += bytes.length;
    if (size >= WRITE_BYTES) await flush();
  }
  await flush();
}

/**
 * Gives the temporary file its name. A hard link, unlike a rename, fails if another process took the name
 * meanwhile.
 */
async function take(temporary: string, place: string, target: string, overwrite: boolean): Promise<void> {
  if (overwrite) {
    await rename(temporary, place);
    return;
  }
  try {
    await link(temporary, place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw isThere(target);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    // File systems without hard links (FAT, some network shares): claim the name first, then rename over
    // it.
    await claim(place, target);
    try {
      await rename(temporary, place);
    } catch (failure) {
      await unlink(place);
      throw failure;
    }
    return;
  }
  await unlink(temporary);
}

async function claim(place: string, target: string): Promise<void> {
  try {
    await (await open(place, 'wx')).close();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? isThere(target) : error;
  }
}

/** Makes the new name itself durable. Windows cannot open a folder; some network shares cannot sync one. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file itself is on the disk; its name will be with the next sync of the file system.
  }
}
