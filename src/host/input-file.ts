/** The bytes of an input: a file, or standard input for `-`. */
import { open } from 'node:fs/promises';
import { UsageError } from '../core/errors.js';
import { fileFailure } from './file-failure.js';

const CHUNK_BYTES = 65_536;

/**
 * The input in pieces. The file is opened before anything is answered, so that a wrong name is told at
 * once. Devices and pipes (`<(...)`, `/dev/stdin`) are read like files.
 *
 * @param pathOrDash a path, or `-` for standard input
 * @throws NotFoundError when there is no such file, UsageError when it is a folder, PayrunError
 * `unexpected` when it cannot be read; while reading, the last one only
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

async function* readStream(stream: NodeJS.ReadableStream, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    }
  } catch (error) {
    throw fileFailure(error, 'Cannot read', name);
  }
}
