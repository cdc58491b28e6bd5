/** `payrun verify`: does the ledger hold what it promises? */
import type { CheckResult } from '../../app/verify.js';
import { defineCommand } from '../command.js';
import { safeText } from '../safe-text.js';
import type { Terminal } from '../terminal.js';
import { withWork } from '../work.js';

/** On a terminal so many problems of a check are shown; `--json` and a pipe show all. */
const SHOWN_PROBLEMS = 20;

function checkText(terminal: Terminal, { name, ok, checked, problems }: CheckResult, rule: string): string {
  const count = checked.toLocaleString('en-US');
  if (ok) return `${terminal.green('ok')}    ${name} (${count} checked)`;
  const shown = terminal.outputIsTerminal ? problems.slice(0, SHOWN_PROBLEMS) : problems;
  const more = problems.length - shown.length;
  return [
    `${terminal.red('WRONG')} ${name} (${count} checked)`,
    `        What must hold: ${rule}`,
    ...shown.map(({ message }) => `      - ${safeText(message)}`),
    ...(more > 0 ? [`      ... and ${more} more; --json lists them all.`] : []),
  ].join('\n');
}

export const verify = defineCommand({
  path: ['verify'],
  summary: 'Prove that the ledger is sound',
  description: 'Works every figure out again from the facts. Ends with exit code 7 when something is wrong.',
  options: [
    { flags: '--check <name>', description: 'only this check; may be given several times', repeatable: true },
  ],
  examples: [
    { command: 'payrun verify', what: 'all checks' },
    { command: 'payrun verify --check numbers_gapless', what: 'only the invoice numbers' },
  ],
  writes: false,
  menu: 'Check the ledger',
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const { notSound, ruleOf, verify: run } = await import('../../app/verify.js');
      const verified = await run(work, input.list('check'));
      if (terminal.json) {
        const { describeFailure, failureDocument } = await import('../failure.js');
        const failure = describeFailure(notSound(verified));
        terminal.printJson({ ...verified, ...(verified.ok ? {} : failureDocument(failure)) });
        return verified.ok ? 0 : failure.exitCode;
      }
      // What is wrong stands first, where `head` and whoever reads from the top see it.
      const checks = [...verified.checks].sort((a, b) => Number(a.ok) - Number(b.ok));
      const told = checks.map((check) => checkText(terminal, check, ruleOf(check.name)));
      if (verified.ok) {
        terminal.print(told.join('\n'));
      } else {
        const failure = notSound(verified);
        terminal.print([terminal.bold(failure.message), ...told].join('\n'));
        throw failure;
      }
      terminal.note('Everything holds.');
      return 0;
    }),
});
