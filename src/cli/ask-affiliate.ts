/** Asks which affiliate is meant, found by typing a part of the name, e-mail or id. */
import { listAffiliates } from '../app/affiliates.js';
import type { Work } from '../app/work.js';
import { search, type Choice } from './prompts.js';
import { sumsByCurrency } from './render/money.js';
import { shortened } from './table.js';
import type { Terminal } from './terminal.js';

/** The cursor before a choice, and one column to spare. */
const CURSOR_COLUMNS = 3;

/** Each is shown with what is available. @returns the id */
export async function askAffiliate(terminal: Terminal, work: Work): Promise<string> {
  const affiliates = await listAffiliates(work);
  const choices = affiliates.map(({ affiliate, balances }): Choice<string> & { readonly sought: string } => {
    const { id, name, email } = affiliate;
    const available = sumsByCurrency(
      balances
        .filter((balance) => balance.available !== 0n)
        .map((balance) => ({ currency: balance.currency, amount: balance.available })),
    );
    const what = `: ${available === '' ? 'nothing' : available} available`;
    const who = `${name} (${id})${email === null ? '' : ` ${email}`}`;
    return {
      name: shortened(who, terminal.errorWidth - CURSOR_COLUMNS - what.length) + what,
      value: id,
      sought: `${id}\n${name}\n${email ?? ''}`.toLowerCase(),
    };
  });
  return search(terminal, {
    message: 'Which affiliate? (type a part of the name, e-mail or id)',
    find: async (typed) => {
      const wanted = typed.trim().toLowerCase();
      return choices.filter((choice) => choice.sought.includes(wanted)).slice(0, 50);
    },
  });
}
