/** Where a result is to be written: a file that is named, or a folder in which the program names it. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { NotFoundError } from '../core/errors.js';

/**
 * The path of the file to write.
 *
 * @param out a file, or a folder that is there
 * @param nameInFolder the file's name where a folder is given
 * @throws NotFoundError when it ends like a folder and there is none
 */
export async function outputPath(out: string, nameInFolder: string): Promise<string> {
  const found = await stat(out).catch(() => null);
  if (found?.isDirectory() === true) return path.join(out, nameInFolder);
  if (/[/\\]$/.test(out)) {
    throw new NotFoundError(`Cannot write to ${out}: there is no such folder.`, {
      hint: 'Create the folder first, or choose another place.',
    });
  }
  return out;
}
