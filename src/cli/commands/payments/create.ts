/** `payrun payments create`: payouts leave together, in a file for the bank or the provider. */
import type { CreatedPayments, PaymentPlace } from '../../../app/create-payments.js';
import type { PaymentPlan, PaymentRequest } from '../../../app/plan-payments.js';
import type { Work } from '../../../app/work.js';
import { PAYOUT_METHODS } from '../../../core/affiliate.js';
import type { CalendarDate } from '../../../core/calendar.js';
import { PAYMENT_FORMATS, type PaymentMethod } from '../../../core/payment.js';
import {
  defineCommand,
  type CommandContext,
  type CommandDefinition,
  type CommandInput,
} from '../../command.js';
import { echoCommand, equivalentCommand } from '../../echo.js';
import { idempotencyKeyOption, repeatedAnswer } from '../../idempotency.js';
import { warnOfLeftOver, whatNext } from '../../payment-batch.js';
import { paymentRequest, requestWords } from '../../payment-request.js';
import { safeText } from '../../safe-text.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

/** @returns why there is nothing to pay where nothing was left out either */
function nothingWaits({ globals }: CommandContext, { selection, method }: PaymentRequest): string {
  const pending = equivalentCommand({ path: ['pending'] }, [], globals);
  const what =
    selection.of === 'run'
      ? `Nothing of the run ${selection.run} waits to be paid: it is on its way or done`
      : `No payout by ${method} waits to be paid`;
  return `${what}. What is not yet paid:\n  ${pending}`;
}

/** Banks carry nothing out at the weekend. */
function noteWeekend({ terminal }: CommandContext, method: PaymentMethod, day: CalendarDate): void {
  const name = new Map([
    [0, 'Sunday'],
    [6, 'Saturday'],
  ]).get(new Date(`${day}T00:00Z`).getUTCDay());
  if (name === undefined || (method !== 'sepa' && method !== 'ach')) return;
  terminal.note(`${day} is a ${name}: the bank carries it out on its next business day.`);
}

/** What would be paid and what not, as text; a note says what to do about the rest. */
async function printPlan(context: CommandContext, plan: PaymentPlan, request: PaymentRequest): Promise<void> {
  const { terminal, globals } = context;
  const render = await import('../../render/payments.js');
  await render.printPlan(terminal, plan);
  const notes = render.leftOutNotes(plan, globals);
  if (notes !== '') terminal.note(notes);
  else if (plan.files.length === 0) terminal.note(nothingWaits(context, request));
  if (plan.files.length > 0) noteWeekend(context, plan.method, plan.order.executionOn);
}

async function dryRun(context: CommandContext, work: Work, request: PaymentRequest): Promise<void> {
  const { previewPayments } = await import('../../../app/create-payments.js');
  const plan = await previewPayments(work, request, null);
  if (context.terminal.json) {
    const { planJson } = await import('../../render/payments.js');
    context.terminal.printJson(planJson(plan, work.actor, context.globals));
    return;
  }
  await printPlan(context, plan, request);
  context.terminal.note('Nothing was written.');
  if (context.terminal.isInteractive) {
    echoCommand(context, paymentsCreate, [...requestWords(request), '--dry-run']);
  }
}

/** What is told beside the batch: whether its plan was shown just now, and which files are not there. */
interface Told {
  readonly request: PaymentRequest;
  readonly seen: boolean;
  readonly missing: readonly string[];
}

async function answer(
  context: CommandContext,
  created: CreatedPayments,
  { request, seen, missing }: Told,
): Promise<void> {
  const { terminal, globals } = context;
  const { batch } = created;
  const { createdJson, createdText, leftOutNotes } = await import('../../render/payments.js');
  if (terminal.json) {
    terminal.printJson(createdJson(created, missing, globals));
    return;
  }
  terminal.print(createdText(terminal, created, seen));
  const notes = seen ? '' : leftOutNotes(created, globals);
  if (notes !== '') terminal.note(notes);
  else if (batch === null) terminal.note(nothingWaits(context, request));
  if (batch === null) return;
  if (!seen) noteWeekend(context, batch.method, batch.executionOn);
  terminal.note(whatNext(context, batch.id));
}

/** Tells the answer of the first call, and which of its files are not there: it may have been killed. */
async function tellAgain(
  context: CommandContext,
  input: CommandInput,
  work: Work,
  { first, request }: { readonly first: CreatedPayments; readonly request: PaymentRequest },
): Promise<void> {
  const { missingFiles } = await import('../../../app/create-payments.js');
  const missing = await missingFiles(work, first);
  await answer(context, first, { request, seen: false, missing });
  if (missing.length === 0) return;
  const words = [first.batch?.id ?? '', '--out', input.text('out') ?? '.'];
  const again = equivalentCommand({ path: ['payments', 'write'] }, words, context.globals);
  context.terminal.warn(
    `${missing.map(safeText).join(', ')}: not there with what was written then. ` +
      `If it was never sent, write it again:\n  ${again}`,
  );
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
  await printPlan(context, plan, request);
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
    await tellAgain(context, input, work, { first, request });
    return;
  }
  const make = async (place: PaymentPlace, plan?: PaymentPlan): Promise<void> => {
    const { createPayments } = await import('../../../app/create-payments.js');
    const made = await createPayments(work, request, place, plan);
    await answer(context, made, { request, seen: plan !== undefined, missing: [] });
    warnOfLeftOver(context, made.leftOver);
  };
  if (globals.yes) {
    await make(await placeOf(context, input));
    return;
  }
  const { plan, place, agreed } = await look(context, input, work, request);
  if (place !== null && agreed) await make(place, plan);
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
