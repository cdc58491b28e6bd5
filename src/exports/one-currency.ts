/** Files that name no currency: all amounts of one are in the same. */
import type { CurrencyCode } from '../core/currencies.js';
import { UsageError } from '../core/errors.js';
import type { FormatContext } from './format.js';

/** The currencies of one export. */
export class OneCurrency {
  readonly #met = new Set<CurrencyCode>();

  /** @param file what cannot name it, as a sentence begins: `An IIF file` */
  constructor(
    private readonly context: FormatContext,
    private readonly file: string,
  ) {}

  take(currency: CurrencyCode): void {
    this.#met.add(currency);
  }

  /**
   * Tells when it is not that of the ledger.
   * @throws UsageError naming the currencies when there are several
   */
  finish(): void {
    const [only, ...others] = [...this.#met].sort();
    if (only === undefined) return;
    if (others.length > 0) {
      throw new UsageError(
        `${this.file} has no currency, and the bills are in ${[only, ...others].join(', ')}.`,
        {
          hint: `Ask for the base currency of your books alone, such as --currency ${this.context.currency}.`,
        },
      );
    }
    if (only !== this.context.currency) {
      this.context.note(
        `The bills are in ${only}, which the file cannot say: import it only where the base currency is ${only}.`,
      );
    }
  }
}
