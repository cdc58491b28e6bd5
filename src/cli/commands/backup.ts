/** `payrun backup FILE`: a verified copy of the ledger while it is in use. */
import type { BackedUp } from '../../app/backup.js';
import { defineCommand, type CommandContext } from '../command.js';
import { safeText } from '../safe-text.js';
import { withWork } from '../work.js';

function documentOf({ path, rows, sha256, head, verified }: BackedUp): Record<string, unknown> {
  return { files: [{ path, rows, sha256 }], head, verified: verified.ok, checks: verified.checks.length };
}

async function print({ terminal }: CommandContext, made: BackedUp): Promise<void> {
  const { counted } = await import('../render/money.js');
  const { headLines, sizeText } = await import('../render/backup.js');
  const { checks, ok } = made.verified;
  const failed = checks.filter((check) => !check.ok).map(({ name }) => name);
  const proof = ok ? `${counted(checks.length, 'check')} hold` : `NOT SOUND: ${failed.join(', ')}`;
  terminal.print(
    [
      `${safeText(made.path)}: ${counted(made.rows, 'commission')}, ${sizeText(made.bytes)}`,
      `  verified   ${proof}`,
      ...headLines(made.head, made.zone),
      `  sha256     ${made.sha256}`,
    ].join('\n'),
  );
}

export const backup = defineCommand({
  path: ['backup'],
  summary: 'Write a verified copy of the ledger while it is in use',
  description:
    'FILE is a file or a folder. The copy is the ledger at one moment, whatever others write meanwhile; every ' +
    'check of payrun verify is run on it before it takes its name. A file that is there is replaced with ' +
    '--force, and only if it is an older backup of this ledger.',
  arguments: [{ name: 'file', description: 'where to: a file, or a folder that is there', required: true }],
  options: [
    {
      flags: '--force',
      description: 'replace an older backup of this ledger; or write one of a ledger that is not sound',
    },
  ],
  examples: [
    { command: 'payrun backup backups/', what: 'into the folder, with the time in the name' },
    { command: 'payrun backup /mnt/safe/ledger-backup.db --force', what: 'over the backup of last night' },
  ],
  writes: false,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { backUp } = await import('../../app/backup.js');
      const made = await backUp(work, { out: input.argument('file'), force: input.flag('force') });
      const { notSound } = await import('../../app/verify.js');
      const { ok } = made.verified;
      if (terminal.json) {
        const { describeFailure, failureDocument } = await import('../failure.js');
        const failure = describeFailure(notSound(made.verified));
        terminal.printJson({ ...documentOf(made), ...(ok ? {} : failureDocument(failure)) });
        return ok ? 0 : failure.exitCode;
      }
      await print(context, made);
      if (!ok) throw notSound(made.verified);
      const { equivalentCommand } = await import('../echo.js');
      terminal.note(
        'Keep the audit head in another place as well: it shows whether a ledger was taken back.\n' +
          `To put the backup in the ledger's place:\n` +
          `  ${equivalentCommand({ path: ['restore'] }, [made.path], context.globals)}`,
      );
      return 0;
    }),
});
