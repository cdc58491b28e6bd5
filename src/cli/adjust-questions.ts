/** What interactive `adjust` asks: whom, what, how much, and why. */
import { ADJUSTMENT_KINDS, adjustmentAmount, type AdjustInput, type AdjustmentKind } from '../app/adjust.js';
import { Book } from '../app/book.js';
import { resolveAffiliate } from '../app/find-affiliate.js';
import type { Work } from '../app/work.js';
import { minorUnits } from '../core/currencies.js';
import { PayrunError } from '../core/errors.js';
import { formatAmountForScreen } from '../core/money.js';
import { askAffiliate } from './ask-affiliate.js';
import { confirm, input, select } from './prompts.js';
import { safeText } from './safe-text.js';
import type { Terminal } from './terminal.js';

/** What was given on the command line; what is absent is asked. */
export type GivenAdjustment = Partial<Omit<AdjustInput, 'earnedOn'>> & Pick<AdjustInput, 'earnedOn'>;

const KINDS: Readonly<Record<AdjustmentKind, string>> = {
  bonus: 'Bonus: something on top',
  adjustment: 'Adjustment: a correction, up or down',
  clawback: 'Clawback: something is taken back',
};

/** The refusal of a check as a sentence for a prompt; undefined when it passes. */
function refusalOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof PayrunError) return [error.message, error.hint].filter(Boolean).join(' ');
    throw error;
  }
}

/** Asks for whatever was not given. */
export async function askAdjustment(
  terminal: Terminal,
  work: Work,
  given: GivenAdjustment,
): Promise<AdjustInput> {
  const affiliate = given.affiliate ?? (await askAffiliate(terminal, work));
  const kind =
    given.kind ??
    (given.amount === undefined
      ? await select(terminal, {
          message: 'What is it?',
          choices: ADJUSTMENT_KINDS.map((value) => ({ name: KINDS[value], value })),
        })
      : 'adjustment');
  const initial = await work.ledger.read(async (reader) => (await Book.read(reader, work.now)).currency);
  const currency =
    given.currency ??
    (await input(terminal, {
      message: 'In which currency?',
      initial,
      check: (answer) => refusalOf(() => minorUnits(answer)),
    }));
  const amount =
    given.amount ??
    (await input(terminal, {
      message: `How much, in ${currency}? (negative for what is taken back)`,
      check: (answer) => refusalOf(() => adjustmentAmount(answer, currency, kind)),
    }));
  const reason =
    given.reason ??
    (await input(terminal, {
      message: 'Why? (the affiliate sees it)',
      check: (answer) => (answer === '' ? 'An adjustment needs a reason.' : undefined),
    }));
  return { affiliate, kind, currency, amount, reason, earnedOn: given.earnedOn };
}

/** Shows who gets what, and asks. @throws what `adjust` would throw for a wrong amount or affiliate */
export async function confirmAdjustment(
  terminal: Terminal,
  work: Work,
  { affiliate, amount, currency, kind }: AdjustInput,
): Promise<boolean> {
  const minor = adjustmentAmount(amount, currency, kind);
  const { id, name } = await work.ledger.read((reader) => resolveAffiliate(reader, affiliate, 'refused'));
  const money = `${currency} ${formatAmountForScreen(minor, currency)}`;
  const what = kind === 'adjustment' ? 'an adjustment' : `a ${kind}`;
  const message = `Add ${what} of ${money} for ${safeText(name)} (${safeText(id)})?`;
  if (await confirm(terminal, { message })) return true;
  terminal.note('Nothing was added.');
  return false;
}
