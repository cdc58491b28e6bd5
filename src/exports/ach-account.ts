/** Accounts at US banks: what an affiliate's payment details say of where an ACH credit goes. */
import { compactCode } from '../core/iban.js';
import type { Payment, PaymentProblem } from '../core/payment.js';
import { isRoutingNumber } from '../core/routing-number.js';

/** Where the money of an ACH credit goes. */
export interface AchTarget {
  /** Nine digits, the check digit last. */
  readonly routing: string;
  readonly account: string;
  readonly kind: 'checking' | 'savings';
}

/** What fits the field of an entry; zeros alone are no account. */
const ACCOUNT = /^(?=.*[A-Z1-9])[A-Z0-9-]{1,17}$/;
const ROUTING = /^[0-9]{9}$/;

/** `021000021/123456`, also with a colon, a space or a hyphen. */
const WITH_ROUTING = /^([0-9]{9})( ?[/:] ?| |-)(.+)$/;
const WITH_KIND = /^(.*?) ?[/: -] ?(checking|savings)$/i;

/** Reads `ROUTING/ACCOUNT`, or an account whose routing number stands in the place of the BIC. */
export function achTarget({ account, bic }: Pick<Payment, 'account' | 'bic'>): AchTarget | PaymentProblem {
  const said = (account ?? '').replace(/\s+/gu, ' ').trim();
  if (said === '') return { reason: 'missing_account', message: 'there is no account' };
  const [, before = said, kind = 'checking'] = WITH_KIND.exec(said) ?? [];
  const [, prefix = '', separator = '', rest = ''] = WITH_ROUTING.exec(before) ?? [];
  const beside = compactCode(bic ?? '');
  // A hyphen or a space may also be one of the account's own.
  const hasPrefix = /[/:]/.test(separator) || isRoutingNumber(prefix) || (prefix !== '' && beside === '');
  if (/^[0-9]+$/.test(beside) && hasPrefix && prefix !== beside) {
    return badRouting('the routing number before the account and the one beside it differ');
  }
  const routing = hasPrefix ? prefix : beside;
  if (!ROUTING.test(routing)) {
    return badRouting('there is no routing number of nine digits: write the account as ROUTING/ACCOUNT');
  }
  if (!isRoutingNumber(routing)) {
    return badRouting('the check digit of the routing number is wrong: look for a mistyped one');
  }
  const number = (hasPrefix ? rest : before).replaceAll(' ', '');
  if (!ACCOUNT.test(number)) {
    const message = 'the account is not 1 to 17 digits, capitals and hyphens';
    return { reason: 'bad_account', message };
  }
  return { routing, account: number, kind: kind.toLowerCase() === 'savings' ? 'savings' : 'checking' };
}

function badRouting(message: string): PaymentProblem {
  return { reason: 'bad_routing_number', message };
}
