/** Hints about jobs: use cases know no options of the call, and what a hint says is to be copied as it is. */
import type { Work } from '../app/work.js';
import { PayrunError } from '../core/errors.js';
import type { CommandContext } from './command.js';
import { equivalentCommand } from './echo.js';
import { withWork } from './work.js';

/** As `withWork`, for what is about jobs: the commands in its hints name the ledger of this call. */
export async function withJobs<T>(context: CommandContext, use: (work: Work) => Promise<T>): Promise<T> {
  return withWork(context, (work) => namingLedger(context, () => use(work)));
}

/** Runs a step whose hints are to name the ledger and the actor that the call named. */
export async function namingLedger<T>(context: CommandContext, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof PayrunError) || error.hint === undefined) throw error;
    const hint = completeHint(context, error.hint);
    if (hint === error.hint) throw error;
    throw new PayrunError(error.code, error.message, { hint, details: error.details, cause: error });
  }
}

function completeHint({ globals }: CommandContext, hint: string): string {
  const more = equivalentCommand({ path: ['jobs'] }, [], globals).slice('payrun jobs'.length);
  return hint.replaceAll(/`(payrun jobs [^`]*)`/g, (_all, command: string) => `\`${command}${more}\``);
}
