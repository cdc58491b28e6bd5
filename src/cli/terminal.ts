/**
 * The one place that knows about terminals: what is one, how wide it is, whether to colour, page, ask or show
 * progress. stdout carries the result, stderr everything else.
 */

import { UsageError } from '../core/errors.js';
import { progressText } from '../core/job.js';
import type { GlobalOptions } from './command.js';
import { runPager } from './pager.js';
import { ProgressLine } from './progress-line.js';
import { jsonText, safeLines, safeText, wrapped } from './safe-text.js';

/** A stream that may be a terminal; `process.stdout` is one. */
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly writableNeedDrain?: boolean | undefined;
};

/** The process as the command line sees it; `process` itself fits. */
export interface ProcessIo {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is told how far long work has come, besides who looks at the terminal. */
  readonly onProgress?: (step: number, of: number, label: string) => void;
}

/** Thrown by `write` when nobody reads stdout any more (`payrun ... | head -1`): stop quietly, exit 0. */
export class OutputClosed extends Error {}

const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof styles;

function colourWanted(stream: OutputStream, env: ProcessIo['env'], globals: GlobalOptions): boolean {
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return stream.isTTY === true && globals.color && !refused;
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Input, output and everything that depends on their being a terminal. */
export class Terminal {
  /** Whether prompts may appear: stdin and stderr are terminals and nothing asks for silence. */
  readonly isInteractive: boolean;
  /** Whether stdout is read by a person. Off a terminal: no colour, no truncation, no relative times. */
  readonly outputIsTerminal: boolean;
  readonly json: boolean;
  readonly stdin: ProcessIo['stdin'];
  readonly stderr: OutputStream;
  readonly #stdout: OutputStream;
  readonly #env: ProcessIo['env'];
  readonly #quiet: boolean;
  readonly #colourOut: boolean;
  readonly #colourErr: boolean;
  readonly #progress: ProgressLine;
  readonly #onProgress: ProcessIo['onProgress'];
  #outputError: NodeJS.ErrnoException | undefined;
  #printedJson = false;

  constructor(io: ProcessIo, globals: GlobalOptions) {
    this.stdin = io.stdin;
    this.stderr = io.stderr;
    this.#stdout = io.stdout;
    this.#env = io.env;
    this.#quiet = globals.quiet;
    this.json = globals.json;
    this.outputIsTerminal = io.stdout.isTTY === true;
    const silent = globals.json || globals.yes || !globals.input;
    this.isInteractive = io.stdin.isTTY === true && io.stderr.isTTY === true && !silent;
    this.#colourOut = colourWanted(io.stdout, io.env, globals);
    this.#colourErr = colourWanted(io.stderr, io.env, globals);
    const mayDraw = io.stderr.isTTY === true && !globals.quiet && !globals.json;
    this.#progress = new ProgressLine(mayDraw ? io.stderr : undefined);
    this.#onProgress = io.onProgress;
    io.stdout.on('error', (error: NodeJS.ErrnoException) => {
      this.#outputError ??= error;
    });
    // Nobody is left to be told when stderr itself is gone.
    io.stderr.on('error', () => undefined);
  }

  /** The width of stdout in columns; 80 where it has none. */
  get width(): number {
    const columns = this.#stdout.columns ?? 0;
    return columns > 0 ? columns : 80;
  }

  /** The width of stderr in columns, on which questions stand; 80 where it has none. */
  get errorWidth(): number {
    const columns = this.stderr.columns ?? 0;
    return columns > 0 ? columns : 80;
  }

  /** What went wrong with stdout: EPIPE when its reader went away, ENOSPC for a full disk; else undefined. */
  get outputError(): NodeJS.ErrnoException | undefined {
    return this.#outputError;
  }

  /** Whether the one JSON document of the command is out; a failure after it goes to stderr alone. */
  get printedJson(): boolean {
    return this.#printedJson;
  }

  /** Whether what appears on stderr, prompts included, has colour. */
  get errorsInColour(): boolean {
    return this.#colourErr;
  }

  bold(text: string): string {
    return this.#colourOut ? paint('bold', text) : text;
  }

  dim(text: string): string {
    return this.#colourOut ? paint('dim', text) : text;
  }

  red(text: string): string {
    return this.#colourOut ? paint('red', text) : text;
  }

  green(text: string): string {
    return this.#colourOut ? paint('green', text) : text;
  }

  yellow(text: string): string {
    return this.#colourOut ? paint('yellow', text) : text;
  }

  /** Prints lines of the result on stdout. Values inside should have gone through `safeText`. */
  print(text: string): void {
    this.#progress.erase();
    this.#send(endLine(safeLines(text, this.#colourOut)));
  }

  /**
   * Sends data to stdout byte for byte and waits while the reader is slower: for files asked for with `-`.
   * Throws OutputClosed when nobody reads any more.
   */
  async write(chunk: string | Uint8Array): Promise<void> {
    this.#progress.erase();
    this.#send(chunk);
    if (this.#outputError === undefined && this.#stdout.writableNeedDrain === true) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#stdout
            .removeListener('drain', done)
            .removeListener('error', done)
            .removeListener('close', done);
          resolve();
        };
        this.#stdout.once('drain', done).once('error', done).once('close', done);
      });
    }
    this.#throwIfClosed();
  }

  /** Prints the one JSON document of a command, with the schema version. Money in it is formatted already. */
  printJson(document: Readonly<Record<string, unknown>>): void {
    this.#progress.erase();
    this.#printedJson = true;
    this.#send(`${jsonText({ schemaVersion: 1, ...document })}\n`);
  }

  /** Says that the one JSON document of the command goes out by `write`, in pieces. */
  beginJson(): void {
    this.#printedJson = true;
  }

  /** Says something beside the result, on stderr; nothing with `--quiet`. */
  note(text: string): void {
    if (!this.#quiet) {
      this.#say(text);
    }
  }

  /** Warns on stderr. */
  warn(text: string): void {
    this.#say(text, 'warning: ', 'yellow');
  }

  /** Reports a failure on stderr; for `main` alone. */
  fail(text: string): void {
    this.#say(text, 'payrun: ', 'red');
  }

  /**
   * Says how far long work has come, as "3 of 6: lines", or of 0 steps what it waits for, on a terminal and
   * after a second of work; the line goes away with the next thing printed or with `progressDone`.
   */
  progress(step: number, of: number, label: string): void {
    this.#onProgress?.(step, of, label);
    this.#progress.show(safeText(progressText({ step, of, label })));
  }

  /** Ends the progress: erases its line and forgets when the work began. */
  progressDone(): void {
    this.#progress.end();
  }

  /** Prints a text, through the pager where stdout is a terminal on which it does not fit. */
  async page(text: string): Promise<void> {
    const rows = this.#stdout.rows ?? 0;
    const safe = endLine(safeLines(text, this.#colourOut));
    const command = this.#env['PAGER'] ?? 'less';
    const fits = safe.split('\n').length <= rows;
    if (
      !this.outputIsTerminal ||
      !this.isInteractive ||
      rows === 0 ||
      fits ||
      ['', 'cat'].includes(command.trim())
    ) {
      this.print(text);
      return;
    }
    this.#progress.erase();
    if (!(await runPager(command, safe, this.#env))) {
      this.#send(safe);
    }
  }

  /** Waits until what was printed has left the process, or cannot. */
  async flush(): Promise<void> {
    this.#progress.end();
    await new Promise<void>((resolve) => {
      this.#stdout.write('', () => {
        resolve();
      });
    });
  }

  #send(chunk: string | Uint8Array): void {
    if (this.#outputError === undefined) {
      this.#stdout.write(chunk);
    }
  }

  #throwIfClosed(): void {
    if (this.#outputError !== undefined) {
      throw this.#outputError.code === 'EPIPE' ? new OutputClosed() : this.#outputError;
    }
  }

  #say(text: string, prefix = '', style: Style = 'dim'): void {
    this.#progress.erase();
    const plain = endLine(prefix + safeLines(text));
    const lines = this.stderr.isTTY === true ? wrapped(plain, this.errorWidth) : plain;
    const isPainted = this.#colourErr && prefix !== '' && lines.startsWith(prefix);
    this.stderr.write(isPainted ? paint(style, prefix) + lines.slice(prefix.length) : lines);
  }
}

function paint(style: Style, text: string): string {
  const [on, off] = styles[style];
  return `\u001b[${String(on)}m${text}\u001b[${String(off)}m`;
}

/** The terminal of one command. */
export function createTerminal(io: ProcessIo, globals: GlobalOptions): Terminal {
  return new Terminal(io, globals);
}

/**
 * Refuses to guess: where nobody can be asked, a missing decision is a usage error that names the flag.
 * @param flag what to write instead, such as `--yes` or `--currency USD`
 * @param sentence what is to be decided, as a sentence: "Voiding a payout needs consent."
 * @throws UsageError when the terminal is not interactive; on one it returns, and the caller asks
 */
export function requireDecision(terminal: Terminal, flag: string, sentence: string): void {
  if (!terminal.isInteractive) {
    throw new UsageError(sentence, { hint: `Nothing can be asked here: give ${flag}.` });
  }
}
