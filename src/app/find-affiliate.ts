/** Which affiliate is meant: by id, e-mail or name (SPEC section 8, `--affiliate X`). */
import type { Affiliate } from '../core/affiliate.js';
import { NotFoundError, UsageError } from '../core/errors.js';
import { affiliatesLike, affiliatesNamed, findAffiliate } from '../store/affiliates.js';
import type { Reader } from '../store/ledger.js';

/**
 * How a part of a name is taken: in prompts and reading commands one that fits just one affiliate will do.
 */
export type PartialMatch = 'accepted' | 'refused';

const SHOWN = 10;

function candidates(list: readonly Affiliate[]): { hint: string; details: readonly unknown[] } {
  const shown = list
    .slice(0, SHOWN)
    .map(({ id, name, email }) => `${id} (${name}${email === null ? '' : `, ${email}`})`);
  const more = list.length > SHOWN ? ', and more' : '';
  return {
    hint: `Name one by its id: ${shown.join(', ')}${more}.`,
    details: list
      .slice(0, SHOWN)
      .map(({ id, name, email }) => ({ affiliateId: id, affiliateName: name, email })),
  };
}

/**
 * The affiliate whose id, else e-mail or name, is the text; else, where partial matches are accepted, the one
 * whose id, e-mail or name contains it.
 * @throws NotFoundError when none fits; UsageError, listing the candidates, when it does not name just one
 */
export async function resolveAffiliate(
  reader: Reader,
  text: string,
  partial: PartialMatch,
): Promise<Affiliate> {
  const wanted = text.trim();
  const byId = await findAffiliate(reader, wanted);
  if (byId !== undefined) return byId;
  const named = await affiliatesNamed(reader, wanted);
  if (named.length === 1 && named[0] !== undefined) return named[0];
  if (named.length > 1)
    throw new UsageError(`"${wanted}" fits ${named.length} affiliates.`, candidates(named));
  const like = wanted === '' ? [] : await affiliatesLike(reader, wanted, SHOWN + 1);
  const only = like[0];
  if (only === undefined) {
    throw new NotFoundError(`There is no affiliate "${wanted}".`, {
      hint: 'See `payrun affiliates list`, or import affiliates with `payrun import affiliates FILE`.',
    });
  }
  if (like.length === 1 && partial === 'accepted') return only;
  const count = like.length > SHOWN ? `more than ${SHOWN}` : String(like.length);
  const problem =
    like.length === 1
      ? `"${wanted}" is only a part of a name; a command that writes wants the whole id, e-mail or name.`
      : `"${wanted}" fits ${count} affiliates.`;
  throw new UsageError(problem, candidates(like));
}
