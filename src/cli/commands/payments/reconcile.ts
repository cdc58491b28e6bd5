/** `payrun payments reconcile`: what the provider says became of the payments of a batch. */
import type { Reconciled, Results } from '../../../app/reconcile-payments.js';
import type { Work } from '../../../app/work.js';
import type { Settlement } from '../../../core/reconciliation.js';
import { defineCommand, type CommandContext, type CommandDefinition } from '../../command.js';
import { batchArgument } from '../../payment-batch.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

/** Named here, so that no command line has to load the reading of files. */
const FORMATS = ['paypal', 'wise', 'csv'] as const;

/** So many payouts are named in the command that pays them anew. */
const FEW_PAYOUTS = 5;

/**
 * On a terminal what would change is shown and it is asked; elsewhere it needs --yes where anything would.
 * @returns what was shown; undefined where nobody looked; null for a No
 * @throws UsageError when consent is missing
 */
async function looked(
  context: CommandContext,
  work: Work,
  results: Results,
): Promise<readonly Settlement[] | undefined | null> {
  const { terminal } = context;
  if (context.globals.yes) return undefined;
  const { previewReconciliation } = await import('../../../app/reconcile-payments.js');
  const { settlements } = await previewReconciliation(work, results);
  if (settlements.length === 0) return settlements;
  requireDecision(terminal, '--yes', 'To mark payouts as the file says needs consent.');
  const { printSettlements, settledWords } = await import('../../render/reconciliation.js');
  await printSettlements(terminal, settlements);
  const { confirm } = await import('../../prompts.js');
  if (await confirm(terminal, { message: `Mark payouts: ${settledWords(settlements)}?` })) return settlements;
  terminal.note('Nothing was changed.');
  return null;
}

/** @param seen whether the payouts that changed were shown before */
async function show(
  context: CommandContext,
  reconciled: Reconciled,
  { dryRun, seen, typed }: { readonly dryRun: boolean; readonly seen: boolean; readonly typed: Typed },
): Promise<void> {
  const { terminal } = context;
  const { settlements, unchanged, unmatched, batch } = reconciled;
  const render = await import('../../render/reconciliation.js');
  if (terminal.json) {
    const { batchJson } = await import('../../render/payments.js');
    terminal.printJson({ ...render.reconciledJson(reconciled, batchJson(batch)), dryRun });
    return;
  }
  const { counted } = await import('../../render/money.js');
  const done = render.settledWords(settlements);
  const none = 'Nothing to change';
  const headline = done === '' ? none : dryRun ? `Would be changed: ${done}` : `Changed: ${done}`;
  const same = unchanged === 0 ? '' : ` ${counted(unchanged, 'payout')} said so already.`;
  const made = `${batch.id} (${batch.method}, made on ${batch.createdOn})`;
  terminal.print(terminal.bold(`${made}: ${headline}.${same}`));
  if (!seen && settlements.length > 0) {
    terminal.print('\n');
    await render.printSettlements(terminal, settlements);
  }
  await render.printUnmatched(terminal, unmatched);
  const undated = settlements.filter(({ isDatedToday }) => isDatedToday).length;
  if (undated > 0) {
    const are = undated === 1 ? 'is' : 'are';
    terminal.note(`${counted(undated, 'payout')} ${are} dated today: the file gives no day.`);
  }
  if (dryRun && settlements.length > 0) {
    const { equivalentCommand } = await import('../../echo.js');
    const { path } = paymentsReconcile;
    terminal.note(`To mark them:\n  ${equivalentCommand({ path }, wordsOf(typed), context.globals)}`);
  } else await tellNext(context, reconciled);
}

/** What is still under way is looked at; what did not arrive is paid anew. */
async function tellNext(
  { terminal, globals }: CommandContext,
  { batch, payouts }: Reconciled,
): Promise<void> {
  const { equivalentCommand } = await import('../../echo.js');
  const command = (verb: string, ...parts: readonly string[]): string =>
    equivalentCommand({ path: ['payments', verb] }, parts, globals);
  const back = payouts.filter(({ status }) => status !== 'paid').map(({ invoiceNumber }) => invoiceNumber);
  if (back.length > 0 && back.length <= FEW_PAYOUTS) {
    const parts = ['--method', batch.method, ...back];
    terminal.note(`To pay anew what did not arrive:\n  ${command('create', ...parts)}`);
  }
  const what = batch.status === 'processing' ? 'What is still under way' : 'The batch';
  terminal.note(`${what}:\n  ${command('show', batch.id)}`);
}

/** What was asked for, as the command line has it. */
interface Typed {
  readonly batch: string;
  readonly path: string;
  readonly format: string | null;
  readonly mapPath: string | null;
}

/** The same without a question. */
const wordsOf = ({ batch, path, format, mapPath }: Typed): string[] => [
  ...[batch, path],
  ...(format === null ? [] : ['--format', format]),
  ...(mapPath === null ? [] : ['--map', mapPath]),
  '--yes',
];

export const paymentsReconcile: CommandDefinition = defineCommand({
  path: ['payments', 'reconcile'],
  summary: "Mark the payouts of a batch as the provider's file says",
  description:
    "Reads PayPal's payout report, Wise's transaction history, or a bank statement as CSV, and marks each payout as " +
    'paid, failed or returned where reference, currency and amount all match and the day is one of the batch. What ' +
    'does not match is listed and nothing is guessed. The same file again changes nothing. For a bank statement a ' +
    'small JSON file, the map, says in which columns things stand: {"columns": {"reference": "Purpose", ' +
    '"amount": "Amount", "date": "Booked"}, "currency": "EUR", "dateFormat": "dmy", "decimalMark": ",", ' +
    '"payments": "negative"}.',
  arguments: [
    batchArgument,
    { name: 'file', description: "the provider's file, or - for standard input", required: true },
  ],
  options: [
    {
      flags: '--format <format>',
      description: "what the file is; that of the batch's method if not given",
      choices: FORMATS,
    },
    { flags: '--map <file>', description: 'a JSON file that says what the columns and words mean' },
    { flags: '--dry-run', description: 'only says what would be changed' },
  ],
  examples: [
    {
      command: 'payrun payments reconcile B-000003 payouts-report.csv --yes',
      what: "PayPal's report of a batch",
    },
    {
      command: 'payrun payments reconcile B-000004 statement.csv --map bank.json --dry-run',
      what: 'a bank statement, only to look',
    },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const dryRun = input.flag('dryRun');
      const [batch, path] = [input.argument('batch'), input.argument('file')];
      const mapPath = input.text('map') ?? null;
      const format = FORMATS.find((one) => one === input.text('format')) ?? null;
      if (!dryRun) work.ledger.refuseReadOnly();
      const { readResults, reconcilePayments, previewReconciliation } =
        await import('../../../app/reconcile-payments.js');
      const typed = { batch, path, format, mapPath };
      const results = await readResults(work, { ...typed, stdin: context.stdin });
      if (dryRun) {
        const reconciled = await previewReconciliation(work, results);
        await show(context, reconciled, { dryRun, seen: false, typed });
        return undefined;
      }
      const expected = await looked(context, work, results);
      if (expected !== null) {
        const reconciled = await reconcilePayments(work, results, { expected });
        await show(context, reconciled, { dryRun, seen: expected !== undefined, typed });
      }
      const wasAsked = expected === null || (expected?.length ?? 0) > 0;
      if (context.terminal.isInteractive && wasAsked) {
        const { echoCommand } = await import('../../echo.js');
        echoCommand(context, paymentsReconcile, wordsOf(typed), { declined: expected === null });
      }
      return undefined;
    }),
});
