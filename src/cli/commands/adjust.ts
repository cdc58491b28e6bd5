/** `payrun adjust`: a bonus or a deduction by hand. */
import type { Adjusted, AdjustInput, AdjustmentKind } from '../../app/adjust.js';
import type { GivenAdjustment } from '../adjust-questions.js';
import { defineCommand, type CommandContext, type CommandInput } from '../command.js';
import { idempotencyKeyOption, repeatedAnswer } from '../idempotency.js';
import { requireDecision } from '../terminal.js';
import { withWork } from '../work.js';

async function givenOf(input: CommandInput): Promise<GivenAdjustment> {
  const { parseDay } = await import('../../core/period.js');
  const earnedOn = input.text('earnedOn');
  const given = {
    affiliate: input.optionalArgument('affiliate'),
    amount: input.optionalArgument('amount'),
    currency: input.optionalArgument('currency'),
    reason: input.text('reason'),
    kind: input.text('kind') as AdjustmentKind | undefined,
  };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), earnedOn: earnedOn === undefined ? null : parseDay(earnedOn) };
}

/** Nothing is guessed where nobody can be asked. */
function complete({ terminal }: CommandContext, given: GivenAdjustment): AdjustInput {
  const { affiliate = '', amount = '', currency = '', reason = '', kind = 'adjustment', earnedOn } = given;
  if (affiliate === '' || amount === '' || currency === '') {
    requireDecision(terminal, 'AFFILIATE AMOUNT CURRENCY', 'Who gets how much has not been said.');
  }
  if (reason.trim() === '') requireDecision(terminal, '--reason TEXT', 'An adjustment needs a reason.');
  return { affiliate, amount, currency, reason, kind, earnedOn };
}

/** What follows from it, before the command that pays it. */
function nextText({ commission, affiliate, whyNot, payable, payableOn, isLater }: Adjusted): string {
  const when = isLater ? `It counts from ${payableOn} on. ` : '';
  if (whyNot === 'affiliate_paused' || whyNot === 'affiliate_blocked') {
    return `Nothing is paid while the affiliate is ${affiliate.status}. Then:`;
  }
  if (commission.amount < 0n) {
    if (payable !== null) return `${when}It is netted from the next payout:`;
    const rest =
      whyNot === 'below_minimum' ? 'what is left now is below the minimum' : 'so far nothing is left';
    return `${when}It is netted from the next payout; ${rest}. Then:`;
  }
  if (whyNot === 'negative_balance')
    return `${when}It comes off what is owed back; nothing is payable yet. Then:`;
  if (whyNot === 'below_minimum') return `${when}What is due is below the minimum. Pay it all the same with:`;
  return isLater ? `Pay it from ${payableOn} on with:` : 'Pay it with:';
}

async function show(context: CommandContext, adjusted: Adjusted): Promise<void> {
  const { terminal, globals } = context;
  const { affiliate, commission, payWords } = adjusted;
  const { equivalentCommand } = await import('../echo.js');
  const pay = (...more: string[]): string =>
    equivalentCommand({ path: ['generate'] }, [...payWords, ...more], globals);
  if (terminal.json) {
    const { commissionJson } = await import('../render/commissions.js');
    terminal.printJson({ commission: commissionJson(commission), payWith: pay('--yes') });
    return;
  }
  const { sumsByCurrency } = await import('../render/money.js');
  const { safeText } = await import('../safe-text.js');
  const { id, kind } = commission;
  const what = kind === 'adjustment' ? 'an adjustment' : `a ${kind}`;
  const who = `${safeText(affiliate.name)} (${safeText(affiliate.id)})`;
  terminal.print(`Added ${what} of ${sumsByCurrency([commission])} for ${who}: ${id}.`);
  terminal.note(`${nextText(adjusted)}\n  ${pay()}`);
}

/** The words that add the same again without a question. */
function wordsOf({ affiliate, amount, currency, reason, kind, earnedOn }: AdjustInput): string[] {
  return [
    ...[affiliate, amount, currency, '--reason', reason],
    ...(kind === 'adjustment' ? [] : ['--kind', kind]),
    ...(earnedOn === null ? [] : ['--earned-on', earnedOn]),
    '--yes',
  ];
}

export const adjust = defineCommand({
  path: ['adjust'],
  summary: 'Add a bonus or a deduction for an affiliate',
  description:
    'It is approved at once and has no hold. What is above zero is paid with the next payout; what is below zero ' +
    'is netted from it.',
  arguments: [
    { name: 'affiliate', description: 'whom: id, e-mail or exact name' },
    { name: 'amount', description: 'a plain decimal; negative for what is taken back, such as -20.00' },
    { name: 'currency', description: 'its ISO code, such as USD' },
  ],
  options: [
    { flags: '--reason <text>', description: 'why; the affiliate sees it' },
    {
      flags: '--kind <kind>',
      description: 'adjustment (the default), bonus (above zero) or clawback (below zero)',
      choices: ['bonus', 'adjustment', 'clawback'],
    },
    { flags: '--earned-on <date>', description: 'the day it counts as earned; today if not given' },
    idempotencyKeyOption,
  ],
  examples: [
    {
      command: 'payrun adjust ada@example.com 50.00 USD --kind bonus --reason "best of October"',
      what: 'give a bonus',
    },
    { command: 'payrun adjust aff_1 -20.00 USD --reason "paid twice by hand"', what: 'take something back' },
    {
      command: 'payrun adjust aff_1 50.00 USD --reason "October bonus" --idempotency-key bonus-aff_1-2026-10',
      what: 'from a script: called again with this key it adds nothing',
    },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const first = await repeatedAnswer<Adjusted>(context, work);
      if (first !== undefined) {
        await show(context, first);
        return undefined;
      }
      const given = await givenOf(input);
      const { adjust: add } = await import('../../app/adjust.js');
      if (!terminal.isInteractive) {
        await show(context, await add(work, complete(context, given)));
        return undefined;
      }
      const { askAdjustment, confirmAdjustment } = await import('../adjust-questions.js');
      const asked = await askAdjustment(terminal, work, given);
      const isConfirmed = await confirmAdjustment(terminal, work, asked);
      if (isConfirmed) await show(context, await add(work, asked));
      const { echoCommand } = await import('../echo.js');
      echoCommand(context, adjust, wordsOf(asked), { declined: !isConfirmed });
      return undefined;
    }),
});
