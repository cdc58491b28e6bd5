/**
 * What the text cells of payment files may hold. A payment file is read by a program that moves money, so
 * nothing in it is changed in silence: what cannot stand there as it is keeps the payout out of the file.
 */
import type { CurrencyCode } from '../core/currencies.js';
import type { PaymentProblem, ReferencedPayment } from '../core/payment.js';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const FORMULA_START = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

/** Why a text cannot stand in a cell, in half a sentence after "the name"; null where it can. */
export function textProblem(text: string): string | null {
  if (UNSEEN.test(text)) return 'holds a line break or another character that nobody sees';
  const [first = ''] = Array.from(text.trim());
  return FORMULA_START.test(text) ? `begins with ${first}, which a spreadsheet takes for a formula` : null;
}

/** Why a name cannot stand in a payment file; null where it can. */
export function nameProblem(payee: string): PaymentProblem | null {
  const name = payee.trim();
  if (name === '') return { reason: 'bad_name', message: 'the name is empty' };
  const problem = textProblem(name);
  if (problem === null) return null;
  return { reason: UNSEEN.test(name) ? 'bad_characters' : 'bad_name', message: `the name ${problem}` };
}

/** One address: printable ASCII, one @, a domain with a dot; nothing that a spreadsheet or a list splits. */
const EMAIL = /^[A-Za-z0-9_][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;

/** @param maxLength in characters */
export function isEmail(text: string, maxLength: number): boolean {
  return text.length <= maxLength && EMAIL.test(text);
}

/** The payments of each currency, by code, cut into pieces of at most so many. */
export function byCurrency(
  payments: readonly ReferencedPayment[],
  most: number,
): { readonly currency: CurrencyCode; readonly payments: readonly ReferencedPayment[] }[] {
  const groups = new Map<CurrencyCode, ReferencedPayment[]>();
  for (const payment of payments) {
    const group = groups.get(payment.currency);
    if (group === undefined) groups.set(payment.currency, [payment]);
    else group.push(payment);
  }
  const currencies = [...groups.keys()].sort();
  return currencies.flatMap((currency) =>
    pieces(groups.get(currency) ?? [], most).map((piece) => ({
      currency,
      payments: piece,
    })),
  );
}

function pieces<T>(list: readonly T[], most: number): T[][] {
  const count = Math.ceil(list.length / most);
  return Array.from({ length: count }, (_, index) => list.slice(index * most, (index + 1) * most));
}
