/** Reads the user's own template, and the map that says what its names mean. */
import { createHash } from 'node:crypto';
import { InvalidDataError, UsageError } from '../core/errors.js';
import type { AccountingFormat } from '../exports/format.js';
import { templateFormat } from '../exports/template.js';
import { NO_MAP, readTemplateMap } from '../exports/template-map.js';
import { openInput } from '../host/input-file.js';
import { UnreadableFileError } from '../imports/csv.js';
import { readTemplateHead, type TemplateHead } from '../imports/template-head.js';
import { readMapFile } from './map-file.js';

/** Paths, as typed. */
export interface TemplateFiles {
  readonly template: string;
  readonly map: string | null;
}

/** A template that was read. */
export interface ReadTemplate {
  readonly format: AccountingFormat;
  /** The SHA-256 of its columns in hexadecimal, by which its exports are known from those of others. */
  readonly digest: string;
}

/**
 * The format of a template.
 * @throws UsageError when none was named, and as `templateFormat`; NotFoundError when a file is not there;
 * InvalidDataError when one is no CSV or no JSON
 */
export async function templateOf(files: TemplateFiles | null): Promise<ReadTemplate> {
  if (files === null) {
    throw new UsageError('The format template needs the header row of your own file.', {
      hint: 'Give --template FILE: a CSV file whose first row names the columns.',
    });
  }
  const head = await headOf(files.template);
  const map = files.map === null ? NO_MAP : readTemplateMap(await mapText(files.map), files.map);
  const format = templateFormat(head, map);
  const known = JSON.stringify([format.source, head.columns]);
  return { format, digest: createHash('sha256').update(known).digest('hex') };
}

async function headOf(path: string): Promise<TemplateHead> {
  try {
    return await readTemplateHead(await openFile(path));
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw new InvalidDataError(`The template ${path} cannot be read: ${error.rejection.message}`, {
      hint: 'Its first row must name the columns, in UTF-8, with comma, semicolon or tab between them.',
      cause: error,
    });
  }
}

/** From standard input only one of two files could come. */
const NOT_PIPED = 'A template and its map are files; they cannot come from stdin.';

async function mapText(path: string): Promise<string> {
  if (path === '-') throw new UsageError(NOT_PIPED);
  return readMapFile(path, process.stdin);
}

async function openFile(path: string): Promise<AsyncIterable<Buffer>> {
  if (path === '-') throw new UsageError(NOT_PIPED);
  return openInput(path, process.stdin);
}
