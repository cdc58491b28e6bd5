/** The line that says how far long work has come. */
import type { OutputStream } from './terminal.js';

/** A line of progress appears when the work has taken this long, in milliseconds. */
const progressDelayMs = 1000;

/** One line at the bottom of stderr that is drawn over and over. */
export class ProgressLine {
  #startedAt: number | undefined;
  #drawn = false;
  #timer: NodeJS.Timeout | undefined;

  /** Without a stream nothing is ever drawn. */
  constructor(private readonly stream: OutputStream | undefined) {}

  show(text: string): void {
    if (this.stream === undefined) {
      return;
    }
    clearTimeout(this.#timer);
    this.#startedAt ??= performance.now();
    const remainingMs = this.#startedAt + progressDelayMs - performance.now();
    if (remainingMs <= 0) {
      this.#draw(text);
      return;
    }
    // A statement blocks the event loop, so this fires only between steps that wait for something.
    this.#timer = setTimeout(() => {
      this.#draw(text);
    }, remainingMs);
    this.#timer.unref();
  }

  erase(): void {
    clearTimeout(this.#timer);
    if (this.#drawn) {
      this.stream?.write('\r\u001b[K');
      this.#drawn = false;
    }
  }

  end(): void {
    this.erase();
    this.#startedAt = undefined;
  }

  #draw(text: string): void {
    const width = (this.stream?.columns ?? 80) - 1;
    this.stream?.write(`\r\u001b[K${text.slice(0, width)}`);
    this.#drawn = true;
  }
}
