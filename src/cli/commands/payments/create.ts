/** `payrun payments create`: payouts leave together, in a file for the bank or the provider. */
import type { CreatedPayments, PaymentPlace } from '../../../app/create-payments.js';
import type { PaymentPlan, PaymentRequest } from '../../../app/plan-payments.js';
import type { Work } from '../../../app/work.js';
import { PAYOUT_METHODS } from '../../../core/affiliate.js';
import { PAYMENT_FORMATS } from '../../../core/payment.js';
import {
  defineCommand,
  type CommandContext,
  type CommandDefinition,
  type CommandInput,
} from '../../command.js';
import { echoCommand } from '../../echo.js';
import { idempotencyKeyOption, repeatedAnswer } from '../../idempotency.js';
import { whatNext } from '../../payment-batch.js';
import { paymentRequest, requestWords } from '../../payment-request.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

const NOTHING_WAITS =
  'Nothing of it waits to be paid by this method: it is on its way or done. What is not yet paid:\n  payrun pending';

/** What would be paid and what not, as text; a note says what to do about the rest. */
async function printPlan({ terminal }: CommandContext, plan: PaymentPlan): Promise<void> {
  const { leftOutNotes, planText } = await import('../../render/payments.js');
  await terminal.page(planText(terminal, plan));
  const notes = leftOutNotes(plan);
  if (notes !== '') terminal.note(notes);
  else if (plan.files.length === 0) terminal.note(NOTHING_WAITS);
}

async function dryRun(context: CommandContext, work: Work, request: PaymentRequest): Promise<void> {
  const { previewPayments } = await import('../../../app/create-payments.js');
  const plan = await previewPayments(work, request, null);
  if (context.terminal.json) {
    const { planJson } = await import('../../render/payments.js');
    context.terminal.printJson(planJson(plan, work.actor));
    return;
  }
  await printPlan(context, plan);
  context.terminal.note('Nothing was written.');
  if (context.terminal.isInteractive) {
    echoCommand(context, paymentsCreate, [...requestWords(request), '--dry-run']);
  }
}

/** @param seen whether the plan was shown just now */
async function answer(context: CommandContext, created: CreatedPayments, seen: boolean): Promise<void> {
  const { terminal } = context;
  const { createdJson, createdText, leftOutNotes } = await import('../../render/payments.js');
  if (terminal.json) {
    terminal.printJson(createdJson(created));
    return;
  }
  terminal.print(createdText(terminal, created, seen));
  const notes = seen ? '' : leftOutNotes(created);
  if (notes !== '') terminal.note(notes);
  else if (created.batch === null) terminal.note(NOTHING_WAITS);
  if (created.batch !== null) terminal.note(whatNext(context, created.batch.id));
}

const CONSENT = 'Making a payment batch needs consent: money is about to leave.';

async function placeOf({ terminal }: CommandContext, input: CommandInput): Promise<PaymentPlace> {
  const overwrite = input.flag('force');
  const said = input.text('out');
  if (said !== undefined) return { out: said, overwrite };
  requireDecision(terminal, '--out FILE', 'Where the payment file goes has not been said.');
  const prompts = await import('../../prompts.js');
  const out = await prompts.input(terminal, { message: 'Into which file or folder?', initial: '.' });
  return { out, overwrite };
}

/** What was looked at, and where its files go; null where nothing is to be paid, or the answer was No. */
interface Looked {
  readonly plan: PaymentPlan;
  readonly place: PaymentPlace | null;
  readonly agreed: boolean;
}

/** Shows on a terminal what would be paid, asks where to, and whether. */
async function look(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  request: PaymentRequest,
): Promise<Looked> {
  const { terminal } = context;
  const { previewPayments } = await import('../../../app/create-payments.js');
  const { paymentsOf } = await import('../../../app/plan-payments.js');
  const plan = await previewPayments(work, request, null);
  await printPlan(context, plan);
  if (plan.files.length === 0) return { plan, place: null, agreed: false };
  const place = await placeOf(context, input);
  await previewPayments(work, request, place);
  const { counted, sumsByCurrency } = await import('../../render/money.js');
  const payments = paymentsOf(plan);
  const message = `Send ${counted(payments.length, 'payout')} (${sumsByCurrency(payments)}) on their way?`;
  const { confirm } = await import('../../prompts.js');
  const agreed = await confirm(terminal, { message });
  if (!agreed) terminal.note('Nothing was paid.');
  return { plan, place, agreed };
}

