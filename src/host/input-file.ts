/** The bytes of an input: a file, or standard input for `-`. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { UsageError } from '../core/errors.js';
import { fileFailure } from './file-failure.js';
import { Interruption } from './interruption.js';

const CHUNK_BYTES = 65_536;

/**
 * The input in pieces. The file is opened before anything is answered, so that a wrong name is told at
 * once. Devices and pipes (`<(...)`, `/dev/stdin`) are read like files.
 *
 * @param pathOrDash a path, or `-` for standard input
 * @throws NotFoundError when there is no such file, UsageError when it is a folder, PayrunError
 * `unexpected` when it cannot be read; while reading, the last one only, and InterruptedError
 */
export async function openInput(
  pathOrDash: string,
  stdin: NodeJS.ReadableStream,
): Promise<AsyncIterable<Buffer>> {
  if (pathOrDash === '-') return readStream(stdin, 'standard input');
  if (pathOrDash === '') throw new UsageError('The name of the input file is empty.');
  try {
    const file = await open(pathOrDash, 'r');
    if ((await file.stat()).isDirectory()) {
      await file.close();
      throw new UsageError(`Cannot read ${pathOrDash}: it is a folder, not a file.`);
    }
    return readStream(file.createReadStream({ highWaterMark: CHUNK_BYTES }), pathOrDash);
  } catch (error) {
    throw fileFailure(error, 'Cannot read', pathOrDash);
  }
}

/**
 * What must be taken in now because it is gone with this process: standard input, a pipe, a device. Null for
 * a file, which is read where it lies. Throws as `openInput`.
 */
export async function passingInput(
  pathOrDash: string,
  stdin: NodeJS.ReadableStream,
): Promise<AsyncIterable<Buffer> | null> {
  if (pathOrDash !== '-' && pathOrDash !== '') {
    try {
      // A pipe is not opened to be looked at: who writes into it would find it closed again.
      if ((await stat(pathOrDash)).isFile()) {
        await access(pathOrDash, constants.R_OK);
        return null;
      }
    } catch (error) {
      throw fileFailure(error, 'Cannot read', pathOrDash);
    }
  }
  return openInput(pathOrDash, stdin);
}

/**
 * The SHA-256 of a file in hexadecimal; null where it cannot be looked at: it is standard input or a pipe,
 * it is gone, or it may not be read.
 */
export async function fileDigest(pathOrDash: string): Promise<string | null> {
  if (pathOrDash === '-') return null;
  const hash = createHash('sha256');
  try {
    if (!(await stat(pathOrDash)).isFile()) return null;
    const file = await open(pathOrDash, 'r');
    for await (const chunk of file.createReadStream({ highWaterMark: CHUNK_BYTES })) {
      hash.update(chunk as Buffer);
    }
  } catch {
    return null;
  }
  return hash.digest('hex');
}

/** Whether a file is there and holds just these bytes; `sha256` in hexadecimal. */
export async function holdsBytes(
  path: string,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.size === bytes && (await fileDigest(path)) === sha256;
}

/**
 * Waiting for input may be ended by a signal, also where the system would go on waiting for the pipe.
 * @throws InterruptedError then
 */
async function* readStream(stream: NodeJS.ReadableStream, name: string): AsyncGenerator<Buffer> {
  const interruption = new Interruption();
  const { signal } = interruption;
  const chunks = stream[Symbol.asyncIterator]();
  let giveUp: (reason: unknown) => void = () => undefined;
  const tell = (): void => {
    giveUp(signal.reason);
  };
  signal.addEventListener('abort', tell);
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await new Promise<IteratorResult<string | Buffer>>((resolve, reject) => {
        giveUp = reject;
        chunks.next().then(resolve, reject);
      });
      if (next.done === true) break;
      yield typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
    }
    // A signal that came while the last piece was worked on is heard when the process waits again.
    await delay(1);
    signal.throwIfAborted();
  } catch (error) {
    throw fileFailure(error, 'Cannot read', name);
  } finally {
    interruption.end();
    signal.removeEventListener('abort', tell);
    if (signal.aborted) (stream as Partial<Readable>).destroy?.();
    else await chunks.return?.();
  }
}
