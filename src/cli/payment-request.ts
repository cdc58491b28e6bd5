/** What a payment batch is asked for: by the words of the command line, and by answers on a terminal. */
import type { PaymentRequest, PaymentSelection } from '../app/plan-payments.js';
import { PAYOUT_METHODS } from '../core/affiliate.js';
import { UsageError } from '../core/errors.js';
import type { PaymentFormat, PaymentMethod } from '../core/payment.js';
import type { CommandContext, CommandInput } from './command.js';
import { requireDecision } from './terminal.js';

const METHOD_WORDS: Readonly<Record<PaymentMethod, string>> = {
  paypal: 'PayPal Payouts, as CSV',
  wise: 'Wise batch payments, as CSV',
  sepa: 'SEPA credit transfers, as pain.001',
  ach: 'ACH credits, as NACHA',
  manual: 'by hand, with a list as CSV',
};

/** @throws UsageError where two ways to say which payouts are mixed */
function selectionOf(input: CommandInput): PaymentSelection {
  const invoiceNumbers = input.argumentList('invoiceNumber');
  const run = input.text('run');
  const approved = input.flag('approved');
  const ways = [invoiceNumbers.length > 0, run !== undefined, approved].filter((way) => way);
  if (ways.length > 1) {
    throw new UsageError('Say which payouts in one way: invoice numbers, --run R or --approved.');
  }
  if (invoiceNumbers.length > 0) return { of: 'named', invoiceNumbers };
  if (run !== undefined) return { of: 'run', run };
  return { of: approved ? 'approved' : 'due' };
}

/** The method as said; on a terminal it is asked. @throws UsageError when nobody can be asked */
async function methodOf({ terminal }: CommandContext, input: CommandInput): Promise<PaymentMethod> {
  const said = input.text('method') as PaymentMethod | undefined;
  if (said !== undefined) return said;
  requireDecision(terminal, `--method ${PAYOUT_METHODS.join('|')}`, 'By which way to pay has not been said.');
  const prompts = await import('./prompts.js');
  return prompts.select<PaymentMethod>(terminal, {
    message: 'By which way?',
    choices: PAYOUT_METHODS.map((method) => ({
      name: `${method.padEnd(6)}  ${METHOD_WORDS[method]}`,
      value: method,
    })),
  });
}

/** What is asked for. @throws UsageError for words that contradict each other or are missing */
export async function paymentRequest(context: CommandContext, input: CommandInput): Promise<PaymentRequest> {
  const { parseDay } = await import('../core/period.js');
  const selection = selectionOf(input);
  const day = input.text('executionDate');
  return {
    method: await methodOf(context, input),
    format: (input.text('format') as PaymentFormat | undefined) ?? null,
    selection,
    executionOn: day === undefined ? null : parseDay(day),
    strict: input.flag('strict'),
    includeCorrected: input.flag('includeCorrected'),
  };
}

/** The words that ask for the same. */
export function requestWords(request: PaymentRequest): string[] {
  const { method, format, selection, executionOn, strict, includeCorrected } = request;
  return [
    ...(selection.of === 'named' ? selection.invoiceNumbers : []),
    ...['--method', method],
    ...(selection.of === 'run' ? ['--run', selection.run] : []),
    ...(selection.of === 'approved' ? ['--approved'] : []),
    ...(format === null ? [] : ['--format', format]),
    ...(executionOn === null ? [] : ['--execution-date', executionOn]),
    ...(strict ? ['--strict'] : []),
    ...(includeCorrected ? ['--include-corrected'] : []),
  ];
}