async function create(context: CommandContext, input: CommandInput, work: Work): Promise<void> {
  const { terminal, globals } = context;
  const request = await paymentRequest(context, input);
  if (input.flag('dryRun')) {
    await dryRun(context, work, request);
    return;
  }
  if (!globals.yes) requireDecision(terminal, '--yes', CONSENT);
  const first = await repeatedAnswer<CreatedPayments>(context, work);
  if (first !== undefined) {
    await answer(context, first, false);
    return;
  }
  const { createPayments } = await import('../../../app/create-payments.js');
  if (globals.yes) {
    await answer(context, await createPayments(work, request, await placeOf(context, input)), false);
    return;
  }
  const { plan, place, agreed } = await look(context, input, work, request);
  if (place !== null && agreed) await answer(context, await createPayments(work, request, place, plan), true);
  const words = [
    ...requestWords(request),
    ...['--out', place?.out ?? input.text('out') ?? '.'],
    ...(input.flag('force') ? ['--force'] : []),
    '--yes',
  ];
  echoCommand(context, paymentsCreate, words, { declined: place !== null && !agreed });
}

export const paymentsCreate: CommandDefinition = defineCommand({
  path: ['payments', 'create'],
  summary: 'Write a payment file for the bank or the provider, and put its payouts on their way',
  description:
    'Pays what is open (where no approval is required) and what is approved, of affiliates paid by the method. ' +
    'With --run also what failed or came back. What cannot be paid is left out, listed with the reason, and keeps ' +
    'its status. The payouts become processing and are in no second batch unless they fail, come back or are ' +
    'cancelled; the details to which they go are frozen. What a format must split becomes x-1.csv, x-2.csv and so ' +
    'on. docs/exports.md tells where to load each file. Should the program be killed at the very end, the batch ' +
    'is there and payrun payments write writes its file.',
  arguments: [
    { name: 'invoiceNumber', description: 'just these payouts, by invoice number', variadic: true },
  ],
  options: [
    { flags: '--method <method>', description: 'by which way to pay', choices: PAYOUT_METHODS },
    { flags: '--run <run>', description: 'what can be paid of a run, also what failed or came back' },
    { flags: '--approved', description: 'only what is approved' },
    {
      flags: '--format <format>',
      description: "the file; the method's own if not given, csv for a list that any bank reads",
      choices: PAYMENT_FORMATS,
    },
    { flags: '--out <file>', description: 'a file, or a folder in which it is named after the batch' },
    { flags: '--execution-date <date>', description: 'the day on which the money is to move; else today' },
    { flags: '--strict', description: 'pay nothing where something is left out' },
    {
      flags: '--include-corrected',
      description: 'also those whose lines were corrected since they were made',
    },
    { flags: '--dry-run', description: 'show what would be paid and left out, and write nothing' },
    { flags: '--force', description: 'replace a file that is there' },
    idempotencyKeyOption,
  ],
  examples: [
    { command: 'payrun payments create', what: 'ask for the way and the file, show what is paid, confirm' },
    { command: 'payrun payments create --method sepa --dry-run', what: 'look at it first' },
    {
      command: 'payrun payments create --method paypal --out bank/ --yes',
      what: 'what is due by PayPal, into the folder bank',
    },
    {
      command: 'payrun payments create --method sepa --run R-000003 --strict --out run3.xml --yes',
      what: 'a whole run, or nothing of it',
    },
  ],
  writes: true,
  menu: 'Write the payment file for the bank',
  handler: (context, input) =>
    withWork(context, async (work) => {
      await create(context, input, work);
      return undefined;
    }),
});
