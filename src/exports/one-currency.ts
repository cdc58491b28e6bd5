/** Files that name no currency: all amounts of one are in the same. */
import type { CurrencyCode } from '../core/currencies.js';
import { UsageError } from '../core/errors.js';
import type { FormatContext } from './format.js';

/** The currencies of one export. */
export class OneCurrency {
  readonly #met = new Set<CurrencyCode>();

  /**
   * @param lack as a sentence begins: `An IIF file has no currency`
   * @param what the rows are made of
   */
  constructor(
    private readonly context: FormatContext,
    private readonly lack: string,
    private readonly what: 'bills' | 'entries',
  ) {}

  take(currency: CurrencyCode): void {
    this.#met.add(currency);
  }

  /** Whether the export will be refused in the end. */
  get areSeveral(): boolean {
    return this.#met.size > 1;
  }

  /**
   * Tells when it is not that of the ledger.
   * @throws UsageError naming the currencies when there are several
   */
  finish(): void {
    const { context, what } = this;
    const met = [...this.#met].sort();
    const [only] = met;
    if (only === undefined) return;
    if (this.areSeveral) {
      const likely = this.#met.has(context.currency) ? context.currency : only;
      throw new UsageError(`${this.lack}, and the ${what} are in ${met.join(', ')}.`, {
        hint: `Ask for the base currency of your books there alone, such as --currency ${likely}.`,
      });
    }
    if (only !== context.currency) {
      context.note(
        `The ${what} are in ${only}, which the file cannot say: import it only where the base currency is ${only}.`,
      );
    }
  }
}
