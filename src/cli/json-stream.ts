/** JSON documents whose list is too long to be in memory: written piece by piece as the pages come. */
import { describeFailure, failureDocument } from './failure.js';
import { jsonText } from './safe-text.js';
import type { Terminal } from './terminal.js';

/** `{"schemaVersion":1,"<key>":[...]}`, with one item a call as it comes. */
export class JsonListStream {
  #begun = false;
  #items = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly key: string,
  ) {}

  /**
   * Writes the next items, and waits while the reader is slower. Nothing is written before the first page,
   * so that a refusal until then is still the one document.
   */
  async write(items: readonly unknown[]): Promise<void> {
    const texts = items.map((item) => `${this.#items++ === 0 ? '' : ','}${jsonText(item)}`);
    await this.terminal.write(this.#head() + texts.join(''));
  }

  /** Closes the list and the document. */
  async end(): Promise<void> {
    await this.terminal.write(`${this.#head()}]}\n`);
  }

  #head(): string {
    if (this.#begun) return '';
    this.#begun = true;
    this.terminal.beginJson();
    return `{"schemaVersion":1,${jsonText(this.key)}:[`;
  }
}

/**
 * The document of a failure whose details are many: the same as that of any other failure. Whoever throws
 * the error afterwards finds the document printed.
 */
export async function streamFailure(
  terminal: Terminal,
  error: Error,
  details: AsyncIterable<readonly unknown[]>,
): Promise<void> {
  const whole = jsonText({
    schemaVersion: 1,
    ...failureDocument({ ...describeFailure(error), details: [] }),
  });
  // The details are the last key of the error, which is the last of the document.
  const end = ']}}';
  terminal.beginJson();
  await terminal.write(whole.slice(0, -end.length));
  let separator = '';
  for await (const page of details) {
    const texts = page.map((detail) => jsonText(detail)).join(',');
    await terminal.write(separator + texts);
    separator = ',';
  }
  await terminal.write(`${end}\n`);
}
