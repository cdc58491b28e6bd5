/** `generate --background`: what is asked for today, in words that mean the same on any later day. */
import { Book } from '../app/book.js';
import { refuseForecast } from '../app/generate.js';
import type { Work } from '../app/work.js';
import { startInBackground } from './background.js';
import type { CommandContext, CommandInput } from './command.js';
import { GENERATE, type Asked } from './generate-request.js';

/** What the job is to do. */
export interface HandedRun {
  readonly asked: Asked;
  readonly planId: string | undefined;
  readonly isPlanFile: boolean;
}

/**
 * Makes the job. One that is started again next month is to do what was asked for today.
 * @throws UsageError when the as-of lies in the future; what `startInBackground` throws
 */
export async function handOver(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  { asked, planId, isPlanFile }: HandedRun,
): Promise<void> {
  work.ledger.refuseReadOnly();
  const book = await work.ledger.read((reader) => Book.read(reader, work.now));
  const asOf = asked.input.asOf ?? book.today;
  refuseForecast(book, asOf, isPlanFile);
  const words = [
    ...asked.lasting,
    ...(asked.input.asOf === null ? ['--as-of', asOf] : []),
    ...(planId === undefined ? [] : ['--plan-id', planId]),
    '--yes',
  ];
  await startInBackground(context, work, { definition: GENERATE, input, words, piped: null });
}
