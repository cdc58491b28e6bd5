/** One JSON document whose list is too long to be in memory: written piece by piece as the pages come. */
import { jsonText, type Terminal } from './terminal.js';

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
