/** The file of `--map`: JSON that says what the names in somebody else's file mean. */
import { InvalidDataError } from '../core/errors.js';
import { openInput } from '../host/input-file.js';

/** A map is a page of JSON; what is longer is some other file. 1 MiB. */
const MAX_BYTES = 1_048_576;

/**
 * The text of a map.
 * @param path or `-` for standard input
 * @throws InvalidDataError when it is too long; what `openInput` throws
 */
export async function readMapFile(path: string, stdin: NodeJS.ReadableStream): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of await openInput(path, stdin)) {
    pieces.push(piece);
    size += piece.length;
    if (size > MAX_BYTES) throw new InvalidDataError(`The map ${path} is longer than ${MAX_BYTES} bytes.`);
  }
  return Buffer.concat(pieces).toString('utf8');
}
