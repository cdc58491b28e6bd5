/** Files that leave the program are there whole or not at all. */
import { createHash, randomBytes, type Hash } from 'node:crypto';
import { renameSync } from 'node:fs';
import {
  link,
  lstat,
  open,
  readdir,
  realpath,
  rename,
  stat,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
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
  /** Refuses to replace a database by throwing; without it every database is refused. */
  readonly refuseDatabase?: (place: string) => Promise<void>;
  /** Gives the file the name of a database that was not refused; without it by a rename alone. */
  readonly replaceDatabase?: (place: string, rename: () => void) => Promise<void>;
  /** Gives up when it is aborted, until the file takes its name. */
  readonly signal?: AbortSignal;
  /** Is told which bytes are about to take the name. */
  readonly announce?: (file: WrittenFile) => void;
}

/** Strings are gathered to this size before they are written. */
export const WRITE_BYTES = 262_144;

/** What SQLite and payrun write beside a database, by its name. */
const DATABASE_SUFFIXES = ['-wal', '-shm', '-journal', '-writer'];

/** A temporary file that nobody wrote to for so long was left by a process that was killed. */
const ABANDONED_MS = 3_600_000;

/**
 * Writes a file by way of a temporary one in the same folder, which takes its name only when all of it is
 * on the disk. Whatever fails, the target is as it was before and the temporary file is gone; what a killed
 * process left of an earlier attempt is removed, too. A symbolic link is followed.
 *
 * @throws ConflictError when the file is there and `overwrite` is false, or when it is a database;
 * NotFoundError when its folder is not there; UsageError when the target is a folder or no plain file;
 * PayrunError `unexpected` when the disk fails; the reason of the signal; and whatever the chunks throw
 */
export async function writeFileAtomically(
  target: string,
  chunks: AsyncIterable<string | Uint8Array>,
  options: AtomicFileOptions,
): Promise<WrittenFile> {
  const written = { bytes: 0, hash: createHash('sha256') };
  let whole: WrittenFile | undefined;
  const told = (): WrittenFile =>
    (whole ??= { path: target, bytes: written.bytes, sha256: written.hash.digest('hex') });
  const write = async (temporary: string): Promise<void> => {
    const file = await guarded(target, () => open(temporary, 'r+'));
    try {
      await writeChunks(file, stopping(chunks, options.signal), written, target);
    } finally {
      await guarded(target, () => file.close());
    }
    options.announce?.(told());
  };
  await makeFileAtomically(target, write, options);
  return told();
}

/**
 * Has a file made in the same way by whoever writes it himself, as SQLite does.
 * @param make fills the empty temporary file at the path that it is handed
 * @throws as `writeFileAtomically`, and whatever `make` throws
 */
export async function makeFileAtomically<Made>(
  target: string,
  make: (temporary: string) => Promise<Made>,
  options: AtomicFileOptions,
): Promise<Made> {
  const place = await checkTarget(target, options);
  await removeAbandoned(place);
  const temporary = path.join(
    path.dirname(place),
    `.${path.basename(place)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  await guarded(target, async () => (await open(temporary, 'wx', options.mode ?? 0o600)).close());
  let made: Made;
  try {
    made = await make(temporary);
    await guarded(target, () => syncFile(temporary));
    options.signal?.throwIfAborted();
    await guarded(target, () => take(temporary, place, target, options));
  } catch (error) {
    for (const suffix of ['', ...DATABASE_SUFFIXES]) {
      await unlink(temporary + suffix).catch(() => undefined);
    }
    throw error;
  }
  await syncFolder(path.dirname(place));
  return made;
}

export async function syncFile(place: string): Promise<void> {
  const file = await open(place, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Removes what killed processes left of this file. A process that lives writes on all the time; should one of
 * another machine be stopped for an hour, it finds its file gone and fails, and the target is not touched.
 */
export async function removeAbandoned(place: string): Promise<void> {
  const folder = path.dirname(place);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const isOurs = name.startsWith(`.${path.basename(place)}.`) && /\.[0-9a-f]{12}\.tmp(?:-\w+)?$/.test(name);
    if (!isOurs) continue;
    const temporary = path.join(folder, name);
    const found = await lstat(temporary).catch(() => null);
    // A file that is kept while another takes its name is as old as it is, but its second name is new.
    const sinceMs = name.endsWith('-kept') ? found?.ctimeMs : found?.mtimeMs;
    if (found?.isFile() !== true || Date.now() - (sinceMs ?? 0) < ABANDONED_MS) continue;
    await unlink(temporary).catch(() => undefined);
  }
}

async function* stopping<Chunk>(
  chunks: AsyncIterable<Chunk>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

/** Runs a step of writing and explains what the file system says against it. */
export async function guarded<Result>(target: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw fileFailure(error, 'Cannot write', target);
  }
}

/** The path to write, links followed. Refuses early what would be refused after the work. */
export async function checkTarget(target: string, options: AtomicFileOptions): Promise<string> {
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
  await refuseBesideDatabase(target);
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
  if (!options.overwrite) throw isThere(target);
  if (await isDatabase(place)) await (options.refuseDatabase ?? refuse)(target);
  return place;
}

async function refuse(target: string): Promise<void> {
  throw new ConflictError(`${target} is a ledger, or another SQLite database; nothing was written.`, {
    hint: 'Choose another name: no file that payrun writes replaces a database.',
  });
}

/** The log beside a ledger is a part of it, and a file of that name is taken for one. */
async function refuseBesideDatabase(target: string): Promise<void> {
  const suffix = DATABASE_SUFFIXES.find((one) => target.endsWith(one)) ?? '';
  if (suffix === '' || !(await isDatabase(target.slice(0, -suffix.length)))) return;
  throw new ConflictError(`${target} is a part of a ledger, or of another SQLite database.`, {
    hint: 'Choose another name; nothing was written.',
  });
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
    hint: 'Choose another name. An export or a payment file replaces it with --force.',
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
export async function take(
  temporary: string,
  place: string,
  target: string,
  { overwrite, replaceDatabase }: AtomicFileOptions,
): Promise<void> {
  if (overwrite) {
    if (replaceDatabase !== undefined && (await isDatabase(place))) {
      await replaceDatabase(place, () => {
        renameSync(temporary, place);
      });
      return;
    }
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
export async function syncFolder(folder: string): Promise<void> {
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
