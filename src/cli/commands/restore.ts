/** `payrun restore FILE`: a backup in the place of the ledger. */
import type { Restored, RestorePlan } from '../../app/restore.js';
import { osUser } from '../../host/os-user.js';
import { defineCommand, type CommandContext } from '../command.js';
import { safeText } from '../safe-text.js';
import { requireDecision } from '../terminal.js';
import { actorOf, ledgerPath } from '../work.js';

/** On a terminal what is lost is shown and it is asked; elsewhere it takes --yes. */
async function consent(context: CommandContext, plan: RestorePlan): Promise<boolean> {
  const { terminal, globals } = context;
  if (globals.yes) return true;
  requireDecision(terminal, '--yes', `Restoring replaces the ledger ${plan.path}.`);
  const { lastRowText, lostText } = await import('../render/backup.js');
  const { comparison } = plan;
  const lost = comparison === null ? '' : lostText(comparison);
  const { lostDetail } = await import('../../app/restore.js');
  terminal.note(
    [
      `Ledger  ${safeText(plan.path)}`,
      `        last entry ${comparison === null ? 'cannot be read' : lastRowText(comparison.head)}`,
      `Backup  ${safeText(plan.from)}`,
      `        last entry ${lastRowText(plan.head)}`,
      comparison === null
        ? 'Nobody knows what the ledger has that the backup lacks.'
        : `The backup lacks: ${lost === '' ? 'nothing' : lost}`,
      ...(comparison?.lost.payouts ?? []).map(
        (payout) => `  ${safeText(lostDetail(payout)['message'] ?? '')}`,
      ),
    ].join('\n'),
  );
  const { confirm } = await import('../prompts.js');
  return confirm(terminal, { message: 'Replace the ledger by the backup? The old one is kept.' });
}

async function show(context: CommandContext, restored: Restored): Promise<void> {
  const { terminal, globals } = context;
  const { headLines, lostJson, lostText } = await import('../render/backup.js');
  const { lostDetail } = await import('../../app/restore.js');
  const { path, from, sha256, head, changed, keptAs, comparison } = restored;
  const lostPayouts = comparison === null || comparison === 'unknown' ? [] : comparison.lost.payouts;
  if (terminal.json) {
    terminal.printJson({
      restored: changed ? { path, from, sha256, head, keptAs } : null,
      lost: lostJson(comparison),
      lostPayouts: lostPayouts.map(lostDetail),
    });
    return;
  }
  if (!changed) {
    terminal.print(`${safeText(path)} is the same as the backup already; nothing was changed.`);
    return;
  }
  const lost = comparison === null || comparison === 'unknown' ? '' : lostText(comparison);
  terminal.print(
    [
      `Restored ${safeText(path)} from ${safeText(from)}.`,
      ...headLines(head),
      ...(keptAs === null ? [] : [`  kept       ${safeText(keptAs)}`]),
      ...(lost === '' ? [] : [`  lost       ${lost}`]),
    ].join('\n'),
  );
  if (lost !== '') {
    terminal.warn('What happened since the backup is not in the ledger. Import it again before you pay.');
  }
  if (lostPayouts.length > 0) {
    const rows = lostPayouts.map((payout) => `  ${lostDetail(payout)['message'] ?? ''}`);
    terminal.warn(`These payouts will be paid again unless you see to it:\n${rows.join('\n')}`);
  }
  const { equivalentCommand } = await import('../echo.js');
  terminal.note(`Look at what is to be paid:\n  ${equivalentCommand({ path: ['pending'] }, [], globals)}`);
}

export const restore = defineCommand({
  path: ['restore'],
  summary: 'Put a backup in the place of the ledger',
  description:
    'The backup is verified first. A ledger in place is compared with it: where it has payouts that the backup ' +
    'lacks, restoring would pay them again and issue their numbers twice, so they are listed and it is ' +
    'refused without --force. The old ledger is kept beside the new one.',
  arguments: [{ name: 'file', description: 'what payrun backup wrote', required: true }],
  options: [
    {
      flags: '--force',
      description: 'also when payouts are lost, or when the ledger in place cannot be compared',
    },
  ],
  examples: [
    {
      command: 'payrun restore backups/payrun-backup-ledger-2026-11-21-030000.db',
      what: 'go back to a backup, after a question',
    },
    {
      command: 'payrun restore ledger-backup.db --ledger test/ledger.db',
      what: 'try a backup out in another place',
    },
  ],
  writes: true,
  async handler(context, input) {
    const { terminal, globals } = context;
    const { restore: run } = await import('../../app/restore.js');
    const restorer = {
      now: context.clock.now(),
      actor: actorOf(context),
      osUser: osUser(),
      progress: (step: number, of: number, label: string) => {
        terminal.progress(step, of, label);
      },
    };
    const asked = {
      from: input.argument('file'),
      to: ledgerPath(context),
      force: input.flag('force'),
      waitSeconds: globals.waitSeconds,
    };
    const restored = await run(restorer, asked, async (plan) => {
      terminal.progressDone();
      return consent(context, plan);
    });
    terminal.progressDone();
    if (restored === null) terminal.note('Nothing was restored.');
    else await show(context, restored);
    const replaced = restored?.changed === true && restored.comparison !== null;
    if (restored === null || (replaced && terminal.isInteractive)) {
      const { echoCommand } = await import('../echo.js');
      const words = [asked.from, ...(asked.force ? ['--force'] : []), '--yes'];
      echoCommand(context, restore, words, { declined: restored === null });
    }
    return undefined;
  },
});
