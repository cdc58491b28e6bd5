/** What both imports take, and how it is understood. */
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Imported, ImportInput } from '../../../app/import-file.js';
import type { Work } from '../../../app/work.js';
import { UsageError } from '../../../core/errors.js';
import type { Rejection } from '../../../core/import.js';
import { fileDigest } from '../../../host/input-file.js';
import type { ArgumentDefinition, CommandContext, CommandInput, OptionDefinition } from '../../command.js';
import { backgroundOption } from '../../background.js';
import { idempotencyKeyOption, repeatedAnswer } from '../../idempotency.js';
import { streamFailure } from '../../json-stream.js';
import { safeText } from '../../safe-text.js';
import { requireDecision } from '../../terminal.js';

export const fileArgument: ArgumentDefinition = {
  name: 'file',
  description: 'a CSV file, or - for standard input',
};

export const importOptions: readonly OptionDefinition[] = [
  { flags: '--dry-run', description: 'check and count everything, write nothing' },
  { flags: '--skip-invalid', description: 'import the good rows, write the bad ones to FILE.rejected.csv' },
  { flags: '--rejected <file>', description: 'where --skip-invalid writes the bad rows (needed with -)' },
  idempotencyKeyOption,
  backgroundOption,
];

/** Whether two names lead to one file, links followed. */
function samePlace(one: string, other: string): boolean {
  const place = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));
  return place(one) === place(other);
}

async function askFile({ terminal }: CommandContext, what: string): Promise<string> {
  requireDecision(
    terminal,
    'a file, or - for standard input',
    `Which file of ${what} to import has not been said.`,
  );
  const prompts = await import('../../prompts.js');
  return prompts.input(terminal, {
    message: `Which file holds the ${what}?`,
    check: (answer) => (existsSync(answer) ? undefined : 'There is no such file.'),
  });
}

/**
 * What the first call with the idempotency key of this one imported; undefined where this one is the first.
 * A file that is there with other rows by now is not imported, which must not go unnoticed.
 * @throws ConflictError when the key was used for another call
 */
export async function repeatedImport<T extends Imported>(
  context: CommandContext,
  input: CommandInput,
  work: Work,
): Promise<T | undefined> {
  const first = await repeatedAnswer<T>(context, work);
  if (first !== undefined && context.job?.tellsAgain !== true) {
    await warnOfOtherContent(context, input, first);
  }
  return first;
}

/** Warns where the file holds other bytes by now than those that were imported under the key of the call. */
export async function warnOfOtherContent(
  context: CommandContext,
  input: CommandInput,
  first: Imported,
): Promise<void> {
  const path = input.optionalArgument('file');
  if (path === undefined) return;
  const digest = await fileDigest(path);
  if (digest !== null && digest !== first.digest) {
    context.terminal.warn(
      `${safeText(path)} was not imported: under this idempotency key other content was. ` +
        'Give what it holds now a key of its own.',
    );
  }
}

/**
 * Reads the options of an import; says so where it is going to wait for somebody to type rows.
 * @throws UsageError when --skip-invalid cannot know where to write, or --rejected makes no sense
 */
export async function importInput(
  context: CommandContext,
  input: CommandInput,
  what: string,
): Promise<ImportInput> {
  const path = input.optionalArgument('file') ?? (await askFile(context, what));
  const skipInvalid = input.flag('skipInvalid');
  const dryRun = input.flag('dryRun');
  const given = input.text('rejected');
  if (given !== undefined && !skipInvalid) {
    throw new UsageError('--rejected says where bad rows go, and without --skip-invalid none are skipped.', {
      hint: 'Add --skip-invalid, or leave --rejected out.',
    });
  }
  if (given !== undefined && path !== '-' && samePlace(given, path)) {
    throw new UsageError('--rejected names the file that is imported.', {
      hint: 'Choose another name for it.',
    });
  }
  if (skipInvalid && !dryRun && path === '-' && given === undefined) {
    throw new UsageError('With rows from standard input --skip-invalid needs a place for the bad ones.', {
      hint: 'Add --rejected FILE.',
    });
  }
  const { terminal } = context;
  if (path === '-' && terminal.stdin.isTTY === true) {
    terminal.note('Waiting for rows, the header line first. Ctrl-D on an empty line ends them.');
  }
  return {
    path,
    stdin: terminal.stdin,
    skipInvalid,
    rejectedPath: skipInvalid ? (given ?? (path === '-' ? null : `${path}.rejected.csv`)) : null,
    dryRun,
    everyFinding: terminal.json,
    ...(terminal.json
      ? {
          tellRefusal: (refusal: Error, findings: AsyncIterable<Rejection[]>) =>
            streamFailure(terminal, refusal, findings),
        }
      : {}),
  };
}
