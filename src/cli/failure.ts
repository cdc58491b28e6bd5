/** The one place where an error becomes text, JSON and an exit code. */

import { type ErrorCode, PayrunError } from '../core/errors.js';
import { safeText } from './safe-text.js';

/** SPEC section 8: one exit code per error code. */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  unexpected: 1,
  usage: 2,
  not_found: 3,
  conflict: 4,
  invalid_data: 5,
  busy: 6,
  integrity: 7,
  interrupted: 130,
};

/** Findings shown in text; with `--json` all of them are. */
const shownDetails = 100;

/** So much of the text in a cell of an export is shown. */
const shownOfCell = 60;

/** An error as it is told. */
export interface Failure {
  readonly code: ErrorCode;
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | undefined;
  readonly details: readonly unknown[];
}

const systemSentences: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ENOSPC: ['The disk is full', 'Free some space and run the same command again.'],
  EDQUOT: ['The disk quota is used up', 'Free some space and run the same command again.'],
  EFBIG: [
    'A file would be larger than the system allows',
    'Raise the limit on the size of files (`ulimit -f`).',
  ],
  EIO: ['The disk could not be read or written', 'Check the disk or the network drive, then run it again.'],
  EROFS: ['The file system is read-only', 'Choose a folder that can be written to.'],
  EACCES: ['Permission denied', 'Check who owns the file and its folder, and their modes.'],
  EPERM: ['Permission denied', 'Check who owns the file and its folder, and their modes.'],
  EMFILE: ['Too many files are open', 'Raise the limit (`ulimit -n`) and run it again.'],
};

function unexpected(message: string, hint: string): Failure {
  return { code: 'unexpected', exitCode: exitCodes.unexpected, message, hint, details: [] };
}

/** A command that changes the ledger was done before its answer was lost: it must not be repeated blindly. */
export function lostAnswer(error: Error): PayrunError {
  const what = describeFailure(error).message.replace(/\.$/, '');
  const message = `The command is done, but its answer could not be written: ${what}.`;
  const hint = 'Look at what is in the ledger now before you run it again.';
  return new PayrunError('unexpected', message, { hint, cause: error });
}

/** What an error of any kind says to a person; anything that is not a PayrunError is unexpected. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof PayrunError) {
    const { code, message, hint, details } = error;
    return { code, exitCode: exitCodes[code], message, hint, details };
  }
  const { code, path, message } =
    error instanceof Error
      ? (error as NodeJS.ErrnoException)
      : { code: undefined, path: undefined, message: String(error) };
  const known = code === undefined ? undefined : systemSentences[code];
  if (known !== undefined) {
    return unexpected(`${known[0]}${path === undefined ? '' : `: ${path}`}.`, known[1]);
  }
  return unexpected(
    `Something unexpected went wrong: ${message}`,
    'This is a bug in payrun. PAYRUN_DEBUG=1 shows where it happened.',
  );
}

/** The JSON document of a failure. */
export function failureDocument(failure: Failure): Record<string, unknown> {
  const { code, message, hint, details } = failure;
  return { error: { code, message, hint: hint ?? null, details } };
}

/** One finding as a line: where it is, then what is wrong; null for data that only JSON shows. */
function detailLine(detail: unknown): string | null {
  if (typeof detail === 'string') {
    return safeText(detail);
  }
  if (typeof detail !== 'object' || detail === null) {
    return null;
  }
  const { line, row, of, column, value, message } = detail as Record<string, unknown>;
  if (typeof message !== 'string') {
    return null;
  }
  const where = [
    typeof line === 'number' ? `line ${String(line)}` : null,
    typeof row === 'number' ? `row ${String(row)}${typeof of === 'string' ? ` (${of})` : ''}` : null,
    typeof column === 'string' ? column : null,
    // A finding about a whole row has no column, and often no value to show either.
    typeof value === 'string' && (value !== '' || typeof column === 'string')
      ? JSON.stringify(typeof row === 'number' ? value.slice(0, shownOfCell) : value)
      : null,
  ].filter((part) => part !== null);
  return safeText([...(where.length === 0 ? [] : [where.join(', ')]), message].join(': '));
}

/** The findings as lines; the same value in many rows of a file is one, with how often it is there. */
function detailLines(details: readonly unknown[]): string[] {
  const lines = new Map<string, { readonly line: string; count: number }>();
  for (const [place, detail] of details.entries()) {
    const line = detailLine(detail);
    if (line === null) continue;
    const { row, value, message } = detail as Record<string, unknown>;
    const key = typeof row === 'number' ? JSON.stringify([value, message]) : String(place);
    const same = lines.get(key);
    if (same === undefined) lines.set(key, { line, count: 1 });
    else same.count += 1;
  }
  return [...lines.values()].map(({ line, count }) => (count === 1 ? line : `${line} (in ${count} cells)`));
}

/** A failure for people: the message, the findings, the next step, indented below. */
export function failureText(failure: Failure): string {
  // A line break in a value that is named must not make a line of its own.
  const said = safeText(failure.message);
  const findings = detailLines(failure.details);
  // Cells that the message names in a row are easier to read as lines.
  const [first = ''] = findings;
  const isList = first.startsWith('row ') && said.includes(` ${first}`);
  const message = isList ? said.slice(0, said.indexOf(` ${first}`)) : said;
  // What the message says already is not said again.
  const lines = findings.filter((line) => !message.includes(line));
  const more = lines.length - shownDetails;
  return [
    message,
    ...lines.slice(0, shownDetails),
    ...(more > 0 ? [`... and ${String(more)} more; --json lists them all.`] : []),
    ...(failure.hint === undefined ? [] : [safeText(failure.hint)]),
  ]
    .join('\n')
    .replaceAll('\n', '\n  ');
}
