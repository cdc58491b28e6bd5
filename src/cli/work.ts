/** From the global options to what a use case is handed. */
import type { Progress, Work } from '../app/work.js';
import { defaultLedgerPath, homeDirectory } from '../host/data-directory.js';
import { osUser } from '../host/os-user.js';
import type { CommandContext, GlobalOptions } from './command.js';

/** `--ledger`, else `$PAYRUN_LEDGER`, else `payrun/ledger.db` in the user's data directory. */
export function ledgerPath(context: {
  readonly globals: Pick<GlobalOptions, 'ledgerPath'>;
  readonly env: CommandContext['env'];
}): string {
  const { globals, env } = context;
  const fromEnv = env['PAYRUN_LEDGER'];
  if (globals.ledgerPath !== undefined) return globals.ledgerPath;
  return fromEnv === undefined || fromEnv === ''
    ? defaultLedgerPath(env, process.platform, homeDirectory)
    : fromEnv;
}

/** Who acts: `--actor`, else `$PAYRUN_ACTOR`, else the user of the operating system. */
export function actorOf(context: CommandContext): string {
  const fromEnv = context.env['PAYRUN_ACTOR'];
  return context.globals.actor ?? (fromEnv === undefined || fromEnv === '' ? osUser() : fromEnv);
}

/**
 * Opens the ledger, runs the use case, and closes it again whatever happens.
 * @throws what opening a ledger throws, and what the use case throws
 */
export async function withWork<T>(context: CommandContext, use: (work: Work) => Promise<T>): Promise<T> {
  const { openLedger } = await import('../app/ledger-file.js');
  const { terminal } = context;
  const progress: Progress = (step, of, label) => {
    terminal.progress(step, of, label);
  };
  const actor = actorOf(context);
  const ledger = await openLedger(ledgerPath(context), context.globals.waitSeconds, { actor, progress });
  for (const notice of ledger.notices) terminal.note(notice);
  try {
    return await use({
      ledger,
      now: context.clock.now(),
      actor,
      osUser: osUser(),
      progress,
      ...(context.once === undefined ? {} : { once: context.once }),
      ...(context.job === undefined ? {} : { job: context.job.id }),
    });
  } finally {
    terminal.progressDone();
    await ledger.close();
  }
}
