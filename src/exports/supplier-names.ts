/** Under which name an accounting system knows an affiliate that finds its suppliers by name. */
import type { FormatContext } from './format.js';
import { MachineCells, type CellPlace, type TextRules } from './machine-cells.js';

/** So many names are told. */
const NAMED = 5;

/**
 * The names of one export: what `accounts.affiliate.<id>` says, else the name of the affiliate. Two
 * affiliates of one name would be one supplier there, so that is told, also where one of them is not in this
 * export.
 */
export class SupplierNames {
  /** The first affiliate of each name, in small letters: most systems do not mind capitals. */
  readonly #owners = new Map<string, string>();
  readonly #exported = new Set<string>();
  readonly #shared = new Set<string>();

  constructor(
    private readonly context: FormatContext,
    private readonly cells: MachineCells,
    private readonly rules: TextRules,
  ) {}

  /** The cell with the name; an affiliate without one is refused by `MachineCells.finish`. */
  of(affiliateId: string, affiliateName: string | null, place: CellPlace): string {
    const said = this.context.affiliateAccount(affiliateId) ?? affiliateName;
    const name = this.cells.text(said, place, { ...this.rules, isRequired: true });
    this.#exported.add(affiliateId);
    const key = name.toLowerCase();
    const owner = this.#owners.get(key);
    if (owner === undefined) this.#owners.set(key, affiliateId);
    else if (owner !== affiliateId) this.#shared.add(name);
    return name;
  }

  /** Tells of names that several affiliates of the ledger share. */
  async finish(): Promise<void> {
    const unheard = new MachineCells(null);
    for (const { id, name } of await this.context.affiliates()) {
      if (this.#exported.has(id)) continue;
      const said = this.context.affiliateAccount(id) ?? name;
      const called = unheard.text(said, { row: 0, column: '' }, this.rules);
      if (called !== '' && this.#owners.has(called.toLowerCase())) this.#shared.add(called);
    }
    if (this.#shared.size === 0) return;
    const first = [...this.#shared].slice(0, NAMED).map((name) => `"${name}"`);
    const more = this.#shared.size > NAMED ? ', ...' : '';
    this.context.note(
      `Several affiliates share a name and would be one supplier: ${first.join(', ')}${more}. ` +
        'Give each a name of its own there: `payrun settings set accounts.affiliate.<id> NAME`.',
    );
  }
}
