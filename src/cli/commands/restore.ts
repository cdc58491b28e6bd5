/** `payrun restore FILE`: a backup in the place of the ledger. */
import type { Decider, Restored, RestorePlan } from '../../app/restore.js';
import { osUser } from '../../host/os-user.js';
import { defineCommand, type CommandContext } from '../command.js';
import { safeText } from '../safe-text.js';
import type { TableLayout } from '../table.js';
import { requireDecision } from '../terminal.js';
import { actorOf, ledgerPath } from '../work.js';

/** Nothing is told twice: with all consent given the result tells what was lost. */
function decider(context: CommandContext, force: boolean): Decider {
  const { terminal, globals } = context;
  return {
    async shown(plan) {
      terminal.progressDone();
      const isRefused = !force && losesSomething(plan);
      if (terminal.json || (globals.yes && !isRefused)) return;
      const { planText } = await import('../render/backup.js');
      const text = planText(plan, errorLayout(terminal));
      // Why it is refused is said with --quiet, too.
      if (isRefused) terminal.warn(`Something would be lost.\n${text}`);
      else terminal.note(text);
    },
    async consent(plan) {
      if (globals.yes) return true;
      requireDecision(terminal, '--yes', `Restoring replaces the ledger ${plan.path}.`);
      const { confirm } = await import('../prompts.js');
      return confirm(terminal, { message: 'Replace the ledger by the backup? The old one is kept.' });
    },
  };
}

/** What is said on stderr is fitted to a terminal there, and left whole anywhere else. */
const errorLayout = ({ stderr, errorWidth }: CommandContext['terminal']): TableLayout =>
  stderr.isTTY === true ? { width: errorWidth } : {};

function losesSomething({ comparison }: RestorePlan): boolean {
  return comparison === null || comparison.lost.entries.length > 0 || comparison.lost.payouts.length > 0;
}

async function show(context: CommandContext, restored: Restored): Promise<void> {
  const { terminal, globals } = context;
  const { headLines, lostJson, lostText, lostTables } = await import('../render/backup.js');
  const { lostPayoutDetail } = await import('../../app/restore.js');
  const { path, from, sha256, head, changed, kept, comparison, zone } = restored;
  const known = comparison === 'unknown' ? null : comparison;
  const keptAs = kept[0] ?? null;
  if (terminal.json) {
    terminal.printJson({
      restored: changed ? { path, from, sha256, head, keptAs, kept } : null,
      lost: comparison === 'unknown' ? null : lostJson(known, zone),
      lostPayouts: known?.lost.payouts.map(lostPayoutDetail) ?? [],
    });
    return;
  }
  if (!changed) {
    terminal.print(`${safeText(path)} is the same as the backup already; nothing was changed.`);
    return;
  }
  const lost = known === null ? '' : lostText(known);
  terminal.print(
    [
      `Restored ${safeText(path)} from ${safeText(from)}.`,
      ...headLines(head, zone),
      ...kept.map((file) => `  kept       ${safeText(file)}`),
      ...(lost === '' ? [] : [`  lost       ${lost}`]),
    ].join('\n'),
  );
  const { equivalentCommand } = await import('../echo.js');
  if (known !== null && lost !== '') {
    const more = equivalentCommand({ path: ['audit', 'list'] }, [], { ledgerPath: keptAs ?? path });
    terminal.warn(
      'What was done since the backup is not in the ledger. Do it again, from this list, before you pay.\n' +
        lostTables(known, zone, { ...errorLayout(terminal), more: `see ${more}` }),
    );
  }
  terminal.note(`Look at what is to be paid:\n  ${equivalentCommand({ path: ['pending'] }, [], globals)}`);
}

export const restore = defineCommand({
  path: ['restore'],
  summary: 'Put a backup in the place of the ledger',
  description:
    'The backup is verified first. A ledger in place is compared with it: what was done there since the backup, ' +
    'payouts and decisions such as a block, would be lost, so it is listed and refused without --force. The ' +
    'old ledger is kept beside the new one.',
  arguments: [{ name: 'file', description: 'what payrun backup wrote', required: true }],
  options: [
    {
      flags: '--force',
      description: 'also when something is lost, or when the ledger in place cannot be compared',
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
    const restored = await run(restorer, asked, decider(context, asked.force));
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
